"""Many workers at once: what must happen once happens once, and no order of requests breaks a rule."""

import random
import secrets
import threading
import unittest

from world import JOB_JSON, SIMBA, Gone, Reply, User, Worker, boot

# Every rule that random work must not have broken; each query must be empty.
RULES = {
    "one owner": "select vehicle_id from app.ownership where to_date is null group by 1 having count(*) <> 1",
    "an owner for each": "select v.id from app.vehicle v where not exists (select from app.ownership o where o.tenant_id = v.tenant_id"
                         " and o.vehicle_id = v.id and o.to_date is null and o.customer_id = v.owner_id)",
    "owners without overlap": "select a.id from app.ownership a join app.ownership b on a.vehicle_id = b.vehicle_id and a.id < b.id"
                              " and daterange(a.from_date, a.to_date) && daterange(b.from_date, b.to_date)",
    "paid before cover": "select t.id from app.term t left join app.receipt r on r.term_id = t.id and r.state = 2 where t.state in (4, 6)"
                         " group by t.id, t.total having coalesce(sum(r.amount), 0) <> t.total",
    "cover only for what is paid": "select c.id from app.cover c join app.term t on t.id = c.term_id where c.in_force and t.state not in (4, 6, 7)",
    "one cover at a time": "select a.id from app.cover a join app.cover b on a.vehicle_id = b.vehicle_id and a.id < b.id and a.in_force"
                           " and b.in_force and daterange(a.from_date, a.to_date, '[]') && daterange(b.from_date, b.to_date, '[]')",
    "receipts without gap": "select branch_id, year from app.receipt group by tenant_id, branch_id, year having max(serial) <> count(*)",
    "a certificate only for cover": "select k.id from app.certificate k join app.cover c on c.id = k.cover_id where k.state = 1 and not c.in_force",
    "one open term": "select policy_id from app.term where state in (1, 2, 3) group by 1 having count(*) > 1",
    "every change in history": "select p.id from app.policy p where p.version <> (select count(*) from app.history h"
                               " where h.tbl = 'policy' and h.row_id = p.id)",
}


def together(workers, work):
    """Runs work(index, worker) for each worker at the same time; its results in order."""
    results = [None] * len(workers)
    start = threading.Barrier(len(workers))

    def run(i):
        start.wait()
        results[i] = work(i, workers[i])
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(workers))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def asked(user, method, **kw):
    """The reply to a write that is sent again, with its key, while the service only says to try again."""
    key = secrets.token_hex(16)
    while True:
        reply = user.call(method, idem=key, **kw)
        if reply.code not in ("BUSY", "RETRY"):
            return reply


class Race(unittest.TestCase):
    workers = []

    @classmethod
    def setUpClass(cls):
        cls.workers = [Worker() for _ in range(32)]
        cls.agent, cls.cashier, cls.manager = (User(cls.workers[0], SIMBA, n) for n in ("amina", "juma", "neema"))

    @classmethod
    def tearDownClass(cls):
        for w in cls.workers:
            assert w.close() == 0

    def rules_stand(self):
        for name, sql in RULES.items():
            self.assertEqual(boot(sql), [], name)

    def test_the_same_key_a_hundred_times_from_ten_connections_acts_once(self):
        key, fields = "5e" * 16, {"name": "Said Once", "phone": "0746 000 100"}

        def ten_times(_, worker):
            user = User(worker, SIMBA, "amina")
            return [user.call("add", idem=key, entity="customer", fields=fields) for _ in range(10)]
        replies = [r for part in together(self.workers[:10], ten_times) for r in part]
        self.assertEqual({r.code for r in replies}, {"OK"})
        self.assertEqual(len({r.record["id"] for r in replies}), 1)
        self.assertEqual(sum(not r.replayed for r in replies), 1)
        self.assertEqual(boot("select count(*) from app.customer where name = 'Said Once'"), [(1,)])

    def test_32_clerks_insuring_one_vehicle_leave_exactly_one_active_cover(self):
        vehicle = self.agent.vehicle()

        def insure(_, worker):
            agent, cashier = User(worker, SIMBA, "amina"), User(worker, SIMBA, "neema")
            policy = asked(agent, "act", entity="policy", action="quote",
                           fields={"vehicle": vehicle, "product": "comprehensive", "sum_insured": "15m"})
            if policy.code != "OK":
                return policy
            issued = asked(agent, "act", entity="policy", action="issue", id=policy.record["id"])
            if issued.code != "OK":
                return issued
            receipt = asked(agent, "add", entity="receipt", fields={"policy": policy.record["id"], "amount": "619,500", "method": "cash"})
            if receipt.code != "OK":
                return receipt
            return asked(cashier, "act", entity="receipt", action="verify", id=receipt.record["id"])
        replies = together(self.workers, insure)
        codes = [r.code for r in replies]
        self.assertEqual(codes.count("OK"), 1, codes)
        self.assertEqual(set(codes), {"OK", "REFUSED"}, [r for r in replies if r.code not in ("OK", "REFUSED")])
        self.assertEqual(boot("select count(*) from app.cover where vehicle_id = %s and in_force", vehicle), [(1,)])
        self.rules_stand()

    def test_one_vehicle_entered_by_all_at_once_is_there_once_and_the_others_learn_which_field(self):
        owner = self.agent.customer()
        for field, value in (("plate", "T 999 RCE"), ("chassis", "GJ7-999999")):
            fields = {field: value, "vehicle_type": "car", "make": "Toyota", "owner": owner}
            replies = together(self.workers[:16], lambda _, w: asked(User(w, SIMBA, "amina"), "add", entity="vehicle", fields=fields))
            self.assertEqual(sorted(r.code for r in replies), ["DUPLICATE"] * 15 + ["OK"], replies)
            self.assertEqual({r.error["field"] for r in replies if r.code == "DUPLICATE"}, {field})

    def test_one_record_changed_by_all_at_once_is_changed_by_one(self):
        customer = self.agent.customer()

        def change(i, worker):
            return User(worker, SIMBA, "amina").call("set", entity="customer", id=customer, version=1, fields={"city": f"City {i}"})
        replies = together(self.workers[:16], change)
        codes = sorted(r.code for r in replies)
        self.assertEqual(codes, ["CONFLICT"] * 15 + ["OK"])
        winner = next(r for r in replies if r.code == "OK").fields["city"]
        self.assertEqual({r.fields["city"] for r in replies}, {winner})

    def test_one_receipt_verified_by_all_at_once_is_verified_once(self):
        receipt = self.agent.receipt(self.agent.issued())
        replies = together(self.workers[:16], lambda _, w: User(w, SIMBA, "juma").call("act", entity="receipt", action="verify", id=receipt))
        self.assertEqual(sorted(r.code for r in replies), ["OK"] + ["REFUSED"] * 15)
        self.rules_stand()

    def test_one_vehicle_sold_to_all_at_once_has_one_owner_after_another(self):
        vehicle = self.agent.vehicle()
        buyers = [self.agent.customer() for _ in range(8)]
        together(self.workers[:8], lambda i, w: User(w, SIMBA, "amina").call("act", entity="vehicle", action="transfer", id=vehicle,
                                                                             fields={"to": buyers[i]}))
        self.rules_stand()

    def test_random_work_of_many_never_breaks_a_rule(self):
        shared = [self.agent.vehicle() for _ in range(6)]
        customers = [self.agent.customer() for _ in range(4)]
        done = together(self.workers[:6], lambda i, w: RandomWork(i, w, shared, customers).run(500))
        codes = {code for d in done for code, n in d.items() if n}
        self.assertLessEqual(codes, {"OK", "REFUSED", "FORBIDDEN", "BAD_PARAMS", "CONFLICT"}, done)
        self.assertGreater(sum(d["OK"] for d in done), 300)
        self.rules_stand()

    def test_a_worker_killed_at_work_leaves_no_half_done_thing(self):
        policies = [self.agent.issued() for _ in range(12)]
        rng = random.Random(7)
        for policy in policies:
            victim = Worker()
            user = User(victim, SIMBA, "amina")
            line = user.line("add", entity="receipt", fields={"policy": policy, "amount": "619,500", "method": "cash"})
            victim.send(JOB_JSON, line, user.who)
            if rng.random() < 0.5:
                try:
                    victim.receive()
                except Gone:
                    pass
            victim.process.kill()
            victim.close()
            again = Reply(self.workers[0].ask(JOB_JSON, line, user.who)[-1])  # the same key: once, whatever had happened
            self.assertEqual(again.code, "OK", again)
            self.assertEqual(boot("select count(*) from app.receipt where policy_id = %s", policy), [(1,)])
        self.rules_stand()


class RandomWork:
    """A seeded sequence of whatever clerks do, right or wrong."""

    def __init__(self, seed, worker, vehicles, customers):
        self.rng = random.Random(seed)
        self.users = [User(worker, SIMBA, n) for n in ("amina", "juma", "neema")]
        self.vehicles, self.customers = vehicles, customers
        self.policies, self.receipts = [], []
        self.codes = {"OK": 0}

    def run(self, steps):
        moves = [self.quote, self.issue, self.issue, self.pay, self.pay, self.verify, self.verify, self.renew, self.cancel, self.void,
                 self.reject, self.reverse, self.transfer, self.rename]
        for _ in range(steps):
            reply = self.rng.choice(moves)()
            if reply:
                self.codes[reply.code] = self.codes.get(reply.code, 0) + 1
        return self.codes

    def pick(self, rows):
        return self.rng.choice(rows[-12:]) if rows else None

    def act(self, entity, action, id, **more):
        return id and self.rng.choice(self.users).call("act", entity=entity, action=action, id=id, reason="random", **more)

    def quote(self):
        start = self.rng.choice(["t", "+30d", "+1y", "-400d"])
        reply = self.users[2].call("act", entity="policy", action="quote", fields={
            "vehicle": self.rng.choice(self.vehicles), "product": "comprehensive", "sum_insured": "15m", "start": start,
            "months": self.rng.choice([1, 6, 12])})
        if reply.code == "OK":
            self.policies.append(reply.record["id"])
        return reply

    def issue(self):
        return self.act("policy", "issue", self.pick(self.policies))

    def pay(self):
        policy = self.pick(self.policies)
        if not policy:
            return None
        amount = self.users[0].ok("get", entity="policy", id=policy).fields["outstanding"]
        if self.rng.random() < 0.2:
            amount = self.rng.choice(["619,499", "619,501", "1"])
        reply = self.rng.choice(self.users).call("add", entity="receipt", fields={"policy": policy, "amount": amount, "method": "cash"})
        if reply.code == "OK":
            self.receipts.append(reply.record["id"])
        return reply

    def verify(self):
        return self.act("receipt", "verify", self.pick(self.receipts))

    def reject(self):
        return self.act("receipt", "reject", self.pick(self.receipts)) if self.rng.random() < 0.3 else None

    def reverse(self):
        return self.act("receipt", "reverse", self.pick(self.receipts)) if self.rng.random() < 0.5 else None

    def renew(self):
        return self.act("policy", "renew", self.pick(self.policies))

    def cancel(self):
        return self.act("policy", "cancel", self.pick(self.policies)) if self.rng.random() < 0.5 else None

    def void(self):
        return self.act("policy", "void", self.pick(self.policies)) if self.rng.random() < 0.5 else None

    def transfer(self):
        return self.act("vehicle", "transfer", self.rng.choice(self.vehicles), fields={"to": self.rng.choice(self.customers)})

    def rename(self):
        id = self.rng.choice(self.customers)
        version = self.users[0].ok("get", entity="customer", id=id).record["version"]
        return self.users[0].call("set", entity="customer", id=id, version=version, fields={"city": f"City {self.rng.randrange(100)}"})


if __name__ == "__main__":
    unittest.main()
