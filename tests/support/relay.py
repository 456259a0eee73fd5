"""A relay in front of a service that counts bytes, cuts or holds the line where it is told, and can be as slow as a
thin line is."""
import collections
import random
import select
import socket
import struct
import threading
import time

UP, DOWN = "up", "down"
NEWKEYS, SEGMENT, HEADERS = 21, 1448, 52  # the last words in clear text; bytes of a TCP segment over IPv4


class Exchange:
    """Follows one direction of an SSH connection until what it carries is a secret; then counts it."""

    def __init__(self):
        self.begin, self.open, self.counted = b"", False, 0

    def feed(self, data):
        if self.open:
            self.counted += len(data)
            return
        self.begin += data
        at = self.begin.find(b"\n") + 1
        while at and len(self.begin) >= at + 6:
            end = at + 4 + int.from_bytes(self.begin[at:at + 4], "big")
            if len(self.begin) < end:
                break
            if self.begin[at + 5] == NEWKEYS:
                self.open, self.counted, self.begin = True, len(self.begin) - end, b""
                return
            at = end


class Thin:
    """One direction of a thin line: a queue in front of so many bytes a second, a delay, segments that get lost.

    A lost segment comes again when the sender has noticed, and what was sent behind it waits for it, as TCP does it.
    """

    def __init__(self, delay, rate, loss, seed):
        self.delay, self.rate, self.loss, self.rng = delay, rate, loss, random.Random(seed)
        self.free = self.last = 0.0
        self.lost = 0
        self.under_way = collections.deque()

    def put(self, data):
        for at in range(0, len(data), SEGMENT):
            piece = data[at:at + SEGMENT]
            self.free = max(self.free, time.monotonic()) + ((len(piece) + HEADERS) / self.rate if self.rate else 0)
            due, again = self.free + self.delay, max(1.0, 2 * self.delay + 0.2)
            while self.rng.random() < self.loss:
                self.lost += 1
                due += again
                again *= 2
            self.last = max(self.last, due)
            self.under_way.append((self.last, piece))

    def wait(self):
        return max(0.0, self.under_way[0][0] - time.monotonic()) if self.under_way else None

    def take(self):
        out = b""
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            out += self.under_way.popleft()[1]
        return out


class Relay:
    def __init__(self, port, delay=0.0, rate=0, loss=0.0, seed=1):
        """`delay` of each way in seconds, `rate` in bytes a second (0: any), `loss` as a part of 1."""
        self.to, self.thin, self.seed = port, (delay, rate, loss), seed
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.left = {}      # direction: bytes that still pass before the line is cut
        self.held = set()   # directions in which nothing passes
        self.cuts = 0
        self.passed = {UP: 0, DOWN: 0}
        self.sealed = {UP: 0, DOWN: 0}   # of them behind the exchange of keys
        self.lost = 0       # segments that had to be sent again
        threading.Thread(target=self.serve, daemon=True).start()

    def arm(self, direction, after):
        """Cuts the line of whoever sends the byte number `after` (from 0) from now on, before that byte passes."""
        with self.lock:
            self.left = {direction: after}

    def disarm(self):
        """True when the line was not cut since arm."""
        with self.lock:
            waiting, self.left = bool(self.left), {}
            return waiting

    def hold(self, *directions):
        with self.lock:
            self.held = set(directions)

    def count(self, sealed=True):
        """Bytes up and down so far."""
        with self.lock:
            of = self.sealed if sealed else self.passed
            return of[UP], of[DOWN]

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.to))
        except OSError:  # nobody is there: who came is told so
            client.close()
            return
        for line in (client, server):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seen = {UP: Exchange(), DOWN: Exchange()}
        thin = {way: Thin(*self.thin, f"{self.seed}{way}") for way in (UP, DOWN)} if any(self.thin) else {}
        try:
            while self.step(client, server, seen, thin):
                pass
        except OSError:
            pass
        for line in (client, server):
            line.close()

    def patience(self, thin):
        """Until something that is under way arrives, or the next look at what is held."""
        waits = [t.wait() for t in thin.values() if t.under_way]
        return min(waits + [0.02 if self.held else 1])

    def deliver(self, client, server, thin):
        for way, to in ((UP, server), (DOWN, client)):
            data = thin[way].take() if thin else b""
            if data:
                to.sendall(data)

    def step(self, client, server, seen, thin):
        with self.lock:
            held = set(self.held)
        ways = {client: (server, UP), server: (client, DOWN)}
        open_ways = [line for line, (_, way) in ways.items() if way not in held]
        ready = select.select(open_ways, [], [], self.patience(thin))[0]
        self.deliver(client, server, thin)
        for line in ready:
            to, way = ways[line]
            with self.lock:
                if way in self.held:  # since it was looked at
                    continue
            data = line.recv(65536)
            if not data:
                return False
            if not self.pass_on(line, to, way, data, seen[way], thin.get(way)):
                return False
        return True

    def pass_on(self, line, to, way, data, seen, thin):
        with self.lock:
            cut = way in self.left and len(data) > self.left[way]
            if cut:
                data = data[:self.left[way]]
                self.left = {}
                self.cuts += 1
            elif way in self.left:
                self.left[way] -= len(data)
            self.passed[way] += len(data)
            before = seen.counted
            seen.feed(data)
            self.sealed[way] += seen.counted - before
            if thin:
                lost = thin.lost
                thin.put(data)
                self.lost += thin.lost - lost
        if not thin:
            to.sendall(data)
        if cut:
            # the side that sent is reset, as by a dead line; the other gets what passed and an end
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return not cut
