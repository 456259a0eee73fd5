"""Tokens, second factors, passwords and sessions, attacked in plain SQL as the roles the server uses."""

import itertools
import unittest

import psycopg2

from world import SIMBA, TWIGA, Refusals, Work, boot, connect, one

_tokens = itertools.count(9_100_000_000)
SECRETS = ("enrol_token", "user_factor", "recovery_code", "sign_in_failure")


def user(role="agent", company=SIMBA, **more):
    with boot() as cur:
        n = next(_tokens)
        row = {"login": f"u{n}", "name": f"U {n}", "password_hash": "$argon2id$x"} | more
        return one(cur, f"insert into app.user_account (tenant_id, role_id, branch_id, {', '.join(row)}) select %s, id, %s, "
                        f"{', '.join(['%s'] * len(row))} from app.role where tenant_id = %s and code = %s returning id",
                   (company.id, company.branch, *row.values(), company.id, role))


class Attacks(Refusals, unittest.TestCase):
    def as_role(self, role, sql, args=(), tenant=None):
        pg = connect(role)
        try:
            with pg, pg.cursor() as cur:
                if tenant is not None:
                    cur.execute("select set_config('app.tenant_id', %s, true), set_config('app.sees_users', 'yes', true)", (str(tenant),))
                cur.execute(sql, args)
                return cur.fetchall() if cur.description else []
        finally:
            pg.close()

    def test_no_name_has_the_brackets_the_login_stands_in(self):
        for name in ("Somebody (neema)", "(", "x )"):
            with self.refused("user_name_plain"):
                user(name=name)
            with self.refused("user_name_plain"), Work() as w:
                w.run("update app.user_account set name = %s where id = %s", (name, SIMBA.users["neema"]))

    def test_no_login_role_reads_or_writes_the_tables_of_secrets(self):
        for role in ("bima_worker", "bima_platform", "bima_jobs"):
            for table in SECRETS:
                for sql in (f"select * from app.{table}", f"select count(*) from app.{table}", f"delete from app.{table}",
                            f"update app.{table} set tenant_id = 1", f"insert into app.{table} default values"):
                    with self.subTest(role=role, sql=sql), self.refused("42501"):
                        self.as_role(role, sql, tenant=SIMBA.id)

    def test_entering_looks_at_one_session_however_many_are_open(self):
        agent = user()
        with boot() as cur:
            cur.execute("set session_replication_role = replica")
            cur.execute("insert into app.session (tenant_id, token, user_id, state, method, ends_at, opened) select %s, %s + i, %s, 2, 'key',"
                        " now() + interval '1 day', true from generate_series(1, 500) i", (SIMBA.id, agent * 1000, agent))
        pg = connect("bima_worker")
        self.addCleanup(pg.close)
        with pg, pg.cursor() as cur:
            for token in range(1, 8):  # by then the plan is the one it stays with
                cur.execute("select user_id from app.enter(%s, %s, %s, 'r', '', '', null, 'x')", (SIMBA.id, agent, agent * 1000 + token))
                self.assertEqual(cur.fetchall(), [(agent,)])
            cur.execute("select seq_scan, idx_tup_fetch from pg_stat_xact_all_tables where schemaname = 'app' and relname = 'session'")
            self.assertEqual(cur.fetchall(), [(0, 7)])

    def test_nobody_reads_the_secret_that_names_a_session(self):
        for role in ("bima_worker", "bima_platform", "bima_jobs"):
            with self.subTest(role), self.refused("42501"):
                self.as_role(role, "select token from app.session", tenant=SIMBA.id)

    def test_a_worker_makes_no_session_open_and_no_account_his(self):
        with Work(SIMBA) as w:
            user_id = w.user
        for sql in ("update app.session set state = 2", "update app.session set ends_at = now() + interval '1 year'",
                    "insert into app.session (tenant_id, token, user_id, state, method, ends_at) select tenant_id, 1, user_id, 2, 'x', now() "
                    "from app.session limit 1",
                    "update app.user_account set password_hash = '$argon2id$x'", "update app.user_account set must_change_password = false",
                    "update app.user_account set login = 'other'",
                    "insert into app.user_account (tenant_id, login, name, role_id, branch_id, password_hash) select tenant_id, 'mine', 'M', "
                    "role_id, branch_id, '$argon2id$x' from app.user_account limit 1",
                    f"update app.user_key set user_id = {user_id}", "update app.user_key set last_used_at = now()"):
            with self.subTest(sql), self.refused("42501"), Work(SIMBA) as w:
                w.run(sql)

    def test_who_looks_after_no_users_gives_no_tokens_and_unlocks_nobody(self):
        victim = SIMBA.users["neema"]
        for sql in ("select app.user_token(%s, repeat('x', 32)::bytea, 2)", "select app.user_unlock(%s)", "select app.user_drop_factor(%s)",
                    "select app.end_sessions(%s)"):
            with self.subTest(sql), self.refused("users_only"), Work(SIMBA, "amina") as w:
                w.run(sql, (victim,))
        with Work(SIMBA, "amina") as w:
            session = one(w.cur, "select id from app.session where user_id = %s limit 1", (victim,))
            self.assertIsNone(session)

    def test_another_companys_user_is_nobody(self):
        theirs = TWIGA.users["amina"]
        with boot() as cur:
            cur.execute("select app.open_session(%s, id, 424242, 2, 'password', '', '') from app.user_account where tenant_id = %s and login = 'admin'",
                        (SIMBA.id, SIMBA.id))
        pg = connect("bima_worker")
        for sql, outcome in (("select app.user_token(%s, repeat('y', 32)::bytea, 1)", "user_unknown"), ("select app.user_drop_factor(%s)", False),
                             ("select app.end_sessions(%s)", 0), ("select app.user_factor_at(%s)", None),
                             ("select app.user_locked_until(%s)", None)):
            with self.subTest(sql), pg.cursor() as cur:
                cur.execute("select * from app.enter(%s, (select user_id from app.login('admin', 'simba.co.tz', '', '')), 424242,"
                            " 'r', '', '', null, 'act')", (SIMBA.id,))
                self.assertEqual(cur.rowcount, 1)
                if outcome == "user_unknown":
                    with self.refused(outcome):
                        cur.execute(sql, (theirs,))
                else:
                    cur.execute(sql, (theirs,))
                    self.assertEqual(cur.fetchone()[0], outcome)
                pg.rollback()
        pg.close()

    def test_each_side_signs_in_its_own_side_alone(self):
        id = user()
        self.assertEqual(self.as_role("bima_platform", "select * from app.login('amina', 'simba.co.tz', '', '')"), [])
        self.assertEqual(self.as_role("bima_platform", "select * from app.sign_in(%s, %s, %s, 'password', null, '', '')",
                                      (SIMBA.id, id, next(_tokens))), [])
        with self.refused("42501"):
            self.as_role("bima_platform", "select app.open_session(%s, %s, %s, 2, 'password', '', '')", (SIMBA.id, id, next(_tokens)))
        with boot() as cur:
            root = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id, password_hash) select 0, 'doorkeeper', 'R', r.id,"
                            " b.id, '$argon2id$x' from app.role r, app.branch b where r.tenant_id = 0 and r.code = 'super_admin' and b.tenant_id = 0"
                            " returning id")
        self.assertEqual(self.as_role("bima_worker", "select * from app.login('doorkeeper', 'platform', '', '')"), [])
        self.assertEqual(self.as_role("bima_worker", "select * from app.sign_in(0, %s, %s, 'password', null, '', '')", (root, next(_tokens))), [])
        with self.refused("42501"):
            self.as_role("bima_worker", "select app.open_session(0, %s, %s, 2, 'password', '', '')", (root, next(_tokens)))
        with self.refused("42501"):
            self.as_role("bima_worker", "select * from app.sign_in_open(5, '', '')")
        token = next(_tokens)
        (row,) = self.as_role("bima_platform", "select state from app.sign_in(0, %s, %s, 'password', null, '', '')", (root, token))
        self.assertEqual(row, (3,))  # its role wants a second factor, and there is none yet
        self.assertEqual(self.as_role("bima_worker", "select why from app.check_sessions(%s, '{t}', '{f}')", ([token],)),
                         [("This session is not known any more. Sign in again.",)])
        self.assertEqual(self.as_role("bima_platform", "select why from app.check_sessions(%s, '{t}', '{f}')", ([token],)), [])

    def test_a_session_that_waits_for_its_code_lets_nobody_in(self):
        id, token = user(), next(_tokens)
        with boot() as cur:
            cur.execute("insert into app.user_factor (tenant_id, user_id, secret, confirmed_at) values (%s, %s, 's', now())", (SIMBA.id, id))
        (row,) = self.as_role("bima_worker", "select state from app.sign_in(%s, %s, %s, 'password', null, '', '')", (SIMBA.id, id, token))
        self.assertEqual(row, (1,))
        enter = "select session_state from app.enter(%s, %s, %s, 'r', '', '', null, 'x')"
        self.assertEqual(self.as_role("bima_worker", enter, (SIMBA.id, id, token)), [])
        right = "select state from app.code_right(%s, %s, %s, null)"
        self.assertEqual(self.as_role("bima_worker", right, (TWIGA.id, token, 7)), [])
        self.assertEqual(self.as_role("bima_worker", right, (SIMBA.id, token + 1, 7)), [])
        self.assertEqual(self.as_role("bima_worker", right, (SIMBA.id, token, 7)), [(2,)])
        self.assertEqual(self.as_role("bima_worker", right, (SIMBA.id, token, 8)), [])  # it waits for nothing any more
        self.assertEqual(self.as_role("bima_worker", enter, (SIMBA.id, id, token)), [(2,)])

    def test_a_session_does_not_come_back(self):
        with boot() as cur:
            session = one(cur, "select app.open_session(%s, %s, %s, 2, 'password', '', '')", (SIMBA.id, SIMBA.users["juma"], next(_tokens)))
            cur.execute("update app.session set state = 4, ended_at = now() where id = %s", (session,))
        for state in (1, 2, 3):
            with self.refused("session_state"), boot() as cur:
                cur.execute("update app.session set state = %s, ended_at = null where id = %s", (state, session))

    def test_a_key_opens_but_does_not_set_a_password_aside(self):
        id, token = user(must_change_password=True), next(_tokens)
        (row,) = self.as_role("bima_worker", "select state from app.sign_in(%s, %s, %s, 'key', null, '', '')", (SIMBA.id, id, token))
        self.assertEqual(row, (2,))
        (row,) = self.as_role("bima_worker", "select state from app.sign_in(%s, %s, %s, 'password', null, '', '')", (SIMBA.id, id, token + 10**8))
        self.assertEqual(row, (3,))

    def test_a_password_is_only_ever_kept_as_a_hash(self):
        with self.refused("password_hashed"), Work(SIMBA) as w:
            w.run("select app.own_password('plain words')")

    def test_nothing_of_it_is_deleted_or_shown_in_the_history(self):
        id = user()
        with boot() as cur:
            cur.execute("insert into app.user_factor (tenant_id, user_id, secret) values (%s, %s, 'very secret')", (SIMBA.id, id))
            cur.execute("update app.user_account set password_hash = null where id = %s", (id,))
            cur.execute("select app.issue_token(%s, %s, repeat('z', 32)::bytea, 1)", (SIMBA.id, id))
            cur.execute("select string_agg(coalesce(before::text, '') || coalesce(after::text, ''), '') from app.history where tbl in "
                        "('user_factor', 'enrol_token', 'session')")
            text = cur.fetchone()[0]
        for secret in ("very secret".encode().hex(), ("z" * 32).encode().hex()):
            self.assertNotIn(secret, text)
        self.assertIn('"hidden"', text)
        for table in ("enrol_token", "user_factor", "recovery_code"):
            with self.subTest(table), self.refused("42501"), boot() as cur:
                cur.execute(f"delete from app.{table} where true")
                cur.execute(f"truncate app.{table} cascade")

    def test_a_user_has_one_open_token_and_one_factor(self):
        id = user(password_hash=None)
        with boot() as cur:
            cur.execute("select app.issue_token(%s, %s, repeat(%s, 32)::bytea, 1)", (SIMBA.id, id, "a"))
            cur.execute("select app.issue_token(%s, %s, repeat(%s, 32)::bytea, 1)", (SIMBA.id, id, "b"))
            self.assertEqual(one(cur, "select count(*) from app.enrol_token where user_id = %s and void_at is null", (id,)), 1)
        with self.refused("one_factor"), boot() as cur:
            cur.execute("insert into app.user_factor (tenant_id, user_id, secret) values (%s, %s, 'a'), (%s, %s, 'b')", (SIMBA.id, id) * 2)

    def test_an_account_that_is_off_gets_no_token(self):
        id = user(password_hash=None, is_active=False)
        with self.refused("user_off"), boot() as cur:
            cur.execute("select app.issue_token(%s, %s, repeat('q', 32)::bytea, 1)", (SIMBA.id, id))

    def test_two_administrators_do_not_switch_each_other_off_at_once(self):
        with boot() as cur:
            company = one(cur, "select app.provision_company('PA', 'Paa Insurance', 'paa.co.tz', 'admin', null)")
            cur.execute("select id from app.user_account where tenant_id = %s", (company,))
            first = cur.fetchone()[0]
            second = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) select tenant_id, 'two', 'Two', role_id, "
                              "branch_id from app.user_account where id = %s and tenant_id = %s returning id", (first, company))
        a, b = connect("bima_boot"), connect("bima_boot")
        off = "update app.user_account set is_active = false where tenant_id = %s and id = %s"
        try:
            ca, cb = a.cursor(), b.cursor()
            ca.execute(off, (company, first))
            cb.execute("set lock_timeout = '300ms'")
            with self.refused("55P03"):
                cb.execute(off, (company, second))  # waits for the first
            b.rollback()
            a.commit()
            with self.refused("user_last_admin"):
                cb.execute(off, (company, second))
        finally:
            a.close()
            b.close()

    def test_sessions_nobody_speaks_of_end(self):
        with boot() as cur:
            tokens = [next(_tokens) for _ in range(2)]
            for token in tokens:
                cur.execute("select app.open_session(%s, %s, %s, 2, 'password', '', '')", (SIMBA.id, SIMBA.users["juma"], token))
            cur.execute("update app.session set reported_at = now() - interval '3 minutes' where token = %s", (tokens[0],))
        self.assertEqual(self.as_role("bima_jobs", "select app.end_lost_sessions()"), [(0,)])  # the database has only just started
        with boot() as cur:  # all but the one
            cur.execute("update app.session set reported_at = now() where token <> %s", (tokens[0],))
        self.assertEqual(self.as_role("bima_jobs", "select app.end_lost_sessions('0')"), [(1,)])
        with boot() as cur:
            cur.execute("select state, end_reason from app.session where token = any (%s) order by token", (tokens,))
            self.assertEqual(cur.fetchall(), [(4, "The connection was closed."), (2, None)])

    def test_a_flood_of_wrong_names_leaves_few_rows_in_the_audit_and_none_is_uncounted(self):
        n = "select count(*), coalesce(sum(count), 0)::int from app.audit where tenant_id = %s and kind = 2 and actor = 'flood@simba.co.tz'"
        self.as_role("bima_worker", "select app.sign_in_failed(null, null, 1, 'flood@simba.co.tz', '203.0.113.1', 'x', 'wrong') "
                                    "from generate_series(1, 1024)")
        with boot() as cur:
            cur.execute(n, (SIMBA.id,))
            rows, counted = cur.fetchone()
        self.assertLess(rows, 25)
        self.assertGreaterEqual(counted, 1000)

    def test_functions_for_requests_do_nothing_outside_of_one(self):
        for sql in ("select app.own_password('$argon2id$x')", "select app.own_factor('x')", "select * from app.own_door()", "select app.end_session(1)",
                    "select app.own_confirm(1, '{}')"):
            with self.subTest(sql), self.assertRaises(psycopg2.Error):
                self.as_role("bima_worker", sql)


if __name__ == "__main__":
    unittest.main()
