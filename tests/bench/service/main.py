"""The one command: sets, rounds, table."""
import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

import parts
import sets
from capture import Captured
from files import READS, WRITES, Files
from host import BUILD, Host
from table import Table

COMPANIES = {"companies": ["simba.co.tz"] + [f"c{i:02}.co.tz" for i in range(1, 20)], "small": ["simba.co.tz", "c01.co.tz", "c02.co.tz"]}
PARTS = ("trips", "works", "many", "idle", "storm", "told", "signin", "export", "millions", "tenants")


def options(words):
    p = argparse.ArgumentParser(prog="run", description="Measures the service beside the database it stands on, in one run.")
    p.add_argument("--data", default=os.path.join(BUILD, "bench-data"), help="where the sets of data are kept between runs")
    p.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    p.add_argument("--seconds", type=int, default=4, help="of each measurement (4)")
    p.add_argument("--workers", type=int, default=3, help="of the service, which is connections to the database (3)")
    p.add_argument("--sessions", default="1,16,64", help="that are busy at once (1,16,64)")
    p.add_argument("--works", default=",".join(READS + WRITES), help="names, commas between")
    p.add_argument("--parts", default=",".join(PARTS), help="of " + ",".join(PARTS))
    p.add_argument("--quick", action="store_true", help="small data, one short round: judges the round trips and that everything works")
    p.add_argument("--make", metavar="SET", help="only make this set: " + " ".join(sets.SETS))
    p.add_argument("--json", metavar="FILE", help="the same for programs")
    o = p.parse_args(words)
    if o.quick:
        o.rounds, o.seconds, o.workers, o.sessions = 1, 2, 2, "4"
    o.set = "small" if o.quick else "companies"
    o.sessions = [int(n) for n in o.sessions.split(",")]
    o.works, o.parts = o.works.split(","), o.parts.split(",")
    if o.quick:
        o.works = [w for w in o.works if w != "renew"]  # a quick machine renews all there is in no time
    return o


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Run:
    """What the parts share: options, the service on the set of many companies, what was captured, the table."""

    def __init__(self, o, directory):
        self.o, self.directory, self.table, self.say = o, directory, Table(), say
        self.turn = int(time.time()) % 100000 * 100000

    def next_turn(self):
        """New business is made of numbers nobody had."""
        self.turn += 1000000
        return self.turn

    def median(self, values):
        return statistics.median(values)


def main(words):
    o = options(words)
    if o.make:
        sets.ready(o.make, o.data, say)
        return 0
    directory = tempfile.mkdtemp(prefix="bench-", dir="/tmp")
    os.chmod(directory, 0o755)
    try:
        run = Run(o, directory)
        place = sets.copy_of(sets.ready(o.set, o.data, say), os.path.join(directory, "set"))
        with Host(place, workers=o.workers) as host:
            run.host = host
            parts.share_renewals(run)
            run.files = Files(host, COMPANIES[o.set], 5, run.renewals)
            parts.make_pool(run)
            if "trips" in o.parts or "works" in o.parts:
                run.captured = Captured(host, run.files, run.next_turn())
            for part in o.parts:
                if part not in ("millions", "tenants"):
                    say(part)
                    getattr(parts, "measure_" + part)(run)
        for part in ("millions", "tenants"):
            if part in o.parts and not o.quick:
                say(part)
                getattr(parts, "measure_" + part)(run)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(run.table.markdown())
    if o.json:
        with open(o.json, "w") as f:
            json.dump(run.table.data(), f, indent=1)
    return run.table.failed()
