"""What every object of the schema must be, read from PostgreSQL's own catalog."""

import unittest

from world import boot, one


class Conformance(unittest.TestCase):
    def none(self, sql):
        with boot() as cur:
            cur.execute(sql)
            self.assertEqual(cur.fetchall(), [])

    def test_every_table_forces_row_level_security(self):
        self.none("select relname from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'p') "
                  "and not (relrowsecurity and relforcerowsecurity)")

    def test_every_table_of_a_tenant_is_compared_with_the_setting_by_bare_expression(self):
        self.none("select c.relname from pg_class c where relnamespace = 'app'::regnamespace and relkind = 'r' "
                  "and relname not in ('installation', 'seal_state') and not exists (select from pg_policy p where p.polrelid = c.oid "
                  "and p.polname = 'own_tenant' and pg_get_expr(p.polqual, p.polrelid) = "
                  "case c.relname when 'tenant' then '(id' else '(tenant_id' end || "
                  "' = (current_setting(''app.tenant_id''::text))::integer)' "
                  "and pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))")

    def test_every_key_and_index_begins_with_the_tenant(self):
        self.none("select i.indexrelid::regclass from pg_index i join pg_class c on c.oid = i.indrelid "
                  "where c.relnamespace = 'app'::regnamespace and c.relname not in ('tenant', 'tenant_domain', 'installation', 'seal_state') "
                  "and i.indexrelid::regclass::text not in ('app.idempotency_by_age', 'app.session_by_token', 'app.audit_by_at', "
                  "'app.audit_by_xid', 'app.history_by_xid', 'app.outbox_by_xid') "
                  "and (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) is distinct from 'tenant_id'")

    def test_public_has_no_rights(self):
        self.none("select relname from pg_class c, aclexplode(c.relacl) a where relnamespace = 'app'::regnamespace and a.grantee = 0")
        self.none("select proname from pg_proc p where pronamespace = 'app'::regnamespace "
                  "and (proacl is null or exists (select from aclexplode(proacl) a where a.grantee = 0))")
        self.none("select nspname from pg_namespace n, aclexplode(n.nspacl) a where nspname = 'app' and a.grantee = 0")

    def test_the_servers_roles_own_and_bypass_nothing(self):
        self.none("select rolname from pg_roles where rolname in ('bima_owner', 'bima_worker', 'bima_jobs', 'bima_platform', 'bima_search') "
                  "and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)")
        self.none("select relname from pg_class where relowner in ('bima_worker'::regrole, 'bima_jobs'::regrole, 'bima_platform'::regrole)")
        self.none("select relname from pg_class where relnamespace = 'app'::regnamespace and relowner <> 'bima_owner'::regrole")
        self.none("select roleid::regrole from pg_auth_members where member in ('bima_worker'::regrole, 'bima_jobs'::regrole, 'bima_platform'::regrole)")

    def test_deletes_are_granted_only_where_records_are_derived_or_forgotten(self):
        with boot() as cur:
            cur.execute("select c.relname, a.grantee::regrole::text from pg_class c, aclexplode(c.relacl) a where "
                        "relnamespace = 'app'::regnamespace and a.privilege_type in ('DELETE', 'TRUNCATE') "
                        "and a.grantee <> 'bima_owner'::regrole order by 1, 2")
            self.assertEqual(cur.fetchall(), [("idempotency", "bima_jobs"), ("search_token", "bima_worker"),
                                              ("search_word", "bima_worker"), ("sign_in_failure", "bima_search")])

    def test_functions_fix_their_search_path(self):
        self.none("select proname from pg_proc where pronamespace = 'app'::regnamespace "
                  "and not exists (select from unnest(proconfig) as s where s like 'search_path=%pg_temp')"
                  " and (prosecdef or prosqlbody is null)")  # a body's names were looked up when it was made

    def test_views_run_as_who_asks_but_those_through_which_the_platform_sees_companies(self):
        platform = "relname in ('company', 'company_domain', 'company_health', 'compliance', 'platform_audit')"
        self.none("select relname from pg_class where relnamespace = 'app'::regnamespace and relkind in ('v', 'm') "
                  f"and coalesce(array_to_string(reloptions, ','), '') not like '%security_invoker=true%' and not {platform}")
        self.none("select relname from pg_class c where relnamespace = 'app'::regnamespace and relkind = 'v' "
                  f"and {platform} and (pg_get_viewdef(c.oid) not like '%current_setting(''app.tenant_id''::text, true) = ''0''::text%' "
                  "or exists (select from aclexplode(c.relacl) a where a.grantee not in ('bima_owner'::regrole, 'bima_platform'::regrole)))")

    def test_every_record_has_versions_history_and_a_keyed_id(self):
        self.none("select c.relname from pg_class c where relnamespace = 'app'::regnamespace and relkind = 'r' and exists "
                  "(select from pg_attribute where attrelid = c.oid and attname = 'version') "
                  # a tenant's changes are kept as those of its settings; sessions come and go, and stand in the audit
                  "and relname not in ('tenant', 'session') and (select count(*) from pg_trigger t "
                  "where t.tgrelid = c.oid and t.tgname in ('a_first_version', 'a_bump_version', 'c_history', 'never_deleted', "
                  "'never_emptied') and t.tgenabled = 'O') <> 5")
        self.none("select c.relname from pg_class c where relnamespace = 'app'::regnamespace and relkind = 'r' and relname <> 'tenant' and exists "
                  "(select from pg_attribute where attrelid = c.oid and attname = 'version') and not exists (select from pg_attrdef d "
                  "where d.adrelid = c.oid and pg_get_expr(d.adbin, d.adrelid) like 'app.new_id(%')")

    def test_ids_are_a_permutation_that_says_nothing_about_its_order(self):
        with boot() as cur:
            keys = one(cur, "select id_key from app.installation")
            cur.execute("select app.permute(n, 1, %s) from generate_series(1, 20000) n", (keys,))
            ids = [row[0] for row in cur.fetchall()]
            cur.execute("select app.permute(n, 2, %s) from generate_series(1, 20000) n", (keys,))
            others = [row[0] for row in cur.fetchall()]
        self.assertEqual(len(set(ids)), 20000)
        self.assertTrue(all(0 <= i < 2**32 for i in ids))
        self.assertLess(len(set(ids) & set(others)), 10)
        rising = sum(a < b for a, b in zip(ids, ids[1:]))
        self.assertTrue(9400 < rising < 10600, rising)


if __name__ == "__main__":
    unittest.main()
