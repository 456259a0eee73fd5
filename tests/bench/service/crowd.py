"""Many at once: idle people, storms, what is told, signing in."""
import os
import statistics
import subprocess
import time

from files import Files, make_clerks
from host import BUILD
from measure import Machine, finish_load, run_load, start_load, wait_online

IDLE_KIB, TOLD_MS, STORM_SECONDS, SIGN_IN_US, WHEN_STORM = 400 * 1024, 500, 15, 1000, 5
CROWD, STORM, BUSY = 10000, 5000, 64
STORM_LASTS = 8  # seconds, at least
CROWD_QUICK, STORM_QUICK, BUSY_QUICK = 40, 20, 4
BARE = os.path.join(BUILD, "tests/bench/ssh_bare")
CLERKS = 25  # of each company: nobody has hundreds of sessions


def crowd_of(run):
    return (CROWD_QUICK, STORM_QUICK, BUSY_QUICK) if run.o.quick else (CROWD, STORM, BUSY)


def clerks_of(run):
    if not hasattr(run, "clerks"):
        domains = run.files.domains
        run.clerks = Files(run.host, domains, 5, 0, make_clerks(run.host, domains, CLERKS))
    return run.clerks


def measure_idle(run):
    """Idle people beside busy ones: what they weigh, and whether the busy ones notice."""
    crowd, _, busy = crowd_of(run)
    machine, people = Machine(run.host), clerks_of(run)
    alone = run_load(run.host, people, "vehicle", busy, run.o.seconds)
    before = sum(machine.memory().values())
    process = start_load(run.host, people, "vehicle", busy, run.o.seconds + 4, idle=crowd, opening=64)
    wait_online(process)
    time.sleep(1)
    roles = machine.memory()
    beside = finish_load(process)
    total = sum(roles.values())
    run.table.goal("idle_memory", f"{crowd:,} idle and {busy} busy sessions: memory of the service without its database", total / 1024,
                   IDLE_KIB / 1024, "MiB")
    run.table.fact("idle_each", "… of each idle session", (total - before) / crowd, "KiB")
    for role, kib in sorted(roles.items()):
        run.table.fact(f"idle_{role}", f"… of it {role}", kib / 1024, "MiB")
    run.table.goal("idle_p50", "… p50 of the busy ones, of what it is alone", beside["p50_us"] / max(alone["p50_us"], 1), 1.1)


def measure_storm(run):
    """The busy ones have a process of their own: in that of the storm their answers would wait for its keys."""
    _, storm, busy = crowd_of(run)
    people = clerks_of(run)
    calm = run_load(run.host, people, "vehicle", busy, run.o.seconds)
    beside = start_load(run.host, people, "vehicle", busy, 1 if run.o.quick else STORM_LASTS)
    wait_online(beside)
    storming = run_load(run.host, people, "vehicle", 1, 1, storm=storm)
    rough = finish_load(beside)
    run.table.goal("storm_seconds", f"{storm:,} sign in at once: until all are there", storming["storm_seconds"], STORM_SECONDS, "s")
    run.table.goal("storm_p99", "… p99 of the busy ones meanwhile, of what it is else", rough["p99_us"] / max(calm["p99_us"], 1), WHEN_STORM)
    run.table.fact("storm_failures", "… failures", storming["failures"] + rough["failures"])


def measure_told(run):
    """Everybody of one company looks at home while something is sold."""
    crowd = crowd_of(run)[0]
    one = Files(run.host, ["simba.co.tz"], 5, 0, clerks_of(run).people)
    got = run_load(run.host, one, "sell", 1, 12 if run.o.quick else 30, first=run.next_turn(), idle=crowd, opening=64, subscribe=True)
    assert got["told"] > 0, "nobody was told anything"
    run.table.goal("told", f"an event reaches {crowd:,} sessions, the slowest of {got['told']} times", got["told_max_us"] / 1000, TOLD_MS, "ms")
    run.table.fact("told_p50", "… p50", got["told_p50_us"] / 1000, "ms")


def bare(*words):
    return statistics.median(int(subprocess.run([BARE, *words], capture_output=True, check=True).stdout) for _ in range(5))


def measure_signin(run):
    """By key and by password; what it costs the service is from its processes' own clocks."""
    machine = Machine(run.host)
    before = machine.cpu()
    got = run_load(run.host, clerks_of(run), "sign_in", 8, run.o.seconds)
    after = machine.cpu()
    done = max(got["done"], 1)
    run.table.goal("sign_in_cpu", "sign-in by key: processor time of the service", (after[0] - before[0]) / done * 1e6, SIGN_IN_US, "µs")
    run.table.fact("sign_in_bare", "… of a bare loop over libssh that does the same and asks nobody", bare("500"), "µs")
    run.table.fact("sign_in_db_cpu", "… of the database", (after[1] - before[1]) / done * 1e6, "µs")
    run.table.fact("sign_in_rate", "… a second, 8 at once", got["per_second"])
    run.table.fact("sign_in_p50", "… p50", got["p50_us"] / 1000, "ms")
    by_password(run, machine)


def by_password(run, machine):
    with open(run.host.password_list) as f:
        known = dict(line.split() for line in f if len(line.split()) == 2)
    files = Files(run.host, ["simba.co.tz"], 5, 0)
    files.users += "-password"
    with open(files.users, "w") as f:
        f.write(f"simba.co.tz\tneema@simba.co.tz\t={known['neema@simba.co.tz']}\n")
    before = machine.cpu()
    got = run_load(run.host, files, "sign_in", 2, run.o.seconds)
    after = machine.cpu()
    run.table.fact("sign_in_password_rate", "sign-in by password, 2 at once: a second", got["per_second"])
    run.table.fact("sign_in_password_p50", "… p50", got["p50_us"] / 1000, "ms")
    run.table.fact("sign_in_password_cpu", "… processor time of the service", (after[0] - before[0]) / max(got["done"], 1) / 1e-3, "ms")


# ---------------------------------------------------------------- a thousand

def measure_many(run):
    """A thousand busy sessions: nothing is lost, and the queue is fair."""
    sessions = 32 if run.o.quick else 1000
    for work in ("find_plate", "vehicle", "list", "home"):
        if work in run.o.works:
            got = run_load(run.host, run.files, work, sessions, run.o.seconds, opening=64)
            run.table.work(work=work, sessions=sessions, **{k: got[k] for k in ("per_second", "p50_us", "p95_us", "p99_us", "up", "down")})
            assert got["failures"] == 0, f"{work}: {got['failures']} of a thousand sessions' requests failed"


# ---------------------------------------------------------------- what others use

def psql_seconds(host, role, text, out=os.devnull):
    """How long psql takes for it, its output in a file."""
    began = time.monotonic()
    with open(out, "w") as f:
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", host.conninfo(role), "-f", "-"], input=text, stdout=f,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began
