"""Plain mode against a real service: answers typed as a person types them, on a terminal that can do nothing but print,
on the own machine and over ssh; and as scripts."""
import base64
import hmac
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support")]

from service import Service  # noqa: E402

PATIENCE = 60


class Talk:
    """A terminal of 80 columns with the client in it: type a line, wait for what is said."""

    def __init__(self, argv, env):
        self.said, self.seen = "", 0
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, env)
        termios.tcsetwinsize(self.tty, (24, 80))

    def turn(self, end, what):
        left = end - time.monotonic()
        assert left > 0, f"{what}:\n{self.said}"
        if not select.select([self.tty], [], [], left)[0]:
            return True
        try:
            piece = os.read(self.tty, 65536)
        except OSError:
            piece = b""
        self.said += piece.decode().replace("\r", "")
        return bool(piece)

    def see(self, pattern):
        """Waits until it is said, after what was waited for before; gives the match."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.said, self.seen)
            if found:
                self.seen = found.end()
                return found
            assert self.turn(end, f"never said {pattern!r}"), f"ended without {pattern!r}:\n{self.said}"

    def type(self, line):
        os.write(self.tty, line.encode() + b"\n")

    def do(self, line, pattern):
        self.type(line)
        return self.see(pattern)

    def answers(self, *pairs):
        """(question, answer) one after the other."""
        for question, answer in pairs:
            self.see(question)
            self.type(answer)

    def end(self):
        end = time.monotonic() + PATIENCE
        while self.turn(end, "does not end"):
            pass
        os.close(self.tty)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def code_of(key):
    """What an authenticator shows now."""
    digest = hmac.digest(base64.b32decode(key), int(time.time() // 30).to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1000000:06}"


class PlainMode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=60))

    def local(self, who, **more):
        s = self.service
        env = dict(os.environ, TERM="dumb", LC_ALL="C.UTF-8", HOME=s.home, BIMA_PASSWORD_FILE=s.password_file(who),
                   BIMA_KNOWN_HOSTS=s.known_hosts, **more)
        return [s.bima, "-l", who, "-p", str(s.port), "127.0.0.1"], env

    def talk(self, who, over_ssh=False):
        s = self.service
        if over_ssh:
            argv, env = s.ssh(who, "-tt"), dict(s.ssh_env(who), TERM="dumb", LC_ALL="C.UTF-8")
        else:
            argv, env = self.local(who)
        talk = Talk(argv, env)
        talk.see("Home: ")
        return talk

    def check(self, talk):
        """Nothing but lines of text, none too long."""
        talk.type("quit")
        self.assertEqual(talk.end(), 0, talk.said)
        self.assertNotIn("\x1b", talk.said)
        for line in talk.said.splitlines():
            if not re.match(r".*: ", line):  # a question with its answer is as long as the answer
                self.assertLessEqual(len(line), 80, line)

    def sell(self, talk, plate, phone):
        talk.type("new business")
        talk.answers((r"Plate: ", plate), (r"Type \(required\): ", "car"), (r"Make \(required\): ", "Toyota"),
                     (r"Model: ", "> phone"), (r"Phone[^:]*: ", phone), (r"Name \(required\): ", "Salma Ibrahim Osman"),
                     (r"\w[^:\n]*: ", "> product"), (r"Product \(required\): ", "comprehensive"),
                     (r"Sum insured[^:]*: ", "15m"))
        talk.see(r"To pay: 619,500")
        talk.see(r"Starts \[")
        talk.do("> amount", r"Amount \[619,500\]: ")
        talk.do("619499", r"Method \[")
        talk.do("!", r"Not done\. Amount")
        talk.see(r"Amount \[619,499\]: ")
        talk.do("619500", r"Method \[")
        talk.type("!")
        receipt = talk.see(r"Receipt (\S+), recorded")[1]
        policy = talk.see(r"Policy (\S+), awaiting payment")[1]
        talk.see(r"waits for verification")
        talk.see(r"What next\?.*: ")
        talk.do("", "Home: ")
        return policy, receipt

    def journey(self, over_ssh, plate, phone):
        clerk = self.talk(self.service.clerk, over_ssh)
        policy, receipt = self.sell(clerk, plate, phone)
        cashier = self.talk(self.service.cashier, over_ssh)
        cashier.do(f"receipt verify {receipt}", rf"Verify: Receipt {receipt}, verified")
        cashier.see("Home: ")
        self.check(cashier)
        clerk.do(policy, r"State: active")
        clerk.see(rf"Policy {policy}: ")
        clerk.do("certificates", r"Certificates of")
        clerk.see("Certificates: ")
        clerk.type("1")
        clerk.see(r"Certificate (\S+): ")
        clerk.do("print", plate.replace(" ", ".?"))
        if not over_ssh:
            path = os.path.join(self.service.home, "plain.pdf")
            clerk.see(r"Save the PDF as \(Enter for no\): ")
            clerk.do(path, "Saved as ")
            with open(path, "rb") as pdf:
                self.assertEqual(pdf.read(5), b"%PDF-")
        clerk.see(r"Certificate (\S+): ")
        clerk.do("home", "Home: ")
        clerk.do(policy, rf"Policy {policy}: ")
        clerk.do("history", r"1 \d{4}-\d\d-\d\d \d\d:\d\d, Juma Salum")
        clerk.see("History[^\n]*: ")
        self.assertRegex(clerk.said, r"\n4 .*, Policy verify: State")
        clerk.do("4", r"State: before awaiting payment, after active")
        clerk.see("History[^\n]*: ")
        clerk.do("as 9", rf"Policy {policy} as it was")
        clerk.see(r"State: awaiting payment")
        clerk.see("History[^\n]*: ")
        clerk.do("back", rf"Policy {policy}: ")
        clerk.do("renew", r"Renew: Policy")
        clerk.see(r"\]?: $")
        clerk.do("!", rf"Renew: Policy {policy}, ")
        clerk.see(rf"Policy {policy}: ")
        clerk.do("home", "Home: ")
        self.check(clerk)
        self.assertEqual(self.service.sql("select count(*) from app.term t join app.policy p on p.id = t.policy_id "
                                          f"where p.number = '{policy}'"), "2")

    def test_a_new_business_a_renewal_and_a_history_on_the_own_machine(self):
        self.journey(False, "T 614 PLA", "0754 614 101")

    def test_the_same_over_ssh_on_a_dumb_terminal(self):
        self.journey(True, "T 615 PLA", "0754 615 102")

    def test_a_list_is_walked_filtered_and_positioned(self):
        clerk = self.talk(self.service.clerk)
        total = int(clerk.do("customers", r"[Cc]ustomers[^:]*: (\d+)")[1])
        clerk.see(r"(?s)\n20 .*?Customers, Enter for more: ")
        clerk.do("", r"(?s)\n21 .*?Customers: ")
        clerk.do("previous", r"(?s)\n1 .*?\n20 .*?Customers, Enter for more: ")
        clerk.do("filter kind=company", r": (\d+)\.")
        clerk.see(r"Customers[^\n]*: ")
        clerk.do("filter -", rf": {total}\.")
        clerk.see(r"Customers[^\n]*: ")
        name = clerk.do("sort name", r"1 ([^;]+);")[1]
        clerk.see(r"Customers[^\n]*: ")
        later = clerk.do("to M", r"1 ([^;]+);")[1]
        self.assertLess(name, later)
        self.assertGreaterEqual(later.upper(), "M")
        clerk.see(r"Customers[^\n]*: ")
        clerk.do("1", rf"Customer {re.escape(later)}\.")
        clerk.see(r"Customer [^\n]*: ")
        clerk.do("", r"Customers[^\n]*: ")
        self.check(clerk)

    def script(self, who, text, argv=None, env=None):
        words, usual = self.local(who)
        done = subprocess.run(argv or words + ["--plain"], env=env or usual, input=text, capture_output=True, text=True,
                              timeout=PATIENCE)
        return done.returncode, done.stdout

    def test_a_script_of_answers_runs_without_a_terminal(self):
        code, said = self.script(self.service.clerk, "customer add name='Plain Script' phone='0754 614 103' kind=individual\n"
                                                     "!\nit\nquit\n")
        self.assertEqual(code, 0, said)
        self.assertIn("Saved: Customer Plain Script.", said)
        code, said = self.script(self.service.clerk, "plain script\nchange phone\n0754 614 104\n!\nquit\n")
        self.assertEqual(code, 0, said)
        self.assertIn("Saved: Customer Plain Script.", said)

    def test_a_script_over_ssh_and_its_exit_status(self):
        s = self.service
        argv = s.ssh(s.clerk, "-T") + ["--", "--plain"]
        code, said = self.script(s.clerk, "policy show NOSUCH\n", argv, s.ssh_env(s.clerk))
        self.assertEqual(code, 66, said)
        self.assertIn("Not done.", said)
        code, said = self.script(s.clerk, "me\nquit\n", argv, s.ssh_env(s.clerk))
        self.assertEqual(code, 0, said)
        self.assertIn("amina", said)

    def test_the_environment_asks_for_it_over_ssh(self):
        s = self.service
        env = dict(s.ssh_env(s.clerk), BIMA_PLAIN="yes", TERM="xterm")
        talk = Talk(s.ssh(s.clerk, "-tt", "-o", "SendEnv=BIMA_PLAIN"), env)
        talk.see("Home: ")
        self.check(talk)

    def test_host_and_password_are_asked_for_and_a_new_host_is_shown(self):
        s = self.service
        env = dict(os.environ, TERM="dumb", LC_ALL="C.UTF-8", HOME=s.home,
                   BIMA_KNOWN_HOSTS=os.path.join(s.home, "no-hosts-yet"))
        env.pop("SSH_AUTH_SOCK", None)
        talk = Talk([s.bima, "-p", str(s.port)], env)
        talk.answers((r"Host: ", "127.0.0.1"), (r"Login, as name@company-domain: ", s.clerk),
                     (r"Trust it\? \[yes/no\] ", "yes"), (r"Password of \S+ at \S+: ", "wrong"),
                     (r"Password of \S+ at \S+: ", s.password(s.clerk)))
        talk.see("Home: ")
        self.assertNotIn(s.password(s.clerk), talk.said)
        self.check(talk)

    def test_a_second_factor_is_taken_up_by_ear_and_asked_for_at_the_next_sign_in(self):
        who = self.service.manager
        manager = self.talk(who)
        manager.do("my account", "My account neema: ")
        key = manager.do("second factor", r"key, ([A-Z2-7 ]+)\n")[1].replace(" ", "")
        self.assertNotIn("\u2588", manager.said)
        manager.see("My account neema: ")
        manager.do("confirm factor", r"Code[^:]*: ")
        manager.do(code_of(key), r"Save\? .*: ")
        recovery = manager.do("", r"1, ([0-9a-z]{4}(?:-[0-9a-z]{4})+)\n")[1]
        manager.see("My account neema: ")
        manager.do("back", "Home: ")
        self.check(manager)
        argv, env = self.local(who)
        again = Talk(argv, env)
        again.see(r"[Cc]ode[^:\n]*: ")
        again.do(recovery, "Home: ")
        self.check(again)

    def test_a_restarted_service_loses_nothing_that_was_typed(self):
        clerk = self.talk(self.service.clerk)
        clerk.do("new customer", r"Kind[^:]*: ")
        clerk.do("> name", r"Name \(required\): ")
        clerk.do("Lost Line", r"Phone[^:]*: ")
        self.service.stop()
        self.service.start()
        clerk.type("0754 614 105")
        clerk.see(r"\w[^:\n]*: ")
        clerk.do("!", r"Saved: Customer Lost Line\.")
        clerk.see("Home: ")
        self.check(clerk)

    def test_a_change_is_taken_back_and_what_somebody_saved_meanwhile_is_asked_about(self):
        s = self.service
        number = s.ask(s.manager, ("list", {"entity": "customer", "limit": 1}))[0]["body"]["page"]["rows"][0]["id"]
        on = {"entity": "customer", "id": number}

        def record():
            return s.ask(s.manager, ("get", on))[0]["body"]["record"]

        def change(city):
            reply, = s.ask(s.manager, ("set", on | {"version": record()["version"], "fields": {"city": city}}))
            self.assertEqual(reply["code"], "OK", reply)

        change("Iringa")
        change("Tanga")
        talk = self.talk(s.manager)
        talk.do(f"customer show id={number}", r"\nCustomer [^\n]*: ")
        talk.do("history", r"History[^\n]*: ")
        talk.do("undo 1", "City: now Tanga, then Iringa\\.")
        talk.see(r"Reason \(required\): ")
        change("Moshi")
        talk.do("typed on the wrong card", r"Save\?[^\n]*: ")
        talk.do("", "Someone else changed this record")
        talk.see("1 yours, Iringa\n2 theirs, Moshi\n")
        talk.do("", r"Saved: Customer")
        talk.see(r"History[^\n]*: ")
        self.check(talk)
        self.assertEqual(record()["fields"]["city"], "Iringa")
        event = s.ask(s.manager, ("history", on))[0]["body"]["events"]["rows"][0]
        self.assertEqual(event["reason"], "typed on the wrong card")


if __name__ == "__main__":
    unittest.main(verbosity=2)
