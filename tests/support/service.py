"""A real bimad for tests: embedded database in a temporary directory, a free port, demo companies, stopped at the end.

    with Service() as service:
        subprocess.run(service.ssh(service.clerk) + ["policy list"], env=service.ssh_env(service.clerk))

Works as root (the service drops to the accounts bima and bima-front, made when missing) and as a plain user.
The programs are taken from BIMA_BUILD, the build directory.
"""
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# what the sanitizers say in the log of a service that was built with them; leaks at its end
REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:")
BUILD = os.environ.get("BIMA_BUILD", os.path.join(os.path.dirname(__file__), "../../build/dev"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, condition, seconds=60):
    """Waits until condition() is true and returns what it gave; fails with a sentence."""
    end = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        assert time.monotonic() < end, f"{what}: not within {seconds} seconds"
        time.sleep(0.02)


def alive(pid):
    """Runs and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Service:
    clerk, cashier, manager, admin = (f"{who}@simba.co.tz" for who in ("amina", "juma", "neema", "admin"))
    other = "asha@twiga.co.tz"

    def __init__(self, customers=50, seed=1, demo=True, ctl_env=None, env=None, before=(), patience=60, **settings):
        self.bimad = os.path.join(BUILD, "server/bimad")
        self.bimactl = self.find("server/ctl/bimactl", "server/bimactl")
        self.bima = os.path.join(BUILD, "client/bima")
        self.home = tempfile.mkdtemp(prefix="bima-", dir="/tmp")
        os.chmod(self.home, 0o755)
        self.root = os.geteuid() == 0
        self.port = free_port()
        self.state, self.run = os.path.join(self.home, "state"), os.path.join(self.home, "run")
        self.conf = os.path.join(self.home, "bimad.conf")
        self.log = os.path.join(self.home, "bimad.log")
        self.known_hosts = os.path.join(self.home, "known_hosts")
        self.passwords = {}
        self.process = None
        self.ctl_env = ctl_env
        self.env = dict(os.environ, **(env or {}))
        self.before = list(before)  # words of a program that runs it
        self.patience = patience  # seconds until it answers
        self.customers, self.seed, self.demo = customers, seed, demo
        self.settings = {"listen": f"127.0.0.1:{self.port}", "state_dir": self.state, "run_dir": self.run,
                         "client_program": self.reachable(self.bima), "workers": 2, "bulk_workers": 1,
                         "offices": "127.0.0.1"}
        self.settings.update(settings)

    @staticmethod
    def find(*names):
        paths = [os.path.join(BUILD, name) for name in names]
        return next((p for p in paths if os.path.exists(p)), paths[0])

    def reachable(self, program):
        """The front's account must be able to run it, wherever the build directory is."""
        if not self.root or not os.path.exists(program):
            return program
        copy = os.path.join(self.home, os.path.basename(program))
        shutil.copy(program, copy)
        os.chmod(copy, 0o755)
        return copy

    # -- life ------------------------------------------------------------------------------------------------------

    def __enter__(self):
        try:
            self.start()
            if self.demo:
                self.fill()
        except BaseException:
            self.stop()
            self.show_log()
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.stop()
        said = self.reports()
        if kind is not None or said:
            self.show_log()
        shutil.rmtree(self.home, ignore_errors=True)
        assert kind is not None or not said, "".join(said)

    def reports(self):
        """Lines in which a sanitizer found something."""
        with open(self.log, errors="replace") as log:
            return [line for line in log if REPORT.search(line)]

    def show_log(self):
        if os.path.exists(self.log):
            with open(self.log, errors="replace") as log:
                print("".join(log.readlines()[-80:]))

    def write_conf(self):
        with open(self.conf, "w") as out:
            out.writelines(f"{key} = {value}\n" for key, value in self.settings.items())

    def start(self):
        if self.root:
            self.make_accounts()
        self.write_conf()
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([*self.before, self.bimad, "--config", self.conf], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True, env=self.env)
        wait_for("the service answers", self.answers, self.patience)
        with open(os.path.join(self.state, "host_key.pub")) as key, open(self.known_hosts, "w") as out:
            out.write(f"[127.0.0.1]:{self.port} {key.read()}")

    @staticmethod
    def make_accounts():
        for name in ("bima", "bima-front"):
            try:
                pwd.getpwnam(name)
            except KeyError:
                subprocess.run(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
                                "/usr/sbin/nologin", name], check=True)

    def answers(self):
        assert self.process.poll() is None, "bimad ended"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                line.settimeout(5)
                return line.recv(8).startswith(b"SSH-2.0")
        except OSError:
            return False

    def stop(self):
        """Asks it to stop; returns its exit status and checks that nothing is left of it."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        pids = [p for _, p, _ in self.processes()] if process.poll() is None else []
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        wait_for("all its processes end", lambda: not any(alive(p) for p in pids), 30)
        return status

    def fill(self):
        """The two demo companies and their users."""
        out = os.path.join(self.home, "passwords")
        self.ctl("demo", "--customers", str(self.customers), "--seed", str(self.seed), "--passwords", out)
        with open(out) as lines:
            for line in lines:
                words = line.split()
                if len(words) == 2:
                    self.passwords[words[0]] = words[1]

    def run_ctl(self, *words):
        return subprocess.run([self.bimactl, "--config", self.conf, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, env=self.ctl_env)

    def ctl(self, *words):
        done = self.run_ctl(*words)
        assert done.returncode == 0, f"bimactl {words}: {done.stdout}{done.stderr}"
        return done.stdout

    # -- looking at it ---------------------------------------------------------------------------------------------

    def status(self):
        """The lines of the control socket: values by key, and processes as {name: (pid, restarts)}."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(os.path.join(self.run, "control.sock"))
            line.sendall(b"status\n")
            text = b""
            while piece := line.recv(65536):
                text += piece
        values, processes = {}, {}
        for row in text.decode().splitlines():
            key, _, value = row.partition("=")
            if key == "process":
                name, pid, restarts = value.split()
                processes[name] = (int(pid.split("=")[1]), int(restarts.split("=")[1]))
            else:
                values[key] = value
        return values, processes

    def processes(self):
        """[(name, pid, restarts)] of what runs now."""
        try:
            return [(name, pid, n) for name, (pid, n) in self.status()[1].items() if pid > 0]
        except OSError:
            return []

    def pid(self, name):
        return self.status()[1][name][0]

    def logged(self, text):
        with open(self.log, errors="replace") as log:
            return any(text in line for line in log)

    # -- signing in ------------------------------------------------------------------------------------------------

    def password(self, who):
        return self.passwords[who]

    def password_file(self, who):
        path = os.path.join(self.home, "password-" + who)
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                out.write(self.password(who))
        return path

    def key(self, name="key", kind="ed25519"):
        """Path of a private key made for this test."""
        path = os.path.join(self.home, name)
        if not os.path.exists(path):
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)
        return path

    def ssh(self, who, *options):
        """The words of OpenSSH's client; its command comes after them."""
        return ["ssh", "-F", "none", "-p", str(self.port), "-o", f"UserKnownHostsFile={self.known_hosts}",
                "-o", "StrictHostKeyChecking=yes", "-o", "PreferredAuthentications=password",
                "-o", "NumberOfPasswordPrompts=1", *options, f"{who}@127.0.0.1"]

    def ssh_key(self, who, path, *options):
        return ["ssh", "-F", "none", "-p", str(self.port), "-o", f"UserKnownHostsFile={self.known_hosts}",
                "-o", "StrictHostKeyChecking=yes", "-o", "PreferredAuthentications=publickey",
                "-o", "IdentitiesOnly=yes", "-i", path, *options, f"{who}@127.0.0.1"]

    def ssh_env(self, who=None, password=None):
        """The environment in which OpenSSH asks nobody for the password."""
        ask = os.path.join(self.home, "askpass-" + secrets.token_hex(4))
        with open(os.open(ask, os.O_WRONLY | os.O_CREAT, 0o700), "w") as out:
            text = self.password(who) if password is None else password
            out.write("#!/bin/sh\ncat <<'END'\n" + text + "\nEND\n")
        return dict(os.environ, SSH_ASKPASS=ask, SSH_ASKPASS_REQUIRE="force", DISPLAY=":0")

    # -- asking ----------------------------------------------------------------------------------------------------

    def ask(self, who, *requests):
        """Sends (method, params) pairs over bima-json with OpenSSH; gives the replies in the order of the requests."""
        lines = []
        for i, (method, params) in enumerate(requests, 1):
            request = {"id": i, "method": method, "params": params}
            if method in ("add", "set", "act", "batch"):
                request["idem"] = secrets.token_hex(16)
            lines.append(json.dumps(request))
        done = subprocess.run(self.ssh(who, "-s") + ["bima-json"], env=self.ssh_env(who), input="\n".join(lines) + "\n",
                              capture_output=True, text=True, timeout=120)
        replies = {reply["id"]: reply for reply in map(json.loads, done.stdout.splitlines())}
        assert len(replies) == len(requests), f"{done.stdout}{done.stderr}"
        return [replies[i] for i in range(1, len(requests) + 1)]

    def sql(self, text):
        """One value or list of lines, asked of the embedded database as its owner."""
        done = subprocess.run(["psql", "-XAtq", f"host={self.run}/postgres dbname=bima user=bima_boot", "-c", text],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
