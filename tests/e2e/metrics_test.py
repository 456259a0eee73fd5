#!/usr/bin/python3
"""Metrics and health over loopback HTTP: what is told is well formed and true, and whoever asks disturbs nobody."""
import concurrent.futures
import glob
import json
import math
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from service import Service, free_port, wait_for  # noqa: E402

MONITORING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../contrib/monitoring")
LIST_CUSTOMERS = {wire.ENTITY: wire.CUSTOMER}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


def parse(text):
    """Strictly, as the exposition format says: {(name, labels): value} and {family: type}; every line must fit."""
    samples, types, current, seen_help = {}, {}, None, None
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            seen_help, words = re.fullmatch(rf"# HELP ({NAME}) (\S.*\S)", line).groups()
            assert "\\" not in words and seen_help not in types, line
        elif line.startswith("# TYPE "):
            name, kind = re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line).groups()
            assert name == seen_help and name not in types, line
            assert (kind == "counter") == name.endswith("_total"), line
            types[name], current = kind, name
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels = match[1], tuple(re.findall(LABEL, match[2] or ""))
            assert name in [current + s for s in SUFFIXES.get(types[current], ("",))], line
            assert len({key for key, _ in labels}) == len(labels), line
            assert (name, labels) not in samples, line
            samples[name, labels] = float(match[match.lastindex])
    check_histograms(samples, types)
    return samples, types


def check_histograms(samples, types):
    for family in (name for name, kind in types.items() if kind == "histogram"):
        series = {}
        for (name, labels), value in samples.items():
            if name == family + "_bucket":
                series.setdefault(labels[:-1], []).append((float(dict(labels)["le"]), value))
        assert series, family
        for labels, buckets in series.items():
            bounds, counts = zip(*buckets)
            assert list(bounds) == sorted(set(bounds)) and bounds[-1] == math.inf, family
            assert list(counts) == sorted(counts) and counts[-1] == samples[family + "_count", labels], family
            assert (family + "_sum", labels) in samples, family


class Monitored:
    """A service that tells of itself."""

    def __init__(self, **settings):
        self.port = free_port()
        self.service = Service(metrics_listen=f"127.0.0.1:{self.port}", **settings)

    def get(self, path, method="GET"):
        """(status, text)"""
        ask = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(ask, timeout=20) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def numbers(self):
        status, text = self.get("/metrics")
        assert status == 200, text
        return parse(text)[0]

    def total(self, name, samples=None, **labels):
        """Sum over what has these labels."""
        return sum(value for (n, got), value in (samples or self.numbers()).items()
                   if n == name and labels.items() <= dict(got).items())


def setUpModule():
    global monitored, service
    monitored = Monitored(slow_request_ms=150, max_sessions_per_user=100)
    service = monitored.service
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def talk(who=None):
    who = who or service.clerk
    one = wire.Wire(wire.connect(service.port, who, service.password(who)))
    assert one.receive()[:3] == [wire.REPLY, 0, wire.OK]
    return one


class Held:
    """Holds the customers' table, so that a request for it is slow."""

    def __enter__(self):
        self.psql = subprocess.Popen(["psql", "-XAtq", f"host={service.run}/postgres dbname=bima user=bima_boot"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.psql.stdin.write("begin; lock table app.customer in access exclusive mode; select 'held';\n")
        assert self.psql.stdout.readline().strip() == "held"
        return self

    @staticmethod
    def until_slow():
        wait_for("it waits for the table", lambda: service.sql(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and now() > query_start + interval '0.2 s'") != "0")

    def __exit__(self, *_):
        self.psql.communicate("rollback;\n")


class Numbers(unittest.TestCase):
    def test_requests_sessions_and_times_move_as_the_work_does(self):
        before = monitored.numbers()
        one = talk()
        for number in range(1, 21):
            one.request(number, wire.LIST, LIST_CUSTOMERS)
        one.replies(20)
        one.request(21, wire.LIST, {wire.ENTITY: 999})
        self.assertNotEqual(one.receive()[2], wire.OK)
        after = monitored.numbers()

        def moved(name, **labels):
            return monitored.total(name, after, **labels) - monitored.total(name, before, **labels)
        self.assertEqual(moved("bima_requests_total", method="list", outcome="OK"), 20)
        self.assertEqual(moved("bima_requests_total", method="list"), 21)
        self.assertEqual(moved("bima_front_requests_total"), 22, "hello is one of them")
        self.assertEqual(moved("bima_sign_ins_total", outcome="ok"), 1)
        self.assertEqual(moved("bima_request_seconds_count", lane="work"), 22)
        self.assertEqual(moved("bima_queue_wait_seconds_count", lane="work"), 22)
        self.assertGreater(moved("bima_request_seconds_sum", lane="work"), moved("bima_queue_wait_seconds_sum", lane="work"))
        self.assertGreaterEqual(moved("bima_database_round_trips_total"), 0)
        self.assertEqual(moved("bima_scrapes_total"), 1)
        wait_for("workers told what they read", lambda: monitored.total("bima_database_rows_total") >
                 monitored.total("bima_database_rows_total", before))
        wait_for("one session more", lambda: monitored.total("bima_sessions") >= 1)
        one.channel.get_transport().close()
        wait_for("none", lambda: monitored.total("bima_sessions") == 0)

    def test_numbers_are_true_while_many_requests_run(self):
        before = monitored.total("bima_requests_total", method="list", outcome="OK")
        talks = [talk() for _ in range(3)]
        done = []

        def work(one):
            for number in range(1, 101):
                one.request(number, wire.LIST, LIST_CUSTOMERS)
                done.append(one.receive()[2])
        threads = [threading.Thread(target=work, args=(one,)) for one in talks]
        for t in threads:
            t.start()
        last = before
        while any(t.is_alive() for t in threads):
            now = monitored.total("bima_requests_total", method="list", outcome="OK")
            self.assertGreaterEqual(now, last, "a counter never falls")
            last = now
        for t in threads:
            t.join()
        for one in talks:
            one.channel.get_transport().close()
        self.assertEqual(set(done), {wire.OK})
        self.assertEqual(monitored.total("bima_requests_total", method="list", outcome="OK"), before + 300)

    def test_a_slow_request_is_counted_and_logged_with_its_times_and_no_data(self):
        before = monitored.total("bima_slow_requests_total")
        one = talk()
        with Held() as held:
            one.request(1, wire.LIST, LIST_CUSTOMERS)
            held.until_slow()
        reply = one.receive()
        one.channel.get_transport().close()
        self.assertEqual(reply[2], wire.OK)
        self.assertGreater(monitored.total("bima_slow_requests_total"), before)
        trace = reply[4][4]
        with open(service.log) as log:
            slow = [line for line in log if "event=request.slow" in line and "method=list" in line][-1]
        match = re.search(r"req=(\w{12}) method=list code=OK wait_us=\d+ worker_us=(\d+) rows=(\d+) trips=\d+$", slow.strip())
        self.assertIsNotNone(match, slow)
        self.assertGreater(int(match[2]), 150_000)
        self.assertGreater(int(match[3]), 10)
        self.assertEqual(match[1], trace, "the client is told which it was")
        self.assertTrue(service.logged(f"event=request req={trace} "))

    def test_status_tells_the_person_which_answer_was_slow(self):
        words, env = service.ssh(service.clerk, "-T") + ["--", "--plain"], service.ssh_env(service.clerk)
        with Held() as held:
            typing = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            typing.stdin.write("customer list\nstatus\nquit\n")
            typing.stdin.flush()
            held.until_slow()
        said, _ = typing.communicate(timeout=60)
        match = re.search(r"Last slow answer: request (\w{12}), \d+\.\d{3} seconds", said)
        self.assertIsNotNone(match, said)
        self.assertTrue(service.logged(f"event=request.slow req={match[1]} "))

    def test_refusals_are_told_by_reason(self):
        before = monitored.numbers()
        with self.assertRaises(Exception):
            wire.connect(service.port, service.clerk, "not the password")
        wait_for("it is counted", lambda: monitored.total("bima_sign_ins_total", outcome="failed") >
                 monitored.total("bima_sign_ins_total", before, outcome="failed"))

    def test_a_worker_that_dies_shows_in_the_numbers_and_the_counters_go_on(self):
        before = monitored.numbers()
        os.kill(service.pid("worker.0.0"), 9)
        wait_for("it was started again", lambda: monitored.total("bima_process_restarts_total", process="worker.0.0") ==
                 monitored.total("bima_process_restarts_total", before, process="worker.0.0") + 1 and
                 monitored.total("bima_process_up", process="worker.0.0") == 1)
        self.assertGreaterEqual(monitored.total("bima_requests_total"), monitored.total("bima_requests_total", before))
        wait_for("all connections are back", lambda: monitored.total("bima_database_connections") == 4)

    def test_labels_are_few_and_name_nobody(self):
        status, text = monitored.get("/metrics")
        samples, _ = parse(text)
        known = {"front", "lane", "le", "reason", "outcome", "method", "job", "process", "version"}
        self.assertLessEqual({key for _, labels in samples for key, _ in labels}, known)
        for word in ("simba", "twiga", "amina", "127.0.0.1"):
            self.assertNotIn(word, text.lower())
        self.assertLess(len(samples), 1000)

    def test_memory_and_processor_time_of_every_process(self):
        samples = monitored.numbers()
        for name in service.status()[1]:
            self.assertGreater(monitored.total("bima_process_resident_bytes", samples, process=name), 1_000_000, name)
            self.assertIn(("bima_process_cpu_seconds_total", (("process", name),)), samples)


class Http(unittest.TestCase):
    def raw(self, data):
        """What comes back to these bytes until the end."""
        with socket.create_connection(("127.0.0.1", monitored.port), timeout=20) as line:
            try:
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
                got = b""
                while piece := line.recv(65536):
                    got += piece
                return got
            except OSError:  # it was closed on us
                return b""

    def test_three_paths_two_methods_and_nothing_else(self):
        self.assertEqual(monitored.get("/healthz"), (200, "ok\n"))
        self.assertEqual(monitored.get("/readyz"), (200, "ok\n"))
        self.assertEqual(monitored.get("/metrics", "HEAD"), (200, ""))
        self.assertEqual(monitored.get("/"), (404, "there are /metrics, /healthz and /readyz\n"))
        self.assertEqual(monitored.get("/metrics/../healthz")[0], 404)
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            self.assertEqual(monitored.get("/metrics", method)[0], 405, method)

    def test_garbage_is_refused_and_leaves_it_standing(self):
        pid = service.pid("metrics")
        garbage = (b"\0" * 5000, b"\xff" * 70000, b"GET", b"GET /metrics\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"\r\n" * 3000,
                   b"GET /metrics HTTP/1.1\r\n\r\n", b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                   b"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
                   b"POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                   b"GET /metrics HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % i for i in range(4000)) + b"\r\n")
        with concurrent.futures.ThreadPoolExecutor(len(garbage)) as pool:  # some of it is waited for until it is too late
            answers = list(pool.map(self.raw, garbage))
        for data, got in zip(garbage, answers):
            self.assertTrue(got == b"" or got.startswith(b"HTTP/1."), got[:40])
            self.assertFalse(got.startswith(b"HTTP/1.1 200"), data[:40])
        self.assertEqual(service.pid("metrics"), pid)
        parse(monitored.get("/metrics")[1])

    def test_200_slow_clients_disturb_neither_monitors_nor_people(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        one = talk()

        def took():
            started = time.monotonic()
            for number in range(took.at, took.at + 50):
                one.request(number, wire.LIST, LIST_CUSTOMERS)
                self.assertEqual(one.receive()[2], wire.OK)
            took.at += 50
            return time.monotonic() - started
        took.at = 1
        alone = min(took() for _ in range(3))
        lines = [socket.create_connection(("127.0.0.1", monitored.port), timeout=20) for _ in range(200)]
        for i, line in enumerate(lines):
            line.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\nX: "[:5 + i % 30])
        together = min(took() for _ in range(3))
        self.assertLess(together, 3 * alone + 0.2)
        self.assertEqual(monitored.get("/healthz"), (200, "ok\n"))
        parse(monitored.get("/metrics")[1])
        for line in lines:
            line.close()
        one.channel.get_transport().close()

    def test_it_has_the_fronts_account_no_way_to_data_and_only_looks_at_what_it_shares(self):
        pid, front = service.pid("metrics"), service.pid("front.0")
        self.assertEqual(os.stat(f"/proc/{pid}").st_uid, os.stat(f"/proc/{front}").st_uid)
        with open(f"/proc/{pid}/environ", errors="replace") as env:
            self.assertNotIn("postgres", env.read())
        with open(f"/proc/{pid}/maps") as maps:
            shared = [line for line in maps if "memfd:bimad-" in line]
        self.assertEqual(len(shared), 2, shared)
        for line in shared:
            self.assertEqual(line.split()[1], "r--s", line)
        for fd in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            self.assertFalse("host_key" in target or "postgres" in target, target)

    def test_when_it_dies_it_is_started_again_and_nothing_else_is(self):
        others = {name: pid for name, pid, _ in service.processes() if name != "metrics"}
        os.kill(service.pid("metrics"), 9)
        wait_for("it answers again", lambda: service.status()[1]["metrics"][1] >= 1 and monitored.get("/healthz") == (200, "ok\n"))
        self.assertEqual({name: pid for name, pid, _ in service.processes() if name != "metrics"}, others)


class Off(unittest.TestCase):
    def test_without_the_setting_there_is_no_such_process_and_other_addresses_are_refused(self):
        sample = subprocess.run([service.bimad, "--sample-config"], capture_output=True, text=True, check=True).stdout
        self.assertIn("\n#metrics_listen =\n", sample)
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
            conf.write("metrics_listen = 0.0.0.0:9464\n")
            conf.flush()
            done = subprocess.run([service.bimad, "--config", conf.name, "--check-config"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 78)
        self.assertIn("metrics_listen must be a loopback address and a port", done.stderr)


class Database(unittest.TestCase):
    """A database of one's own, which can be stopped."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bima-db-", dir="/tmp")
        self.script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support/cluster")
        self.addCleanup(subprocess.run, [self.script, "stop", self.dir])
        subprocess.run([self.script, "start", self.dir], check=True, stdout=subprocess.DEVNULL)
        self.monitored = Monitored(demo=False, ctl_env=dict(os.environ, PGUSER="bima_boot"), conninfo=f"host={self.dir} dbname=bima")
        self.monitored.service.write_conf()
        self.monitored.service.ctl("migrate")
        self.monitored.service.start()
        self.addCleanup(self.monitored.service.__exit__, None, None, None)

    def pg_ctl(self, *words):
        pg = max(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
        owner = {"user": "postgres"} if os.geteuid() == 0 else {}
        subprocess.run([pg, "-D", os.path.join(self.dir, "data"), "-w", "-s", *words], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)

    def test_readiness_goes_with_the_database_and_health_does_not(self):
        m = self.monitored
        wait_for("it is ready", lambda: m.get("/readyz") == (200, "ok\n"))
        self.assertEqual(m.total("bima_database_up"), 1)
        self.assertEqual(m.total("bima_process_up", process="postgres"), 0, "it is not ours")
        failed = m.total("bima_job_failures_total")
        self.pg_ctl("stop", "-m", "fast")
        wait_for("it says why it is not ready", lambda: m.get("/readyz") == (503, "the database is down\n"))
        self.assertEqual(m.get("/healthz"), (200, "ok\n"))
        self.assertEqual((m.total("bima_database_up"), m.total("bima_ready"), m.total("bima_healthy")), (0, 0, 1))
        wait_for("jobs tell that they fail", lambda: m.total("bima_job_failures_total") > failed)
        self.pg_ctl("start", "-l", os.path.join(self.dir, "data/log"), "-o", f"-c listen_addresses= -c unix_socket_directories={self.dir}")
        wait_for("it is ready again", lambda: m.get("/readyz") == (200, "ok\n"))
        self.assertEqual(m.total("bima_database_up"), 1)


class Monitoring(unittest.TestCase):
    """The dashboard and the rules name what is told, all of it, and nothing else."""

    @staticmethod
    def families():
        return parse(monitored.get("/metrics")[1])[1]

    def check(self, text, where):
        families = self.families()
        told = {name + suffix for name, kind in families.items() for suffix in SUFFIXES.get(kind, ("",))}
        for name in set(re.findall(r"\bbima_[a-z0-9_]+", text)):
            self.assertIn(name, told, where)

    def test_the_dashboard_shows_every_metric(self):
        with open(os.path.join(MONITORING, "grafana-dashboard.json")) as text:
            board = json.load(text)
        expressions = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
        self.check("\n".join(expressions), "the dashboard")
        names = set(re.findall(r"\bbima_[a-z0-9_]+", "\n".join(expressions)))
        for family, kind in self.families().items():
            self.assertTrue(names & {family + s for s in SUFFIXES.get(kind, ("",))}, f"no panel shows {family}")
        ids = [panel["id"] for panel in board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        for panel in board["panels"]:
            self.assertTrue(panel["title"])
            self.assertLessEqual(panel["gridPos"]["x"] + panel["gridPos"]["w"], 24)

    def test_the_rules_name_what_there_is(self):
        path = os.path.join(MONITORING, "alerts.yml")
        with open(path) as text:
            rules = text.read()
        self.check("\n".join(re.findall(r"^\s+expr: (.*)$", rules, re.M)), "the rules")
        alerts = re.findall(r"^\s+- alert: (\w+)$", rules, re.M)
        self.assertEqual(len(alerts), len(set(alerts)))
        self.assertEqual(len(alerts), len(re.findall(r"^\s+expr: ", rules, re.M)))
        with open(os.path.join(MONITORING, "README.md")) as text:
            readme = text.read()
        for alert in alerts:
            self.assertIn(f"`{alert}`", readme)


if __name__ == "__main__":
    unittest.main(verbosity=2)
