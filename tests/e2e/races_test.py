#!/usr/bin/python3
"""Many sessions at once over SSH: of one vehicle one cover, of one key one effect."""
import json
import os
import secrets
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from races_world import WRITES, World, new_vehicle, next_number, sale, together  # noqa: E402

SESSIONS = 32
SELLERS = ("neema", "amina", "fatuma", "grace")
SUM, PRICE = "10,000,000", "413,000"  # below the amount from which a second person must verify


def setUpModule():
    WithWorld.world = world = World("neema", "amina", "fatuma", "grace", "juma", "shija", "elia", workers=12)
    unittest.addModuleCleanup(world.close)
    WithWorld.agent = world.session("amina")


class WithWorld(unittest.TestCase):
    """All tests of this file share one service."""
    world = agent = None

    def tearDown(self):
        self.assertEqual(self.world.broken_rules(), [])

    def vehicle(self):
        return self.agent.ok("batch", steps=new_vehicle(next_number())).results[1]["id"]

    def sessions(self, *logins, count=SESSIONS):
        made = [self.world.session(logins[i % len(logins)]) for i in range(count)]
        together(*[s.ready for s in made])
        self.addCleanup(lambda: [s.close() for s in made])
        return made


class Races(WithWorld):
    def covers(self, vehicle):
        return self.world.sql("select p.number from app.cover c join app.policy p on p.tenant_id = c.tenant_id and p.id = c.policy_id"
                              " where c.vehicle_id = %s and c.in_force", (vehicle,))

    def one_covered_others_told(self, vehicle, replies):
        codes = [r.code for r in replies]
        self.assertEqual(sorted(set(codes)), ["OK", "REFUSED"], replies)
        self.assertEqual(codes.count("OK"), 1, codes)
        (number,), = self.covers(vehicle)
        for reply in replies:
            if reply.code == "REFUSED":
                self.assertIn(f"already insured under policy {number} until", reply.error["message"])
                self.assertEqual([ref["label"] for ref in reply.error["refs"]], [number])
        return number

    def test_32_who_sell_and_verify_at_once_leave_one_cover_and_31_sentences_that_name_it(self):
        vehicle = self.vehicle()
        steps = sale(vehicle, 0, SUM, PRICE) + [["act", {"entity": "receipt", "action": "verify", "key": "$2"}]]
        managers = self.sessions("neema")
        replies = together(*[lambda s=s: s.call("batch", steps=steps) for s in managers])
        self.one_covered_others_told(vehicle, replies)
        # all or nothing: the others left no policy behind
        self.assertEqual(self.world.sql("select count(*) from app.policy where vehicle_id = %s", (vehicle,)), [(1,)])

    def test_of_32_policies_sold_for_one_vehicle_and_verified_at_once_one_is_covered(self):
        vehicle = self.vehicle()
        sellers = self.sessions(*SELLERS)
        sold = together(*[lambda s=s: s.ok("batch", steps=sale(vehicle, 0)) for s in sellers])
        receipts = [reply.results[2]["id"] for reply in sold]
        cashiers = self.sessions("juma", "shija", "elia")
        replies = together(*[lambda s=s, r=r: s.act("receipt", "verify", r) for s, r in zip(cashiers, receipts)])
        number = self.one_covered_others_told(vehicle, replies)
        self.assertIn(number, [reply.results[0]["label"] for reply in sold])
        states = self.world.sql("select state, count(*) from app.receipt where policy_id in"
                                " (select id from app.policy where vehicle_id = %s) group by 1 order by 1", (vehicle,))
        self.assertEqual(states, [(1, SESSIONS - 1), (2, 1)])

    def test_one_policy_renewed_by_all_at_once_is_renewed_once(self):
        vehicle = self.vehicle()
        sold = self.agent.ok("batch", steps=sale(vehicle, 0))
        self.world.session("juma").act("receipt", "verify", sold.results[2]["id"])
        policy = sold.results[0]["id"]
        replies = together(*[lambda s=s: s.act("policy", "renew", policy) for s in self.sessions("amina", "neema", count=16)])
        self.assertEqual(sorted(r.code for r in replies), ["OK"] + ["REFUSED"] * 15, replies)
        self.assertEqual(self.world.sql("select count(*) from app.term where policy_id = %s", (policy,)), [(2,)])


class Steps(WithWorld):
    def test_the_last_of_sixteen_steps_may_name_any_before_it(self):
        steps = [step for n in range(6) for step in new_vehicle(next_number())]
        for place, (_, params) in enumerate(steps):
            if params["entity"] == "vehicle":
                params["fields"]["owner"] = f"${place - 1}"
        steps += sale("$11", 12, SUM, PRICE) + [["act", {"entity": "receipt", "action": "verify", "key": "$14"}]]
        self.assertEqual(len(steps), 16)
        made = self.world.session("neema").ok("batch", steps=steps).results
        self.assertEqual(made[15]["fields"]["state"], "verified")
        self.assertEqual(made[12]["fields"]["vehicle"]["id"], made[11]["id"])


class OneKey(WithWorld):
    """The same request, the same key."""

    def hundred(self, method, params, key):
        """100 lines from 10 connections, ten under way on each; replies."""
        def ten(session):
            for _ in range(10):
                session.send(method, params, key)
            return [session.receive()[1] for _ in range(10)]
        return together(*[lambda s=s: ten(s) for s in self.sessions("amina", count=10)])

    def acts_once(self, method, params):
        key = secrets.token_hex(16)
        lines = [line for part in self.hundred(method, params, key) for line in part]
        self.assertEqual(len(lines), 100)
        return key, lines

    def bodies(self, lines):
        docs = [json.loads(line) for line in lines]
        for doc in docs:
            self.assertEqual(doc["code"], "OK", doc)
        self.assertEqual(sum(not doc.get("replayed", False) for doc in docs), 1)
        for doc in docs:
            self.assertLessEqual(set(doc), {"id", "code", "body", "replayed", "server_us", "trace"})
        bodies = {json.dumps(doc["body"], sort_keys=True) for doc in docs}
        self.assertEqual(len(bodies), 1, bodies)
        return docs[0]["body"]

    def test_a_sale_sent_a_hundred_times_is_made_once_and_answered_alike(self):
        vehicle = self.vehicle()
        params = {"steps": sale(vehicle, 0)}
        key, lines = self.acts_once("batch", params)
        made = [step["record"] for step in self.bodies(lines)["results"]]
        self.assertEqual(self.world.sql("select p.id, r.id, r.number from app.policy p join app.receipt r on r.tenant_id = p.tenant_id"
                                        " and r.policy_id = p.id where p.vehicle_id = %s", (vehicle,)),
                         [(made[0]["id"], made[2]["id"], made[2]["label"])])
        self.other_uses_of(key, "batch", params)

    def test_money_taken_a_hundred_times_is_taken_once_and_answered_alike(self):
        policy = self.agent.ok("batch", steps=sale(self.vehicle(), 0)[:2]).results[0]["id"]
        params = {"entity": "receipt", "fields": {"policy": policy, "amount": "619,500", "method": "cash"}}
        key, lines = self.acts_once("add", params)
        record = self.bodies(lines)["record"]
        self.assertEqual(self.world.sql("select id, number from app.receipt where policy_id = %s", (policy,)),
                         [(record["id"], record["label"])])
        self.other_uses_of(key, "add", params)

    def other_uses_of(self, key, method, params):
        """Anything else with that key is refused and does nothing; another user's same key is another key."""
        before = self.world.sql("select count(*), max(id) from app.history")
        some = {"add": {"entity": "customer", "fields": {"name": "Nobody", "phone": "0700000001"}},
                "set": {"entity": "customer", "id": 1, "version": 1, "fields": {"city": "Arusha"}},
                "act": {"entity": "policy", "action": "issue", "id": 1},
                "batch": {"steps": new_vehicle(next_number())}}
        self.assertEqual(set(some), set(WRITES))
        for other, asked in [*some.items(), (method, dict(params, reason="changed")) if method == "add" else
                             (method, {"steps": params["steps"] + params["steps"][:1]})]:
            reply = self.agent.call(other, idem=key, **asked)
            self.assertEqual(reply.code, "IDEM_MISMATCH", (other, reply))
            self.assertFalse(reply.replayed)
        self.assertEqual(self.world.sql("select count(*), max(id) from app.history"), before)
        again = self.agent.call(method, idem=key, **params)
        self.assertEqual((again.code, again.replayed), ("OK", True))
        mine = self.world.session("neema").call("add", idem=key, entity="customer",
                                                fields={"name": f"Own {key[:6]}", "phone": f"0768{next_number():06d}"})
        self.assertEqual((mine.code, mine.replayed), ("OK", False))


if __name__ == "__main__":
    unittest.main(verbosity=2)
