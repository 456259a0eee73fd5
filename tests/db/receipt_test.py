import random
import threading
import unittest

import psycopg2

from world import SIMBA, TOTAL, Refusals, Work, boot, connect, refusal


class ReceiptStates(Refusals, unittest.TestCase):
    def test_a_receipt_is_recorded_then_verified_or_rejected_then_at_most_reversed(self):
        with Work() as w:
            recorded = w.receipt(w.policy())
            rejected = w.receipt(w.policy())
            w.run("update app.receipt set state = 3, reason = 'x' where id = %s", (rejected,))
            sale = w.sold()
        for receipt, bad in ((recorded, 4), (rejected, 2), (rejected, 1), (rejected, 4), (sale.receipt, 1), (sale.receipt, 3)):
            with self.subTest(bad=bad), self.refused("receipt_state", "verified_known"), Work() as w:
                w.run("update app.receipt set state = %s, reason = 'x', verified_by = coalesce(verified_by, %s), "
                      "verified_at = coalesce(verified_at, now()) where id = %s", (bad, w.user, receipt))
        for state in (2, 3, 4):
            with self.refused("receipt_state"), Work() as w:
                w.receipt(w.policy(), state=state, reason="x", verified_by=w.user, verified_at="2026-03-01")

    def test_what_a_receipt_says_is_not_changed(self):
        with Work() as w:
            receipt = w.receipt(w.policy())
            verified = w.sold().receipt
        for column in ("amount", "number", "serial", "policy_id", "term_id", "taken_by", "branch_id", "year"):
            with self.refused("42501"), Work() as w:
                w.run(f"update app.receipt set {column} = {column} where id = %s", (receipt,))
        with self.refused("receipt_fixed"), boot() as cur:
            cur.execute("update app.receipt set amount = amount + 1 where id = %s", (receipt,))
        with Work() as w:
            w.run("update app.receipt set reference = 'MP-1' where id = %s", (receipt,))
        for change in ("reference = 'MP-1'", "method = 2", "verified_at = now() - interval '1 day'"):
            with self.refused("receipt_fixed"), Work() as w:
                w.run(f"update app.receipt set {change} where id = %s", (verified,))

    def test_money_is_taken_only_for_a_term_that_awaits_it(self):
        with self.refused("receipt_for_unpaid"), Work() as w:
            w.receipt(w.policy(state=2))
        with self.refused("receipt_for_unpaid"), Work() as w:
            w.receipt(w.sold())
        with self.refused("receipt_for_unpaid"), Work() as w:
            sale = w.policy()
            receipt = w.receipt(sale)
            w.run("update app.term set state = 8, reason = 'x' where id = %s", (sale.term,))
            w.verify(receipt)

    def test_one_premium_is_not_verified_twice(self):
        with self.refused("receipt_over"), Work() as w:
            sale = w.policy()
            first, second = w.receipt(sale), w.receipt(sale)
            w.verify(first)
            w.verify(second)

    def test_nobody_takes_or_verifies_in_another_name(self):
        with self.refused("receipt_taken_by"), Work(login="amina") as w:
            w.receipt(w.policy(), taken_by=SIMBA.users["juma"])
        with self.refused("receipt_verified_by"), Work(login="amina") as w:
            w.verify(w.receipt(w.policy()), by=SIMBA.users["juma"])


class FourEyes(Refusals, unittest.TestCase):
    def setUp(self):
        self.limit(50000000)

    def tearDown(self):
        self.limit(None)

    def limit(self, amount):
        with boot() as cur:
            cur.execute("update app.tenant set four_eyes_minor = %s where id = %s", (amount, SIMBA.id))

    def test_above_the_set_amount_who_took_the_money_does_not_verify_it(self):
        with Work(login="juma") as w:
            sale = w.policy()
            receipt = w.receipt(sale)
        with self.refused("four_eyes"), Work(login="juma") as w:
            w.verify(receipt)
        with Work(login="neema") as w:
            w.verify(receipt)
            w.activate(sale)

    def test_up_to_the_set_amount_one_person_is_enough(self):
        self.limit(TOTAL)
        with Work(login="juma") as w:
            w.verify(w.receipt(w.policy()))


class GapFree(Refusals, unittest.TestCase):
    def serials(self):
        with Work() as w:
            w.run("select serial from app.receipt where branch_id = %s and year = 2026 order by serial", (SIMBA.branch,))
            return [row[0] for row in w.cur.fetchall()]

    def test_a_number_that_was_counted_must_be_written(self):
        with self.refused("receipt_serials"), Work() as w:
            w.one("select app.next_number('receipt', %s, 2026)", (SIMBA.branch,))
        with self.refused("receipt_serials"), Work() as w:
            w.one("select app.next_number('receipt', %s, 2026)", (SIMBA.branch,))
            w.receipt(w.policy())

    def test_a_number_that_was_not_counted_is_not_written(self):
        with Work() as w:
            w.receipt(w.policy())
        highest = self.serials()[-1]
        for serial in (highest + 1, highest + 2, highest):
            with self.refused("receipt_serials", "receipt_tenant_id_branch_id_year_serial_key"), Work() as w:
                sale = w.policy()
                w.insert("receipt", {"tenant_id": SIMBA.id, "number": "X", "branch_id": SIMBA.branch, "year": 2026,
                                     "serial": serial, "policy_id": sale.policy, "term_id": sale.term, "amount": TOTAL,
                                     "method": 1, "paid_on": w.today, "taken_by": w.user})

    def test_the_counter_is_not_written_by_hand(self):
        for change in ("insert into app.counter values (%s, 'receipt', 1, 2026, 7)", "update app.counter set n = n - 1 where tenant_id = %s",
                       "delete from app.counter where tenant_id = %s"):
            with self.refused("42501"), Work() as w:
                w.run(change, (SIMBA.id,))
        with self.refused("counter_counts"), boot() as cur:
            cur.execute("update app.counter set n = n - 1")

    def test_numbers_are_unique_within_a_company(self):
        with Work() as w:
            number = w.one("select number from app.receipt where id = %s", (w.receipt(w.policy()),))
        with self.refused("receipt_tenant_id_number_key"), Work() as w:
            w.receipt(w.policy(), number=number)
        with self.refused("policy_tenant_id_number_key"), Work() as w:
            taken = w.one("select number from app.policy limit 1")
            w.insert("policy", {"tenant_id": SIMBA.id, "number": taken, "customer_id": w.customer(), "product_id": SIMBA.product,
                                "vehicle_id": w.vehicle(), "branch_id": SIMBA.branch, "sold_by": w.user, "state": 3})

    def test_no_gap_survives_rollbacks_and_killed_backends(self):
        before = len(self.serials())
        chance, done = random.Random(7), []
        plans = [[chance.choice(("keep", "keep", "roll back", "kill")) for _ in range(12)] for _ in range(8)]
        killer = connect("bima_boot")
        killer.autocommit = True
        lock = threading.Lock()

        def till(plan):
            for step in plan:
                try:
                    with Work() as w:
                        w.receipt(w.policy())
                        if step == "roll back":
                            raise InterruptedError
                        if step == "kill":
                            with lock, killer.cursor() as cur:
                                cur.execute("select pg_terminate_backend(%s)", (w.pg.get_backend_pid(),))
                    done.append(step)
                except InterruptedError:
                    pass
                except psycopg2.Error as error:
                    if step != "kill":
                        done.append(refusal(error) or str(error))

        threads = [threading.Thread(target=till, args=(p,)) for p in plans]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        killer.close()
        after = self.serials()
        self.assertEqual(after, list(range(1, len(after) + 1)))
        self.assertGreaterEqual(len(after) - before, done.count("keep"))
        self.assertEqual([d for d in done if d not in ("keep", "kill", "55P03")], [])


if __name__ == "__main__":
    unittest.main()
