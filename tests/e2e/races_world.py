"""Many sessions at one service: users that sign in by key, lines that are mended, and every rule asked of the database.

A Session signs in again when its line breaks and sends what has no answer again, with the same idempotency key, as
bima-protocol(7) asks of a client.
"""
import itertools
import json
import logging
import os
import secrets
import socket
import sys
import threading
import time

import paramiko
import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support")]

from service import Service, wait_for  # noqa: E402

WRITES = ("add", "set", "act", "batch")
AGAIN = ("RETRY", "BUSY", "DEADLINE", "SHUTTING_DOWN")
PATIENCE = 120
PAUSE = 0.02  # seconds before what is to be tried again is
logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # lines that break are what is tested
_numbers = itertools.count(1)


class Gone(Exception):
    """The line broke before there was an answer."""


class Reply:
    def __init__(self, line):
        self.line = line
        doc = json.loads(line)
        self.code, self.body, self.replayed = doc["code"], doc.get("body") or {}, doc.get("replayed", False)
        self.error = self.body.get("error") or {}
        self.record = self.body.get("record") or {}
        self.fields = self.record.get("fields") or {}
        self.results = [step["record"] for step in self.body.get("results", [])]
        self.rows = self.body.get("page", {}).get("rows", [])

    def __repr__(self):
        return f"{self.code} {json.dumps(self.body)[:800]}"


class Session:
    """One user's channel of the subsystem bima-json. Not for several threads at once."""
    patience = 20, 60  # seconds for each step of signing in, and for a word of an answer

    def __init__(self, service, who, key):
        self.service, self.who = service, who
        self.key = paramiko.Ed25519Key.from_private_key_file(key)
        self.ids = itertools.count(1)
        self.transport = self.channel = None
        self.again = self.broken = 0
        self.forgotten = 0  # how often it may be signed out unasked: a database that dies forgets who signed in during its last instant
        self.last = None

    def open(self):
        step, word = self.patience
        stream = socket.create_connection(("127.0.0.1", self.service.port), timeout=step)
        self.transport = paramiko.Transport(stream)
        self.transport.banner_timeout = self.transport.auth_timeout = step
        self.transport.start_client(timeout=step)
        self.transport.auth_publickey(self.who, self.key)
        self.channel = self.transport.open_session(timeout=step)
        self.channel.settimeout(word)
        self.channel.invoke_subsystem("bima-json")
        self.got = b""

    def close(self):
        if self.transport is not None:
            self.transport.close()
        self.transport = self.channel = None

    def ready(self):
        """A line, however often the service must be asked for one."""
        def opened():
            try:
                self.open()
                return True
            except (OSError, EOFError, paramiko.SSHException):
                self.close()
                return False
        if self.channel is None:
            wait_for(f"{self.who} signs in", opened, PATIENCE)

    def send(self, method, params, idem=None):
        request = {"id": next(self.ids), "method": method, "params": params}
        if method in WRITES:
            request["idem"] = idem or secrets.token_hex(16)
        try:
            self.channel.sendall((json.dumps(request) + "\n").encode())
        except (OSError, EOFError) as error:
            raise Gone from error
        return request["id"]

    def receive(self):
        """The next line that answers a request."""
        while b"\n" not in self.got:
            try:
                piece = self.channel.recv(65536)
            except (OSError, EOFError) as error:
                raise Gone from error
            if not piece:
                raise Gone
            self.got += piece
        line, self.got = self.got.split(b"\n", 1)
        return json.loads(line).get("id"), line.decode()

    def once(self, method, params, idem=None):
        number = self.send(method, params, idem)
        while True:
            got, line = self.receive()
            if got == number:
                return Reply(line)

    def many(self, requests, window=24):
        """Replies to (method, params) pairs in their order, several under way at a time. Nothing is sent again."""
        self.ready()
        replies, waiting, rest = {}, {}, list(enumerate(requests))[::-1]
        while rest or waiting:
            while rest and len(waiting) < window:
                place, (method, params) = rest.pop()
                waiting[self.send(method, params)] = place
            number, line = self.receive()
            replies[waiting.pop(number)] = Reply(line)
        return [replies[i] for i in range(len(requests))]

    def call(self, method, idem=None, **params):
        """The final answer: what is to be tried again is, with the same key."""
        idem = idem or secrets.token_hex(16)
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, f"{method} {params}: no final answer; last {self.last}"
            self.ready()
            try:
                self.last = self.once(method, params, idem)
            except Gone:
                self.broken += 1
                self.close()
                continue
            if self.last.code == "UNAUTHENTICATED" and self.forgotten > 0:
                self.forgotten -= 1
                self.broken += 1
                self.close()
                continue
            if self.last.code not in AGAIN:
                return self.last
            self.again += 1
            time.sleep(PAUSE)

    def ok(self, method, **params):
        reply = self.call(method, **params)
        assert reply.code == "OK", f"{self.who}: {method} {params}: {reply}"
        return reply

    def act(self, entity, action, id=None, **more):
        which = {} if id is None else {"id": id}
        return self.call("act", entity=entity, action=action, **which, **more)


def keys_for(service, whos):
    """A signing-in key for each user, entered by the company's administrator; {login@domain: path}."""
    paths = {who: service.key(f"key-{who}") for who in whos}
    for domain in sorted({who.split("@")[1] for who in whos}):
        requests = []
        for who, path in paths.items():
            if who.endswith("@" + domain):
                with open(path + ".pub") as text:
                    requests.append(("add", {"entity": "user_key", "fields": {"user": who.split("@")[0], "name": "test",
                                                                              "public_key": text.read().strip()}}))
        for reply in service.ask(f"admin@{domain}", *requests):
            assert reply["code"] == "OK", reply
    return paths


def full(who):
    return who if "@" in who else f"{who}@simba.co.tz"


class World:
    """A service, its users' keys, and sessions that are closed with it."""

    def __init__(self, *logins, **settings):
        self.service = Service(max_sessions_per_user=64, max_half_open=200, max_half_open_per_source=200, queue_per_user=200, **settings)
        self.service.__enter__()
        self.sessions = []
        self.keys = keys_for(self.service, [full(who) for who in logins])

    def session(self, who):
        session = Session(self.service, full(who), self.keys[full(who)])
        self.sessions.append(session)
        return session

    def close(self, failed=False):
        for session in self.sessions:
            session.close()
        self.service.__exit__(AssertionError if failed else None, None, None)

    def sql(self, text, args=None):
        """Rows, asked as the database's owner."""
        pg = psycopg2.connect(f"host={self.service.run}/postgres dbname=bima user=bima_boot")
        try:
            with pg, pg.cursor() as cur:
                cur.execute(text, args)
                return cur.fetchall() if cur.description else []
        finally:
            pg.close()

    def broken_rules(self):
        """[(rule, rows)] of every company; empty in a sound database."""
        found = [(rule, rows) for rule, text in RULES.items() if (rows := self.sql(text))]
        return found + self.sql("select t.code, v.* from app.tenant t, lateral app.find_violations(t.id) v")


def together(*work):
    """Runs all at the same moment; gives their results in order, or raises the first error."""
    results, errors, start = [None] * len(work), [], threading.Barrier(len(work))

    def run(i):
        try:
            start.wait(60)
            results[i] = work[i]()
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(len(work))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]
    return results


# ---------------------------------------------------------------- what clerks enter

def plate(n):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    k = n // 900
    return f"T {100 + n % 900} {letters[k // 576 % 24]}{letters[k // 24 % 24]}{letters[k % 24]}"


def new_vehicle(n):
    """Steps of a batch: a customer and their vehicle; $1 is the vehicle."""
    return [["add", {"entity": "customer", "fields": {"name": f"Mteja Namba {n}", "phone": f"0765{n:06d}"}}],
            ["add", {"entity": "vehicle", "fields": {"plate": plate(n), "vehicle_type": "car", "make": "Toyota", "owner": "$0"}}]]


def sale(vehicle, first, sum_insured="15,000,000", amount="619,500"):
    """Steps of a batch, the first of which is number `first`: quote, issue, take the money."""
    return [["act", {"entity": "policy", "action": "quote",
                     "fields": {"vehicle": vehicle, "product": "comprehensive", "sum_insured": sum_insured}}],
            ["act", {"entity": "policy", "action": "issue", "key": f"${first}"}],
            ["add", {"entity": "receipt", "fields": {"policy": f"${first}", "amount": amount, "method": "cash"}}]]


def next_number():
    return next(_numbers)


# ---------------------------------------------------------------- rules, each a search for what breaks it

# Written from the rules alone, over receipts, covers and history: the columns that triggers keep are what is checked.
RULES = {
    "one owner at a time, and always one":
        "select v.id from app.vehicle v where 1 <> (select count(*) from app.ownership o where o.tenant_id = v.tenant_id"
        " and o.vehicle_id = v.id and o.to_date is null and o.customer_id = v.owner_id)"
        " union all select a.vehicle_id from app.ownership a join app.ownership b on a.tenant_id = b.tenant_id"
        " and a.vehicle_id = b.vehicle_id and a.id <> b.id where daterange(a.from_date, a.to_date) && daterange(b.from_date, b.to_date)",
    "one cover at a time":
        "select a.id, b.id from app.cover a join app.cover b on a.tenant_id = b.tenant_id and a.vehicle_id = b.vehicle_id and a.id < b.id"
        " where a.in_force and b.in_force and daterange(a.from_date, a.to_date, '[]') && daterange(b.from_date, b.to_date, '[]')",
    "cover only of a term that is or was active":
        "select c.id from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id"
        " where c.in_force and t.state not in (4, 6, 7)",
    "an active term is paid to the cent":
        "select t.id from app.term t left join app.receipt r on r.tenant_id = t.tenant_id and r.term_id = t.id and r.state = 2"
        " where t.state in (4, 6) group by t.id, t.total having coalesce(sum(r.amount), 0) <> t.total",
    # each time a term became active: what had been verified by then, told by the versions of its receipts
    "paid before it became active":
        "select h.row_id, h.id from app.history h where h.tbl = 'term' and h.op = 'U' and (h.after ->> 'state')::int = 4"
        " and (h.before ->> 'state')::int <> 4 and (h.after ->> 'total')::bigint <> (select"
        " coalesce(sum((v.after ->> 'amount')::bigint), 0) from (select distinct on (r.row_id) r.after from app.history r"
        " where r.tenant_id = h.tenant_id and r.tbl = 'receipt' and r.policy_id = h.policy_id and r.id < h.id"
        " and (r.after ->> 'term_id')::bigint = h.row_id order by r.row_id, r.id desc) v where (v.after ->> 'state')::int = 2)",
    "receipts counted from 1 without a gap":
        "select branch_id, year, count(*), max(serial) from app.receipt group by tenant_id, branch_id, year"
        " having min(serial) <> 1 or max(serial) <> count(*)",
    "the number of a receipt says its branch, year and place":
        "select r.number from app.receipt r join app.branch b on b.tenant_id = r.tenant_id and b.id = r.branch_id"
        " where r.number <> format('R/%s/%s/%s', b.code, r.year, lpad(r.serial::text, 6, '0'))",
    "a certificate for each cover in force that runs, none without":
        "select c.id from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id"
        " left join app.certificate k on k.tenant_id = c.tenant_id and k.cover_id = c.id and k.state = 1"
        " where t.state in (4, 6) group by c.id, c.in_force having count(k.id) <> c.in_force::int"
        " union all select k.id from app.certificate k join app.cover c on c.tenant_id = k.tenant_id and c.id = k.cover_id"
        " where k.state = 1 and not c.in_force",
    "one term of a policy that waits, numbered without a gap":
        "select policy_id from app.term group by tenant_id, policy_id"
        " having count(*) filter (where state in (1, 2, 3)) > 1 or max(seq) <> count(*)",
    "who took much money did not verify it":
        "select r.id from app.receipt r join app.tenant t on t.id = r.tenant_id where r.state in (2, 4)"
        " and r.amount > t.four_eyes_minor and r.verified_by = r.taken_by",
    "a version in history for each version of a record":
        " union all ".join(
            f"select '{t}', r.id from app.{t} r left join app.history h on h.tenant_id = r.tenant_id and h.tbl = '{t}' and h.row_id = r.id"
            " group by r.id, r.version having count(h.id) <> r.version" for t in ("policy", "term", "cover", "receipt", "vehicle", "customer")),
    "locks are taken in one order: nobody waits in a ring":
        "select deadlocks from pg_stat_database where datname = 'bima' and deadlocks > 0",
    "figures are the sum of the records":
        "select * from (select tenant_id, branch_id, kind, sum(n) as n, sum(amount) as amount from app.day_figure group by 1, 2, 3) f"
        " full join (select r.tenant_id, r.branch_id, 3::smallint as kind, count(*) as n, sum(amount) as amount from app.receipt r"
        " where state = 2 group by 1, 2 union all select t.tenant_id, p.branch_id, case when t.seq = 1 then 1 else 2 end::smallint,"
        " count(*), sum(t.total) from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id"
        " where t.activated_at is not null group by 1, 2, 3) r using (tenant_id, branch_id, kind)"
        " where coalesce(f.n, 0) <> coalesce(r.n, 0) or coalesce(f.amount, 0) <> coalesce(r.amount, 0)",
}
