"""Self-service, a fleet's viewer and a branch: who sees a part of the company sees that part whole and nothing else, through
every method of every entity. What is added to the catalog is asked about by itself."""

import base64
import datetime
import itertools
import unittest

from proof import LATE, Questions, add_role, everything, fill, listings, person, said, same_time_class, texts_in
from world import SIMBA, User, Worker, boot, plate

# Entities that are everybody's in the company: how it works, not what it does.
COMMON = {"product", "rate", "branch", "role", "vehicle_type", "id_type", "plate_pattern", "setting"}
TABLES = {"user": "user_account", "account": "user_account", "audit": "audit"}
OWN = {"account", "user_key", "session"}  # of oneself
NOBODY = 4294967293
_numbers = itertools.count(700)


def book(agent, manager, name, phone, branch=None):
    """A customer with two vehicles: one sold and paid, one waiting for money. {entity: ids}"""
    more = {"branch": branch} if branch else {}
    customer = agent.customer(name=name, phone=phone, email=f"{phone}@example.com", address=f"Sanduku {phone}", note=f"siri ya {phone}",
                              id_type="passport", id_number=f"SIR{phone[-6:]}", **more)
    out = {"customer": customer, "vehicles": [], "policies": []}
    for paid in (True, False):
        n = next(_numbers)
        vehicle = agent.vehicle(owner=customer, plate=plate(n), chassis=f"GJ7-{phone[-4:]}{n}", note=f"siri ya {phone}")
        policy = agent.issued(vehicle)
        if paid:
            manager.verify(agent.receipt(policy))
        else:
            agent.receipt(policy)
        out["vehicles"].append(vehicle)
        out["policies"].append(policy)
    fleet = agent.fleet(*(agent.vehicle(owner=customer) for _ in range(2)))
    agent.ok("act", entity="policy", action="issue", id=fleet)
    out["fleet"] = fleet
    return out


class Part(unittest.TestCase):
    """Two customers of two branches whose names are alike, vehicles that went from one to the other, and who sees what."""

    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        boot("update app.tenant set four_eyes_minor = null where id = %s", SIMBA.id)
        cls.mwanza = boot("select id from app.branch where tenant_id = %s and code = 'MW'", SIMBA.id)[0][0]
        agent, manager = User(cls.worker, SIMBA, "amina"), User(cls.worker, SIMBA, "neema")
        far = person(cls.worker, SIMBA, "mwanza", "agent", branch=cls.mwanza)
        cls.x = book(agent, manager, "Rehema Mwakyusa", "0781000111")
        cls.y = book(far, manager, "Rehema Mwakyuse", "0782000222", "MW")
        # one vehicle of y became x's, one of x's y's; the other policies ended with it or go on
        cls.bought = far.vehicle(owner=cls.y["customer"], plate=plate(next(_numbers)), note="mpya")
        far.ok("act", entity="vehicle", action="transfer", id=cls.bought, fields={"to": cls.x["customer"]})
        cls.sold = agent.vehicle(owner=cls.x["customer"], plate=plate(next(_numbers)), note="zamani")
        agent.ok("act", entity="vehicle", action="transfer", id=cls.sold, fields={"to": cls.y["customer"]})
        add_role(SIMBA, "branch_agent", boot("select permissions from app.role where tenant_id = %s and code = 'agent'", SIMBA.id)[0][0]
                 + " receipt.verify", branch_scope=True)
        cls.agent, cls.manager, cls.far = agent, manager, far
        cls.own = person(cls.worker, SIMBA, "rehema", "customer", customer=cls.x["customer"])
        cls.fleet = person(cls.worker, SIMBA, "fleet", "viewer", customer=cls.x["customer"])
        cls.branch = person(cls.worker, SIMBA, "kariakoo", "branch_agent")
        cls.other = person(cls.worker, SIMBA, "other", "customer", customer=cls.y["customer"])

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    # -- whose is what -------------------------------------------------------------------------------------------------

    def whose(self, entity, customer=None, branch=None, user=None):
        """Ids of an entity's records that belong to a customer or a branch. Read from the tables, by their columns."""
        if entity in COMMON:
            return self.all(entity)
        if entity in ("account", "session", "user_key", "audit"):
            column = "id" if entity == "account" else "user_id"
            return {row[0] for row in boot(f"select id from app.{TABLES.get(entity, entity)} where tenant_id = %s and {column} = %s", SIMBA.id, user)}
        if entity == "user":
            return self.all(entity) if branch else {user}
        columns = {row[0] for row in boot("select attname from pg_attribute where attrelid = ('app.' || %s)::regclass and attnum > 0"
                                          " and not attisdropped", TABLES.get(entity, entity))}
        policies = ("select id from app.policy where tenant_id = %(t)s and " + ("customer_id = %(c)s" if customer else "branch_id = %(b)s"))
        customers = "select id from app.customer where tenant_id = %(t)s and " + ("id = %(c)s" if customer else "branch_id = %(b)s")
        if entity == "policy":
            where = f"id in ({policies})"
        elif entity == "customer":
            where = f"id in ({customers})"
        elif entity == "alert":  # who approves receipts is the company's business
            where = f"policy_id in ({policies})" + (" and kind < 3" if customer else "")
        elif "policy_id" in columns:
            where = f"policy_id in ({policies})"
        elif entity == "vehicle":
            where = f"owner_id in ({customers})"
        elif "customer_id" in columns:
            where = f"customer_id in ({customers})"
        else:
            self.fail(f"{entity}: say here whose its records are")
        return {row[0] for row in self.sql(f"select id from app.{entity} where tenant_id = %(t)s and {where}", customer, branch)}

    def sql(self, text, customer=None, branch=None):
        for name, value in (("t", SIMBA.id), ("c", customer or 0), ("b", branch or 0)):
            text = text.replace(f"%({name})s", str(value))
        return boot(text)

    def all(self, entity):
        table = {"setting": "tenant"}.get(entity, TABLES.get(entity, entity))
        return {row[0] for row in boot(f"select id from app.{table} where {'id' if table == 'tenant' else 'tenant_id'} = %s", SIMBA.id)}

    # -- what is asked -------------------------------------------------------------------------------------------------

    def listed(self, user, entity, described):
        """Ids in any list of an entity, and that each list's total counts no more."""
        seen = set()
        for params in listings(described):
            reply = user.ok("list", **params)
            rows = {row["id"] for row in reply.body["page"]["rows"]}
            self.assertEqual(reply.body["page"]["total"], len(rows), params)
            seen |= rows
        return seen

    def lists_show_exactly(self, user, **whose):
        shown = 0
        for name, described in everything(user).items():
            if not described["may_list"]:
                continue
            expected = self.whose(name, user=user.who[1], **whose)
            seen = self.listed(user, name, described)
            if name == "audit":  # of a closed window, so that the asking itself is not counted
                self.assertLessEqual(seen, expected)
                continue
            self.assertEqual(seen, expected, f"{user.login}: {name}")
            shown += len(seen)
        self.assertGreater(shown, 10)

    def test_a_customer_sees_his_own_records_in_every_list_and_no_other(self):
        self.lists_show_exactly(self.own, customer=self.x["customer"])
        self.lists_show_exactly(self.other, customer=self.y["customer"])

    def test_a_viewer_of_one_customer_likewise(self):
        self.lists_show_exactly(self.fleet, customer=self.x["customer"])

    def test_a_role_of_a_branch_sees_that_branch(self):
        self.lists_show_exactly(self.branch, branch=SIMBA.branch)

    def theirs(self, user, **whose):
        """{entity: ids} of records that are there, not this user's, and that nothing of his own points to."""
        out, known = {}, set()
        for name, described in everything(user).items():
            if described["may_list"]:
                for id in self.listed(user, name, described):
                    known |= set(texts_in(user.ok("get", entity=name, id=id).fields))
        for name in everything(user):
            if name not in COMMON:
                ids = self.all(name) - self.whose(name, user=user.who[1], **whose)
                ids = {id for id in ids if str(id) not in known}
                if ids:
                    out[name] = sorted(ids)
        return out

    def mine(self, user, **whose):
        return {name: min(self.whose(name, user=user.who[1], **whose) or {None}, default=None) for name in everything(user)}

    def asked_alike(self, user, **whose):
        """Every question about the others' records and about none: one answer."""
        theirs, asked, codes = self.theirs(user, **whose), 0, {}
        before = self.state()
        for entity, method, params in Questions(everything(user), self.mine(user, **whose)).every():
            for id in theirs.get(entity, [])[:2]:
                a, b = user.call(method, **fill(params, id)), user.call(method, **fill(params, NOBODY))
                self.assertEqual(said(a, id), said(b, NOBODY), f"{user.login}: {method} {fill(params, id)}")
                if method in ("add", "set", "act", "batch"):
                    self.assertNotEqual(a.code, "OK", f"{user.login}: {method} {fill(params, id)}: {a}")
                self.assertNotIn(a.code, ("INTERNAL", "RETRY"), f"{method} {fill(params, id)}")
                codes[a.code] = codes.get(a.code, 0) + 1
                asked += 1
        self.assertEqual(self.state(), before)
        return asked, codes

    def state(self):
        """What a write would have changed; the notes that somebody asked are not looked at."""
        return boot("select (select count(*) from app.history where tenant_id = %s), (select sum(n) from app.counter where tenant_id = %s),"
                    " (select count(*) from app.search_token where tenant_id = %s)", SIMBA.id, SIMBA.id, SIMBA.id)

    def test_every_question_about_another_customers_record_is_answered_as_about_none(self):
        for user in (self.own, self.fleet):
            asked, codes = self.asked_alike(user, customer=self.x["customer"])
            self.assertGreater(asked, 250)
            self.assertGreater(codes["NOT_FOUND"], 60, codes)

    def test_every_question_about_another_branchs_record_is_answered_as_about_none(self):
        asked, codes = self.asked_alike(self.branch, branch=SIMBA.branch)
        self.assertGreater(asked, 400)
        self.assertGreater(codes["NOT_FOUND"], 150, codes)

    # -- nothing of the others in any answer -----------------------------------------------------------------------------

    def marks(self):
        """Words and ids of y that no answer to x may hold. What x's own records point to is known to x."""
        out = {"Mwakyuse", "0782000222", "782000222", "SIR000222", str(self.y["customer"])}
        out |= {str(id) for id in self.y["policies"] + self.y["vehicles"]}
        for table, column in (("policy", "number"), ("receipt", "number"), ("certificate", "number")):
            of = "id" if table == "policy" else "policy_id"
            for id, number in boot(f"select id, {column} from app.{table} where {of} = any(%s)", self.y["policies"]):
                out |= {str(id), number}
        out |= {text for row in boot("select plate, chassis from app.vehicle where id = any(%s)", self.y["vehicles"]) for text in row}
        return out

    def reads(self, user):
        """Every reading request without a foreign id in it: lists, all own records in all their past, home, find."""
        yield "home", {}
        yield "me", {}
        yield "status", {}
        yield "describe", {}
        for name, described in everything(user).items():
            if described["may_list"]:
                for params in listings(described):
                    yield "list", params
            for id in sorted(self.whose(name, user=user.who[1], customer=self.x["customer"]))[:20]:
                if name == "setting":
                    continue
                on = {"entity": name, "id": id}
                yield "get", on
                yield "history", on | {"limit": 200}
                yield "as_of", on | {"at": LATE}
                for at, in boot("select distinct at from app.history where row_id = %s and tenant_id = %s order by at limit 8", id, SIMBA.id):
                    yield "as_of", on | {"at": at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
                yield "print", on | {"format": "text"}
        for text in ("rehema", "mwakyuse", "mwakyus", "mwakyusx", "Rehema Mwakyuse", "0782000222", "782000", "SIR000222", "siri", "GJ7-0222", "2026",
                     "T", "1", "000001", *self.marks()):
            yield "find", {"text": text}

    def test_no_answer_to_a_customer_holds_a_word_or_an_id_of_another(self):
        marks = self.marks()
        for user in (self.own, self.fleet):
            answers = 0
            for method, params in self.reads(user):
                reply = user.call(method, **params)
                self.assertNotIn(reply.code, ("INTERNAL", "RETRY"), f"{method} {params}: {reply}")
                asked = set(texts_in(params))
                for text in texts_in(reply.body):
                    for mark in marks:
                        if mark in text and not any(mark in word or word in mark for word in asked if len(word) > 2):
                            self.fail(f"{user.login}: {method} {params} tells {mark}: {text}")
                if method == "find":
                    mine = {row[0] for row in boot("select id from app.policy where customer_id = %s union all select id from app.vehicle where"
                                                   " owner_id = %s union all select %s union all select r.id from app.receipt r join app.policy p on"
                                                   " p.id = r.policy_id where p.customer_id = %s union all select r.id from app.certificate r join"
                                                   " app.policy p on p.id = r.policy_id where p.customer_id = %s", *[self.x["customer"]] * 5)}
                    self.assertLessEqual({hit["record"]["id"] for hit in reply.body["hits"]}, mine, params)
                answers += reply.code == "OK"
            self.assertGreater(answers, 150)

    def test_a_vehicle_that_changed_hands_keeps_its_earlier_owners_secret(self):
        for user in (self.own, self.fleet):
            history = user.ok("history", entity="vehicle", id=self.bought)
            self.assertTrue(history.body["events"]["rows"])
            self.assertNotIn(str(self.y["customer"]), repr(history.body))
            self.assertEqual(user.call("get", entity="vehicle", id=self.sold).code, "NOT_FOUND")
            self.assertEqual(user.call("history", entity="vehicle", id=self.sold).code, "NOT_FOUND")
            self.assertEqual(user.call("as_of", entity="vehicle", id=self.sold, at=LATE).code, "NOT_FOUND")
        # who may see both sees both
        self.assertIn("Mwakyuse", repr(self.manager.ok("history", entity="vehicle", id=self.bought).body))

    def test_where_staff_work_from_is_not_told_to_a_customer(self):
        self.assertIn("192.0.2.7", repr(self.manager.ok("history", entity="customer", id=self.x["customer"]).body))
        self.assertNotIn("192.0.2.7", repr(self.own.ok("history", entity="customer", id=self.x["customer"]).body))

    def test_what_staff_note_for_themselves_is_not_told_to_a_customer(self):
        own = {"customer": self.x["customer"], "vehicle": self.x["vehicles"][0]}
        for entity, id in own.items():
            self.assertIn("siri ya", self.agent.ok("get", entity=entity, id=id).fields["note"])
            for user in (self.own, self.fleet):
                self.assertNotIn("note", [f["name"] for f in everything(user)[entity]["fields"]])
                for method, more in (("get", {}), ("history", {}), ("as_of", {"at": LATE})):
                    self.assertNotIn("siri ya", repr(user.ok(method, entity=entity, id=id, **more).body), f"{user.login} {method} {entity}")

    def test_no_answer_to_a_customer_names_who_of_the_staff_it_was(self):
        """Not as a number either: what can't be read is not pointed to."""
        staff = {str(id) for id, in boot("select id from app.user_account where tenant_id = %s and customer_id is null", SIMBA.id)}
        someone = {"user", f"e{everything(self.manager)['user']['number']}"}
        for user in (self.own, self.fleet):
            for name, described in everything(user).items():
                for field in described["fields"] if name not in OWN else []:
                    self.assertNotIn(field.get("ref"), someone, f"{name}.{field['name']} for {user.login}")
                for id in sorted(self.whose(name, user=user.who[1], customer=self.x["customer"]))[:10] if name not in COMMON else []:
                    self.assertFalse(staff & set(texts_in(user.call("get", entity=name, id=id).fields)), f"{user.login} {name} {id}")
        text = base64.b64decode(self.own.ok("print", entity="certificate", id=min(self.whose("certificate", customer=self.x["customer"])),
                                            format="text").body["file"]["bytes"]).decode()
        self.assertRegex(text, r"Issued \S+ \S+, \S")
        self.assertNotRegex(text, r" by\b|Tester")

    # -- home and find ---------------------------------------------------------------------------------------------------

    def home(self, user):
        home = user.ok("home").body["home"]
        return {c["label"]: c["month"] for c in home["counters"]}, {a["record"]["id"] for a in home["alerts"]}, home

    def test_home_counts_ones_own_part_whatever_the_others_do(self):
        before = {user.login: self.home(user) for user in (self.own, self.fleet, self.branch)}
        self.assertEqual(before["rehema"][0]["Unpaid"], 2)
        self.assertEqual(before["rehema"][1], {self.x["policies"][1], self.x["fleet"]})
        self.assertEqual(before["kariakoo"][1] & set(self.y["policies"]), set())
        self.assertIn(self.x["policies"][1], before["kariakoo"][1])
        more = self.far.issued(self.far.vehicle(owner=self.y["customer"]))
        self.far.receipt(more)
        for user in (self.own, self.fleet, self.branch):
            self.assertEqual(self.home(user)[2], before[user.login][2], user.login)
        self.assertIn(more, {row[0] for row in boot("select row_id from app.due_item where kind = 2 and is_open")})

    def test_own_records_are_found_among_ever_so_many_of_others(self):
        """A common beginning must not crowd one's own out of what is looked at."""
        boot("insert into app.search_token (tenant_id, token, entity, row_id, why) select %s, 'rehem' || lpad(n::text, 6, '0'), 1, %s, 5"
             " from generate_series(1, 600) n", SIMBA.id, self.y["customer"])
        try:
            for user in (self.own, self.fleet):
                hits = {hit["record"]["id"] for hit in user.ok("find", text="rehem").body["hits"]}
                self.assertEqual(hits, {self.x["customer"]})
        finally:
            boot("delete from app.search_token where tenant_id = %s and token ~ '^rehem[0-9]'", SIMBA.id)

    def test_a_customer_changes_nothing(self):
        before = self.state()
        for name, described in everything(self.own).items():
            if name in ("account", "user_key", "session"):
                continue
            self.assertFalse(described.get("may_add") or described.get("may_set"), name)
            self.assertEqual([a["name"] for a in described["actions"] if not a.get("prints")], [], name)
        for method, params in (("add", {"entity": "customer", "fields": {"name": "New One", "phone": "0712000000"}}),
                               ("set", {"entity": "customer", "id": self.x["customer"], "version": 1, "fields": {"city": "Mbeya"}}),
                               ("act", {"entity": "policy", "action": "renew", "id": self.x["policies"][0]}),
                               ("add", {"entity": "receipt", "fields": {"policy": self.x["policies"][1], "amount": "1", "method": "cash"}}),
                               ("batch", {"steps": [["set", {"entity": "customer", "id": self.x["customer"], "version": 1, "fields": {}}]]})):
            self.assertEqual(self.own.call(method, **params).code, "FORBIDDEN", method)
        self.assertEqual(self.state(), before)

    # -- a branch --------------------------------------------------------------------------------------------------------

    def test_a_branch_writes_into_its_own_branch_alone(self):
        mine = self.branch.ok("add", entity="customer", fields={"name": "Ya Kariakoo", "phone": "0783000333"})
        self.assertEqual(mine.fields["branch"]["id"], SIMBA.branch)
        for reply in (self.branch.call("add", entity="customer", fields={"name": "Ya Mwanza", "phone": "0783000444", "branch": "MW"}),
                      self.branch.call("set", entity="customer", id=mine.record["id"], version=1, fields={"branch": "MW"})):
            self.assertIn(reply.code, ("FORBIDDEN", "REFUSED", "NOT_FOUND"), reply)
        self.assertEqual(boot("select count(*) from app.customer where name = 'Ya Mwanza'")[0][0], 0)
        self.assertEqual(self.branch.ok("get", entity="customer", id=mine.record["id"]).fields["branch"]["id"], SIMBA.branch)

    def test_a_branch_sells_as_before(self):
        policy = self.branch.issued(self.branch.vehicle())
        self.branch.verify(self.branch.receipt(policy))
        self.assertEqual(self.branch.ok("get", entity="policy", id=policy).fields["state"], "active")

    # -- time ------------------------------------------------------------------------------------------------------------

    def test_another_customers_record_takes_the_time_of_none(self):
        same_time_class(self, self.own, [({"entity": e, "id": i}, {"entity": e, "id": NOBODY}) for e, i in
                                         (("customer", self.y["customer"]), ("policy", self.y["policies"][0]), ("vehicle", self.y["vehicles"][0]))])


if __name__ == "__main__":
    unittest.main()
