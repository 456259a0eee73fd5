"""Audit and history as evidence: sealed by the job, attacked by whoever can write to the database, verified by bimactl."""

import atexit
import contextlib
import itertools
import os
import random
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import unittest

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = os.path.join(HERE, "..", "support", "cluster")
BIMACTL, SEAL = os.environ["BIMACTL"], os.environ["SEAL_PROCESS"]
ROWS = int(os.environ.get("BIMA_SEAL_ROWS", "20000"))
_copies = itertools.count(1)


class Cluster:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="bs", dir="/tmp")
        atexit.register(subprocess.run, [CLUSTER, "stop", self.dir], check=False)
        subprocess.run([CLUSTER, "start", self.dir], check=True, stdout=subprocess.PIPE)

    def conninfo(self, name="bima"):
        return f"host={self.dir} port=5432 dbname={name}"


class Database:
    """A database with the state directory of its service: the audit key and the heads of the chains."""

    def __init__(self, cluster, name="bima", key=None):
        self.cluster, self.name = cluster, name
        self.state = tempfile.mkdtemp(prefix="bk", dir="/tmp")
        atexit.register(shutil.rmtree, self.state, ignore_errors=True)
        self.key = os.path.join(self.state, "audit_key")
        with open(os.open(self.key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write((key or secrets.token_hex(32)) + "\n")
        self.conf = os.path.join(self.state, "conf")
        with open(self.conf, "w") as out:
            out.write(f"state_dir = {self.state}\nrun_dir = {self.state}\nconninfo = {cluster.conninfo(name)} user=bima_boot\n")

    def ctl(self, *words, status=0):
        done = subprocess.run([BIMACTL, "--config", self.conf, *words], capture_output=True, text=True, timeout=300)
        assert done.returncode == status, f"{words}: {done.returncode} {done.stdout}{done.stderr}"
        return done.stdout

    def copy(self):
        """As it is now, to be attacked."""
        name = f"copy{next(_copies)}"
        with contextlib.closing(psycopg2.connect(self.cluster.conninfo("postgres") + " user=bima_boot")) as pg:
            pg.autocommit = True
            pg.cursor().execute(f"create database {name} template {self.name}")
        with open(self.key) as seed:
            other = Database(self.cluster, name, seed.read().strip())
        shutil.copy(self.key + ".heads", other.key + ".heads")
        return other

    @contextlib.contextmanager
    def boot(self, triggers=True):
        """The superuser, one transaction; without triggers nothing stops him."""
        with contextlib.closing(self.connect()) as pg, pg, pg.cursor() as cur:
            if not triggers:
                cur.execute("set session_replication_role = replica")
            yield cur

    def connect(self, role="bima_boot"):
        return psycopg2.connect(self.cluster.conninfo(self.name) + f" user={role}")

    def value(self, sql, *args):
        with self.boot() as cur:
            cur.execute(sql, args)
            return cur.fetchone()[0]

    def seal(self):
        done = subprocess.run([SEAL, self.cluster.conninfo(self.name), self.key, "once"], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def findings(self):
        done = subprocess.run([BIMACTL, "--config", self.conf, "audit", "verify"], capture_output=True, text=True, timeout=300)
        lines = done.stdout.splitlines()
        assert lines and lines[-1].startswith("checked="), f"{done.stdout}{done.stderr}"
        assert done.returncode == (1 if len(lines) > 1 else 0), done
        return lines[:-1]

    def audit(self, company, n=1, what="customer add"):
        with self.boot() as cur:
            cur.execute("select app.audit_note(%s, 4, %s, 'Amina (amina)', null, '192.0.2.7', 'test', null, 1, 'n ' || i) "
                        "from generate_series(1, %s) i", (company, what, n))

    def id_at(self, place, company, stream=1):
        return self.value("select row_id from app.sealed where tenant_id = %s and stream = %s and seq = %s", company, stream, place)


def world():
    db = Database(Cluster())
    db.ctl("migrate")
    with db.boot() as cur:
        for code, domain in (("SI", "simba.co.tz"), ("TA", "twiga.co.tz")):
            cur.execute("select app.provision_company(%s, %s, %s, 'admin', null)", (code, code, domain))
    db.si, db.ta = (db.value("select id from app.tenant where code = %s", code) for code in ("SI", "TA"))
    for _ in range(3):  # three checkpoints
        db.audit(db.si, 10)
        db.audit(db.ta, 5)
        db.seal()
    return db


BASE = world()


class Attacked(unittest.TestCase):
    def setUp(self):
        self.db = BASE.copy()
        self.si, self.ta = BASE.si, BASE.ta

    def attack(self, *statements):
        with self.db.boot(triggers=False) as cur:
            for sql in statements:
                cur.execute(sql, {"si": self.si, "ta": self.ta})

    def found(self, *expected):
        """Exactly these, each a piece of its line."""
        lines = self.db.findings()
        self.assertEqual(len(lines), len(expected), "\n".join(lines))
        for words in expected:
            self.assertTrue(any(words in line for line in lines), f"{words}\nnot in\n" + "\n".join(lines))

    def test_nothing_is_found_where_nothing_was_done(self):
        self.found()

    def test_an_altered_entry_is_named(self):
        row = self.db.id_at(7, self.si)
        self.attack(f"update app.audit set detail = 'nothing happened' where id = {row}")
        self.found(f"company={self.si} stream=audit place=7 id={row} altered")

    def test_every_column_counts(self):
        row = self.db.id_at(7, self.si)
        for column, value in (("at", "at + interval '1 microsecond'"), ("xid", "'9'"), ("kind", "5"), ("what", "'x'"), ("user_id", "1"),
                              ("actor", "'x'"), ("address", "null"), ("client", "'x'"), ("session_id", "1"), ("request_id", "'x'"),
                              ("entity", "'x'"), ("row_id", "1"), ("count", "2"), ("outcome", "2"), ("detail", "null")):
            with self.subTest(column=column):
                pg = self.db.connect()
                with contextlib.closing(pg), pg.cursor() as cur:
                    cur.execute("select text from app.audit_text where id = %s", (row,))
                    before = cur.fetchone()[0]
                    cur.execute(f"set session_replication_role = replica; update app.audit set {column} = {value} where id = %s", (row,))
                    cur.execute("select text from app.audit_text where id = %s", (row,))
                    self.assertNotEqual(cur.fetchone()[0], before)
                    pg.rollback()

    def test_the_text_of_a_row_does_not_depend_on_the_session(self):
        texts = set()
        for setting in ("timezone = 'Asia/Kathmandu'", "datestyle = 'German'", "bytea_output = 'escape'", "extra_float_digits = -5",
                        "intervalstyle = 'sql_standard'", "lc_numeric = 'C'", "search_path = ''"):
            with self.db.boot() as cur:
                cur.execute(f"set local {setting}")
                cur.execute("select md5(string_agg(text, '' order by id)) from (select id, text from app.audit_text union all "
                            "select id, text from app.history_text) t")
                texts.add(cur.fetchone()[0])
        self.assertEqual(len(texts), 1)

    def test_an_altered_version_of_a_record_is_named(self):
        row = self.db.id_at(3, self.si, stream=2)
        self.attack(f"update app.history set after = after || '{{\"name\": \"x\"}}' where id = {row}")
        self.found(f"company={self.si} stream=history place=3 id={row} altered")

    def test_a_deleted_entry_is_named(self):
        row = self.db.id_at(7, self.si)
        self.attack(f"delete from app.audit where id = {row}")
        self.found(f"company={self.si} stream=audit place=7 id={row} missing")

    def test_an_entry_deleted_with_its_place_leaves_a_gap(self):
        row = self.db.id_at(7, self.si)
        self.attack(f"delete from app.audit where id = {row}", f"delete from app.sealed where stream = 1 and row_id = {row}")
        self.found(f"company={self.si} stream=audit places=7..7 missing")

    def test_an_entry_put_in_without_a_place_is_named(self):
        self.attack("insert into app.audit (tenant_id, id, xid, kind, what, actor) values (%(si)s, 77, '5', 4, 'x', 'x')")
        self.found(f"company={self.si} stream=audit id=77 inserted")

    def test_an_entry_put_in_between_moves_everything_behind_it(self):
        self.attack("update app.sealed set seq = seq + 1000 where tenant_id = %(si)s and stream = 1 and seq > 28",
                    "update app.sealed set seq = seq - 999 where tenant_id = %(si)s and stream = 1 and seq > 1000",
                    "insert into app.audit (tenant_id, id, xid, kind, what, actor) values (%(si)s, 77, '5', 4, 'x', 'x')",
                    "insert into app.sealed values (%(si)s, 1, 29, 77, sha256('x'))")
        lines = self.db.findings()
        self.assertTrue(any(f"company={self.si} stream=audit place=29 id=77 altered" in line for line in lines), lines)
        self.assertTrue(any("rewritten" in line and "places=21..30" in line for line in lines), lines)

    def test_two_rows_that_changed_places_are_named(self):
        seven, nine = self.db.id_at(7, self.si), self.db.id_at(9, self.si)
        self.attack(*(f"update app.sealed set row_id = {to} where tenant_id = {self.si} and stream = 1 and seq = {place}"
                      for place, to in ((7, -1), (9, seven), (7, nine))))
        self.found(f"place=7 sealed_row_of=9 id={nine} reordered", f"place=9 sealed_row_of=7 id={seven} reordered")

    def test_two_places_that_were_exchanged_are_named_and_not_their_neighbours(self):
        self.attack(*(f"update app.sealed set seq = {to} where tenant_id = {self.si} and stream = 1 and seq = {place}"
                      for place, to in ((4, -1), (8, 4), (-1, 8))))
        self.found("place=4 sealed_row_of=8", "place=8 sealed_row_of=4")

    def test_two_rows_whose_contents_were_exchanged_are_named(self):
        seven, nine = self.db.id_at(7, self.si), self.db.id_at(9, self.si)
        self.attack(f"update app.audit a set detail = b.detail from app.audit b where (a.id, b.id) in (({seven}, {nine}), ({nine}, {seven}))")
        self.found(f"place=7 id={seven} altered", f"place=9 id={nine} altered")

    def test_a_row_given_to_another_company_is_missed_in_its_own(self):
        row = self.db.id_at(7, self.si)
        self.attack(f"update app.audit set tenant_id = %(ta)s where id = {row}")
        self.found(f"company={self.si} stream=audit place=7 id={row} missing", f"company={self.ta} stream=audit id={row} inserted")

    def test_a_cut_tail_is_noticed_by_the_checkpoint_behind_it(self):
        self.attack("delete from app.audit a using app.sealed s where s.tenant_id = %(si)s and s.stream = 1 and s.seq > 25 and a.id = s.row_id",
                    "delete from app.sealed where tenant_id = %(si)s and stream = 1 and seq > 25")
        self.found(f"company={self.si} stream=audit places=21..25 unsigned", f"company={self.si} stream=audit place=30 cut",
                   f"company={self.si} stream=audit place=30 cut")

    def cut(self):
        self.attack("delete from app.audit a using app.sealed s where s.tenant_id = %(si)s and s.stream = 1 and s.seq > 20 and a.id = s.row_id",
                    "delete from app.sealed where tenant_id = %(si)s and stream = 1 and seq > 20",
                    "delete from app.checkpoint where tenant_id = %(si)s and stream = 1 and seq > 20")

    def test_a_tail_cut_with_its_checkpoints_is_noticed_by_the_heads_outside_the_database(self):
        self.cut()
        self.found(f"company={self.si} stream=audit place=30 cut")

    def test_sealing_on_does_not_make_a_cut_forgotten(self):
        self.cut()
        self.db.audit(self.si, 40)
        self.assertEqual(self.db.seal(), 40)
        self.found(f"company={self.si} stream=audit place=30 cut")
        with open(self.db.key + ".heads") as heads:
            self.assertEqual([line.split()[:4] for line in heads if line.startswith("lost")], [["lost", str(self.si), "1", "30"]])

    RECHAIN = """do $$
        declare r record; h bytea;
        begin
          select hash into h from app.sealed where tenant_id = {0} and stream = 1 and seq = {1} - 1;
          for r in select s.seq, s.row_id, sha256(convert_to(x.text, 'UTF8')) as digest from app.sealed s join app.audit_text x
                   on x.tenant_id = s.tenant_id and x.id = s.row_id where s.tenant_id = {0} and s.stream = 1 and s.seq >= {1} order by 1 loop
            h := sha256(h || int4send({0}) || int2send(1::int2) || int8send(r.seq) || int8send(r.row_id) || r.digest);
            update app.sealed set hash = h where tenant_id = {0} and stream = 1 and seq = r.seq;
          end loop;
        end $$"""

    def test_a_chain_made_anew_without_the_key_is_noticed(self):
        self.attack(f"update app.audit set detail = 'x' where id = {self.db.id_at(25, self.si)}", self.RECHAIN.format(self.si, 25))
        self.found(f"company={self.si} stream=audit places=21..30 rewritten", f"company={self.si} stream=audit place=30 cut")

    def test_a_chain_made_anew_with_its_checkpoints_is_noticed(self):
        self.attack(f"update app.audit set detail = 'x' where id = {self.db.id_at(25, self.si)}", self.RECHAIN.format(self.si, 25),
                    "update app.checkpoint c set hash = s.hash from app.sealed s where (s.tenant_id, s.stream, s.seq) = "
                    "(c.tenant_id, c.stream, c.seq)")
        self.found(f"company={self.si} stream=audit place=30 forged", f"company={self.si} stream=audit places=21..30 unsigned",
                   f"company={self.si} stream=audit place=30 cut")

    def test_a_chain_signed_with_another_key_is_noticed(self):
        other = Database(BASE.cluster, self.db.name)
        self.attack("delete from app.checkpoint where stream = 1", "delete from app.sealed where stream = 1",
                    "update app.seal_state set xid = '0', row_id = 0 where stream = 1")
        other.seal()
        lines = self.db.findings()
        self.assertEqual({line.split(" ")[-1] for line in lines if "forged" in line}, {"key"})
        self.assertEqual(sum("forged" in line for line in lines), 2)

    def test_checkpoints_taken_away_leave_a_chain_nobody_signed(self):
        self.attack("delete from app.checkpoint where tenant_id = %(si)s and stream = 1")
        self.found(f"company={self.si} stream=audit places=1..30 unsigned")

    def test_an_entry_dated_back_is_named_though_it_was_sealed(self):
        self.attack("insert into app.audit (tenant_id, id, at, kind, what, actor) values (%(si)s, 77, now() - interval '1 day', 4, 'x', 'x')")
        self.db.seal()
        self.found(f"company={self.si} stream=audit place=31 id=77 backdated")

    def test_verifying_one_company_looks_at_that_one(self):
        self.attack(f"update app.audit set detail = 'x' where id = {self.db.id_at(7, self.si)}")
        self.db.ctl("audit", "verify", "--company", "TA")
        self.assertIn("altered", self.db.ctl("audit", "verify", "--company", "SI", status=1))

    def test_no_role_changes_takes_out_or_puts_in(self):
        attacks = [f"{verb}" for table in ("audit", "sealed", "checkpoint") for verb in
                   (f"update app.{table} set tenant_id = tenant_id", f"delete from app.{table}", f"truncate app.{table}")]
        puts = ["insert into app.audit (tenant_id, kind, what, actor) values (1, 4, 'x', 'x')",
                "insert into app.sealed values (1, 1, 1000, 1, sha256('x'))", "update app.seal_state set row_id = 0"]
        for role in ("bima_worker", "bima_platform", "bima_jobs", "bima_search", "bima_owner", "bima_boot"):
            for attack in attacks + (puts if role not in ("bima_owner", "bima_boot") else []):
                with contextlib.closing(self.db.connect()) as pg, pg.cursor() as cur:
                    cur.execute(f"set role {role}")
                    cur.execute("select set_config('app.tenant_id', %s, false)", (str(self.si),))
                    with self.subTest(role=role, attack=attack), self.assertRaises(psycopg2.Error) as caught:
                        cur.execute(attack)
                    self.assertEqual(caught.exception.pgcode, "42501")

    def test_a_company_sees_its_own_audit_and_the_platform_its_own(self):
        for role, tenant, rows in (("bima_worker", self.si, 30), ("bima_worker", self.ta, 15), ("bima_platform", self.si, 0)):
            with self.subTest(role=role, tenant=tenant), contextlib.closing(self.db.connect(role)) as pg, pg.cursor() as cur:
                cur.execute("select set_config('app.tenant_id', %s, false), set_config('app.scope', '', false)", (str(tenant),))
                cur.execute("select count(*), count(distinct tenant_id) from app.audit")
                self.assertEqual(cur.fetchone()[0], rows)

    def test_each_side_writes_in_its_own_audit(self):
        for role, tenant in (("bima_worker", 0), ("bima_platform", self.si)):
            with self.subTest(role=role), contextlib.closing(self.db.connect(role)) as pg, pg.cursor() as cur:
                with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                    cur.execute("select app.audit_note(%s, 1, 'sign in', 'x')", (tenant,))


class Sealing(unittest.TestCase):
    def setUp(self):
        self.db = BASE.copy()
        self.si = BASE.si

    def unsealed(self):
        return self.db.value("select count(*) from app.audit a where not exists (select from app.sealed s where s.tenant_id = a.tenant_id "
                             "and s.stream = 1 and s.row_id = a.id)")

    def test_what_commits_late_is_sealed_and_nothing_is_sealed_twice(self):
        late = self.db.connect()
        with late.cursor() as cur:
            cur.execute("select app.audit_note(%s, 4, 'late', 'x')", (self.si,))
        self.db.audit(self.si, 3)
        self.assertEqual(self.db.seal(), 0)  # a transaction with a lower number still runs
        late.commit()
        late.close()
        self.db.audit(self.si, 2)
        self.assertEqual(self.db.seal(), 6)
        self.assertEqual(self.db.seal(), 0)
        self.assertEqual(self.db.value("select a.what from app.sealed s join app.audit a on a.tenant_id = s.tenant_id and a.id = s.row_id "
                                       "where s.tenant_id = %s and s.stream = 1 and s.seq = 31", self.si), "late")
        self.assertEqual(self.db.findings(), [])

    def test_what_was_rolled_back_leaves_no_gap(self):
        lost = self.db.connect()
        with lost.cursor() as cur:
            cur.execute("select app.audit_note(%s, 4, 'lost', 'x')", (self.si,))
        lost.rollback()
        lost.close()
        self.db.audit(self.si)
        self.assertEqual(self.db.seal(), 1)
        self.assertEqual(self.db.findings(), [])

    def test_a_long_read_holds_nothing_up(self):
        reader = self.db.connect()
        with reader.cursor() as cur:
            cur.execute("begin isolation level repeatable read; select count(*) from app.audit")
            self.db.audit(self.si, 2)
            self.assertEqual(self.db.seal(), 2)
        reader.close()

    def test_only_companies_with_something_new_get_a_checkpoint(self):
        before = self.db.value("select count(*) from app.checkpoint")
        self.db.audit(self.si)
        self.db.seal()
        self.assertEqual(self.db.value("select count(*) from app.checkpoint"), before + 1)

    def test_what_waits_for_long_is_seen(self):
        with self.db.boot() as cur:
            cur.execute("insert into app.audit (tenant_id, at, kind, what, actor) values (%s, now() - interval '100 s', 4, 'x', 'x')", (self.si,))
        self.assertGreaterEqual(self.db.value("select app.seal_lag()"), 100)
        self.db.seal()
        self.assertEqual(self.db.value("select app.seal_lag()"), 0)

    def test_killed_at_any_moment_it_goes_on_where_it_was(self):
        random.seed(7)
        words = [SEAL, BASE.cluster.conninfo(self.db.name), self.db.key, "forever"]
        for _ in range(12):
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            end = time.monotonic() + 0.05 + random.random() / 4
            while time.monotonic() < end:
                self.db.audit(self.si, 40)
            process.kill()
            process.wait()
        self.db.seal()
        self.assertEqual(self.unsealed(), 0)
        self.assertEqual(self.db.findings(), [])

    def test_two_sealers_at_once_make_one_chain(self):
        words = [SEAL, BASE.cluster.conninfo(self.db.name), self.db.key, "forever"]
        both = [subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        for _ in range(20):
            self.db.audit(self.si, 40)
        for process in both:
            process.kill()
            process.wait()
        self.db.seal()
        self.assertEqual(self.unsealed(), 0)
        self.assertEqual(self.db.findings(), [])

    def test_a_copy_put_back_into_a_new_cluster_is_whole_and_goes_on(self):
        self.db.audit(self.si, 3)  # left unsealed by the machine that died
        new = Cluster()
        with open(self.db.key) as seed:
            back = Database(new, key=seed.read().strip())
        shutil.copy(self.db.key + ".heads", back.key + ".heads")
        subprocess.run(["psql", "-qX", "-d", new.conninfo() + " user=bima_boot", "-c", "create role bima_owner; create role bima_search; "
                        "create role bima_worker login; create role bima_jobs login; create role bima_platform login; "
                        "grant bima_search to bima_owner"], check=True, capture_output=True)
        dump = subprocess.run(["pg_dump", "-d", BASE.cluster.conninfo(self.db.name) + " user=bima_boot"], check=True, capture_output=True)
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", new.conninfo() + " user=bima_boot"], input=dump.stdout, check=True,
                       capture_output=True)
        self.assertEqual(back.findings(), [])
        back.audit(self.si, 4)
        self.assertLess(back.value("select min(xid::text::bigint) from app.audit where what = 'customer add'"),
                        back.value("select max(xid::text::bigint) from app.audit"))
        self.assertEqual(back.seal(), 7)
        back.audit(self.si, 2)
        self.assertEqual(back.seal(), 2)
        self.assertEqual(back.seal(), 0)
        self.assertEqual(back.findings(), [])
        self.assertEqual(back.value("select cluster = (select system_identifier from pg_control_system()) from app.seal_state where stream = 1"),
                         True)

    def test_a_database_put_back_to_an_older_copy_is_told_so(self):
        older = self.db.copy()
        self.db.audit(self.si, 5)
        self.db.seal()
        shutil.copy(self.db.key + ".heads", older.key + ".heads")
        self.assertEqual([line.split(" ", 3)[:3] for line in older.findings()], [[f"company={self.si}", "stream=audit", "place=35"]])

    def test_an_exported_file_is_verified_without_the_database(self):
        lines = self.db.ctl("audit", "export", "--company", "SI").splitlines(keepends=True)
        self.assertEqual(len(lines), 31)
        key = self.db.ctl("audit", "key").strip()
        with self.db.boot() as cur:
            cur.execute("select kind, actor, detail from app.audit where tenant_id = %s and what = 'audit export'", (self.si,))
            self.assertEqual(cur.fetchall(), [(5, "bimactl", "places 1 to 30")])
        path = os.path.join(self.db.state, "file")

        def verify(text, status):
            with open(path, "w") as out:
                out.writelines(text)
            return self.db.ctl("audit", "verify", "--file", path, "--key", key, status=status)

        self.assertIn("checked=30 checkpoints=3", verify(lines, 0))
        self.assertIn("place=7", verify([line.replace("customer add", "customer set") if '"seq":7,' in line else line for line in lines], 1))
        self.assertIn("places=7..7 missing", verify(lines[:7] + lines[8:], 1))
        self.assertIn("unsigned", verify(lines[:29], 1))
        with open(path, "w") as out:
            out.writelines(lines)
        self.assertIn("forged", self.db.ctl("audit", "verify", "--file", path, "--key", secrets.token_hex(32), status=1))
        self.db.ctl("audit", "verify", "--file", self.db.conf, "--key", key, status=65)

    def test_a_large_audit_is_verified_in_seconds(self):
        with self.db.boot() as cur:
            cur.execute("select count(app.audit_note(%s, 4, 'customer add', 'Amina (amina)', null, '192.0.2.7', 'test', null, 1, 'n ' || i)) "
                        "from generate_series(1, %s) i", (self.si, ROWS))
        while self.db.seal():
            pass
        start = time.monotonic()
        out = self.db.ctl("audit", "verify")
        seconds = time.monotonic() - start
        checked = int(re.search(r"checked=(\d+)", out)[1])
        print(f"{checked} rows verified in {seconds:.2f} s")
        self.assertGreater(checked, ROWS)
        self.assertLess(seconds, 5 + ROWS / 20000)


if __name__ == "__main__":
    unittest.main()
