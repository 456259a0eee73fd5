"""One request of each kind at a time through the tap: counts round trips and keeps what is replayed."""
import collections
import itertools
import os

from files import READS, WRITES
from measure import LoadFailed, run_load
from replay import ENTER, Variables, Write, merge, read_script
from tap import Tap

SCRIPTS, APART = 200, 40  # requests replayed; files when they differ in words, of which pgbench takes 128
PART = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bima_worker'"
TRIES, ENOUGH_READS, ENOUGH_WRITES = 20, 12, 6
SETTLING = 6  # requests of a new session that look around first: once for each worker


class Captured:
    def __init__(self, host, files, first):
        self.host, self.files = host, files
        self.trips, self.requests, self.puzzling, self.renewed = {}, {}, [], 0
        with Tap(host.run + "/postgres") as tap:
            self.tapped(tap, READS + WRITES, first)
        self.leave()

    def tapped(self, tap, works, first):
        self.host.script(PART, tap.PORT)
        self.settle()
        self.learn_greeting(tap)
        for work in works:
            self.take(tap, work, first)
            first += 10000

    def leave(self):
        """The workers go back to the database itself."""
        self.host.script(PART)
        self.settle()

    @classmethod
    def only(cls, host, files, work):
        """Requests of one work."""
        self = cls.__new__(cls)
        self.host, self.files = host, files
        self.trips, self.requests, self.puzzling, self.renewed = {}, {}, [], 0
        with Tap(host.run + "/postgres") as tap:
            self.tapped(tap, [work], 0)
        self.leave()
        return self.requests[work]

    def settle(self):
        """The workers come back by themselves; the first who asks is told to ask again."""
        for _ in range(20):
            try:
                run_load(self.host, self.files, "home", 4, 1)
                return
            except LoadFailed:
                continue
        raise AssertionError("the workers did not come back")

    def take(self, tap, work, first):
        sessions = len(self.files.domains)
        settled = []
        tap.requests()
        for _ in range(TRIES):
            got = run_load(self.host, self.files, work, sessions, 1, first=self.renewed if work == "renew" else first)
            asked = got["done"] + got["failures"]
            first += asked + sessions
            self.renewed += (asked + sessions) if work == "renew" else 0
            settled += [r for r in tap.requests() if self.is_work(r) and not r.failed()]
            if len(settled) >= (ENOUGH_READS if work in READS else ENOUGH_WRITES) * sessions:
                break
        assert settled, f"{work}: nothing but failures was seen"
        self.trips[work] = collections.Counter(r.count() for r in settled)
        self.requests[work] = settled

    def learn_greeting(self, tap):
        """What signing in asks by itself, so that it is not taken for work."""
        tap.requests()
        run_load(self.host, self.files, "sign_in", 1, 1)
        self.greeting = {s.sql for r in tap.requests() for s in r.statements()}

    def is_work(self, request):
        return any(s.sql not in self.greeting for s in request.statements())

    def most_trips(self, work):
        """Of a request when the workers know who asks."""
        counts = self.trips[work]
        left = sum(counts.values()) - SETTLING * len(self.files.domains)
        for trips in sorted(counts):
            left -= counts[trips]
            if left <= 0:
                return trips
        return max(counts)

    def mean_trips(self, work):
        counts = self.trips[work]
        return sum(t * n for t, n in counts.items()) / sum(counts.values())

    # -- scripts for pgbench ---------------------------------------------------------------------------------------

    def scripts(self, work, directory):
        """(files, variables) of a work: each file one request, or for a write one company."""
        variables = Variables()
        if work in READS:
            texts = [read_script(r, variables) for r in self.requests[work][-SCRIPTS:]]
        else:
            texts = self.writes(work, variables)
        texts = merge(texts, variables, APART)
        paths = []
        for i, text in enumerate(texts):
            paths.append(os.path.join(directory, f"{work}-{i}.sql"))
            with open(paths[-1], "w") as f:
                f.write(text)
        return paths, variables

    def writes(self, work, variables):
        texts, draws = [], dict(line.split("|") for line in self.host.sql(
            "select c.relname || '|' || pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d join pg_class c on c.oid = d.adrelid join"
            " pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum where a.attname = 'id' and c.relnamespace = 'app'::regnamespace"
        ).splitlines() if "new_id" in line)
        for tenant, seen in self.by_company(work).items():
            shape = collections.Counter(r.shape() for r in seen).most_common(1)[0][0]
            seen = [r for r in seen if r.shape() == shape][:7]
            pool = f"(select id from bench.pool where tenant_id = :{variables.of(str(tenant))}::int and n = :turn)" if work == "renew" else None
            texts += self.first_whole(seen, variables, draws, pool)
        assert texts, f"{work}: no three requests of one company did the same: {self.puzzling}"
        return texts

    def first_whole(self, seen, variables, draws, pool):
        """Of any three that differ in nothing but what can be said of all; a policy of six months is another one than of a year."""
        def differing(requests):
            flat = [[s.values for s in r.statements()] for r in requests]
            return sum(len(set(map(str, same))) > 1 for same in zip(*flat))
        for three in sorted(itertools.combinations(seen, 3), key=differing, reverse=True):
            write = Write(three, variables, draws, pool)
            script = write.script()
            if not write.unknown:
                return [script]
            self.puzzling = write.unknown
        return []

    def by_company(self, work):
        found = {}
        for r in self.requests[work]:
            enter = next(s for s in r.statements() if s.sql.startswith(ENTER))
            found.setdefault(enter.param(0), []).append(r)
        return found

    def tokens(self):
        """Of the sessions whose requests are replayed: they must be open then."""
        return {next(s for s in r.statements() if s.sql.startswith(ENTER)).param(2) for rs in self.requests.values() for r in rs}
