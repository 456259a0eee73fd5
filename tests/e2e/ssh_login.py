#!/usr/bin/python3
"""Signing in over SSH: OpenSSH's client against a real service."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service  # noqa: E402

ME = '{"id":1,"method":"me","params":{}}\n'


def setUpModule():
    global service
    service = Service()
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def run(argv, env, text=ME):
    return subprocess.run(argv, env=env, input=text, capture_output=True, text=True, timeout=60)


def add_key(who, path):
    """By the admin, as an admin would: a user_key record."""
    with open(path + ".pub") as key:
        public = " ".join(key.read().split()[:2])
    name = who.split("@")[0]
    reply, = service.ask(service.admin, ("add", {"entity": "user_key", "fields": {"user": name, "public_key": public}}))
    assert reply["code"] == "OK", reply


class SigningIn(unittest.TestCase):
    def test_a_password_opens_a_session_as_that_user(self):
        done = run(service.ssh(service.clerk, "-s") + ["bima-json"], service.ssh_env(service.clerk))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"login":"amina"', done.stdout.replace(" ", ""))

    def test_each_company_has_its_own_users(self):
        done = run(service.ssh(service.other, "-s") + ["bima-json"], service.ssh_env(service.other))
        self.assertIn("Twiga", done.stdout)

    def test_a_wrong_password_is_refused(self):
        done = run(service.ssh(service.clerk, "-s") + ["bima-json"], service.ssh_env(password="not it"))
        self.assertEqual(done.returncode, 255)
        self.assertIn("Permission denied", done.stderr)

    def test_an_unknown_user_an_unknown_company_and_no_company_are_refused_alike(self):
        said = set()
        for who in ("nobody@simba.co.tz", "amina@nowhere.example", "amina", "@", "amina@simba.co.tz@simba.co.tz"):
            done = run(service.ssh(who, "-s") + ["bima-json"], service.ssh_env(password="not it"))
            self.assertEqual(done.returncode, 255, who)
            said.add(done.stderr.replace(f"{who}@127.0.0.1", "WHO"))
        self.assertEqual(len(said), 1, said)

    def test_a_key_that_is_on_record_signs_in_and_another_does_not(self):
        for kind in ("ed25519", "ecdsa", "rsa"):
            path = service.key("known-" + kind, kind)
            add_key(service.clerk, path)
            done = run(service.ssh_key(service.clerk, path, "-s") + ["bima-json"], dict(os.environ))
            self.assertEqual(done.returncode, 0, kind + done.stderr)
            self.assertIn('"login":"amina"', done.stdout.replace(" ", ""))
            # the same key is nobody else's
            done = run(service.ssh_key(service.cashier, path, "-s") + ["bima-json"], dict(os.environ))
            self.assertEqual(done.returncode, 255)
        done = run(service.ssh_key(service.clerk, service.key("unknown"), "-s") + ["bima-json"], dict(os.environ))
        self.assertEqual(done.returncode, 255)
        self.assertIn("Permission denied", done.stderr)

    def test_an_unknown_key_first_does_not_stop_the_password(self):
        words = service.ssh(service.clerk, "-o", "PreferredAuthentications=publickey,password", "-o", "IdentitiesOnly=yes",
                            "-i", service.key("unknown"), "-s")
        done = run(words + ["bima-json"], service.ssh_env(service.clerk))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_after_six_tries_the_session_is_ended(self):
        words = service.ssh("nobody@simba.co.tz")
        words[words.index("NumberOfPasswordPrompts=1")] = "NumberOfPasswordPrompts=20"
        env = service.ssh_env(password="not it")
        with open(env["SSH_ASKPASS"], "a") as ask:
            ask.write(f"echo asked >>{service.home}/asked\n")
        done = run(words, env)
        self.assertEqual(done.returncode, 255)
        with open(os.path.join(service.home, "asked")) as asked:
            tries = len(asked.readlines())
        self.assertLessEqual(tries, 6)
        self.assertGreaterEqual(tries, 2)
        self.assertNotIn("Permission denied (", done.stderr)

    def test_the_log_names_nobody(self):
        added, *rest = service.ask(service.clerk, ("add", {"entity": "customer", "fields": {"name": "Rehema Zubaida", "phone": "0755 616 717",
                                                                                           "id_type": "passport", "id_number": "TZ-5150515"}}),
                                   ("find", {"text": "Zubaida"}), ("list", {"entity": "customer", "filters": [["name", "~", "Rehema"]]}),
                                   ("add", {"entity": "customer", "fields": {"name": "Rehema Zubaida", "phone": "not one", "birth_date": "Zubaida"}}),
                                   ("add", {"entity": "role", "fields": {"code": "zubaida"}}), ("nonsense", {"text": "Zubaida"}))
        self.assertEqual(added["code"], "OK", added)
        self.assertEqual({reply["code"] for reply in rest} - {"OK"}, {"BAD_PARAMS", "FORBIDDEN", "UNKNOWN_METHOD"})
        run(service.ssh(service.clerk, "-s") + ["bima-json"], service.ssh_env(password="Zubaida not it"))
        with open(service.log) as log:
            text = log.read().lower()
        for word in ("amina", "simba", "127.0.0.1", "zubaida", "rehema", "755616717", "755 616 717", "tz-5150515", "tz5150515", service.password(service.clerk)):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
