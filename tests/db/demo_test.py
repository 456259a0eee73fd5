"""The demo data keep every rule, are the same for one seed, and leave the database ready for business."""

import os
import subprocess
import tempfile
import unittest

import psycopg2

from world import CLUSTER, one

BIMACTL = os.environ["BIMACTL"]
TODAY = "2026-03-01"


class Installation:
    """A cluster of its own with the demo companies in it."""

    def __init__(self, seed):
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
        self.said = self.ctl("demo", "--customers", "250", "--seed", str(seed), "--passwords", self.passwords)

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
        states = {row[0] for row in self.first.ask("select distinct state from app.term")}
        self.assertLessEqual({2, 3, 4, 6, 7}, states)

    def test_ids_are_those_the_database_would_have_given(self):
        for table, number in (("customer", 1), ("vehicle", 2), ("policy", 6), ("term", 7), ("receipt", 9)):
            self.assertEqual(self.first.ask(
                f"select count(*) from app.{table} where id not in (select app.permute(n, {number}, i.id_key) from app.installation i, "
                f"generate_series(1, (select last_value from app.{table}_seq)) n)"), [(0,)], table)

    def test_a_national_id_holds_the_day_of_birth(self):
        self.assertEqual(self.first.ask(
            "select count(*) from app.customer c join app.id_type i on i.id = c.id_type_id where i.birth_at is not null "
            "and substr(c.id_key, i.birth_at, 8) <> to_char(c.birth_date, 'YYYYMMDD')"), [(0,)])
        self.assertEqual(self.first.ask(
            "select count(*) from app.customer c join app.id_type i on i.id = c.id_type_id where c.id_key !~ i.pattern"), [(0,)])

    def test_plates_are_of_the_country(self):
        self.assertEqual(self.first.ask(
            "select count(*) from app.vehicle v where plate_key is not null and not exists (select from app.plate_pattern p "
            "where p.tenant_id = v.tenant_id and v.plate_key ~ p.pattern and coalesce(p.vehicle_type_id, v.vehicle_type_id) = "
            "v.vehicle_type_id)"), [(0,)])

    def test_every_record_has_its_beginning_in_the_history_and_can_be_found(self):
        for table in ("customer", "vehicle", "ownership", "policy", "term", "cover", "receipt", "certificate"):
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
                cur.execute("select * from app.enter(%s, %s, null, null, null, null, null, %s)", (tenant, user, TODAY))
                number = one(cur, "select max(serial) + 1 from app.receipt where branch_id = %s and year = 2026", (branch,))
                self.assertEqual(one(cur, "select app.next_number('receipt', %s, 2026)", (branch,)), number)
                for _ in range(50):
                    cur.execute("insert into app.customer (tenant_id, kind, name, phone, phone_key, branch_id) "
                                "values (%s, 1, 'New', '1', '255700000000', %s)", (tenant, branch))
                raise InterruptedError
        except InterruptedError:
            pass
        finally:
            pg.close()

    def test_the_same_seed_gives_the_same_business(self):
        again = Installation(7)
        other = Installation(8)
        said = ("select md5(string_agg(concat_ws('|', c.name, c.phone_key, c.id_key, c.birth_date, v.plate_key, v.chassis_key, p.number, "
                "p.state, p.start_date, t.seq, t.total, t.paid), E'\\n' order by c.created_at, c.name, v.chassis_key, p.number, t.seq)) "
                "from app.customer c left join app.vehicle v on v.owner_id = c.id left join app.policy p on p.vehicle_id = v.id "
                "left join app.term t on t.policy_id = p.id")
        try:
            self.assertEqual(self.first.ask(said), again.ask(said))
            self.assertNotEqual(self.first.ask(said), other.ask(said))
        finally:
            again.stop()
            other.stop()


class Bimactl(unittest.TestCase):
    def test_makes_a_company_once_and_resets_a_password(self):
        place = Installation(9)
        try:
            said = dict(line.split("=", 1) for line in place.ctl("company", "add", "XY", "Xylo", "--domain", "xylo.co.tz").splitlines())
            self.assertEqual(said["login"], "admin@xylo.co.tz")
            before = place.ask("select password_hash from app.user_account where login = 'admin' and tenant_id = "
                               "(select id from app.tenant where code = 'XY')")
            place.ctl("company", "add", "XY", "Xylo", "--domain", "xylo.co.tz", code=73)
            place.ctl("company", "add", "XZ", "Xylo", "--domain", "xylo.co.tz", code=73)
            new = place.ctl("user", "password", "admin@xylo.co.tz")
            self.assertNotIn(said["password"], new)
            after = place.ask("select password_hash from app.user_account where login = 'admin' and tenant_id = "
                              "(select id from app.tenant where code = 'XY')")
            self.assertNotEqual(before, after)
            self.assertEqual(place.ask("select actor, action from app.history where tbl = 'user_account' order by id desc limit 1"),
                             [("bimactl", "password")])
            place.ctl("user", "password", "nobody@xylo.co.tz", code=66)
            place.ctl("user", "password", "nobody", code=65)
            place.ctl("status", code=69)
            place.ctl("bogus", code=64)
            key = place.ctl("certificate-key").strip()
            self.assertRegex(key, "^[0-9a-f]{64}$")
            self.assertIn(key, place.ctl("init"))
        finally:
            place.stop()


if __name__ == "__main__":
    unittest.main()
