"""New business at a counter: what it costs in keys, and the sales that are not of the plain kind: a company, a vehicle
in transit, a fleet. The real client on a pseudo-terminal against a real service."""
import os
import re
import subprocess
import sys
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from keyboard import ENTER, F3, F6, F10, F11, Client  # noqa: E402
from service import Service  # noqa: E402

TAB, TAKE, ANOTHER = b"\t", b"\x14", b"\x12"
MOST_KEYS = 13  # that are no data, for twelve fields that are


class Counter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.service.sql("update app.tenant set fleet_policies = true where id = 1")

    def client(self, who=None):
        line = types.SimpleNamespace(port=self.service.port)
        client = Client(self.service, line, who or self.service.clerk, os.path.join(self.service.home, self.id()))
        self.addCleanup(client.close)
        return client

    def fields(self, client, *texts):
        """Each typed and left with Enter; the last one stays."""
        client.type(ENTER.join(t.encode() for t in texts))

    def sale(self, plate):
        """Of a vehicle by its plate or chassis: customer, its kind, state of policy and receipt, what is due and paid."""
        return self.service.sql(
            "select c.name, c.kind, p.state, r.state, t.total = r.amount from app.vehicle v join app.policy p on "
            "p.vehicle_id = v.id join app.customer c on c.id = p.customer_id join app.term t on t.policy_id = p.id join "
            f"app.receipt r on r.policy_id = p.id where coalesce(v.plate_key, v.chassis_key) = '{plate}'")

    def test_twelve_typed_fields_take_no_more_keys_than_they_may(self):
        data = ["t 801 qka", "car", "Toyota", "Noah", "2015", "GJ7-801801", "0754 801 801", "Rehema Zuberi Qka", "passport",
                "QK801801", "comprehensive", "15m"]
        keys = [F6] + [ENTER] * (len(data) - 2) + [F10]
        typed = b"".join(d.encode() + k for d, k in zip(data, keys))
        client = self.client()
        client.type(typed, rb"Saved")
        print(f"\nnew business: {len(data)} fields typed, {len(keys)} keys besides, at most {MOST_KEYS}")
        self.assertLessEqual(len(keys), MOST_KEYS)
        self.assertEqual(self.sale("T801QKA"), "Rehema Zuberi Qka|1|3|1|t")

    def test_a_vehicle_in_transit_is_sold_by_its_chassis(self):
        client = self.client()
        client.type(F6 + ENTER)
        self.fields(client, "motorcycle", "Bajaj", "", "2024", "QKTRANSIT1", "0754 802 802", "Juma Transit Qkb", "", "", "third", "")
        client.type(F10, rb"Saved")
        self.assertEqual(self.sale("QKTRANSIT1"), "Juma Transit Qkb|1|3|1|t")

    def test_a_company_is_not_asked_what_only_a_person_has(self):
        client = self.client()
        client.type(F6)
        self.fields(client, "t 803 qkc", "car", "Isuzu", "", "2020", "")
        client.type(TAB + TAB + b"company" + TAB)
        client.type(F11, rb"Address")
        self.assertNotIn(b"Born", client.seen)
        client.type(F11)
        self.fields(client, "0754 803 803", "Qkc Transport Limited", "", "", "third", "")
        client.type(F10, rb"Saved")
        self.assertEqual(self.sale("T803QKC"), "Qkc Transport Limited|2|3|1|t")

    def test_what_is_on_record_fills_itself_with_the_last_product(self):
        client = self.client()
        client.type(F6)
        self.fields(client, "t 804 qkd", "car", "Nissan", "", "", "", "0754 804 804", "Neema Last Qkd", "", "", "comprehensive", "20m")
        client.type(F10, rb"Saved")
        client.type(F3 + F6 + b"0754 804 804" + ENTER, rb"804 QKD is theirs")
        client.type(TAKE, rb"20,000,000")
        self.assertIn(b"comprehensive", client.seen.lower())
        self.assertIn(b"Nissan", client.seen)

    def covers(self, policy):
        return self.service.sql("select string_agg(v.plate_key, ' ' order by v.plate_key) from app.cover c join app.vehicle v on v.id "
                                f"= c.vehicle_id join app.policy p on p.id = c.policy_id where p.number = '{policy}' and c.in_force")

    def pay_and_look(self, policy):
        self.service.ask(self.service.cashier, ("act", {"entity": "receipt", "action": "verify", "id": int(self.service.sql(
            f"select r.id from app.receipt r join app.policy p on p.id = r.policy_id where p.number = '{policy}'"))}))
        return self.covers(policy)

    def test_a_fleet_is_one_vehicle_after_the_other(self):
        client = self.client()
        client.type(F6)
        self.fields(client, "t 805 qke", "car", "Toyota", "Hiace", "2015", "", "0754 805 805", "Fleet Owner Qke", "", "", "comprehensive",
                    "30m")
        client.type(ANOTHER, rb"2 of a fleet")
        self.fields(client, "t 806 qke", "car", "Nissan")
        client.type(ANOTHER, rb"T 806 QKE")
        client.type(F10, rb"Saved")
        policy = re.search(rb"(KK/\d+/\d+)", client.seen)[1].decode()
        self.assertEqual(self.service.sql(f"select t.total from app.term t join app.policy p on p.id = t.policy_id where p.number = "
                                          f"'{policy}'"), str(2 * 1239000_00))
        self.assertEqual(self.pay_and_look(policy), "T805QKE T806QKE")

    def plain(self, *lines):
        """A conversation by lines; gives what was said."""
        who = self.service.clerk
        env = dict(os.environ, BIMA_PASSWORD_FILE=self.service.password_file(who), BIMA_KNOWN_HOSTS=self.service.known_hosts,
                   HOME=self.service.home, LC_ALL="C.UTF-8")
        argv = [self.service.bima, "--plain", "-l", who, "-p", str(self.service.port), "127.0.0.1"]
        ran = subprocess.run(argv, env=env, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120, check=False)
        return ran.stdout + ran.stderr

    def test_a_fleet_by_words(self):
        said = self.plain("new business t 807 qkf", "car", "Toyota", "", "", "", "", "", "0754 807 807", "Fleet Plain Qkf", "", "",
                          "comprehensive", "30m", "*", "t 808 qkf", "car", "Nissan", "!", "quit")
        self.assertIn("Vehicle 2.", said)
        self.assertIn("Saved.", said)
        policy = re.search(r"Policy (KK/\S+?),", said.split("Saved.")[1])[1]
        self.assertEqual(self.pay_and_look(policy), "T807QKF T808QKF")


if __name__ == "__main__":
    unittest.main(verbosity=2)
