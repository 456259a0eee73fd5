#!/usr/bin/python3
"""The line below the protocol: what signing in and resting cost, bits that were turned on the way, lines that are reset or cut at any
moment, bytes that come one at a time. Nobody else notices."""
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]
import hostile  # noqa: E402
import wire  # noqa: E402
from factor import Factor  # noqa: E402
from hostile import GONE, Played, ends, fresh, line as unsigned, sends, signed_in  # noqa: E402
from keyboard import Client  # noqa: E402
from relay import DOWN, UP, Relay  # noqa: E402
from service import wait_for  # noqa: E402
from thin_test import Through  # noqa: E402

ROUND_TRIPS, SIGN_IN_BYTES, IDLE_BYTES_A_MINUTE = 8, 3600, 200
RESTS = 2  # seconds without a byte
DELAY = 0.4
SERVICE, USERAUTH, INFO_RESPONSE = 5, 50, 61
CIPHERS = ("chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes128-ctr")
ME = '{"id":%d,"method":"me","params":{}}\n'

service = None
factor = None


def setUpModule():
    global service, factor
    service = hostile.set_up(kex_seconds=6, auth_seconds=10, open_seconds=6, hello_seconds=5, max_sessions_per_user=200,
                             max_half_open_per_source=64)
    factor = Factor(service, service.other)


def tearDownModule():
    hostile.tear_down()


class Costs(unittest.TestCase):
    def relay(self, **how):
        relay = Relay(service.port, **how)
        self.addCleanup(relay.close)
        return relay

    def test_signing_in_takes_eight_round_trips_and_3600_bytes_at_most(self):
        """Keys, password, channel, hello, a question and its answer; the description is known."""
        took, passed = {}, {}
        for delay in (0, DELAY):
            relay = self.relay(delay=delay)
            through = Through(service, relay, os.path.join(service.home, f"line-{delay}"))
            through.command(service.clerk, "status")
            before, began = relay.count(False), time.monotonic()
            through.command(service.clerk, "me")
            took[delay], passed[delay] = time.monotonic() - began, [now - then for now, then in zip(relay.count(False), before)]
        trips = (took[DELAY] - took[0]) / (2 * DELAY)
        print(f"\nsigning in: {trips:.1f} round trips, {passed[0][0]} bytes up and {passed[0][1]} down", file=sys.stderr)
        self.assertLessEqual(trips, ROUND_TRIPS)
        self.assertLessEqual(sum(passed[0]), SIGN_IN_BYTES)

    def test_a_line_nobody_uses_costs_200_bytes_a_minute_at_most(self):
        relay = self.relay()
        client = Client(service, relay, service.clerk, os.path.join(service.home, "line-idle"))
        self.addCleanup(client.close)
        seen = {relay.count(): time.monotonic()}  # what signing in brought with it comes first
        wait_for("the line rests", lambda: time.monotonic() - seen.setdefault(relay.count(), time.monotonic()) > RESTS, 80)
        before, began = relay.count(), time.monotonic()
        wait_for("it asks whether the line lives, and is answered", lambda: all(n > b for n, b in zip(relay.count(), before)), 80)
        time.sleep(max(0, 60 - (time.monotonic() - began)))  # either end asks in its own time: a whole minute tells
        minutes, passed = (time.monotonic() - began) / 60, sum(relay.count()) - sum(before)
        print(f"\nat rest: {passed} bytes in {minutes * 60:.0f} s", file=sys.stderr)
        self.assertGreater(minutes, 0.5)
        self.assertLessEqual(passed / minutes, IDLE_BYTES_A_MINUTE)


class Turning(Relay):
    """Turns one bit of what a client sends, of the packet that is under way when `armed`."""

    def __init__(self, port):
        self.armed = False
        super().__init__(port)

    def pass_on(self, line, to, way, data, seen, thin):
        if self.armed and way == UP:
            self.armed = False
            at = len(data) // 2
            data = data[:at] + bytes([data[at] ^ 4]) + data[at + 1:]
        return super().pass_on(line, to, way, data, seen, thin)


class Turned(Played):
    def test_a_bit_that_was_turned_ends_the_session_whatever_the_cipher(self):
        for cipher in CIPHERS:
            relay = Turning(service.port)
            words = [str(relay.port) if word == str(service.port) else word for word in service.ssh(service.clerk, "-s")]
            words = ["StrictHostKeyChecking=no" if word.startswith("StrictHostKeyChecking") else word for word in words]
            words = ["UserKnownHostsFile=/dev/null" if word.startswith("UserKnownHosts") else word for word in words]
            client = subprocess.Popen([*words[:1], "-c", cipher, *words[1:], "bima-json"], env=service.ssh_env(service.clerk), text=True, bufsize=1,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            client.stdin.write(ME % 1)
            self.assertIn("amina", client.stdout.readline(), cipher)
            relay.armed = True
            client.stdin.write(ME % 2)
            out, _ = client.communicate(timeout=30)
            self.assertEqual((client.returncode, out), (255, ""), cipher)
            relay.close()


class Broken(Played):
    def test_lines_that_are_reset_while_answers_are_under_way_hurt_nobody(self):
        dice = random.Random(7)
        for _ in range(40):
            line = signed_in()
            channel = line.open_session()
            channel.invoke_subsystem("bima-json")
            try:
                for number in range(1, dice.randrange(2, 60)):
                    channel.sendall((ME if number % 3 else ME.replace("me", "describe")) % number)
                channel.recv(dice.randrange(1, 40000))
            except GONE:
                pass
            line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sock.close()
            line.close()

    def test_terminals_that_are_reset_while_they_paint_leave_nothing_behind(self):
        for _ in range(6):
            line = signed_in()
            channel = line.open_session()
            channel.get_pty("xterm-256color", 200, 60)
            channel.invoke_shell()
            channel.recv(1)
            line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sock.close()
            line.close()
        wait_for("its programs are gone", lambda: service.status()[0]["clients"] == "0")

    def test_a_line_that_is_cut_at_any_byte_of_signing_in_hurts_nobody(self):
        relay = Relay(service.port)
        self.addCleanup(relay.close)
        through = Through(service, relay, os.path.join(service.home, "line-cut"))
        through.command(service.clerk, "status")
        before = relay.count(False)
        through.command(service.clerk, "me")
        length = dict(zip((UP, DOWN), (now - then for now, then in zip(relay.count(False), before))))
        cut = 0
        for way in (UP, DOWN):
            for at in range(0, length[way], 61):
                relay.arm(way, at)
                try:
                    line = wire.connect(relay.port, service.clerk, service.password(service.clerk), timeout=20)
                    talk = wire.Wire(line, timeout=20)
                    talk.request(1)
                    talk.replies(2)
                except (*GONE, AssertionError):
                    cut += 1
                relay.disarm()
        self.assertGreater(cut, 20)


class Dribbled(Played):
    """A byte at a time, ever so long: the time is that of the stage, not of the last byte."""

    def dribble(self, put, whole, most):
        begin = time.monotonic()
        try:
            for byte in whole:
                put(bytes([byte]))
                if self.over():
                    break
        except GONE:
            pass
        self.assertLess(time.monotonic() - begin, most)
        self.assertTrue(self.over())

    def behind_the_keys(self, line, kind, *parts):
        """The bytes of a packet as it would leave."""
        kept = []
        line.packetizer.write_all = kept.append
        wire.raw(line, kind, *parts)
        return b"".join(kept)

    def gone(self, transport, pause=0.25):
        def over():
            transport.join(pause)
            return not transport.is_active()
        return over

    def test_the_password_a_byte_at_a_time_is_ended_in_time(self):
        line = unsigned()
        wire.raw(line, SERVICE, "ssh-userauth")
        whole = self.behind_the_keys(line, USERAUTH, service.clerk, "ssh-connection", "password", False, "x" * 400)
        self.over = self.gone(line)
        self.dribble(line.sock.sendall, whole, 20)
        self.assertTrue(service.logged('why="not signed in in time"'))

    def test_hello_a_byte_at_a_time_is_ended_in_time(self):
        line = signed_in()
        talk = wire.Wire(line, hello=False)
        self.over = self.gone(line)
        self.dribble(talk.channel.sendall, b"\0\1\0\0" + b"\x87" * 256, 20)
        ends(line, 5, "no hello in time")

    def test_a_question_a_byte_at_a_time_keeps_nobody_waiting(self):
        line = signed_in()
        channel = line.open_session()
        channel.invoke_subsystem("bima-json")
        for byte in (ME % 1).encode():
            channel.sendall(bytes([byte]))
        self.assertIn(b"amina", channel.makefile("rb").readline())
        line.close()


class Answered(Played):
    def first_factor(self):
        line = wire.connect(service.port, source=fresh())
        self.addCleanup(line.close)
        self.assertEqual(line.auth_password(service.other, service.password(service.other)), ["keyboard-interactive"])
        return line

    def test_an_answer_to_the_second_factor_sent_again_is_never_looked_at(self):
        factor.unlock()
        line = self.first_factor()
        with self.assertRaises(GONE):
            line.auth_interactive(service.other, lambda *_: [factor.wrong()])
        for _ in range(10):
            if not sends(line, INFO_RESPONSE, 1, factor.recovery[-1]):
                break
        ends(line, 14)
        self.assertFalse(line.is_authenticated())
        line = self.first_factor()
        line.auth_interactive(service.other, lambda *_: [factor.recovery.pop()])
        self.assertTrue(line.is_authenticated())

    def test_many_who_answer_again_and_again_at_once_keep_nobody_waiting(self):
        factor.unlock()
        lines = [self.first_factor() for _ in range(8)]

        def play(line):
            try:
                line.auth_interactive(service.other, lambda *_: ["000000"])
            except GONE:
                pass
            for _ in range(30):
                if not sends(line, INFO_RESPONSE, 1, "000000"):
                    break
        players = [threading.Thread(target=play, args=(line,)) for line in lines]
        for player in players:
            player.start()
        for player in players:
            player.join()
        for line in lines:
            ends(line, 14)
        factor.unlock()


if __name__ == "__main__":
    unittest.main(verbosity=2)
