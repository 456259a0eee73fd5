#!/usr/bin/python3
"""Processes that die, a database that goes away, stopping, and who runs as whom."""
import glob
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from service import Service, alive, wait_for  # noqa: E402

LIST_CUSTOMERS = {wire.ENTITY: wire.CUSTOMER}
LIST_BRANCHES = {wire.ENTITY: wire.BRANCH}


class Held:
    """Holds the customers' table, so that a request for it stays under way until it is let go."""

    def __init__(self, service):
        self.service = service

    def __enter__(self):
        self.psql = subprocess.Popen(["psql", "-XAtq", f"host={self.service.run}/postgres dbname=bima user=bima_boot"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.psql.stdin.write("begin; lock table app.customer in access exclusive mode; select 'held';\n")
        assert self.psql.stdout.readline().strip() == "held"
        return self

    def waiting(self):
        """How many requests wait for it."""
        return int(self.service.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"))

    def let_go(self):
        if self.psql is not None:
            self.psql.kill()
            self.psql.communicate()
            self.psql = None

    def __exit__(self, *_):
        self.let_go()


class WithService(unittest.TestCase):
    """One service for all tests of a class; started again after a test that stopped it."""
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.service = Service(**cls.settings)
        cls.service.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__(None, None, None)

    def setUp(self):
        if self.service.process is None or self.service.process.poll() is not None:
            self.service.start()
        wait_for("the service works", self.works)

    def talk(self, who=None):
        who = who or self.service.clerk
        line = wire.connect(self.service.port, who, self.service.password(who))
        talk = wire.Wire(line)
        assert talk.receive()[:3] == [wire.REPLY, 0, wire.OK]
        return talk

    def works(self):
        try:
            reply, = self.service.ask(self.service.clerk, ("list", {"entity": "customer"}))
            return reply["code"] == "OK"
        except (AssertionError, ValueError):
            return False


class Dying(WithService):
    settings = {"workers": 2}

    def sent_again(self, talk):
        """As a client does: again for as long as the answer is to try again, which a busy machine may say twice."""
        for number in range(2, 12):
            talk.request(number, wire.LIST, LIST_CUSTOMERS)
            kind, answered, code = talk.receive()[:3]
            self.assertEqual([kind, answered], [wire.REPLY, number])
            if code != wire.RETRY:
                break
        self.assertEqual(code, wire.OK)

    def test_a_request_whose_worker_is_killed_is_answered_retry_and_works_when_sent_again(self):
        talk = self.talk()
        with Held(self.service) as held:
            talk.request(1, wire.LIST, LIST_CUSTOMERS)
            wait_for("the request is under way", held.waiting)
            for name, pid, _ in self.service.processes():
                if name.startswith("worker"):
                    os.kill(pid, signal.SIGKILL)
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 1, wire.RETRY])
        self.sent_again(talk)
        wait_for("both workers run again", lambda: sum(n.startswith("worker") and r > 0 for n, _, r in self.service.processes()) == 2)

    def test_a_front_that_is_killed_comes_back_with_new_workers(self):
        before = dict((n, p) for n, p, _ in self.service.processes())
        os.kill(before["front.0"], signal.SIGKILL)
        wait_for("the workers end with it", lambda: not alive(before["worker.0.0"]))
        wait_for("the service works again", self.works)
        after = dict((n, p) for n, p, _ in self.service.processes())
        for name in ("front.0", "worker.0.0", "worker.0.1", "bulk.0.0", "platform.0.0"):
            self.assertNotEqual(before[name], after[name], name)
        self.assertEqual(before["jobs"], after["jobs"])

    def test_jobs_that_die_come_back(self):
        pid = self.service.pid("jobs")
        os.kill(pid, signal.SIGKILL)
        wait_for("jobs run again", lambda: self.service.pid("jobs") not in (0, pid))

    def test_when_the_database_is_killed_requests_are_told_to_retry_until_it_is_back(self):
        talk = self.talk()
        old = self.service.pid("postgres")
        os.kill(old, signal.SIGKILL)
        codes, number = [], 0
        while wire.RETRY not in codes or codes[-1] != wire.OK:
            number += 1
            self.assertLess(number, 100000)
            talk.request(number, wire.LIST, LIST_CUSTOMERS)
            codes.append(talk.receive()[2])
        self.assertLessEqual(set(codes), {wire.OK, wire.RETRY})
        wait_for("status says so", lambda: self.service.status()[0]["database"] == "up")
        self.assertNotEqual(self.service.pid("postgres"), old)

    def test_a_front_that_stands_still_is_ended_and_comes_back(self):
        pid = self.service.pid("front.0")
        os.kill(pid, signal.SIGSTOP)
        wait_for("it is ended", lambda: not alive(pid), 40)
        wait_for("the service works again", self.works)

    def test_nothing_outlives_a_master_that_is_killed(self):
        pids = [p for _, p, _ in self.service.processes()]
        self.assertGreaterEqual(len(pids), 6)
        self.service.process.kill()
        self.service.process.wait()
        wait_for("every process is gone", lambda: not any(alive(p) for p in pids))
        self.service.start()
        self.assertTrue(self.works())


class Queue(WithService):
    settings = {"workers": 1, "queue_per_user": 8}

    def test_a_full_queue_says_busy_and_another_user_is_not_held_up_by_it(self):
        talk, other = self.talk(), self.talk(self.service.manager)
        before = int(self.service.status()[0]["busy"])
        with Held(self.service) as held:
            for number in range(1, 21):
                talk.request(number, wire.LIST, LIST_CUSTOMERS)
            wait_for("one is under way", held.waiting)
            codes, _ = talk.replies(11)
            self.assertEqual(set(codes.values()), {wire.BUSY})
            self.assertEqual(int(self.service.status()[0]["busy"]), before + 11)
            other.request(1, wire.LIST, LIST_BRANCHES)
            wait_for("it is queued", lambda: int(self.service.status()[0]["queue"]) == 9)
        # the other user's one request is next but one, not behind all eight
        done = []
        threads = [threading.Thread(target=lambda: (talk.replies(9), done.append("clerk"))),
                   threading.Thread(target=lambda: (other.replies(1), done.append("manager")))]
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        self.assertEqual(done, ["manager", "clerk"])

    def test_a_waiting_request_can_be_cancelled_and_one_past_its_time_is_told_so(self):
        talk = self.talk()
        with Held(self.service) as held:
            talk.request(1, wire.LIST, LIST_CUSTOMERS)
            wait_for("it is under way", held.waiting)
            talk.request(2)
            talk.request(3, wire.ME, None, deadline_ms=300)
            talk.send([wire.CANCEL, 2])
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 2, wire.CANCELLED])
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 3, wire.DEADLINE])
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 1, wire.OK])


class Stopping(WithService):
    settings = {"workers": 2, "drain_seconds": 20}

    def test_what_is_under_way_is_finished_and_new_requests_are_told_that_the_service_stops(self):
        self.addCleanup(self.service.stop)
        talk = self.talk()
        with Held(self.service) as held:
            talk.request(1, wire.LIST, LIST_CUSTOMERS)
            wait_for("it is under way", held.waiting)
            self.service.process.send_signal(signal.SIGTERM)
            message = talk.receive()
            self.assertEqual(message[0], wire.GOAWAY)
            talk.request(2)
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 2, wire.SHUTTING_DOWN])
            wait_for("new sessions are refused", lambda: not self.connects(), 5)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 1, wire.OK])
        self.assertIsNone(talk.receive())
        self.assertEqual(self.service.stop(), 0)

    def test_a_terminal_is_left_as_it_was_found(self):
        self.addCleanup(self.service.stop)
        line = wire.connect(self.service.port, self.service.clerk, self.service.password(self.service.clerk))
        channel = line.open_session()
        channel.settimeout(60)
        channel.get_pty("xterm-256color", 80, 24)
        channel.invoke_shell()
        seen = b""
        while b"Simba" not in seen:
            seen += channel.recv(65536)
        self.assertIn(b"\x1b[?1049h", seen)
        self.service.process.send_signal(signal.SIGTERM)
        while piece := channel.recv(65536):
            seen += piece
        self.assertGreater(seen.rfind(b"\x1b[?1049l"), seen.rfind(b"\x1b[?1049h"))
        self.assertEqual(self.service.stop(), 0)

    def connects(self):
        try:
            socket.create_connection(("127.0.0.1", self.service.port), timeout=5).close()
            return True
        except ConnectionRefusedError:
            return False

    def test_a_request_that_does_not_end_does_not_keep_it_running(self):
        self.service.stop()
        self.service.settings["drain_seconds"] = 1
        self.addCleanup(self.service.settings.update, drain_seconds=20)
        self.service.start()
        talk = self.talk()
        with Held(self.service) as held:
            talk.request(1, wire.LIST, LIST_CUSTOMERS)
            wait_for("it is under way", held.waiting)
            self.assertEqual(self.service.stop(), 0)


class Configured(unittest.TestCase):
    """A database of one's own, named in conninfo."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bima-db-", dir="/tmp")
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support/cluster")
        self.addCleanup(subprocess.run, [script, "stop", self.dir])
        subprocess.run([script, "start", self.dir], check=True, stdout=subprocess.DEVNULL)
        self.service = Service(demo=False, ctl_env=dict(os.environ, PGUSER="bima_boot"), conninfo=f"host={self.dir} dbname=bima")

    def tearDown(self):
        self.service.__exit__(None, None, None)

    def pg_ctl(self, *words):
        pg = max(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
        owner = {"user": "postgres"} if os.geteuid() == 0 else {}
        subprocess.run([pg, "-D", os.path.join(self.dir, "data"), "-w", "-s", *words], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)

    def database(self):
        return self.service.status()[0]["database"]

    def test_the_service_waits_for_it_uses_it_and_comes_back_with_it(self):
        starting = threading.Thread(target=self.service.start)
        starting.start()
        wait_for("the service says what it waits for", lambda: os.path.exists(self.service.log) and
                 self.service.logged("event=database.wait"))
        self.service.write_conf()
        self.service.ctl("migrate")
        starting.join(60)
        out = self.service.ctl("company", "add", "SI", "Simba Insurance", "--domain", "simba.co.tz")
        self.service.passwords[self.service.admin] = re.search(r"password=(\S+)", out)[1]
        line = wire.connect(self.service.port, self.service.admin, self.service.password(self.service.admin))
        talk = wire.Wire(line)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.OK])
        self.assertNotIn("postgres", self.service.status()[1])

        self.pg_ctl("stop", "-m", "fast")  # the fixture does not wait for the disk: a crash would lose the company
        talk.request(1)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 1, wire.RETRY])
        wait_for("status says that it is down", lambda: self.database() == "down")
        self.pg_ctl("start", "-l", os.path.join(self.dir, "data/log"), "-o", f"-c listen_addresses= -c unix_socket_directories={self.dir}")
        wait_for("status says that it is up", lambda: self.database() == "up")
        code = None
        for number in range(2, 10):
            talk.request(number)
            code = talk.receive()[2]
            if code == wire.OK:
                break
        self.assertEqual(code, wire.OK)
        line.close()


class Sides(WithService):
    """Companies and the platform have workers of their own: what holds up the one leaves the other alone."""

    def still(self, *names):
        for name in names:
            pid = self.service.pid(name)
            os.kill(pid, signal.SIGSTOP)
            self.addCleanup(os.kill, pid, signal.SIGCONT)

    def registers(self, seconds):
        """Signs in as `register` and asks who that is; None when there is no answer in time."""
        words = self.service.ssh("register", "-s", "-o", "PreferredAuthentications=none") + ["bima-json"]
        try:
            done = subprocess.run(words, input='{"id":1,"method":"me","params":{}}\n', capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout

    def test_companies_work_while_the_workers_of_the_platform_stand_still(self):
        self.still("platform.0.0")
        reply, = self.service.ask(self.service.clerk, ("list", {"entity": "customer"}))
        self.assertEqual(reply["code"], "OK")
        self.assertIsNone(self.registers(2), "nobody else may answer for the platform")

    def test_the_platform_works_while_the_workers_of_companies_stand_still(self):
        self.still("worker.0.0", "worker.0.1", "bulk.0.0")
        self.assertIn('"role":"register"', self.registers(30))


class Rights(WithService):
    def test_each_process_has_the_account_and_the_rights_it_needs_and_no_more(self):
        uids = {name: os.stat(f"/proc/{pid}").st_uid for name, pid, _ in self.service.processes()}
        if not self.service.root:
            self.assertEqual(set(uids.values()), {os.geteuid()})
            return
        bima, front = (pwd.getpwnam(n).pw_uid for n in ("bima", "bima-front"))
        for name, pid, _ in self.service.processes():
            with open(f"/proc/{pid}/status") as status:
                fields = dict(row.rstrip("\n").split(":\t", 1) for row in status if ":\t" in row)
            self.assertEqual(set(fields["Uid"].split()), {str(front if name.startswith("front") else bima)}, name)
            kept = int(fields["CapPrm"], 16)
            # the master: kill, setgid, setuid
            self.assertEqual(kept, 0b11100000 if name == "master" else 0, name)
            if name not in ("master", "postgres"):
                self.assertEqual(fields["NoNewPrivs"], "1", name)
        for role in ("bima_worker", "bima_platform", "bima_jobs", "bima_boot", "postgres", "bima"):
            done = subprocess.run(["psql", "-XAtq", f"host={self.service.run}/postgres dbname=bima user={role}", "-c", "select 1"],
                                  user="bima-front", cwd="/", capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, role)
            self.assertIn("failed", done.stderr)
        for path in ("host_key", "signing_key"):
            self.assertEqual(os.stat(os.path.join(self.service.state, path)).st_mode & 0o777, 0o600)
        done = subprocess.run(["cat", os.path.join(self.service.state, "host_key")], user="bima-front", capture_output=True)
        self.assertNotEqual(done.returncode, 0)

    def test_a_front_is_told_nothing_of_the_database(self):
        pid = self.service.pid("front.0")
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pid}/{name}", "rb") as text:
                self.assertNotIn(b"postgres", text.read())
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        self.assertFalse([link for link in links if "settings" in link or self.service.state in link], links)


if __name__ == "__main__":
    unittest.main(verbosity=2)
