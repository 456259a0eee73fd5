"""Another company's ids, keys, references, cursors and words: every method of every entity answers as about what never was.

Generated from what the catalog describes to a user who may do everything; tried between companies, against the platform's
records, and from the platform against a company's."""

import base64
import json
import os
import re
import secrets
import unittest

from proof import PLATFORM, Questions, add_role, all_words, everything, fill, listings, person, platform_worker, said, same_time_class, texts_in
from world import SIMBA, TWIGA, User, Worker, boot, sold

NOBODY = 4294967291
WRITES = ("add", "set", "act", "batch")
SECRET = "Siri Ya Twiga"


class Isolation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker, cls.platform = Worker(), platform_worker()
        for company, platform in ((SIMBA, False), (TWIGA, False), (PLATFORM, True)):
            add_role(company, "omni", all_words(platform))
        cls.ours, cls.theirs = (person(cls.worker, company, "omni", "omni") for company in (SIMBA, TWIGA))
        cls.root = person(cls.platform, PLATFORM, "omni", "omni")
        cls.fill_platform()
        for company in (SIMBA, TWIGA):
            cls.fill(company)
        cls.their_ids = {name: cls.listed(cls.theirs, entity) for name, entity in everything(cls.theirs).items()}
        cls.our_ids = {name: cls.listed(cls.ours, entity) for name, entity in everything(cls.ours).items()}
        cls.root_ids = {name: cls.listed(cls.root, entity) for name, entity in everything(cls.root).items()}

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0
        assert cls.platform.close() == 0

    @classmethod
    def fill(cls, company):
        """Something of everything."""
        agent, cashier, admin = (User(cls.worker, company, login) for login in ("amina", "juma", "admin"))
        sold(agent, cashier)
        name = SECRET if company is TWIGA else "Wetu Simba"
        customer = agent.customer(name=name, phone="0799 555 44" + str(company.id), email="siri@twiga.example" if company is TWIGA else "x@y.example",
                                  id_type="passport", id_number=f"SIR77007{company.id}", note="siri ya ndani" if company is TWIGA else "wazi")
        vehicle = agent.vehicle(owner=customer, plate="T 999 TWG" if company is TWIGA else "T 998 SMB", chassis=f"GJ7-SIRI{company.id:02d}")
        policy = agent.issued(vehicle)
        cashier.verify(agent.receipt(policy))
        agent.fleet(agent.vehicle(owner=customer))
        agent.ok("act", entity="vehicle", action="transfer", id=agent.vehicle(), fields={"to": customer})
        admin.ok("act", entity="role", action="copy", key="agent", fields={"code": f"copy{company.id}", "name": "A copy"})
        boot("insert into app.user_key (tenant_id, user_id, name, public_key, fingerprint) values (%s, %s, 'laptop', 'ssh-ed25519 AAAA', %s)",
             company.id, company.users["omni"], f"SHA256:{company.id}")

    @classmethod
    def fill_platform(cls):
        boot("insert into app.user_key (tenant_id, user_id, name, public_key, fingerprint) values (0, %s, 'laptop', 'ssh-ed25519 AAAA', 'SHA256:0')",
             PLATFORM.users["omni"])

    @staticmethod
    def listed(user, entity):
        """{id: label} of all rows of an entity; of one with a single record, that."""
        if not entity["may_list"]:
            record = user.call("get", entity=entity["name"], key="me").record
            return {record["id"]: record["label"]} if record else {}
        rows = {}
        for view in entity["views"]:
            for row in user.ok("list", entity=entity["name"], view=view["name"], limit=200).body["page"]["rows"]:
                rows[row["id"]] = None
        out = {}
        for id in sorted(rows)[:12]:
            out[id] = user.call("get", entity=entity["name"], id=id).record.get("label")
        return out

    @staticmethod
    def rows_of(company):
        """Everything that is kept about a company: a digest for each table. Who merely asks must not leave a trace in it. Not looked
        at is what workers write of earlier requests by and by: the figures of how much was asked, and how many more refusals there were."""
        out, asked_now = {}, "(to_jsonb(t) ->> 'detail') is distinct from 'further ones within a minute, not listed one by one'"
        for table, in boot("select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'"
                           " where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and c.relname <> 'usage_day' order by 1"):
            out[table] = boot(f"select count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from app.{table} t where tenant_id = %s"
                              f" and {asked_now}",
                              company.id)[0]
        out["tenant"] = boot("select count(*), md5(string_agg(t::text, '|')) from app.tenant t where id = %s", company.id)[0]
        return out

    # -- ids and references ----------------------------------------------------------------------------------------------

    def alike(self, user, ours, theirs, victim, most=1):
        """Every question about theirs and about nobody's: the same answer, and nothing of the victim's moved."""
        catalog = everything(user)
        mine = {name: min(ids, default=None) for name, ids in ours.items()}
        own = {id for ids in ours.values() for id in ids}
        before, codes = self.rows_of(victim), {}
        for entity, method, params in Questions(catalog, mine).every():
            for id in [id for id in theirs.get(entity, {}) if id not in own][:most]:
                a, b = user.call(method, **fill(params, id)), user.call(method, **fill(params, NOBODY))
                what = f"{entity}: {method} {fill(params, id)}"
                if method == "list" and params["entity"] == "audit":  # which grows by the asking
                    self.assertEqual(a.code, b.code, what)
                else:
                    self.assertEqual(said(a, id), said(b, NOBODY), what)
                self.assertNotIn(a.code, ("INTERNAL", "RETRY"), what)
                self.assertNotIn(SECRET, repr(a.body), what)
                if method in WRITES:
                    self.assertNotEqual(a.code, "OK", f"{what}: {a}")
                codes[a.code] = codes.get(a.code, 0) + 1
        self.assertEqual(self.rows_of(victim), before)
        return codes

    def test_every_question_about_their_records_is_answered_as_about_none(self):
        for name, entity in everything(self.ours).items():
            self.assertTrue(self.their_ids[name], f"{name}: nothing of theirs to ask about")
        codes = self.alike(self.ours, self.our_ids, self.their_ids, TWIGA)
        self.assertGreater(sum(codes.values()), 600, codes)
        self.assertGreater(codes["NOT_FOUND"], 300, codes)

    def test_the_platforms_records_are_none_to_a_company(self):
        """Shared entities by their ids; the platform's own are not even known by name."""
        codes = self.alike(self.ours, self.our_ids, self.root_ids, PLATFORM)
        self.assertGreater(codes["NOT_FOUND"], 60, codes)
        for name in set(self.root_ids) - set(self.our_ids):
            for method, more in (("list", {}), ("get", {"id": 1}), ("history", {"id": 1}), ("add", {"fields": {}}), ("check", {"fields": {}}),
                                 ("set", {"id": 1, "version": 1, "fields": {}}), ("act", {"action": "approve", "id": 1}),
                                 ("print", {"id": 1, "format": "text"}), ("as_of", {"id": 1, "at": "2030-01-01T00:00:00Z"})):
                reply, none = (self.ours.call(method, entity=e, **more) for e in (name, "nothing_such"))
                self.assertEqual(said(reply, name), said(none, "nothing_such"), f"{method} {name}")

    def test_a_companys_records_are_none_to_the_platform(self):
        codes = self.alike(self.root, self.root_ids, self.their_ids, TWIGA)
        self.assertGreater(codes["NOT_FOUND"], 60, codes)
        for name in set(self.their_ids) - set(self.root_ids):
            for id in list(self.their_ids[name])[:1]:
                for method, more in (("list", {}), ("get", {"id": id}), ("history", {"id": id}), ("add", {"fields": {}}), ("check", {"fields": {}}),
                                     ("set", {"id": id, "version": 1, "fields": {}}), ("print", {"id": id, "format": "text"}),
                                     ("as_of", {"id": id, "at": "2030-01-01T00:00:00Z"})):
                    reply, none = (self.root.call(method, entity=e, **more) for e in (name, "nothing_such"))
                    self.assertEqual(said(reply, name), said(none, "nothing_such"), f"{method} {name}")
                    self.assertEqual(reply.code, "BAD_PARAMS", f"{method} {name}: {reply}")

    def test_the_platforms_pages_hold_no_word_of_business(self):
        words = {SECRET, "siri", "T 999 TWG", "T999TWG", "GJ7-SIRI", "79955544", "SIR77007"} | {label for name in ("policy", "receipt", "certificate")
                                                                                             for label in self.their_ids[name].values()}
        answers = [self.root.call("home"), self.root.call("me"), self.root.call("status"), self.root.call("describe")]
        answers += [self.root.call("find", text=text) for text in ("siri", "T999TWG", "0799", "twiga", *sorted(words))]
        close = {word.replace(" ", "") for word in words}
        for entity in everything(self.root).values():
            if entity["may_list"]:
                answers += [self.root.call("list", **params) for params in listings(entity)]
        for reply in answers:
            self.assertNotIn(reply.code, ("INTERNAL", "RETRY"), reply)
            if reply.code != "OK":
                continue
            for text in texts_in(reply.body):
                for word in close:
                    self.assertNotIn(word, text.replace(" ", ""))

    # -- keys, words, values -----------------------------------------------------------------------------------------------

    def test_their_keys_name_nothing(self):
        tried = 0
        catalog = everything(self.ours)
        for name, entity in catalog.items():
            labels = {label for label in self.their_ids[name].values() if label} - set(filter(None, self.our_ids[name].values()))
            for label in sorted(labels)[:3]:
                if name == "setting":
                    continue  # opened by "me" alone
                nobody = label[:-1] + ("#" if label[-1] != "#" else "$")
                for method, params in Questions(catalog, {}).about(entity, "key"):
                    a, b = self.ours.call(method, **fill(params, label)), self.ours.call(method, **fill(params, nobody))
                    self.assertEqual(said(a, label), said(b, nobody), f"{method} {name} {label}")
                    tried += 1
        self.assertGreater(tried, 60)

    def test_their_words_find_nothing_and_stand_in_nobodys_way(self):
        texts = [SECRET, "siri", "sirri", "0799555442", "799555", f"SIR77007{TWIGA.id}", "T999TWG", "999twg", f"GJ7SIRI{TWIGA.id:02d}", "twiga"]
        texts += [label for name in ("policy", "receipt", "certificate", "customer", "vehicle", "user") for label in self.their_ids[name].values() if label]
        ours = {id for ids in (boot("select row_id from app.search_token where tenant_id = %s", SIMBA.id),) for id, in ids}
        for text in texts:
            for hit in self.ours.ok("find", text=text).body["hits"]:
                self.assertIn(hit["record"]["id"], ours, text)
        # what is a hard duplicate there is free here
        agent = User(self.worker, SIMBA, "amina")
        self.assertEqual(agent.call("trial", steps=[["add", {"entity": "vehicle", "fields": {
            "plate": "T 999 TWG", "chassis": f"GJ7-SIRI{TWIGA.id:02d}", "vehicle_type": "car", "make": "X", "owner": agent.customer()}}]]).code, "OK")

    def test_lists_give_ones_own_rows_whatever_cursor_or_value_of_theirs_comes_in(self):
        asked = 0
        theirs = everything(self.theirs)
        for name, entity in everything(self.ours).items():
            if not entity["may_list"]:
                continue
            before = {row["id"] for params in listings(entity) for row in self.ours.ok("list", **params).body["page"]["rows"]}
            values = self.theirs.call("get", entity=name, id=min(self.their_ids[name])).fields
            questions = []
            for params in listings(entity):
                page = self.theirs.ok("list", **{**params, "limit": 1}).body["page"]
                if page.get("next"):
                    questions += [{**params, "cursor": page["next"]}, {**params, "cursor": page["next"], "back": True}]
            for field in theirs[name]["fields"]:
                value = values.get(field["name"])
                if "filter" in field["flags"] and field["type"] != "ref" and value is not None:
                    ops = ("=", "!=") if field["type"] in ("bool", "choice") else ("=", "!=", "<", "<=", ">", ">=")
                    questions += [{"entity": name, "filters": [[field["name"], op, value]], "limit": 200, "total": True} for op in ops]
                if "sort" in field["flags"] and field["type"] != "ref" and value is not None:
                    questions += [{"entity": name, "sort": field["name"], "desc": desc, "from": value, "limit": 200, "total": True, "sums": True}
                                  for desc in (False, True)]
            for params in questions:
                reply = self.ours.call("list", **params)
                self.assertIn(reply.code, ("OK", "BAD_PARAMS"), f"{params}: {reply}")
                if reply.code == "OK":
                    rows = {row["id"] for row in reply.body["page"]["rows"]}
                    new = rows - before
                    self.assertFalse(new & set(self.their_ids[name]) - set(self.our_ids[name]), params)
                    if name != "audit":  # which grows by the asking
                        self.assertEqual(new, set(), params)
                        self.assertLessEqual(reply.body["page"]["total"], len(before), params)
                asked += 1
        self.assertGreater(asked, 150)

    def pieces(self, user, **params):
        """The lines of a list taken out as a file, without its heading; None where the request is refused."""
        lines = []
        while True:
            reply = user.call("export", **params)
            if reply.code != "OK":
                self.assertEqual(reply.code, "BAD_PARAMS", f"{params}: {reply}")
                return None
            text = base64.b64decode(reply.body["file"]["bytes"]).decode()
            lines += text.split("\r\n")[0 if lines or params.get("cursor") else 1:-1]
            if not reply.body["page"].get("next"):
                return lines
            params["cursor"] = reply.body["page"]["next"]

    def test_files_hold_ones_own_rows_whatever_cursor_or_value_of_theirs_comes_in(self):
        asked, theirs = 0, everything(self.theirs)
        for name, entity in everything(self.ours).items():
            if not entity["may_list"] or name in ("audit", "session"):  # which grow by the asking
                continue
            values = self.theirs.call("get", entity=name, id=min(self.their_ids[name])).fields
            filters = [[f["name"], op, values[f["name"]]] for f in theirs[name]["fields"] for op in ("=", "!=")
                       if "filter" in f["flags"] and f["type"] != "ref" and values.get(f["name"]) is not None]
            for view in entity["views"]:
                of = {"entity": name, "view": view["name"], "format": "csv"}
                own = self.pieces(self.ours, **of)
                for filter in filters:
                    lines = self.pieces(self.ours, **of, filters=[filter])
                    self.assertLessEqual(set(lines or []), set(own), f"{of} {filter}")
                    asked += 1
                page = self.theirs.ok("list", entity=name, view=view["name"], limit=1).body["page"]
                if page.get("next"):
                    lines = self.pieces(self.ours, **of, cursor=page["next"])
                    self.assertFalse({line for line in lines or [] if SECRET in line or "SIRI" in line}, of)
                    asked += 1
        self.assertGreater(asked, 100)

    def test_every_method_of_the_protocol_is_asked(self):
        """What is new there is to be asked about here: by the generated questions, or by a test of this page that names it."""
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../common/wire/method.c")) as source:
            methods = set(re.findall(r'\{METHOD_\w+, "(\w+)"', source.read()))
        generated = {method for _, method, _ in Questions(everything(self.ours), {name: 1 for name in self.our_ids}).every()}
        self.assertEqual(methods - generated, {"home", "me", "status", "describe", "find", "export", "subscribe"})
        told = [json.dumps(self.ours.ok(method).body) for method in ("home", "me", "status", "describe", "subscribe")]
        for word in (SECRET, "siri", f"GJ7-SIRI{TWIGA.id:02d}", "T 999 TWG"):
            self.assertFalse([text for text in told if word in text], word)

    def test_their_keys_of_requests_and_their_figures_are_ones_own(self):
        key = secrets.token_hex(16)
        asked = {"entity": "customer", "fields": {"name": "Same Key", "phone": "0768 222 333"}}
        home = self.ours.ok("home").body["home"]
        theirs = self.theirs.call("add", idem=key, **asked)
        sold(User(self.worker, TWIGA, "amina"), User(self.worker, TWIGA, "juma"))
        self.assertEqual(self.ours.ok("home").body["home"], home)
        mine = self.ours.call("add", idem=key, **asked)
        self.assertEqual((theirs.code, mine.code, mine.replayed), ("OK", "OK", False))
        self.assertNotEqual(mine.record["id"], theirs.record["id"])
        self.assertEqual(self.theirs.call("add", idem=key, **asked).record["id"], theirs.record["id"])
        # nor another user's of one's own company
        other = User(self.worker, SIMBA, "amina")
        self.assertFalse(other.call("add", idem=key, entity="customer", fields={"name": "Other Key", "phone": "0768 222 334"}).replayed)

    def test_numbers_count_on_without_a_gap_whoever_else_counts(self):
        agent = User(self.worker, SIMBA, "amina")
        first = self.serial(agent)
        for n in range(3):
            User(self.worker, TWIGA, "amina").receipt(User(self.worker, TWIGA, "amina").issued())
        self.assertEqual(self.serial(agent), first + 1)

    def serial(self, agent):
        receipt = agent.receipt(agent.issued())
        return boot("select serial from app.receipt where tenant_id = %s and id = %s", SIMBA.id, receipt)[0][0]

    # -- time ----------------------------------------------------------------------------------------------------------------

    def test_their_records_take_the_time_of_none(self):
        pairs = []
        for name in everything(self.ours):
            id = next(id for id in self.their_ids[name] if id not in self.our_ids[name])
            pairs.append(({"entity": name, "id": id}, {"entity": name, "id": NOBODY}))
        same_time_class(self, self.ours, pairs, rounds=20)
        same_time_class(self, self.ours, [({"entity": "vehicle", "key": "T999TWG"}, {"entity": "vehicle", "key": "T999TWH"}),
                                          ({"entity": "customer", "key": SECRET}, {"entity": "customer", "key": "Siri Ya Twige"})], methods=("get",), rounds=30)
        same_time_class(self, self.ours, [({"text": "T999TWG"}, {"text": "T999TWH"}), ({"text": "0799555442"}, {"text": "0799555449"})],
                        methods=("find",), rounds=30)


if __name__ == "__main__":
    unittest.main()
