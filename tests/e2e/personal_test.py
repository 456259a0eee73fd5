#!/usr/bin/python3
"""A running service: personal data of the demo and of new customers is sealed, keys are changed meanwhile, a wrong master key is refused."""
import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from service import Service, wait_for  # noqa: E402


class Personal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.service.__enter__()
        cls.addClassCleanup(cls.service.__exit__, None, None, None)
        cls.master = os.path.join(cls.service.state, "master_key")

    def add(self, n):
        reply = self.service.ask(self.service.clerk, ("add", {"entity": "customer", "fields": {
            "name": f"Mariamu Sealed{n}", "phone": f"0762 55{n:04d}", "email": f"mariamu{n}@example.org", "id_type": "passport",
            "id_number": f"PQ{n:06d}", "note": f"a note about {n}"}}))[0]
        self.assertEqual(reply["code"], "OK", reply)
        return reply["body"]["record"]["id"]

    def get(self, who, id):
        return self.service.ask(who, ("get", {"entity": "customer", "id": id}))[0]["body"]["record"]["fields"]

    def test_what_the_demo_and_people_enter_is_sealed_and_read_again(self):
        id = self.add(1)
        self.assertEqual(self.get(self.service.clerk, id)["id_number"], "PQ000001")
        self.assertEqual(self.get(self.service.cashier, id)["id_number"], "•" * 5 + "001")
        rows = self.service.ask(self.service.clerk, ("list", {"entity": "customer", "limit": 60}))[0]["body"]["page"]["rows"]
        known = [r["fields"] for r in rows if r["fields"].get("id_number") and r["id"] != id]
        self.assertGreater(len(known), 10)
        hits = self.service.ask(self.service.clerk, ("find", {"text": known[0]["id_number"]}))[0]["body"]["hits"]
        self.assertEqual([h["record"]["label"] for h in hits], [known[0]["name"]])
        dump = subprocess.run(["pg_dump", "-d", f"host={self.service.run}/postgres dbname=bima user=bima_boot"], check=True, capture_output=True,
                              text=True).stdout
        for word in ["mariamu1@example.org", "PQ000001", "pq000001", "a note about 1", "PQ000001".encode().hex()] + [f["id_number"] for f in known]:
            self.assertNotIn(word, dump)

    def test_the_network_processes_can_not_read_the_master_key(self):
        self.assertEqual(os.stat(self.master).st_mode & 0o777, 0o600)
        if self.service.root:
            self.assertNotEqual(subprocess.run(["setpriv", "--reuid", "bima-front", "--clear-groups", "cat", self.master],
                                               capture_output=True).returncode, 0)
        fronts = [pid for name, pid, _ in self.service.processes() if name.startswith("front")]
        self.assertTrue(fronts)
        for pid in fronts:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                self.assertNotIn("master_key", os.readlink(f"/proc/{pid}/fd/{fd}"))
        with open(self.master, encoding="ascii") as f:
            secret = f.read().strip()
        with open(self.service.log, encoding="utf-8", errors="replace") as f:
            self.assertNotIn(secret, f.read())

    def test_keys_are_changed_while_people_work_and_workers_die(self):
        ids = [self.add(100 + n) for n in range(3)]
        owner = os.stat(self.master).st_uid
        for words in (("keys", "rotate"), ("keys", "rotate", "--company", "SI"), ("keys", "rotate")):
            self.service.ctl(*words)
            ids.append(self.add(110 + len(ids)))
            for name, pid, _ in self.service.processes():
                if name.startswith("worker"):
                    os.kill(pid, signal.SIGKILL)
            wait_for("workers are back", lambda: self.service.ask(self.service.clerk, ("me", {}))[0]["code"] == "OK")
            for id in ids:
                self.assertTrue(self.get(self.service.clerk, id)["id_number"].startswith("PQ0001"))
        self.assertEqual(os.stat(self.master).st_uid, owner)
        self.assertIn("company=SI generation=2 rotating=no", self.service.ctl("keys", "status"))

    def test_z_the_service_does_not_start_with_another_master_key_and_does_with_its_own(self):
        id = self.add(200)
        self.service.stop()
        with open(self.master, encoding="ascii") as f:
            kept = f.read()
        owner = os.stat(self.master)

        def put(text):
            with open(self.master, "w", encoding="ascii") as f:
                f.write(text)
            os.chown(self.master, owner.st_uid, owner.st_gid)
        put("ab" * 32 + "\n")
        done = subprocess.run([self.service.bimad, "--config", self.service.conf], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not the one this database was made with", done.stdout + done.stderr)
        self.assertNotIn("abababab", done.stdout + done.stderr)
        put(kept)
        self.service.start()
        self.assertEqual(self.get(self.service.clerk, id)["id_number"], "PQ000200")


if __name__ == "__main__":
    unittest.main(verbosity=2)
