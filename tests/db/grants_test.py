"""What each role of the database may do and what it can't, over every table, column, sequence and function there is.

golden/grants.txt says who may what; BIMA_GOLDEN=write writes it anew. Read it when it changes: a line more is a right more.
"""

import os
import re
import unittest

import psycopg2

from world import HERE, SIMBA, TWIGA, Refusals, Work, boot, connect, one

GOLDEN = os.path.join(HERE, "golden", "grants.txt")
ROLES = ("bima_worker", "bima_platform", "bima_jobs", "bima_search")
LOGINS = ("bima_worker", "bima_platform", "bima_jobs")

RELATIONS = """
  select c.relname, c.relkind::text, coalesce((
      select case when pg_get_constraintdef(k.oid) like '%%tenant_id > 0%%' then 'of companies' else 'of the platform' end
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
         and pg_get_constraintdef(k.oid) ~ 'tenant_id (>|=) 0\\)\\)+$'), case when c.relkind = 'r' then 'of both' else '' end)
    from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') order by c.relkind, c.relname"""
TABLE_RIGHTS = """
  select c.relname, case a.grantee when 0 then 'public' else a.grantee::regrole::text end, lower(a.privilege_type), null
    from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'app'::regnamespace
  union all
  select c.relname, case a.grantee when 0 then 'public' else a.grantee::regrole::text end, lower(a.privilege_type), t.attname
    from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a where c.relnamespace = 'app'::regnamespace"""
FUNCTIONS = """
  select p.oid::regprocedure::text, p.proowner::regrole::text, p.prosecdef, p.prorettype = 'trigger'::regtype, p.provolatile::text,
         case when a.grantee is null then null when a.grantee = 0 then 'public' else a.grantee::regrole::text end
    from pg_proc p left join lateral (select * from aclexplode(p.proacl) x where x.grantee <> p.proowner) a on true
   where p.pronamespace = 'app'::regnamespace order by 1"""


def rows(sql, args=None):
    with boot() as cur:
        cur.execute(sql, args)
        return cur.fetchall()


class Rights:
    """As PostgreSQL's catalog has them: (role, table, privilege) -> set of columns, or None for all."""

    def __init__(self):
        self.relations = rows(RELATIONS)
        self.columns = {}
        for table, column in rows("select relname, attname from pg_class c join pg_attribute on attrelid = c.oid where attnum > 0"
                                  " and not attisdropped and relnamespace = 'app'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
                                  " order by relname, attnum"):
            self.columns.setdefault(table, []).append(column)
        self.granted = {}
        for table, role, privilege, column in rows(TABLE_RIGHTS):
            if role in ("bima_owner", "bima_boot"):
                continue
            columns = self.granted.setdefault((role, table, privilege), set())
            columns.update([column] if column else self.columns.get(table, [None]))
        self.functions = {}
        for name, owner, definer, trigger, volatile, role in rows(FUNCTIONS):
            entry = self.functions.setdefault(name, [owner, definer, trigger, volatile, set()])
            if role:
                entry[4].add(role)

    def of(self, role, table):
        found = []
        for privilege in ("select", "insert", "update", "delete", "truncate", "references", "trigger", "usage"):
            columns = self.granted.get((role, table, privilege))
            if columns:
                every = columns >= set(self.columns.get(table, [None]))
                found.append(privilege if every else f"{privilege} ({' '.join(c for c in self.columns[table] if c in columns)})")
        return found

    def page(self):
        out = ["# Who may do what in the database. Written by grants_test.py with BIMA_GOLDEN=write; read what changes.",
               "# bima_owner owns all of it and logs in nowhere. A table, view or function without a role is used by nobody but the owner.", ""]
        kinds = {"r": "table", "p": "table", "v": "view", "m": "view", "S": "sequence"}
        others = sorted({role for role, _, _ in self.granted} - set(ROLES))
        for table, kind, whose in self.relations:
            lines = [(role, self.of(role, table)) for role in (*ROLES, *others)]
            if kind == "S" and not any(rights for _, rights in lines):
                continue
            out.append(f"{kinds[kind]} {table} {whose}".rstrip())
            out += [f"    {role:14}{right}" for role, rights in lines for right in rights]
        out.append("")
        for name, (owner, definer, trigger, _, roles) in sorted(self.functions.items()):
            if roles or (definer and not trigger):
                runs = f" as {owner}" if definer else ""
                out.append(f"function {name}{runs}: {' '.join(sorted(roles)) or '-'}")
        return "\n".join(out) + "\n"


def code_of(cur, sql):
    """The SQLSTATE of a refusal, or None."""
    try:
        cur.execute(sql)
        return None
    except psycopg2.Error as error:
        return error.pgcode


class Grants(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rights = Rights()
        cls.tables = [name for name, kind, _ in cls.rights.relations if kind in "rpvm"]
        cls.business = {name for name, _, whose in cls.rights.relations if whose == "of companies"}
        for company in (SIMBA, TWIGA):
            with Work(company) as w:
                w.sold()

    def test_who_may_what_is_what_the_golden_file_says(self):
        self.maxDiff = None
        page = self.rights.page()
        if os.environ.get("BIMA_GOLDEN") == "write":
            with open(GOLDEN, "w") as out:
                out.write(page)
        with open(GOLDEN) as golden:
            self.assertEqual(page, golden.read(), "golden/grants.txt: read the difference, then BIMA_GOLDEN=write")

    def as_role(self, role):
        """A connection that nothing of it outlives; a role without login is taken by SET ROLE."""
        pg = connect(role if role in LOGINS else "bima_boot")
        pg.autocommit = True
        cur = pg.cursor()
        if role not in LOGINS:
            cur.execute(f"set role {role}")
        cur.execute("select set_config('app.tenant_id', %s, false)", (str(SIMBA.id),))  # else plans fail before rights are asked
        self.addCleanup(pg.close)
        return cur

    def test_every_role_is_refused_every_column_it_was_not_given(self):
        """Asks for every table and column; explain checks rights as running would, and changes nothing."""
        refused = 0
        for role in ROLES:
            cur = self.as_role(role)
            for table in self.tables:
                for privilege, statement in (("select", "explain select {c} from app.{t}"),
                                             ("insert", "explain insert into app.{t} ({c}) values (default)"),
                                             ("update", "explain update app.{t} set {c} = default")):
                    allowed = self.rights.granted.get((role, table, privilege), set())
                    for column in self.rights.columns[table]:
                        code = code_of(cur, statement.format(t=table, c=column))
                        if column in allowed:
                            self.assertNotEqual(code, "42501", f"{role} {privilege} {table}.{column}")
                        else:
                            # what a view can't take at all (55000, 0A000, 428C9) is no right either
                            self.assertIn(code, ("42501", "55000", "0A000", "428C9", "42809"), f"{role} {privilege} {table}.{column}")
                            refused += 1
                for statement, privilege in (("explain delete from app.{t}", "delete"), ("truncate app.{t}", "truncate"),
                                             ("alter table app.{t} disable row level security", None), ("drop table app.{t}", None)):
                    if (role, table, privilege) not in self.rights.granted:
                        self.assertIn(code_of(cur, statement.format(t=table)), ("42501", "55000", "0A000", "42809"), f"{role}: {statement} {table}")
        self.assertGreater(refused, 2000)

    def test_every_role_is_refused_every_function_it_was_not_given(self):
        refused = 0
        for role in ROLES:
            cur = self.as_role(role)
            for name, (owner, _, trigger, volatile, allowed) in self.rights.functions.items():
                if trigger or role in allowed or role == owner:
                    continue
                self.assertFalse(rows("select has_function_privilege(%s, %s, 'execute')", (role, name))[0][0], f"{role} {name}")
                if volatile == "i":
                    continue  # called with nothing it is worked out beforehand
                types = re.fullmatch(r"[^(]+\((.*)\)", name)[1]
                arguments = ", ".join(f"null::{t}" for t in types.split(",") if t)
                self.assertEqual(code_of(cur, f"explain select {name.split('(')[0]}({arguments})"), "42501", f"{role} {name}")
                refused += 1
        self.assertGreater(refused, 100)

    def test_no_role_makes_roles_objects_or_becomes_another(self):
        for role in LOGINS:
            cur = self.as_role(role)
            for statement in ("create role intruder", "create table app.mine (n int)", "create table public.mine (n int)",
                              "create function app.mine() returns int language sql as 'select 1'", "create temporary table mine (n int)",
                              "alter role bima_worker bypassrls", "set session authorization bima_owner", "create extension dblink",
                              "copy (select 1) to program 'true'", "select pg_read_file('/etc/passwd')", "select * from pg_authid",
                              "create schema mine",
                              *[f"set role {other}" for other in ("bima_owner", "bima_search", "bima_boot", *LOGINS) if other != role]):
                self.assertEqual(code_of(cur, statement), "42501", f"{role}: {statement}")

    def test_the_owner_and_the_look_ups_log_in_nowhere(self):
        for role in ("bima_owner", "bima_search"):
            with self.assertRaisesRegex(psycopg2.OperationalError, "not permitted to log in"):
                connect(role)

    # -- companies and the platform ----------------------------------------------------------------------------------

    def test_the_platform_has_no_right_to_any_table_of_business(self):
        self.assertGreaterEqual(len(self.business), 19)
        self.assertLessEqual({"customer", "vehicle", "policy", "term", "cover", "receipt", "certificate", "ownership"}, self.business)
        for table in self.business:
            self.assertEqual(self.rights.of("bima_platform", table), [], table)

    def test_business_can_not_be_written_down_for_the_platform(self):
        """A row of tenant 0 is refused by the table itself, whoever writes it."""
        with boot() as cur:
            for table in sorted(self.business):
                cur.execute("savepoint s")
                cur.execute(f"alter table app.{table} disable trigger user")
                cur.execute(f"update app.{table} set tenant_id = tenant_id where false")
                try:
                    cur.execute(f"update app.{table} set tenant_id = 0 where ctid = (select ctid from app.{table} limit 1)")
                    self.assertEqual(cur.rowcount, 0, table)  # only an empty table says nothing
                except psycopg2.Error as error:
                    self.assertIn(error.diag.constraint_name, ("no_platform_business",) if error.pgcode == "23514" else (error.diag.constraint_name,))
                    self.assertIn(error.pgcode, ("23514", "23503", "428C9"), table)
                cur.execute("rollback to savepoint s")

    def enters(self, role, tenant, user, session):
        cur = self.as_role(role)
        cur.execute("select count(*) from app.enter(%s, %s, %s, '', '', '', '', '')", (tenant, user, session))
        return cur.fetchone()[0]

    def test_each_side_enters_its_own_tenants_alone(self):
        amina = SIMBA.users["amina"]
        with boot() as cur:
            root = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, 'proof', 'Proof', r.id, b.id"
                            " from app.role r, app.branch b where r.tenant_id = 0 and r.code = 'super_admin' and b.tenant_id = 0 returning id")
            token = one(cur, "select 4711000 + %s", (root,))
            one(cur, "select app.open_session(0, %s, %s, 2, 'password', '', '')", (root, token))
        self.assertEqual(self.enters("bima_worker", SIMBA.id, amina, amina), 1)
        self.assertEqual(self.enters("bima_platform", 0, root, token), 1)
        self.assertEqual(self.enters("bima_worker", 0, root, token), 0)
        self.assertEqual(self.enters("bima_platform", SIMBA.id, amina, amina), 0)
        # nor with a mixture of both
        for role in ("bima_worker", "bima_platform"):
            for mixed in ((SIMBA.id, root, token), (0, amina, amina), (SIMBA.id, amina, token), (0, root, amina), (TWIGA.id, amina, amina)):
                self.assertEqual(self.enters(role, *mixed), 0, mixed)

    def test_a_platform_that_forges_its_settings_still_sees_tenant_0_alone(self):
        cur = self.as_role("bima_platform")
        pg = cur.connection
        pg.autocommit = False
        for setting, value in (("app.tenant_id", SIMBA.id), ("app.user_id", SIMBA.users["amina"]), ("app.sees_users", "yes"), ("app.scope", "")):
            cur.execute("select set_config(%s, %s, true)", (setting, str(value)))
        seen = 0
        for table in self.tables:
            columns = self.rights.granted.get(("bima_platform", table, "select"))
            tenant = "tenant_id" if "tenant_id" in self.rights.columns[table] else "id"
            if not columns or tenant not in columns:
                continue
            cur.execute("savepoint s")
            try:
                cur.execute(f"select count(*) from app.{table} where {tenant} <> 0")
                self.assertEqual(cur.fetchone()[0], 0, table)
                seen += 1
            except psycopg2.Error as error:
                self.assertEqual(error.pgcode, "42501", table)
            cur.execute("rollback to savepoint s")
        self.assertGreater(seen, 8)

    def test_no_role_reaches_across_by_forged_settings_and_functions_of_the_owner(self):
        """A definer function acts where the setting says; the roles of the other side must get nothing of it."""
        with boot() as cur:
            root = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, 'forged', 'Forged', r.id, b.id"
                            " from app.role r, app.branch b where r.tenant_id = 0 and r.code = 'super_admin' and b.tenant_id = 0 returning id")
            one(cur, "select app.open_session(0, %s, %s, 2, 'password', '', '')", (root, 990000 + root))
        state = ("select (select md5(string_agg(u::text, '' order by id)) from app.user_account u), (select md5(string_agg(s::text, '' order by id))"
                 " from app.session s), (select count(*) from app.enrol_token), (select count(*) from app.user_factor)")
        before, tried = rows(state), 0
        for role, tenant, user in (("bima_platform", SIMBA.id, SIMBA.users["amina"]), ("bima_worker", 0, root)):
            cur = self.as_role(role)
            for asker in (user, SIMBA.users["neema"]):
                for statement in ("app.user_token({u}, '\\x" + "00" * 32 + "', 2)", "app.user_token({u}, '\\x" + "00" * 32 + "', 1)",
                                  "app.own_password('$argon2id$forged')", "app.own_factor('\\x00')", "app.user_drop_factor({u})",
                                  "app.user_unlock({u})", "app.end_sessions({u})", "app.own_recovery(1, array['00'])",
                                  "app.open_session({t}, {u}, 77, 2, 'password', '', '')", "app.sign_in({t}, {u}, 78, 'password', null, '', '')",
                                  "app.code_right({t}, {u}, 79, '\\x00')"):
                    for name, value in (("tenant_id", tenant), ("user_id", asker), ("sees_users", "yes"), ("actor", "forged")):
                        cur.execute("select set_config(%s, %s, false)", (f"app.{name}", str(value)))
                    code_of(cur, "select " + statement.format(u=user, t=tenant))
                    tried += 1
        self.assertEqual(rows(state), before)
        self.assertGreater(tried, 40)
        # on its own side the same does something; it is taken back, amina works on in other tests
        cur = self.as_role("bima_worker")
        cur.connection.autocommit = False
        for name, value in (("tenant_id", SIMBA.id), ("user_id", SIMBA.users["neema"]), ("sees_users", "yes")):
            cur.execute("select set_config(%s, %s, false)", (f"app.{name}", str(value)))
        cur.execute("select app.user_token(%s, decode(repeat('00', 32), 'hex'), 2)", (SIMBA.users["amina"],))
        cur.execute("select count(*) from app.session where user_id = %s and state < 4", (SIMBA.users["amina"],))
        self.assertEqual(cur.fetchone()[0], 0)

    def test_a_worker_that_says_it_is_the_platform_sees_none_of_its_rows(self):
        cur = self.as_role("bima_worker")
        cur.execute("select set_config('app.tenant_id', '0', false), set_config('app.scope', '', false), set_config('app.sees_users', 'yes', false)")
        seen = 0
        for table in self.tables:
            tenant = "id" if table == "tenant" else "tenant_id"
            if tenant in self.rights.granted.get(("bima_worker", table, "select"), ()):
                cur.execute(f"select count(*) from app.{table} where {tenant} = 0")
                self.assertEqual(cur.fetchone()[0], 0, table)
                seen += 1
        self.assertGreater(seen, 25)
        self.assertEqual(code_of(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) values (0, 'in', 'In', 1, 1)"), "42501")

    def test_settings_bind_a_companys_worker_only_as_far_as_it_sets_them_itself(self):
        """The line of trust. Row-level security compares with settings of the transaction, and who speaks SQL as bima_worker
        can set them: a worker process that is taken over reads every company, though nothing of the platform, no secret of a
        session or an account, and rewrites no history. Requests can't: they reach the database as parameters of statements
        built from the catalog, and the role logs in from the service's own account over its own socket alone."""
        cur = self.as_role("bima_worker")
        pg = cur.connection
        pg.autocommit = False
        cur.execute("select set_config('app.tenant_id', %s, true), set_config('app.scope', '', true)", (str(TWIGA.id),))
        cur.execute("select count(*) > 0 from app.customer where tenant_id = %s", (TWIGA.id,))
        self.assertTrue(cur.fetchone()[0])
        for statement in ("select token from app.session", "select password_hash from app.user_account where password_hash is null",
                          "update app.history set reason = 'never'", "delete from app.history", "update app.audit set detail = 'never'",
                          "delete from app.audit", "delete from app.customer", "update app.session set token = 1", "update app.session set state = 2",
                          "update app.session set user_id = 1"):
            cur.execute("savepoint s")
            code = code_of(cur, statement)
            cur.execute("rollback to savepoint s")
            if statement.startswith("select password_hash") and code is None:
                continue  # the verifier of a password is compared in the worker
            self.assertEqual(code, "42501", statement)

    def test_history_and_audit_are_rewritten_by_nobody_not_even_their_owner(self):
        for table in ("history", "audit", "sealed", "checkpoint"):
            for role in (*ROLES, "bima_owner"):
                cur = self.as_role(role)
                for statement in ("update app.{t} set tenant_id = tenant_id", "delete from app.{t}", "truncate app.{t}"):
                    self.assertEqual(code_of(cur, statement.format(t=table)), "42501", f"{role}: {statement} {table}")
            # and whoever may do everything is told no by a trigger
            with self.refused("42501"), boot() as cur:
                cur.execute(f"truncate app.{table}")

    def test_the_secret_of_a_session_is_read_by_no_role_that_logs_in(self):
        for role in LOGINS:
            self.assertEqual(code_of(self.as_role(role), "select token from app.session"), "42501", role)
            self.assertEqual(code_of(self.as_role(role), "select * from app.session"), "42501", role)

    # -- keys --------------------------------------------------------------------------------------------------------

    def test_keys_that_do_not_begin_with_the_tenant_are_these(self):
        found = rows("select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid"
                     " join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where c.relnamespace = 'app'::regnamespace"
                     " and (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) is distinct from 'tenant_id'"
                     " order by 1")
        unique = {"tenant_domain_pkey", "session_by_token"}     # a domain is one company's; a session's secret is drawn at random
        by_time = {"idempotency_by_age", "audit_by_xid", "audit_by_at", "history_by_xid", "outbox_by_xid"}  # what jobs walk over, company after company
        self.assertEqual({name.removeprefix("app.") for (name,) in found} - unique - by_time, set())

    FOREIGN = """
      select k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
             (select array_agg(a.attname::text order by o) from unnest(k.conkey) with ordinality as x(n, o)
                join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.n),
             (select array_agg(a.attname::text order by o) from unnest(k.confkey) with ordinality as x(n, o)
                join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.n)
        from pg_constraint k where k.contype = 'f' and k.connamespace = 'app'::regnamespace order by 1"""

    def test_no_foreign_key_crosses_tenants(self):
        """Every one has the tenant on both sides; then each is tried with a row of the other company, triggers of ours off."""
        tried, keys = 0, rows(self.FOREIGN)
        self.assertGreater(len(keys), 30)
        for name, child, parent, columns, targets in keys:
            if parent == "app.tenant":
                self.assertIn((columns, targets), ((["tenant_id"], ["id"]), (["company_id"], ["id"])), name)
                continue
            self.assertEqual((columns[0], targets[0]), ("tenant_id", "tenant_id"), name)
            if len(columns) == 2:
                tried += self.crosses(name, child, parent, columns[1], targets[1])
        self.assertGreater(tried, 20)

    def crosses(self, name, child, parent, column, target):
        pg = connect("bima_boot")
        try:
            cur = pg.cursor()
            # one that is theirs alone: generations of keys count from 1 in every company
            cur.execute(f"select {target} from {parent} p where tenant_id = %s and not exists (select from {parent} o where o.tenant_id = %s "
                        f"and o.{target} = p.{target}) limit 1", (TWIGA.id, SIMBA.id))
            theirs = cur.fetchone()
            cur.execute(f"alter table {child} disable trigger user")
            cur.execute("set constraints all immediate")
            if not theirs:
                return 0
            try:
                cur.execute(f"update {child} set {column} = %s where ctid = (select ctid from {child} where tenant_id = %s limit 1)",
                            (theirs[0], SIMBA.id))
            except psycopg2.errors.ForeignKeyViolation:
                return 1
            except psycopg2.errors.IntegrityError:
                return 0  # another rule was quicker
            self.assertEqual(cur.rowcount, 0, f"{name}: {child}.{column} took a row of another company")
            return 0
        finally:
            pg.rollback()
            pg.close()


if __name__ == "__main__":
    unittest.main()
