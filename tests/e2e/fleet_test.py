#!/usr/bin/python3
"""A fleet from the command line and in plain mode against a real service: switched on, quoted, paid, certified, renewed."""
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support")]
from service import Service  # noqa: E402


class Fleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service(customers=50)
        cls.service.__enter__()
        cls.addClassCleanup(cls.service.__exit__, None, None, None)
        cls.good(cls.service.clerk, "customer", "add", "name=Kilimanjaro Tours", "phone=0712 555 001", "kind=company")
        for plate in ("T 801 QXA", "T 802 QXA", "T 803 QXA", "T 804 QXA", "T 805 QXA"):
            cls.good(cls.service.clerk, "vehicle", "add", f"plate={plate}", "vehicle_type=car", "make=Toyota", "owner=0712555001")

    @classmethod
    def environment(cls, who):
        return {"PATH": os.environ["PATH"], "HOME": cls.service.home, "LANG": "C.UTF-8", "BIMA_KNOWN_HOSTS": cls.service.known_hosts,
                "BIMA_PASSWORD_FILE": cls.service.password_file(who)}

    @classmethod
    def argv(cls, who, *words):
        return [cls.service.bima, "-l", who, "-p", str(cls.service.port), "127.0.0.1", *words]

    @classmethod
    def bima(cls, who, *words):
        done = subprocess.run(cls.argv(who, *words), env=cls.environment(who), capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr

    @classmethod
    def good(cls, who, *words):
        code, out, err = cls.bima(who, *words)
        assert code == 0, f"{words}: {code} {err}"
        return out

    def show(self, *words):
        return json.loads(self.good(self.service.clerk, *words, "--json"))

    def fields(self, *words):
        return [row["fields"] for row in self.show(*words)["page"]["rows"]]

    def test_1_it_is_sold_once_an_administrator_switched_it_on(self):
        quote = ("policy", "quote", "vehicles=T801QXA=15m; T802QXA=30m; T803QXA", "sum_insured=15m", "product=comprehensive")
        self.good(self.service.admin, "setting", "set", "me", "fleet_policies=no")
        code, _, err = self.bima(self.service.clerk, *quote)
        self.assertNotEqual(code, 0)
        self.assertIn("vehicles", err)
        self.good(self.service.admin, "setting", "set", "me", "fleet_policies=yes")
        policy = self.show(*quote)["record"]
        self.assertEqual((policy["fields"]["total"], policy["fields"]["vehicles"]), ("2478000.00", 3))
        number = type(self).number = policy["fields"]["number"]
        self.good(self.service.clerk, "policy", "issue", number)
        receipt = self.show("receipt", "add", f"policy={number}", "amount=2,478,000", "method=cash")["record"]["fields"]["number"]
        self.good(self.service.manager, "receipt", "verify", receipt)
        lines = self.fields("term_vehicle", "list", f"policy={number}")
        self.assertEqual([(r["seq"], r["vehicle"]["label"], r["total"]) for r in lines],
                         [(1, "T 801 QXA", "619500.00"), (2, "T 802 QXA", "1239000.00"), (3, "T 803 QXA", "619500.00")])
        certificates = self.fields("certificate", "list", f"policy={number}")
        self.assertEqual(sorted(k["vehicle"]["label"] for k in certificates), ["T 801 QXA", "T 802 QXA", "T 803 QXA"])
        text = self.good(self.service.clerk, "certificate", "print", certificates[0]["number"], "--format", "text", "-o", "-")
        self.assertIn(certificates[0]["vehicle"]["label"], text)
        self.assertIn("T 802 QXA", self.good(self.service.clerk, "term_vehicle", "list", f"policy={number}"))

    def test_2_plain_mode_asks_for_the_vehicles_and_shows_them(self):
        done = subprocess.run(self.argv(self.service.clerk, "--plain"), env=self.environment(self.service.clerk), capture_output=True, text=True,
                              timeout=120, check=False, input="policy quote vehicles='T804QXA=15m; T805QXA=30m' product=comprehensive\n!\n"
                                    f"{self.number}\nvehicles\nquit\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"Quote: Policy \S+, to pay 1,858,500\.")
        for said in (r"Vehicles: 3", r"1 .*T 801 QXA.*15,000,000", r"2 .*T 802 QXA.*30,000,000"):
            self.assertRegex(done.stdout, said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
