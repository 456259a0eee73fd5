"""Keys put in place while workers run; an installation of an older release sealed without loss; the wrong master key."""

import concurrent.futures
import hashlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

import psycopg2

import world
from world import CLUSTER, CONNINFO, HERE, KEY, SIMBA, User, Worker, boot

BIMACTL = os.environ["BIMACTL"]
MIGRATIONS = os.path.join(HERE, "..", "..", "..", "db", "migrations")
PERSON = {"name": "Halima Suleiman Mtoro", "phone": "0784 505 606", "email": "halima@example.org", "id_type": "passport",
          "id_number": "TZ-1239990", "birth_date": "1991-11-03", "address": "Barabara ya Sokoine 4", "note": "pays in cash"}


class Place:
    """Settings of bimactl for a database, with a master key of its own or a given one."""

    def __init__(self, conninfo, master=None):
        self.folder = tempfile.mkdtemp(prefix="bk", dir="/tmp")
        self.conninfo = conninfo
        self.master = master or os.path.join(self.folder, "master_key")
        self.config = os.path.join(self.folder, "bimad.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(f"conninfo = {conninfo}\nstate_dir = {self.folder}\nrun_dir = {self.folder}\nmaster_key = {self.master}\nuser = root\n")

    def ctl(self, *words, code=0):
        done = subprocess.run([BIMACTL, "--config", self.config, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != code:
            raise AssertionError(f"{words}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def lines(self):
        with open(self.master, encoding="ascii") as f:
            return f.read().split()


class Rotation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place(CONNINFO + " user=bima_boot", KEY + ".master")
        boot("create schema if not exists meta")
        boot("create table if not exists meta.migration (version int primary key, name text not null, sha256 text not null, "
             "applied_at timestamptz not null default now(), ms int not null)")
        for name in sorted(os.listdir(MIGRATIONS)):
            with open(os.path.join(MIGRATIONS, name), "rb") as f:
                boot("insert into meta.migration (version, name, sha256, ms) values (%s, %s, %s, 0) on conflict do nothing",
                     int(name[:4]), name[:-4], hashlib.sha256(f.read()).hexdigest())
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.close)
        cls.amina = User(cls.worker, SIMBA, "amina")
        cls.id = cls.amina.ok("add", entity="customer", fields=PERSON).record["id"]

    def reads(self, worker=None):
        who = User(worker, SIMBA, "amina") if worker else self.amina
        self.assertEqual(who.ok("get", entity="customer", id=self.id).fields["id_number"], "TZ-1239990")
        self.assertEqual([h["record"]["id"] for h in who.ok("find", text="TZ1239990").body["hits"]], [self.id])

    def fresh(self):
        worker = Worker()
        self.addCleanup(worker.close)
        return worker

    def test_a_new_master_key_is_put_in_place_while_workers_run(self):
        before = self.place.lines()
        wrapped = boot("select wrapped from app.tenant_key where tenant_id = %s order by generation", SIMBA.id)
        idle = self.fresh()  # has read the old file and no key yet
        self.place.ctl("keys", "rotate")
        after = self.place.lines()
        self.assertEqual((len(before), len(after)), (1, 1))
        self.assertNotEqual(before, after)
        self.assertNotEqual(wrapped, boot("select wrapped from app.tenant_key where tenant_id = %s order by generation", SIMBA.id))
        self.assertEqual(os.stat(self.place.master).st_mode & 0o777, 0o600)
        for worker in (None, idle, self.fresh()):
            self.reads(worker)

    def test_an_interrupted_change_of_the_master_key_goes_on(self):
        old = self.place.lines()
        new = os.urandom(32).hex()
        with open(self.place.master, "w", encoding="ascii") as f:
            f.write(f"{new}\n{old[0]}\n")
        self.reads(self.fresh())
        self.place.ctl("keys", "rotate")
        self.assertEqual(self.place.lines(), [new])
        self.reads(self.fresh())

    def test_a_company_gets_a_new_key_while_customers_are_added(self):
        stop, added = threading.Event(), []
        worker = self.fresh()

        def add():
            who = User(worker, SIMBA, "neema")
            n = 0
            while not stop.is_set():
                n += 1
                added.append(who.ok("add", entity="customer", fields={"name": f"During Rotation {n}", "phone": f"0733 {len(added):06d}",
                                                                      "email": f"d{n}@example.org"}).record["id"])
        thread = threading.Thread(target=add)
        thread.start()
        try:
            for _ in range(3):
                said = self.place.ctl("keys", "rotate", "--company", "si")
        finally:
            stop.set()
            thread.join()
        generation = int(said.split("generation=")[1].split()[0])
        self.assertGreater(len(added), 3)
        self.assertEqual(boot("select count(*) from app.person_key p join app.tenant_key k using (tenant_id, generation) "
                              "where p.tenant_id = %s and k.retired_at is not null", SIMBA.id), [(0,)])
        self.assertEqual(boot("select generation from app.tenant_key where tenant_id = %s and generation > 0 and retired_at is null", SIMBA.id),
                         [(generation,)])
        self.assertEqual(boot("select count(*) from app.history where tbl = 'person_key' and tenant_id = %s", SIMBA.id), [(0,)])
        for reader in (self.amina, User(self.fresh(), SIMBA, "amina")):
            for id in added:
                self.assertTrue(reader.ok("get", entity="customer", id=id).fields["email"].startswith("d"))
        self.reads()
        self.assertIn(f"company=SI generation={generation} rotating=no", self.place.ctl("keys", "status"))

    def test_an_interrupted_change_of_a_companys_key_goes_on(self):
        self.place.ctl("keys", "rotate", "--company", "SI")
        newest = boot("select max(generation) from app.tenant_key where tenant_id = %s", SIMBA.id)[0][0]
        boot("alter table app.person_key add constraint stop check (generation < %s) not valid" % (newest + 1))
        try:
            self.place.ctl("keys", "rotate", "--company", "SI", code=70)
        finally:
            boot("alter table app.person_key drop constraint stop")
        self.reads(self.fresh())
        self.assertIn("rotating=yes", self.place.ctl("keys", "status").split("company=SI")[1])
        self.assertIn(f"generation={newest + 1}", self.place.ctl("keys", "rotate", "--company", "SI"))
        self.reads(self.fresh())

    def test_a_company_that_is_not_there_is_said_so(self):
        self.assertIn("no company", self.place.ctl("keys", "rotate", "--company", "NOBODY", code=66))

    def test_another_master_key_is_refused_and_nothing_is_changed(self):
        kept = boot("select tenant_id, generation, wrapped from app.tenant_key order by 1, 2")
        stranger = Place(self.place.conninfo)
        with open(stranger.master, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as f:
            f.write(os.urandom(32).hex() + "\n")
        for words in (("keys", "rotate"), ("keys", "rotate", "--company", "SI"), ("migrate",)):
            self.assertIn("is not the one this database was made with", stranger.ctl(*words, code=70))
        self.assertEqual(kept, boot("select tenant_id, generation, wrapped from app.tenant_key order by 1, 2"))


class Upgrade(unittest.TestCase):
    """A database of the release before, with business in it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bu", dir="/tmp")
        self.addCleanup(subprocess.run, [CLUSTER, "stop", self.folder], check=False)
        out = subprocess.run([CLUSTER, "start", self.folder], check=True, stdout=subprocess.PIPE, text=True)
        self.conninfo = out.stdout.strip()
        self.run_sql("create schema meta; create table meta.migration (version int primary key, name text not null, sha256 text not null, "
                     "applied_at timestamptz not null default now(), ms int not null)")
        for name in sorted(os.listdir(MIGRATIONS))[:12]:
            path = os.path.join(MIGRATIONS, name)
            subprocess.run(["psql", "-q", "-X", "-1", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, "-f", path], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(path, "rb") as f:
                self.run_sql("insert into meta.migration (version, name, sha256, ms) values (%s, %s, %s, 0)", int(name[:4]), name[:-4],
                             hashlib.sha256(f.read()).hexdigest())

    def run_sql(self, sql, *args):
        pg = psycopg2.connect(self.conninfo)
        try:
            with pg, pg.cursor() as cur:
                cur.execute(sql, args)
                return cur.fetchall() if cur.description else []
        finally:
            pg.close()

    def fill(self):
        tenant = self.run_sql("select app.provision_company('SI', 'Simba Insurance', 'simba.co.tz', 'admin', null)")[0][0]
        for n in range(450):
            self.run_sql("with c as (insert into app.customer (tenant_id, kind, name, phone, phone_key, email, id_type_id, id_number, id_key, birth_date,"
                         " gender, address, city, branch_id, note) select %s, 1, %s, %s, %s, %s, i.id, %s, %s, %s, 2, 'Mtaa wa Uhuru', 'Moshi', b.id, %s"
                         " from app.branch b, app.id_type i where b.tenant_id = %s and i.tenant_id = %s and i.code = 'passport' returning id)"
                         " insert into app.search_token select %s, %s, 1, id, 3 from c",
                         tenant, f"Zainabu Number{n}", f"0713 {n:06d}", f"255713{n:06d}", f"zainabu{n}@example.org", f"XK-{n:06d}", f"XK{n:06d}",
                         "1977-07-07", f"note of {n}", tenant, tenant, tenant, f"xk{n:06d}")
        self.run_sql("insert into app.idempotency (tenant_id, user_id, key, hash, code, reply) values (%s, 1, decode(repeat('00', 16), 'hex'), 'x', 0, 'XK-000001')",
                     tenant)
        self.run_sql("update app.customer set note = 'changed note', email = null where id_key = 'XK000007'")
        return tenant

    def test_everything_is_sealed_and_nothing_is_lost(self):
        tenant = self.fill()
        place = Place(self.conninfo)
        self.assertIn("sealed=450", place.ctl("migrate"))
        self.assertNotIn("sealed", place.ctl("migrate"))
        text = subprocess.run(["pg_dump", "-d", self.conninfo], check=True, stdout=subprocess.PIPE, text=True).stdout
        for word in ("@example.org", "XK-0", "XK0", "xk0", "1977-07-07", "Mtaa wa Uhuru", "note of", "changed note", "app.unsealed"):
            self.assertNotIn(word, text)
        self.assertEqual(self.run_sql("select count(*) from app.customer where version <> 1"), [(1,)])
        self.assertEqual(self.run_sql("select count(*) from pg_trigger where tgenabled <> 'O'"), [(0,)])
        self.assertEqual(self.run_sql("select count(*) from pg_constraint where not convalidated"), [(0,)])
        with self.assertRaises(psycopg2.Error):
            self.run_sql("set role bima_owner; update app.history set actor = 'nobody'")
        self.read(tenant, place)

    def read(self, tenant, place):
        user = self.run_sql("insert into app.user_account (tenant_id, login, name, role_id, branch_id) select r.tenant_id, 'neema', 'Neema', r.id, b.id "
                            "from app.role r join app.branch b using (tenant_id) where r.tenant_id = %s and r.code = 'manager' returning id", tenant)[0][0]
        self.run_sql("select app.open_session(%s, %s, %s, 2, 'password', '', '')", tenant, user, user)
        key = os.path.join(place.folder, "signing")
        shutil.copy(place.master, key + ".master")
        kept, world.KEY = world.KEY, key
        try:
            worker = Worker(conninfo=self.conninfo)
        finally:
            world.KEY = kept
        self.addCleanup(worker.close)
        manager = User.__new__(User)
        manager.worker, manager.who, manager.numbers = worker, (tenant, user, user), itertools.count(1)
        seven = manager.ok("get", entity="customer", key="XK-000007")
        self.assertEqual((seven.fields["note"], seven.fields["birth_date"], seven.fields["gender"]), ("changed note", "1977-07-07", "male"))
        self.assertNotIn("email", seven.fields)
        self.assertEqual(len(manager.ok("find", text="xk 000444").body["hits"]), 1)
        events = manager.ok("history", entity="customer", id=seven.record["id"]).body["events"]["rows"]
        self.assertEqual(len(events), 2)
        self.assertEqual({c["name"]: (c.get("before", ""), c.get("after", "")) for c in events[0]["changes"]},
                         {"Note": ("note of 7", "changed note"), "E-mail": ("zainabu7@example.org", "")})
        again = manager.call("add", entity="customer", fields={"name": "zainabu number9", "phone": "0713 999 999", "birth_date": "1977-07-07"})
        self.assertEqual(again.code, "CONFIRM")
        self.assertEqual(manager.call("add", entity="customer", fields={"name": "Some Body", "phone": "0713 999 998", "id_type": "passport",
                                                                        "id_number": "xk-000009"}).code, "DUPLICATE")

    def test_it_waits_for_a_vacuum_that_has_a_table_of_it(self):
        """As autovacuum does: the table, and then its row of the catalog."""
        self.fill()
        self.assertIn("master key", Place(self.conninfo, "/nowhere/master_key").ctl("migrate", code=70))
        place = Place(self.conninfo)
        vacuum = psycopg2.connect(self.conninfo)
        self.addCleanup(vacuum.close)
        with vacuum.cursor() as cur, concurrent.futures.ThreadPoolExecutor() as beside:
            cur.execute("lock table app.history in share update exclusive mode")
            sealing = beside.submit(place.ctl, "migrate")
            while not self.run_sql("select 1 from pg_locks where not granted"):
                self.assertFalse(sealing.done(), sealing)
            cur.execute("analyze app.history")
            vacuum.commit()
            self.assertIn("sealed=450", sealing.result())

    def test_what_was_interrupted_goes_on(self):
        self.fill()
        place = Place(self.conninfo, "/nowhere/master_key")
        self.assertIn("master key", place.ctl("migrate", code=70))  # migrated, and nothing sealed
        self.assertIn("not sealed yet", place.ctl("company", "list", code=70))
        place = Place(self.conninfo)
        self.run_sql("create function public.stop() returns trigger language plpgsql as $$ begin if (select count(*) from app.unsealed) < 150 "
                     "then raise exception 'the lights go out'; end if; return old; end $$")
        self.run_sql("create trigger stop before delete on app.unsealed for each row execute function public.stop()")
        self.assertIn("the lights go out", place.ctl("migrate", code=70))
        self.assertEqual(self.run_sql("select count(*), (select count(*) from app.person_key) from app.unsealed"), [(250, 200)])
        self.run_sql("drop trigger stop on app.unsealed")
        self.assertIn("sealed=250", place.ctl("migrate"))
        self.assertEqual(self.run_sql("select count(*) from app.customer c join app.person_key k on k.customer_id = c.id where personal_sealed is not null"),
                         [(450,)])


if __name__ == "__main__":
    unittest.main()
