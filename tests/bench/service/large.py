"""Large sets: one company with millions of vehicles, thousands of companies, a list as a file."""
import mmap
import os
import random
import subprocess
import time

import sets
from capture import Captured
from crowd import psql_seconds
from files import Files
from host import BUILD, Host
from measure import run_load
from replay import ENTER, Variables, parameter, quote, with_parameters

FIND_MS, HOME_MS, PAGES, PROVISION_MS, SAME = 20, 5, 2, 100, 1.1
PAGE = 8192  # of PostgreSQL's, in bytes
CSV, XLSX, XLSX_MIB = 1.5, 1.3, 64
BARE = os.path.join(BUILD, "tests/bench/xlsx_bare")
KINDS = {20: "n", 21: "n", 23: "n", 1082: "d"}


def rounds_of(run, host, files, work, sessions):
    rounds = [run_load(host, files, work, sessions, run.o.seconds) for _ in range(run.o.rounds)]
    assert all(r["p50_us"] > 0 for r in rounds), f"{work}: nothing was done"
    return rounds


def p99(run, rounds):
    return run.median([r["p99_us"] for r in rounds]) / 1000


def pages_read(host):
    """By all requests so far: what PostgreSQL did not hold. Its connections tell it when they have rested a second."""
    time.sleep(1.5)
    return int(host.sql("select sum(heap_blks_read + coalesce(idx_blks_read, 0) + coalesce(toast_blks_read, 0)) from pg_statio_user_tables"))


def cold(run, host, files, work):
    """The rounds, and how many pages a request read that PostgreSQL did not hold."""
    before = pages_read(host)
    rounds = rounds_of(run, host, files, work, 1)
    return rounds, (pages_read(host) - before) / sum(r["done"] for r in rounds)


def disk_page_us(host, table, times=2000):
    """(median, p99) of reading one page of a table from the disk itself."""
    path = os.path.join(host.state, "postgres", host.sql(f"select pg_relation_filepath('{table}')"))
    page, took = mmap.mmap(-1, PAGE), []
    file = os.open(path, os.O_RDONLY | os.O_DIRECT)
    pages, chance = os.fstat(file).st_size // PAGE, random.Random(1)
    for _ in range(times):
        began = time.perf_counter()
        os.preadv(file, [page], PAGE * chance.randrange(pages))
        took.append(1e6 * (time.perf_counter() - began))
    os.close(file)
    took.sort()
    return took[times // 2], took[times * 99 // 100]


def measure_millions(run):
    place = sets.ready("millions", run.o.data, run.say)
    with Host(place, workers=run.o.workers) as host:
        many = Files(host, ["millions.co.tz"], 20000, 0)
        few = Files(host, ["millions.co.tz"], 20, 0)  # in memory when they were asked for once
        page = disk_page_us(host, "app.customer")
        run.table.fact("millions_disk", "5 M vehicles: a page of 8 KiB from the disk, median", page[0], "µs")
        run.table.fact("millions_disk_p99", "… p99", page[1], "µs")
        for work in ("find_plate", "find_phone", "find_name"):
            rounds, pages = cold(run, host, many, work)
            run.table.goal(f"millions_{work}", f"5 M vehicles: {work}, p99 of one session", p99(run, rounds), FIND_MS, "ms")
            run.table.fact(f"millions_{work}_pages", "… pages a request reads, mean", pages)
            run.table.fact(f"millions_{work}_again", "… of twenty different ones, asked for again and again",
                           p99(run, rounds_of(run, host, few, work, 1)), "ms")
        for work, goal in (("home", HOME_MS), ("vehicle", FIND_MS), ("list", FIND_MS)):
            run.table.goal(f"millions_{work}", f"5 M vehicles: {work}, p99 of one session", p99(run, rounds_of(run, host, many, work, 1)), goal, "ms")
        first, deep = (run.median([r["p50_us"] for r in rounds_of(run, host, few, work, 1)]) for work in ("list_first", "list_deep"))
        rounds, pages = cold(run, host, many, "list_deep")
        run.table.goal("millions_pages", "5 M vehicles: p50 of twenty pages anywhere, of the first one's", deep / max(first, 1), PAGES)
        run.table.fact("millions_cold", "… of 20,000 pages anywhere", run.median([r["p50_us"] for r in rounds]) / max(first, 1))
        run.table.fact("millions_cold_pages", "… pages a request reads, mean", pages)


def measure_tenants(run):
    """The same people do the same among thousands of companies and among two, in turns."""
    many, few = (sets.ready(name, run.o.data, run.say) for name in ("tenants", "few"))
    with Host(many, workers=run.o.workers) as crowded, Host(few, workers=run.o.workers) as lonely:
        notes = crowded.notes()
        run.table.goal("provision", "5,000 companies: making one, in the database", notes["provision_ms"], PROVISION_MS, "ms")
        run.table.fact("company_add", "… with bimactl company add, the last five", notes["company_add_ms"], "ms")
        hosts = [(host, Files(host, ["simba.co.tz"], 5, 0)) for host in (crowded, lonely)]
        for work in ("find_plate", "vehicle", "list", "home"):
            p50 = [[], []]
            for _ in range(run.o.rounds):
                for side, (host, files) in zip(p50, hosts):
                    side.append(run_load(host, files, work, 1, run.o.seconds)["p50_us"])
            run.table.goal(f"tenants_{work}", f"5,000 companies: {work}, p50 of one session, of what it is with two companies",
                           run.median(p50[0]) / max(run.median(p50[1]), 1), SAME)


# ---------------------------------------------------------------- a list as a file

def page_query(run, host, files):
    """What the service asks for a piece of an export, without its limit: from the list it sends for the screen."""
    seen = Captured.only(host, files, "list")
    statement = next(s for s in seen[-1].statements() if " limit " in s.sql)
    enter = next(s for s in seen[-1].statements() if s.sql.startswith(ENTER))
    kinds = "".join(KINDS.get(oid, "t") for _, oid in statement.names)
    sql = literal(statement)
    return literal(enter), sql[:sql.rindex(" limit ")], kinds, enter.param(2)


def literal(statement):
    """With its parameters in it."""
    variables = Variables()
    sql = with_parameters(statement.sql, [parameter(variables, statement, i) for i in range(len(statement.types))])
    for value, name in variables.names.items():
        sql = sql.replace(f":{name}::", quote(value) + "::")
    return sql


def export(host, login, key, path):
    """(seconds, MiB the client had at most)"""
    if os.path.exists(path):
        os.unlink(path)
    env = dict(os.environ, HOME=host.home, BIMA_KNOWN_HOSTS=host.known_hosts)
    began = time.monotonic()
    client = subprocess.Popen([host.bima, "-l", login, "-p", str(host.port), "-i", key, "127.0.0.1", "policy", "list", "--export", path],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env)
    most = 0
    while client.poll() is None:
        most = max(most, most_memory(client.pid))
        time.sleep(0.01)
    assert client.returncode == 0, f"the export ended with {client.returncode}"
    return time.monotonic() - began, most / 1024


def most_memory(pid):
    """KiB it had at most so far; what it was before it became another program does not count."""
    try:
        with open(f"/proc/{pid}/status") as f:
            text = f.read()
    except OSError:
        return 0
    words = dict(line.split(":", 1) for line in text.splitlines())
    return int(words["VmHWM"].split()[0]) if "VmHWM" in words and words["Name"].strip() == "bima" else 0


def measure_export(run):
    host, domain = run.host, "simba.co.tz"
    files = Files(host, [domain], 5, 0)
    call, sql, kinds, token = page_query(run, host, files)
    host.script("set session_replication_role = replica; update app.session set state = 2, ended_at = null, end_reason = null,"
                f" reported_at = now() + interval '1 day', seen_at = now() + interval '1 day', ends_at = now() + interval '1 day' where token = {token}")
    rows = int(host.sql("select count(*) from app.policy where tenant_id = (select tenant_id from app.tenant_domain where domain = 'simba.co.tz')"))
    csv, tsv, bare = (os.path.join(run.directory, n) for n in ("out.csv", "out.tsv", "bare.xlsx"))
    copy = psql_seconds(host, "bima_worker", f"begin; {call}; copy ({sql}) to stdout (format csv); commit;", csv)
    psql_seconds(host, "bima_worker", f"begin; {call}; copy ({sql}) to stdout (format text, null ''); commit;", tsv)
    with open(tsv) as f, open(tsv + ".rows", "w") as out:
        out.writelines(line for line in f if line.count("\t") == len(kinds) - 1)
    with open(tsv + ".rows") as f:
        done = subprocess.run([BARE, kinds, bare], stdin=f, capture_output=True, text=True, check=True)
    bare_seconds = float(done.stdout.split()[0])
    login, key = "neema@" + domain, host.key_path("neema")
    own = {kind: export(host, login, key, os.path.join(run.directory, "export." + kind)) for kind in ("csv", "xlsx")}
    run.table.fact("export_rows", "export: rows", rows)
    run.table.goal("export_csv", f"… as CSV, of COPY's {copy:.2f} s", own["csv"][0] / copy, CSV)
    run.table.goal("export_xlsx", f"… as XLSX, of the bare loop's {bare_seconds:.2f} s", own["xlsx"][0] / bare_seconds, XLSX)
    run.table.goal("export_memory", "… memory of the client at its most", max(mib for _, mib in own.values()), XLSX_MIB, "MiB")
