#!/usr/bin/python3
"""Clients that do not behave: each loses its own session, nobody else notices, and the front is never started again."""
import os
import socket
import sys
import time
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import hostile  # noqa: E402
import wire  # noqa: E402
from hostile import GONE, Played, ends, fresh, line as unsigned, sends, signed_in, tcp  # noqa: E402

service = None


def setUpModule():
    global service
    service = hostile.set_up(kex_seconds=4, auth_seconds=10, open_seconds=6, hello_seconds=5, max_half_open_per_source=8)


def tearDownModule():
    hostile.tear_down()


def closed_after(s):
    """Seconds until the service closes a line."""
    begin = time.monotonic()
    try:
        while s.recv(4096):
            pass
    except ConnectionResetError:
        pass
    s.close()
    return time.monotonic() - begin


class Hostile(Played):
    # -- before signing in -----------------------------------------------------------------------------------------

    def test_a_client_that_says_nothing_is_closed_in_time(self):
        self.assertTrue(3 < closed_after(tcp()) < 12)

    def test_a_client_that_stops_after_its_banner_is_closed_in_time(self):
        s = tcp()
        s.sendall(b"SSH-2.0-slow\r\n")
        self.assertTrue(3 < closed_after(s) < 12)

    def test_a_client_that_sends_a_byte_a_time_is_closed_in_time(self):
        s = tcp()
        self.addCleanup(s.close)
        begin = time.monotonic()
        with self.assertRaises(OSError):
            while time.monotonic() - begin < 18:
                s.sendall(b"S")
                s.settimeout(0.2)
                try:
                    if not s.recv(4096):
                        raise OSError("closed")
                except socket.timeout:
                    pass
        self.assertLess(time.monotonic() - begin, 12)

    def test_garbage_is_closed_at_once(self):
        s = tcp()
        s.sendall(b"GET / HTTP/1.1\r\n\r\n" + wire.random_bytes(4096))
        self.assertLess(closed_after(s), 3)

    def test_a_client_that_never_signs_in_is_closed_in_time(self):
        line = unsigned()
        ends(line, 20, "not signed in in time")

    def test_a_source_may_have_only_so_many_half_open_lines(self):
        source = fresh()
        lines = [tcp(source) for _ in range(8)]
        for s in lines:
            self.assertTrue(s.recv(8))
        one_more = tcp(source)
        self.assertEqual(one_more.recv(8), b"")
        one_more.close()
        self.assertGreaterEqual(int(service.status()[0]["turned_away"]), 1)
        for s in lines:
            s.close()

    def test_a_flood_of_packets_before_signing_in_ends_the_session(self):
        line = unsigned()
        for _ in range(400):
            if not sends(line, 2, "ignored"):
                break
        ends(line, 3, "too much was sent before signing in")

    def test_bad_signatures_get_nobody_in_and_end(self):
        line = unsigned()
        wire.raw(line, 5, "ssh-userauth")
        key = paramiko.ECDSAKey.generate()
        for _ in range(120):
            if not sends(line, 50, service.clerk, "ssh-connection", "publickey", True, key.get_name(), key.asbytes(),
                         wire.random_bytes(80)):
                break
        ends(line, 20)

    def test_gssapi_is_refused_without_asking_kerberos_and_counts_as_a_try(self):
        line = unsigned()
        wire.raw(line, 5, "ssh-userauth")
        begin = time.monotonic()
        for _ in range(7):
            oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
            if not sends(line, 50, service.clerk, "ssh-connection", "gssapi-with-mic", 1, len(oid), oid):
                break
        ends(line, 3, "too many sign-in attempts")
        self.assertLess(time.monotonic() - begin, 2)

    def test_the_login_can_not_be_changed_between_tries(self):
        line = unsigned()
        with self.assertRaises(paramiko.AuthenticationException):
            line.auth_password(service.cashier, "not it")
        with self.assertRaises((paramiko.SSHException, EOFError)):
            line.auth_password(service.clerk, service.password(service.clerk))
        ends(line, 3, "the login changed")

    def test_sign_ins_sent_without_waiting_end_the_session(self):
        line = unsigned()
        wire.raw(line, 5, "ssh-userauth")
        for _ in range(3):
            if not sends(line, 50, service.clerk, "ssh-connection", "password", False, "not it"):
                break
        ends(line, 3, "sign-in requests sent without waiting for the answer")

    def test_a_channel_before_signing_in_is_not_opened(self):
        line = unsigned()
        wire.raw(line, 90, "session", 0, 1 << 20, 1 << 15)
        ends(line, 20)

    # -- after it --------------------------------------------------------------------------------------------------

    def test_a_tiny_maximum_packet_size_ends_the_session(self):
        for size in (0, 1, 9, 10, 1023):
            line = signed_in()
            line._sanitize_packet_size = lambda asked: asked
            try:
                channel = line.open_session(max_packet_size=size, timeout=10)
                channel.invoke_subsystem("bima-json")
                channel.sendall(b'{"id":1,"method":"me","params":{}}\n')
            except GONE:
                pass
            else:
                channel.settimeout(10)
                self.assertEqual(channel.recv(1), b"", size)
            line.close()
        line = signed_in()
        line._sanitize_packet_size = lambda asked: asked
        channel = line.open_session(max_packet_size=1024)
        channel.invoke_subsystem("bima-json")
        channel.sendall(b'{"id":1,"method":"me","params":{}}\n')
        self.assertIn(b"amina", channel.makefile("rb").readline())
        line.close()

    def test_a_session_that_asks_for_nothing_is_ended_in_time(self):
        line = signed_in()
        ends(line, 20, "nothing was asked for")

    def test_a_channel_that_asks_for_nothing_is_ended_in_time(self):
        line = signed_in()
        channel = line.open_session()
        ends(line, 20, "nothing was asked for on a channel")
        channel.close()

    def test_a_client_that_never_says_hello_is_ended_in_time(self):
        line = signed_in()
        talk = wire.Wire(line, hello=False)
        ends(line, 20, "no hello in time")
        talk.channel.close()

    def test_a_request_before_hello_ends_the_line(self):
        line = signed_in()
        talk = wire.Wire(line, hello=False)
        talk.request(1)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.BAD_FRAME])
        self.assertIsNone(talk.receive())
        line.close()

    def test_frames_that_are_not_well_formed_end_the_line_with_the_reason(self):
        for payload in (b"\xff", b"\x9f\x00\xff", b"\x83\x00\x01", wire.random_bytes(300), b"\x9a\x0f\xff\xff\xff",
                        b"\x81" * 2000, b"\x18\x01"):
            line = signed_in()
            talk = wire.Wire(line)
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.OK])
            talk.send_bytes(payload)
            self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.BAD_FRAME], payload[:16])
            self.assertIsNone(talk.receive())
            line.close()

    def test_a_frame_of_unknown_flags_or_that_is_too_long_ends_the_line(self):
        for header in (b"\0\0\1\x80", b"\xff\xff\xff\0"):
            line = signed_in()
            talk = wire.Wire(line)
            talk.receive()
            talk.channel.sendall(header + b"\0")
            message = talk.receive()
            self.assertEqual(message[:2], [wire.REPLY, 0])
            self.assertNotEqual(message[2], wire.OK)
            self.assertIsNone(talk.receive())
            line.close()

    def test_request_numbers_must_rise(self):
        line = signed_in()
        talk = wire.Wire(line)
        talk.receive()
        talk.request(5)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 5, wire.OK])
        talk.request(5)
        self.assertEqual(talk.receive()[:3], [wire.REPLY, 0, wire.BAD_FRAME])
        line.close()

    def test_a_ping_is_answered_while_nothing_else_is_asked(self):
        line = signed_in()
        talk = wire.Wire(line)
        talk.receive()
        talk.send([wire.PING, 4711])
        self.assertEqual(talk.receive(), [wire.PONG, 4711])
        line.close()

    def test_an_endless_json_line_is_ended(self):
        line = signed_in()
        channel = line.open_session()
        channel.invoke_subsystem("bima-json")
        channel.settimeout(30)
        try:
            for _ in range(200):
                channel.sendall(b"x" * 65536)
        except (OSError, EOFError):
            pass
        text = b""
        while piece := channel.recv(65536):
            text += piece
        self.assertIn(b"BAD_FRAME", text)
        line.close()

    def test_a_client_that_ignores_the_window_is_ended(self):
        line = signed_in()
        channel = line.open_session()
        channel.get_pty("xterm", 80, 24)
        channel.exec_command("me")
        for _ in range(1000):
            if not sends(line, 94, channel.remote_chanid, "x" * 32000):
                break
        self.assertLess(self.resident(), 600 << 20)
        line.close()

    def test_a_client_that_asks_and_does_not_read_holds_up_nobody(self):
        line = signed_in()
        channel = line.open_session(window_size=2048)
        channel.invoke_subsystem("bima-json")
        for i in range(1, 400):
            channel.sendall(b'{"id":%d,"method":"describe","params":{}}\n' % i)
        begin = time.monotonic()
        reply, = service.ask(service.cashier, ("me", {}))
        self.assertEqual(reply["code"], "OK")
        self.assertLess(time.monotonic() - begin, 15)
        line.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
