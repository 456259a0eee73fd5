#!/usr/bin/python3
"""Who guesses passwords, knocks without end or comes too fast is held off, and the people behind the same address are not."""
import logging
import os
import socket
import statistics
import subprocess
import sys
import time
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from service import Service, wait_for  # noqa: E402

LATER = "too many sign-in attempts; try again later"


def setUpModule():
    global service
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    service = Service(connects_per_minute=30, registrations_per_hour=8, registrations_per_source=3, offices="127.0.0.1 127.9.0.0/16",
                      max_sessions_per_user=100)
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def count(name):
    return int(service.status()[0][name])


def knocks(source):
    """A line up to the keys, or None when it is turned away."""
    try:
        return wire.connect(service.port, source=source, timeout=10)
    except (OSError, EOFError, paramiko.SSHException):
        return None


def tries(who, password, source):
    """What a sign-in comes to: "in", "refused", "away" or the service's last words."""
    line = knocks(source)
    if line is None:
        return "away"
    try:
        line.auth_password(who, password)
        return "in"
    except paramiko.AuthenticationException:
        return "refused" if line.is_active() else "thrown out"
    except (OSError, EOFError, paramiko.SSHException) as error:
        return str(error)
    finally:
        line.close()


def wrong(who, source, most=40):
    """Wrong passwords until something else than a refusal comes; how many there were, and what came."""
    for number in range(most):
        what = tries(who, "not it", source)
        if what != "refused":
            return number, what
    return most, "refused"


class Sources(unittest.TestCase):
    def test_an_address_that_only_fails_is_barred_and_others_are_not(self):
        before = count("barred"), count("penalties")
        number, what = wrong("nobody@simba.co.tz", "127.1.0.1")
        self.assertTrue(3 <= number <= 10, number)  # the penalty decays meanwhile
        self.assertEqual(what, "away")
        self.assertGreater(count("barred"), before[0])
        self.assertEqual(count("penalties"), before[1] + 1)
        self.assertEqual(tries(service.clerk, service.password(service.clerk), "127.1.0.2"), "in")

    def test_the_bar_falls_by_itself(self):
        number, what = wrong("nobody@simba.co.tz", "127.1.1.1")
        self.assertEqual(what, "away")
        wait_for("it is let in again", lambda: tries(service.clerk, service.password(service.clerk), "127.1.1.1") == "in", 40)

    def test_an_address_that_knocks_and_does_not_sign_in_is_barred_in_the_end(self):
        for _ in range(20):
            line = knocks("127.1.2.1")
            if line is None:
                break
            line.close()
        self.assertIsNone(line)

    def test_an_address_where_people_sign_in_takes_far_more(self):
        self.assertEqual(tries(service.cashier, service.password(service.cashier), "127.1.3.1"), "in")
        for who in ("nobody@simba.co.tz", "noone@simba.co.tz", "none@simba.co.tz", service.manager):
            self.assertEqual(wrong(who, "127.1.3.1", 4), (4, "refused"))
        self.assertEqual(tries(service.cashier, service.password(service.cashier), "127.1.3.1"), "in")

    def test_connections_from_one_address_come_at_a_rate_and_ten_times_it_where_people_sign_in(self):
        before = count("too_fast")
        self.assertEqual(tries(service.cashier, service.password(service.cashier), "127.1.4.1"), "in")
        got = 0
        for _ in range(60):
            line = knocks("127.1.4.1")
            got += line is not None
            if line is not None:
                line.close()
        self.assertEqual(got, 60)
        self.assertEqual(count("too_fast"), before)


class Offices(unittest.TestCase):
    def test_a_listed_office_is_never_barred(self):
        number, what = wrong("nobody@simba.co.tz", "127.9.1.1", 20)
        self.assertEqual((number, what), (20, "refused"))
        self.assertEqual(tries(service.clerk, service.password(service.clerk), "127.9.1.1"), "in")


class Logins(unittest.TestCase):
    """Whoever guesses one login's password from an address is stopped, whether there is such a login or not; the others
    behind that address are let in."""

    def test_guessing_one_login_leaves_the_others_behind_the_address_alone(self):
        source = "127.2.0.1"
        before = count("throttled")
        self.assertEqual(tries(service.cashier, service.password(service.cashier), source), "in")
        known, what = wrong("guessed@simba.co.tz", source)
        self.assertEqual((known, what), (12, "thrown out"))
        self.assertGreater(count("throttled"), before)
        self.assertEqual(tries(service.cashier, service.password(service.cashier), source), "in")
        self.assertEqual(tries(service.manager, service.password(service.manager), source), "in")

    def test_the_words_say_to_try_later_and_are_the_same_for_a_login_that_does_not_exist(self):
        said = set()
        for who, source in ((service.other, "127.2.1.1"), ("nobody@twiga.co.tz", "127.2.1.2")):
            self.assertEqual(tries(service.cashier, service.password(service.cashier), source), "in")
            wrong(who, source)
            words = service.ssh(who, "-o", f"BindAddress={source}")
            done = subprocess.run(words + ["me"], env=service.ssh_env(password="not it"), capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 255)
            said.add("".join(row for row in done.stderr.splitlines() if LATER in row).split("port ")[-1].split(":", 1)[-1])
        self.assertEqual(len(said), 1, said)
        self.assertIn(LATER, said.pop())


class Sessions(unittest.TestCase):
    def test_a_person_has_so_many_sessions_and_the_others_are_not_asked_about_them(self):
        with Service(max_sessions_per_user=3) as few:
            def signed_in(who):
                return wire.connect(few.port, who, few.password(who))

            lines = [signed_in(few.clerk) for _ in range(3)]
            words = few.ssh(few.clerk) + ["me"]
            done = subprocess.run(words, env=few.ssh_env(password=few.password(few.clerk)), capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 255, done.stdout)
            self.assertIn("too many sessions of this user", done.stderr)
            lines.append(signed_in(few.cashier))
            for line in lines:
                talk = wire.Wire(line)
                talk.request(1)
                self.assertEqual(talk.replies(2)[0], {0: 0, 1: 0})  # the greeting and this
            lines.pop(0).close()
            wait_for("the place is free again", lambda: subprocess.run(
                words, env=few.ssh_env(password=few.password(few.clerk)), capture_output=True, timeout=60).returncode == 0, 20)
            for line in lines:
                line.close()


class Times(unittest.TestCase):
    def test_a_login_that_exists_and_one_that_does_not_take_the_same_time(self):
        took = {who: [] for who in (service.manager, "nobody@simba.co.tz", "neema@nowhere.example", "nobody@platform")}
        for _ in range(9):  # by turns, so that a busy minute of the machine is everybody's
            for who, times in took.items():
                line = knocks("127.9.3.1")
                begin = time.monotonic()
                with self.assertRaises(paramiko.AuthenticationException):
                    line.auth_password(who, "not it")
                times.append(time.monotonic() - begin)
                line.close()
        for of in (min, statistics.median):
            each = {who: of(times) for who, times in took.items()}
            self.assertLess(max(each.values()) / min(each.values()), 2, each)


class Pace(unittest.TestCase):
    def test_more_new_sessions_than_fit_in_a_second_wait_and_none_is_lost(self):
        with Service(demo=False, handshakes_per_second=5) as slow:
            begin = time.monotonic()
            lines = [socket.create_connection(("127.0.0.1", slow.port), timeout=30) for _ in range(18)]
            self.assertTrue(all(line.recv(8).startswith(b"SSH-2.0") for line in lines))
            took = time.monotonic() - begin
            for line in lines:
                line.close()
            self.assertEqual(slow.status()[0]["turned_away"], "0")
        self.assertTrue(1.5 < took < 20, took)


if __name__ == "__main__":
    unittest.main(verbosity=2)
