"""What the proofs of isolation share: the catalog as its own output says it, users of any role, and every request that can be
made about a record. Generated: what is added to the catalog is asked about by itself."""

import itertools
import json
import os
import re
import statistics
import subprocess
import time

from world import JOB_JSON, SIMBA, User, Worker, boot

MATRIX = os.environ["BIMA_RIGHTS_MATRIX"]
IT = object()  # stands in a request for what is asked about
LATE = "2100-01-01T00:00:00Z"
_numbers = itertools.count(1)


# ---------------------------------------------------------------- who may what

def roles(tenant):
    return boot("select code, permissions from app.role where tenant_id = %s and builtin order by id", tenant)


def matrix_page():
    """The matrix as text, from the role rows of a real company and the platform."""
    lines = [f"{code} {int(tenant == 0)} {words}" for tenant in (SIMBA.id, 0) for code, words in
             sorted(roles(tenant), key=lambda row: ORDER.index(row[0]) if row[0] in ORDER else 99)]
    return subprocess.run([MATRIX], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True).stdout.lstrip("\n")


ORDER = ["admin", "manager", "agent", "cashier", "call_centre", "adjuster", "senior_adjuster", "claims_manager", "customer", "viewer",
         "super_admin", "regulator", "register"]
SIDE = {True: ["super_admin", "regulator", "register"], False: ORDER[:10]}


def matrix(page):
    """{entity: (side, {verb: set of roles})}; `everybody` is everybody who can reach the entity."""
    out = {}
    for line in page.splitlines():
        head = re.fullmatch(r"([a-z_]+) \((both|company|platform)\)", line)
        if head:
            out[head[1]] = (head[2], {})
            verbs = out[head[1]][1]
            all = [code for platform in (False, True) if head[2] in ("both", "platform" if platform else "company") for code in SIDE[platform]]
        elif line.startswith("    "):
            verb, *names = line.split()
            verbs[verb] = set(all if names == ["everybody"] else [] if names == ["nobody"] else names)
    return out


# ---------------------------------------------------------------- people

class Platform:
    """Tenant 0, as world.Company is a company."""
    id, domain = 0, "platform"

    def __init__(self):
        self.users = {login: id for login, id in boot("select login, id from app.user_account where tenant_id = 0")}
        self.branch = boot("select id from app.branch where tenant_id = 0 order by id limit 1")[0][0]

    def open_session(self, login):
        boot("select app.open_session(0, %s, %s, 2, 'password', '', '') where not exists (select from app.session where tenant_id = 0"
             " and token = %s)", self.users[login], self.users[login], self.users[login])


PLATFORM = Platform()


def add_role(company, code, words, **flags):
    boot(f"insert into app.role (tenant_id, code, name, permissions{''.join(', ' + f for f in flags)})"
         f" values (%s, %s, %s, %s{', %s' * len(flags)})", company.id, code, code.title(), words, *flags.values())


def add_user(company, login, role, customer=None, branch=None):
    company.users[login] = boot(
        "insert into app.user_account (tenant_id, login, name, role_id, branch_id, customer_id) select %s, %s, %s, id, %s, %s from app.role"
        " where tenant_id = %s and code = %s returning id", company.id, login, f"{login.title()} Prover", branch or company.branch, customer,
        company.id, role)[0][0]
    return company.users[login]


def person(worker, company, login, role, **more):
    """A signed-in user of that role."""
    add_user(company, login, role, **more)
    return User(worker, company, login)


def platform_worker():
    return Worker("8192", "platform")


def all_words(platform):
    """Every verb of every entity of a company, private ones included; of the platform what its roles hold together, for it
    makes no roles of its own."""
    if platform:
        return " ".join(sorted({word for _, words in roles(0) for word in words.split()}))
    return " ".join(f"{name}.*" for name, (side, _) in matrix(matrix_page()).items() if side in ("both", "company"))


def everything(user):
    """{name: entity} as described to a user."""
    return {e["name"]: e for e in user.ok("describe").body["schema"]["entities"]}


# ---------------------------------------------------------------- requests

def fill(params, value):
    if params is IT:
        return value
    if isinstance(params, dict):
        return {k: fill(v, value) for k, v in params.items()}
    return [fill(v, value) for v in params] if isinstance(params, list) else params


class Questions:
    """Every request about records of one catalog. `mine` has an id of each entity that the asker may use where another
    reference is needed."""

    def __init__(self, catalog, mine):
        self.catalog, self.mine = catalog, mine

    def sample(self, field):
        """A value of the field's type."""
        kind = field["type"]
        if kind == "ref":
            return self.mine.get(field["ref_name"] if "ref_name" in field else field.get("ref"))
        return {"text": f"0799{next(_numbers):06d}", "bool": True, "choice": (field.get("choices") or [{}])[0].get("code"), "date": "2026-12-01",
                "money": "1000", "rate": "1", "int": 1, "stamp": LATE, "bytes": {"base64": "iVBORw=="}}[kind]

    def fields(self, fields, but=None, flag="required"):
        return {f["name"]: IT if f is but else self.sample(f) for f in fields if f is but or flag in f["flags"]}

    def about(self, entity, which="id"):
        """(method, params) for every method that names a record of an entity."""
        on = {"entity": entity["name"], which: IT}
        yield "get", on
        yield "history", on
        yield "history", on | {"cursor": "OTk5OTk5", "limit": 3}
        yield "as_of", on | {"at": LATE}
        yield "as_of", on | {"at": "2026-03-01T00:00:00Z"}
        yield "check", on | {"fields": {}}
        for form in ("pdf", "text"):
            yield "print", on | {"format": form}
        edits = [f for f in entity["fields"] if "edit" in f["flags"]]
        for fields in [{}] + [{f["name"]: self.sample(f)} for f in edits[:2]]:
            yield from self.steps("set", on | {"version": 1, "fields": fields})
        for action in entity["actions"]:
            if action.get("on_record") and not action.get("prints"):
                yield from self.steps("act", on | {"action": action["name"], "reason": "why", "fields": self.fields(action.get("fields", []))})

    @staticmethod
    def steps(method, params):
        """Alone, in a batch, and behind a step whose record it could be mistaken for."""
        yield method, params
        yield "batch", {"steps": [[method, params]]}
        unnamed = method != "add" and "id" not in params and "key" not in params
        yield "trial", {"steps": [[method, params], [method, {**params, "key": "$0"} if unnamed else params]]}

    def naming(self, entity):
        """(entity referred to, method, params) wherever a record can be referred to by one of this entity."""
        for field in entity["fields"]:
            if field["type"] != "ref":
                continue
            if "create" in field["flags"] and entity.get("may_add"):
                fields = self.fields(entity["fields"], field)
                for method, params in self.steps("add", {"entity": entity["name"], "fields": fields, "reason": "why"}):
                    yield field["ref"], method, params
                yield field["ref"], "check", {"entity": entity["name"], "fields": fields}
            if "edit" in field["flags"] and self.mine.get(entity["name"]):
                on = {"entity": entity["name"], "id": self.mine[entity["name"]], "fields": {field["name"]: IT}}
                yield field["ref"], "set", on | {"version": 1, "reason": "why"}
                yield field["ref"], "check", on
            if "filter" in field["flags"]:
                for op in ("=", "!="):
                    yield field["ref"], "list", {"entity": entity["name"], "filters": [[field["name"], op, IT]], "total": True}
        for action in entity["actions"]:
            which = {"id": self.mine.get(entity["name"]) or 1} if action.get("on_record") else {}
            for field in action.get("fields", []):
                if field["type"] == "ref":
                    params = {"entity": entity["name"], "action": action["name"], "reason": "why", "fields": self.fields(action["fields"], field), **which}
                    for method, given in self.steps("act", params):
                        yield field["ref"], method, given

    def every(self):
        """(entity whose record IT is, method, params)"""
        for name, entity in self.catalog.items():
            for method, params in self.about(entity):
                yield name, method, params
            for target, method, params in self.naming(entity):
                yield target, method, params
                yield target, method, fill(params, {"id": IT})


def listings(entity, limit=200):
    """Parameters of every list of an entity: each view, each order both ways."""
    for view in entity["views"]:
        yield {"entity": entity["name"], "view": view["name"], "limit": limit, "total": True}
    for field in entity["fields"]:
        if "sort" in field["flags"]:
            for desc in (False, True):
                yield {"entity": entity["name"], "view": entity["views"][-1]["name"], "sort": field["name"], "desc": desc, "limit": limit, "total": True}


def texts_in(doc):
    """Every text and number of an answer."""
    if isinstance(doc, dict):
        for value in doc.values():
            yield from texts_in(value)
    elif isinstance(doc, list):
        for value in doc:
            yield from texts_in(value)
    elif doc is not None and not isinstance(doc, bool):
        yield str(doc)


def said(reply, value):
    """What an answer says, without what differs from one request to the next and without what was asked about."""
    body = {k: v for k, v in reply.body.items()}
    if "error" in body:
        body["error"] = {k: v for k, v in body["error"].items() if k != "trace"}
    return reply.code + re.sub(rf"(?<!\w){re.escape(str(value))}(?!\w)", "IT", json.dumps(body, sort_keys=True))


def same_time_class(test, user, pairs, methods=("get", "history"), rounds=40):
    """The quicker quarters of interleaved series differ by less than the noise of a busy machine does; longer series each time
    they seem to differ: the machine may cough, what is so stays so."""
    for method in methods:
        for theirs, nobodys in pairs:
            for attempt in range(1, 7):
                took = ([], [])
                for i in range(rounds * attempt):
                    both = list(zip(took, (theirs, nobodys)))
                    for series, params in both if i % 2 else reversed(both):
                        line = user.line(method, **params)
                        began = time.perf_counter()
                        user.worker.ask(JOB_JSON, line, user.who)
                        series.append(time.perf_counter() - began)
                a, b = (statistics.quantiles(series, n=4)[0] for series in took)
                if abs(a - b) < 0.0003 + 0.2 * min(a, b):
                    break
            else:
                test.fail(f"{method} {theirs}: {a * 1000:.2f} ms, of nobody {b * 1000:.2f} ms")
