"""For tests of clients that do not behave: each comes from an address of its own, somebody honest works all the while, and
no process of the service is started again."""
import itertools
import logging
import os
import socket
import sys
import unittest

import paramiko

import wire
from honest import Honest
from service import Service, wait_for

# honest answers, seconds, whatever others do: the usual one, and the one that came worst on a machine that is busy with other tests
MOST_MEDIAN, MOST_WORST = 0.1, 2
GONE = (OSError, EOFError, paramiko.SSHException)

addresses = (f"127.{a}.{b}.{c}" for a, b, c in itertools.product(range(1, 250), range(250), range(1, 250)))
service = None
honest = None


def set_up(**settings):
    """One service for a file of tests; its honest client sits at 127.0.0.1, an office."""
    global service, honest
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    service = Service(log_level="debug", **settings)
    service.__enter__()
    honest = Honest(service, service.manager)
    honest.rest(2)
    return service


def tear_down():
    print("\n" + honest.table(), file=sys.stderr)
    print(f"longest turn of the front's loop: {service.status()[0]['longest_turn_ms']} ms", file=sys.stderr)
    honest.close()
    service.__exit__(None, None, None)


def fresh():
    """An address nobody came from before."""
    return next(addresses)


def tcp(source=None, timeout=20):
    s = socket.create_connection(("127.0.0.1", service.port), timeout=timeout, source_address=(source or fresh(), 0))
    s.settimeout(timeout)
    return s


def line(source=None):
    return wire.connect(service.port, source=source or fresh())


def signed_in(who=None, source=None):
    who = who or service.clerk
    return wire.connect(service.port, who, service.password(who), source=source or fresh())


def ends(transport, seconds=20, why=None):
    wait_for("the session is ended", lambda: not transport.is_active(), seconds)
    if why is not None:
        wait_for(f"the log gives the reason: {why}", lambda: service.logged(f'why="{why}"'), 5)


def sends(transport, kind, *parts):
    """An SSH packet as it is; False when the line is closed."""
    try:
        wire.raw(transport, kind, *parts)
    except GONE:
        return False
    return True


def processes():
    return {name: pid for name, pid, _ in service.processes()}


class Played(unittest.TestCase):
    """A trick is played in each test. The honest client's answers are fast meanwhile, and afterwards all is as before."""

    def setUp(self):
        wait_for("earlier half-open lines are gone", lambda: service.status()[0]["half_open"] == "0")
        wait_for("all processes run", lambda: len(processes()) >= 7)
        self.before = processes()
        self.front = self.before["front.0"]
        honest.begin()

    def tearDown(self):
        seen = honest.end(self._testMethodName)
        self.assertEqual(processes(), self.before, "a process ended or was started again")
        for what, most in (("median", MOST_MEDIAN), ("worst", MOST_WORST)):
            self.assertLessEqual(seen[what], most, f"honest answers took {seen}, when nobody misbehaves {honest.seen['nobody misbehaves']}")
        reply, = service.ask(service.clerk, ("me", {}))
        self.assertEqual(reply["code"], "OK")

    def resident(self):
        """Bytes of memory the front has."""
        with open(f"/proc/{self.front}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
