"""Role by entity by verb: a page people can read, and a worker that keeps to it for every method.

../../golden/rights.txt is the page; BIMA_GOLDEN=write writes it anew. Read it when it changes: a role more is a right more.
"""

import os
import unittest

from proof import ORDER, PLATFORM, SIDE, add_role, all_words, everything, matrix, matrix_page, person, platform_worker
from world import HERE, SIMBA, User, Worker, boot, sold

GOLDEN = os.path.join(HERE, "..", "..", "golden", "rights.txt")
NONE = 4294967294  # an id that nothing has


def calls(name, entity, verbs):
    """(verb, method, params) for every method and action of an entity."""
    on = {"entity": name, "id": NONE}
    yield "read", "get", on
    yield "read", "list", {"entity": name}
    yield "read", "history", on
    yield "read", "as_of", on | {"at": "2030-01-01T00:00:00Z"}
    yield "print", "print", on | {"format": "text"}
    if "add" in verbs:
        yield "add", "add", {"entity": name, "fields": {}}
        yield "add", "check", {"entity": name, "fields": {}}
        yield "add", "batch", {"steps": [["add", {"entity": name, "fields": {}}]]}
    if "set" in verbs:
        yield "set", "set", on | {"version": 1, "fields": {}}
        yield "set", "check", on | {"fields": {}}
        yield "set", "trial", {"steps": [["set", on | {"version": 1, "fields": {}}]]}
    for action in entity["actions"]:
        if action.get("prints"):
            continue
        params = {"entity": name, "action": action["name"], "reason": "why", "fields": {}} | ({"id": NONE} if action.get("on_record") else {})
        yield action["name"], "act", params
        yield action["name"], "batch", {"steps": [["act", params]]}


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = matrix_page()
        cls.matrix = matrix(cls.page)
        cls.workers = {False: Worker(), True: platform_worker()}
        cls.people, cls.catalog = {}, {}
        for platform, company in ((False, SIMBA), (True, PLATFORM)):
            add_role(company, "omni", all_words(platform))
            cls.catalog[platform] = everything(person(cls.workers[platform], company, "omni", "omni"))
        amina, juma = (User(cls.workers[False], SIMBA, login) for login in ("amina", "juma"))
        sold(amina, juma)
        cls.customer = amina.customer(name="Zuhura Binafsi", phone="0788 123 987", email="zuhura@binafsi.example", id_type="passport",
                                      id_number="QZX770788", birth_date="1980-02-03", address="Sanduku 4711")
        for code in ORDER:
            platform = code in SIDE[True]
            more = {"customer": cls.customer} if code == "customer" else {}
            cls.people[code] = person(cls.workers[platform], PLATFORM if platform else SIMBA, f"the_{code}", code, **more)

    @classmethod
    def tearDownClass(cls):
        for worker in cls.workers.values():
            assert worker.close() == 0

    # -- the page ----------------------------------------------------------------------------------------------------

    def test_the_matrix_is_what_the_golden_file_says(self):
        self.maxDiff = None
        if os.environ.get("BIMA_GOLDEN") == "write":
            os.makedirs(os.path.dirname(GOLDEN), exist_ok=True)
            with open(GOLDEN, "w") as out:
                out.write(self.page)
        with open(GOLDEN) as golden:
            self.assertEqual(self.page, golden.read(), "tests/golden/rights.txt: read the difference, then BIMA_GOLDEN=write")

    def test_the_roles_are_those_of_the_product_and_its_rows_hold_their_words(self):
        for platform, company in ((False, SIMBA), (True, PLATFORM)):
            found = boot("select r.code, r.permissions = b.permissions from app.role r left join app.builtin_roles() b on b.code = r.code"
                         " where r.tenant_id = %s and r.builtin", company.id)
            self.assertEqual({code for code, _ in found}, set(SIDE[platform]))
            self.assertEqual([code for code, same in found if not same], [])

    def test_every_verb_is_granted_to_some_role_and_no_entity_is_out_of_reach(self):
        self.assertGreaterEqual(len(self.matrix), 20)
        for entity, (side, verbs) in self.matrix.items():
            for verb, may in verbs.items():
                if verb in ("personal", "secret") and side == "platform":
                    continue
                self.assertTrue(may, f"no role may {entity} {verb}")

    def test_nobody_but_the_administrator_changes_roles_settings_and_users(self):
        for entity in ("role", "setting", "user"):
            for verb, may in self.matrix[entity][1].items():
                if verb not in ("read", "personal"):
                    self.assertEqual(may, {"admin"}, f"{entity} {verb}")

    def test_the_platform_reads_no_business_and_companies_read_nothing_of_the_platform(self):
        for entity, (side, verbs) in self.matrix.items():
            for verb, may in verbs.items():
                if side != "both":
                    self.assertFalse(may & set(SIDE[side == "company"]), f"{entity} {verb}")

    # -- the worker --------------------------------------------------------------------------------------------------

    def test_every_method_of_every_entity_is_refused_exactly_where_the_matrix_says_no(self):
        tried = refused = 0
        for code, user in self.people.items():
            platform = code in SIDE[True]
            for name, (side, verbs) in self.matrix.items():
                here = side in ("both", "platform" if platform else "company")
                entity = self.catalog[platform if side == "both" else side == "platform"][name]
                for verb, method, params in calls(name, entity, verbs):
                    reply = user.call(method, **params)
                    tried += 1
                    said = f"{code}: {method} {name} {params.get('action', verb)}: {reply}"
                    self.assertNotIn(reply.code, ("INTERNAL", "RETRY"), said)
                    if not here:
                        self.assertEqual(reply.code, "BAD_PARAMS", said)
                        self.assertIn("there is nothing called", reply.error["message"])
                    elif verb == "print" and verb not in verbs:
                        self.assertIn(reply.code, ("FORBIDDEN", "BAD_PARAMS"), said)  # there is no document of it
                    elif code in verbs[verb]:
                        self.assertNotEqual(reply.code, "FORBIDDEN", said)
                    else:
                        self.assertEqual(reply.code, "FORBIDDEN", said)
                        self.assertIn(f"{name} {verb}", reply.error["message"])
                        refused += 1
        self.assertGreater(tried, 3000)
        self.assertGreater(refused, 800)

    def test_what_is_described_is_what_the_matrix_says(self):
        for code, user in self.people.items():
            described = everything(user)
            for name, (side, verbs) in self.matrix.items():
                may = {verb for verb, roles in verbs.items() if code in roles}
                if not may & {"read", "add"}:
                    self.assertNotIn(name, described, code)
                    continue
                entity = described[name]
                self.assertEqual(bool(entity.get("may_add")), "add" in may, f"{code} {name}")
                self.assertEqual(bool(entity.get("may_set")), "set" in may, f"{code} {name}")
                self.assertEqual({a["name"] for a in entity["actions"]}, may & {a["name"] for a in entity["actions"]}, f"{code} {name}")
                hidden = "personal" in verbs and "personal" not in may
                for field in entity["fields"]:
                    self.assertFalse(hidden and "personal" in field["flags"] and "key" not in field["flags"], f"{code} {name}.{field['name']}")

    # -- fields ------------------------------------------------------------------------------------------------------

    PERSONAL = ("0788 123 987", "0788123987", "255788123987", "zuhura@binafsi", "QZX770788", "1980-02-03", "Sanduku")

    def ways_to_see(self, user):
        """Every reading answer about the customer with personal fields."""
        it = {"entity": "customer", "id": self.customer}
        yield "get", it
        yield "get", {"entity": "customer", "key": "Zuhura Binafsi"}
        yield "list", {"entity": "customer", "filters": [["name", "=", "Zuhura Binafsi"]]}
        for view in everything(user)["customer"]["views"]:
            yield "list", {"entity": "customer", "view": view["name"], "limit": 200}
        yield "history", it
        yield "as_of", it | {"at": "2100-01-01T00:00:00Z"}
        yield "find", {"text": "zuhura"}
        yield "find", {"text": "Zuhura Binafsi"}
        yield "check", it | {"fields": {}}
        yield "home", {}

    def test_personal_fields_are_seen_by_who_may_in_every_answer_and_by_nobody_else(self):
        personal = self.matrix["customer"][1]["personal"]
        readers = self.matrix["customer"][1]["read"]
        self.assertIn("viewer", readers - personal)
        for code in readers:
            seen = []
            for method, params in self.ways_to_see(self.people[code]):
                reply = self.people[code].call(method, **params)
                if reply.code in ("FORBIDDEN", "BAD_PARAMS") and method == "check":
                    continue
                self.assertEqual(reply.code, "OK", f"{code} {method} {params}: {reply}")
                seen.append(any(mark in repr(reply.body) for mark in self.PERSONAL))
            self.assertEqual(any(seen), code in personal, f"{code}: {seen}")
            if code in personal:
                self.assertTrue(all(seen[:2]), f"{code}: {seen}")

    def test_who_sees_no_personal_field_can_not_ask_about_one_either(self):
        viewer, agent = self.people["viewer"], self.people["agent"]
        fields = {f["name"]: f for f in self.catalog[False]["customer"]["fields"]}
        asked = 0
        for name, field in fields.items():
            if "personal" not in field["flags"] or "key" in field["flags"]:
                continue
            for question in [{"filters": [[name, "=", "0788 123 987"]]}, {"sort": name}]:
                reply = viewer.call("list", entity="customer", **question)
                self.assertEqual(reply.code, "BAD_PARAMS", f"{question}: {reply}")
                same = viewer.call("list", entity="customer", **({"filters": [["nothing_such", "=", "x"]]} if "filters" in question else {"sort": "nothing_such"}))
                self.assertEqual(reply.error["message"].replace(name, "IT"), same.error["message"].replace("nothing_such", "IT"))
                asked += 1
        self.assertGreater(asked, 8)
        for key in ("0788 123 987", "QZX770788"):
            self.assertEqual(agent.call("get", entity="customer", key=key).code, "OK", key)
            self.assertEqual(viewer.call("get", entity="customer", key=key).code, "NOT_FOUND", key)
            self.assertEqual([h["record"]["id"] for h in agent.ok("find", text=key).body["hits"]], [self.customer], key)
            self.assertEqual(viewer.ok("find", text=key).body["hits"], [], key)
        self.assertEqual(viewer.ok("find", text="zuhura 0788").body["hits"], [])

    def test_what_is_sealed_is_shown_in_full_to_who_may_and_to_nobody_else(self):
        verbs = self.matrix["customer"][1]
        self.assertTrue(verbs["read"] & verbs["personal"] - verbs["secret"])
        for code in verbs["read"] & verbs["personal"]:
            record = self.people[code].ok("get", entity="customer", id=self.customer)
            self.assertEqual("QZX770788" in repr(record.body), code in verbs["secret"], f"{code}: {record}")
            for method, params in self.ways_to_see(self.people[code]):
                reply = self.people[code].call(method, **params)
                if code not in verbs["secret"]:
                    self.assertNotIn("QZX770788", repr(reply.body), f"{code} {method}")

    def test_find_names_no_record_of_an_entity_one_may_not_read(self):
        add_role(SIMBA, "counter", "vehicle.read vehicle.personal receipt.add")
        user = person(self.workers[False], SIMBA, "counter", "counter")
        self.assertEqual(user.ok("find", text="zuhura").body["hits"], [])
        for text in ("salma", "2026", "t"):
            for hit in user.ok("find", text=text).body["hits"]:
                self.assertEqual(hit["record"]["entity"], "vehicle", hit)
        home = user.ok("home").body["home"]
        self.assertEqual((home["counters"], home["alerts"]), ([], []))


if __name__ == "__main__":
    unittest.main()
