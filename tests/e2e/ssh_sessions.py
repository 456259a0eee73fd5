#!/usr/bin/python3
"""A session ends when it is ended from elsewhere, when its person or company is switched off and when its time is over; each
kind of client is told why. And the sessions that need no secret: registration."""
import json
import logging
import os
import pty
import select
import signal
import subprocess
import sys
import time
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from service import Service, wait_for  # noqa: E402

# a front reports its sessions every 5 seconds, and programs get some more to end by themselves
SOON = 25
GONE = (OSError, EOFError, paramiko.SSHException)


def setUpModule():
    global service, resting
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    service = Service(log_level="debug", registrations_per_hour=8, registrations_per_source=3)
    service.__enter__()
    # of the other company, whose sessions may rest a minute: looked at in the end
    service.sql("update app.tenant set idle_minutes = 1 where code = 'TW'")
    resting = signed_in(service.other)
    resting.began = time.monotonic()
    resting.talk = wire.Wire(resting)


def tearDownModule():
    service.__exit__(None, None, None)


def signed_in(who):
    return wire.connect(service.port, who, service.password(who))


def json_line(line):
    channel = line.open_session()
    channel.settimeout(SOON)
    channel.invoke_subsystem("bima-json")
    return channel


def me(channel):
    channel.sendall(b'{"id":7,"method":"me","params":{}}\n')
    return json.loads(channel.makefile("rb").readline())


def sessions(who):
    """Ids of the open sessions of a user, as the admin sees them, newest first."""
    reply, = service.ask(service.admin, ("list", {"entity": "session"}))
    name = {service.cashier: "Juma"}.get(who, who)
    return [row["id"] for row in reply["body"]["page"]["rows"] if name in row["fields"]["user"]["label"]]


def end_all(who):
    for number in sessions(who):
        reply, = service.ask(service.admin, ("act", {"entity": "session", "id": number, "action": "end"}))
        assert reply["code"] == "OK", reply


def openssh(who, *words, options=()):
    return subprocess.Popen(service.ssh(who, *options) + list(words), env=service.ssh_env(who), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Ended(unittest.TestCase):
    def ends(self, line, seconds=SOON):
        wait_for("the session is ended", lambda: not line.is_active(), seconds)

    def tearDown(self):
        for name, (pid, restarts) in service.status()[1].items():
            self.assertEqual(restarts, 0, name)

    def test_a_client_of_the_protocol_is_sent_away_with_the_sentence(self):
        line = signed_in(service.cashier)
        talk = wire.Wire(line, timeout=SOON)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.OK])
        before = int(service.status()[0]["dismissed"])
        end_all(service.cashier)
        goodbye = talk.receive()
        self.assertEqual(goodbye[0], wire.GOAWAY)
        self.assertRegex(goodbye[1], r"^[A-Z].*\.$")
        self.assertNotIn("stopping", goodbye[1])
        self.ends(line)
        self.assertGreater(int(service.status()[0]["dismissed"]), before)

    def test_a_client_of_lines_is_told_in_a_line(self):
        line = signed_in(service.cashier)
        channel = json_line(line)
        self.assertEqual(me(channel)["code"], "OK")
        end_all(service.cashier)
        goodbye = json.loads(channel.makefile("rb").readline())
        self.assertEqual((goodbye["id"], goodbye["code"]), (0, "UNAUTHENTICATED"))
        self.assertRegex(goodbye["body"]["error"]["message"], r"^[A-Z].*\.$")
        self.ends(line)

    def test_a_request_of_an_ended_session_is_refused_at_once_and_ends_the_line(self):
        line = signed_in(service.cashier)
        channel = json_line(line)
        self.assertEqual(me(channel)["code"], "OK")
        service.sql("update app.session set state = 4, ended_at = now(), end_reason = 'This session was ended.' "
                    "where state = 2 and user_id = (select id from app.user_account where login = 'juma')")
        begin = time.monotonic()
        self.assertEqual(me(channel)["code"], "UNAUTHENTICATED")
        self.ends(line, 10)
        self.assertLess(time.monotonic() - begin, 10)

    def test_who_went_away_while_he_was_let_in_has_no_session(self):
        workers = [pid for name, pid, _ in service.processes() if name.startswith("worker.")]
        made = "select count(*) from app.session s join app.user_account u on u.id = s.user_id where u.login = 'juma'"
        before = int(service.sql(made))
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            asking = openssh(service.cashier, "me")
            wait_for("the password is with a worker", lambda: int(service.status()[0]["running"]) > 0)
            asking.kill()
            asking.communicate()
            wait_for("the front has noticed", lambda: service.status()[0]["half_open"] == "0")
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
        wait_for("the session is made", lambda: int(service.sql(made)) == before + 1)
        wait_for("and ended", lambda: service.sql(made + " and s.state < 4") == "0", SOON)

    def test_openssh_prints_the_sentence_of_a_session_without_a_client(self):
        # its connection is shared by commands and rests between them
        control = os.path.join(service.home, "control")
        options = ("-o", f"ControlPath={control}", "-o", "ControlMaster=yes", "-N")
        master = openssh(service.cashier, options=options)
        self.addCleanup(master.kill)
        wait_for("the session is open", lambda: sessions(service.cashier))
        service.sql("update app.user_account set is_active = false where login = 'juma'")
        self.addCleanup(service.sql, "update app.user_account set is_active = true where login = 'juma'")
        _, said = master.communicate(timeout=SOON + 20)
        self.assertIn(b"switched off", said)

    def test_a_terminal_is_given_back_and_shows_the_sentence(self):
        ours, theirs = pty.openpty()
        words = service.ssh(service.cashier, "-tt")
        program = subprocess.Popen(words, env=dict(service.ssh_env(service.cashier), TERM="xterm-256color"), stdin=theirs, stdout=theirs,
                                   stderr=subprocess.PIPE, start_new_session=True)
        os.close(theirs)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.kill)
        seen = self.until(ours, lambda text: b"Simba" in text, b"")
        end_all(service.cashier)
        seen = self.until(ours, lambda _: False, seen)  # to the end of the terminal
        os.close(ours)
        self.assertGreater(seen.rfind(b"\x1b[?1049l"), seen.rfind(b"\x1b[?1049h"))
        after = seen[seen.rfind(b"\x1b[?1049l"):] + program.stderr.read()
        self.assertIn(b"ended", after)

    @staticmethod
    def until(terminal, enough, seen):
        end = time.monotonic() + 40
        while not enough(seen):
            assert time.monotonic() < end, seen[-400:]
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
        return seen

    def test_a_command_that_is_under_way_says_why_it_ends(self):
        psql = subprocess.Popen(["psql", "-XAtq", f"host={service.run}/postgres dbname=bima user=bima_boot"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(psql.communicate)
        self.addCleanup(psql.kill)
        psql.stdin.write("begin; lock table app.customer in access exclusive mode; select 'held';\n")
        self.assertEqual(psql.stdout.readline().strip(), "held")
        command = openssh(service.cashier, "customer", "list")
        wait_for("its request is under way", lambda: int(service.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")))
        end_all(service.cashier)
        _, said = command.communicate(timeout=SOON + 20)
        self.assertNotEqual(command.returncode, 0)
        self.assertRegex(said, rb"(?i)session was ended|ended by|ended")

    def test_a_company_that_is_suspended_takes_its_sessions_along_and_lets_nobody_in(self):
        line = signed_in(service.cashier)
        talk = wire.Wire(line, timeout=SOON)
        talk.receive()
        service.sql("update app.tenant set status = 2 where code = 'SI'")
        try:
            goodbye = talk.receive()
            self.assertEqual(goodbye[0], wire.GOAWAY)
            self.assertIn("suspended", goodbye[1])
            self.ends(line)
            done = openssh(service.cashier, "me")
            _, said = done.communicate(timeout=60)
            self.assertEqual(done.returncode, 255)
            self.assertIn(b"suspended", said)
        finally:
            service.sql("update app.tenant set status = 1 where code = 'SI'")
        self.assertEqual(me(json_line(signed_in(service.cashier)))["code"], "OK")

    def test_the_company_says_how_long_a_session_may_rest(self):
        wait_for("it is ended", lambda: not resting.is_active(), 90)
        self.assertGreater(time.monotonic() - resting.began, 50)
        self.assertTrue(service.logged('why="idle"'))


class Resting(unittest.TestCase):
    def test_a_terminal_at_which_nobody_sits_is_given_back_with_a_word(self):
        with Service(terminal_idle_seconds=3) as own:
            line = wire.connect(own.port, own.clerk, own.password(own.clerk))
            channel = line.open_session()
            channel.settimeout(60)
            channel.get_pty("xterm-256color", 80, 24)
            channel.invoke_shell()
            seen = b""
            while piece := channel.recv(65536):
                seen += piece
            line.close()
        self.assertIn(b"Simba", seen)
        self.assertIn(b"Nothing was asked for a long time", seen[seen.rfind(b"\x1b[?1049l"):])


class Registration(unittest.TestCase):
    @staticmethod
    def line(source):
        line = wire.connect(service.port, source=source)
        line.auth_none("register")
        return line

    def test_it_needs_no_secret_and_may_do_nothing_else(self):
        line = self.line("127.3.0.1")
        channel = json_line(line)
        self.assertEqual(me(channel)["body"]["me"]["role"], "register")
        for number, (method, params) in enumerate((("list", {"entity": "company"}), ("list", {"entity": "customer"}),
                                                   ("get", {"entity": "user", "key": "register"}), ("list", {"entity": "session"}),
                                                   ("get", {"entity": "account", "key": "me"}), ("list", {"entity": "company_request"}))):
            channel.sendall(json.dumps({"id": number + 10, "method": method, "params": params}).encode() + b"\n")
            self.assertNotEqual(json.loads(channel.makefile("rb").readline())["code"], "OK", (method, params))
        line.close()

    def test_no_other_login_gets_in_with_nothing(self):
        for who in (service.clerk, "Register", "register@platform", "register@simba.co.tz", "register ", "registe", "root@platform", ""):
            line = wire.connect(service.port, source="127.3.1.1")
            with self.assertRaises(GONE, msg=who):
                line.auth_none(who)
            self.assertFalse(line.is_authenticated(), who)
            line.close()

    def test_register_has_no_password(self):
        for word in ("", "register", "x"):
            line = wire.connect(service.port, source="127.3.2.1")
            with self.assertRaises(GONE):
                line.auth_password("register", word)
            line.close()

    def test_an_address_may_register_only_so_often(self):
        before = int(service.status()[0]["registrations_refused"])
        for _ in range(3):
            self.line("127.3.3.1").close()
        with self.assertRaises(GONE):
            self.line("127.3.3.1")
        self.assertEqual(int(service.status()[0]["registrations_refused"]), before + 1)

    def test_there_are_only_so_many_registrations_and_signing_in_goes_on(self):
        got = 0
        for number in range(12):
            try:
                self.line(f"127.3.4.{number + 1}").close()
                got += 1
            except GONE:
                pass
        self.assertLess(got, 9)
        self.assertEqual(me(json_line(signed_in(service.cashier)))["code"], "OK")


if __name__ == "__main__":
    unittest.main(verbosity=2)
