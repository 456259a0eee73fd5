#!/usr/bin/python3
"""Tricks of the SSH protocol itself, below the level of what the service asks: packets out of place, windows, rekeying, floods.
None stops the service, makes it large or keeps honest people waiting."""
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import hostile  # noqa: E402
import wire  # noqa: E402
from hostile import GONE, Played, ends, fresh, line as unsigned, sends, signed_in, tcp  # noqa: E402
from service import wait_for  # noqa: E402

SERVICE, KEXINIT, NEWKEYS, USERAUTH, SUCCESS, INFO_RESPONSE = 5, 20, 21, 50, 52, 61
GLOBAL, OPEN, ADJUST, DATA, EXTENDED, EOF, CLOSE, REQUEST = 80, 90, 93, 94, 95, 96, 97, 98
MOST = 0xffffffff
MB = 1 << 20

service = None


def setUpModule():
    global service
    service = hostile.set_up(kex_seconds=4, auth_seconds=8, open_seconds=6, hello_seconds=5, max_half_open=64,
                             max_half_open_per_source=8, max_sessions_per_user=200)


def tearDownModule():
    hostile.tear_down()


def closed_after(s):
    """Seconds until the service closes a line."""
    begin = time.monotonic()
    try:
        while s.recv(4096):
            pass
    except OSError as error:
        assert not isinstance(error, socket.timeout), "it stays open"
    s.close()
    return time.monotonic() - begin


def json_channel(line, **options):
    channel = line.open_session(**options)
    channel.settimeout(30)
    channel.invoke_subsystem("bima-json")
    return channel


def me(channel, number=1):
    channel.sendall(b'{"id":%d,"method":"me","params":{}}\n' % number)
    return channel.makefile("rb").readline()


def half_a_packet(line, part=7):
    """What is sent next on this transport leaves as its first bytes only."""
    whole = line.packetizer.write_all

    def write_all(out):
        line.packetizer.write_all = lambda _: None
        whole(out[:part])
    line.packetizer.write_all = write_all


class BeforeTheKeys(Played):
    def test_a_banner_without_end_is_closed_at_once(self):
        for text in (b"SSH-2.0-" + b"x" * MB, b"x" * MB, b"\r" * MB, b"\0" * MB, b"SSH-2.0-x\r\n" * 20000):
            s = tcp()
            try:
                s.sendall(text)
            except OSError:
                pass
            self.assertLess(closed_after(s), 3, text[:12])

    def test_a_banner_of_an_old_or_unknown_protocol_is_closed(self):
        for text in (b"SSH-1.5-old\r\n", b"SSH-9.9-new\r\n", b"SSH-\r\n", b"\r\n\r\n\r\n", b"SSH-2.0-" + b"y" * 247 + b"\r\n"):
            s = tcp()
            s.sendall(text)
            self.assertLess(closed_after(s), 8, text[:12])

    def test_packets_of_impossible_sizes_end_the_line(self):
        for length, rest in ((MOST, b"\x04"), (0, b"\x04" * 40), (1, b"\xff" * 40), (4, b"\xff\x14" * 20), (MB, b"\x04" * 5000),
                             (0x7fffffff, b""), (12, b"\xff" + b"\x14" * 40), (35001, b"\x04" * 35001)):
            s = tcp()
            s.sendall(b"SSH-2.0-trick\r\n")
            s.recv(4096)
            try:
                s.sendall(struct.pack(">I", length) + rest)
            except OSError:
                pass
            self.assertLess(closed_after(s), 8, length)

    def test_a_key_exchange_a_byte_a_second_is_closed_in_time(self):
        s = tcp()
        self.addCleanup(s.close)
        s.sendall(b"SSH-2.0-slow\r\n")
        begin = time.monotonic()
        with self.assertRaises(OSError):
            for byte in struct.pack(">I", 500) + b"\x04\x14" + os.urandom(400):
                s.sendall(bytes([byte]))
                s.settimeout(0.1)
                try:
                    while s.recv(65536):
                        pass
                    raise OSError("closed")
                except socket.timeout:
                    pass
        self.assertLess(time.monotonic() - begin, 12)

    def test_key_exchange_messages_out_of_order_end_the_line(self):
        for kind, rest in ((NEWKEYS, b""), (30, struct.pack(">I", 32) + os.urandom(32)), (31, os.urandom(64)), (SUCCESS, b""),
                           (USERAUTH, os.urandom(40)), (OPEN, os.urandom(40)), (255, b"")):
            s = tcp()
            s.sendall(b"SSH-2.0-trick\r\n")
            s.recv(4096)
            payload = bytes([kind]) + rest
            padding = 8 - (len(payload) + 5) % 8 + 8
            try:
                s.sendall(struct.pack(">IB", len(payload) + padding + 1, padding) + payload + os.urandom(padding))
            except OSError:
                pass
            self.assertLess(closed_after(s), 8, kind)

    def test_a_line_closed_for_sending_is_closed(self):
        s = tcp()
        s.shutdown(socket.SHUT_WR)
        self.assertLess(closed_after(s), 6)
        s = tcp()
        s.sendall(b"SSH-2.0-half\r\n")
        s.shutdown(socket.SHUT_WR)
        self.assertLess(closed_after(s), 6)

    def test_a_flood_of_half_open_lines_leaves_room_for_who_signed_in_before(self):
        lines, refused = [], 0
        before = int(service.status()[0]["dropped_early"])
        for _ in range(150):
            try:
                s = tcp(timeout=5)
                lines.append(s)
            except OSError:
                refused += 1
        wait_for("new ones are dropped", lambda: int(service.status()[0]["dropped_early"]) > before)
        wait_for("all are counted", lambda: int(service.status()[0]["dropped_early"]) - before + refused
                 + int(service.status()[0]["half_open"]) >= 150)
        self.assertLessEqual(int(service.status()[0]["half_open"]), 64 - 64 // 8)
        begin = time.monotonic()
        reply, = service.ask(service.cashier, ("me", {}))
        self.assertEqual(reply["code"], "OK")
        self.assertLess(time.monotonic() - begin, 4)
        for s in lines:
            s.close()

    def test_a_storm_of_key_exchanges_from_many_places_does_not_keep_others_waiting(self):
        begin, done = time.monotonic(), 0
        while time.monotonic() - begin < 4:
            try:
                unsigned().close()
                done += 1
            except GONE:
                pass
        self.assertGreater(done, 20)


class SigningIn(Played):
    def ended_by(self, *packets, why=None, service_first=True):
        line = unsigned()
        if service_first:
            wire.raw(line, SERVICE, "ssh-userauth")
        for packet in packets:
            if not sends(line, *packet):
                break
        ends(line, 14, why)

    def ask(self, method, *rest, login=None, next_service="ssh-connection"):
        return (USERAUTH, login or service.clerk, next_service, method, *rest)

    def test_half_a_packet_after_the_keys_is_ended_in_time(self):
        line = unsigned()
        half_a_packet(line)
        sends(line, SERVICE, "ssh-userauth")
        ends(line, 14, "not signed in in time")

    def test_an_answer_without_a_question_ends_the_session(self):
        self.ended_by((INFO_RESPONSE, 1, "123456"))
        self.ended_by((INFO_RESPONSE, MOST), (INFO_RESPONSE, 0), (INFO_RESPONSE, 1, "1"))

    def test_answers_that_follow_a_question_at_once_end_the_session(self):
        self.ended_by(self.ask("keyboard-interactive", "", ""), (INFO_RESPONSE, 1, "123456"), (INFO_RESPONSE, 1, "123456"))

    def test_the_second_factor_is_not_asked_before_the_first_and_costs_a_try(self):
        self.ended_by(*[self.ask("keyboard-interactive", "", "") for _ in range(7)], why="too many sign-in attempts")

    def test_methods_that_are_not_there_cost_a_try_each(self):
        for method in ("hostbased", "gssapi-keyex", "gssapi-with-mic", "x" * 5000, ""):
            self.ended_by(*[self.ask(method, "") for _ in range(8)])

    def test_asking_which_methods_there_are_again_and_again_is_bounded(self):
        self.ended_by(*[self.ask("none") for _ in range(300)])

    def test_a_password_and_a_key_in_one_breath_end_the_session(self):
        key = paramiko.ECDSAKey.generate()
        both = self.ask("publickey", False, key.get_name(), key.asbytes()), self.ask("password", False, "not it")
        self.ended_by(*both * 4)

    def test_another_name_in_the_next_request_ends_the_session(self):
        self.ended_by(self.ask("none"), self.ask("none", login=service.manager), why="the login changed")

    def test_names_and_passwords_of_impossible_sizes_get_nobody_in(self):
        for login, password in (("a" * 300, "x"), ("a" * 5000, "x"), ("", "x"), (service.clerk, ""), (service.clerk, "x" * 300),
                                (service.clerk, "x" * 30000), ("\0" * 30, "x"), ("amina@simba.co.tz\0@platform", "x"),
                                ("\xff\xfe@simba.co.tz", "x")):
            self.ended_by(*[self.ask("password", False, password, login=login) for _ in range(8)])

    def test_a_service_nobody_offers_ends_the_session(self):
        self.ended_by((SERVICE, "ssh-connection"), service_first=False)
        self.ended_by((SERVICE, "x" * 20000), service_first=False)

    def test_channels_and_requests_before_signing_in_open_nothing(self):
        self.ended_by((OPEN, "session", 0, 1 << 20, 1 << 15), (REQUEST, 0, "shell", True), (DATA, 0, "x"), (ADJUST, 0, MOST),
                      (GLOBAL, "tcpip-forward", True, "", 0))
        self.assertEqual(service.status()[0]["clients"], "0")

    def test_saying_that_one_is_signed_in_does_not_help(self):
        self.ended_by((SUCCESS,), (OPEN, "session", 0, 1 << 20, 1 << 15))

    def test_a_name_with_a_message_cut_short_gets_nobody_in(self):
        line = unsigned()
        wire.raw(line, SERVICE, "ssh-userauth")
        for cut in (b"", b"\0", b"\0\0\0\xff", b"\xff\xff\xff\xff", struct.pack(">I", 5) + b"amina",
                    struct.pack(">I", 5) + b"amina" + struct.pack(">I", MOST)):
            if not sends(line, USERAUTH, cut):
                break
        ends(line, 14)


class SignedIn(Played):
    def test_windows_that_overflow_end_nothing_but_their_own_session(self):
        line = signed_in()
        channel = json_channel(line, window_size=0)
        for _ in range(20):
            if not sends(line, ADJUST, channel.remote_chanid, MOST):
                break
        try:
            for i in range(1, 20):
                channel.sendall(b'{"id":%d,"method":"me","params":{}}\n' % i)
        except GONE:
            pass
        line.close()

    def test_a_window_of_nothing_holds_up_nobody(self):
        line = signed_in()
        channel = json_channel(line, window_size=0)
        begin = self.resident()
        try:
            for i in range(1, 2000):
                channel.sendall(b'{"id":%d,"method":"describe","params":{}}\n' % i)
        except GONE:
            pass
        reply, = service.ask(service.cashier, ("me", {}))
        self.assertEqual(reply["code"], "OK")
        self.assertLess(self.resident() - begin, 400 * MB)
        line.close()

    def test_words_after_the_goodbye_are_nothing(self):
        line = signed_in()
        channel = json_channel(line)
        self.assertIn(b"amina", me(channel))
        for kind, rest in ((CLOSE, ()), (DATA, ("x" * 1000,)), (EXTENDED, (1, "x")), (EOF, ()), (REQUEST, ("shell", True)),
                           (ADJUST, (MOST,)), (CLOSE, ()), (DATA, ("y",)), (CLOSE, ())):
            if not sends(line, kind, channel.remote_chanid, *rest):
                break
        line.close()

    def test_words_after_the_end_of_words_are_nothing(self):
        line = signed_in()
        channel = json_channel(line)
        sends(line, EOF, channel.remote_chanid)
        for _ in range(50):
            if not sends(line, DATA, channel.remote_chanid, '{"id":1,"method":"me","params":{}}\n'):
                break
        sends(line, EOF, channel.remote_chanid)
        line.close()

    def test_channels_that_do_not_exist_are_nothing(self):
        for number in (1, 77, 0x7fffffff, MOST):
            line = signed_in()
            for kind, rest in ((DATA, ("x",)), (EXTENDED, (1, "x")), (ADJUST, (5,)), (EOF, ()), (CLOSE, ()), (REQUEST, ("exec", True, "me")),
                               (91, (0, 1 << 20, 1 << 15)), (92, (1, "no", "")), (99, ()), (100, ())):
                if not sends(line, kind, number, *rest):
                    break
            line.close()

    def test_of_two_hundred_channels_ten_are_opened(self):
        line = signed_in()
        opened, refused = [], 0
        for _ in range(200):
            try:
                opened.append(line.open_session(timeout=10))
            except paramiko.ChannelException:
                refused += 1
        self.assertEqual((len(opened), refused), (10, 190))
        line.close()

    def test_channels_opened_and_closed_without_end_end_the_session(self):
        line = signed_in()
        begin = self.resident()
        for number in range(6000):
            if not sends(line, OPEN, "session", number, 1 << 20, 1 << 15) or not sends(line, CLOSE, 0):
                break
        self.assertLess(self.resident() - begin, 400 * MB)
        line.close()

    def test_requests_that_make_no_sense_are_refused_and_start_nothing(self):
        line = signed_in()
        channel = line.open_session()
        for request, rest in (("x11-req", (True, "a", "b", 0)), ("auth-agent-req@openssh.com", ()), ("signal", ("KILL",)),
                              ("env", ("LD_PRELOAD", "/tmp/x.so")), ("env", ("LC_ALL", "x" * 30000)), ("pty-req", ("x" * 5000, MOST, MOST, MOST, MOST, "")),
                              ("window-change", (MOST, MOST, MOST, MOST)), ("subsystem", ("sftp",)), ("subsystem", ("x" * 30000,)),
                              ("exec", ("x" * 32000,)), ("break", (MOST,)), ("", ()), ("\0" * 100, ())):
            if not sends(line, REQUEST, channel.remote_chanid, request, True, *rest):
                break
        for what in ("direct-tcpip", "x11", "auth-agent@openssh.com", "forwarded-tcpip", "", "x" * 30000):
            if not sends(line, OPEN, what, 5, 1 << 20, 1 << 15, "127.0.0.1", 22, "127.0.0.1", 22):
                break
        for what in ("tcpip-forward", "streamlocal-forward@openssh.com", "hostkeys-prove-00@openssh.com", ""):
            if not sends(line, GLOBAL, what, True, "0.0.0.0", 2222):
                break
        self.assertEqual(service.status()[0]["clients"], "0")
        line.close()

    def test_a_storm_of_new_keys_is_survived_and_answers_come_in_between(self):
        line = signed_in()
        channel = json_channel(line)
        for number in range(1, 60):
            line.renegotiate_keys()
            self.assertIn(b"amina", me(channel, number))
        line.close()

    def test_asking_for_new_keys_and_never_agreeing_on_them_ends_nothing_but_the_session(self):
        for _ in range(5):
            line = signed_in()
            for _ in range(200):
                if not sends(line, KEXINIT, os.urandom(16), *["curve25519-sha256"] * 10, False, 0):
                    break
            line.close()

    def test_half_a_packet_of_a_signed_in_client_holds_up_nobody(self):
        line = signed_in()
        channel = json_channel(line)
        self.assertIn(b"amina", me(channel))
        half_a_packet(line)
        sends(line, DATA, channel.remote_chanid, "x" * 1000)
        reply, = service.ask(service.cashier, ("me", {}))
        self.assertEqual(reply["code"], "OK")
        line.close()

    def test_bytes_that_no_key_sealed_end_the_session(self):
        line = signed_in()
        line.sock.sendall(os.urandom(5000))
        ends(line, 8)

    def test_a_line_closed_for_sending_is_ended(self):
        wait_for("only the honest client is left", lambda: service.status()[0]["sessions"] == "1")
        line = signed_in()
        channel = json_channel(line)
        self.assertIn(b"amina", me(channel))
        wait_for("the session is counted", lambda: service.status()[0]["sessions"] == "2")
        line.sock.shutdown(socket.SHUT_WR)
        wait_for("the session is gone", lambda: service.status()[0]["sessions"] == "1", 10)
        line.close()

    def test_a_reader_that_stands_still_holds_up_nobody_and_makes_nothing_large(self):
        words = service.ssh(service.clerk, "-s", "-o", f"BindAddress={fresh()}") + ["bima-json"]
        stopped = subprocess.Popen(words, env=service.ssh_env(service.clerk), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(stopped.communicate)
        self.addCleanup(stopped.kill)
        stopped.stdin.write(b'{"id":1,"method":"me","params":{}}\n')
        stopped.stdin.flush()
        self.assertIn(b"amina", stopped.stdout.readline())
        for i in range(2, 1500):
            stopped.stdin.write(b'{"id":%d,"method":"describe","params":{}}\n' % i)
        stopped.stdin.flush()
        stopped.send_signal(signal.SIGSTOP)
        begin = time.monotonic()
        while time.monotonic() - begin < 3:
            reply, = service.ask(service.cashier, ("me", {}))
            self.assertEqual(reply["code"], "OK")
        self.assertLess(self.resident(), 400 * MB)

    def test_a_terminal_that_is_not_read_holds_up_nobody(self):
        line = signed_in()
        channel = line.open_session(window_size=1024)
        channel.get_pty("xterm-256color", 200, 60)
        channel.invoke_shell()
        for _ in range(300):
            if not sends(line, REQUEST, channel.remote_chanid, "window-change", False, 80 + _ % 40, 24 + _ % 30, 0, 0):
                break
            if not sends(line, DATA, channel.remote_chanid, "\x1b[A\x0c"):
                break
        reply, = service.ask(service.cashier, ("me", {}))
        self.assertEqual(reply["code"], "OK")
        line.close()
        wait_for("its program is gone", lambda: service.status()[0]["clients"] == "0")

    def test_messages_only_a_service_sends_are_nothing(self):
        line = signed_in()
        for kind in (6, 31, 51, 52, 53, 60, 81, 82, 91, 92, 99, 100, 192, 255):
            if not sends(line, kind, os.urandom(30)):
                break
        line.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
