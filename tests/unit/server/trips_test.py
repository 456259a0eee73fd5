"""How often a request goes to the database, as its line in the log says: once to read, twice to add a record that names no other.
Further trips are for answers that the next question depends on; these numbers only become smaller."""
import itertools
import re
import tempfile
import unittest

from world import SIMBA, User, Worker, boot, plate


class Trips(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = tempfile.TemporaryFile("w+")
        cls.worker = Worker(stderr=cls.log)
        cls.neema = User(cls.worker, SIMBA, "neema")
        cls.numbers = itertools.count(700000)
        for _ in range(2):  # who she is, keys and ids are known then
            cls.sold = cls.neema.ok("batch", steps=cls.sale()).body["results"]
        cls.neema.ok("find", text="rehema")

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    @classmethod
    def customer(cls):
        return {"kind": "individual", "name": "Rehema Said", "phone": f"0755{next(cls.numbers)}"}

    @classmethod
    def vehicle(cls, owner):
        return {"plate": plate(next(cls.numbers)), "vehicle_type": "car", "make": "Toyota", "usage": "private", "owner": owner}

    @classmethod
    def sale(cls):
        return [["add", {"entity": "customer", "fields": cls.customer()}],
                ["add", {"entity": "vehicle", "fields": cls.vehicle("$0")}],
                ["act", {"entity": "policy", "action": "quote",
                         "fields": {"product": "comprehensive", "vehicle": "$1", "sum_insured": "10m"}}],
                ["act", {"entity": "policy", "action": "issue", "key": "$2"}],
                ["add", {"entity": "receipt", "fields": {"policy": "$2", "amount": "413,000", "method": "cash"}}],
                ["act", {"entity": "receipt", "action": "verify", "key": "$4"}]]

    def trips(self, method, **params):
        reply = self.neema.ok(method, **params)
        return self.last_trips(method), reply

    def last_trips(self, method):
        self.log.seek(0)
        line = [line for line in self.log if "event=request " in line][-1]
        self.assertIn(f" method={method} code=OK ", line)
        return int(re.search(r" trips=(\d+)", line)[1])

    def check(self, most, method, **params):
        with self.subTest(most=most, method=method):
            trips, reply = self.trips(method, **params)
            self.assertLessEqual(trips, most)
        return reply

    def test_what_is_read_is_read_at_once(self):
        policy = self.sold[2]["record"]["id"]
        for method, params in (("me", {}), ("home", {}), ("find", {"text": "rehema"}), ("find", {"text": "rehemma saidd"}),
                               ("get", {"entity": "policy", "id": policy}), ("list", {"entity": "policy"})):
            self.check(1, method, **params)
        self.check(2, "history", entity="policy", id=policy)  # the names of what stands there, when it is known

    def test_two_sessions_of_a_person_in_turns(self):
        first, second = (User(self.worker, SIMBA, "juma") for _ in range(2))
        company, user, token = first.who
        second.who = (company, user, token + 1)
        boot("select app.open_session(%s, %s, %s, 2, 'password', '', '')", *second.who)
        first.ok("home")
        for who in (second, first) * 3:
            who.ok("home")
            self.assertEqual(self.last_trips("home"), 1)
        (id,), = boot("select id from app.session where token = %s", token + 1)
        self.assertEqual(second.ok("act", entity="session", action="end_all").record["id"], id)

    def test_a_record_that_is_added_or_changed(self):
        customer = self.check(2, "add", entity="customer", fields=self.customer()).record
        self.check(2, "set", entity="customer", id=customer["id"], version=customer["version"], fields={"city": "Moshi"})
        self.check(3, "add", entity="vehicle", fields=self.vehicle(customer["id"]))

    def test_business(self):
        self.check(12, "batch", steps=self.sale())
        policy = self.sold[2]["record"]["id"]
        self.check(4, "act", entity="policy", action="renew", id=policy)
        receipt = self.check(4, "add", entity="receipt", fields={"policy": policy, "amount": "413,000", "method": "cash"}).record
        self.check(6, "act", entity="receipt", action="verify", id=receipt["id"])


if __name__ == "__main__":
    unittest.main()
