"""The main job, once, through one way in: what a clerk and a cashier do to insure a vehicle.

Each way in is a class with `call(who, entity, verb, key, fields, reason)` that returns (ok, body, message) with the body as
the JSON twin gives it, so that the same story runs through the command line, `ssh` exec and the `bima-json` subsystem.
"""
import json
import os
import subprocess
import uuid


class CommandLine:
    """`bima ENTITY VERB …` with its own connection."""

    def __init__(self, service):
        self.service = service

    def words(self, entity, verb, key, fields, reason):
        out = [entity, verb] if verb else [entity]
        if key:
            out.append(key)
        out += [f"{name}={value}" for name, value in fields.items()]
        if reason:
            out += ["--reason", reason]
        return out + ["--json"]

    def command(self, who, words):
        service = self.service
        env = dict(os.environ, BIMA_PASSWORD_FILE=service.password_file(who), HOME=service.home,
                   BIMA_KNOWN_HOSTS=service.known_hosts)
        return [service.bima, "-l", who, "-p", str(service.port), "127.0.0.1"] + words, env

    def call(self, who, entity, verb=None, key=None, fields=None, reason=None):
        argv, env = self.command(who, self.words(entity, verb, key, fields or {}, reason))
        done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        body = json.loads(done.stdout) if done.stdout.strip() else {}
        return done.returncode == 0, body, done.stderr.decode()


class Exec(CommandLine):
    """`ssh who@host ENTITY VERB …`: OpenSSH's client, the words in the command."""

    def command(self, who, words):
        service = self.service
        quoted = " ".join("'" + w.replace("'", "'\\''") + "'" for w in words)
        return service.ssh(who) + [quoted], service.ssh_env(who)


class JsonLines:
    """The `bima-json` subsystem over paramiko: requests as lines."""

    def __init__(self, service):
        import paramiko
        self.service, self.paramiko = service, paramiko
        self.lines, self.count = {}, 0

    def line(self, who):
        if who not in self.lines:
            transport = self.paramiko.Transport(("127.0.0.1", self.service.port))
            transport.connect(username=who, password=self.service.password(who))
            channel = transport.open_session()
            channel.invoke_subsystem("bima-json")
            self.lines[who] = (transport, channel, channel.makefile("r"))
        return self.lines[who]

    def call(self, who, entity, verb=None, key=None, fields=None, reason=None):
        params = {}
        if entity == "find":
            method, params["text"] = "find", verb
        else:
            params["entity"] = entity
            method = {"add": "add", "show": "get", "list": "list", "history": "history", "print": "print"}.get(verb, "act")
            if method == "act":
                params["action"] = verb
            if method == "print":
                params["format"] = "text"
        if key:
            params["key"] = key
        if fields and method == "list":
            params["filters"] = fields
        elif fields:
            params["fields"] = fields
        if reason:
            params["reason"] = reason
        self.count += 1
        request = {"id": self.count, "method": method, "params": params}
        if method in ("add", "act"):
            request["idem"] = uuid.uuid4().hex
        _, channel, replies = self.line(who)
        channel.sendall((json.dumps(request) + "\n").encode())
        reply = json.loads(replies.readline())
        assert reply["id"] == self.count, reply
        body = reply.get("body", {})
        return reply["code"] == "OK", body, json.dumps(body.get("error", ""))

    def close(self):
        for transport, _, _ in self.lines.values():
            transport.close()


def money(text):
    return int(round(float(str(text).replace(",", "")) * 100))


def run(way, service, plate, phone, say=lambda *a: None):
    """Plays the story; raises AssertionError at the first step that is not as it should be."""
    clerk, cashier = service.clerk, service.cashier

    def must(who, *args, **kw):
        ok, body, message = way.call(who, *args, **kw)
        assert ok, f"{args} {kw}: {message}"
        say(args, kw, body)
        return body

    def refused(who, *args, **kw):
        ok, body, message = way.call(who, *args, **kw)
        assert not ok, f"{args} {kw} should be refused: {body}"
        say(args, kw, message)
        return message

    body = must(clerk, "find", plate)
    assert not body.get("hits"), body

    must(clerk, "customer", "add", fields={"kind": "individual", "name": "Salma Ibrahim Osman", "phone": phone})
    must(clerk, "vehicle", "add", fields={"plate": plate, "vehicle_type": "car", "make": "Toyota", "model": "IST",
                                          "owner": phone, "chassis": "NCP60-" + phone[-6:]})
    quote = must(clerk, "policy", "quote", fields={"vehicle": plate, "product": "comprehensive", "sum_insured": "15,000,000"})
    number = quote["record"]["fields"]["number"]
    term = must(clerk, "term", "show", number + "#1")["record"]["fields"]
    assert [money(term[k]) for k in ("premium", "tax", "total")] == [52500000, 9450000, 61950000], term

    must(clerk, "policy", "issue", number)
    message = refused(clerk, "receipt", "add", fields={"policy": number, "amount": "619,499", "method": "cash"})
    assert "619,500" in message and "619,499" in message, message
    receipt = must(clerk, "receipt", "add", fields={"policy": number, "amount": "619,500", "method": "cash"})
    receipt_number = receipt["record"]["fields"]["number"]
    assert must(clerk, "policy", "show", number)["record"]["fields"]["state"] == "awaiting_payment", "cover before verification"

    must(cashier, "receipt", "verify", receipt_number)
    policy = must(clerk, "policy", "show", number)["record"]["fields"]
    assert policy["state"] == "active", policy
    covers = rows(must(clerk, "cover", "list", fields={"policy": number}))
    assert [c["in_force"] for c in covers] == [True], covers

    certificate = rows(must(clerk, "certificate", "list", fields={"policy": number}))[0]["number"]
    must(clerk, "certificate", "print", certificate)

    message = refused(clerk, "policy", "quote", fields={"vehicle": plate, "product": "comprehensive", "sum_insured": "1,000,000"})
    assert number in message, message

    must(clerk, "policy", "renew", number)
    terms = rows(must(clerk, "term", "list", fields={"policy": number}))
    assert len(terms) == 2, terms
    first, second = sorted(terms, key=lambda t: t["seq"])
    assert second["start_date"] > first["end_date"], terms

    events = must(clerk, "policy", "history", number)["events"]
    events = events.get("rows", events) if isinstance(events, dict) else events
    told = {e["op"] for e in events}
    names = {e["who"] for e in events}
    assert {"quote", "issue", "verify", "renew"} <= told, told
    assert any(clerk.split("@")[0] in n for n in names) and any(cashier.split("@")[0] in n for n in names), names
    assert all(e["at"] for e in events)
    return number


def rows(body):
    return [row["fields"] for row in body["page"]["rows"]]
