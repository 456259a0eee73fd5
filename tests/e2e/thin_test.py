"""A thin line: what everything costs in bytes, a line of 16 kbit/s, and ten thousand keys typed ahead of a slow one.

The real client on a pseudo-terminal, through a relay that counts and can be slow, against a real service. Bytes are TCP
payload behind the exchange of keys: packets of SSH with their lengths, padding and seals.
"""
import os
import random
import signal
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

import journey_tui  # noqa: E402
from keyboard import ENTER, F3, F5, F10, TAB, Client  # noqa: E402
from relay import Relay  # noqa: E402
from service import Service, wait_for  # noqa: E402

LISTS = ("customers", "vehicles", "policies", "receipts", "certificates")
# bytes: up, down, both; 0: no goal of its own
SIGN_IN, SAVE, PAGE, BUSINESS, AGAIN, TOLD = (0, 0, 1536), (600, 400, 0), (0, 2048, 0), (0, 0, 4096), (0, 0, 256), (0, 0, 512)
THIN = {"delay": 0.3, "rate": 2000, "loss": 0.05, "seed": 4}
KEYS, LATENCY = 10000, 0.5


class Through:
    """The service as somebody sees it who stands behind a relay."""

    def __init__(self, service, relay, home):
        os.makedirs(home, exist_ok=True)
        self.home, self.bima, self.port = home, service.bima, relay.port
        self.password_file = service.password_file
        self.known_hosts = os.path.join(home, "known_hosts")
        with open(service.known_hosts) as line, open(self.known_hosts, "w") as out:
            out.write(line.read().replace(f":{service.port} ", f":{relay.port} "))

    def command(self, who, *words):
        env = {"HOME": self.home, "BIMA_KNOWN_HOSTS": self.known_hosts,
               "BIMA_PASSWORD_FILE": self.password_file(who), "LC_ALL": "C.UTF-8"}
        done = subprocess.run([self.bima, "-l", who, "-p", str(self.port), "127.0.0.1", *words], env=env,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Thin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=400))
        cls.rng = random.Random(20261121)
        cls.relays = 0

    def setUp(self):
        self.table, self.over = [], []

    def relay(self, **how):
        relay = Relay(self.service.port, **how)
        self.addCleanup(relay.close)
        Thin.relays += 1
        return relay

    def client(self, relay, who=None, **how):
        client = Client(self.service, relay, who or self.service.clerk,
                        os.path.join(self.service.home, f"thin-{Thin.relays}"), **how)
        self.addCleanup(client.close)
        return client

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def cost(self, what, relay, before, goal=(0, 0, 0)):
        """Notes what passed since `before`; gives the count now."""
        now = relay.count()
        up, down = now[0] - before[0], now[1] - before[1]
        told = ", ".join(f"{name} {most}" for name, most in zip(("up", "down", "both"), goal) if most)
        self.table.append(f"{what:36} {up:6} {down:6} {up + down:6}  {told}")
        if any(most and got > most for got, most in zip((up, down, up + down), goal)):
            self.over.append(self.table[-1])
        return now

    def told(self):
        print("\n" + f"{'bytes behind the exchange of keys':36} {'up':>6} {'down':>6} {'both':>6}  at most")
        print("\n".join(self.table))
        self.assertEqual(self.over, [], "over the goal")

    def test_all_that_is_asked_and_saved_stays_within_its_bytes(self):
        relay = self.relay()
        home = os.path.join(self.service.home, f"thin-{Thin.relays}")
        through = Through(self.service, relay, home)
        through.command(self.service.clerk, "status")  # the description comes once
        before = relay.count()
        through.command(self.service.clerk, "status")
        self.cost("sign in, description known", relay, before, SIGN_IN)
        before = relay.count()
        client = self.client(relay)
        before = self.cost("sign in, and home", relay, before)
        client.type(F3 + b"new customer" + ENTER + TAB + b"Zuhura Thinline" + TAB + b"0755 808 101" + TAB)
        before = self.cost("a customer is typed", relay, before)
        client.type(F10, rb"Zuhura")
        before = self.cost("saved, and shown", relay, before, SAVE)
        client.type(F3, rb"find or do")
        client.type(F5)
        before = relay.count()
        client.type(F5)
        self.cost("home again, nothing new", relay, before, AGAIN)
        client.close()
        for name in LISTS:
            client = self.client(relay)  # a line that has seen no list yet
            before = relay.count()
            client.type(name.encode() + ENTER)
            before = self.cost(f"page of 50: {name}", relay, before, PAGE)
            client.type(F5)
            self.cost(f"the same again: {name}", relay, before, AGAIN)
            client.close()
        self.told()

    def test_a_whole_new_business_stays_within_its_bytes(self):
        relay = self.relay()
        through = Through(self.service, relay, os.path.join(self.service.home, "thin-business"))
        clerk = journey_tui.Terminal(through, self.service.clerk)
        self.addCleanup(clerk.close)
        clerk.see("find or do")
        jobs = self.service.pid("jobs")  # what home is told of the sale comes when it likes: held until it can be counted alone
        os.kill(jobs, signal.SIGSTOP)
        self.addCleanup(os.kill, jobs, signal.SIGCONT)
        before = relay.count()
        journey_tui.TuiJourney.sell(self, clerk, "T 271 THN", "0755 808 202")
        clerk.see("waiting for verification")
        before = self.cost("new business, one refused save in it", relay, before, BUSINESS)
        os.kill(jobs, signal.SIGCONT)
        wait_for("home is told", lambda: relay.count() != before)
        time.sleep(1)  # the rest of it, and that nobody looks at home now
        self.cost("what home is told of it", relay, before, TOLD)
        self.told()

    def test_a_wider_terminal_asks_for_the_columns_it_has_room_for(self):
        clerk = journey_tui.Terminal(self.service, self.service.clerk)
        self.addCleanup(clerk.close)
        clerk.see("find or do")
        clerk.type("customers")
        clerk.keys("Enter")
        self.assertNotIn("City", clerk.see("Name.*Phone.*ID number"))
        clerk.tmux("resize-window", "-x", "150", "-y", "40")
        clerk.see("Name.*Phone.*City")

    # -- slow lines ----------------------------------------------------------------------------------------------------

    def test_a_clerk_works_on_16_kbit_with_600_ms_and_5_of_100_packets_lost(self):
        relay = self.relay(**THIN)
        began = time.monotonic()
        client = self.client(relay, theme=None)
        took = {"signed in, description fetched": time.monotonic() - began}

        def timed(what, keys, text=None):
            start = time.monotonic()
            client.type(keys, text)
            took[what] = time.monotonic() - start

        timed("a customer typed", F3 + b"new customer" + ENTER + TAB + b"Kassim Slowline" + TAB + b"0755 808 303" + TAB)
        timed("saved and shown", F10, rb"Kassim")
        timed("found by phone", F3 + b"0755808303" + ENTER, rb"Kassim")
        timed("list of policies", F3 + b"policies" + ENTER)
        timed("the same again", F5)
        client.close()
        began = time.monotonic()
        client = self.client(relay, theme=None)
        took["signed in again, description known"] = time.monotonic() - began
        print("\n16 kbit/s, 600 ms, 5 % lost: " + ", ".join(f"{what} {s:.1f} s" for what, s in took.items())
              + f"; {relay.lost} segments sent again, {sum(relay.count(False))} bytes")
        self.assertEqual(self.service.sql("select count(*) from app.customer where name = 'Kassim Slowline'"), "1")
        self.assertGreater(relay.lost, 0)

    def person(self, number):
        """Name, phone, address, city and note, of letters nobody can mistake; together some 400 keys."""
        def words(count):
            return " ".join("".join(self.rng.choice("bdfgklmnprstvwz") + self.rng.choice("aeiou") for _ in range(4))
                            for _ in range(count))
        return {"name": f"Ahead {number:03} {words(5)}", "phone": f"+255 755 9{number // 100:02} {number % 100:03}",
                "address": words(18), "city": words(3), "note": words(14)}

    def test_ten_thousand_keys_typed_ahead_of_half_a_second_all_arrive_in_their_place(self):
        people, keys = [], b""
        while len(keys) < KEYS:
            p = self.person(len(people))
            fields = ["", p["name"], p["phone"], "", "", "", "", "", p["address"], p["city"], "", p["note"]]
            keys += F3 + b"new customer" + ENTER + TAB.join(f.encode() for f in fields) + F10
            people.append(p)
        client = self.client(self.relay(delay=LATENCY / 2))
        began = time.monotonic()
        client.type(keys, people[-1]["name"].encode(), seconds=300)
        took = time.monotonic() - began
        print(f"\n{len(keys)} keys in one go, {len(people)} records, {LATENCY * 1000:.0f} ms: {took:.1f} s")
        rows = self.service.sql("select name || '|' || phone || '|' || city from app.customer "
                                "where name like 'Ahead %' order by name").splitlines()
        self.assertEqual(rows, [f"{p['name']}|{p['phone']}|{p['city']}" for p in people])
        wanted = [("get", {"entity": "customer", "key": p["name"]}) for p in people]
        for p, reply in zip(people, self.service.ask(self.service.clerk, *wanted)):
            fields = reply["body"]["record"]["fields"]
            self.assertEqual({k: fields.get(k) for k in p}, p)
        self.refused_in_the_middle(client)

    def refused_in_the_middle(self, client):
        """What was typed behind a save that is refused is dropped and counted, and goes into nothing."""
        def form(name, phone):
            return F3 + b"new customer" + ENTER + TAB + name + TAB + phone + F10
        behind = form(b"Behind Refused", b"0755 909 003")
        client.type(form(b"Before Refused", b"0755 909 001") + form(b"Refused Itself", b"12") + behind, rb"43 keys")
        names = self.service.sql("select name from app.customer where name like '%Refused%'")
        self.assertEqual(names, "Before Refused")


if __name__ == "__main__":
    unittest.main(verbosity=2)
