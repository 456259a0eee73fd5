"""bima in a pseudo-terminal, typed to by a program that knows when it has taken all and waits for nothing."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

F1, F2, F3, F4 = b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS"
F5, F6, F8, F10, F11, F12 = (b"\x1b[%d~" % n for n in (15, 17, 19, 21, 23, 24))
ENTER, TAB, DOWN_KEY, LEFT_KEY, CLEAR = b"\r", b"\t", b"\x1bOB", b"\x1bOD", b"\x15"
MARK = re.compile(rb"\x1b\]9;(\w+) (\d+) \d+x\d+\x07")


class Client:
    """bima in a pseudo-terminal, typed to by a program: it says itself when it has taken all and waits for nothing."""

    def __init__(self, service, relay, who, home, theme="lean"):
        self.sent, self.pid = 0, None
        os.makedirs(home, exist_ok=True)
        known = os.path.join(home, "known_hosts")
        with open(service.known_hosts) as line, open(known, "w") as out:
            out.write(line.read().replace(f":{service.port} ", f":{relay.port} "))
        env = {"TERM": "vt100", "LC_ALL": "C.UTF-8", "HOME": home, "BIMA_IDLE_FD": "1", "BIMA_KNOWN_HOSTS": known,
               "BIMA_PASSWORD_FILE": service.password_file(who)}
        if theme:
            env["BIMA_THEME"] = theme
        argv = [service.bima, "-l", who, "-p", str(relay.port), "127.0.0.1"]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], argv, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.seen = b""
        self.until("idle", rb"find or do")

    def read(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            self.seen += os.read(self.fd, 65536)

    def until(self, word, text=None, seconds=90):
        """Waits for a mark with `word` that knows of everything typed, and for the text before it."""
        end = time.monotonic() + seconds
        while True:
            marks = MARK.findall(self.seen)
            if marks and marks[-1][0] == word.encode() and int(marks[-1][1]) >= self.sent and \
                    (text is None or re.search(text, self.seen)):
                return
            assert time.monotonic() < end, f"no {word} with {text} behind {self.sent} bytes:\n{self.seen[-3000:]!r}"
            self.read(1)

    def send(self, keys):
        self.seen = b""
        self.sent += len(keys)
        while keys:
            keys = keys[os.write(self.fd, keys[:1024]):]
            self.read(0)

    def type(self, keys, text=None, seconds=90):
        self.send(keys)
        self.until("idle", text, seconds)

    def form(self, name, phone):
        self.type(F3 + b"new customer" + ENTER)
        self.type(TAB + name.encode() + TAB + phone.encode())

    def child(self):
        """The client itself; its supervisor only waits."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as children:
            return int(children.read().split()[0])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child()}/fd"))

    def kill(self):
        """The client without a moment to do anything; its supervisor ends behind it."""
        os.kill(self.child(), signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.pid = None

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.fd)
            self.pid = None
