"""The demo data keep every rule, are the same for one seed, and leave the database ready for business."""

import base64
import os
import subprocess
import tempfile
import unittest

import nacl.exceptions
import nacl.pwhash
import nacl.signing
import psycopg2

from world import CLUSTER, one

BIMACTL = os.environ["BIMACTL"]
TODAY = "2026-03-01"


class Installation:
    """A cluster of its own with the demo companies in it."""

    def __init__(self, seed, superuser=True, filled=True):
        self.folder = tempfile.mkdtemp(prefix="bd", dir="/tmp")
        out = subprocess.run([CLUSTER, "start", self.folder], check=True, stdout=subprocess.PIPE, text=True)
        self.conninfo = out.stdout.strip()
        state = os.path.join(self.folder, "state")
        os.mkdir(state, 0o755)
        self.config = os.path.join(self.folder, "bimad.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(f"conninfo = {self.conninfo}\nstate_dir = {state}\nrun_dir = {state}\nuser = postgres\ntoday = {TODAY}\n")
        self.passwords = os.path.join(state, "passwords")
        self.ctl("init")
        self.ctl("migrate")
        if not superuser:
            self.become_keeper()
        if filled:
            self.said = self.ctl("demo", "--customers", "250", "--seed", str(seed), "--passwords", self.passwords)

    def become_keeper(self):
        """From now on bimactl works as a role that owns the schema and is no superuser."""
        pg = psycopg2.connect(self.conninfo)
        with pg, pg.cursor() as cur:
            cur.execute("create role keeper login; grant bima_owner to keeper; grant usage on schema meta to keeper; "
                        "grant select on all tables in schema meta to keeper")
        pg.close()
        with open(self.config, encoding="utf-8") as f:
            text = f.read()
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(text.replace("user=bima_boot", "user=keeper"))

    def ctl(self, *words, code=0):
        done = subprocess.run([BIMACTL, "--config", self.config, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != code:
            raise AssertionError(f"{words}: {done.returncode}: {done.stderr}")
        return done.stdout

    def ask(self, sql):
        pg = psycopg2.connect(self.conninfo)
        try:
            with pg, pg.cursor() as cur:
                cur.execute(sql)
                return cur.fetchall()
        finally:
            pg.close()

    def stop(self):
        subprocess.run([CLUSTER, "stop", self.folder], check=False)


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.first = Installation(7)
        cls.addClassCleanup(cls.first.stop)

    def test_no_rule_is_broken(self):
        self.assertEqual(self.first.ask("select v.* from app.tenant t, app.find_violations(t.id) v"), [])

    def test_policies_are_in_every_state_and_have_a_past(self):
        self.assertEqual(self.first.ask("select distinct state from app.policy order by 1"), [(n,) for n in range(1, 9)])
        self.assertEqual(self.first.ask("select distinct state from app.receipt order by 1"), [(n,) for n in range(1, 5)])
        self.assertGreater(self.first.ask("select max(seq) from app.term")[0][0], 2)
        insured, vehicles, customers = self.first.ask("select (select count(distinct vehicle_id) from app.policy), (select count(*) from "
                                                      "app.vehicle), (select count(*) from app.customer)")[0]
        self.assertEqual(customers, 250)
        self.assertTrue(0.84 < insured / vehicles < 0.96, insured / vehicles)
        self.assertTrue(1.1 < vehicles / customers < 1.4, vehicles / customers)

    def test_home_has_something_to_show(self):
        for tenant in (1, 2):
            due = dict(self.first.ask(f"select kind, sum(n) from app.due_count where tenant_id = {tenant} and due_date between "
                                      f"'{TODAY}' and date '{TODAY}' + 30 group by kind"))
            self.assertGreater(due[1], 0)
            self.assertGreater(due[2], 0)
            self.assertNotEqual(self.first.ask(f"select 1 from app.due_item where tenant_id = {tenant} and kind = 1 and is_open "
                                               f"and due_date = '{TODAY}'"), [])
            self.assertNotEqual(self.first.ask(f"select 1 from app.receipt where tenant_id = {tenant} and state = 1"), [])
            self.assertNotEqual(self.first.ask(f"select 1 from app.day_figure where tenant_id = {tenant} and day = '{TODAY}'"), [])

    def test_each_company_has_a_fleet_that_is_paid_and_covered(self):
        self.assertEqual(self.first.ask("select p.tenant_id, p.state, count(*), bool_and(c.in_force), sum(l.total) = max(t.total), max(t.paid) = max(t.total)"
                                        " from app.policy p join app.term t on t.policy_id = p.id join app.term_vehicle l on l.term_id = t.id"
                                        " join app.cover c on c.term_id = t.id and c.vehicle_id = l.vehicle_id join app.certificate k on k.cover_id = c.id"
                                        " where p.vehicle_id is null group by 1, 2 order by 1"),
                         [(1, 4, 5, True, True, True), (2, 4, 5, True, True, True)])

    def test_numbers_follow_the_pattern_and_the_days(self):
        for table, form in (("policy", "{0}/{1}/{2:06}"), ("receipt", "R/{0}/{1}/{2:06}"), ("certificate", "C/{0}/{1}/{2:06}")):
            rows = self.first.ask(f"select b.tenant_id, b.code, extract(year from r.created_at + interval '3 hours')::int, r.number from "
                                  f"app.{table} r join app.policy p on p.id = {'r.id' if table == 'policy' else 'r.policy_id'} "
                                  f"join app.branch b on b.id = p.branch_id order by r.created_at, r.number")
            given = {}
            for tenant, branch, year, number in rows:
                given[tenant, branch, year] = given.get((tenant, branch, year), 0) + 1
                self.assertEqual(number, form.format(branch, year, given[tenant, branch, year]))

    def test_everybody_who_got_a_password_can_sign_in_with_it(self):
        with open(self.first.passwords, encoding="utf-8") as f:
            words = [line.split() for line in f]
        for login, password in words:
            name, domain = login.split("@")
            hashed, refusal = self.first.ask(f"select password_hash, refusal from app.login('{name}', '{domain}', '', '')")[0]
            self.assertIsNone(refusal)
            self.assertTrue(nacl.pwhash.verify(hashed.encode(), password.encode()))
            with self.assertRaises(nacl.exceptions.InvalidkeyError):
                nacl.pwhash.verify(hashed.encode(), password.upper().encode())

    def test_certificates_are_genuine(self):
        key = nacl.signing.VerifyKey(bytes.fromhex(self.first.ctl("certificate-key").strip()))
        for number, payload in self.first.ask("select number, payload from app.certificate order by id limit 200"):
            mark, facts, seal = payload.split(".")
            key.verify(f"{mark}.{facts}".encode(), base64.urlsafe_b64decode(seal + "=="))
            self.assertIn(number.encode(), base64.urlsafe_b64decode(facts + "=" * (-len(facts) % 4)))

    def test_ids_are_those_the_database_would_have_given(self):
        for table, number in (("customer", 1), ("vehicle", 2), ("policy", 6), ("term", 7), ("receipt", 9)):
            self.assertEqual(self.first.ask(
                f"select count(*) from app.{table} where id not in (select app.permute(n, {number}, i.id_key) from app.installation i, "
                f"generate_series(1, (select last_value from app.{table}_seq)) n)"), [(0,)], table)

    def test_what_is_personal_is_sealed_under_a_key_of_its_own(self):
        self.assertEqual(self.first.ask("select count(*) from app.customer c where octet_length(personal_sealed) < 100 or not exists "
                                        "(select from app.person_key k where k.customer_id = c.id and octet_length(wrapped) = 77)"), [(0,)])
        self.assertEqual(self.first.ask("select count(distinct wrapped), count(distinct customer_id) from app.person_key"), [(250, 250)])
        self.assertEqual(self.first.ask("select count(*) from app.customer where id_key !~ '^[0-9a-f]{32}$' or birth_key !~ '^[0-9a-f]{32}$'"),
                         [(0,)])
        self.assertEqual(self.first.ask("select count(*) from app.history h join app.customer c on c.id = h.row_id where tbl = 'customer' "
                                        "and (h.after::text like '%' || c.name || '%' or h.after ? 'phone_key' or h.after ? 'id_key')"), [(0,)])

    def test_plates_are_of_the_country(self):
        self.assertEqual(self.first.ask(
            "select count(*) from app.vehicle v where plate_key is not null and not exists (select from app.plate_pattern p "
            "where p.tenant_id = v.tenant_id and v.plate_key ~ p.pattern and coalesce(p.vehicle_type_id, v.vehicle_type_id) = "
            "v.vehicle_type_id)"), [(0,)])

    def test_every_record_has_its_beginning_in_the_history_and_can_be_found(self):
        for table in ("customer", "vehicle", "ownership", "policy", "term", "cover", "receipt", "certificate", "term_vehicle"):
            self.assertEqual(self.first.ask(f"select count(*) from app.{table} r where not exists (select from app.history h where "
                                            f"h.tenant_id = r.tenant_id and h.tbl = '{table}' and h.row_id = r.id and op = 'I')"),
                             [(0,)], table)
        for table, number in (("customer", 1), ("vehicle", 2), ("policy", 6), ("receipt", 9), ("certificate", 10)):
            self.assertEqual(self.first.ask(f"select count(*) from app.{table} r where not exists (select from app.search_token s where "
                                            f"s.tenant_id = r.tenant_id and s.entity = {number} and s.row_id = r.id)"), [(0,)], table)

    def test_passwords_are_kept_for_the_owners_eyes_and_shown_once(self):
        self.assertEqual(os.stat(self.first.passwords).st_mode & 0o777, 0o600)
        with open(self.first.passwords, encoding="utf-8") as f:
            lines = f.read().split("\n")[:-1]
        logins = {line.split()[0] for line in lines}
        self.assertLessEqual({f"{u}@simba.co.tz" for u in ("amina", "juma", "neema", "admin")}, logins)
        self.assertLessEqual({f"{u}@twiga.co.tz" for u in ("asha", "baraka", "zawadi", "admin")}, logins)
        for line in lines:
            self.assertIn(line, self.first.said)

    def test_a_second_time_changes_nothing(self):
        before = self.first.ask("select count(*) from app.history")
        self.first.ctl("demo", "--customers", "250", "--passwords", self.first.passwords + "2", code=73)
        self.assertEqual(self.first.ask("select count(*) from app.history"), before)

    def test_business_goes_on_where_the_demo_stopped(self):
        pg = psycopg2.connect(self.first.conninfo)
        try:
            with pg, pg.cursor() as cur:
                tenant, user, branch = self.first.ask("select u.tenant_id, u.id, u.branch_id from app.user_account u "
                                                      "join app.tenant t on t.id = u.tenant_id where login = 'amina'")[0]
                cur.execute("set local role bima_worker")
                cur.execute("select app.open_session(%s, %s, %s, 2, 'password', '', '')", (tenant, user, user))
                cur.execute("select * from app.enter(%s, %s, %s, null, null, null, null, null, %s)", (tenant, user, user, TODAY))
                number = one(cur, "select max(serial) + 1 from app.receipt where branch_id = %s and year = 2026", (branch,))
                self.assertEqual(one(cur, "select app.next_number('receipt', %s, 2026)", (branch,)), number)
                for _ in range(50):
                    cur.execute("insert into app.customer (tenant_id, kind, name, phone, phone_key, branch_id, personal_sealed) "
                                "values (%s, 1, 'New', '1', '255700000000', %s, 'x')", (tenant, branch))
                raise InterruptedError
        except InterruptedError:
            pass
        finally:
            pg.close()

    def test_the_same_seed_gives_the_same_business(self):
        again = Installation(7)
        other = Installation(8)
        said = ("select md5(string_agg(concat_ws('|', c.name, c.phone_key, v.plate_key, v.chassis_key, p.number, "
                "p.state, p.start_date, t.seq, t.total, t.paid), E'\\n' order by c.created_at, c.name, v.chassis_key, p.number, t.seq)) "
                "from app.customer c left join app.vehicle v on v.owner_id = c.id left join app.policy p on p.vehicle_id = v.id "
                "left join app.term t on t.policy_id = p.id")
        try:
            self.assertEqual(self.first.ask(said), again.ask(said))
            self.assertNotEqual(self.first.ask(said), other.ask(said))
        finally:
            again.stop()
            other.stop()


class Keeper(unittest.TestCase):
    def test_an_owner_without_superuser_rights_fills_them_too_and_leaves_the_guards_up(self):
        place = Installation(7, superuser=False)
        try:
            self.assertEqual(place.ask("select v.* from app.tenant t, app.find_violations(t.id) v"), [])
            self.assertEqual(place.ask("select count(*) from pg_trigger where tgenabled <> 'O'"), [(0,)])
            self.assertEqual(place.ask("select count(*) from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' "
                                       "and not (relrowsecurity and relforcerowsecurity)"), [(0,)])
        finally:
            place.stop()


class Large(unittest.TestCase):
    """From ten thousand customers on a second process loads the records."""

    def test_all_of_it_or_nothing(self):
        shape = "select (select count(*) from pg_indexes where schemaname = 'app'), (select count(*) from pg_constraint)"
        place = Installation(7, filled=False)
        try:
            before = place.ask(shape)
            pg = psycopg2.connect(place.conninfo)
            with pg, pg.cursor() as cur:
                cur.execute("alter function app.rebuild_figures(int) rename to put_away")
            place.ctl("demo", "--customers", "10000", "--passwords", place.passwords, code=70)
            for table in ("tenant_domain", "customer", "vehicle", "receipt", "certificate", "history", "search_token", "counter"):
                self.assertEqual(place.ask(f"select count(*) from app.{table} where tenant_id > 0"), [(0,)], table)
            self.assertEqual(sorted(os.listdir(os.path.dirname(place.passwords))), ["master_key", "signing_key"])
            with pg, pg.cursor() as cur:
                cur.execute("alter function app.put_away(int) rename to rebuild_figures")
            pg.close()
            place.ctl("demo", "--customers", "10000", "--passwords", place.passwords)
            self.assertEqual(place.ask(shape), before)
            self.assertEqual(place.ask("select count(*) from app.customer"), [(10000,)])
            self.assertEqual(place.ask("select v.* from app.tenant t, app.find_violations(t.id) v"), [])
        finally:
            place.stop()


class Bimactl(unittest.TestCase):
    def test_makes_a_company_once_and_resets_a_password(self):
        place = Installation(9)
        try:
            said = dict(line.split("=", 1) for line in place.ctl("company", "add", "XY", "Xylo", "--domain", "xylo.co.tz").splitlines())
            self.assertEqual(said["login"], "admin@xylo.co.tz")
            place.ctl("company", "add", "XY", "Xylo", "--domain", "xylo.co.tz", code=73)
            place.ctl("company", "add", "XZ", "Xylo", "--domain", "xylo.co.tz", code=73)
            new = dict(line.split("=", 1) for line in place.ctl("user", "token", "admin@xylo.co.tz").splitlines())
            self.assertEqual(new["login"], "admin@xylo.co.tz")
            self.assertNotEqual(new["token"], said.get("password"))
            after = place.ask("select password_hash, must_change_password from app.user_account where login = 'admin' and tenant_id = "
                              "(select id from app.tenant where code = 'XY')")
            self.assertEqual(after, [(None, True)])
            self.assertEqual(place.ask("select distinct actor, action from app.history where tbl = 'enrol_token'"), [("bimactl", "token")])
            self.assertEqual(place.ask(f"select count(*) from app.history where before::text || after::text like '%{new['token']}%'"), [(0,)])
            self.assertIn("admin@xylo.co.tz\tadmin\tactive\tno\t", place.ctl("user", "list", "xylo.co.tz"))
            self.assertEqual(place.ctl("user", "sessions", "admin@xylo.co.tz"), "")
            for word in ("unlock", "drop-factor"):
                place.ctl("user", word, "admin@xylo.co.tz")
            place.ctl("user", "disable", "admin@xylo.co.tz", code=65)  # the last administrator
            place.ctl("user", "token", "nobody@xylo.co.tz", code=66)
            place.ctl("user", "token", "nobody", code=65)
            place.ctl("status", code=69)
            place.ctl("bogus", code=64)
            key = place.ctl("certificate-key").strip()
            self.assertRegex(key, "^[0-9a-f]{64}$")
            self.assertIn(key, place.ctl("init"))
        finally:
            place.stop()


if __name__ == "__main__":
    unittest.main()
