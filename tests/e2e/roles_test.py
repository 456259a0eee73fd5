#!/usr/bin/python3
"""Somebody of each role signs in, by OpenSSH and on the screens, and tries what he may not: golden/rights.txt says what that is."""
import os
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from journey_tui import Terminal  # noqa: E402
from races_world import World, keys_for  # noqa: E402

GOLDEN = os.path.join(HERE, "..", "golden", "rights.txt")
ROLES = ("admin", "manager", "agent", "cashier", "call_centre", "adjuster", "senior_adjuster", "claims_manager", "customer", "viewer")
REFUSED = (64, 77)  # a word that is not offered, or not allowed


def rights(sides=("both", "company"), of=ROLES):
    """{entity: {verb: roles}} of what a company has, or the platform."""
    out = {}
    with open(GOLDEN) as page:
        for line in page:
            head = re.fullmatch(r"([a-z_]+) \((both|company|platform)\)\n", line)
            if head:
                verbs = out.setdefault(head[1], {}) if head[2] in sides else {}
            elif line.strip():
                verb, *roles = line.split()
                verbs[verb] = set(of) if roles == ["everybody"] else set(roles) & set(of)
    return out


def forbidden(rights, role):
    return [(entity, verb) for entity, verbs in rights.items() for verb, may in verbs.items() if role not in may and verb not in ("personal", "secret")]


def attempts(rights, role):
    """(method, params) of every word that the matrix does not give a role, as a program would ask that knows no description."""
    for entity, verb in forbidden(rights, role):
        on = {"entity": entity, "id": 1}
        yield {"read": ("get", on), "add": ("add", {"entity": entity, "fields": {}}), "set": ("set", on | {"version": 1, "fields": {}}),
               "print": ("print", on | {"format": "text"})}.get(verb, ("act", on | {"action": verb, "reason": "why"}))
        if verb == "read":
            yield from (("list", {"entity": entity}), ("history", on), ("as_of", on | {"at": "2030-01-01T00:00:00Z"}))


class Screens(Terminal):
    """A client's screens over ssh -tt, signed in by key."""

    def __init__(self, service, who, key):
        self.socket = os.path.join(service.home, "tmux-" + who.split("@")[0])
        subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "60", *service.ssh_key(who, key, "-tt")],
                       env=dict(os.environ, LC_ALL="C.UTF-8"), check=True)

    def commands(self):
        """Everything that F2 offers."""
        self.see(r"F2 Commands")
        self.keys("F2")
        found, screen = set(), self.see(r"─ Commands ─")
        while True:
            found |= {row.strip() for row in re.findall(r"│ [> ] (\S.{27})", screen)}
            last, screen = screen, self.further(screen)
            if screen == last:
                return found

    def further(self, screen):
        self.keys("PageDown")
        end = time.monotonic() + 1
        while self.screen() == screen and time.monotonic() < end:
            time.sleep(0.02)
        return self.screen()

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World("admin", "amina", workers=3)
        cls.addClassCleanup(cls.world.close)
        cls.rights = rights()
        admin, agent = cls.world.session("admin"), cls.world.session("amina")
        cls.catalog = {e["name"]: e for e in admin.ok("describe").body["schema"]["entities"]}
        holder = agent.ok("list", entity="policy", filters=[["state", "=", "active"]], limit=1).rows[0]
        cls.customer = agent.ok("get", entity="policy", id=holder["id"]).fields["customer"]
        cls.other = next(row["id"] for row in agent.ok("list", entity="customer").rows if row["id"] != cls.customer["id"])
        cls.some = {}
        for name, entity in cls.catalog.items():
            rows = admin.ok("list", entity=name, limit=1).rows if entity["may_list"] else []
            cls.some.update({name: row["id"] for row in rows})
        cls.who = {}
        for role in ROLES:
            fields = {"login": f"a_{role}", "name": f"A {role.title()}", "role": role, "branch": "KK"}
            if role == "customer":
                fields["customer"] = {"id": cls.customer["id"]}
            admin.ok("add", entity="user", fields=fields)
            cls.who[role] = f"a_{role}@simba.co.tz"
        cls.keys = keys_for(cls.world.service, cls.who.values())
        cls.world.keys.update(cls.keys)

    def ssh(self, role, words):
        who = self.who[role]
        return subprocess.run(self.world.service.ssh_key(who, self.keys[who]) + [words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=60)

    def state(self):
        return self.world.sql("select (select count(*) from app.history where tbl <> 'session'), (select sum(n) from app.counter),"
                              " (select count(*) from app.user_account), (select count(*) from app.role)")

    def test_commands_that_a_role_does_not_have_are_refused_over_ssh(self):
        before, tried = self.state(), 0
        for number, role in enumerate(ROLES):
            words_not_given = forbidden(self.rights, role)
            for entity, verb in words_not_given[number % 7::max(1, len(words_not_given) // 3)]:
                id = self.some.get(entity, 1)
                words = {"read": f"{entity} list", "add": f"{entity} add name=x", "set": f"{entity} set {id} name=x"}.get(verb, f"{entity} {verb} {id}")
                done = self.ssh(role, words)
                unseen = (66,) if role == "customer" else ()  # of others' records he is told that there are none
                self.assertIn(done.returncode, REFUSED + unseen, f"{role}: {words}: {done.stdout}{done.stderr}")
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"does not allow|is not known|no [a-z_]+ \"", f"{role}: {words}")
                tried += 1
            me = self.ssh(role, "me")
            self.assertEqual((me.returncode, f"a_{role}" in me.stdout), (0, True), me.stderr)
        self.assertGreater(tried, 20)
        self.assertEqual(self.state(), before)

    def test_whatever_client_asks_what_a_role_does_not_have_is_refused(self):
        """Every word the matrix does not give, sent as a program would that knows no description."""
        before = self.state()
        for role in ROLES:
            asked = list(attempts(self.rights, role))
            for (method, params), reply in zip(asked, self.world.session(self.who[role]).many(asked)):
                self.assertIn(reply.code, ("FORBIDDEN", "BAD_PARAMS") if "action" in params else ("FORBIDDEN",), f"{role}: {method} {params}: {reply}")
                if reply.code == "BAD_PARAMS":  # "act" of what stands beside no record takes no id
                    self.assertFalse(next(a for a in self.catalog[params["entity"]]["actions"] if a["name"] == params["action"]).get("on_record"))
        self.assertEqual(self.state(), before)

    def test_the_screens_offer_a_role_what_it_may_and_nothing_more(self):
        for role in ROLES:
            screens = Screens(self.world.service, self.who[role], self.keys[self.who[role]])
            try:
                offered = screens.commands()
            finally:
                screens.close()
            self.assertIn("Policies", offered, role)
            sells = all(role in self.rights[e][v] for e, v in (("customer", "add"), ("vehicle", "add"), ("policy", "quote"), ("receipt", "add")))
            self.assertEqual("New business" in offered, sells, role)
            for name, verbs in self.rights.items():
                entity = self.catalog.get(name)
                if entity is None or name == "account":
                    continue
                if role not in verbs["read"]:
                    self.assertNotIn(entity["plural"], offered, role)
                if "add" in verbs:
                    self.assertEqual(f"New {entity['label']}" in offered, role in verbs["add"], f"{role}: New {entity['label']}")
                for action in entity["actions"]:
                    if role not in verbs[action["name"]]:
                        self.assertNotIn(f"{entity['label']}: {action['label']}"[:28].strip(), offered, role)

    def test_a_customer_reaches_nobody_elses_record_on_the_screens_or_by_command(self):
        mine, theirs = self.ssh("customer", "customer list"), self.ssh("admin", f"customer show {self.other}")
        self.assertEqual(mine.returncode, 0, mine.stderr)
        self.assertEqual(len(mine.stdout.strip().splitlines()), 2, mine.stdout)
        self.assertEqual(theirs.returncode, 0, theirs.stderr)
        name = next(line.split(None, 1)[1].strip() for line in theirs.stdout.splitlines() if line.startswith("Name"))
        for words in (f"customer show {self.other}", f"customer history {self.other}", f"customer show '{name}'"):
            done = self.ssh("customer", words)
            self.assertEqual((done.returncode, done.stdout), (66, ""), f"{words}: {done.stdout}{done.stderr}")
        self.assertNotIn(name, self.ssh("customer", f"find '{name}'").stdout)
        screens = Screens(self.world.service, self.who["customer"], self.keys[self.who["customer"]])
        try:
            screens.see(r"F2 Commands")
            screens.type(name)
            screens.keys("Enter")
            screen = screens.see(r"Nothing found|no such")
            self.assertNotRegex(screen, re.escape(name) + r".*(\+255|07\d\d)")
        finally:
            screens.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
