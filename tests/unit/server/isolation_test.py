"""Another company's ids, keys and names read as not found: every entity in every operation, generated from describe."""

import unittest

from world import SIMBA, TWIGA, User, Worker, boot, sold

METHODS = ("get", "history", "as_of", "check", "set", "act", "print")
EXTRA = {"as_of": {"at": "2100-01-01T00:00:00Z"}, "set": {"version": 1, "fields": {}}, "check": {"fields": {}}, "print": {"format": "text"}}


class Isolation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        theirs = {login: User(cls.worker, TWIGA, login) for login in ("amina", "juma", "neema", "admin")}
        cls.ours = {login: User(cls.worker, SIMBA, login) for login in ("amina", "neema", "admin")}
        cls.policy = sold(theirs["amina"], theirs["juma"])
        theirs["admin"].ok("add", entity="user_key", fields={"user": "amina", "public_key": (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4d")})
        cls.schema = cls.ours["admin"].ok("describe").body["schema"]["entities"]
        cls.their_ids = {}
        for entity in [e["name"] for e in cls.schema]:
            rows = theirs["admin"].ok("list", entity=entity, limit=200).body["page"]["rows"]
            cls.their_ids[entity] = [row["id"] for row in rows]
        cls.theirs = theirs

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    def attempts(self, entity):
        """(who, method, params) for one of their records: whoever may call the method at all."""
        admin, manager = self.ours["admin"], self.ours["neema"]
        setup = entity["name"] in ("product", "rate", "branch", "user", "vehicle_type", "id_type", "plate_pattern", "user_key")
        who = admin if setup else manager
        for method in METHODS:
            if method == "act":
                for action in entity["actions"]:
                    if action["on_record"] and not action["prints"]:
                        yield who, "act", {"action": action["name"], "reason": "attack", "fields": {}}
            else:
                yield who, method, EXTRA.get(method, {})

    def test_their_ids_are_not_found_in_any_operation_of_any_entity(self):
        tried = 0
        before = boot("select count(*), max(id) from app.history where tenant_id = %s", TWIGA.id)
        for user in ("admin", "neema"):
            for entity in self.ours[user].ok("describe").body["schema"]["entities"]:
                self.assertTrue(self.their_ids[entity["name"]], entity["name"])
                for id in self.their_ids[entity["name"]][:2]:
                    for who, method, params in self.attempts(entity):
                        reply = who.call(method, entity=entity["name"], id=id, **params)
                        tried += 1
                        with self.subTest(f"{method} {entity['name']} {params}"):
                            self.assertIn(reply.code, self.expected(who, entity, method), reply)
                            self.assertEqual(reply.record, {})
        self.assertGreater(tried, 150)
        self.assertEqual(boot("select count(*), max(id) from app.history where tenant_id = %s", TWIGA.id), before)

    def expected(self, who, entity, method):
        # what is not offered at all is refused before any record is looked at
        if method == "print" and entity["name"] != "certificate":
            return ("BAD_PARAMS", "FORBIDDEN")
        if method in ("set", "check") and not {e["name"]: e for e in who.ok("describe").body["schema"]["entities"]}[entity["name"]]["may_set"]:
            return ("BAD_PARAMS", "FORBIDDEN", "NOT_FOUND")
        return ("NOT_FOUND",)

    def test_their_ids_are_not_found_as_references(self):
        agent, admin = self.ours["amina"], self.ours["admin"]
        ids = {name: rows[0] for name, rows in self.their_ids.items() if rows}
        mine = agent.customer()
        for who, entity, fields in (
                (agent, "vehicle", {"plate": "T 001 ATK", "vehicle_type": "car", "make": "X", "owner": ids["customer"]}),
                (agent, "vehicle", {"plate": "T 001 ATK", "vehicle_type": ids["vehicle_type"], "make": "X", "owner": mine}),
                (agent, "customer", {"name": "Some Body", "phone": "0744777000", "branch": ids["branch"]}),
                (agent, "customer", {"name": "Some Body", "phone": "0744777000", "id_type": ids["id_type"], "id_number": "1"}),
                (agent, "receipt", {"policy": self.policy, "amount": "619,500", "method": "cash"}),
                (admin, "user", {"login": "x1", "name": "Some Body", "role": "agent", "branch": ids["branch"]}),
                (admin, "user_key", {"user": ids["user"], "public_key": "ssh-ed25519 AAAA"}),
                (admin, "rate", {"product": ids["product"], "from_date": "2030-01-01"}),
                (admin, "plate_pattern", {"code": "x", "name": "x", "pattern": "x", "vehicle_type": ids["vehicle_type"]})):
            with self.subTest(f"{entity} {fields}"):
                self.assertEqual(who.call("add", entity=entity, fields=fields).code, "NOT_FOUND")

    def test_their_ids_are_not_found_as_parameters_and_filters(self):
        agent, ids = self.ours["amina"], {name: rows[0] for name, rows in self.their_ids.items() if rows}
        vehicle = agent.vehicle()
        for fields in ({"vehicle": ids["vehicle"], "product": "comprehensive", "sum_insured": 1},
                       {"vehicle": vehicle, "product": ids["product"], "sum_insured": 1},
                       {"vehicle": vehicle, "product": "comprehensive", "customer": ids["customer"], "sum_insured": 1}):
            self.assertEqual(agent.call("act", entity="policy", action="quote", fields=fields).code, "NOT_FOUND", fields)
        self.assertEqual(agent.call("act", entity="vehicle", action="transfer", id=vehicle, fields={"to": ids["customer"]}).code, "NOT_FOUND")
        for entity in self.schema:
            for field in entity["fields"]:
                if field["type"] == "ref" and "filter" in field["flags"]:
                    target = next(e["name"] for e in self.schema if e["name"] == field["ref"])
                    reply = self.ours["admin"].call("list", entity=entity["name"], filters=[[field["name"], "=", ids[target]]])
                    self.assertEqual(reply.code, "NOT_FOUND", f"{entity['name']}.{field['name']}: {reply}")

    def test_their_keys_and_words_find_nothing(self):
        agent, their = self.ours["amina"], self.theirs["amina"]
        vehicle = their.vehicle(plate="T 999 THR", chassis="GJ7-THEIRS9", owner=their.customer(name="Theirs Alone", phone="0799 123 123"))
        number = their.ok("get", entity="policy", id=their.issued(vehicle)).fields["number"]
        for text in ("T999THR", "theirs", "theris", "0799123123", "GJ7THEIRS9"):
            self.assertEqual(agent.ok("find", text=text).body["hits"], [], text)
        for entity, key in (("vehicle", "T999THR"), ("customer", "0799123123"), ("customer", "Theirs Alone"), ("policy", number),
                            ("branch", "HQ")):
            reply = agent.call("get", entity=entity, key=key)
            self.assertTrue(reply.code == "NOT_FOUND" or reply.record["id"] not in self.their_ids[entity], reply)
        # and what is hard duplicate there is free here
        agent.ok("add", entity="vehicle", fields={"plate": "T 999 THR", "chassis": "GJ7-THEIRS9", "vehicle_type": "car", "make": "X",
                                                  "owner": agent.customer()})

    def test_an_identity_of_another_company_is_nobody(self):
        stranger = User(self.worker, SIMBA, "amina")
        stranger.who = (SIMBA.id, TWIGA.users["amina"], 1)
        for method, params in (("me", {}), ("home", {}), ("list", {"entity": "customer"}), ("batch", {"steps": []}),
                               ("add", {"entity": "customer", "fields": {"name": "Some Body", "phone": "0744777001"}})):
            self.assertIn(stranger.call(method, **params).code, ("UNAUTHENTICATED", "BAD_PARAMS"), method)

    def test_home_counts_only_ones_own(self):
        before = self.ours["amina"].ok("home").body["home"]
        sold(self.theirs["amina"], self.theirs["juma"])
        self.theirs["amina"].issued()
        self.assertEqual(self.ours["amina"].ok("home").body["home"], before)


if __name__ == "__main__":
    unittest.main()
