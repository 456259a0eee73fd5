"""A service on a set of data: real processes, the embedded database, people with keys."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
from service import BUILD, Service, wait_for  # noqa: E402

ROOM = {"max_sessions": 50000, "max_sessions_per_user": 10000, "max_half_open": 10000, "max_half_open_per_source": 10000,
        "handshakes_per_second": 10000, "connects_per_minute": 100000, "queue": 20000, "queue_per_user": 10000,
        "slow_request_ms": 0, "open_seconds": 3600, "kex_seconds": 120, "log_level": "warn"}


class Host(Service):
    """The state stays in `place`; sockets, log and settings in a short directory of /tmp."""

    def __init__(self, place, **settings):
        super().__init__(demo=False, patience=1800, **{**ROOM, **settings})  # migrations of a large set take minutes
        self.place = os.path.abspath(place)
        self.state = os.path.join(self.place, "state")
        self.settings["state_dir"] = self.state
        self.password_list = os.path.join(self.place, "passwords")

    def ctl(self, *words):
        done = subprocess.run([self.bimactl, "--config", self.conf, *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=7200)
        assert done.returncode == 0, f"bimactl {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def conninfo(self, role="bima_boot", port=5432):
        return f"host={self.run}/postgres port={port} dbname=bima user={role}"

    @staticmethod
    def bin_dir():
        """Of the newest PostgreSQL, the one the service runs."""
        versions = sorted(os.listdir("/usr/lib/postgresql"), key=int)
        return f"/usr/lib/postgresql/{versions[-1]}/bin"

    def sql(self, text):
        return self.script(text).strip()

    def script(self, text, port=5432):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(port=port), "-f", "-"], input=text,
                              capture_output=True, text=True, timeout=14400)
        assert done.returncode == 0, f"{text[:2000]}: {done.stderr}"
        return done.stdout

    def wait_sealed(self):
        """Until history and audit are chained: the jobs process is quiet then."""
        def left():
            return int(self.sql("select (select count(*) from app.history) + (select count(*) from app.audit)"
                                " - (select count(*) from app.sealed)")) < 100
        wait_for("history is sealed", left, 3600)

    # -- keys of people -------------------------------------------------------------------------------------------

    def key_path(self, name):
        path = os.path.join(self.place, "key-" + name)
        if not os.path.exists(path):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
        return path

    def public_key(self, name):
        """(as the service keeps it, its fingerprint)"""
        path = self.key_path(name) + ".pub"
        with open(path) as f:
            text = " ".join(f.read().split()[:2])
        mark = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True).stdout.split()[1]
        return text, mark

    # -- what was measured while a set was made ---------------------------------------------------------------------

    def note(self, name, value):
        notes = self.notes()
        notes[name] = value
        with open(os.path.join(self.place, "notes.json"), "w") as f:
            json.dump(notes, f)

    def notes(self):
        path = os.path.join(self.place, "notes.json")
        if not os.path.exists(path):
            return {}
        with open(path) as f:
            return json.load(f)
