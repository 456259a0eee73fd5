"""Nothing lost, nothing twice: the line is cut at every byte of a save, and the client killed around it.

The real client on a pseudo-terminal, through a relay that counts the bytes, against a real service.
"""
import os
import random
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from keyboard import ENTER, F3, F10, TAB, Client  # noqa: E402
from relay import DOWN, UP, Relay  # noqa: E402
from service import Service, wait_for  # noqa: E402

WINDOWS = 4
MOST = {UP: 240, DOWN: 420}  # no save of a customer is longer on the line, and no answer to it
LEAST = 150


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

    def person(self):
        """A name like no other and a number nobody has."""
        with self.lock:
            Drafts.people += 1
            word = "".join(self.rng.choice("bdfgklmnprstvwz") + self.rng.choice("aeiou") for _ in range(5))
            return f"Cut {word}{Drafts.people:04}", f"0755 {600000 + Drafts.people}"

    def records(self, name):
        return int(self.service.sql(f"select count(*) from app.customer where name = '{name}'"))

    def cut_all(self, way, offsets):
        """Saves one customer per offset, the line cut at that byte; gives the names, and the offsets not reached."""
        names, missed, errors = [], [], []

        def work(window, mine):
            try:
                relay = self.relay()
                client = self.client(relay, f"{way}-{window}")
                for offset in mine:
                    name, phone = self.person()
                    client.form(name, phone)
                    relay.arm(way, offset)
                    client.type(F10)
                    if relay.disarm():
                        missed.append(offset)
                    names.append(name)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(i, offsets[i::WINDOWS])) for i in range(WINDOWS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        return names, missed

    def check(self, way):
        offsets = list(range(MOST[way]))
        names, missed = self.cut_all(way, offsets)
        self.assertEqual(len(names), len(offsets))
        wrong = self.service.sql("select name || ' ' || count(*) from app.customer where name like 'Cut %' "
                                 "group by name having count(*) <> 1")
        self.assertEqual(wrong, "", "not once")
        stand = set(self.service.sql("select name from app.customer where name like 'Cut %'").splitlines())
        self.assertEqual([n for n in names if n not in stand], [], "not at all")
        reached = [o for o in offsets if o not in missed]
        self.assertEqual(reached[:LEAST], offsets[:LEAST], "the line was not cut at each byte")
        print(f"{way}: cut at {len(reached)} bytes, from {reached[0]} to {reached[-1]}; one record each time")

    def test_the_line_is_cut_at_every_byte_of_a_save_on_its_way(self):
        self.check(UP)

    def test_the_line_is_cut_at_every_byte_of_its_answer(self):
        self.check(DOWN)

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

    def test_killed_after_the_save_was_done_it_is_not_done_again(self):
        self.killed(DOWN)

    def test_killed_before_the_save_arrived_it_is_done(self):
        self.killed(UP)


if __name__ == "__main__":
    unittest.main(verbosity=2)
