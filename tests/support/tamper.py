"""A relay that does to bytes what no line should: flips, doubles, swaps, keeps back or crumbles what passes next."""
from relay import Relay

FLIP, DOUBLE, SWAP, LOSE, CRUMBLE = "flip", "double", "swap", "lose", "crumble"
HARMFUL = (FLIP, DOUBLE, SWAP, LOSE)


class Tamper(Relay):
    def __init__(self, port):
        self.armed = None     # (how, direction)
        self.done = 0         # times bytes were altered
        super().__init__(port)

    def spoil(self, how, direction):
        """The next bytes in this direction, of whoever sends them, are altered; CRUMBLE goes on until calm() is called."""
        with self.lock:
            self.armed = (how, direction)

    def calm(self):
        """True when nothing waits to be altered any more."""
        with self.lock:
            waiting, self.armed = self.armed is not None, None
            return not waiting

    def waits(self):
        with self.lock:
            return self.armed is not None

    def pass_on(self, line, to, way, data, seen, thin):
        with self.lock:
            how, wanted = self.armed or (None, None)
            hit = how is not None and way == wanted and len(data) > 1
            if hit and how != CRUMBLE:
                self.armed = None
            self.done += hit
        if hit and how == CRUMBLE:  # what TCP may do, and nobody must mind
            return all(super(Tamper, self).pass_on(line, to, way, data[i:i + 1], seen, thin) for i in range(len(data)))
        return super().pass_on(line, to, way, self.altered(how, data) if hit else data, seen, thin)

    @staticmethod
    def altered(how, data):
        half = len(data) // 2
        return {FLIP: data[:half] + bytes([data[half] ^ 0x10]) + data[half + 1:], DOUBLE: data[:half] + data,
                SWAP: data[half:] + data[:half], LOSE: data[:half]}[how]
