"""The platform's database role: what it may do of companies, and that it can't touch their business."""

import itertools
import json
import time
import unittest

import psycopg2

from world import SIMBA, TODAY, TWIGA, Refusals, Work, boot, connect, one

BUSINESS = ("vehicle_type", "id_type", "plate_pattern", "customer", "vehicle", "ownership", "product", "rate", "policy", "term", "term_vehicle", "cover",
            "receipt", "certificate", "renewal", "person_key", "counter", "search_token", "search_word", "due_item", "due_count", "day_figure", "alert_mark", "alert_seen")
SHARED = {"tenant", "branch", "user_account", "user_key", "role", "session", "history", "idempotency", "account", "audit", "audit_entry",
          "audit_line", "audit_text", "checkpoint", "sealed", "platform_audit"}
OWN = {"company", "company_request", "company_domain", "company_health", "company_usage", "service_error", "compliance", "field_template",
       "platform_default", "usage_day", "error_note"}
HASH = b"h" * 31
_names = itertools.count(1)


def hash_():
    return psycopg2.Binary(HASH + bytes([next(_names) % 256]))


class Platform:
    """As world.Company: tenant 0."""
    id = 0
    users = {}

    @classmethod
    def user(cls, login, role):
        if login not in cls.users:
            with boot() as cur:
                cls.users[login] = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, %s, %s, r.id, b.id "
                                            "from app.role r, app.branch b where r.tenant_id = 0 and r.code = %s and b.tenant_id = 0 returning id",
                                       (login, login.title(), role))
                one(cur, "select app.open_session(0, %s, %s, 2, 'password', '', '')", (cls.users[login], cls.users[login]))
        return cls.users[login]


with boot() as _cur:
    Platform.users["register"] = one(_cur, "select id from app.user_account where tenant_id = 0 and login = 'register'")
    one(_cur, "select app.open_session(0, %s, %s, 2, 'open', '', '')", (Platform.users["register"],) * 2)


def work(login=None, address=None):
    """A request of the platform; every test has a super admin of its own, whose pace is nobody else's."""
    login = login or f"root{next(_names)}"
    Platform.user(login, "regulator" if login == "watch" else "super_admin")
    w = Work(Platform, login, today=None, role="bima_platform")
    if address:
        enter = w.__enter__

        def entered():
            enter()
            w.run("select set_config('app.address', %s, true)", (address,))
            return w
        w.entered = entered
    return w


def company(w, **more):
    n = next(_names)
    row = {"code": f"T{n}", "name": f"Test {n} Insurance", "domains": f"test{n}.co.tz"} | more
    return w.one(f"insert into app.company ({', '.join(row)}) values ({', '.join(['%s'] * len(row))}) returning id", tuple(row.values()))


def request(w, **more):
    n = next(_names)
    row = {"tenant_id": 0, "name": f"Asked {n}", "business_type": "general insurer", "phone": "255712345678", "email": "info@example.com",
           "address": "Dodoma", "domain": f"asked{n}.co.tz", "admin_name": "Salma Juma", "admin_login": "salma",
           "admin_email": "salma@example.com"} | more
    return w.one(f"insert into app.company_request ({', '.join(row)}) values ({', '.join(['%s'] * len(row))}) returning id", tuple(row.values()))


class Isolation(Refusals, unittest.TestCase):
    def test_the_platforms_role_has_no_grant_on_a_business_table(self):
        with boot() as cur:
            cur.execute("select table_name from information_schema.role_table_grants where grantee = 'bima_platform' union "
                        "select table_name from information_schema.role_column_grants where grantee = 'bima_platform'")
            granted = {row[0] for row in cur.fetchall()}
        self.assertEqual(granted & set(BUSINESS), set())
        self.assertEqual(granted - SHARED - OWN, set())

    def test_no_business_table_answers_the_platform(self):
        with boot() as cur:
            cur.execute("select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v')")
            tables = {row[0] for row in cur.fetchall()}
        self.assertLessEqual(set(BUSINESS), tables)
        for table in sorted(tables - SHARED - OWN):
            for sql in (f"select 1 from app.{table}", f"delete from app.{table}", f"insert into app.{table} default values"):
                with self.subTest(sql), self.refused("42501"), work("root") as w:
                    w.run(sql)

    def test_what_is_shared_shows_the_rows_of_the_platform_alone(self):
        with work("root") as w:
            for table in sorted(SHARED - {"platform_audit"}):
                column = {"tenant": "id"}.get(table, "tenant_id")
                if not w.one("select to_regclass(%s) is not null", ("app." + table,)):
                    continue
                with self.subTest(table):
                    self.assertEqual(w.one(f"select count(*) from app.{table} where {column} <> 0"), 0)

    def test_a_platform_user_is_let_into_no_company_and_a_companys_user_not_into_the_platform(self):
        for role, tenant, user in (("bima_platform", SIMBA.id, SIMBA.users["amina"]), ("bima_worker", 0, Platform.user("root", "super_admin")),
                                   ("bima_worker", SIMBA.id, Platform.user("root", "super_admin"))):
            pg = connect(role)
            with self.subTest(role=role), pg.cursor() as cur:
                cur.execute("select * from app.enter(%s, %s, %s, 'r', '', '', null, 'x', null)", (tenant, user, user))
                self.assertEqual(cur.rowcount, 0)
            pg.close()

    def test_no_business_row_can_belong_to_the_platform(self):
        with boot() as cur:
            cur.execute("select conrelid::regclass::text from pg_constraint where conname = 'no_platform_business'")
            self.assertEqual({row[0] for row in cur.fetchall()}, {f"app.{t}" for t in BUSINESS})
        with self.refused("no_platform_business"), boot() as cur:
            cur.execute("insert into app.vehicle_type (tenant_id, code, name) values (0, 'car', 'Car')")

    def test_a_worker_of_companies_reaches_nothing_of_the_platform(self):
        for thing in ("company", "company_request", "company_domain", "company_health", "company_usage", "service_error", "compliance",
                      "field_template", "platform_default"):
            with self.subTest(thing), self.refused("42501"), Work(SIMBA) as w:
                w.run("select 1 from app." + thing)
        for call in ("company_suspend(1, 'x')", "company_activate(1, 'x')", "company_add_domain(1, 'x.co')", "request_reject(1, 'x')",
                     "company_switch_user(1, 'a', false, 'x')", "compliance_insured(null, 'T1', '2026-01-01')", "platform_home()",
                     "company_admin_token(1, 'admin', '')", "make_company('{}')", "company_make('{}', 'x')"):
            with self.subTest(call), self.refused("42501"), Work(SIMBA) as w:
                w.run("select app." + call)

    def test_the_platforms_views_are_empty_for_any_other_tenant(self):
        with boot() as cur:
            one(cur, "select set_config('app.tenant_id', %s, true)", (str(SIMBA.id),))
            for view in ("company", "company_domain", "company_health", "compliance"):
                self.assertEqual(one(cur, f"select count(*) from app.{view}"), 0, view)

    def test_without_the_word_in_his_role_a_platform_user_does_nothing(self):
        with self.refused("42501"), work("watch") as w:
            w.run("select app.company_suspend(%s, 'because')", (SIMBA.id,))
        with self.refused("42501"), work("watch") as w:
            company(w)
        with self.refused("42501"), work("root") as w:
            w.run("select * from app.compliance_counts(null, current_date)")
        with self.refused("42501"), Work(Platform, "register", today=None, role="bima_platform") as w:
            w.run("select app.request_reject(1, 'no')")


class Companies(Refusals, unittest.TestCase):
    def test_a_company_is_made_whole(self):
        with work() as w:
            made = company(w, admin_login="salma", admin_name="Salma Juma", branch_code="DO", branch_name="Dodoma", currency="UGX")
            row = w.one("select to_jsonb(c) from app.company c where id = %s", (made,))
        self.assertEqual((row["status"], row["currency"], row["tenant_id"]), (1, "UGX", 0))
        with boot() as cur:
            self.assertEqual(one(cur, "select currency_exponent from app.tenant where id = %s", (made,)), 0)
            self.assertEqual(one(cur, "select u.login || ' ' || r.code || ' ' || b.code from app.user_account u "
                                      "join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id "
                                      "join app.branch b on b.tenant_id = u.tenant_id and b.id = u.branch_id where u.tenant_id = %s", (made,)),
                             "salma admin DO")
            for table, least in (("role", 10), ("vehicle_type", 8), ("id_type", 5), ("plate_pattern", 10), ("product", 2), ("rate", 9)):
                self.assertGreaterEqual(one(cur, f"select count(*) from app.{table} where tenant_id = %s", (made,)), least, table)

    def test_the_defaults_of_the_platform_are_what_a_company_begins_with(self):
        with boot() as cur:
            before = one(cur, "select value from app.platform_default where code = 'idle_minutes'")
        with work() as w:
            w.run("update app.platform_default set value = '17' where code = 'idle_minutes'")
            w.run("update app.platform_default set value = 'yes' where code = 'second_factor'")
            made = company(w)
        with boot() as cur:
            self.assertEqual(one(cur, "select idle_minutes from app.tenant where id = %s", (made,)), 17)
            self.assertTrue(one(cur, "select second_factor from app.role where tenant_id = %s and code = 'admin'", (made,)))
            self.assertFalse(one(cur, "select second_factor from app.role where tenant_id = %s and code = 'agent'", (made,)))
            cur.execute("update app.platform_default set value = %s where code = 'idle_minutes'", (before,))
            cur.execute("update app.platform_default set value = 'no' where code = 'second_factor'")

    def test_a_domain_must_be_one_and_be_free(self):
        for domain in ("", "nodot", "-a.co", "a-.co.tz", "a..tz", "SIMBA.CO", "a.co.123", "a b.co", "é.co.tz", "x." + "y" * 120 + ".tz", ".co", "co."):
            with self.subTest(domain), self.refused("domain_word"), work() as w:
                company(w, domains=domain)
        with self.refused("domain_taken"), work() as w:
            company(w, domains="simba.co.tz")
        with self.refused("domain_taken", "domain_word"), work() as w:
            company(w, domains="platform")
        with work() as w:
            company(w, domains="a-1.b2.co.tz xn--bcher-kva.example")

    def test_domains_come_and_go_but_never_the_last(self):
        n = next(_names)
        with work() as w:
            made = company(w, domains=f"one{n}.co.tz")
            with self.refused("domain_last"):
                w.run("savepoint s")
                w.run("select app.company_drop_domain(%s, %s)", (made, f"one{n}.co.tz"))
            w.run("rollback to s")
            w.run("select app.company_add_domain(%s, %s)", (made, f"two{n}.co.tz"))
            w.run("select app.company_drop_domain(%s, %s)", (made, f"one{n}.co.tz"))
            self.assertEqual(w.one("select domains from app.company where id = %s", (made,)), f"two{n}.co.tz")
            w.run("savepoint t")
            with self.refused("domain_there"):
                w.run("select app.company_drop_domain(%s, 'simba.co.tz')", (made,))
            w.run("rollback to t")
            w.cur.execute("select before ->> 'domains', after ->> 'domains' from app.history where tbl = 'company' and row_id = %s order by id", (made,))
            changes = [c for c in w.cur.fetchall() if c[0] and c[0] != c[1]]
            self.assertEqual(changes, [(f"one{n}.co.tz", f"one{n}.co.tz two{n}.co.tz"), (f"one{n}.co.tz two{n}.co.tz", f"two{n}.co.tz")])

    def test_suspending_shuts_everybody_out_and_activating_lets_them_in_with_nothing_lost(self):
        with Work(TWIGA) as w:
            sale = w.sold()
        with work() as w:
            w.run("select app.company_suspend(%s, 'unpaid')", (TWIGA.id,))
        try:
            with self.assertRaises(AssertionError), Work(TWIGA):
                pass
            with boot() as cur:
                self.assertEqual(one(cur, "select count(*) from app.session where tenant_id = %s and state < 4", (TWIGA.id,)), 0)
                self.assertIn("suspended", one(cur, "select end_reason from app.session where tenant_id = %s limit 1", (TWIGA.id,)))
        finally:
            with work() as w:
                with self.refused("company_status"):
                    w.run("savepoint s")
                    w.run("select app.company_suspend(%s, 'again')", (TWIGA.id,))
                w.run("rollback to s")
                w.run("select app.company_activate(%s, 'paid')", (TWIGA.id,))
                self.assertEqual(w.one("select status_reason from app.company where id = %s", (TWIGA.id,)), "paid")
            with boot() as cur:
                for n, login in enumerate(TWIGA.users):
                    one(cur, "select app.open_session(%s, %s, %s, 2, 'password', '', '')",
                        (TWIGA.id, TWIGA.users[login], 7_000_000_000 + n))
                    cur.execute("update app.session set token = token + 9000000000 where tenant_id = %s and user_id = %s and state = 4",
                                (TWIGA.id, TWIGA.users[login]))
                    cur.execute("update app.session set token = user_id where tenant_id = %s and user_id = %s and state = 2",
                                (TWIGA.id, TWIGA.users[login]))
        with Work(TWIGA) as w:
            self.assertEqual(w.one("select state from app.policy where id = %s", (sale.policy,)), 4)

    def test_what_the_platform_writes_into_a_company_is_signed_by_no_user_of_it(self):
        with work("root") as w:
            made = company(w, admin_login="salma")
            w.run("update app.company set phone = '255700000001' where id = %s", (made,))
            w.run("select app.company_admin_token(%s, 'salma', %s)", (made, hash_()))
            self.assertEqual(w.one("select phone from app.company where id = %s", (made,)), "255700000001")
            self.assertEqual(w.one("select string_agg(distinct actor, ',') from app.history where tbl = 'company' and row_id = %s", (made,)),
                             "Root (root)")
            self.assertEqual(w.one("select current_setting('app.user_id')"), str(w.user))
        with boot() as cur:
            self.assertEqual(one(cur, "select count(*) from app.history where tenant_id = %s and actor_id is not null", (made,)), 0)
            self.assertEqual(one(cur, "select string_agg(distinct actor, ',') from app.history where tenant_id = %s", (made,)),
                             "Platform: Root (root)")

    def test_settings_of_a_company_are_not_the_platforms_to_change(self):
        for column, value in (("currency", "USD"), ("timezone", "UTC"), ("regulator_access", "true"), ("code", "ZZ"), ("status", "2"),
                              ("domains", "other.co.tz")):
            with work() as w:
                made = company(w)
                before = w.one(f"select {column}::text from app.company where id = %s", (made,))
                w.run(f"update app.company set {column} = %s where id = %s", (value, made))
                self.assertEqual(w.one(f"select {column}::text from app.company where id = %s", (made,)), before, column)

    def test_a_token_is_for_an_administrator_alone(self):
        with self.refused("company_user"), work() as w:
            w.run("select app.company_admin_token(%s, 'amina', %s)", (SIMBA.id, hash_()))
        with self.refused("company_user"), work() as w:
            w.run("select app.company_admin_token(%s, 'nobody', %s)", (SIMBA.id, hash_()))
        with self.refused("company_there"), work() as w:
            w.run("select app.company_admin_token(0, 'root', %s)", (hash_(),))
        with work() as w:
            self.assertIsNotNone(w.one("select app.company_admin_token(%s, 'admin', %s)", (SIMBA.id, hash_())))

    def test_an_account_is_switched_off_and_on_and_its_sessions_end(self):
        with work() as w:
            w.run("select app.company_switch_user(%s, 'juma', false, 'asked by the police')", (SIMBA.id,))
        with self.assertRaises(AssertionError), Work(SIMBA, "juma"):
            pass
        with boot() as cur:
            self.assertIn("switched off", one(cur, "select end_reason from app.session where tenant_id = %s and user_id = %s and state = 4",
                                              (SIMBA.id, SIMBA.users["juma"])))
        with work() as w:
            w.run("select app.company_switch_user(%s, 'juma', true, '')", (SIMBA.id,))
        with boot() as cur:
            self.assertTrue(one(cur, "select is_active from app.user_account where id = %s and tenant_id = %s", (SIMBA.users["juma"], SIMBA.id)))
            cur.execute("update app.session set token = token + 9000000000 where tenant_id = %s and user_id = %s", (SIMBA.id, SIMBA.users["juma"]))
            one(cur, "select app.open_session(%s, %s, %s, 2, 'password', '', '')", (SIMBA.id, SIMBA.users["juma"], SIMBA.users["juma"]))

    def test_nobody_acts_faster_than_thirty_times_a_minute(self):
        with self.refused("platform_pace"), work() as w:
            for n in range(62):
                w.run("update app.company set phone = %s where id = %s", (str(n), SIMBA.id))

    def test_health_counts_without_looking_at_business(self):
        with Work(SIMBA) as w:
            w.sold()
        with work() as w:
            w.cur.execute("select users, sessions, covers, seen_at is not null from app.company_health where id = %s", (SIMBA.id,))
            users, sessions, covers, seen = w.cur.fetchone()
        self.assertGreaterEqual(users, 3)
        self.assertGreaterEqual(sessions, 3)
        self.assertTrue(seen)
        with boot() as cur:
            self.assertEqual(covers, one(cur, "select sum(n) from app.due_count where tenant_id = %s and kind = 1 and due_date >= current_date", (SIMBA.id,)) or 0)
            cur.execute("select distinct d.refobjid::regclass::text from pg_depend d join pg_rewrite r on r.oid = d.objid "
                        "where r.ev_class = 'app.company_health'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class")
            self.assertEqual({row[0] for row in cur.fetchall()}, {"app.tenant", "app.user_account", "app.session", "app.due_count"})


class Requests(Refusals, unittest.TestCase):
    def register(self, address):
        w = Work(Platform, "register", today=None, role="bima_platform")
        w.__enter__()
        w.run("select set_config('app.address', %s, true)", (address,))
        return w

    def test_a_request_is_made_and_becomes_a_company_in_one_step(self):
        w = self.register("192.0.2.50")
        asked = request(w, admin_login="salma")
        w.__exit__(None, None, None)
        with work() as w:
            w.cur.execute("select company, ends from app.request_approve(%s, %s, 'DO', 'Dodoma', %s)", (asked, f"R{next(_names)}", hash_()))
            made, ends = w.cur.fetchone()
            self.assertIsNotNone(ends)
            w.cur.execute("select state, company_id, decided_by_id, source from app.company_request where id = %s", (asked,))
            self.assertEqual(w.cur.fetchone(), (2, made, w.user, "192.0.2.50"))
            w.run("savepoint s")
            with self.refused("request_decided"):
                w.run("select app.request_reject(%s, 'no')", (asked,))
            w.run("rollback to s")
        with boot() as cur:
            self.assertEqual(one(cur, "select count(*) from app.enrol_token where tenant_id = %s", (made,)), 1)
            self.assertEqual(one(cur, "select phone from app.tenant where id = %s", (made,)), "255712345678")

    def test_a_request_is_rejected_with_a_reason(self):
        w = self.register("192.0.2.51")
        asked = request(w)
        w.__exit__(None, None, None)
        with self.refused("rejected_why"), work() as w:
            w.run("select app.request_reject(%s, '')", (asked,))
        with work() as w:
            w.run("select app.request_reject(%s, 'no licence')", (asked,))
            self.assertEqual(w.one("select reason from app.company_request where id = %s", (asked,)), "no licence")

    def test_a_taken_domain_is_told_at_once_and_nothing_more(self):
        w = self.register("192.0.2.52")
        with self.refused("domain_taken"):
            request(w, domain="simba.co.tz")
        w.pg.close()

    def test_what_a_stranger_can_leave_behind_is_bounded(self):
        w = self.register("192.0.2.53")
        for _ in range(5):
            request(w)
        with self.refused("request_pace"):
            request(w)
        w.pg.close()
        w = self.register("192.0.2.54")                     # another address goes on
        request(w)
        w.pg.close()

    def test_what_was_asked_is_never_deleted_not_even_by_the_owner(self):
        w = self.register("192.0.2.55")
        request(w)
        w.__exit__(None, None, None)
        for table in ("company_request", "platform_default"):
            with self.subTest(table), self.refused("42501"), boot() as cur:
                cur.execute("set local role bima_owner")
                cur.execute(f"delete from app.{table}")

    def test_nobody_decides_by_writing_the_row(self):
        for sql in ("update app.company_request set state = 2", "insert into app.company_request (tenant_id, name, state) values (0, 'x', 2)",
                    "delete from app.company_request", "update app.company_request set source = ''"):
            with self.subTest(sql), self.refused("42501"), work() as w:
                w.run(sql)


class Speed(unittest.TestCase):
    def test_a_company_is_made_within_a_tenth_of_a_second_however_many_there_are(self):
        def approve():
            w = Work(Platform, "register", today=None, role="bima_platform")
            w.__enter__()
            w.run("select set_config('app.address', %s, true)", (f"192.0.2.{next(_names)}",))
            asked = request(w)
            w.__exit__(None, None, None)
            with work() as w:
                code = f"Q{next(_names)}"
                started = time.monotonic()
                w.run("select * from app.request_approve(%s, %s, 'HQ', 'Head office', %s)", (asked, code, hash_()))
                w.run("set constraints all immediate")
                w.pg.commit()
                took = time.monotonic() - started
            return took
        def best():
            """Its own time: others work on this machine too, so the best of some, and of more while none was undisturbed."""
            times = [approve() for _ in range(7)]
            while min(times) >= 0.1 and len(times) < 40:
                times.append(approve())
            return min(times)
        few = best()
        with boot() as cur:
            cur.execute("insert into app.tenant (code, name) select 'B' || n, 'Bulk ' || n from generate_series(10000, 14999) n")
            cur.execute("insert into app.tenant_domain (domain, tenant_id) select lower(code) || '.example.com', id from app.tenant where code like 'B1%'")
        many = best()
        print(f"provisioning: {few * 1000:.1f} ms among few, {many * 1000:.1f} ms among 5,000 companies")
        self.assertLess(few, 0.1)
        self.assertLess(many, 0.1)
        with work() as w:
            started = time.monotonic()
            w.run("select * from app.company_health t order by t.code, t.id limit 50")
            w.run("select * from app.company t order by t.code, t.id limit 50")
            self.assertLess(time.monotonic() - started, 0.5)


class Audit(unittest.TestCase):
    def test_each_action_of_the_platform_is_kept_on_both_sides(self):
        with work("root") as w:
            made = company(w)
        with boot() as cur:
            self.assertEqual(one(cur, "select actor from app.audit where tenant_id = %s and what = 'company add'", (made,)), "Root (root), platform")
            self.assertEqual(one(cur, "select count(*) from app.audit where tenant_id = 0 and what = 'company add' and row_id = %s", (made,)), 1)
            self.assertIsNone(one(cur, "select user_id from app.audit where tenant_id = %s and what = 'company add'", (made,)))

    def test_the_audit_of_all_companies_says_nothing_of_records(self):
        with Work(TWIGA) as w:
            w.run("select app.audit_add(3, 'customer.list', 'customer', 77, 5, 1, 'Salma')")
        with work() as w:
            w.cur.execute("select * from app.platform_audit where company_id = %s and what = 'customer.list'", (TWIGA.id,))
            self.assertEqual({d.name for d in w.cur.description},
                             {"tenant_id", "id", "version", "at", "company_id", "kind", "what", "outcome", "login", "address", "count"})
            self.assertEqual(w.cur.fetchone()[8], "amina")


class Figures(Refusals, unittest.TestCase):
    def test_workers_add_figures_by_company_and_day_and_read_none(self):
        for _ in range(2):
            with Work(SIMBA) as w:
                w.run("select app.usage_add(%s)", (json.dumps([[SIMBA.id, TODAY, 10, 2, 1, 3, 5000, 900], [TWIGA.id, TODAY, 1, 0, 0, 0, 10, 10]]),))
        with work() as w:
            w.cur.execute("select requests, refusals, errors, sign_ins, mean_us, max_us from app.company_usage where company_id = %s and day = %s",
                          (SIMBA.id, TODAY))
            self.assertEqual(w.cur.fetchone(), (20, 4, 2, 6, 500, 900))
        with self.refused("42501"), Work(SIMBA) as w:
            w.run("select * from app.usage_day")

    def test_an_error_is_kept_without_what_it_was_about(self):
        with Work(SIMBA) as w:
            w.run("select app.error_add(%s, 'INTERNAL', %s, 'abcdef', 'add')", (SIMBA.id, "22P02 \"Salma' \n0712345678"))
        with work() as w:
            self.assertEqual(w.one("select cause from app.service_error where company_id = %s", (SIMBA.id,)), "22P02 ?Salma? ?0712345678")
        with self.refused("words_only"), Work(SIMBA) as w:
            w.run("select app.error_add(%s, 'INTERNAL', '', 'abcdef', 'Salma Juma 0712')", (SIMBA.id,))


class Regulator(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Work(SIMBA) as w:
            cls.sale = w.sold()
            cls.key = w.one("select plate_key from app.vehicle where id = %s", (cls.sale.vehicle,))
        with Work(TWIGA) as w:
            w.sold(w.vehicle(plate=cls.key, plate_key=cls.key))
        with boot() as cur:
            cur.execute("update app.tenant set regulator_access = true where id = %s", (SIMBA.id,))

    @classmethod
    def tearDownClass(cls):
        with boot() as cur:
            cur.execute("update app.tenant set regulator_access = false where id = %s", (SIMBA.id,))

    def ask(self, day, company=None, key=None):
        with work("watch") as w:
            w.cur.execute("select code, known, insured, from_date::text, to_date::text from app.compliance_insured(%s, %s, %s)",
                          (company, key or self.key, day))
            return w.cur.fetchall()

    def test_it_learns_whether_a_vehicle_was_insured_of_who_grants_it_alone(self):
        self.assertEqual(self.ask(TODAY), [("SI", True, True, TODAY, "2027-02-28")])
        self.assertEqual(self.ask("2027-02-28")[0][2], True)
        self.assertEqual(self.ask("2027-03-01")[0][2], False)
        self.assertEqual(self.ask(TODAY, key="T999ZZZ"), [("SI", False, False, None, None)])

    def test_a_company_that_grants_nothing_is_as_one_that_is_not_there(self):
        self.assertEqual(self.ask(TODAY, TWIGA.id), [])
        self.assertEqual(self.ask(TODAY, 987654), [])
        with work("watch") as w:
            w.cur.execute("select code from app.compliance")
            self.assertEqual(w.cur.fetchall(), [("SI",)])
            w.cur.execute("select code, vehicles, covered, expired from app.compliance_counts(null, %s)", (TODAY,))
            rows = w.cur.fetchall()
        self.assertEqual([r[0] for r in rows], ["SI"])
        with boot() as cur:
            self.assertEqual(rows[0][1], one(cur, "select count(*) from app.vehicle where tenant_id = %s and status = 1", (SIMBA.id,)))
        self.assertGreaterEqual(rows[0][1], rows[0][2])
        self.assertGreaterEqual(rows[0][2], 1)

    def test_each_question_stands_in_the_audit_of_the_company_and_of_the_platform(self):
        def count(tenant, what):
            with boot() as cur:
                return one(cur, "select count(*) from app.audit where tenant_id = %s and what = %s", (tenant, what))
        before = [count(t, "compliance insured") for t in (SIMBA.id, TWIGA.id, 0)]
        self.ask(TODAY)
        self.ask(TODAY, TWIGA.id)
        self.assertEqual([count(t, "compliance insured") for t in (SIMBA.id, TWIGA.id, 0)], [before[0] + 1, before[1], before[2] + 1])

    def test_it_reads_the_trail_of_who_grants_it(self):
        with Work(SIMBA) as w:
            w.run("select app.audit_add(5, 'customer.export', 'customer', 1, 12, 1, 'secret words')")
        with work("watch") as w:
            w.cur.execute("select what, login, count from app.compliance_trail(%s, current_date - 1, current_date + 1, 0, 2000)", (SIMBA.id,))
            self.assertIn(("customer.export", "amina", 12), w.cur.fetchall())
            for company_ in (TWIGA.id, 987654, None):
                self.assertEqual(w.run("select * from app.compliance_trail(%s, current_date - 1, current_date + 1, 0, 2000)", (company_,)), 0)

    def test_its_answers_name_no_person(self):
        with boot() as cur:
            for function in ("compliance_insured", "compliance_counts"):
                names = one(cur, "select proargnames from pg_proc where proname = %s", (function,))
                self.assertFalse({"customer", "owner", "phone", "login"} & set(names), names)


if __name__ == "__main__":
    unittest.main()
