"""Nothing lost, nothing twice: the line is cut at every byte of a new business, and client and front are killed around a save.

The real client on a pseudo-terminal, through a relay that counts the bytes, against a real service.
"""
import os
import random
import signal
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from keyboard import ENTER, F3, F6, F10, TAB, Client  # noqa: E402
from relay import DOWN, UP, Relay  # noqa: E402
from service import Service, wait_for  # noqa: E402

WINDOWS = 8
LEAST = {UP: 150, DOWN: 150}  # bytes of the save and of its answer, at least
ONE_EACH = """select c.name from app.customer c join app.policy p on p.customer_id = c.id
    join app.vehicle v on v.id = p.vehicle_id join app.receipt r on r.policy_id = p.id where c.name like 'Cut %'
    and v.make = 'Kataza' group by c.name having count(*) = 1"""
ALL = """select (select count(*) from app.customer where name like 'Cut %') || ' ' ||
    (select count(*) from app.vehicle where make = 'Kataza') || ' ' || count(p) || ' ' || count(r) from app.policy p
    join app.customer c on c.id = p.customer_id left join app.receipt r on r.policy_id = p.id where c.name like 'Cut %'"""


class Drafts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.service.__enter__()
        cls.rng = random.Random(20261121)
        cls.people = 0

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__(None, None, None)

    def setUp(self):
        self.lock = threading.Lock()

    def client(self, relay, name):
        client = Client(self.service, relay, self.service.clerk, os.path.join(self.service.home, "of-" + name))
        self.addCleanup(client.close)
        return client

    def relay(self):
        relay = Relay(self.service.port)
        self.addCleanup(relay.close)
        return relay

    def person(self, first="Kept"):
        """A name like no other and a number nobody has."""
        with self.lock:
            Drafts.people += 1
            word = "".join(self.rng.choice("bdfgklmnprstvwz") + self.rng.choice("aeiou") for _ in range(5))
            return f"{first} {word}{Drafts.people:04}", f"0755 {600000 + Drafts.people}"

    def records(self, name):
        return int(self.service.sql(f"select count(*) from app.customer where name = '{name}'"))

    def business(self, client, name, phone):
        """The form of new business, filled and priced; its plate comes from the number."""
        number = int(phone[-6:]) - 600000
        plate = f"T {100 + number % 900} CT{chr(ord('A') + number // 900)}"
        fields = [plate, "car", "Kataza", "", "", "", "", "", phone, name, "", "", "comprehensive", "15m", ""]
        client.type(F3 + F6 + TAB.join(f.encode() for f in fields), rb"619,500")

    def measure(self):
        """Bytes of a save and of the answer to it, on a line of their own; and whose it was."""
        relay = self.relay()
        client = self.client(relay, "measure")
        name, phone = self.person("Cut")
        self.business(client, name, phone)
        before = relay.count()
        relay.hold(DOWN)
        client.send(F10)
        wait_for("it is saved", lambda: self.records(name) == 1)
        up = relay.count()[0]
        relay.hold(UP)  # what is asked when the answer is there does not count
        client.until("wait", rb"Saved")
        down = relay.count()[1]
        relay.hold()
        client.close()
        return {UP: up - before[0], DOWN: down - before[1]}, name

    def cut_all(self, cuts):
        """One new business per (way, byte), the line cut there; gives the names, and the cuts that were reached."""
        names, reached, errors = [], [], []

        def work(window, mine):
            try:
                relay = self.relay()
                client = self.client(relay, f"window-{window}")
                opened = None
                for way, offset in mine:
                    name, phone = self.person("Cut")
                    self.business(client, name, phone)
                    relay.arm(way, offset)
                    client.type(F10, rb"Saved")
                    if not relay.disarm():
                        reached.append((way, offset))
                    names.append(name)
                    opened = opened or client.descriptors()
                wait_for("no line that was lost is still open", lambda: client.descriptors() <= opened)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(i, cuts[i::WINDOWS])) for i in range(WINDOWS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        return names, reached

    def test_the_line_is_cut_at_every_byte_of_a_new_business_and_of_its_answer(self):
        began = time.monotonic()
        size, first = self.measure()
        cuts = [(way, offset) for way in (UP, DOWN) for offset in range(size[way])]
        names, reached = self.cut_all(cuts)
        names.append(first)
        self.assertEqual(len(names), len(cuts) + 1)
        once = set(self.service.sql(ONE_EACH).splitlines())
        self.assertEqual([n for n in names if n not in once], [], "not once")
        self.assertEqual(self.service.sql(ALL), " ".join([str(len(names))] * 4), "something stands twice, or alone")
        for way in (UP, DOWN):
            at = sorted(offset for w, offset in reached if w == way)
            self.assertEqual(at[:LEAST[way]], list(range(LEAST[way])), "the line was not cut at each byte")
            print(f"{way}: cut at {len(at)} bytes, from {at[0]} to {at[-1]}; one business each time")
        print(f"{len(cuts)} times new business in {time.monotonic() - began:.0f} s")

    def killed(self, held):
        relay = self.relay()
        name, phone = self.person()
        client = self.client(relay, "killed-" + held)
        client.form(name, phone)
        relay.hold(held)
        client.send(F10)
        client.until("wait")
        if held == DOWN:
            wait_for("it is saved", lambda: self.records(name) == 1)
        client.kill()
        self.assertEqual(self.records(name), 1 if held == DOWN else 0)
        relay.hold()  # what was on its way arrives now, after its client
        client = self.client(relay, "killed-" + held)
        client.type(b"drafts" + ENTER, rb"sent, not answered")
        client.type(ENTER, name.encode())
        wait_for("it stands", lambda: self.records(name) == 1)
        client.type(F3 + b"drafts" + ENTER, rb"Nothing is left")
        self.assertEqual(self.records(name), 1)

    def front_killed(self, held):
        relay = self.relay()
        name, phone = self.person()
        client = self.client(relay, "front-" + held)
        client.form(name, phone)
        relay.hold(held)
        client.send(F10)
        client.until("wait")
        if held == DOWN:
            wait_for("it is saved", lambda: self.records(name) == 1)
        os.kill(self.service.pid("front.0"), signal.SIGKILL)
        relay.hold()
        client.until("idle", name.encode())
        self.assertEqual(self.records(name), 1)
        client.type(F3 + b"drafts" + ENTER, rb"Nothing is left")

    def test_the_front_killed_after_the_save_was_done_it_is_answered_not_done_again(self):
        self.front_killed(DOWN)

    def test_the_front_killed_before_the_save_arrived_it_is_done_by_the_next(self):
        self.front_killed(UP)

    def test_killed_after_the_save_was_done_it_is_not_done_again(self):
        self.killed(DOWN)

    def test_killed_before_the_save_arrived_it_is_done(self):
        self.killed(UP)


if __name__ == "__main__":
    unittest.main(verbosity=2)
