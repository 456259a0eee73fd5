#!/usr/bin/python3
"""Ctrl-Z in a shell with job control: the shell gets its terminal as it was, fg brings the screen back."""
import os
import pty
import select
import sys
import time
import unittest

CLIENT = sys.argv.pop()
PATIENCE = 30  # seconds for what is expected; nothing waits for it to pass


class Shell:
    """bash on a terminal of its own."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = {"TERM": "xterm", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PS1": "READY> ",
                   "HOME": "/nonexistent"}
            os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"], env)
        self.seen = b""
        self.until(b"READY> ")

    def until(self, text):
        """Reads until `text` came; what came before it is gone then, and returned."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen[-2000:]!r}"
            self.seen += os.read(self.fd, 65536)
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, keys):
        os.write(self.fd, keys)

    def settings(self):
        self.type(b"stty -g; echo 'DO''NE'\n")
        return [line for line in self.until(b"DONE").decode().split() if line.count(":") > 10][-1]

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Suspend(unittest.TestCase):
    def test_the_shell_gets_its_terminal_and_the_screen_comes_back(self):
        shell = Shell()
        before = shell.settings()
        shell.until(b"READY> ")
        shell.type(f"{CLIENT} alone\n".encode())
        shell.until(b"\x1b[?1049h")
        shell.until(b"F12")
        shell.type(b"salma\x1a")
        left = shell.until(b"Stopped")
        self.assertIn(b"\x1b[?1049l", left, "the shell's own screen")
        self.assertIn(b"\x1b[?2004l", left, "pastes are not marked for the shell")
        shell.until(b"READY> ")
        self.assertEqual(shell.settings(), before)
        shell.until(b"READY> ")
        shell.type(b"fg\n")
        shell.until(b"\x1b[?1049h")
        shell.until(b"salma")
        shell.type(b"\x1b=")
        shell.until(b"READY> ")
        self.assertEqual(shell.settings(), before)
        shell.end()


if __name__ == "__main__":
    unittest.main()
