#!/usr/bin/python3
"""The second factor at sign-in: with OpenSSH's client as people use it, and with clients that try to get round it."""
import logging
import os
import subprocess
import sys
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from factor import Factor  # noqa: E402
from service import Service, wait_for  # noqa: E402

ME = '{"id":1,"method":"me","params":{}}\n'
INFO_REQUEST, INFO_RESPONSE, USERAUTH, OPEN = 60, 61, 50, 90
GONE = (OSError, EOFError, paramiko.SSHException)


def setUpModule():
    global service, factor
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    service = Service(auth_seconds=20, log_level="debug")
    service.__enter__()
    factor = Factor(service, service.clerk)
    key = service.key("mine")
    with open(key + ".pub") as public:
        # a first factor by key, on record before the second one is asked for each sign-in
        line = " ".join(public.read().split()[:2])
    reply, = service.ask(service.admin, ("add", {"entity": "user_key", "fields": {"user": "amina", "public_key": line}}))
    assert reply["code"] == "OK", reply


def tearDownModule():
    service.__exit__(None, None, None)


def openssh(first, *codes, tries=1, key=None):
    """(exit status, what was printed, errors, prompts) of OpenSSH's client asking who it is."""
    env = factor.ssh_env(*codes)
    words = service.ssh_key(service.clerk, key, "-s") if key else service.ssh(service.clerk, "-s")
    words = [word.replace(f"PreferredAuthentications={first}", f"PreferredAuthentications={first},keyboard-interactive")
             .replace("NumberOfPasswordPrompts=1", f"NumberOfPasswordPrompts={tries}") for word in words]
    done = subprocess.run(words + ["bima-json"], env=env, input=ME, capture_output=True, text=True, timeout=60)
    try:
        with open(env["ASKED"]) as asked:
            prompts = asked.read()
    except FileNotFoundError:
        prompts = ""
    return done.returncode, done.stdout, done.stderr, prompts


class Signing(unittest.TestCase):
    def setUp(self):
        factor.unlock()

    def tearDown(self):
        for name, (pid, restarts) in service.status()[1].items():
            self.assertEqual(restarts, 0, name)

    def first_factor(self):
        """A line that has given the password and is asked for more."""
        line = wire.connect(service.port)
        self.addCleanup(line.close)
        self.assertEqual(line.auth_password(service.clerk, service.password(service.clerk)), ["keyboard-interactive"])
        self.assertFalse(line.is_authenticated())
        return line

    def ends(self, line, why=None):
        wait_for("the session is ended", lambda: not line.is_active(), 30)
        if why is not None:
            wait_for(f"the log says {why}", lambda: service.logged(f'why="{why}"'), 5)

    # -- as people use it ------------------------------------------------------------------------------------------

    def test_openssh_asks_for_the_password_and_then_for_the_code(self):
        status, out, err, prompts = openssh("password", factor.recovery.pop())
        self.assertEqual(status, 0, err)
        self.assertIn('"login":"amina"', out)
        self.assertIn("Code of your authenticator", prompts)

    def test_openssh_signs_with_its_key_and_is_asked_for_the_code(self):
        status, out, err, _ = openssh("publickey", factor.recovery.pop(), key=service.key("mine"))
        self.assertEqual(status, 0, err)
        self.assertIn('"login":"amina"', out)

    def test_the_code_the_phone_shows_opens_once(self):
        code = factor.code()
        status, out, err, _ = openssh("password", code)
        self.assertEqual(status, 0, err)
        status, _, err, _ = openssh("password", code)
        self.assertEqual(status, 255)
        self.assertIn("Permission denied", err)

    def test_a_recovery_code_opens_once(self):
        code = factor.recovery.pop()
        self.assertEqual(openssh("password", code)[0], 0)
        self.assertEqual(openssh("password", code)[0], 255)

    def test_after_a_wrong_code_it_is_asked_again(self):
        status, out, err, prompts = openssh("password", factor.wrong(), factor.recovery.pop(), tries=3)
        self.assertEqual(status, 0, err)
        self.assertIn('"login":"amina"', out)
        self.assertEqual(prompts.count("Code of"), 2)

    def test_codes_are_not_guessed_without_end_and_openssh_shows_why(self):
        said = ""
        for _ in range(4):
            status, _, err, prompts = openssh("password", *[factor.wrong()] * 6, tries=6)
            self.assertEqual(status, 255)
            self.assertLessEqual(prompts.count("Code of"), 6)
            said += err
        self.assertIn("Too many wrong codes were typed. Try again in", said)
        self.assertEqual(openssh("password", factor.code())[0], 255, "the right one neither, for the time being")

    # -- getting round it ------------------------------------------------------------------------------------------

    def test_the_password_alone_opens_nothing(self):
        line = self.first_factor()
        wire.raw(line, OPEN, "session", 0, 1 << 20, 1 << 15)
        self.ends(line)

    def test_the_password_twice_is_not_two_factors(self):
        line = self.first_factor()
        with self.assertRaises(paramiko.AuthenticationException):
            line.auth_password(service.clerk, service.password(service.clerk))
        self.assertFalse(line.is_authenticated())

    def test_a_key_after_the_password_is_not_the_second_factor(self):
        line = self.first_factor()
        with self.assertRaises(GONE):
            line.auth_publickey(service.clerk, paramiko.Ed25519Key.from_private_key_file(service.key("mine")))
        self.assertFalse(line.is_authenticated())

    def test_nothing_after_the_password_is_not_the_second_factor(self):
        line = self.first_factor()
        with self.assertRaises(GONE):
            line.auth_none(service.clerk)
        self.assertFalse(line.is_authenticated())

    def test_the_code_of_another_login_ends_the_session(self):
        line = self.first_factor()
        with self.assertRaises(GONE):
            line.auth_interactive(service.cashier, lambda *_: [factor.code()])
        self.ends(line, "the login changed")

    def test_an_answer_sent_again_ends_the_session(self):
        line = self.first_factor()
        asked = []

        def answer(*_):
            asked.append(True)
            return [factor.wrong()]
        with self.assertRaises(paramiko.AuthenticationException):
            line.auth_interactive(service.clerk, answer)
        self.assertEqual(len(asked), 1)
        try:
            for _ in range(10):
                wire.raw(line, INFO_RESPONSE, 1, factor.recovery[-1])
        except GONE:
            pass
        self.ends(line)
        self.assertFalse(line.is_authenticated())
        self.assertEqual(openssh("password", factor.recovery.pop())[0], 0, "the replayed code was never looked at")

    def test_several_answers_to_one_question_or_none_are_wrong(self):
        for answers in ([], ["1", "2"], [""], ["x" * 65], ["x" * 30000], ["000000"] * 200):
            factor.unlock()
            line = self.first_factor()
            with self.assertRaises(GONE):
                line.auth_interactive(service.clerk, lambda *_, said=answers: said)
            self.assertFalse(line.is_authenticated())
            line.close()

    def test_questions_asked_for_again_and_again_cost_a_try_each(self):
        line = self.first_factor()
        try:
            for _ in range(20):
                wire.raw(line, USERAUTH, service.clerk, "ssh-connection", "keyboard-interactive", "", "")
        except GONE:
            pass
        self.ends(line)

    def test_who_never_types_the_code_is_ended_in_time(self):
        line = self.first_factor()
        self.ends(line, "not signed in in time")


if __name__ == "__main__":
    unittest.main(verbosity=2)
