"""A relay in front of a service that counts bytes and cuts or holds the line where it is told."""
import select
import socket
import struct
import threading

UP, DOWN = "up", "down"


class Relay:
    def __init__(self, port):
        self.to = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.left = {}      # direction: bytes that still pass before the line is cut
        self.held = set()   # directions in which nothing passes
        self.cuts = 0
        self.passed = {UP: 0, DOWN: 0}
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
        server = socket.create_connection(("127.0.0.1", self.to))
        for line in (client, server):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while self.step(client, server):
                pass
        except OSError:
            pass
        for line in (client, server):
            line.close()

    def step(self, client, server):
        with self.lock:
            held = set(self.held)
        ways = {client: (server, UP), server: (client, DOWN)}
        open_ways = [line for line, (_, way) in ways.items() if way not in held]
        ready = select.select(open_ways, [], [], 0.02 if held else 1)[0]
        for line in ready:
            to, way = ways[line]
            with self.lock:
                if way in self.held:  # since it was looked at
                    continue
            data = line.recv(65536)
            if not data:
                return False
            with self.lock:
                cut = way in self.left and len(data) > self.left[way]
                if cut:
                    data = data[:self.left[way]]
                    self.left = {}
                    self.cuts += 1
                elif way in self.left:
                    self.left[way] -= len(data)
                self.passed[way] += len(data)
            to.sendall(data)
            if cut:
                # the side that sent is reset, as by a dead line; the other gets what passed and an end
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
        return True
