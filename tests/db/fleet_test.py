"""Fleets attacked with plain SQL: whatever the program does, a fleet's vehicles add up, are covered when paid, and once."""

import itertools
import threading
import unittest

import psycopg2

from world import SIMBA, TODAY, TOTAL, TWIGA, Refusals, Sale, Work, boot, refusal

PREMIUM, TAX, SUM = 52500000, 9450000, 1500000000
_fleets = itertools.count(1)
ACTIVE = "update app.term set state = 4 where id = %s"


class FleetWork(Work):
    def fleet(self, vehicles, state=3, lines=None, **more):
        """A fleet policy with one line and one cover per vehicle; `lines`: how many of the vehicles get a line."""
        n = len(vehicles)
        owner = self.one("select owner_id from app.vehicle where id = %s", (vehicles[0],))
        policy = self.insert("policy", {
            "tenant_id": self.company.id, "number": f"F{next(_fleets)}", "customer_id": owner, "product_id": self.company.product,
            "branch_id": self.company.branch, "sold_by": self.user, "state": state})
        row = {"tenant_id": self.company.id, "policy_id": policy, "seq": 1, "state": state, "start_date": TODAY, "end_date": "2027-02-28",
               "months": 12, "sum_insured": SUM * n, "premium": PREMIUM * n, "levy": 0, "tax": TAX * n, "total": TOTAL * n} | more
        term = self.insert("term", row)
        for seq, vehicle in enumerate(vehicles[:lines], 1):
            self.line(policy, term, vehicle, seq)
        sale = Sale(vehicles, policy, term, [self.cover(policy, term, vehicle) for vehicle in vehicles[:lines]])
        sale.total = row["total"]
        return sale

    def line(self, policy, term, vehicle, seq, **more):
        return self.insert("term_vehicle", {
            "tenant_id": self.company.id, "policy_id": policy, "term_id": term, "vehicle_id": vehicle, "seq": seq, "sum_insured": SUM,
            "rate_id": self.company.rate, "premium": PREMIUM, "levy": 0, "tax": TAX, "total": TOTAL} | more)

    def cover(self, policy, term, vehicle):
        return self.insert("cover", {"tenant_id": self.company.id, "policy_id": policy, "term_id": term, "vehicle_id": vehicle,
                                     "from_date": TODAY, "to_date": "2027-02-28"})

    def pay(self, sale):
        self.verify(self.receipt(sale, sale.total))

    def start(self, sale, but=()):
        self.run(ACTIVE, (sale.term,))
        for cover in sale.cover:
            if cover not in but:
                self.run("update app.cover set in_force = true where id = %s", (cover,))

    def running(self, vehicles):
        sale = self.fleet(vehicles)
        self.pay(sale)
        self.start(sale)
        return sale


class Fleets(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with boot() as cur:
            cur.execute("update app.tenant set fleet_policies = true where id = %s", (SIMBA.id,))
            cur.execute("update app.tenant set four_eyes_minor = null where id = %s", (SIMBA.id,))

    def tearDown(self):
        with boot() as cur:
            cur.execute("select * from app.find_violations(%s)", (SIMBA.id,))
            self.assertEqual(cur.fetchall(), [])

    def vehicles(self, n):
        with Work() as w:
            return [w.vehicle() for _ in range(n)]

    def test_a_fleet_that_is_paid_covers_every_vehicle(self):
        with FleetWork() as w:
            w.running(self.vehicles(3))

    def test_a_company_that_sells_no_fleets_has_none(self):
        with Work(TWIGA) as w:
            vehicle = w.vehicle()
        with self.refused("fleets_off"), FleetWork(TWIGA) as w:
            w.fleet([vehicle])

    def test_lines_that_do_not_add_up_are_refused(self):
        vehicles = self.vehicles(3)
        for more in ({"total": TOTAL * 3 + 1, "premium": PREMIUM * 3 + 1}, {"sum_insured": SUM}, {"tax": TAX * 3 - 1, "levy": 1}):
            with self.refused("fleet_adds_up"), FleetWork() as w:
                w.fleet(vehicles, **more)
        with self.refused("fleet_adds_up"), FleetWork() as w:
            w.fleet(vehicles, lines=2)
        with self.refused("fleet_adds_up"), FleetWork() as w:
            w.fleet(vehicles, lines=0)

    def test_a_fleets_term_has_no_rate_of_its_own_and_another_term_no_lines(self):
        vehicles = self.vehicles(1)
        with self.refused("fleet_adds_up"), FleetWork() as w:
            w.fleet(vehicles, rate_id=SIMBA.rate)
        with self.refused("fleet_lines"), FleetWork() as w:
            sale = w.policy(vehicles[0])
            w.line(sale.policy, sale.term, vehicles[0], 1)

    def test_no_vehicle_joins_a_term_whose_price_is_fixed(self):
        vehicles = self.vehicles(3)
        with FleetWork() as w:
            waiting = w.fleet(vehicles[:2])
        with self.refused("fleet_adds_up"), FleetWork() as w:
            w.line(waiting.policy, waiting.term, vehicles[2], 3)
        with self.refused("amounts_sane"), FleetWork() as w:
            w.line(waiting.policy, waiting.term, vehicles[2], 3, premium=0, tax=0, total=0)
        with self.refused("term_price_fixed"), FleetWork() as w:
            w.line(waiting.policy, waiting.term, vehicles[2], 3)
            w.run("update app.term set total = total + %s where id = %s", (TOTAL, waiting.term))
        with FleetWork() as w:
            w.pay(waiting)
            w.start(waiting)
        with self.refused("fleet_fixed"), FleetWork() as w:
            w.line(waiting.policy, waiting.term, vehicles[2], 3)

    def test_a_vehicle_is_in_a_term_once(self):
        vehicle, = self.vehicles(1)
        with self.refused("line_vehicle"), FleetWork() as w:
            w.fleet([vehicle, vehicle])
        with self.refused("cover_once_a_term"), FleetWork() as w:
            sale = w.fleet([vehicle])
            w.cover(sale.policy, sale.term, vehicle)

    def test_a_line_is_neither_changed_nor_deleted(self):
        with FleetWork() as w:
            sale = w.fleet(self.vehicles(1), state=2)
        for sql in ("update app.term_vehicle set total = 1 where term_id = %s", "delete from app.term_vehicle where term_id = %s"):
            with self.refused("42501"), FleetWork() as w:
                w.run(sql, (sale.term,))
            with self.refused("42501"), boot() as cur:
                cur.execute(sql, (sale.term,))

    def test_a_line_is_of_its_own_policys_term(self):
        a, b = self.vehicles(2)
        with self.refused("line_of_policy_term"), FleetWork() as w:
            one, other = w.fleet([a]), w.fleet([b])
            w.line(one.policy, other.term, a, 2)

    def test_a_cover_is_of_a_vehicle_that_the_policy_insures(self):
        a, b, other = self.vehicles(3)
        with self.refused("cover_of_policy_vehicle"), FleetWork() as w:
            sale = w.fleet([a, b])
            w.cover(sale.policy, sale.term, other)
        with self.refused("cover_of_policy_vehicle"), FleetWork() as w:
            sale = w.policy(a)
            w.run("insert into app.cover (tenant_id, policy_id, term_id, vehicle_id, from_date, to_date) select tenant_id, policy_id, id, %s,"
                  " start_date, end_date from app.term where id = %s", (other, sale.term))

    def test_no_cover_before_the_whole_fleet_is_paid(self):
        with FleetWork() as w:
            sale = w.fleet(self.vehicles(2))
        with self.refused("paid_before_cover"), FleetWork() as w:
            w.start(sale)
        with self.refused("cover_of_paid_term"), FleetWork() as w:
            w.run("update app.cover set in_force = true where id = %s", (sale.cover[0],))
        with self.refused("receipt_short"), FleetWork() as w:
            w.receipt(sale, TOTAL)

    def test_an_active_fleet_leaves_no_vehicle_uncovered(self):
        with FleetWork() as w:
            sale = w.fleet(self.vehicles(3))
            w.pay(sale)
        with self.refused("active_term_covers"), FleetWork() as w:
            w.start(sale, but=sale.cover[2:])
        with FleetWork() as w:
            w.start(sale)
        with self.refused("active_term_covers"), FleetWork() as w:
            w.run("update app.cover set in_force = false where id = %s", (sale.cover[1],))

    def test_a_policy_stays_a_fleet_and_another_never_becomes_one(self):
        a, b = self.vehicles(2)
        with FleetWork() as w:
            fleet, single = w.fleet([a]), w.policy(b)
        with self.refused("policy_fixed"), boot() as cur:
            cur.execute("update app.policy set vehicle_id = %s where id = %s", (a, fleet.policy))
        with self.refused("policy_fixed"), boot() as cur:
            cur.execute("update app.policy set vehicle_id = null where id = %s", (single.policy,))

    def test_one_vehicle_in_a_fleet_and_elsewhere_is_covered_once(self):
        vehicles = self.vehicles(3)
        with FleetWork() as w:
            w.running(vehicles)
        with self.refused("one_active_cover"), FleetWork() as w:
            w.running(vehicles[2:])
        with self.refused("one_active_cover"), Work() as w:
            w.sold(vehicles[1])

    def test_of_16_fleets_that_share_a_vehicle_and_start_without_a_lock_exactly_one_does(self):
        vehicles = self.vehicles(17)
        with FleetWork() as w:
            sales = [w.fleet([vehicles[i], vehicles[16]]) for i in range(16)]
            for sale in sales:
                w.pay(sale)
        outcomes, gate = [], threading.Barrier(16)

        def start(sale):
            try:
                with FleetWork() as w:
                    gate.wait()
                    w.start(sale)
                outcomes.append("started")
            except psycopg2.Error as error:
                outcomes.append(refusal(error))
        threads = [threading.Thread(target=start, args=(sale,)) for sale in sales]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(outcomes.count("started"), 1, outcomes)
        # waiting for each other in a ring, or for too long, they are told to try again
        self.assertLessEqual(set(outcomes), {"started", "one_active_cover", "40P01", "55P03"})

    def test_lines_are_of_ones_own_company(self):
        vehicle, = self.vehicles(1)
        with FleetWork() as w:
            sale = w.fleet([vehicle], state=2)
        with Work(TWIGA) as w:
            self.assertEqual(w.one("select count(*) from app.term_vehicle where term_id = %s", (sale.term,)), 0)
            theirs = w.vehicle()
        with self.refused("term_vehicle_tenant_id_vehicle_id_fkey", "fleet_adds_up"), FleetWork() as w:
            w.line(sale.policy, sale.term, theirs, 2)
        with self.refused("42501"), Work(TWIGA) as w:
            w.run("insert into app.term_vehicle (tenant_id, policy_id, term_id, vehicle_id, seq, rate_id, premium, levy, tax, total)"
                  " values (%s, %s, %s, %s, 9, %s, 1, 0, 0, 1)", (SIMBA.id, sale.policy, sale.term, vehicle, SIMBA.rate))


if __name__ == "__main__":
    unittest.main()
