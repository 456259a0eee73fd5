"""The journey through the terminal client: real keys into a real terminal (tmux), the screen read as a person reads it."""
import os
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from service import Service  # noqa: E402

PLATE, PHONE = "T 614 QXA", "0754 614 004"


class Terminal:
    """One tmux window of 80 x 24 with the client in it."""

    def __init__(self, service, who, over_ssh=False):
        self.socket = os.path.join(service.home, f"tmux-{who.split('@')[0]}{'-ssh' if over_ssh else ''}")
        if over_ssh:
            argv, env = service.ssh(who, "-tt"), service.ssh_env(who)
        else:
            argv = [service.bima, "-l", who, "-p", str(service.port), "127.0.0.1"]
            env = dict(os.environ, BIMA_PASSWORD_FILE=service.password_file(who), BIMA_KNOWN_HOSTS=service.known_hosts,
                       HOME=service.home)
        env["LC_ALL"] = "C.UTF-8"
        subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *argv],
                       env=env, check=True)

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, text=True, check=True).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def see(self, pattern, seconds=30):
        """Waits until the screen has the pattern; gives the screen."""
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if re.search(pattern, screen):
                return screen
            assert time.monotonic() < end, f"never saw {pattern!r}:\n{screen}"
            time.sleep(0.02)

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def at(self, label):
        """Tabs on until the marker stands at the field; back from the end, when an answer that came meanwhile hid it."""
        marked = re.compile(r"> ?" + re.escape(label) + r"\b")
        key = "Tab"
        for _ in range(120):
            before = self.screen()
            if marked.search(before):
                return
            if "Not used here" in before:
                key = "BTab"
            self.keys(key)
            end = time.monotonic() + 5
            while self.screen() == before and time.monotonic() < end:
                time.sleep(0.01)
        raise AssertionError(f"no field {label}:\n{self.screen()}")

    def fill(self, label, text):
        self.at(label)
        self.type(text)

    def leave_until(self, pattern):
        """Presses F12 until the screen answers: keys typed while a save is refused are dropped, as they should be."""
        for _ in range(9):
            self.keys("F12")
            try:
                return self.see(pattern, 3)
            except AssertionError:
                continue
        return self.see(pattern, 3)

    def home(self):
        self.keys("F3")
        return self.see("find or do")

    def find(self, text):
        self.home()
        self.type(text)
        self.keys("Enter")

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, check=False)


class TuiJourney(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=60))

    def terminal(self, who, **kw):
        terminal = Terminal(self.service, who, **kw)
        self.addCleanup(terminal.close)
        terminal.see("find or do")
        return terminal

    def sell(self, clerk, plate, phone):
        """New business on one form; gives the numbers of policy and receipt."""
        clerk.keys("F6")
        clerk.see("New business")
        clerk.fill("Plate", plate)
        clerk.fill("Type", "car")
        clerk.fill("Make", "Toyota")
        clerk.fill("Name", "Salma Ibrahim Osman")
        clerk.fill("Phone", phone)
        clerk.fill("Product", "comprehensive")
        clerk.fill("Sum insured", "15m")
        clerk.at("Months")
        clerk.see(r"To pay[ .]+619,500")
        clerk.fill("Amount", "619499")
        clerk.keys("F10")
        screen = clerk.see("short: 619,499")
        self.assertIn("619,500", screen)
        clerk.at("Amount")
        clerk.keys("C-u")
        clerk.type("619,500")
        clerk.keys("F10")
        screen = clerk.see("Saved")
        return re.search(r"Policy +(\S+)", screen)[1], re.search(r"Receipt +(\S+)", screen)[1]

    def words(self, who, *words):
        env = dict(os.environ, BIMA_PASSWORD_FILE=self.service.password_file(who), BIMA_KNOWN_HOSTS=self.service.known_hosts,
                   HOME=self.service.home)
        done = subprocess.run([self.service.bima, "-l", who, "-p", str(self.service.port), "127.0.0.1", *words], env=env,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_settings_are_those_of_the_person_wherever_he_signs_in(self):
        who = "baraka@twiga.co.tz"
        here = self.terminal(who)
        here.type("my settings")
        here.keys("Enter")
        here.see("> Name")
        here.fill("Days", "slash")
        here.fill("Amounts", "dot")
        here.keys("F10")
        here.see("Saved")
        here.home()
        here.type("pol")
        here.keys("Enter")
        here.see(r"\d\d/\d\d/\d{4}")
        there = self.terminal(who, over_ssh=True)
        there.type("pol")
        there.keys("Enter")
        self.assertNotRegex(there.see(r"\d\d/\d\d/\d{4}"), r"\d{4}-\d\d-\d\d")
        self.assertRegex(self.words(who, "policy", "list"), r"\d{4}-\d\d-\d\d", "words stay as they are")
        self.words(who, "account", "set", "me", "screen_dates=iso", "screen_amounts=comma")

    def test_a_locked_screen_opens_for_the_password(self):
        who = self.service.manager
        here = self.terminal(who)
        here.keys("C-o")
        here.see("Password")
        self.assertNotIn("find or do", here.screen())
        here.type("not the password")
        here.keys("Enter")
        here.see("not your password")
        here.type(self.service.password(who))
        here.keys("Enter")
        here.see("find or do")

    def test_a_clerk_insures_a_vehicle_in_the_terminal(self):
        clerk = self.terminal(self.service.clerk)
        clerk.type(PLATE)
        clerk.keys("Enter")
        clerk.see("Nothing found")
        clerk.keys("Escape")
        clerk.home()
        policy, receipt = self.sell(clerk, PLATE, PHONE)

        cashier = self.terminal(self.service.cashier, over_ssh=True)
        cashier.find(receipt)
        cashier.see(r"\[Details\]")
        cashier.type("6")
        cashier.see("verified")

        clerk.find(policy)
        clerk.see(r"State +active")
        self.assertEqual(self.service.sql(f"select count(*) from app.cover c join app.policy p on p.id = c.policy_id "
                                          f"where p.number = '{policy}' and c.in_force"), "1")

        for _ in range(5):
            clerk.keys("F11")
        clerk.see(r"\[Certificates\]")
        clerk.see(r"C/\S+")
        clerk.keys("Enter")
        clerk.see(r"Certificate C/\S+ ")
        clerk.see(r"=Print")
        option = re.search(r"(\d)=Print", clerk.screen())[1]
        clerk.type(option)
        clerk.keys("F10")
        clerk.see("CERTIFICATE OF MOTOR INSURANCE")

        clerk.home()
        clerk.keys("F6")
        clerk.see("New business")
        clerk.fill("Plate", PLATE)
        clerk.keys("Tab")
        clerk.see("Toyota")
        clerk.fill("Product", "comprehensive")
        clerk.fill("Sum insured", "1m")
        clerk.at("Months")
        clerk.see(re.escape(policy))  # the price says so before anybody tries to save
        clerk.keys("F10")
        clerk.leave_until("not saved yet")
        clerk.type("2")
        clerk.see("find or do")
        self.assertEqual(self.service.sql("select count(*) from app.policy p join app.vehicle v on v.id = p.vehicle_id "
                                          "where v.plate_key = '" + PLATE.replace(" ", "") + "'"), "1")

        clerk.find(policy)
        clerk.see("9=Renew")
        clerk.type("9")
        clerk.see("Months")
        clerk.keys("F10")
        clerk.see("awaiting payment|Renew: ")
        self.assertEqual(self.service.sql(f"select count(*) from app.term t join app.policy p on p.id = t.policy_id "
                                          f"where p.number = '{policy}'"), "2")
        clerk.see(r"\[Details\]")
        for tab in ("Terms", "Vehicles", "Covers", "Receipts", "Certificates", "Renewals", "History"):
            clerk.keys("F11")
            clerk.see(rf"\[{tab}\]")
        screen = clerk.see(r"\[History\][^$]*verify")
        self.assertIn("renew", screen)
        self.assertIn("amina", screen)
        self.assertIn("juma", screen)
        clerk.type("5")
        clerk.see(r"As it was \d{4}-")


if __name__ == "__main__":
    unittest.main()
