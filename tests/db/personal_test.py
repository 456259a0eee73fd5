"""Keys of personal data, attacked with plain SQL in the roles the server uses."""

import threading
import unittest

import psycopg2

from world import SIMBA, TWIGA, Refusals, Work, boot, connect, one


class Keys(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with boot() as cur:
            for company in (SIMBA, TWIGA):
                for generation in (0, 1):
                    cur.execute("insert into app.tenant_key (tenant_id, generation, wrapped, master) values (%s, %s, 'wrapped', 'm') "
                                "on conflict do nothing", (company.id, generation))

    def person(self, w):
        customer = w.customer()
        w.run("insert into app.person_key (tenant_id, customer_id, generation, wrapped) values (%s, %s, 1, 'key of a person')",
              (w.company.id, customer))
        return customer

    DESTROY = "update app.person_key set wrapped = null, destroyed_at = now(), destroy_reason = 'asked to' where customer_id = %s"
    HOLD = "update app.person_key set legal_hold = true, hold_reason = 'court' where customer_id = %s"

    def test_a_key_is_destroyed_once_and_never_comes_back(self):
        with Work() as w:
            customer = self.person(w)
            w.run(self.DESTROY, (customer,))
            w.run("select app.forget_customer(%s)", (customer,))
        for attack in ("update app.person_key set wrapped = 'again', destroyed_at = null, destroy_reason = null where customer_id = %s",
                       "update app.person_key set destroy_reason = 'another' where customer_id = %s"):
            for role in ("bima_worker", "bima_boot"):
                with self.refused("key_destroyed"), Work(role=role) as w:
                    w.run(attack, (customer,))
        with self.refused("customer_forgotten"), Work() as w:
            w.run("update app.customer set status = 1 where id = %s", (customer,))
        with self.refused("person_key_customer"), Work() as w:
            w.run("insert into app.person_key (tenant_id, customer_id, generation, wrapped) values (%s, %s, 1, 'new')", (SIMBA.id, customer))

    def test_nobody_is_forgotten_on_hold_or_without_destroying_the_key(self):
        with Work() as w:
            customer = self.person(w)
            w.run(self.HOLD, (customer,))
        with self.refused("key_held"), Work() as w:
            w.run(self.DESTROY, (customer,))
        with self.refused("key_held"), Work() as w:
            w.run("update app.person_key set wrapped = null, destroyed_at = now(), destroy_reason = 'x', legal_hold = false, hold_reason = null "
                  "where customer_id = %s", (customer,))
        with self.refused("customer_forgotten"), Work() as w:
            w.run("select app.forget_customer(%s)", (customer,))

    def test_nobody_is_forgotten_who_holds_a_policy_and_nobody_forgotten_gets_one(self):
        with Work() as w:
            sale = w.sold()
            holder = w.one("select customer_id from app.policy where id = %s", (sale.policy,))
            w.run("insert into app.person_key (tenant_id, customer_id, generation, wrapped) values (%s, %s, 1, 'k')", (SIMBA.id, holder))
        with self.refused("key_in_use"), Work() as w:
            w.run(self.DESTROY, (holder,))
        with Work() as w:
            customer = self.person(w)
            vehicle = w.vehicle(customer)
            w.run(self.DESTROY, (customer,))
            w.run("select app.forget_customer(%s)", (customer,))
        with self.refused("customer_forgotten"), Work() as w:
            w.insert("policy", {"tenant_id": SIMBA.id, "number": "F1", "customer_id": customer, "product_id": SIMBA.product, "vehicle_id": vehicle,
                                "branch_id": SIMBA.branch, "sold_by": w.user, "state": 2})
        with self.refused("customer_forgotten"), Work() as w:
            w.own(w.vehicle(), customer, "2026-04-01")

    def test_accounts_that_saw_the_records_of_who_was_forgotten_are_closed_for_good(self):
        add = ("insert into app.user_account (tenant_id, login, name, email, role_id, branch_id, customer_id) select tenant_id, %s, 'Some Name',"
               " 'some@example.org', id, %s, %s from app.role where tenant_id = %s and code = 'customer' returning id")
        with Work() as w:
            customer = self.person(w)
            user = w.one(add, (f"self{customer}", SIMBA.branch, customer, SIMBA.id))
            w.run(self.DESTROY, (customer,))
            w.run("select app.forget_customer(%s)", (customer,))
        with boot() as cur:
            cur.execute("select is_active, login, name, email from app.user_account where id = %s", (user,))
            self.assertEqual(cur.fetchall(), [(False, f"forgotten-{user}", "forgotten", None)])
        for statement, args in ((add, (f"again{customer}", SIMBA.branch, customer, SIMBA.id)),
                                ("update app.user_account set is_active = true where id = %s", (user,))):
            with self.refused("customer_forgotten"), Work() as w:
                w.run(statement, args)

    def test_holding_and_destroying_at_once_leave_one_of_both(self):
        for _ in range(10):
            with Work() as w:
                customer = self.person(w)
            said, start = [], threading.Barrier(2)

            def run(statement):
                try:
                    with Work() as w:
                        start.wait()
                        w.run(statement, (customer,))
                    said.append("done")
                except psycopg2.Error as error:
                    said.append(error.diag.constraint_name)
            threads = [threading.Thread(target=run, args=(s,)) for s in (self.HOLD, self.DESTROY)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            self.assertEqual(said.count("done"), 1, said)
            self.assertTrue(set(said) <= {"done", "key_held", "key_destroyed"}, said)

    def test_no_role_deletes_keys_and_a_worker_never_sees_a_companys_table_of_keys(self):
        with Work() as w:
            self.person(w)
        for role in ("bima_worker", "bima_jobs", "bima_platform", "bima_owner", "bima_boot"):
            for table in ("person_key", "tenant_key"):
                for attack in (f"delete from app.{table}", f"truncate app.{table} cascade"):
                    pg = connect("bima_boot")
                    with self.subTest(role=role, attack=attack), self.assertRaises(psycopg2.Error) as caught, pg.cursor() as cur:
                        cur.execute(f"set role {role}")
                        cur.execute("select set_config('app.tenant_id', %s, false)", (str(SIMBA.id),))
                        cur.execute(attack)
                    self.assertEqual(caught.exception.pgcode, "42501")
                    pg.close()
        for role in ("bima_worker", "bima_jobs", "bima_platform"):
            with self.subTest(role=role):
                pg = connect(role)
                with self.assertRaises(psycopg2.errors.InsufficientPrivilege), pg.cursor() as cur:
                    cur.execute("select set_config('app.tenant_id', %s, false)", (str(SIMBA.id),))
                    cur.execute("select * from app.tenant_key")
                pg.close()

    def test_keys_of_another_company_are_not_there_and_the_platform_has_its_own_only(self):
        with Work(TWIGA) as w:
            theirs = self.person(w)
        with Work() as w:
            self.assertEqual(w.run("select from app.person_key where customer_id = %s", (theirs,)), 0)
            self.assertEqual(w.run(self.HOLD, (theirs,)), 0)
            self.assertEqual(w.run("select from app.tenant_key(0, null)"), 0)
        pg = connect("bima_platform")
        with pg, pg.cursor() as cur:
            self.assertIsNone(one(cur, "select generation from app.tenant_key(%s, null)", (SIMBA.id,)))
            cur.execute("select app.add_tenant_key(%s, 1, 'mine', 'm')", (TWIGA.id,))
            with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                cur.execute("select * from app.person_key")
        pg.close()
        with boot() as cur:
            self.assertEqual(one(cur, "select count(*) from app.tenant_key where wrapped = 'mine'"), 0)

    def test_a_worker_adds_first_keys_only_and_replaces_none(self):
        with Work() as w:
            w.run("select app.add_tenant_key(%s, 1, 'other', 'm')", (SIMBA.id,))
            w.run("select app.add_tenant_key(%s, 7, 'other', 'm')", (SIMBA.id,))
        with boot() as cur:
            self.assertEqual(one(cur, "select count(*) from app.tenant_key where wrapped = 'other'"), 0)

    def test_a_key_never_stands_in_the_history(self):
        with Work() as w:
            customer = self.person(w)
            w.run(self.HOLD, (customer,))
        with boot() as cur:
            cur.execute("select before, after from app.history where tbl = 'person_key' and customer_id = %s", (customer,))
            rows = cur.fetchall()
            self.assertEqual(len(rows), 1)
            self.assertNotIn("wrapped", rows[0][0] | rows[0][1])
            self.assertEqual((rows[0][0]["legal_hold"], rows[0][1]["legal_hold"]), (False, True))

    def test_a_customer_has_something_sealed(self):
        with self.refused("sealed_whole"), Work() as w:
            w.customer(personal_sealed=None)


if __name__ == "__main__":
    unittest.main()
