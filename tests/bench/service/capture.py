"""One request of each kind at a time through the tap: counts round trips and keeps what is replayed."""
import collections
import os

from files import READS, WRITES
from measure import LoadFailed, run_load
from replay import ENTER, Variables, Write, read_script
from tap import Tap

SCRIPTS = 100  # pgbench takes 128
TRIES, ENOUGH_READS, ENOUGH_WRITES = 20, 12, 5
SETTLING = 6  # requests of a new session that look around first: once for each worker


class Captured:
    def __init__(self, host, files, first):
        self.host, self.files = host, files
        self.trips, self.requests = {}, {}
        with Tap(host.run + "/postgres") as tap:
            host.script("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bima_worker'", tap.PORT)
            self.settle()
            for work in READS + WRITES:
                self.take(tap, work, first)
                first += 1000
        host.script("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bima_worker'")
        self.settle()

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
            run_load(self.host, self.files, work, sessions, 1, first=first)
            seen = [r for r in tap.requests() if self.is_work(r)]
            settled += [r for r in seen if not r.failed()]
            first += len(seen)
            if len(settled) >= (ENOUGH_READS if work in READS else ENOUGH_WRITES) * sessions:
                break
        assert settled, f"{work}: nothing but failures was seen"
        self.trips[work] = collections.Counter(len(r.trips) for r in settled)
        self.requests[work] = settled

    @staticmethod
    def is_work(request):
        """Not what signing in asks, which is the preamble alone and a look at the settings."""
        return any(len(trip) > 1 for trip in request.trips)

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
        paths = []
        for i, text in enumerate(texts):
            paths.append(os.path.join(directory, f"{work}-{i}.sql"))
            with open(paths[-1], "w") as f:
                f.write(text)
        return paths, variables

    def writes(self, work, variables):
        texts = []
        for tenant, seen in self.by_company(work).items():
            shape = collections.Counter(r.shape() for r in seen).most_common(1)[0][0]
            seen = [r for r in seen if r.shape() == shape][:4]
            if len(seen) > 1:
                pool = f"(select id from bench.pool where tenant_id = {tenant} and n = :turn)" if work == "renew" else None
                texts.append(Write(seen, variables, pool).script())
        assert texts, f"{work}: no two requests of one company did the same"
        return texts

    def by_company(self, work):
        found = {}
        for r in self.requests[work]:
            enter = next(s for s in r.statements() if s.sql.startswith(ENTER))
            found.setdefault(enter.param(0), []).append(r)
        return found

    def tokens(self):
        """Of the sessions whose requests are replayed: they must be open then."""
        return {next(s for s in r.statements() if s.sql.startswith(ENTER)).param(2) for rs in self.requests.values() for r in rs}
