"""What processes cost: processor time and memory from /proc, and the programs that make load."""
import json
import os
import subprocess
import sys

from files import READS
from host import BUILD

GIVEN_UP_US = 60 * 1000 * 1000  # as long as bench_load waits for what is under way at the end
TICK = os.sysconf("SC_CLK_TCK")
LOAD = os.path.join(BUILD, "tests/bench/load/bench_load")


def stat_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def children_of(pid):
    """All below, not itself."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := stat_of(name)):
            parents.setdefault(int(stat[1]), []).append(int(name))
    found, todo = [], [pid]
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


class Machine:
    """The processes of a running service, those of its database apart."""

    def __init__(self, host):
        self.master = host.process.pid
        with open(os.path.join(host.state, "postgres/postmaster.pid")) as f:
            self.postmaster = int(f.readline())

    def split(self):
        database = [self.postmaster, *children_of(self.postmaster)]
        return [p for p in [self.master, *children_of(self.master)] if p not in database], database

    def cpu(self):
        """(service, database): seconds so far, those of children that ended included."""
        service, database = self.split()
        return self.seconds(service, self.master), self.seconds(database, self.postmaster)

    @staticmethod
    def seconds(pids, parent):
        total = 0
        for pid in pids:
            stat = stat_of(pid)
            if stat:
                total += int(stat[11]) + int(stat[12])
                if pid == parent:
                    total += int(stat[13]) + int(stat[14])
        return total / TICK

    def memory(self):
        """KiB of the service without its database: each page divided among those who share it. By role."""
        roles = {}
        for pid in self.split()[0]:
            try:
                with open(f"/proc/{pid}/cmdline") as f:
                    words = f.read().split("\0")
                with open(f"/proc/{pid}/smaps_rollup") as f:
                    pss = next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
            except (FileNotFoundError, ProcessLookupError, StopIteration):
                continue
            role = words[words.index("--role") + 1] if "--role" in words else "master"
            roles[role] = roles.get(role, 0) + pss
        return roles


class LoadFailed(Exception):
    pass


def start_load(host, files, work, sessions, seconds, **more):
    words = [LOAD, "--port", str(host.port), "--users", files.users, "--samples", files.samples, "--known-hosts",
             host.known_hosts, "--cache", os.path.join(host.home, "cache"), "--work", work, "--sessions", str(sessions), "--seconds", str(seconds)]
    for name, value in more.items():
        words += ["--" + name] + ([] if value is True else [str(value)])
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish_load(process):
    out, err = process.communicate(timeout=3600)
    if process.returncode != 0:
        raise LoadFailed(f"bench_load ended with {process.returncode}: {err.strip()}")
    for line in err.splitlines():
        if not line.endswith(" online"):
            print(line, file=sys.stderr)
    return without_flattery(json.loads(out))


def without_flattery(got):
    """Requests that were refused or given up are missing among the latencies: then these are no better than the longest wait."""
    if got["unanswered"] or (got["failures"] and got["work"] in READS):
        print(f"{got['work']}: {got['failures']} failed, {got['unanswered']} were not answered", file=sys.stderr)
        got.update((name, GIVEN_UP_US) for name in ("p50_us", "p95_us", "p99_us"))
    return got


def run_load(host, files, work, sessions, seconds, **more):
    return finish_load(start_load(host, files, work, sessions, seconds, **more))


def wait_online(process):
    """bench_load says when all are signed in, and begins."""
    line = process.stderr.readline()
    if "online" not in line:
        rest = process.communicate(timeout=600)[1]
        raise LoadFailed(f"bench_load ended with {process.returncode}: {line}{rest}")


def run_costed(host, files, work, sessions, seconds, **more):
    """(what bench_load saw, processor seconds of the service and of the database without the sign-ins before)"""
    machine = Machine(host)
    process = start_load(host, files, work, sessions, seconds, **more)
    wait_online(process)
    before = machine.cpu()
    got = finish_load(process)
    return got, [now - then for now, then in zip(machine.cpu(), before)]


def percentile(values, p):
    """Of a sorted list."""
    return values[min(len(values) - 1, int(len(values) * p / 100))] if values else 0


def run_pgbench(host, scripts, words, clients, directory):
    """Rate and latencies of the second half: by then every statement is prepared and planned."""
    for name in os.listdir(directory):
        if name.startswith("log."):
            os.unlink(os.path.join(directory, name))
    words = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-l", "--log-prefix", os.path.join(directory, "log"), *words]
    for script in scripts:
        words += ["-f", script]
    env = dict(os.environ, PATH=os.environ["PATH"] + ":" + host.bin_dir())
    done = subprocess.run([*words, host.conninfo("bima_worker")], capture_output=True, text=True, env=env, timeout=600)
    assert done.returncode == 0 and "aborted" not in done.stderr, done.stderr[-2000:]
    ends, times = [], []
    for name in os.listdir(directory):
        if name.startswith("log."):
            with open(os.path.join(directory, name)) as f:
                for line in f:
                    words = line.split()
                    ends.append(int(words[4]) * 1000000 + int(words[5]))
                    times.append(int(words[2]))
    assert ends, f"pgbench did nothing: {done.stdout}{done.stderr}"
    first, last = min(ends), max(ends)
    half = (first + last) / 2
    late = sorted(t for e, t in zip(ends, times) if e >= half)
    return {"per_second": len(late) / max((last - half) / 1e6, 1e-6), "p50_us": percentile(late, 50),
            "p95_us": percentile(late, 95), "p99_us": percentile(late, 99)}
