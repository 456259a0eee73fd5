#!/usr/bin/python3
"""The renewals worklist against a real service: many rows at once, on the screens and heard, over a line that is cut, and by two."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from keyboard import DOWN_KEY, ENTER, F3, F10, F12, LEFT_KEY, Client  # noqa: E402
from relay import DOWN, UP, Relay  # noqa: E402
from service import Service  # noqa: E402

ROWS = 3
CUTS = [(way, offset) for offset in (1, 90, 200) for way in (UP, DOWN)]


class Renewals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=200))

    def client(self, who, relay=None):
        if relay is None:
            relay = Relay(self.service.port)
            self.addCleanup(relay.close)
        client = Client(self.service, relay, who, os.path.join(self.service.home, f"of-{who}-{relay.port}"))
        self.addCleanup(client.close)
        return client

    def looked_at(self, client, rows=ROWS):
        """The first rows of the worklist, marked and looked at; nothing has happened yet."""
        before = self.renewed()
        client.type(F3 + b"renewals" + ENTER, rb"To renew")
        client.type((b"9" + DOWN_KEY) * rows + ENTER, b"Renewals: Renew")
        self.assertEqual(self.renewed(), before)

    def renewed(self):
        return int(self.service.sql("select count(*) from app.renewal where state = 4"))

    def assertOnce(self):
        """No policy was renewed twice, and each case says by which term."""
        twice = self.service.sql("select count(*) from (select policy_id from app.term where state = 3 and seq > 1 group by policy_id"
                                 " having count(*) > 1) x")
        without = self.service.sql("select count(*) from app.renewal r where (r.state = 4) <> exists (select from app.term t where"
                                   " t.tenant_id = r.tenant_id and t.policy_id = r.policy_id and t.id = r.renewed_term_id and t.state <> 8)")
        self.assertEqual((twice, without), ("0", "0"))

    def test_a_line_that_is_cut_in_the_middle_of_many_does_none_of_them_twice(self):
        relay = Relay(self.service.port)
        self.addCleanup(relay.close)
        client = self.client(self.service.clerk, relay)
        cut = 0
        for way, offset in CUTS:
            before = self.renewed()
            self.looked_at(client)
            relay.arm(way, offset)
            client.type(F10)  # what is said of the line comes after what is said of the rows
            cut += not relay.disarm()
            self.assertEqual(self.renewed(), before + ROWS, (way, offset))
            self.assertOnce()
        self.assertGreaterEqual(cut, len(CUTS) // 2)

    def test_who_comes_second_is_told_row_by_row_and_renews_nothing(self):
        first, second = self.client(self.service.clerk), self.client(self.service.manager)
        self.looked_at(first)
        self.looked_at(second)
        before = self.renewed()
        first.type(F10, rb"All 3 done")
        second.type(F10, rb"0 done, 3 not")
        self.assertEqual(self.renewed(), before + ROWS)
        self.assertOnce()
        second.type(F12, rb"To renew")

    def test_it_is_heard_before_it_is_done_and_each_row_says_what_came_of_it(self):
        before = self.renewed()
        said = self.plain(self.service.clerk, "renewals", "9 1-3", "no", "9 1-3", "yes", "quit")
        self.assertEqual(said.count("3 of 3 together: Last total"), 2, said)
        self.assertIn("Nothing was done.", said)
        self.assertEqual(said.count(": done."), 3, said)
        self.assertIn("3 done, 0 not.", said)
        self.assertEqual(self.renewed(), before + 3)
        self.assertOnce()

    def test_a_cashier_sees_the_worklist_and_is_offered_no_renewal(self):
        said = self.plain(self.service.cashier, "renewals", "9 1-3", "quit")
        self.assertIn("There is no option 9 here", said)
        refused = self.service.ask(self.service.cashier, ("act", {"entity": "renewal", "action": "renew", "key": self.first()}))[0]
        self.assertEqual(refused["code"], "FORBIDDEN", refused)

    def test_commands_work_the_list_too(self):
        policy = self.first()
        self.assertEqual(self.command(self.service.clerk, f"renewal promise {policy} on=+3d note='pays on Friday'").returncode, 0)
        self.assertIn("promised", self.command(self.service.clerk, f"renewal show {policy}").stdout)
        self.assertEqual(self.command(self.service.clerk, f"renewal lose {policy} outcome=competitor").returncode, 0)
        self.assertIn(policy, self.listed("lost"))
        self.assertEqual(self.command(self.service.clerk, f"renewal renew {policy}").returncode, 0)
        self.assertIn(policy, self.listed("unpaid"))

    def test_the_tab_of_a_policy_shows_its_closed_cases(self):
        policy = self.first()
        self.assertEqual(self.command(self.service.clerk, f"renewal lose {policy} outcome=competitor").returncode, 0)
        self.assertNotIn(policy, self.listed("due"))
        of_it = self.command(self.service.clerk, f"renewal list policy={policy}").stdout
        self.assertIn(policy, of_it)
        self.assertNotIn(policy, self.command(self.service.clerk, f"renewal list policy={policy} view=due").stdout)
        said = self.plain(self.service.clerk, f"policy show {policy}", "renewals", "quit")
        self.assertIn(f"Renewals of {policy}", said)
        self.assertIn(": 1", said)
        client = self.client(self.service.clerk)
        client.type(F3 + policy.encode() + ENTER, rb"Renewals")
        client.type(LEFT_KEY * 2, rb"[Ll]ost")

    def first(self):
        """The policy that stands first in the worklist."""
        return self.command(self.service.clerk, "renewal list --limit 1").stdout.splitlines()[1].split()[0]

    def listed(self, view):
        done = self.command(self.service.clerk, f"renewal list view={view}")
        return done.stdout + done.stderr

    def plain(self, who, *lines):
        done = subprocess.run([self.service.bima, "--plain", "-l", who, "-p", str(self.service.port), "127.0.0.1"],
                              env=self.env(who), input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120)
        return done.stdout + done.stderr

    def command(self, who, words):
        return subprocess.run(self.service.ssh(who) + [words], env=self.service.ssh_env(who), capture_output=True, text=True, timeout=120)

    def env(self, who):
        return dict(os.environ, LC_ALL="C.UTF-8", HOME=self.service.home, BIMA_PASSWORD_FILE=self.service.password_file(who),
                    BIMA_KNOWN_HOSTS=self.service.known_hosts)


if __name__ == "__main__":
    unittest.main()
