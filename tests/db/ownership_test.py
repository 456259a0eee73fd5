import threading
import unittest

import psycopg2

from world import SIMBA, Refusals, Work, refusal


class OneOwner(Refusals, unittest.TestCase):
    def test_a_vehicle_without_an_owner_is_not_kept(self):
        with self.refused("owner_mirrored"), Work() as w:
            w.insert("vehicle", {"tenant_id": SIMBA.id, "plate": "X 9", "plate_key": "X9", "vehicle_type_id": SIMBA.car,
                                 "make": "Toyota", "owner_id": w.customer()})

    def test_a_second_owner_at_the_same_time_is_refused(self):
        with self.refused("one_owner"), Work() as w:
            w.own(w.vehicle(), w.customer(), "2026-05-01")

    def test_a_transfer_ends_one_ownership_and_starts_the_next(self):
        with Work() as w:
            vehicle, buyer = w.vehicle(), w.customer()
            w.run("update app.ownership set to_date = '2026-05-01' where vehicle_id = %s", (vehicle,))
            w.own(vehicle, buyer, "2026-05-01")
            self.assertEqual(w.one("select owner_id from app.vehicle where id = %s", (vehicle,)), buyer)

    def test_a_vehicle_may_be_sold_on_the_day_it_was_registered(self):
        with Work() as w:
            vehicle, buyer = w.vehicle(), w.customer()
            w.run("update app.ownership set to_date = from_date where vehicle_id = %s", (vehicle,))
            w.own(vehicle, buyer, w.today)
            self.assertEqual(w.one("select owner_id from app.vehicle where id = %s", (vehicle,)), buyer)

    def test_a_gap_between_owners_is_refused(self):
        with self.refused("ownership_whole"), Work() as w:
            vehicle = w.vehicle()
            w.run("update app.ownership set to_date = '2026-05-01' where vehicle_id = %s", (vehicle,))
            w.own(vehicle, w.customer(), "2026-05-02")

    def test_an_ownership_that_only_ends_is_refused(self):
        with self.refused("ownership_whole"), Work() as w:
            w.run("update app.ownership set to_date = '2026-05-01' where vehicle_id = %s", (w.vehicle(),))

    def test_ownership_recorded_once_is_not_rewritten(self):
        with Work() as w:
            vehicle, buyer = w.vehicle(), w.customer()
            w.run("update app.ownership set to_date = '2026-05-01' where vehicle_id = %s", (vehicle,))
            w.own(vehicle, buyer, "2026-05-01")
        with self.refused("ownership_fixed"), Work() as w:
            w.run("update app.ownership set to_date = '2026-06-01' where vehicle_id = %s and to_date is not null", (vehicle,))
        with self.refused("ownership_fixed"), Work() as w:
            w.run("update app.ownership set to_date = null where vehicle_id = %s and to_date is not null", (vehicle,))
        for column in ("customer_id", "from_date", "vehicle_id"):
            with self.refused("42501"), Work() as w:
                w.run(f"update app.ownership set {column} = {column} where vehicle_id = %s", (vehicle,))

    def test_the_owner_of_a_vehicle_is_not_written_by_hand(self):
        with self.refused("42501"), Work() as w:
            w.run("update app.vehicle set owner_id = %s where id = %s", (w.customer(), w.vehicle()))
        with self.refused("ownership_whole"), Work() as w:
            buyer = w.customer()
            w.own(w.insert("vehicle", {"tenant_id": SIMBA.id, "plate": "X 8", "plate_key": "X8", "vehicle_type_id": SIMBA.car,
                                       "make": "Toyota", "owner_id": buyer}), w.customer(), "2026-01-01", "2026-02-01")

    def test_many_transfers_at_once_leave_one_owner(self):
        with Work() as w:
            vehicle = w.vehicle()
            buyers = [w.customer() for _ in range(16)]
        outcomes = []

        def transfer(buyer):
            try:
                with Work() as w:
                    if w.run("update app.ownership set to_date = '2026-05-01' where vehicle_id = %s and to_date is null", (vehicle,)):
                        w.own(vehicle, buyer, "2026-05-01")
                        outcomes.append("sold")
            except psycopg2.Error as error:
                outcomes.append(refusal(error))

        threads = [threading.Thread(target=transfer, args=(b,)) for b in buyers]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        with Work() as w:
            self.assertEqual(w.one("select count(*) from app.ownership where vehicle_id = %s and to_date is null", (vehicle,)), 1)
            chain = w.one("select count(*) from app.ownership where vehicle_id = %s", (vehicle,))
        # Each later one may have ended its predecessor on the same day; the chain tells how many were recorded.
        self.assertEqual(outcomes.count("sold"), chain - 1)
        self.assertGreaterEqual(outcomes.count("sold"), 1)


if __name__ == "__main__":
    unittest.main()
