"""The subsystem `bima` from Python: frames of CBOR over a paramiko channel. Knows the numbers of bima-protocol(7)."""
import os
import socket

import cbor2
import paramiko

REQUEST, REPLY, EVENT, CANCEL, PING, PONG, GOAWAY, HELLO = range(8)
OK, BAD_FRAME, BUSY, DEADLINE, SHUTTING_DOWN, CANCELLED, RETRY = 0, 10, 40, 42, 43, 44, 45
ME, LIST = 2, 5
ENTITY = 1
CUSTOMER, BRANCH = 1, 11


def connect(port, who=None, password=None, timeout=60, source="127.0.0.1"):
    """A transport; signed in when a user is named."""
    line = paramiko.Transport(socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(source, 0)))
    line.banner_timeout = line.auth_timeout = timeout
    line.start_client(timeout=timeout)
    if who is not None:
        line.auth_password(who, password)
    return line


class Wire:
    def __init__(self, line, hello=True, timeout=60):
        self.channel = line.open_session()
        self.channel.settimeout(timeout)
        self.channel.invoke_subsystem("bima")
        self.got = b""
        if hello:
            self.send([HELLO, [1], 0, "test 1.0", "", "en"])

    def send_bytes(self, payload):
        self.channel.sendall(len(payload).to_bytes(3, "big") + b"\0" + payload)

    def send(self, message):
        self.send_bytes(cbor2.dumps(message, canonical=False))

    def request(self, number, method=ME, params=None, **options):
        """options: deadline_ms, idem"""
        opts = {key: options[name] for key, name in ((1, "idem"), (2, "deadline_ms")) if name in options}
        self.send([REQUEST, number, method, params or {}, opts])

    def receive(self):
        """One message, or None at the end."""
        while len(self.got) < 4 or len(self.got) < 4 + int.from_bytes(self.got[:3], "big"):
            piece = self.channel.recv(65536)
            if not piece:
                return None
            self.got += piece
        n = int.from_bytes(self.got[:3], "big")
        assert self.got[3] == 0, "deflate was not agreed on"
        payload, self.got = self.got[4:4 + n], self.got[4 + n:]
        return cbor2.loads(payload)

    def replies(self, count):
        """{request: code} of the next replies; other messages are given back as a list beside it."""
        codes, others = {}, []
        while len(codes) < count:
            message = self.receive()
            assert message is not None, f"the line ended after {codes}"
            if message[0] == REPLY:
                codes[message[1]] = message[2]
            else:
                others.append(message)
        return codes, others


def raw(line, kind, *parts):
    """Sends an SSH packet as it is: bytes, int (uint32), bool or str."""
    message = paramiko.Message()
    message.add_byte(bytes([kind]))
    for part in parts:
        if isinstance(part, bool):
            message.add_boolean(part)
        elif isinstance(part, int):
            message.add_int(part)
        elif isinstance(part, bytes):
            message.add_bytes(part)
        else:
            message.add_string(part)
    line._send_message(message)


def random_bytes(n):
    return os.urandom(n)
