#!/usr/bin/python3
"""Money is taken and verified while workers, the front, the database and at last the whole service are killed.

Every request without a final answer is sent again with its key, save some that are left alone as if their client had died.
Afterwards the database is asked: what was acknowledged is there once, what was left alone is there whole or not at all.
"""
import os
import random
import secrets
import signal
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from races_world import AGAIN, Gone, World, new_vehicle, next_number, plate, sale, wait_for  # noqa: E402
from service import alive  # noqa: E402

KILLS = 200
WORKERS = 16  # one that is killed again and again is started later each time: enough of them to go on
LEAST_ALIVE = 3
LEFT_ALONE = 0.08
DESKS = (("amina", "juma"), ("fatuma", "shija"), ("grace", "elia"), ("rehema", "daudi"), ("amina", "neema"), ("neema", "juma"))


class Desk(threading.Thread):
    """An agent who sells and a cashier who verifies, one sale after another, until told to stop."""

    def __init__(self, world, seed, agent, cashier):
        super().__init__(daemon=True)
        self.rng = random.Random(seed)
        self.agent, self.cashier = world.session(agent), world.session(cashier)
        self.done = threading.Event()
        self.error = None
        self.answers = 0
        self.sold = []     # (key, plate, receipt id, receipt number) of acknowledged sales
        self.verified = []  # (key, receipt id) of acknowledged verifications
        self.left = []     # (key, plate or None, receipt id or None) of requests whose answer nobody read

    def run(self):
        try:
            while not self.done.is_set():
                self.one_sale()
        except BaseException as error:
            self.error = error

    def one_sale(self):
        n = next_number()
        steps = new_vehicle(n) + sale("$1", 2)
        key, reply = self.ask(self.agent, "batch", {"steps": steps})
        if reply is None:
            self.left.append((key, plate(n), None))
            return
        receipt = reply.results[4]
        self.sold.append((key, plate(n), receipt["id"], receipt["label"]))
        key, reply = self.ask(self.cashier, "act", {"entity": "receipt", "action": "verify", "id": receipt["id"]})
        if reply is None:
            self.left.append((key, None, receipt["id"]))
        else:
            assert reply.fields["state"] == "verified", reply
            self.verified.append((key, receipt["id"]))

    def ask(self, session, method, params):
        """(key, reply); reply None: the line was cut before the answer and the request is never sent again."""
        key = secrets.token_hex(16)
        if self.rng.random() < LEFT_ALONE:
            session.ready()
            try:
                session.send(method, params, key)
            except Gone:
                pass
            session.close()
            return key, None
        reply = session.call(method, idem=key, **params)
        assert reply.code == "OK", f"{session.who} {method} {params}: {reply}"
        self.answers += 1
        return key, reply


class Kills(unittest.TestCase):
    def setUp(self):
        logins = {login for desk in DESKS for login in desk}
        self.world = World(*sorted(logins), workers=WORKERS, today="2026-12-30")
        self.addCleanup(lambda: self.world.close(self.failed))
        self.failed = True
        self.service = self.world.service
        self.rng = random.Random(20261230)
        self.desks = [Desk(self.world, i, *who) for i, who in enumerate(DESKS)]

    def test_every_acknowledged_write_is_there_once_whatever_is_killed(self):
        for desk in self.desks:
            desk.start()
        self.kill_workers(KILLS // 4)
        self.kill_one("front.0")
        self.kill_workers(KILLS // 4)
        self.kill_one("postgres")
        self.next_year()
        self.kill_workers(KILLS // 4)
        self.kill_one("front.0")
        self.kill_workers(KILLS // 4)
        self.kill_one("postgres")
        self.more_answers()
        for desk in self.desks:
            desk.done.set()
        for desk in self.desks:
            desk.join(180)
            self.assertFalse(desk.is_alive())
        self.check_desks()
        wait_for("every worker is there again", lambda: len(self.alive()) == WORKERS)
        self.nothing_runs()
        self.check_sales()
        self.check_verifications()
        self.check_left_alone()
        self.check_receipts()
        self.assertEqual(self.world.broken_rules(), [])
        self.failed = False

    # -- killing -----------------------------------------------------------------------------------------------------

    def alive(self):
        return [pid for name, pid, _ in self.service.processes() if name.startswith("worker.")]

    def answers(self):
        return sum(desk.answers for desk in self.desks)

    def more_answers(self, count=1):
        """Waits until somebody was served: what is killed next has work to lose."""
        before = self.answers()

        def served():
            self.check_desks()
            return self.answers() >= before + count
        wait_for("requests are answered", served, 120)

    def check_desks(self):
        for desk in self.desks:
            if desk.error is not None:
                raise desk.error

    def kill_workers(self, count):
        for _ in range(count):
            wait_for("a worker is killed", self.kill_a_worker)
            self.more_answers()

    def kill_a_worker(self):
        pids = self.alive()
        if len(pids) < LEAST_ALIVE:
            return False
        try:
            os.kill(self.rng.choice(pids), signal.SIGKILL)
        except ProcessLookupError:  # it ended with the front before it
            return False
        return True

    def kill_one(self, name):
        pid = self.service.pid(name)
        if name == "postgres":
            self.may_forget()
        os.kill(pid, signal.SIGKILL)
        wait_for(f"{name} is replaced", lambda: any(n == name and p != pid for n, p, _ in self.service.processes()))
        self.more_answers(len(self.desks))

    def may_forget(self):
        """The database dies: each session may have to be signed in once more."""
        for desk in self.desks:
            desk.agent.forgotten = desk.cashier.forgotten = 1

    def next_year(self):
        """The master is gone at once and all end with it; it comes back on a day of another year."""
        front = self.service.pid("front.0")
        self.may_forget()
        self.service.process.kill()
        self.service.process.wait()
        wait_for("the front lets go of the address", lambda: not alive(front))  # the database may still be going down
        self.service.process = None
        self.service.settings["today"] = "2027-01-02"
        self.service.start()
        self.more_answers(len(self.desks))

    def nothing_runs(self):
        """What a killed worker had already asked of the database ends by itself."""
        wait_for("no transaction is open", lambda: self.world.sql(
            "select count(*) from pg_stat_activity where datname = 'bima' and xact_start is not null and pid <> pg_backend_pid()"
            " and usename = 'bima_worker'") == [(0,)])

    # -- looking -----------------------------------------------------------------------------------------------------

    def kept(self, key):
        """How many answers are kept under a key."""
        return self.world.sql("select count(*) from app.idempotency where key = decode(%s, 'hex')", (key,))[0][0]

    def there(self, plates):
        """{plate: (vehicles, owners, policies, terms, covers, [(receipt id, number)])}"""
        rows = self.world.sql(
            "select v.plate, count(distinct v.id), count(distinct o.id), count(distinct p.id), count(distinct t.id), count(distinct c.id),"
            " array_agg(r.id || ' ' || r.number) filter (where r.id is not null) from app.vehicle v"
            " left join app.ownership o on o.tenant_id = v.tenant_id and o.vehicle_id = v.id"
            " left join app.policy p on p.tenant_id = v.tenant_id and p.vehicle_id = v.id"
            " left join app.term t on t.tenant_id = v.tenant_id and t.policy_id = p.id"
            " left join app.cover c on c.tenant_id = v.tenant_id and c.term_id = t.id"
            " left join app.receipt r on r.tenant_id = v.tenant_id and r.term_id = t.id where v.plate = any(%s) group by 1", (plates,))
        return {row[0]: row[1:] for row in rows}

    def all(self, what):
        return [item for desk in self.desks for item in getattr(desk, what)]

    def check_sales(self):
        sold = self.all("sold")
        there = self.there([plate for _, plate, _, _ in sold])
        self.assertGreater(len(sold), KILLS // 3)
        for key, plate_, id, number in sold:
            self.assertEqual(there.get(plate_), (1, 1, 1, 1, 1, [f"{id} {number}"]), plate_)
            self.assertEqual(self.kept(key), 1)
        names = self.world.sql("select count(*), count(distinct name) from app.customer where name like 'Mteja Namba %%'")
        self.assertEqual(names[0][0], names[0][1])

    def check_verifications(self):
        for key, id in self.all("verified"):
            self.assertEqual(self.state_of(id), (2, 4, 1, 1), id)
            self.assertEqual(self.kept(key), 1)

    def state_of(self, receipt):
        """Of a receipt: its state, its term's, certificates, and how often history saw it verified."""
        return self.world.sql(
            "select r.state, t.state, (select count(*) from app.certificate k where k.tenant_id = r.tenant_id and k.term_id = t.id),"
            " (select count(*) from app.history h where h.tenant_id = r.tenant_id and h.tbl = 'receipt' and h.row_id = r.id"
            " and h.action = 'verify') from app.receipt r join app.term t on t.tenant_id = r.tenant_id and t.id = r.term_id"
            " where r.id = %s", (receipt,))[0]

    def check_left_alone(self):
        left = self.all("left")
        plates = self.there([plate for _, plate, _ in left if plate])
        self.assertGreater(len(left), 0)
        for key, plate_, receipt in left:
            was_done = self.kept(key) == 1
            if plate_:
                got = plates.get(plate_)
                self.assertEqual(got is not None, was_done, plate_)
                if got:
                    self.assertEqual((got[:5], len(got[5])), ((1, 1, 1, 1, 1), 1), plate_)
            else:
                self.assertEqual(self.state_of(receipt), (2, 4, 1, 1) if was_done else (1, 3, 0, 0), receipt)

    def check_receipts(self):
        """No more than was asked for; several branches and both years took part."""
        asked = len(self.all("sold")) + sum(1 for key, plate, _ in self.all("left") if plate and self.kept(key))
        rows = self.world.sql("select b.code, r.year, count(*) from app.receipt r join app.branch b"
                              " on b.tenant_id = r.tenant_id and b.id = r.branch_id"
                              " join app.policy p on p.tenant_id = r.tenant_id and p.id = r.policy_id"
                              " join app.customer c on c.tenant_id = p.tenant_id and c.id = p.customer_id"
                              " where c.name like 'Mteja Namba %%' group by 1, 2")
        self.assertEqual(sum(row[2] for row in rows), asked)
        self.assertEqual({row[:2] for row in rows}, {(code, year) for code in ("KK", "MW", "AR", "DO") for year in (2026, 2027)})
        again = sum(s.again for desk in self.desks for s in (desk.agent, desk.cashier))
        broken = sum(s.broken for desk in self.desks for s in (desk.agent, desk.cashier))
        print(f"{asked} receipts; told to try again {again} times ({', '.join(AGAIN)}), lines lost {broken} times")
        self.assertGreater(again, 0)
        self.assertGreater(broken, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
