#!/usr/bin/python3
"""What is lost is noticed: every process of the service, and the client, looks for leaks when it ends, and a test that ran it
fails. The library BIMA_LEAK loses a block in each process that it is loaded into."""
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service  # noqa: E402

LOSING = {"LD_PRELOAD": os.environ["BIMA_LEAK"], "ASAN_OPTIONS": "verify_asan_link_order=0"}
FOUND = 1  # the exit status of a process that has found a leak


class Leaks(unittest.TestCase):
    def test_every_process_of_the_service_looks_for_them_when_it_is_asked_to_stop(self):
        service = Service(demo=False, env=LOSING)
        self.addCleanup(shutil.rmtree, service.home)
        service.start()
        processes = [(name, pid) for name, pid, _ in service.processes() if name != "postgres"]
        self.assertGreaterEqual(len(processes), 7)  # master, front, workers of three kinds, jobs
        service.stop()
        with open(service.log, errors="replace") as log:
            said = log.read()
        self.assertEqual([name for name, pid in processes if f"=={pid}==ERROR: LeakSanitizer" not in said], [])

    def test_a_test_that_ran_such_a_service_fails(self):
        with self.assertRaisesRegex(AssertionError, "LeakSanitizer"):
            with Service(demo=False, env=LOSING):
                pass

    def test_a_service_that_loses_nothing_says_nothing(self):
        with Service(demo=False) as service:
            service.stop()
            self.assertEqual(service.reports(), [])

    def test_the_client_looks_for_them_too(self):
        bima = os.path.join(os.environ["BIMA_BUILD"], "client/bima")
        for env, status in (({}, 0), (LOSING, FOUND)):
            done = subprocess.run([bima, "--version"], env=dict(os.environ, **env), capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, status, done.stderr)


if __name__ == "__main__":
    unittest.main()
