"""Stands between the workers and the embedded database, keeps what both say, and tells requests from it.

The socket's file is moved aside and ours put in its place, so nothing of the service is told or changed. Counting round
trips this way assumes nothing: a round trip is what ends with Sync and is answered with ReadyForQuery.
"""
import contextlib
import os
import re
import socket
import struct
import threading

from values import read_value

SOCKET = ".s.PGSQL.5432"
# What workers do between requests: usage, the life of sessions, signing in.
BACKGROUND = re.compile(r"app\.(usage_|check_sessions|sign_in|login|end_|code_right|error_)")
ENTER = "select * from app.enter("
REQUEST_ID = 3  # parameter of app.enter


class Statement:
    """One execution: its text, what was bound, what came back."""

    def __init__(self, sql, types, values):
        self.sql, self.types, self.values = sql, types, values
        self.names, self.rows, self.failed = [], [], False

    def param(self, i):
        return read_value(self.types[i], self.values[i])

    def cell(self, row, column):
        name, oid = self.names[column]
        return read_value(oid, self.rows[row][column])


class Line:
    """One connection: the raw bytes of both directions, read once it is over."""

    def __init__(self):
        self.up, self.down = bytearray(), bytearray()

    def trips(self):
        """(statements, whether a transaction was open before them)"""
        answered = list(self.answered())[1:]  # the first says that the line stands
        inside = False
        for statements, (results, status) in zip(self.asked(), answered):
            for statement, (names, rows, failed) in zip(statements, results):
                statement.names, statement.rows, statement.failed = names, rows, failed
            yield statements, inside
            inside = status != b"I"

    def asked(self):
        """Lists of the statements between two Syncs."""
        prepared, bound, trip = {}, None, []
        for kind, body in messages(self.up, startup=True):
            if kind == b"P":
                name, sql, rest = cstrings(body, 2)
                count = struct.unpack_from("!h", rest)[0]
                prepared[name] = (sql, struct.unpack_from(f"!{count}i", rest, 2))
            elif kind == b"B":
                bound = bind(body, prepared)
            elif kind == b"E":
                trip.append(bound)
            elif kind in (b"S", b"Q"):
                yield trip
                trip = []

    def answered(self):
        """For each trip: what each of its statements gave."""
        results, names, rows = [], [], []
        for kind, body in messages(self.down):
            if kind == b"T":
                names, rows = describe(body), []
            elif kind == b"n":
                names, rows = [], []
            elif kind == b"D":
                rows.append(cells(body))
            elif kind in (b"C", b"I"):
                results.append((names, rows, False))
                names, rows = [], []
            elif kind == b"E":
                results.append(([], [], True))
            elif kind == b"Z":
                yield results, body
                results, names, rows = [], [], []


def messages(raw, startup=False):
    at = 0
    if startup:
        at = struct.unpack_from("!i", raw)[0] if len(raw) >= 8 else len(raw)
    while at + 5 <= len(raw):
        size = struct.unpack_from("!i", raw, at + 1)[0]
        if at + 1 + size > len(raw):
            return
        yield bytes(raw[at:at + 1]), bytes(raw[at + 5:at + 1 + size])
        at += 1 + size


def cstrings(body, n):
    out = []
    for _ in range(n):
        text, _, body = body.partition(b"\0")
        out.append(text.decode())
    return (*out, body)


def bind(body, prepared):
    _, name, rest = cstrings(body, 2)
    nformats = struct.unpack_from("!h", rest)[0]
    at = 2 + 2 * nformats
    nvalues = struct.unpack_from("!h", rest, at)[0]
    at += 2
    values = []
    for _ in range(nvalues):
        size = struct.unpack_from("!i", rest, at)[0]
        at += 4
        values.append(None if size < 0 else rest[at:at + size])
        at += max(size, 0)
    sql, types = prepared[name]
    return Statement(sql, types, values)


def describe(body):
    n, at, out = struct.unpack_from("!h", body)[0], 2, []
    for _ in range(n):
        end = body.index(b"\0", at)
        out.append((body[at:end].decode(), struct.unpack_from("!i", body, end + 7)[0]))
        at = end + 19
    return out


def cells(body):
    n, at, out = struct.unpack_from("!h", body)[0], 2, []
    for _ in range(n):
        size = struct.unpack_from("!i", body, at)[0]
        at += 4
        out.append(None if size < 0 else body[at:at + size])
        at += max(size, 0)
    return out


class Request:
    """What one request of a person did: its round trips, each a list of statements."""

    def __init__(self):
        self.trips, self.beside = [], 0

    def count(self):
        """Of round trips, those to load a key or the like beside them."""
        return len(self.trips) + self.beside

    def statements(self):
        return [s for trip in self.trips for s in trip]

    def failed(self):
        return any(s.failed for s in self.statements())

    def shape(self):
        return tuple(tuple(s.sql for s in trip) for trip in self.trips)


def requests_of(lines):
    """By the id the preamble carries. Without one it belongs to the request whose transaction is open, or that was before it."""
    found = {}
    for line in lines:
        name = None
        for trip, inside in line.trips():
            enter = next((s for s in trip if s.sql.startswith(ENTER)), None)
            if enter:
                name = enter.param(REQUEST_ID)
            if not name or not trip:
                continue
            request = found.setdefault(name, Request())
            if enter or inside:
                request.trips.append(trip)
            elif not any(BACKGROUND.search(s.sql) for s in trip):
                request.beside += 1
    return found


class Tap:
    """`with Tap(directory) as tap`: connections made meanwhile go through it. `take()` gives the requests since the last."""

    PORT = 5431  # the number under which the database itself is found meanwhile

    def __init__(self, directory):
        self.path = os.path.join(directory, SOCKET)
        self.real = os.path.join(directory, f".s.PGSQL.{self.PORT}")
        self.lines, self.lock, self.open, self.told = [], threading.Lock(), [], set()

    def __enter__(self):
        os.rename(self.path, self.real)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        os.rename(self.real, self.path)
        self.listener.close()
        for line in self.open:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.real)
                line = Line()
                self.open += [near, far]
                with self.lock:
                    self.lines.append(line)
                for a, b, log in ((near, far, line.up), (far, near, line.down)):
                    threading.Thread(target=self.carry, args=(a, b, log), daemon=True).start()

    @staticmethod
    def carry(source, target, log):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                log += data
                target.sendall(data)
        for s in (source, target):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def requests(self):
        """Those that were not given before."""
        with self.lock:
            return [r for name, r in requests_of(self.lines).items() if name not in self.told and not self.told.add(name)]
