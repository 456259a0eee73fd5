#!/usr/bin/python3
"""Thousands of operations in any order, by several sessions at once and over two years: no rule is ever broken.

The throws are the same in every run; how the sessions' requests meet is not. After each hundred steps the database is asked.
"""
import collections
import os
import random
import secrets
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from races_world import World, new_vehicle, next_number, sale, together, wait_for  # noqa: E402

SEED = int(os.environ.get("BIMA_SEED", "20261130"))
DAYS = ("2026-11-30", "2027-01-15", "2027-12-02", "2028-02-29")  # in the middle of terms, past their ends, a leap day
ROUNDS, CLERKS, STEPS = 6, 5, 20  # of each day; a round is a hundred steps
VEHICLES, CUSTOMERS = 12, 5
EXPECTED = {"OK", "REFUSED", "FORBIDDEN", "BAD_PARAMS", "CONFLICT"}


def records_of(reply):
    """Which records it answered with; what stands in them others may have changed meanwhile."""
    return [(record["entity"], record["id"]) for record in [reply.record] + reply.results if record]


class Clerk:
    """Three sessions of one desk, throwing dice."""

    def __init__(self, case, seed, *logins):
        self.case, self.rng = case, random.Random(seed)
        self.agent, self.cashier, self.manager = self.users = [case.world.session(login) for login in logins]
        self.codes = collections.Counter()
        self.keys, self.refused = [], []
        self.moves = [self.quote, self.quote, self.sell, self.issue, self.issue, self.pay, self.pay, self.verify, self.verify, self.verify,
                      self.reject, self.reverse, self.renew, self.renew, self.cancel, self.void, self.transfer, self.only_try]

    def run(self):
        for _ in range(STEPS):
            self.rng.choice(self.moves)()

    def write(self, name, user, method, **params):
        key = secrets.token_hex(16)
        reply = user.call(method, idem=key, **params)
        assert reply.code in EXPECTED, f"{user.who} {method} {params}: {reply}"
        self.codes[name, reply.code] += 1
        if reply.code == "OK":
            self.keys.append(key)
            if self.rng.random() < 0.1:
                again = user.call(method, idem=key, **params)
                assert (again.replayed, records_of(again)) == (True, records_of(reply)), (reply, again)
        else:
            self.refused.append(reply.error["trace"])
        return reply

    def act(self, entity, action, id, **fields):
        if id is not None:
            user = self.manager if self.rng.random() < 0.6 else self.rng.choice(self.users)
            self.write(action, user, "act", entity=entity, action=action, id=id, reason="thrown", fields=fields)

    def one_of(self, rows, newest=15):
        return self.rng.choice(rows[-newest:]) if rows else None

    # -- moves -------------------------------------------------------------------------------------------------------

    def quote(self):
        fields = {"vehicle": self.rng.choice(self.case.vehicles), "product": "comprehensive",
                  "sum_insured": self.rng.choice(["8m", "15m", "40m"]), "start": self.rng.choice(["t", "t", "+20d", "+1y", "-40d"]),
                  "months": self.rng.choice([1, 3, 12])}
        reply = self.write("quote", self.rng.choice([self.agent, self.manager]), "act", entity="policy", action="quote", fields=fields)
        if reply.code == "OK":
            self.case.policies.append(reply.record["id"])

    def sell(self):
        """Quote, issue and money in one request, all or nothing."""
        reply = self.write("sell", self.agent, "batch", steps=sale(self.rng.choice(self.case.vehicles), 0))
        if reply.code == "OK":
            self.case.policies.append(reply.results[0]["id"])
            self.case.receipts.append(reply.results[2]["id"])

    def issue(self):
        self.act("policy", "issue", self.one_of(self.case.policies))

    def pay(self):
        # money for renewals, too: what is renewed once more was paid for
        renewed = self.case.renewed if self.rng.random() < 0.5 else None
        policy = self.one_of(renewed, 8) if renewed else self.one_of(self.case.policies)
        if policy is None:
            return
        amount = self.agent.ok("get", entity="policy", id=policy).fields.get("outstanding", "1")
        if self.rng.random() < 0.2:
            amount = self.rng.choice(["619,499.99", "619,500.01", "1"])
        fields = {"policy": policy, "amount": amount, "method": "mobile", "reference": f"MP{next_number()}"}
        reply = self.write("pay", self.rng.choice(self.users), "add", entity="receipt", fields=fields)
        if reply.code == "OK":
            self.case.receipts.append(reply.record["id"])

    def verify(self):
        self.act("receipt", "verify", self.one_of(self.case.receipts, 8))

    def reject(self):
        if self.rng.random() < 0.3:
            self.act("receipt", "reject", self.one_of(self.case.receipts, 8))

    def reverse(self):
        if self.rng.random() < 0.6:
            self.act("receipt", "reverse", self.one_of(self.case.receipts, 40))

    def renew(self):
        # every second time one that was renewed before: chains of terms should grow long
        again = self.case.renewed if self.rng.random() < 0.5 else None
        policy = self.one_of(again, 8) if again else self.one_of(self.case.policies, 60)
        before = self.codes["renew", "OK"]
        self.act("policy", "renew", policy, **({"months": 1} if self.rng.random() < 0.3 else {}))
        if self.codes["renew", "OK"] > before:
            self.case.renewed.append(policy)

    def cancel(self):
        if self.rng.random() < 0.5:
            self.act("policy", "cancel", self.one_of(self.case.policies, 60))

    def void(self):
        self.act("policy", "void", self.one_of(self.case.policies))

    def transfer(self):
        self.act("vehicle", "transfer", self.rng.choice(self.case.vehicles), to=self.rng.choice(self.case.customers))

    def only_try(self):
        """A trial answers as the thing itself would and leaves nothing."""
        steps = sale(self.rng.choice(self.case.vehicles), 0)
        reply = self.manager.call("trial", steps=steps)
        assert reply.code in EXPECTED, reply
        self.codes["trial", reply.code] += 1
        if reply.code == "OK":
            self.case.tried.append(reply.results[0]["id"])


class Sequences(unittest.TestCase):
    def test_no_order_of_operations_breaks_a_rule(self):
        self.policies, self.renewed, self.receipts, self.tried = [], [], [], []
        self.failed = True
        self.world = World("amina", "fatuma", "grace", "juma", "shija", "elia", "neema", workers=6, today=DAYS[0])
        self.addCleanup(lambda: self.world.close(self.failed))
        self.enter_vehicles()
        desks = (("amina", "juma", "neema"), ("fatuma", "shija", "neema"), ("grace", "elia", "neema"))
        clerks = [Clerk(self, SEED + i, *desks[i % len(desks)]) for i in range(CLERKS)]
        for day in DAYS:
            self.begin(day)
            for _ in range(ROUNDS):
                together(*[clerk.run for clerk in clerks])
                self.check(clerks)
        self.check_that_much_happened(clerks)
        self.failed = False

    def enter_vehicles(self):
        manager = self.world.session("neema")
        self.vehicles = [manager.ok("batch", steps=new_vehicle(next_number())).results[1]["id"] for _ in range(VEHICLES)]
        self.customers = [row["id"] for row in manager.ok("list", entity="customer", view="newest", limit=CUSTOMERS).rows]

    def begin(self, day):
        """The service of another day: what ended before it expires by itself."""
        service = self.world.service
        if service.settings["today"] != day:
            self.assertEqual(service.stop(), 0)
            service.settings["today"] = day
            service.start()
        wait_for("terms that ended expire", lambda: self.world.sql(
            "select count(*) from app.term where state = 4 and end_date < %s", (day,)) == [(0,)])

    def check(self, clerks):
        self.assertEqual(self.world.broken_rules(), [], f"seed {SEED}")
        keys = [key for clerk in clerks for key in clerk.keys]
        refused = [trace for clerk in clerks for trace in clerk.refused]
        self.assertEqual(self.world.sql("select count(*) from app.idempotency where encode(key, 'hex') = any(%s)", (keys,)), [(len(keys),)])
        self.assertEqual(self.world.sql("select count(*) from app.history where request_id = any(%s)", (refused,)), [(0,)])
        self.assertEqual(self.world.sql("select count(*) from app.policy where id = any(%s)", (self.tried,)), [(0,)])

    def check_that_much_happened(self, clerks):
        codes = sum((clerk.codes for clerk in clerks), collections.Counter())
        print(dict(codes))
        for move in ("quote", "sell", "issue", "pay", "verify", "reject", "reverse", "renew", "cancel", "void", "transfer", "trial"):
            self.assertGreaterEqual(codes[move, "OK"], 3, move)
        self.assertGreater(sum(n for (_, code), n in codes.items() if code == "REFUSED"), 200)
        states = {state for state, in self.world.sql("select distinct state from app.term where policy_id = any(%s)", (self.policies,))}
        self.assertLessEqual({4, 5, 6, 7, 8}, states)
        self.assertGreater(self.world.sql("select max(seq) from app.term where policy_id = any(%s)", (self.policies,))[0][0], 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
