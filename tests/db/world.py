"""One throw-away cluster for all tests of this folder, two companies in it, and hands to do business with."""

import atexit
import contextlib
import itertools
import os
import subprocess
import tempfile

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = os.path.join(HERE, "..", "support", "cluster")
TODAY = "2026-03-01"
TOTAL = 61950000
_count = itertools.count(1)


def _start():
    folder = tempfile.mkdtemp(prefix="bd", dir="/tmp")
    atexit.register(subprocess.run, [CLUSTER, "stop", folder], check=False)
    out = subprocess.run([CLUSTER, "start", folder, "--schema"], check=True, stdout=subprocess.PIPE, text=True)
    return out.stdout.strip().rsplit(" user=", 1)[0] + " dbname=bima"


CONNINFO = _start()


def connect(role):
    return psycopg2.connect(f"{CONNINFO} user={role}")


@contextlib.contextmanager
def boot():
    """The superuser, one transaction."""
    pg = connect("bima_boot")
    try:
        with pg, pg.cursor() as cur:
            yield cur
    finally:
        pg.close()


def one(cur, sql, args=()):
    cur.execute(sql, args)
    row = cur.fetchone()
    return row[0] if row else None


class Company:
    def __init__(self, code, domain, branches):
        with boot() as cur:
            self.id = one(cur, "select app.provision_company(%s, %s, %s, 'admin', null, %s)",
                          (code, code + " Insurance", domain, branches))
            self.branch = one(cur, "select id from app.branch where tenant_id = %s order by code limit 1", (self.id,))
            self.users = {}
            for login, role in (("amina", "agent"), ("juma", "cashier"), ("neema", "manager")):
                self.users[login] = one(cur, "insert into app.user_account (tenant_id, login, name, role_id, branch_id) "
                                             "select %s, %s, %s, id, %s from app.role where tenant_id = %s and code = %s returning id",
                                        (self.id, login, login.title(), self.branch, self.id, role))
                one(cur, "select app.open_session(%s, %s, %s, 2, 'password', '', '')", (self.id, self.users[login], self.users[login]))
            self.car = one(cur, "select id from app.vehicle_type where tenant_id = %s and code = 'car'", (self.id,))
            self.product = one(cur, "select id from app.product where tenant_id = %s and code = 'comprehensive'", (self.id,))
            self.rate = one(cur, "select id from app.rate where tenant_id = %s and product_id = %s", (self.id, self.product))


SIMBA = Company("SI", "simba.co.tz", '[["KK", "Kariakoo"], ["MW", "Mwanza"]]')
TWIGA = Company("TA", "twiga.co.tz", '[["HQ", "Head office"]]')


class Work:
    """A request: one transaction of the worker as one user; the session's token is the user's id."""

    def __init__(self, company=SIMBA, login="amina", today=TODAY, role="bima_worker"):
        self.company, self.login, self.today = company, login, today
        self.pg = connect(role)
        self.cur = self.pg.cursor()

    def __enter__(self):
        self.user = self.company.users[self.login]
        self.cur.execute("select * from app.enter(%s, %s, %s, 'req', '192.0.2.7', 'test 1.0', null, 'test', %s)",
                         (self.company.id, self.user, self.user, self.today))
        if self.cur.rowcount != 1:
            raise AssertionError("not let in")
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.cur.execute("set constraints all immediate")
                self.pg.commit()
        finally:
            self.pg.close()
        return False

    def one(self, sql, args=()):
        return one(self.cur, sql, args)

    def run(self, sql, args=()):
        self.cur.execute(sql, args)
        return self.cur.rowcount

    def customer(self, **more):
        n = next(_count)
        row = {"tenant_id": self.company.id, "kind": 1, "name": f"Customer {n}", "phone": str(n),
               "phone_key": f"2557{n:08d}", "branch_id": self.company.branch, "personal_sealed": b"sealed"} | more
        return self.insert("customer", row)

    def vehicle(self, owner=None, **more):
        n = next(_count)
        owner = owner or self.customer()
        row = {"tenant_id": self.company.id, "plate": f"T {n}", "plate_key": f"T{n}", "vehicle_type_id": self.company.car,
               "make": "Toyota", "owner_id": owner} | more
        vehicle = self.insert("vehicle", row)
        self.own(vehicle, owner, self.today)
        return vehicle

    def own(self, vehicle, customer, since, until=None):
        return self.insert("ownership", {"tenant_id": self.company.id, "vehicle_id": vehicle, "customer_id": customer,
                                         "from_date": since, "to_date": until})

    def insert(self, table, row):
        names = ", ".join(row)
        marks = ", ".join(["%s"] * len(row))
        return self.one(f"insert into app.{table} ({names}) values ({marks}) returning id", tuple(row.values()))

    def policy(self, vehicle=None, state=3, start=TODAY, end="2027-02-28"):
        """Policy, first term in `state`, cover not in force."""
        vehicle = vehicle or self.vehicle()
        n = next(_count)
        owner = self.one("select owner_id from app.vehicle where id = %s", (vehicle,))
        policy = self.insert("policy", {
            "tenant_id": self.company.id, "number": f"P{n}", "customer_id": owner, "product_id": self.company.product,
            "vehicle_id": vehicle, "branch_id": self.company.branch, "sold_by": self.user, "state": state})
        term, cover = self.term(policy, vehicle, 1, state, start, end)
        return Sale(vehicle, policy, term, cover)

    def term(self, policy, vehicle, seq, state=3, start="2027-03-01", end="2028-02-29"):
        term = self.insert("term", {
            "tenant_id": self.company.id, "policy_id": policy, "seq": seq, "state": state, "start_date": start, "end_date": end,
            "months": 12, "sum_insured": 1500000000, "rate_id": self.company.rate, "premium": 52500000, "levy": 0,
            "tax": 9450000, "total": TOTAL})
        cover = self.insert("cover", {"tenant_id": self.company.id, "policy_id": policy, "term_id": term,
                                      "vehicle_id": vehicle, "from_date": start, "to_date": end})
        return term, cover

    def receipt(self, sale, amount=TOTAL, **more):
        n = self.one("select app.next_number('receipt', %s, 2026)", (self.company.branch,))
        return self.insert("receipt", {
            "tenant_id": self.company.id, "number": f"R/{self.company.branch}/{n}", "branch_id": self.company.branch,
            "year": 2026, "serial": n, "policy_id": sale.policy, "term_id": sale.term, "amount": amount, "method": 1,
            "paid_on": self.today, "taken_by": self.user} | more)

    def verify(self, receipt, by=None):
        return self.run("update app.receipt set state = 2, verified_by = %s, verified_at = now() where id = %s",
                        (by or self.user, receipt))

    def activate(self, sale):
        self.run("update app.term set state = 4 where id = %s", (sale.term,))
        self.run("update app.cover set in_force = true where id = %s", (sale.cover,))

    def sold(self, vehicle=None, **more):
        """A policy that is paid and active; receipt taken by one, verified by the same (below the four-eyes amount)."""
        sale = self.policy(vehicle, **more)
        sale.receipt = self.receipt(sale)
        self.verify(sale.receipt)
        self.activate(sale)
        return sale


class Sale:
    def __init__(self, vehicle, policy, term, cover):
        self.vehicle, self.policy, self.term, self.cover = vehicle, policy, term, cover
        self.receipt = None


def refusal(error):
    """The rule a database error names, else its SQLSTATE."""
    return error.diag.constraint_name or error.pgcode


class Refusals:
    """Mixed into test cases: `with self.refused("four_eyes"): …`"""

    @contextlib.contextmanager
    def refused(self, *rules):
        try:
            yield
        except psycopg2.Error as error:
            self.assertIn(refusal(error), rules, str(error))
        else:
            self.fail(f"nothing refused this; expected {rules}")
