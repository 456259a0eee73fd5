"""One throw-away cluster, two companies, and workers that are driven as the front drives them."""

import atexit
import itertools
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = os.path.join(HERE, "..", "..", "support", "cluster")
WORKER = os.environ["BIMA_WORKER_PROCESS"]
TODAY = "2026-03-01"
PASSWORD = "correct horse battery"
JOB_AUTH_PASSWORD, JOB_AUTH_KEY, JOB_WIRE, JOB_JSON = 1, 2, 3, 4

_numbers = itertools.count(1)
FOLDER = tempfile.mkdtemp(prefix="bw", dir="/tmp")
os.chmod(FOLDER, 0o755)
KEY = os.path.join(tempfile.mkdtemp(prefix="bk", dir="/tmp"), "signing.key")


def _start():
    atexit.register(subprocess.run, [CLUSTER, "stop", FOLDER], check=False)
    out = subprocess.run([CLUSTER, "start", FOLDER, "--schema"], check=True, stdout=subprocess.PIPE, text=True)
    return out.stdout.strip().rsplit(" user=", 1)[0] + " dbname=bima"


CONNINFO = _start()


def boot(sql, *args):
    """One statement as the superuser, in a transaction of its own; its rows."""
    pg = psycopg2.connect(CONNINFO + " user=bima_boot")
    try:
        with pg, pg.cursor() as cur:
            cur.execute(sql, args)
            return cur.fetchall() if cur.description else []
    finally:
        pg.close()


# ---------------------------------------------------------------- CBOR, as much of it as jobs and answers need

def _head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 1 << 8 * size:
            return bytes([major << 5 | code]) + n.to_bytes(size, "big")
    raise ValueError(n)


def encode(v):
    if v is None:
        return b"\xf6"
    if isinstance(v, bool):
        return b"\xf5" if v else b"\xf4"
    if isinstance(v, int):
        return _head(0, v) if v >= 0 else _head(1, -1 - v)
    if isinstance(v, bytes):
        return _head(2, len(v)) + v
    if isinstance(v, str):
        return _head(3, len(v.encode())) + v.encode()
    if isinstance(v, list):
        return _head(4, len(v)) + b"".join(encode(i) for i in v)
    return _head(5, len(v)) + b"".join(encode(k) + encode(v[k]) for k in sorted(v))


def decode(b, at=0):
    major, low = b[at] >> 5, b[at] & 31
    at += 1
    n = low
    if low >= 24 and major < 7:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[low]
        n = int.from_bytes(b[at:at + size], "big")
        at += size
    if major in (0, 1):
        return (n if major == 0 else -1 - n), at
    if major in (2, 3):
        part = bytes(b[at:at + n])
        return (part if major == 2 else part.decode()), at + n
    if major == 4:
        out = []
        for _ in range(n):
            item, at = decode(b, at)
            out.append(item)
        return out, at
    if major == 5:
        pairs = {}
        for _ in range(n):
            key, at = decode(b, at)
            pairs[key], at = decode(b, at)
        return pairs, at
    return {20: False, 21: True, 22: None}[low], at


# ---------------------------------------------------------------- companies

class Company:
    def __init__(self, code, domain, branches):
        self.domain = domain
        self.id = boot("select app.provision_company(%s, %s, %s, 'admin', null, %s)", code, code + " Insurance", domain,
                       branches)[0][0]
        boot("update app.tenant set four_eyes_minor = 50000000 where id = %s", self.id)
        self.branch = boot("select id from app.branch where tenant_id = %s order by code limit 1", self.id)[0][0]
        self.users = {"admin": boot("select id from app.user_account where tenant_id = %s", self.id)[0][0]}
        for login, role in (("amina", "agent"), ("juma", "cashier"), ("neema", "manager"), ("vera", "viewer")):
            self.users[login] = boot(
                "insert into app.user_account (tenant_id, login, name, role_id, branch_id)"
                " select %s, %s, %s, id, %s from app.role where tenant_id = %s and code = %s returning id",
                self.id, login, login.title() + " Tester", self.branch, self.id, role)[0][0]

    def open_session(self, login):
        """Signed in, once for all of a user's objects: the token is the user's id."""
        boot("select app.open_session(%s, %s, %s, 2, 'password', '', '') where not exists (select from app.session where tenant_id = %s"
             " and token = %s)", self.id, self.users[login], self.users[login], self.id, self.users[login])


SIMBA = Company("SI", "simba.co.tz", '[["KK", "Kariakoo"], ["MW", "Mwanza"]]')
TWIGA = Company("TA", "twiga.co.tz", '[["HQ", "Head office"]]')


# ---------------------------------------------------------------- workers

class Gone(Exception):
    pass


class Worker:
    """One worker process at the other end of a socketpair."""

    def __init__(self, *more, today=TODAY, conninfo=CONNINFO, stderr=subprocess.DEVNULL):
        if os.environ.get("BIMA_TEST_LOG"):
            stderr = None
        self.sock, theirs = socket.socketpair()
        self.process = subprocess.Popen([WORKER, str(theirs.fileno()), conninfo, today, KEY, *more], pass_fds=[theirs.fileno()],
                                        stdin=subprocess.DEVNULL, stderr=stderr)
        theirs.close()
        self.ids = itertools.count(1)

    def send(self, kind, payload, who=(0, 0, 0), login=b"", client=b"test 1.0", address=b"192.0.2.7"):
        job = next(self.ids)
        body = encode([job, kind, *who, login, address, client, payload, 0])
        self.sock.sendall(len(body).to_bytes(4, "little") + body)
        return job

    def receive(self):
        head = self._read(4)
        answer, _ = decode(self._read(int.from_bytes(head, "little")))
        return answer  # [id, code, tenant, user, session, more, idle_seconds, session_seconds, …, payload]

    def _read(self, n):
        out = b""
        while len(out) < n:
            part = self.sock.recv(n - len(out))
            if not part:
                raise Gone
            out += part
        return out

    def ask(self, kind, payload, who=(0, 0, 0), login=b"", client=b"test 1.0", address=b"192.0.2.7"):
        job = self.send(kind, payload, who, login, client, address)
        answer = self.receive()
        assert answer[0] == job, "an answer to another job"
        return answer

    def close(self):
        self.sock.close()
        return self.process.wait(20)


class Reply:
    def __init__(self, line):
        doc = json.loads(line)
        self.code, self.body, self.replayed = doc["code"], doc.get("body") or {}, doc.get("replayed", False)
        self.error = self.body.get("error") or {}
        self.record = self.body.get("record") or {}
        self.fields = self.record.get("fields") or {}

    def __repr__(self):
        return f"{self.code} {json.dumps(self.body)[:600]}"


class User:
    """A signed-in user at a worker, speaking the JSON twin."""

    def __init__(self, worker, company, login):
        self.worker, self.company, self.login = worker, company, login
        company.open_session(login)
        self.who = (company.id, company.users[login], company.users[login])  # the token of its session is its id
        self.numbers = itertools.count(1)

    def line(self, method, idem=None, **params):
        doc = {"id": next(self.numbers), "method": method, "params": params}
        if method in ("add", "set", "act", "batch"):
            doc["idem"] = idem or secrets.token_hex(16)
        return json.dumps(doc).encode()

    def call(self, method, idem=None, **params):
        return Reply(self.worker.ask(JOB_JSON, self.line(method, idem, **params), self.who)[-1])

    def ok(self, method, **params):
        reply = self.call(method, **params)
        if reply.code != "OK":
            raise AssertionError(f"{method} {params}: {reply}")
        return reply

    # what tests do most ---------------------------------------------------
    def customer(self, **more):
        n = next(_numbers)
        return self.ok("add", entity="customer", fields={"name": f"Salma Number{n}", "phone": f"0712{n:06d}"} | more).record["id"]

    def vehicle(self, owner=None, **more):
        n = next(_numbers)
        fields = {"plate": plate(n), "vehicle_type": "car", "make": "Toyota", "owner": owner or self.customer()} | more
        return self.ok("add", entity="vehicle", fields=fields).record["id"]

    def quote(self, vehicle=None, **more):
        fields = {"vehicle": vehicle or self.vehicle(), "product": "comprehensive", "sum_insured": "15,000,000"} | more
        return self.ok("act", entity="policy", action="quote", fields=fields).record["id"]

    def issued(self, vehicle=None, **more):
        policy = self.quote(vehicle, **more)
        self.ok("act", entity="policy", action="issue", id=policy)
        return policy

    def fleet(self, *vehicles, **more):
        """A quote for vehicles by their ids; the company sells fleets from now on."""
        boot("update app.tenant set fleet_policies = true where id = %s", self.company.id)
        named = ";".join(f"#{v}=15m" for v in vehicles or [self.vehicle()])
        return self.ok("act", entity="policy", action="quote", fields={"vehicles": named, "product": "comprehensive"} | more).record["id"]

    def receipt(self, policy, amount="619,500"):
        return self.ok("add", entity="receipt", fields={"policy": policy, "amount": amount, "method": "cash"}).record["id"]

    def verify(self, receipt):
        return self.ok("act", entity="receipt", action="verify", id=receipt)


def plate(n):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    k = n // 1000
    return f"T {n % 1000:03d} {letters[k // 576 % 24]}{letters[k // 24 % 24]}{letters[k % 24]}"


def sold(agent, cashier, vehicle=None):
    """A policy that is paid and active."""
    policy = agent.issued(vehicle)
    cashier.verify(agent.receipt(policy))
    return policy
