#!/usr/bin/python3
"""Accounts as people meet them: a new colleague, a forgotten password, a lost phone, somebody who leaves; with OpenSSH's client
and the words of bima."""
import base64
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from factor import Factor  # noqa: E402
from service import Service, wait_for  # noqa: E402

ME = '{"id":1,"method":"me","params":{}}\n'
WORDS = "seven goats under a mango tree"
DENIED = 255


def setUpModule():
    global service
    service = Service()
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def say(who, words, password=None, *options):
    """Exit status, output and errors of `ssh who words`."""
    done = subprocess.run(service.ssh(who, *options) + [words], env=service.ssh_env(who, password), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def token_in(text):
    return re.search(r"^token[ =]+(\S+)$", text, re.M)[1]


def choose(who, token, password):
    """Signs in with a token and chooses a password."""
    service.passwords[who] = token
    reply, after = service.ask(who, ("act", {"entity": "account", "key": "me", "action": "password", "fields": {"new": password}}), ("me", {}))
    assert (reply["code"], after["code"]) == ("OK", "OK"), (reply, after)
    service.passwords[who] = password


def ready(who):
    """Somebody with a password of his own."""
    choose(who, token_in(service.ctl("user", "token", who)), WORDS)
    return who


class Accounts(unittest.TestCase):
    def new(self, login, role="agent"):
        """A new colleague, enrolled by the administrator at his terminal; gives the token."""
        status, out, err = say(service.admin, f"user add login={login} name='{login.title()} Newcomer' role={role} branch=KK")
        self.assertEqual(status, 0, err)
        status, out, err = say(service.admin, f"user enrol {login}")
        self.assertEqual(status, 0, err)
        self.assertIn(f"login   {login}@simba.co.tz", out)
        return token_in(out)

    def test_a_new_colleague_signs_in_with_the_token_and_chooses_a_password(self):
        who, token = "upendo2@simba.co.tz", self.new("upendo2")
        status, out, err = say(who, "customer list", token)
        self.assertNotEqual(status, 0, out)
        self.assertNotIn("Customers", out)
        self.assertEqual(say(who, "me", token)[0], DENIED)  # it was used
        _, out, _ = say(service.admin, "user reset upendo2")
        choose(who, token_in(out), WORDS)
        self.assertEqual(say(who, "customer list")[0], 0)

    def test_the_operator_gives_a_token_when_nobody_else_can(self):
        who = "anna@twiga.co.tz"
        ready(who)
        said = service.ctl("user", "token", who)
        self.assertEqual(say(who, "me")[0], DENIED)  # the password is void
        choose(who, token_in(said), WORDS)
        self.assertEqual(say(who, "me")[0], 0)
        self.assertIn("open\tpassword\t127.0.0.1\tOpenSSH", service.ctl("user", "sessions", who))

    def test_who_is_switched_off_is_gone_in_seconds_and_told_why(self):
        who = ready("shija@simba.co.tz")
        line = subprocess.Popen(service.ssh(who, "-s") + ["bima-json"], env=service.ssh_env(who), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        line.stdin.write(ME)
        line.stdin.flush()
        self.assertIn('"shija"', line.stdout.readline())
        service.ctl("user", "disable", who)
        wait_for("the line is closed", lambda: line.poll() is not None, 30)
        out, err = line.communicate()
        self.assertIn("Your account was switched off", out + err)
        status, _, err = say(who, "me")
        self.assertEqual(status, DENIED)
        self.assertIn("switched off", err)
        service.ctl("user", "enable", who)
        self.assertEqual(say(who, "me")[0], 0)

    def test_a_lost_phone(self):
        who = ready("rehema@simba.co.tz")
        factor = Factor(service, who)
        words = [w.replace("PreferredAuthentications=password", "PreferredAuthentications=password,keyboard-interactive") for w in service.ssh(who)]
        done = subprocess.run(words + ["me"], env=factor.ssh_env(factor.recovery.pop()), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(say(who, "me")[0], DENIED)  # the password alone
        status, _, err = say(service.admin, "user drop_factor rehema --reason 'phone stolen'")
        self.assertEqual(status, 0, err)
        self.assertEqual(say(who, "me")[0], 0)

    def test_wrong_passwords_make_one_wait_and_the_administrator_helps(self):
        who = ready("elia@simba.co.tz")
        service.sql("update app.session set opened = false")
        for _ in range(5):
            self.assertEqual(say(who, "me", "not my password")[0], DENIED)
        status, _, err = say(who, "me")
        self.assertEqual(status, DENIED)
        self.assertIn("Too many wrong passwords were tried. Try again in", err)
        self.assertEqual(say(service.admin, "user unlock elia")[0], 0)
        self.assertEqual(say(who, "me")[0], 0)

    def test_ones_own_keys_and_sessions(self):
        who = ready("grace@simba.co.tz")
        path = service.key("grace")
        with open(path + ".pub") as key:
            public = " ".join(key.read().split()[:2])
        status, _, err = say(who, f"account add_key public_key='{public}' name='my laptop'")
        self.assertEqual(status, 0, err)
        done = subprocess.run(service.ssh_key(who, path, "-s") + ["bima-json"], input=ME, capture_output=True, text=True, timeout=60)
        self.assertIn('"grace"', done.stdout, done.stderr)
        status, out, _ = say(who, "user_key list --json")
        key, = json.loads(out)["page"]["rows"]
        self.assertEqual(key["fields"]["name"], "my laptop")
        self.assertIn("last_used_at", key["fields"])
        self.assertEqual(say(who, f"user_key set {key['id']} name='the old laptop'")[0], 0)
        self.assertIn("the old laptop", say(who, "user_key list")[1])
        self.assertEqual(say(who, f"user_key set {key['id']} is_active=no")[0], 0)
        done = subprocess.run(service.ssh_key(who, path) + ["me"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, DENIED, "it was removed")

    def test_ones_own_sessions_are_seen_and_ended_one_or_all(self):
        who = ready("fatuma@simba.co.tz")
        lines = [subprocess.Popen(service.ssh(who, "-s") + ["bima-json"], env=service.ssh_env(who), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True) for _ in range(3)]
        for line in lines:
            line.stdin.write(ME)
            line.stdin.flush()
            self.assertIn('"fatuma"', line.stdout.readline())
        rows = json.loads(say(who, "session list state=open --json")[1])["page"]["rows"]
        self.assertEqual({row["fields"]["user"]["label"] for row in rows}, {"Fatuma Masanja"})
        others = say(service.clerk, "session list --json")[1]
        self.assertNotIn("Fatuma", others)

        def open_ones():
            return {row["id"] for row in json.loads(say(who, "session list state=open --json")[1])["page"]["rows"]}

        def three_open():
            ids = open_ones() & open_ones()  # the sessions that ask are others each time
            return ids if len(ids) == 3 else None
        staying = wait_for("what is over is listed no more", three_open, 60)
        one = staying.pop()
        self.assertNotEqual(say(service.clerk, f"session end {one}")[0], 0)
        self.assertEqual(say(who, f"session end {one}")[0], 0)
        wait_for("one of them is closed", lambda: [line.poll() is None for line in lines].count(False) == 1, 30)
        self.assertEqual(say(who, "session end_all")[0], 0)
        wait_for("all are closed", lambda: all(line.poll() is not None for line in lines), 30)
        self.assertTrue(all("ended" in line.communicate()[0] for line in lines))

    def test_one_looks_after_ones_own_particulars_and_their_history_says_who_did(self):
        who = ready("daudi@simba.co.tz")
        self.assertEqual(say(who, "account set me email=daudi@nyumbani.example phone='0712 555 777' name='Daudi J. Chengula'")[0], 0)
        out = say(who, "account show me")[1]
        self.assertIn("daudi@nyumbani.example", out)
        for words, said in (("email=nowhere", "email: "), ("phone=none", "phone: "), ("language=xx", "language: "), ("role=admin", "can't be changed"),
                            ("branch=KK", "can't be changed")):
            status, _, err = say(who, f"account set me {words}")
            self.assertNotEqual(status, 0, words)
            self.assertIn(said, err)
        status, _, err = say(service.admin, "user set daudi phone=none")
        self.assertNotEqual(status, 0)
        self.assertIn("phone: ", err)
        self.assertEqual(say(who, "account set me language=sw")[0], 0)
        self.assertIn("Barua pepe", say(who, "account show me")[1])
        past = say(service.admin, "user history daudi")[1]
        self.assertIn("daudi@nyumbani.example", past)
        self.assertIn("Daudi J. Chengula", past)
        self.assertIn("daudi", say(service.admin, "user list role=cashier")[1])
        self.assertNotIn("daudi", say(service.admin, "user list role=agent")[1])

    def test_the_token_is_in_no_log_and_no_column(self):
        token = self.new("silent")
        self.assertFalse(service.logged(token))
        dump = subprocess.run(["pg_dump", "--data-only", "-n", "app", "-d", f"host={service.run}/postgres dbname=bima user=bima_boot"],
                              capture_output=True, timeout=120)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        for form in (token, token.replace("-", ""), base64.b64encode(token.encode()).decode().rstrip("="), token.encode().hex()):
            self.assertNotIn(form.encode(), dump.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
