"""Random business by several clerks at once: whatever they do and in whatever order, no rule is broken at the end."""

import collections
import random
import threading
import unittest

import psycopg2

from world import SIMBA, TODAY, TOTAL, Sale, Work, boot, refusal

CLERKS, STEPS = 6, 60
# What a clerk may be told; anything else is a bug of the rules.
TOLD = {"one_active_cover", "one_open_term", "term_state", "receipt_state", "receipt_for_unpaid", "receipt_over", "receipt_fixed",
        "renewal_follows", "term_seq", "paid_before_cover", "active_term_covers", "cover_of_paid_term", "certificate_of_cover",
        "one_owner", "ownership_whole", "ownership_fixed", "term_tenant_id_policy_id_seq_key", "term_not_over", "verified_known",
        "40P01", "55P03"}


class Clerk:
    def __init__(self, seed, vehicles, outcomes):
        self.chance, self.vehicles, self.outcomes = random.Random(seed), vehicles, outcomes
        self.login = self.chance.choice(("amina", "juma", "neema"))

    def work(self):
        for _ in range(STEPS):
            step = self.chance.choice((self.sell, self.sell, self.pay, self.pay, self.pay, self.reverse, self.cancel, self.renew,
                                       self.transfer, self.expire, self.short))
            today = self.chance.choice((TODAY, TODAY, "2027-03-05"))
            try:
                with Work(login=self.login, today=today) as w:
                    step(w)
                    if self.chance.random() < 0.1:
                        raise InterruptedError
                self.outcomes[step.__name__] += 1
            except InterruptedError:
                pass
            except psycopg2.Error as error:
                self.outcomes[refusal(error)] += 1

    def vehicle(self, w):
        """The lock order begins with the vehicle."""
        vehicle = self.chance.choice(self.vehicles)
        w.run("select from app.vehicle where id = %s for no key update", (vehicle,))
        return vehicle

    def term(self, w, states):
        """A term of the vehicle in one of the states, its policy locked before it."""
        vehicle = self.vehicle(w)
        w.run("select t.policy_id, t.id, c.id, t.start_date::text, t.end_date::text from app.term t join app.policy p on p.id = t.policy_id "
              "join app.cover c on c.term_id = t.id where p.vehicle_id = %s and t.state = any(%s) order by t.id limit 8",
              (vehicle, list(states)))
        rows = w.cur.fetchall()
        if not rows:
            return None
        row = self.chance.choice(rows)
        w.run("select from app.policy where id = %s for no key update", (row[0],))
        sale = Sale(vehicle, *row[:3])
        sale.start, sale.end = row[3:]
        return sale

    def sell(self, w):
        vehicle = self.vehicle(w)
        self.chance.choice((w.policy, w.sold))(vehicle)

    def pay(self, w):
        sale = self.term(w, (3, 5))
        if sale:
            w.verify(w.receipt(sale))
            w.activate(sale)

    def short(self, w):
        """Money that is not enough, made out to be."""
        sale = self.term(w, (3, 5))
        if sale:
            w.receipt(sale)
            w.activate(sale)

    def reverse(self, w):
        sale = self.term(w, (4,))
        if sale:
            w.run("update app.receipt set state = 4, reason = 'x' where term_id = %s and state = 2", (sale.term,))
            if self.chance.random() < 0.8:
                w.run("update app.cover set in_force = false where id = %s", (sale.cover,))
                w.run("update app.term set state = 5, reason = 'x' where id = %s", (sale.term,))

    def cancel(self, w):
        sale = self.term(w, (4, 5, 6))
        if sale:
            w.run("update app.cover set to_date = greatest(from_date, least(to_date, app.today())) where id = %s", (sale.cover,))
            w.run("update app.term set state = 7, reason = 'x' where id = %s", (sale.term,))

    def renew(self, w):
        sale = self.term(w, (4, 6, 7))
        if sale:
            seq = w.one("select max(seq) + 1 from app.term where policy_id = %s", (sale.policy,))
            start = w.one("select (%s::date + 1)::text", (sale.end,))
            end = w.one("select (%s::date + 365)::text", (sale.end,))
            w.term(sale.policy, sale.vehicle, seq, start=start, end=end)

    def expire(self, w):
        sale = self.term(w, (3, 4, 5))
        if sale:
            w.run("update app.term set state = 6 where id = %s", (sale.term,))

    def transfer(self, w):
        vehicle, buyer = self.vehicle(w), w.customer()
        since = w.today
        if w.run("update app.ownership set to_date = %s where vehicle_id = %s and to_date is null and from_date <= %s",
                 (since, vehicle, since)) or self.chance.random() < 0.5:
            w.own(vehicle, buyer, since)


class RandomBusiness(unittest.TestCase):
    def violations(self):
        with boot() as cur:
            cur.execute("select * from app.find_violations(%s)", (SIMBA.id,))
            return cur.fetchall()

    def test_no_order_of_operations_breaks_a_rule(self):
        with Work() as w:
            vehicles = [w.vehicle() for _ in range(12)]
        outcomes = collections.Counter()
        threads = [threading.Thread(target=Clerk(seed, vehicles, outcomes).work) for seed in range(CLERKS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        done = {"sell", "pay", "reverse", "cancel", "renew", "transfer", "expire", "short"}
        self.assertEqual({name for name in outcomes if name not in done | TOLD}, set(), outcomes)
        self.assertGreater(outcomes["sell"] + outcomes["pay"], 30, outcomes)
        self.assertLess(outcomes["40P01"], 5, outcomes)
        self.assertEqual(self.violations(), [])

    def test_a_broken_rule_is_found(self):
        """What the search for violations says is worth something: each is planted past the triggers and found."""
        with Work() as w:
            sale = w.sold()
            w.customer()
        plants = {"paid_before_cover": "update app.term set total = total + 1, tax = tax + 1 where id = %(term)s",
                  "term_paid": "update app.term set paid = paid - 1 where id = %(term)s",
                  "cover_of_paid_term": "update app.cover set to_date = to_date + 1 where id = %(cover)s",
                  "active_term_covers": "update app.cover set in_force = false where id = %(cover)s",
                  "policy_mirrored": "update app.policy set state = 6 where id = %(policy)s",
                  "ownership_whole": "update app.ownership set to_date = '2029-01-01' where vehicle_id = %(vehicle)s",
                  "owner_mirrored": "update app.vehicle set owner_id = (select id from app.customer c where tenant_id = %(tenant)s "
                                    "and c.id <> vehicle.owner_id limit 1) "
                                    "where id = %(vehicle)s",
                  "term_seq": "update app.term set seq = 2 where id = %(term)s",
                  "receipt_serials": "update app.counter set n = n + 1 where kind = 'receipt' and tenant_id = %(tenant)s",
                  "due_counted": "update app.due_count set n = n + 1 where tenant_id = %(tenant)s"}
        for rule, plant in plants.items():
            with self.subTest(rule=rule):
                try:
                    with boot() as cur:
                        cur.execute("set local session_replication_role = replica")
                        cur.execute(plant, vars(sale) | {"tenant": SIMBA.id})
                        cur.execute("select rule from app.find_violations(%s)", (SIMBA.id,))
                        self.assertIn(rule, {row[0] for row in cur.fetchall()})
                        raise InterruptedError
                except InterruptedError:
                    pass


if __name__ == "__main__":
    unittest.main()
