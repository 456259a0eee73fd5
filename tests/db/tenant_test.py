import unittest

import psycopg2

from world import SIMBA, TWIGA, TODAY, Refusals, Work, boot, connect, one

# What a worker may look at; every one of them has a tenant.
TABLES = ("tenant", "tenant_domain", "branch", "user_account", "user_key", "vehicle_type", "id_type", "plate_pattern", "customer",
          "vehicle", "ownership", "product", "rate", "policy", "term", "term_vehicle", "cover", "receipt", "certificate", "counter", "history",
          "idempotency", "search_token", "search_word", "due_item", "due_count", "day_figure")


class TenantIsolation(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Work(SIMBA) as w:
            cls.sale = w.sold()
        with Work(TWIGA) as w:
            cls.theirs = w.sold()
            cls.their_customer = w.one("select owner_id from app.vehicle where id = %s", (cls.theirs.vehicle,))

    def test_without_a_tenant_nothing_is_read_or_written(self):
        for role in ("bima_worker", "bima_jobs"):
            for table in TABLES:
                if (role, table) in (("bima_jobs", "tenant"), ("bima_jobs", "idempotency")):
                    continue  # the list of companies and old answers are what jobs walk over
                pg = connect(role)
                with self.subTest(role=role, table=table), self.assertRaises(psycopg2.Error), pg.cursor() as cur:
                    cur.execute(f"select count(*) from app.{table}")
                pg.close()

    def test_a_setting_left_empty_by_an_earlier_transaction_reads_nothing(self):
        w = Work(SIMBA)
        w.__enter__()
        w.pg.commit()
        with self.refused("22P02"):
            w.run("select count(*) from app.customer")
        w.pg.close()

    def test_no_table_shows_a_row_of_another_tenant(self):
        with Work(TWIGA) as w:
            for table in TABLES:
                column = "id" if table == "tenant" else "tenant_id"
                with self.subTest(table=table):
                    self.assertEqual(w.one(f"select count(*) from app.{table} where {column} <> %s", (TWIGA.id,)), 0)
            self.assertEqual(w.one("select count(*) from app.customer where id = %s", (self.sale.vehicle,)), 0)
            self.assertEqual(w.one("select count(*) from app.policy where id = %s", (self.sale.policy,)), 0)

    def test_an_insert_for_another_tenant_is_refused(self):
        with self.refused("42501"), Work(TWIGA) as w:
            w.customer(tenant_id=SIMBA.id, branch_id=SIMBA.branch)

    def test_an_update_of_another_tenants_row_finds_nothing(self):
        with Work(TWIGA) as w:
            self.assertEqual(w.run("update app.customer set city = 'x' where tenant_id = %s", (SIMBA.id,)), 0)
            self.assertEqual(w.run("update app.term set reason = 'x' where id = %s", (self.sale.term,)), 0)

    def test_a_row_is_not_moved_to_another_tenant(self):
        with self.refused("42501"), Work(TWIGA) as w:
            w.run("update app.customer set tenant_id = %s where id = %s", (SIMBA.id, self.their_customer))

    def test_a_reference_to_another_tenants_record_is_refused(self):
        with self.refused("vehicle_tenant_id_owner_id_fkey"), Work(SIMBA) as w:
            w.insert("vehicle", {"tenant_id": SIMBA.id, "plate": "X 1", "plate_key": "X1", "vehicle_type_id": SIMBA.car,
                                 "make": "Toyota", "owner_id": self.their_customer})
        with self.refused("policy_tenant_id_vehicle_id_fkey"), Work(SIMBA) as w:
            w.insert("policy", {"tenant_id": SIMBA.id, "number": "X1", "customer_id": w.customer(), "product_id": SIMBA.product,
                                "vehicle_id": self.theirs.vehicle, "branch_id": SIMBA.branch, "sold_by": w.user, "state": 3})

    def test_a_user_of_one_company_does_not_enter_another(self):
        pg = connect("bima_worker")
        with pg, pg.cursor() as cur:
            cur.execute("select * from app.enter(%s, %s, %s, null, null, null, null, null)",
                        (TWIGA.id, SIMBA.users["amina"], SIMBA.users["amina"]))
            self.assertEqual(cur.rowcount, 0)
        pg.close()

    def test_an_inactive_user_or_a_suspended_company_is_not_let_in(self):
        with boot() as cur:
            user = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id, is_active) "
                            "select %s, 'gone', 'Gone', id, %s, false from app.role where tenant_id = %s and code = 'agent' returning id",
                       (SIMBA.id, SIMBA.branch, SIMBA.id))
            one(cur, "select app.open_session(%s, %s, %s, 2, 'password', '', '')", (SIMBA.id, user, user))
        pg = connect("bima_worker")
        with pg, pg.cursor() as cur:
            cur.execute("select * from app.enter(%s, %s, %s, null, null, null, null, null)", (SIMBA.id, user, user))
            self.assertEqual(cur.rowcount, 0)
        with boot() as cur:
            cur.execute("update app.tenant set status = 2 where id = %s", (TWIGA.id,))
        try:
            with pg, pg.cursor() as cur:
                cur.execute("select * from app.enter(%s, %s, %s, null, null, null, null, null)",
                            (TWIGA.id, TWIGA.users["amina"], TWIGA.users["amina"]))
                self.assertEqual(cur.rowcount, 0)
                cur.execute("select refusal from app.login('amina', 'twiga.co.tz', '', '')")
                self.assertIn("is suspended", cur.fetchone()[0])
        finally:
            with boot() as cur:
                cur.execute("update app.tenant set status = 1 where id = %s", (TWIGA.id,))
        pg.close()

    def test_sign_in_finds_the_user_by_domain_and_only_active_keys(self):
        with boot() as cur:
            cur.execute("insert into app.user_key (tenant_id, user_id, name, public_key, fingerprint) values "
                        "(%s, %s, 'laptop', 'ssh-ed25519 AAAA', 'SHA256:abc')", (SIMBA.id, SIMBA.users["amina"]))
        pg = connect("bima_worker")
        with pg, pg.cursor() as cur:
            cur.execute("select tenant_id, user_id, refusal from app.login('AMINA', 'Simba.co.tz', '', '')")
            self.assertEqual(cur.fetchall(), [(SIMBA.id, SIMBA.users["amina"], None)])
            cur.execute("select tenant_id, user_id, refusal from app.login('amina', 'twiga.co.tz', '', '')")
            self.assertEqual(cur.fetchall(), [(TWIGA.id, TWIGA.users["amina"], None)])
            cur.execute("select * from app.login('amina', 'nobody.co.tz', '', '')")
            self.assertEqual(cur.fetchall(), [])
            cur.execute("select tenant_id, user_id from app.login_key('amina', 'simba.co.tz', 'SHA256:abc')")
            self.assertEqual(cur.fetchall(), [(SIMBA.id, SIMBA.users["amina"])])
            for login, domain in (("juma", "simba.co.tz"), ("amina", "twiga.co.tz")):
                cur.execute("select * from app.login_key(%s, %s, 'SHA256:abc')", (login, domain))
                self.assertEqual(cur.fetchall(), [])
        pg.close()

    def test_suggestions_come_from_the_own_dictionary_only(self):
        with Work(SIMBA) as w:
            w.run("insert into app.search_word (tenant_id, word) values (%s, 'mwakyusa')", (SIMBA.id,))
        with Work(SIMBA) as w:
            w.run("select word from app.similar_words('mwakyuza', 5)")
            self.assertEqual(w.cur.fetchall(), [("mwakyusa",)])
            w.run("insert into app.search_word (tenant_id, word) values (%s, 'mushi'), (%s, 'mollel')", (SIMBA.id, SIMBA.id))
            w.run("select word from app.similar_words('muhsi', 5)")
            self.assertEqual(w.cur.fetchall(), [("mushi",)])
        with Work(TWIGA) as w:
            w.run("select word from app.similar_words('mwakyuza', 5)")
            self.assertEqual(w.cur.fetchall(), [])

    def test_the_settings_end_with_the_transaction(self):
        w = Work(SIMBA)
        w.__enter__()
        self.assertEqual(w.one("select app.today()::text"), TODAY)
        w.pg.commit()
        self.assertEqual(w.one("select current_setting('app.actor', true)"), "")
        w.pg.close()


if __name__ == "__main__":
    unittest.main()
