#!/usr/bin/python3
"""What a session may ask for, and what is refused: OpenSSH's client and paramiko against a real service."""
import json
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import termios
import fcntl
import time
import unittest

import paramiko

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service, free_port, wait_for  # noqa: E402


def setUpModule():
    global service
    service = Service(max_channels=4)
    service.__enter__()


def tearDownModule():
    service.__exit__(None, None, None)


def run(words, *options, text="", env=None, who=None):
    who = who or service.clerk
    return subprocess.run(service.ssh(who, *options) + words, env=env or service.ssh_env(who), input=text,
                          capture_output=True, text=True, timeout=60)


def transport(who=None):
    line = paramiko.Transport(("127.0.0.1", service.port))
    line.connect(username=who or service.clerk, password=service.password(who or service.clerk))
    return line


class Json:
    def __init__(self, line):
        self.channel = line.open_session()
        self.channel.invoke_subsystem("bima-json")
        self.channel.settimeout(60)
        self.lines = self.channel.makefile("r")

    def send(self, number, method, **params):
        self.channel.sendall((json.dumps({"id": number, "method": method, "params": params}) + "\n").encode())

    def reply(self):
        return json.loads(self.lines.readline())

    def call(self, number, method, **params):
        self.send(number, method, **params)
        return self.reply()


class Subsystems(unittest.TestCase):
    def test_bima_json_answers_a_script_of_paramiko(self):
        line = transport()
        script = Json(line)
        self.assertEqual(script.call(1, "me")["body"]["me"]["login"], "amina")
        self.assertEqual(script.call(7, "nonsense")["code"], "UNKNOWN_METHOD")
        self.assertEqual(script.call(8, "list", entity="customer")["code"], "OK")
        line.close()

    def test_bima_json_answers_openssh_also_a_last_line_without_newline(self):
        done = run(["bima-json"], "-s", text='{"id":1,"method":"me","params":{}}\n\n{"id":2,"method":"home","params":{}}')
        self.assertEqual(done.returncode, 0, done.stderr)
        replies = [json.loads(row) for row in done.stdout.splitlines()]
        self.assertEqual(sorted((r["id"], r["code"]) for r in replies), [(1, "OK"), (2, "OK")])

    def test_a_line_that_is_no_json_is_answered_and_the_next_one_too(self):
        line = transport()
        script = Json(line)
        script.channel.sendall(b"hello?\n")
        self.assertEqual(script.reply()["code"], "BAD_FRAME")
        self.assertEqual(script.call(2, "me")["code"], "OK")
        line.close()

    def test_several_channels_of_one_session_work_side_by_side_up_to_the_limit(self):
        line = transport()
        scripts = [Json(line) for _ in range(4)]
        for i, script in enumerate(scripts):
            script.send(i + 1, "me")
        self.assertEqual([s.reply()["id"] for s in scripts], [1, 2, 3, 4])
        with self.assertRaises(paramiko.ChannelException):
            line.open_session(timeout=10)
        scripts.pop().channel.close()
        wait_for("a closed channel makes room", lambda: self.opens(line))
        line.close()

    @staticmethod
    def opens(line):
        try:
            line.open_session(timeout=10)
            return True
        except paramiko.ChannelException:
            return False

    def test_a_hundred_requests_at_once_are_all_answered(self):
        line = transport()
        script = Json(line)
        script.channel.sendall("".join(json.dumps({"id": i, "method": "me", "params": {}}) + "\n"
                                       for i in range(1, 101)).encode())
        self.assertEqual({script.reply()["id"] for _ in range(100)}, set(range(1, 101)))
        line.close()


class Commands(unittest.TestCase):
    def test_a_command_prints_and_gives_its_exit_status(self):
        done = run(["me"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("amina", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_errors_go_to_standard_error_with_the_exit_status_of_their_kind(self):
        done = run(["customer", "show", "nobody-of-this-name"])
        self.assertEqual((done.returncode, done.stdout), (66, ""), done.stderr)
        self.assertNotEqual(done.stderr, "")
        done = run(["frobnicate"])
        self.assertEqual((done.returncode, done.stdout), (64, ""), done.stderr)

    def test_quotes_keep_words_together_and_nothing_else_of_a_shell_works(self):
        done = run(["find '$(touch /tmp/x); `id` | cat > /dev/null'"])
        self.assertNotIn("uid=", done.stdout + done.stderr)
        self.assertIn(done.returncode, (0, 66), done.stderr)
        done = run(["find 'open quote"])
        self.assertEqual(done.returncode, 64)
        self.assertIn("not closed", done.stderr)

    def test_a_command_in_a_terminal_works_too(self):
        done = run(["me"], "-tt")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("amina", done.stdout)

    def test_a_shell_without_a_terminal_tells_how_to_use_it(self):
        done = run([])
        self.assertEqual(done.returncode, 64)
        self.assertRegex(done.stderr, "Usage: ssh -t LOGIN@HOST")

    def test_the_program_has_only_the_rights_it_needs(self):
        line = transport()
        channel = line.open_session()
        channel.get_pty("xterm-256color", 80, 24)
        channel.invoke_shell()
        front = service.pid("front.0")
        pid = wait_for("the client program runs", lambda: self.child(front))
        with open(f"/proc/{pid}/status") as status:
            fields = dict(row.rstrip("\n").split(":\t", 1) for row in status if ":\t" in row)
        self.assertEqual(fields["NoNewPrivs"], "1")
        self.assertEqual(fields["CapEff"].strip("0"), "")
        with open(f"/proc/{pid}/limits") as limits:
            self.assertRegex(limits.read(), r"Max file size\s+0\s+0")
        with open(f"/proc/{pid}/environ", "rb") as environ:
            names = {part.split(b"=")[0].decode() for part in environ.read().split(b"\0") if part}
        self.assertEqual(names, {"LANG", "BIMA_LOGIN", "BIMA_LINE_MS", "SSH_CONNECTION", "TERM"})
        # 0 … 2 are the terminal, 3 the line; anything beyond it opened itself
        self.assertIn("socket:", os.readlink(f"/proc/{pid}/fd/3"))
        for fd in "012":
            self.assertIn("/dev/pts/", os.readlink(f"/proc/{pid}/fd/{fd}"))
        channel.close()
        wait_for("it ends with its channel", lambda: not os.path.exists(f"/proc/{pid}"), 15)
        line.close()

    @staticmethod
    def child(front):
        done = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(front)], capture_output=True, text=True)
        rows = [row.split() for row in done.stdout.splitlines() if "--link-fd" in row]
        return rows[0][0] if rows else None


class Terminal(unittest.TestCase):
    def test_a_terminal_session_paints_follows_the_window_and_ends_when_the_line_is_cut(self):
        primary, secondary = pty.openpty()
        fcntl.ioctl(primary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen(service.ssh(service.clerk, "-t"), env=dict(service.ssh_env(service.clerk), TERM="xterm-256color"),
                                   stdin=secondary, stdout=secondary, stderr=secondary, start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(secondary)
        seen = self.read_until(primary, rb"\x1b\[[0-9;?]*[A-Za-z]")
        self.assertTrue(seen)
        self.read_until(primary, rb"Simba", seen)
        fcntl.ioctl(primary, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        process.send_signal(28)  # SIGWINCH: the client tells the service
        front = service.pid("front.0")
        pid = wait_for("the client program runs", lambda: Commands.child(front))
        terminal = os.readlink(f"/proc/{pid}/fd/0")
        wait_for("the new size arrives", lambda: self.size(terminal) == (30, 100) or self.drain(primary))
        process.kill()
        process.wait()
        wait_for("the program ends", lambda: not os.path.exists(f"/proc/{pid}"), 15)
        os.close(primary)

    @staticmethod
    def drain(fd):
        while select.select([fd], [], [], 0)[0]:
            os.read(fd, 65536)

    @staticmethod
    def size(path):
        done = subprocess.run(["stty", "-F", path, "size"], capture_output=True, text=True)
        return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None

    @staticmethod
    def read_until(fd, pattern, seen=b""):
        end = time.monotonic() + 30
        while not re.search(pattern, seen):
            assert time.monotonic() < end, seen
            if select.select([fd], [], [], 1)[0]:
                seen += os.read(fd, 65536)
        return seen


class Refused(unittest.TestCase):
    def test_port_forwarding_is_refused_both_ways(self):
        line = transport()
        with self.assertRaises(paramiko.ChannelException):
            line.open_channel("direct-tcpip", ("127.0.0.1", 5432), ("127.0.0.1", 1), timeout=10)
        with self.assertRaises(paramiko.SSHException):
            line.request_port_forward("127.0.0.1", 0)
        self.assertEqual(Json(line).call(1, "me")["code"], "OK")
        line.close()
        port = free_port()
        done = run(["me"], "-o", "ExitOnForwardFailure=yes", "-R", f"{port}:127.0.0.1:22")
        self.assertEqual(done.returncode, 255)
        self.assertIn("remote port forwarding failed", done.stderr)
        process = subprocess.Popen(service.ssh(service.clerk, "-N", "-L", f"{port}:127.0.0.1:{service.port}"),
                                   env=service.ssh_env(service.clerk), stderr=subprocess.PIPE, text=True)
        with wait_for("ssh listens", lambda: self.connect(port)) as through:
            through.settimeout(20)
            self.assertEqual(through.recv(10), b"")  # refused: closed without a byte
        process.kill()
        process.communicate()

    @staticmethod
    def connect(port):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            return None

    def test_sftp_and_unknown_subsystems_are_refused(self):
        for name in ("sftp", "netconf", "bima2", "BIMA", ""):
            line = transport()
            channel = line.open_session()
            with self.assertRaises(paramiko.SSHException):
                channel.invoke_subsystem(name)
            line.close()

    def test_x11_and_agent_forwarding_are_refused(self):
        line = transport()
        with self.assertRaises(paramiko.SSHException):
            line.open_session().request_x11()
        done = run(["me"], "-A", "-v")
        self.assertEqual(done.returncode, 0)
        line.close()

    def test_only_the_environment_of_language_and_terminal_is_taken(self):
        line = transport()
        channel = line.open_session()
        for name, value in (("LD_PRELOAD", "/tmp/x.so"), ("BIMA_LOGIN", "admin"), ("PATH", "/tmp"), ("LANG", "a b"), ("LC_ALL", "../x")):
            message = paramiko.Message()
            message.add_byte(b"\x62")
            message.add_int(channel.remote_chanid)
            message.add_string("env")
            message.add_boolean(True)
            message.add_string(name)
            message.add_string(value)
            channel._event_pending()
            line._send_user_message(message)
            with self.assertRaises(paramiko.SSHException, msg=name):
                channel._wait_for_event()
            channel = line.open_session()
        line.close()

    def test_a_second_thing_on_one_channel_is_refused(self):
        line = transport()
        channel = line.open_session()
        channel.invoke_subsystem("bima-json")
        with self.assertRaises(paramiko.SSHException):
            channel.exec_command("me")
        line.close()

    def test_a_command_that_is_too_long_is_refused(self):
        line = transport()
        with self.assertRaises(paramiko.SSHException):
            line.open_session().exec_command("find " + "x" * 9000)
        line.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
