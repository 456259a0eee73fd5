"""People at the terminal: tokens, passwords, second factors, registration, sessions that end, as they are seen."""
import base64
import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from journey_tui import Terminal  # noqa: E402
from service import Service  # noqa: E402

PASSWORD = "four quite unlikely words"


class Window(Terminal):
    """A terminal in which nothing is known of the person: everything is typed."""

    count = 0

    def __init__(self, service, who, over_ssh=False, rows=24, cols=80):
        Window.count += 1
        self.socket = os.path.join(service.home, f"tmux-{Window.count}")
        self.argv = (["ssh", "-tt", "-F", "none", "-p", str(service.port), "-o", f"UserKnownHostsFile={service.known_hosts}",
                      "-o", "StrictHostKeyChecking=yes", "-o", "PubkeyAuthentication=no", f"{who}@127.0.0.1"]
                     if over_ssh else [service.bima, "-l", who, "-p", str(service.port), "127.0.0.1"])
        env = {k: v for k, v in os.environ.items() if not k.startswith(("BIMA", "SSH_"))}
        env.update(BIMA_KNOWN_HOSTS=service.known_hosts, HOME=service.home, LC_ALL="C.UTF-8")
        subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", str(cols), "-y", str(rows),
                        *self.argv, ";", "set", "remain-on-exit", "on"], env=env, check=True)

    def answer(self, text):
        self.type(text)
        self.keys("Enter")

    def sign_in(self, secret, code=None):
        self.see("[Pp]assword")
        self.answer(secret)
        if code is not None:
            self.see("Code")
            self.answer(code)


def secret_on(screen):
    """The key beside the drawing: eight groups of four."""
    lines = screen.splitlines()
    at = next(i for i, line in enumerate(lines) if re.search(r"\bkey  ", line))
    text = lines[at].split("key  ", 1)[1] + " " + lines[at + 1]
    return "".join(re.findall(r"(?<![A-Z0-9])[A-Z2-7]{4}(?![A-Z0-9])", text)[:8])


def totp(secret, ahead=0):
    step = int(time.time()) // 30 + ahead
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 10 ** 6:06}"


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(demo=False))
        cls.doors = cls.service.sql(
            "select login, password_hash is not null, exists (select from app.user_key k where k.user_id = u.id), exists (select from app.enrol_token t"
            " where t.user_id = u.id) from app.user_account u")
        cls.made = cls.service.ctl("company", "add", "SIMBA", "Simba Insurance", "--domain", "simba.co.tz")
        cls.admin_secret = re.search(r"(?:password|token)=(\S+)", cls.made)[1]
        token = re.search(r"token=(\S+)", cls.service.ctl("admin", "add", "root", "--name", "Root Admin"))[1]
        cls.first = Window(cls.service, "root@platform")
        cls.addClassCleanup(cls.first.close)
        cls.root_secret, cls.root_codes = cls.set_up(cls, cls.first, token)

    def window(self, who, **kw):
        window = Window(self.service, who, **kw)
        self.addCleanup(window.close)
        return window

    def set_up(self, window, token):
        """From a one-time token to home; gives the secret of the second factor, if one was wanted, and the codes."""
        window.sign_in(token)
        window.see("New password")
        assert "Present password" not in window.screen()
        window.answer(PASSWORD)
        window.answer(PASSWORD)
        screen = window.see("F12 Done|Your account is set up")
        if "F12 Done" not in screen:
            return None, []
        secret = secret_on(screen)
        assert len(secret) == 32, screen
        rows = [line for line in screen.splitlines() if re.search("[█▀▄]", line)]
        width = max(len(re.match(r" *([█▀▄ ]+[█▀▄])", row)[0].strip()) for row in rows)
        assert 2 * len(rows) + 1 >= width, "the code to scan is whole and square:\n" + screen
        window.keys("Enter")
        window.see("Confirm factor")
        window.answer("000000")
        window.see("!! ")
        window.keys("C-u")
        window.answer(totp(secret))
        screen = window.see(r"(?s)Recovery codes of.*F12 Done")
        codes = re.findall(r"^ +\d+ +(\S+)$", screen, re.M)
        assert len(codes) == 10, screen
        window.keys("Enter")
        window.see("Your account is set up")
        return secret, codes

    def test_a_fresh_service_has_nobody_who_could_sign_in_but_to_ask_to_join(self):
        self.assertEqual(self.doors, "register|f|f|f")

    def test_a_super_admin_is_offered_what_his_role_has_and_nothing_of_a_company(self):
        root = self.window("root@platform", cols=100, rows=60)
        root.sign_in(PASSWORD, self.root_codes.pop())
        root.see("PLATFORM")
        root.keys("F2")
        screen = root.see("─ Commands ─")
        offered = {row.strip() for row in re.findall(r"│ [> ] (\S.{27})", screen)}
        self.assertLessEqual({"Companies", "New Company", "Requests to join", "Health", "Domains", "Usage", "Errors", "Audit of all", "Platform users",
                              "New Platform user", "Field templates", "New Field template", "Defaults", "Roles", "Sessions", "My account", "Audit"}, offered)
        for word in ("Customer", "Vehicle", "Polic", "Receipt", "Certificate", "Renewal", "Alert", "Product", "Rate", "Settings", "New business", "New Role",
                     "New User", "insured"):
            self.assertFalse([row for row in offered if word in row], word)
        root.keys("Escape")
        for typed in ("customers", "new business", "T 337 DSE"):
            root.answer(typed)
            root.see(f"There is no {typed} here")
            root.keys("C-u")

    def test_a_platform_admin_sets_up_and_signs_in_again_by_both_clients(self):
        screen = self.first.see("PLATFORM")
        self.assertNotIn("New business", screen)
        again = self.window("root@platform")
        again.sign_in(PASSWORD, "123123")
        again.see("That was not right")
        again.answer(totp(self.root_secret, 1))
        again.see("PLATFORM")
        ssh = self.window("root@platform", over_ssh=True)
        ssh.sign_in(PASSWORD, self.root_codes.pop())
        ssh.see("PLATFORM")

    def test_a_company_registers_is_approved_and_its_admin_begins(self):
        for n, over_ssh in enumerate((False, True)):
            window = self.window("register", over_ssh=over_ssh)
            window.see("New Request to join")
            for text in (f"Ndovu Cover {n}", "general insurer", "0712 000 000", "info@ndovu.co.tz", "Dodoma",
                         f"ndovu{n}.co.tz", "Ali Ndovu", "ali", "ali@ndovu.co.tz"):
                window.answer(text)
            window.see("Thank you")
            window.keys("F2")
            offered = window.see("Commands")
            for word in ("account", "Session", "Key", "Compan"):
                self.assertNotIn(word, offered)
        root = self.window("root@platform", cols=120, rows=40)
        root.sign_in(PASSWORD, self.root_codes.pop())
        root.see("PLATFORM")
        root.answer("requests to join")
        root.see("Ndovu Cover 1")
        root.keys("F4")
        root.see("Filter by")
        root.keys("Escape")
        root.answer("")
        root.see("Details")
        root.keys("F4")
        root.see("What to do")
        root.answer("approve")
        root.see("Code")
        root.answer("NDOVU")
        root.keys("F10")
        token = re.search(r"token +(\S+)", root.see(r"(?s)token +\S+.*F12 Done"))[1]
        number = re.search(r"login +ali@(\S+)", root.screen())[1]
        admin = self.window(f"ali@{number}")
        self.set_up(admin, token)
        admin.see("Ndovu Cover")

    def test_a_form_outlives_the_end_of_its_session(self):
        admin = self.window("admin@simba.co.tz")
        if "token=" in self.made:
            self.set_up(admin, self.admin_secret)
        else:
            admin.sign_in(self.admin_secret)
        admin.see("find or do")
        secret = PASSWORD if "token=" in self.made else self.admin_secret
        admin.answer("new user")
        admin.see("New User")
        admin.type("rehema")
        admin.see("rehema")
        root = self.window("root@platform")
        root.sign_in(PASSWORD, self.root_codes.pop())
        root.see("PLATFORM")
        self.service.ctl("company", "suspend", "SIMBA", "unpaid")
        admin.see("suspended")
        self.assertIn("rehema", admin.screen())
        self.service.ctl("company", "activate", "SIMBA")
        admin.keys("Enter")
        admin.sign_in(secret)
        self.assertIn("rehema", admin.see("Online again"))

    def test_a_lost_line_asks_for_the_code_over_the_form(self):
        root = self.window("root@platform")
        root.sign_in(PASSWORD, self.root_codes.pop())
        root.see("PLATFORM")
        root.answer("new platform user")
        root.see("New Platform user")
        root.type("reggie")
        root.see("reggie")
        os.kill(self.service.pid("front.0"), 9)
        self.assertIn("reggie", root.see("Code +_"))
        root.answer(self.root_codes.pop())
        self.assertIn("reggie", root.see("Online again"))

    def test_a_regulator_asks_about_a_vehicle_without_a_record(self):
        made = self.service.ctl("company", "add", "KIBOKO", "Kiboko Cover", "--domain", "kiboko.co.tz")
        secret = re.search(r"(?:password|token)=(\S+)", made)[1]
        if "token=" in made:
            self.bima("admin@kiboko.co.tz", "account", "password", password=secret, typed="\n" + PASSWORD + "\n")
            secret = PASSWORD
        done = self.bima("admin@kiboko.co.tz", "setting", "set", "regulator_access=yes", password=secret)
        self.assertEqual(done.returncode, 0, done.stderr)
        root = "root@platform"
        done = self.bima(root, "platform_user", "add", "login=reg", "name=Reg Ulator", "role=regulator",
                         code=self.root_codes.pop())
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.bima(root, "platform_user", "enrol", "reg", code=self.root_codes.pop())
        regulator = self.window("reg@platform")
        self.set_up(regulator, re.search(r"token +(\S+)", done.stdout)[1])
        screen = regulator.see("To open, type")
        self.assertNotRegex(screen, "Companies|Requests|Customers|Policies")
        regulator.keys("F2")
        regulator.see("Commands")
        regulator.answer("was it insured")
        regulator.see("Vehicle")
        regulator.type("t 337 dse")
        regulator.keys("F10")
        self.assertRegex(regulator.see(r"(?s)T337DSE insured on.*F12 Done"), "KIBOKO +Kiboko Cover")
        for words, given, seen in (("counts", (), r"(?s)Vehicles and covers on.*KIBOKO +Kiboko Cover +0 +0 +0.*F12 Done"),
                                   ("audit trail", ("KIBOKO",), r"(?s)Audit of Kiboko Cover.*compliance.*F12 Done")):
            regulator.keys("F12", "F2")
            regulator.see("Commands")
            regulator.answer(words)
            regulator.see("F10 Save")
            for text in given:
                regulator.type(text)
            regulator.keys("F10")
            regulator.see(seen)
        done = self.bima("admin@kiboko.co.tz", "audit", "list", "kind=platform", "--csv", password=secret)
        for what in ("compliance insured", "compliance counts", "compliance trail"):
            self.assertIn(what, done.stdout)

    # -- the same with words ---------------------------------------------------------------------------------------

    def bima(self, who, *words, password=PASSWORD, code=None, typed=""):
        """Runs a command; secrets come from descriptors, as scripts give them."""
        files, passed = [], []
        for option, secret in (("--password-file", password), ("--code-file", code)):
            if secret is not None:
                read, write = os.pipe()
                os.write(write, secret.encode() + b"\n")
                os.close(write)
                passed.append(read)
                files += [option, f"/dev/fd/{read}"]
        env = dict(os.environ, BIMA_KNOWN_HOSTS=self.service.known_hosts, HOME=self.service.home)
        done = subprocess.run([self.service.bima, "-l", who, "-p", str(self.service.port), *files, "127.0.0.1", *words],
                              input=typed, env=env, pass_fds=passed, capture_output=True, text=True, timeout=60,
                              start_new_session=True)
        for fd in passed:
            os.close(fd)
        return done

    def test_words_do_what_the_screens_do(self):
        root = "root@platform"
        done = self.bima(root, "company", "list", code=self.root_codes.pop())
        self.assertEqual((done.returncode, "Simba Insurance" in done.stdout), (0, True), done.stderr)
        done = self.bima(root, "company", "list")
        self.assertEqual(done.returncode, 77)
        self.assertIn("code", done.stderr)
        done = self.bima(root, "company", "list", code="123456")
        self.assertEqual(done.returncode, 77)
        self.assertIn("the code is wrong", done.stderr)
        done = self.bima(root, "customer", "list", code=self.root_codes.pop())
        self.assertEqual(done.returncode, 64)
        done = self.bima("register", "company_request", "list", password=None)
        self.assertEqual(done.returncode, 77, done.stderr)

    def test_a_token_given_with_words_opens_an_account_with_words(self):
        made = self.service.ctl("company", "add", "TWIGA", "Twiga Assurance", "--domain", "twiga.co.tz")
        admin, secret = "admin@twiga.co.tz", re.search(r"(?:password|token)=(\S+)", made)[1]
        if "token=" in made:
            self.assertEqual(self.bima(admin, "account", "password", password=secret,
                                       typed="\n" + PASSWORD + "\n").returncode, 0)
            secret = PASSWORD
        done = self.bima(admin, "user", "add", "login=asha", "name=Asha Juma", "role=agent", "branch=HQ", password=secret)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.bima(admin, "user", "enrol", "asha", password=secret)
        token = re.search(r"token +(\S+)", done.stdout)[1]
        self.assertRegex(done.stdout, "[█▀▄]")
        done = self.bima("asha@twiga.co.tz", "customer", "list", password=token)
        self.assertNotEqual(done.returncode, 0, "a limited session lists nothing")
        done = self.bima(admin, "user", "reset", "asha", password=secret)
        token = re.search(r"token +(\S+)", done.stdout)[1]
        done = self.bima("asha@twiga.co.tz", "account", "password", password=token, typed="\n" + PASSWORD + " too\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.bima("asha@twiga.co.tz", "account", "show", password=PASSWORD + " too")
        self.assertIn("Asha Juma", done.stdout)
        done = self.bima("asha@twiga.co.tz", "account", "password", "new=" + PASSWORD, password=PASSWORD + " too")
        self.assertEqual(done.returncode, 64, "a secret among the words is refused")
        done = self.bima(admin, "role", "copy", "agent", "code=senior", "name=Senior agent", password=secret)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.bima(admin, "audit", "list", "kind=account", "at=t", "--limit", "0", "--csv", password=secret)
        self.assertIn("user enrol", done.stdout)
        self.assertNotIn(token, done.stdout)
        done = self.bima(admin, "audit", "list", "at<=-1d", "--csv", password=secret)
        self.assertEqual(len(done.stdout.splitlines()), 1, done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
