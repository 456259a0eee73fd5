"""What is measured, part by part. Each puts its rows into the table of the run."""
from files import READS, RENEWABLE, WRITES
from measure import run_costed, run_pgbench
from crowd import bare, measure_idle, measure_many, measure_signin, measure_storm, measure_told  # noqa: F401
from large import measure_export, measure_millions, measure_tenants  # noqa: F401

# The goal of a read is one, of a write two.
TRIPS = {work: 1 for work in READS} | {work: 2 for work in WRITES}
READ_RATIO, WRITE_RATIO, P99_RATIO = 0.6, 0.8, 3
# Round trips a write takes today: more than these fails, so that it only gets better. Twenty persons found are told to the audit,
# which is a second one now and then.
TRIPS_TODAY = {"sell": 12, "renew": 4, "find_plate": 2, "find_phone": 2, "find_name": 2}


def share_renewals(run):
    """Half of the policies that can be renewed are bench_load's."""
    fewest = run.host.sql(f"select min(n) from (select count(*) as n {RENEWABLE} group by p.tenant_id) as found")
    run.renewals = int(fewest) // 2


def make_pool(run):
    """Policies for pgbench to renew, apart from those bench_load does."""
    run.host.script(
        "create schema if not exists bench; drop table if exists bench.pool; create table bench.pool as select tenant_id,"
        f" n - {run.renewals} as n, id from (select p.tenant_id, p.id, row_number() over (partition by p.tenant_id order by hashint8(p.id))"
        f" as n {RENEWABLE}) as found where n > {run.renewals}; create unique index on bench.pool (tenant_id, n); analyze bench.pool;"
        " grant usage on schema bench to bima_worker; grant select on bench.pool to bima_worker")
    run.pool_size = int(run.host.sql("select min(n) from (select count(*) as n from bench.pool group by tenant_id) x"))
    run.pool_used = 0


def open_sessions(run):
    """The sessions that were seen, open again: the preamble asks for them."""
    tokens = ",".join(str(t) for t in run.captured.tokens())
    run.host.script("set session_replication_role = replica; update app.session set state = 2, ended_at = null, end_reason = null,"
                    " reported_at = now() + interval '1 day', seen_at = now() + interval '1 day', ends_at = now() + interval '1 day'"
                    f" where token in ({tokens})")


def pgbench(run, work, clients):
    open_sessions(run)  # the front may have told only now that they are over
    paths, variables = run.scripts[work]
    words, limit = variables.arguments(), ["-T", str(run.o.seconds)]
    if work == "renew":  # as many as there are records for, spread over all rounds
        stride = max(1, run.pool_size // (2 * run.o.rounds * len(run.o.sessions)) // clients)
        words += ["-D", "k=0", "-D", f"base={run.pool_used}", "-D", f"stride={stride}"]
        limit = ["-t", str(stride)]
        run.pool_used += stride * clients
    return run_pgbench(run.host, paths, words + limit, clients, run.directory)


# ---------------------------------------------------------------- round trips

def measure_trips(run):
    for work in run.o.works:
        most, goal = run.captured.most_trips(work), TRIPS[work]
        allowed = TRIPS_TODAY.get(work, goal)
        run.table.goal(f"trips_{work}", f"{work}: round trips to the database", most, goal, judged=most > allowed)


# ---------------------------------------------------------------- requests beside the database

def measure_works(run):
    run.scripts = {w: run.captured.scripts(w, run.directory) for w in run.o.works}
    seen = {}
    for number in range(run.o.rounds):
        for work in run.o.works:
            for sessions in run.o.sessions:
                run.say(f"round {number + 1}: {work}, {sessions} sessions")
                seen.setdefault((work, sessions), []).append(one_round(run, work, sessions))
    for (work, sessions), rounds in seen.items():
        put_work(run, work, sessions, rounds)
    run.table.fact("exchange_bare", "26 bytes there and back in a bare loop over libssh: processor time of both sides", bare("5000", "26"), "µs")


def one_round(run, work, sessions):
    """The service, then pgbench with the connections the service has, and with as many as there are sessions."""
    first = run.captured.renewed if work == "renew" else run.next_turn()
    got, (cpu, db_cpu) = run_costed(run.host, run.files, work, sessions, run.o.seconds, first=first)
    run.captured.renewed += (got["done"] + got["failures"]) if work == "renew" else 0
    done = max(got["done"], 1)
    few = pgbench(run, work, min(sessions, run.o.workers))
    same = pgbench(run, work, sessions) if sessions > run.o.workers else few
    return {"per_second": got["per_second"], "p50_us": got["p50_us"], "p95_us": got["p95_us"], "p99_us": got["p99_us"],
            "up": got["up"], "down": got["down"], "failures": got["failures"], "db_per_second": few["per_second"],
            "ratio": got["per_second"] / max(few["per_second"], 0.001), "db_p50_us": same["p50_us"], "db_p95_us": same["p95_us"],
            "db_p99_us": same["p99_us"], "cpu_us": cpu / done * 1e6, "db_cpu_us": db_cpu / done * 1e6}


def put_work(run, work, sessions, rounds):
    row = {name: run.median([r[name] for r in rounds]) for name in rounds[0]}
    assert row["p50_us"] > 0, f"{work}: nothing was done"
    row.update(work=work, sessions=sessions, trips=run.captured.mean_trips(work))
    run.table.work(**row)
    if sessions == max(run.o.sessions) or sessions == 64:
        goal = READ_RATIO if work in READS else WRITE_RATIO
        if work != "renew":
            run.table.goal(f"ratio_{work}_{sessions}", f"{work}, {sessions} sessions: of pgbench's rate", row["ratio"], goal, least=True)
        run.table.goal(f"p99_{work}_{sessions}", f"{work}, {sessions} sessions: p99, of pgbench's", row["p99_us"] / max(row["db_p99_us"], 1),
                       P99_RATIO)
