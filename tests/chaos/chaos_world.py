"""What is broken: a real service whose state lies on a small file system, whose clock and line can be moved, and its journal.

The journal is a file of JSON lines, written before a request is sent and after it was answered; checker.py reads it.
"""
import ctypes
import datetime
import glob
import json
import os
import re
import shutil
import subprocess
import threading
import time

import paramiko
import psycopg2

import races_world
from races_world import Session, keys_for
from rules import UNSEALED
from service import Service, free_port, wait_for
from tamper import Tamper

PEOPLE = ("amina", "juma", "fatuma", "shija", "grace", "elia", "neema")
SIMBA = tuple(f"{who}@simba.co.tz" for who in PEOPLE)
DISK = {"size": "6g"}
MOUNTED = []
SQL_PATIENCE = 60
LAST_SECONDS = 30


class Journal:
    """Lines of what was asked and what was answered; safe for several threads."""

    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        self.out = open(path, "w", encoding="utf-8")

    def note(self, event, key, **facts):
        line = json.dumps({"event": event, "key": key, **facts})
        with self.lock:
            self.out.write(line + "\n")
            self.out.flush()


class Clock:
    """The clock of the service's processes and of its database: real time and an offset that stands in a file.

    libfaketime is loaded into the master, which hands it on to its children. PostgreSQL is started with an environment of
    its own, so a shell script stands where its program was, in this mount namespace alone.
    """

    def __init__(self, home, begin):
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
        assert library, "the clock is moved with libfaketime: install it (contrib/install-packages)"
        self.file = os.path.join(home, "clock")
        self.begin = self.offset = begin
        self.set_back, self.left_behind = False, []
        self.set(begin)
        name = "bima_chaos"
        self.share(name)
        self.env = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "FAKETIME_SHARED": f"/{name} /{name}"}
        self.wrap_postgres(home)

    @staticmethod
    def share(name):
        """The memory libfaketime wants to share among its processes, made here so that accounts of their own may open it, where
        it is gone with this namespace."""
        mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/dev/shm")
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        before = os.umask(0)
        libc.sem_open.restype = ctypes.c_void_p
        semaphore = libc.sem_open(("/" + name).encode(), os.O_CREAT, 0o666, 1)
        memory = os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_CREAT, 0o666)
        os.umask(before)
        assert semaphore, os.strerror(ctypes.get_errno())
        os.write(memory, bytes(16) + b"\xff" * 4080)  # two counters, then times that are not known yet
        os.close(memory)

    def wrap_postgres(self, home):
        program = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda p: int(p.split("/")[4]))[-1]
        real, script = os.path.join(home, "postgres.real"), os.path.join(home, "postgres.sh")
        with open(real, "w"):
            pass
        with open(script, "w") as out:
            words = " ".join(f"{key}='{value}'" for key, value in self.env.items())
            out.write(f"#!/bin/bash\nexport {words}\nexec -a {program} {real} \"$@\"\n")
        os.chmod(script, 0o755)
        mount("--bind", program, real)
        mount("--bind", script, program)

    def set(self, seconds):
        """Seconds ahead of real time. Replaced whole: nobody reads half of it. `left_behind`: when it was, by a clock that had been
        set back, that it was set again."""
        if self.set_back:
            self.left_behind.append(time.time() + self.offset)
        self.set_back, self.offset = seconds < self.offset, seconds
        with open(self.file + ".new", "w") as out:
            out.write(f"{seconds:+d}\n")
        os.chmod(self.file + ".new", 0o644)
        os.rename(self.file + ".new", self.file)


def mount(*words):
    done = subprocess.run(["mount", *words], capture_output=True, text=True)
    assert done.returncode == 0, f"mount {' '.join(words)}: {done.stderr}"
    if "remount" not in words[1]:
        MOUNTED.append(words[-1])


def until_new_year():
    """Seconds from now to the evening of 30 December: days that pass in a round pass a year."""
    now = datetime.datetime.now(datetime.timezone.utc)
    evening = now.replace(month=12, day=30, hour=17, minute=0, second=0, microsecond=0)
    if evening < now:
        evening = evening.replace(year=now.year + 1)
    return int((evening - now).total_seconds())


class World(races_world.World):
    def __init__(self, seed, longest_hold, **settings):
        """`longest_hold`: how long, in seconds, something is kept from going on at most."""
        self.seed, self.longest_hold = seed, longest_hold
        self.service = Service(customers=60, metrics_listen=f"127.0.0.1:{free_port()}", max_sessions_per_user=64, max_half_open=200,
                               max_half_open_per_source=200, queue_per_user=200, connects_per_minute=100000, **settings)
        self.desks, self.sessions = [], []
        os.mkdir(self.service.state)
        mount("-t", "tmpfs", "-o", f"size={DISK['size']},mode=0755", "tmpfs", self.service.state)
        try:
            self.start()
        except BaseException:
            self.close(failed=True)
            raise

    def start(self):
        self.clock = Clock(self.service.home, begin=until_new_year())
        # bimactl lives in the same days; sanitizers want to be loaded first and need not be
        self.service.env = self.service.ctl_env = dict(os.environ, ASAN_OPTIONS="verify_asan_link_order=0", **self.clock.env)
        self.service.__enter__()
        self.tamper = Tamper(self.service.port)
        self.journal = Journal(os.path.join(self.service.home, "journal"))
        self.twiga = tuple(who for who in self.service.passwords if who.endswith("@twiga.co.tz") and not who.startswith("admin@"))
        self.keys = keys_for(self.service, SIMBA + self.twiga)

    def hold(self, dice):
        return dice.uniform(0.3, self.longest_hold)

    def session(self, who, through_relay=False):
        session = (Brisk if through_relay else Session)(Through(self.service, self.tamper) if through_relay else self.service, who, self.keys[who])
        session.forgotten = 1 << 30  # databases die and days pass here
        self.sessions.append(session)
        return session

    def answers(self):
        return sum(desk.answers for desk in self.desks)

    def sql(self, text, args=None):
        """Of a database that may be killed at any moment: asked again until it answers."""
        end = time.monotonic() + SQL_PATIENCE
        while True:
            try:
                return super().sql(text, args)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def errors(self):
        return [f"{desk.name}: {desk.error!r}" for desk in self.desks if desk.error is not None]

    def conninfo(self):
        return f"host={self.service.run}/postgres dbname=bima user=bima_boot"

    def all_sealed(self, seconds):
        """Waits until all that was written so far is sealed; jobs may go on writing."""
        (now,), = self.sql("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        left = f"select * from ({UNSEALED}) u where xid::text::bigint < {now} limit 3"
        wait_for("all of audit and history is sealed", lambda: not self.sql(left), seconds)

    def broken_chains(self):
        """What `bimactl audit verify` finds, but for rows of the last seconds of a clock that was set back and then ahead again: when
        their company had no seal in between, nothing tells them from rows that somebody dated back."""
        done = self.service.run_ctl("audit", "verify")
        assert done.stdout.count("checked=") == 1, f"audit verify: {done.stdout}{done.stderr}"
        found = [line for line in done.stdout.strip().splitlines() if not line.startswith("the clock was set back")]
        for line in [line for line in found if "stream=audit" in line and line.endswith("after the time it bears")]:
            tenant, row = re.search(r"company=(\d+) .* id=(\d+) ", line).groups()
            (at,), = self.sql(f"select extract(epoch from at)::float8 from app.audit where tenant_id = {tenant} and id = {row}")
            if any(abs(at - left) < LAST_SECONDS for left in self.clock.left_behind):
                found.remove(line)
        return found[:-1], found[-1]

    def pids(self, kind):
        return [pid for name, pid, _ in self.service.processes() if name.split(".")[0] == kind]

    def close(self, failed=False):
        for session in self.sessions:
            session.close()
        self.service.stop()
        for path in reversed(MOUNTED):  # so that what is below can be removed
            subprocess.run(["umount", "--lazy", path], check=True)
        MOUNTED.clear()
        if failed:
            self.service.show_log()
        shutil.rmtree(self.service.home, ignore_errors=True)


class Brisk(Session):
    """Gives a line up that says nothing for some seconds: what was altered may have been how much there is to wait for."""
    patience = 4, 4

    def open(self):
        try:
            super().open()
        except Exception as error:  # paramiko says with all kinds of them that a greeting was spoilt
            raise paramiko.SSHException(f"not let in: {error!r}") from error


class Through:
    """The service as it is reached through a relay."""

    def __init__(self, service, relay):
        self.service, self.port = service, relay.port

