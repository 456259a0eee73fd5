"""A clerk's morning in the terminal: twenty new businesses, a slip in each, resizes, a cut line, a restarted service.

Afterwards the books must show exactly what was sold: nothing lost, nothing double.
"""
import os
import random
import re
import signal
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

from journey_tui import Terminal  # noqa: E402
from service import Service, wait_for  # noqa: E402

SEED = 20260301
FIRST = "Asha Baraka Chausiku Daudi Eliya Fatuma Goodluck Halima Issa Jamila".split()
LAST = "Mushi Kessy Ngowi Lyimo Mbwana Shayo Temba Urio Zuberi Massawe".split()
FIELDS = ("Plate|Type|Make|Model|Year|Chassis|Usage|Kind|Phone|Name|ID type|ID number|Product|Sum insured|Starts|Months|Amount|"
          "Method|Paid on").split("|")
SIZES = ((120, 40), (60, 20), (40, 10), (80, 24))

# What is typed wrong first: field, slip, and what the screen must say (None: nothing before the save).
SLIPS = {
    "no such type": ("Type", "zzz", "Not found|no vehicle type"),
    "odd plate": ("Plate", "T 12 ABCDE", "none of the usual"),
    "odd sum": ("Sum insured", "abc", "!! "),
    "no such day": ("Starts", "31/2", "!! "),
    "no such product": ("Product", "zzz", "Not found|no product"),
    "chassis with a wrong check digit": ("Chassis", "MD2A15BZ1FWA12345", "check digit"),
    "car from the future": ("Year", "2099", None),
    "short payment": ("Amount", "100", None),
    "too large payment": ("Amount", "99m", None),
    "no months": ("Months", "0", None),
}
SAID_AT_SAVE = {"Year": "!! .*year", "Amount": "!! the receipt is", "Months": "!! "}


class Clerk(Terminal):
    """Fills forms as a person does: looks where the marker is, goes there, types, looks again."""

    def here(self):
        """The field the marker stands at."""
        at = re.search(r"> ?(" + "|".join(map(re.escape, FIELDS)) + r")(?!\w)", self.screen())
        return at and at[1]

    def go(self, label, seconds=30):
        """As many Tabs as lie between, then a look; fields of known records are passed over, so some more."""
        end = time.monotonic() + seconds
        steps, looks = None, 0
        while (at := self.here()) != label:
            assert time.monotonic() < end, f"no way to {label}:\n{self.screen()}"
            looks += 1
            if at and (at != steps or looks % 20 == 0):
                steps = at
                far = FIELDS.index(label) - FIELDS.index(at)
                self.keys(*["Tab" if far > 0 else "BTab"] * abs(far))
            self.settle()

    def settle(self):
        """Looks until nothing moves: two looks alike."""
        before = None
        while (screen := self.screen()) != before:
            before = screen
            time.sleep(0.03)

    def leave(self, label):
        self.keys("Tab")
        wait_for(f"the marker leaves {label}", lambda: self.here() not in (None, label), 30)

    def put(self, label, text):
        self.go(label)
        self.tmux("send-keys", "C-u", ";", "send-keys", "-l", text)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def start(self):
        self.home()
        self.keys("F6")
        self.see("New business.*\n Vehicle")

    def save(self):
        self.keys("F10")


class Morning(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=60))

    def setUp(self):
        self.random = random.Random(SEED)
        self.clerk = Clerk(self.service, self.service.clerk)
        self.addCleanup(self.clerk.close)
        self.clerk.see("find or do")

    # -- what is sold ----------------------------------------------------------------------------------------------

    def business(self, i):
        kind, prefix = (("car", "T"), ("motorcycle", "MC"), ("bajaji", "MC"))[i % 3]
        comprehensive = i % 3 == 0
        fields = {
            "Plate": f"{prefix} {300 + i} QX{chr(ord('A') + i)}",
            "Type": kind,
            "Make": self.random.choice(("Toyota", "Nissan", "Suzuki") if comprehensive else ("Bajaj", "TVS", "Honda")),
            "Year": str(self.random.randint(2008, 2024)),
            "Chassis": f"QXCHASSIS{i:03}",
            "Name": f"{self.random.choice(FIRST)} {self.random.choice(LAST)} Q{chr(ord('a') + i)}x",
            "Phone": f"0754 66{i:02} {self.random.randint(10, 99)}",
            "Product": "comprehensive" if comprehensive else "third",
        }
        if comprehensive:
            fields["Sum insured"] = f"{self.random.randint(5, 40)}m"
        return fields

    def known_vehicle(self):
        """A vehicle on record that nobody insures: its plate."""
        owner, = self.service.ask(self.service.clerk, ("add", {"entity": "customer", "fields": {
            "name": "Rehema Known Qzz", "phone": "0754 669 901"}}))
        added, = self.service.ask(self.service.clerk, ("add", {"entity": "vehicle", "fields": {
            "plate": "T 399 QXZ", "vehicle_type": "car", "make": "Subaru", "owner": "0754 669 901"}}))
        self.assertEqual((owner["code"], added["code"]), ("OK", "OK"), added)
        return "T 399 QXZ"

    def slip(self, label, wrong, said, right):
        self.clerk.put(label, wrong)
        if said is None:
            return label
        self.clerk.leave(label)
        self.clerk.see(said)
        self.clerk.put(label, right)
        return None

    def fill(self, fields, slip=None, at=None):
        """Types the form, with one slip; `at` = (field, function) runs in the middle. Gives the field still wrong."""
        wrong, open_slip = SLIPS.get(slip, (None, None, None))[0], None
        order = list(fields) + ([wrong] if wrong and wrong not in fields else [])
        for label in order:
            if label == wrong:
                open_slip = self.slip(*SLIPS[slip], fields.get(label, {"Starts": "t", "Months": "12"}.get(label, "")))
            else:
                self.clerk.put(label, fields[label])
            if at and label == at[0]:
                at[1]()
        return open_slip

    def sell(self, fields, slip=None, at=None, save=None):
        clerk = self.clerk
        clerk.start()
        wrong = self.fill(fields, slip, at)
        clerk.keys("Tab")
        if wrong:
            clerk.save()
            clerk.see(SAID_AT_SAVE[wrong])
            if wrong == "Amount":
                paid = re.search(r"To pay[ .]+([\d,]+)", clerk.screen())[1]
            clerk.put(wrong, {"Year": fields.get("Year"), "Months": "12"}.get(wrong) or paid)
            clerk.keys("Tab")
        clerk.go("Amount")
        clerk.see(r"To pay[ .]+[1-9]")
        (save or clerk.save)()
        return clerk.see(r"(?m)^  Saved")

    # -- what happens meanwhile ------------------------------------------------------------------------------------

    def resizes(self):
        """The half-typed word stays, whatever the window does."""
        self.clerk.go("Name")
        typed = re.search(r"> ?Name[ *.]+([^_ ]+)", self.clerk.screen())[1]
        for columns, rows in SIZES:
            self.clerk.resize(columns, rows)
            self.clerk.see(re.escape(typed) + f"|^(.{{0,{columns}}}\n){{{rows - 1}}}")
        self.clerk.see(r"> ?Name[ *.]+" + re.escape(typed))

    def front(self):
        return next((pid for name, pid, _ in self.service.processes() if name.startswith("front")), None)

    def cut_line(self):
        front = self.front()
        os.kill(front, signal.SIGKILL)
        wait_for("another front", lambda: self.front() not in (None, front))

    def save_while_line_is_cut(self):
        """The save is at work in the database when its line goes: the answer never comes, the question is asked again."""
        with subprocess.Popen(["psql", "-XAtq", f"host={self.service.run}/postgres dbname=bima user=bima_boot"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            holder.stdin.write("begin; lock table app.receipt in share row exclusive mode; select 'held';\n")
            holder.stdin.flush()
            self.assertEqual(holder.stdout.readline().strip(), "held")
            self.clerk.save()
            wait_for("the save waits", lambda: self.service.sql(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = 'bima'") != "0")
            self.cut_line()
            holder.stdin.write("rollback;\n")
            holder.stdin.close()

    def restart(self):
        self.service.stop()
        self.service.start()

    # -- the morning -----------------------------------------------------------------------------------------------

    def counts(self):
        return [int(self.service.sql(f"select count(*) from app.{table} where tenant_id = 1"))
                for table in ("customer", "vehicle", "policy", "term", "receipt")]

    def test_nothing_of_a_morning_is_lost_or_double(self):
        known = self.known_vehicle()
        before = self.counts()
        sold = [self.business(i) for i in range(20)]
        for i, slip in enumerate(SLIPS):
            at = ("Phone", self.resizes) if i % 3 == 1 else None
            if slip == "odd sum":
                sold[i] = {**sold[i], "Product": "comprehensive", "Sum insured": "8m"}
            self.sell(sold[i], slip, at)
        self.sell(sold[10], "odd plate", at=("Phone", self.cut_line))
        self.sell(sold[11], "no such type", save=self.save_while_line_is_cut)
        self.sell(sold[12], "no such product", at=("Make", self.restart))
        self.sell_to_companies_and_abroad(sold)
        self.sell_what_is_known(sold, known)
        self.sell_after_second_thoughts(sold)
        self.check_books(sold, before)

    def sell_to_companies_and_abroad(self, sold):
        sold[13] = {k: v for k, v in sold[13].items() if k != "Plate"}  # in transit: the chassis is its name
        self.sell(sold[13], "chassis with a wrong check digit")
        kind = {"Kind": "company"}
        sold[14] = {**{k: sold[14][k] for k in ("Plate", "Type", "Make", "Chassis")}, **kind, **sold[14]}
        self.sell(sold[14], "no such type")
        sold[15]["Phone"] = "+254 722 661 515"
        self.sell(sold[15], "odd plate")

    def sell_what_is_known(self, sold, known):
        """A known vehicle fills in the rest; a known phone the customer."""
        clerk = self.clerk
        sold[16] = {"Plate": known, "Product": "third"}
        clerk.start()
        clerk.type("T 39 9 QXZZ")
        clerk.keys("C-u")
        clerk.type(known)
        clerk.keys("Tab")
        clerk.see("Vehicle, on record")
        clerk.see("Rehema Known")
        clerk.put("Product", "third")
        clerk.keys("Tab")
        clerk.see(r"To pay[ .]+[1-9]")
        clerk.save()
        clerk.see(r"(?m)^  Saved")
        sold[17]["Phone"] = sold[0]["Phone"]
        clerk.start()
        first = [k for k in sold[17] if k not in ("Name", "Phone", "Product", "Sum insured")]
        self.fill({k: sold[17][k] for k in first}, "no such type")
        clerk.put("Phone", sold[0]["Phone"].replace("0754", "+255 754"))
        clerk.keys("Tab")
        clerk.see("Customer, on record")
        clerk.see(re.escape(sold[0]["Name"]))
        clerk.put("Product", "third")
        clerk.keys("Tab")
        clerk.see(r"To pay[ .]+[1-9]")
        clerk.save()
        clerk.see(r"(?m)^  Saved")

    def sell_after_second_thoughts(self, sold):
        """Leaves the form by mistake and stays; types another vehicle's chassis, which replaces nothing unasked."""
        def escape():
            self.clerk.keys("F12")
            self.clerk.see("not saved yet")
            self.clerk.type("1")
        self.sell(sold[18], at=("Make", escape))
        clerk, right = self.clerk, sold[19]["Chassis"]
        clerk.start()
        self.fill({**sold[19], "Year": "2015"})
        clerk.put("Chassis", sold[18]["Chassis"])
        clerk.keys("Tab")
        clerk.see("Ctrl-T takes it")
        screen = clerk.see(f"Name.*{sold[19]['Name']}")
        self.assertNotIn(sold[18]["Name"], screen)
        clerk.put("Chassis", right)
        clerk.leave("Chassis")
        self.fill({**sold[19], "Year": sold[19]["Year"]})
        clerk.go("Amount")
        clerk.see(r"To pay[ .]+[1-9]")
        clerk.save()
        clerk.see(r"(?m)^  Saved")

    def check_books(self, sold, before):
        """By plate (or chassis): one vehicle, its holder, one policy with one term, paid once and in full."""
        made = [after - was for after, was in zip(self.counts(), before)]
        self.assertEqual(dict(zip(("customer", "vehicle", "policy", "term", "receipt"), made)),
                         {"customer": 18, "vehicle": 19, "policy": 20, "term": 20, "receipt": 20})
        rows = self.service.sql(
            "select coalesce(v.plate, v.chassis), c.name, count(*), bool_and(r.amount = t.total) from app.policy p "
            "join app.vehicle v on v.id = p.vehicle_id join app.customer c on c.id = p.customer_id "
            "join app.term t on t.policy_id = p.id join app.receipt r on r.policy_id = p.id where p.tenant_id = 1 and "
            "(v.plate like '% QX_' or v.chassis like 'QX%' ) group by 1, 2 order by 1").splitlines()
        named = {17: sold[0]["Name"], 16: "Rehema Known Qzz"}
        expected = sorted(f"{s.get('Plate') or s['Chassis']}|{named.get(i) or s['Name']}|1|t"
                          for i, s in enumerate(sold))
        self.assertEqual(rows, expected)


if __name__ == "__main__":
    unittest.main()
