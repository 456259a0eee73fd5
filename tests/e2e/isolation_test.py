#!/usr/bin/python3
"""Another company's records, over SSH: whatever is asked about them reads as about records that never were."""
import json
import os
import re
import secrets
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from races_world import WRITES, World, new_vehicle, next_number, plate, sale  # noqa: E402

TABLES = {"user": "user_account", "account": "user_account", "setting": "tenant"}
GROWS = ("audit", "session")  # by the asking itself
IT = object()  # stands in params for the record that is asked about
NOW = "2100-01-01T00:00:00Z"
MARKS = ("Siri Ya Simba", "siri@simba", "GJ7-SIRI01", "SIR770077", "siri ya ndani")  # in no question, so in no answer

# what people call one of Simba's records, and the like that nobody has
KEYS = {"customer": ("0767 111 222", "0767 999 998"), "branch": ("MW", "QQ"), "user": ("fatuma", "nobody")}


def fill(params, value):
    if params is IT:
        return value
    if isinstance(params, dict):
        return {k: fill(v, value) for k, v in params.items()}
    return [fill(v, value) for v in params] if isinstance(params, list) else params


def said(reply, value):
    """What an answer says, without what differs from one request to the next and without what was asked about."""
    doc = json.loads(reply.line)
    for part in (doc, doc.get("body", {}).get("error", {})):
        for name in ("id", "server_us", "trace"):
            part.pop(name, None)
    return re.sub(rf"(?<!\w){re.escape(str(value))}(?!\w)", "IT", json.dumps(doc, sort_keys=True))


class Isolation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World("amina", "juma", "neema", "admin", "zawadi@twiga.co.tz", "admin@twiga.co.tz", "asha@twiga.co.tz", workers=3)
        cls.addClassCleanup(lambda: cls.world.close())
        cls.fill_simba()
        cls.tenants = dict(cls.world.sql("select code, id from app.tenant"))
        cls.manager, cls.admin, cls.agent = (cls.world.session(f"{who}@twiga.co.tz") for who in ("zawadi", "admin", "asha"))
        cls.fill_twiga()

    @classmethod
    def fill_simba(cls):
        agent, cashier = cls.world.session("amina"), cls.world.session("juma")
        n = next_number()
        steps = new_vehicle(n)
        steps[0][1]["fields"].update(name="Siri Ya Simba", phone="0767 111 222", email="siri@simba.example", note="siri ya ndani",
                                     id_type="passport", id_number="SIR770077")
        steps[1][1]["fields"].update(chassis="GJ7-SIRI01", note="siri ya ndani")
        sold = agent.ok("batch", steps=steps + sale("$1", 2))
        cashier.ok("act", entity="receipt", action="verify", id=sold.results[4]["id"])
        cls.world.sql("update app.tenant set fleet_policies = true")
        fleet = {"vehicles": "$1=15m", "product": "comprehensive"}
        agent.ok("batch", steps=new_vehicle(next_number()) + [["act", {"entity": "policy", "action": "quote", "fields": fleet}]])
        agent.ok("act", entity="policy", action="renew", id=sold.results[2]["id"])
        cls.keys = dict(KEYS)
        number = sold.results[2]["label"]
        nobody = number[:-6] + "999999"
        cls.keys |= {"vehicle": (plate(n), "T 998 ZZZ"), "policy": (number, nobody), "term": (number + "#1", nobody + "#1"),
                     "receipt": (sold.results[4]["label"], "R/" + nobody), "certificate": ("C/" + number, "C/" + nobody)}

    @classmethod
    def fill_twiga(cls):
        """As much of their own, so that whatever is asked could be answered."""
        made = cls.manager.ok("batch", steps=new_vehicle(next_number()) + sale("$1", 2, "1,000,000", cls.price())).results
        cls.manager.ok("act", entity="receipt", action="verify", id=made[4]["id"])
        fleet = {"vehicles": "$1=1m", "product": "comprehensive"}
        cls.manager.ok("batch", steps=new_vehicle(next_number()) + [["act", {"entity": "policy", "action": "quote", "fields": fleet}]])
        cls.mine = {}
        for entity in cls.admin.ok("describe").body["schema"]["entities"]:
            rows = [row for view in entity["views"] for row in cls.admin.ok("list", entity=entity["name"], view=view["name"]).rows]
            assert rows, entity["name"]
            cls.mine[entity["name"]] = rows[0]["id"]

    @classmethod
    def price(cls):
        steps = new_vehicle(next_number()) + sale("$1", 2, "1,000,000")[:1]
        return cls.manager.ok("trial", steps=steps).results[2]["fields"]["total"]

    def ids(self, entity, company):
        table = TABLES.get(entity, entity)
        of = "id" if table == "tenant" else "tenant_id"
        return [row[0] for row in self.world.sql(f"select id from app.{table} where {of} = %s order by id", (self.tenants[company],))]

    def is_own(self, record):
        return record["id"] in self.ids(record["entity"], "TW")

    def nobody(self):
        """An id that no record of any company has."""
        tables = [row[0] for row in self.world.sql("select relname from pg_class c join pg_attribute a on a.attrelid = c.oid where relkind = 'r'"
                                                   " and relnamespace = 'app'::regnamespace and attname = 'version'")]
        union = " union all ".join(f"select 1 from app.{table} where id = %(id)s" for table in tables)
        while True:
            id = 1 + secrets.randbelow(2**32 - 1)
            if not self.world.sql(union, {"id": id}):
                return id

    # -- what is asked -----------------------------------------------------------------------------------------------

    def sample(self, field):
        """A value of the field's type."""
        return {"ref": self.mine.get(field.get("ref")), "text": f"0799{next_number():06d}", "bool": True,
                "choice": (field.get("choices") or [{}])[0].get("code"), "date": "2026-12-01", "money": "1000", "rate": "1", "int": 1, "stamp": NOW, "bytes": {"base64": "iVBORw=="}}[field["type"]]

    def fields(self, fields, but=None):
        return {f["name"]: IT if f is but else self.sample(f) for f in fields if f is but or "required" in f["flags"]}

    def about(self, entity, which):
        """(method, params) for every method that names a record of an entity."""
        on = {"entity": entity["name"], which: IT}
        for method in ("get", "history"):
            yield method, on
        yield "as_of", on | {"at": NOW}
        yield "history", on | {"cursor": "MQ=="}
        yield "check", on | {"fields": {}}
        for form in ("pdf", "text"):
            yield "print", on | {"format": form}
        edits = {f["name"]: self.sample(f) for f in entity["fields"] if "edit" in f["flags"]}
        steps = [["set", on | {"version": 1, "fields": dict([item])}] for item in list(edits.items())[:1]] or [["set", on | {"version": 1, "fields": {}}]]
        for action in entity["actions"]:
            if action.get("on_record"):
                steps.append(["act", on | {"action": action["name"], "reason": "why", "fields": self.fields(action.get("fields", []))}])
        for step in steps:
            yield from self.alone_and_in_a_batch(step)

    def alone_and_in_a_batch(self, step):
        """The step by itself, and after one that makes a record it may name."""
        first = ["add", {"entity": "customer", "fields": {"name": "Never Kept", "phone": "0768 000 111"}}]
        yield step[0], step[1]
        yield "batch", {"steps": [first, step]}
        yield "trial", {"steps": [first, step]}

    def naming(self, entity):
        """(field, method, params) wherever a record can be referred to by one of this entity."""
        for field in entity["fields"]:
            if field["type"] != "ref":
                continue
            if "create" in field["flags"]:
                fields = self.fields(entity["fields"], field)
                for method, params in self.alone_and_in_a_batch(["add", {"entity": entity["name"], "fields": fields, "reason": "why"}]):
                    yield field, method, params
                yield field, "check", {"entity": entity["name"], "fields": fields}
            if "edit" in field["flags"]:
                on = {"entity": entity["name"], "id": self.mine[entity["name"]], "fields": {field["name"]: IT}}
                yield field, "set", on | {"version": 1}
                yield field, "check", on
        for action in entity["actions"]:
            which = {"id": self.mine[entity["name"]]} if action.get("on_record") else {}
            for field in action.get("fields", []):
                if field["type"] == "ref":
                    params = {"entity": entity["name"], "action": action["name"], "fields": self.fields(action["fields"], field), **which}
                    for method, given in self.alone_and_in_a_batch(["act", params]):
                        yield field, method, given

    def questions(self, user, entity):
        """(theirs, nobody's, method, params with IT)"""
        name = entity["name"]
        ids = (self.ids(name, "SI")[0], self.nobody())
        for method, params in self.about(entity, "id"):
            yield *ids, method, params
        if name in self.keys:
            for method, params in self.about(entity, "key"):
                yield *self.keys[name], method, params
        for field, method, params in self.naming(entity):
            for form in (IT, {"id": IT}):
                yield self.ids(field["ref"], "SI")[0], self.nobody(), method, fill(params, form)
            if field["ref"] in self.keys:
                yield *self.keys[field["ref"]], method, params
        for field in entity["fields"]:
            if field["type"] == "ref" and "filter" in field["flags"]:
                for op in ("=", "!="):
                    params = {"entity": name, "filters": [[field["name"], op, IT]], "total": True}
                    for form in (IT, {"id": IT}):
                        yield self.ids(field["ref"], "SI")[0], self.nobody(), "list", fill(params, form)
                    if field["ref"] in self.keys:
                        yield *self.keys[field["ref"]], "list", params

    # -- tests -------------------------------------------------------------------------------------------------------

    def state_of_simba(self):
        """People of Simba come and go meanwhile: their sessions are not looked at."""
        return self.world.sql("select (select count(*) from app.history where tenant_id = t and tbl <> 'session'),"
                              " (select max(id) from app.history where tenant_id = t and tbl <> 'session'),"
                              " (select sum(n) from app.counter where tenant_id = t) from (select %s::int as t) x", (self.tenants["SI"],))

    def asked_alike(self, user):
        """Every question about theirs and about nobody's: the same answer, nothing done, nothing told."""
        not_found = total = 0
        for entity in user.ok("describe").body["schema"]["entities"]:
            asked = list(self.questions(user, entity))
            theirs = user.many([(method, fill(params, it)) for it, _, method, params in asked])
            nobodys = user.many([(method, fill(params, it)) for _, it, method, params in asked])
            for (it, other, method, params), a, b in zip(asked, theirs, nobodys):
                with self.subTest(f"{entity['name']}: {method} {fill(params, it)}"):
                    if method == "list" and params["entity"] in GROWS:
                        self.assertEqual(a.code, b.code)
                    else:
                        self.assertEqual(said(a, it), said(b, other))
                    if method in WRITES:
                        self.assertNotEqual(a.code, "OK")
                    self.assertNotIn(a.code, ("INTERNAL", "RETRY"))
                    for mark in MARKS:
                        self.assertNotIn(mark, a.line)
                not_found += a.code == "NOT_FOUND"
                total += 1
        return not_found, total

    def test_every_question_about_their_records_is_answered_as_about_none(self):
        before = self.state_of_simba()
        for user, least in ((self.manager, 250), (self.admin, 150)):
            not_found, total = self.asked_alike(user)
            print(f"{user.who}: {total} questions, {not_found} not found")
            self.assertGreater(not_found, least)
        self.assertEqual(self.state_of_simba(), before)
        self.assertEqual(self.world.sql("select count(*) from app.customer where name = 'Never Kept'"), [(0,)])

    def test_lists_filters_orders_and_cursors_give_only_ones_own(self):
        simba = self.world.session("admin")
        theirs = {e["name"]: set(self.ids(e["name"], "SI")) for e in self.admin.ok("describe").body["schema"]["entities"]}
        for entity in self.admin.ok("describe").body["schema"]["entities"]:
            name, lists = entity["name"], []
            if not entity["may_list"]:
                continue  # no list
            sorts = [f["name"] for f in entity["fields"] if "sort" in f["flags"]]
            cursors = [None] + [c for sort in sorts for c in [self.cursor(simba, name, sort)] if c]
            for sort in sorts:
                for desc in (False, True):
                    for cursor in cursors:
                        lists.append({"sort": sort, "desc": desc} | ({"cursor": cursor} if cursor else {}))
            lists += [{"view": view["name"]} for view in entity["views"]]
            for field in entity["fields"]:
                if "filter" in field["flags"] and field["type"] != "ref":
                    value = self.value_of_theirs(name, field)
                    ops = ("=", "!=") if field["type"] in ("bool", "choice") else ("=", "!=", "<", "<=", ">", ">=")
                    lists += [{"filters": [[field["name"], op, value]]} for op in ops if value is not None]
                    if field["type"] == "text" and value:
                        lists.append({"filters": [[field["name"], "~", str(value)[:2]]]})
            self.assertTrue(lists, name)
            own = set(self.ids(name, "TW"))
            for params, reply in zip(lists, self.admin.many([("list", {"entity": name, "limit": 200, "total": True, **params}) for params in lists])):
                with self.subTest(f"{name} {params}"):
                    self.assertIn(reply.code, ("OK", "BAD_PARAMS") if "cursor" in params else ("OK",), reply)
                    got = {row["id"] for row in reply.rows}
                    self.assertLessEqual(got, set(self.ids(name, "TW")) if name in GROWS else own)
                    self.assertFalse(got & theirs[name] - own)
                    if reply.code == "OK" and name not in GROWS:
                        self.assertLessEqual(reply.body["page"]["total"], len(own))

    def cursor(self, simba, entity, sort):
        return simba.ok("list", entity=entity, sort=sort, limit=1).body["page"].get("next")

    def value_of_theirs(self, entity, field):
        column = {"stamp": "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", "date": "{}::text", "rate": "({} / 10000.0)::text"}
        rows = self.world.sql(f"select {column.get(field['type'], '{}').format('t.' + field['name'])} from app.{TABLES.get(entity, entity)} t"
                              f" where tenant_id = %s and t.{field['name']} is not null order by id limit 1", (self.tenants["SI"],))
        if rows and field["type"] == "choice":
            return next(choice["code"] for choice in field["choices"] if choice["number"] == rows[0][0])
        return rows[0][0] if rows else None

    def test_their_words_find_nothing_and_do_not_stand_in_the_way(self):
        texts = ["Siri Ya Simba", "siri simba", "sirri", "0767111222", "767111222", "GJ7-SIRI01", "SIRI01", "SIR770077",
                 *[theirs for entity, (theirs, _) in self.keys.items() if entity not in KEYS]]
        for user in (self.manager, self.admin, self.agent):
            for text, reply in zip(texts, user.many([("find", {"text": text}) for text in texts])):
                self.assertEqual((reply.code, [hit for hit in reply.body["hits"] if not self.is_own(hit["record"])]), ("OK", []), text)
        # what a company has is no duplicate at another
        steps = new_vehicle(next_number())
        steps[0][1]["fields"].update(name="Siri Ya Simba", phone="0767 111 222", id_type="passport", id_number="SIR770077")
        steps[1][1]["fields"].update(plate=self.keys["vehicle"][0], chassis="GJ7-SIRI01")
        reply = self.agent.call("trial", steps=steps)
        self.assertEqual((reply.code, [step.get("issues") for step in reply.body.get("results", [])]), ("OK", [None, None]), reply)

    def test_their_keys_of_requests_and_their_figures_are_ones_own(self):
        key, simba = secrets.token_hex(16), self.world.session("amina")
        asked = {"entity": "customer", "fields": {"name": "Same Key", "phone": "0768 222 333"}}
        home = self.manager.ok("home").body
        first = simba.call("add", idem=key, **asked)
        self.assertEqual(first.code, "OK", first)
        self.assertEqual(self.manager.ok("home").body, home)
        mine = self.agent.call("add", idem=key, **asked)
        self.assertEqual((mine.code, mine.replayed), ("OK", False), mine)
        self.assertNotEqual(mine.record["id"], first.record["id"])
        self.assertEqual(simba.call("add", idem=key, **asked).record["id"], first.record["id"])

    def test_steps_of_a_batch_name_ones_own_records_only(self):
        theirs = self.ids("policy", "SI")[0]
        for steps in ([["act", {"entity": "policy", "action": "issue", "key": "$0"}]],
                      new_vehicle(next_number()) + [["act", {"entity": "policy", "action": "issue", "key": "$1"}]],
                      new_vehicle(next_number()) + sale("$1", 2)[:1] + [["add", {"entity": "receipt", "fields": {
                          "policy": theirs, "amount": "1", "method": "cash"}}]],
                      new_vehicle(next_number()) + [["act", {"entity": "vehicle", "action": "transfer", "id": self.ids("vehicle", "SI")[0],
                                                             "fields": {"to": "$0"}}]],
                      new_vehicle(next_number()) + [["act", {"entity": "vehicle", "action": "transfer", "key": "$1",
                                                             "fields": {"to": self.ids("customer", "SI")[0]}}]]):
            before = self.world.sql("select count(*), max(id) from app.history where tbl <> 'session'")
            for method in ("batch", "trial"):
                reply = self.agent.call(method, steps=steps)
                self.assertEqual(reply.code, "NOT_FOUND", (steps, reply))
            self.assertEqual(self.world.sql("select count(*), max(id) from app.history where tbl <> 'session'"), before)

    @unittest.skipUnless(os.geteuid() == 0, "becomes other users of this machine")
    def test_no_other_user_of_the_machine_gets_into_the_database(self):
        """Not the front's, whose processes strangers talk to, nor any other: whatever role he names."""
        place = f"host={self.world.service.run}/postgres dbname=bima"
        for account in ("bima-front", "nobody"):
            for role in ("bima_worker", "bima_platform", "bima_jobs", "bima_search", "bima_owner", "bima_boot", "postgres", account):
                done = subprocess.run(["setpriv", "--reuid", account, "--regid", account if account == "bima-front" else "nogroup", "--clear-groups",
                                       "psql", "-XAtqc", "select 1", f"{place} user={role}"], capture_output=True, text=True)
                self.assertNotEqual(done.returncode, 0, f"{account} as {role}: {done.stdout}")
                self.assertNotIn("1\n", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
