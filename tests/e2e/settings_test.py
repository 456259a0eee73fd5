#!/usr/bin/python3
"""What an administrator sets is what the company gets: each setting is changed by command over ssh, and its effect looked at."""
import base64
import json
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]
from journey_tui import Terminal  # noqa: E402
from picture import png  # noqa: E402
from service import Service  # noqa: E402

PREMIUM = "619,500"  # of what sold() sells
TODAY = "(now() at time zone 'Africa/Dar_es_Salaam')::date"


class Settings(unittest.TestCase):
    plates = 0

    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=50))
        cls.run_as(cls.service.clerk, "customer add name='Rehema Settings' phone='0712 900 001'")

    @classmethod
    def asked(cls, who, words):
        """Exit status, output and errors of `ssh who words`."""
        done = subprocess.run(cls.service.ssh(who) + [words], env=cls.service.ssh_env(who), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    @classmethod
    def run_as(cls, who, words):
        status, out, err = cls.asked(who, words)
        assert status == 0, f"{who}: {words}: {status} {err}"
        return out

    def record(self, who, words):
        return json.loads(self.run_as(who, words + " --json"))["record"]

    def refused(self, who, words, said):
        status, out, err = self.asked(who, words)
        self.assertNotEqual(status, 0, f"{words}: {out}")
        self.assertIn(said, err)

    def set(self, **fields):
        """Until the end of the test; then as it was."""
        before = self.record(self.service.admin, "setting show me")["fields"]
        self.run_as(self.service.admin, "setting set me " + " ".join(f"{k}='{v}'" for k, v in fields.items()))
        said = {True: "yes", False: "no", None: ""}
        words = {k: said[v] if isinstance(v := before.get(k), (bool, type(None))) else v for k in fields}
        self.addCleanup(self.run_as, self.service.admin, "setting set me " + " ".join(f"{k}='{v}'" for k, v in words.items()))

    def me(self, who=None):
        return json.loads(self.run_as(who or self.service.clerk, "me --json"))["me"]

    def quoted(self, *more):
        """The number of a policy that was priced."""
        Settings.plates += 1
        plate = f"T{900 + self.plates}QXS"
        self.run_as(self.service.clerk, f"vehicle add plate={plate} vehicle_type=car make=Toyota owner=0712900001")
        return self.record(self.service.clerk, f"policy quote vehicle={plate} product=comprehensive sum_insured=15m " + " ".join(more))["label"]

    def sold(self):
        number = self.quoted()
        self.run_as(self.service.clerk, f"policy issue {number}")
        return number

    def paid(self, who, number, amount=PREMIUM):
        """The number of a receipt that waits to be verified."""
        return self.record(who, f"receipt add policy={number} amount={amount} method=cash")["label"]

    def state(self, number):
        return self.record(self.service.clerk, f"policy show {number}")["fields"]["state"]

    # -- money -----------------------------------------------------------------------------------------------------

    def test_above_the_amount_of_four_eyes_nobody_verifies_what_he_took(self):
        self.set(four_eyes="100,000")
        number = self.sold()
        receipt = self.paid(self.service.cashier, number)
        self.refused(self.service.cashier, f"receipt verify {receipt}", "100,000")
        self.set(four_eyes="")
        self.run_as(self.service.cashier, f"receipt verify {receipt}")
        self.assertEqual(self.state(number), "active")

    def test_a_premium_is_taken_in_parts_where_the_company_collects_in_parts(self):
        self.set(four_eyes="")
        number = self.sold()
        part = f"receipt add policy={number} amount=200,000 method=cash"
        self.refused(self.service.cashier, part, PREMIUM)
        self.set(collect_in_parts="yes")
        self.run_as(self.service.cashier, f"receipt verify {self.paid(self.service.cashier, number, '200,000')}")
        self.assertNotEqual(self.state(number), "active")
        self.assertEqual(self.record(self.service.clerk, f"policy show {number}")["fields"]["outstanding"], "419500.00")
        self.run_as(self.service.cashier, f"receipt verify {self.paid(self.service.cashier, number, '419,500')}")
        self.assertEqual(self.state(number), "active")

    def test_more_than_is_due_is_refused_or_kept_as_the_company_says(self):
        self.set(four_eyes="")
        number = self.sold()
        self.refused(self.service.cashier, f"receipt add policy={number} amount=700,000 method=cash", PREMIUM)
        self.set(over_payment_credit="yes")
        self.run_as(self.service.cashier, f"receipt verify {self.paid(self.service.cashier, number, '700,000')}")
        self.assertEqual(self.state(number), "active")

    def test_the_currency_of_a_company_without_business_is_its_choice(self):
        made = self.service.ctl("company", "add", "KIFARU", "Kifaru Cover", "--domain", "kifaru.example")
        admin = "admin@kifaru.example"
        self.service.passwords[admin] = re.search(r"password=(\S+)", made)[1]
        self.run_as(admin, "setting set me currency=UGX")
        self.assertEqual((self.me(admin)["currency"], self.me(admin)["exponent"]), ("UGX", 0))
        self.refused(self.service.admin, "setting set me currency=UGX", "the currency is fixed")

    # -- days ------------------------------------------------------------------------------------------------------

    def test_which_day_it_is_is_told_by_the_companys_clock(self):
        self.set(timezone="Pacific/Kiritimati")
        east = self.me()["today"]
        self.set(timezone="Pacific/Pago_Pago")
        self.assertLess(self.me()["today"], east)
        self.assertEqual(self.me("asha@twiga.co.tz")["timezone"], "Africa/Dar_es_Salaam")

    def test_a_cover_starts_no_earlier_and_is_renewed_no_sooner_than_the_company_allows(self):
        self.set(backdate_days=0, renew_ahead_days=3)
        with self.assertRaisesRegex(AssertionError, "start"):
            self.quoted("start=-2d")
        later = self.service.sql("select p.number from app.policy p join app.due_item d on d.tenant_id = p.tenant_id and d.row_id = p.id"
                                 " and d.kind = 1 and d.is_open where p.tenant_id = 1 and d.due_date > current_date + 5 and not exists (select from"
                                 " app.term t where t.tenant_id = 1 and t.policy_id = p.id and t.state in (1, 2, 3, 5)) limit 1")
        self.refused(self.service.clerk, f"policy renew {later}", "it can be renewed from")
        self.set(backdate_days=5, renew_ahead_days=400)
        self.quoted("start=-2d")
        self.run_as(self.service.clerk, f"policy renew {later}")

    def test_what_was_put_away_is_brought_up_again_on_the_companys_reminder_days(self):
        self.set(reminder_days="20 3")
        alert = self.service.sql("select id from app.due_item where tenant_id = 1 and kind = 1 and is_open and due_date > current_date"
                                 " order by due_date, id limit 1")

        def back(days):
            self.service.sql(f"update app.due_item set due_date = {TODAY} + {days} where id = {alert}")
            self.run_as(self.service.clerk, f"alert acknowledge {alert}")
            return int(self.service.sql(f"select m.due_date - m.until from app.alert_mark m where alert_id = {alert}"))
        self.assertEqual([back(days) for days in (25, 20, 4, 3, 1)], [20, 3, 3, 0, 0])
        self.set(reminder_days="")
        self.assertEqual(back(25), 0)

    def test_on_a_reminder_day_an_alert_is_new_and_a_case_is_to_be_called(self):
        self.set(reminder_days="17")
        who, seen = self.service.manager, lambda: json.loads(self.run_as(self.service.manager, "home --json"))["home"]["fresh"]
        self.run_as(who, "alert seen")
        self.service.sql("update app.alert_seen set at = at - interval '1 day'; update app.due_item set at = at - interval '3 days'")
        due = f"{TODAY} + 17"
        one = self.service.sql("select r.policy_id from app.renewal r join app.due_item d on d.tenant_id = 1 and d.row_id = r.policy_id and d.kind = 1 and"
                               " d.is_open where r.tenant_id = 1 and r.state = 1 and d.due_date > current_date order by d.due_date desc limit 1")
        self.service.sql(f"update app.due_item set due_date = {due} + 1 where kind = 1 and is_open and due_date = {due}")
        self.assertEqual(seen(), 0)
        self.service.sql(f"update app.due_item set due_date = {due} where tenant_id = 1 and kind = 1 and row_id = {one}")
        self.service.sql("update app.due_item set at = at - interval '3 days'")
        self.assertEqual(seen(), 1)
        self.service.sql(f"set session_replication_role = replica; update app.renewal set due_date = {due} where tenant_id = 1 and policy_id = {one}")
        number = self.service.sql(f"select number from app.policy where id = {one}")
        today = "renewal list view=today"
        self.assertIn(number, self.run_as(who, today))
        self.set(reminder_days="18")
        self.assertNotIn(number, self.run_as(who, today))
        self.set(reminder_days="17")
        self.run_as(who, f"renewal contact {number}")
        self.assertNotIn(number, self.run_as(who, today))

    # -- numbers, people, parts of the product ---------------------------------------------------------------------

    def test_numbers_follow_the_companys_patterns(self):
        self.set(policy_pattern="{prefix}-P-{year}-{seq:4}", receipt_pattern="RC.{branch}.{year}.{seq:5}",
                 certificate_pattern="{prefix}-C-{year}-{seq:4}", four_eyes="")
        number = self.sold()
        self.assertRegex(number, r"^SI-P-\d{4}-\d{4}$")
        receipt = self.paid(self.service.cashier, number)
        self.assertRegex(receipt, r"^RC\.KK\.\d{4}\.\d{5}$")
        self.run_as(self.service.cashier, f"receipt verify {receipt}")
        self.assertRegex(self.run_as(self.service.clerk, f"certificate list policy={number}"), r"SI-C-\d{4}-\d{4}")

    def test_phones_without_a_country_get_the_companys(self):
        self.set(country_prefix="254")
        self.run_as(self.service.clerk, "customer add name='Wanjiru Abroad' phone='0712 900 077'")
        self.assertIn("Wanjiru", self.run_as(self.service.clerk, "find '+254 712 900 077'"))
        self.assertNotIn("Wanjiru", self.run_as(self.service.clerk, "find '+255 712 900 077'"))

    def test_managers_look_after_staff_where_the_company_lets_them(self):
        add = "user add login=mpya name='Mpya Kazi' role=agent branch=KK"
        self.refused(self.service.manager, add, "does not allow")
        self.set(manager_staff="yes")
        self.run_as(self.service.manager, add)
        self.assertIn("token", self.run_as(self.service.manager, "user enrol mpya"))
        self.refused(self.service.manager, "user set mpya role=admin", "role")

    def test_a_module_that_is_off_is_nowhere(self):
        for module, word in (("certificates", "certificate"), ("renewals", "renewal")):
            with self.subTest(module):
                self.assertRegex(self.run_as(self.service.clerk, "help"), f"(?m)^{word} ")
                self.set(modules_off=module)
                self.refused(self.service.clerk, f"{word} list", f'the word "{word}" is not known')
                self.assertNotRegex(self.run_as(self.service.clerk, "help"), f"(?m)^{word} ")

    # -- looks -----------------------------------------------------------------------------------------------------

    def test_the_screens_carry_the_companys_name_and_colour(self):
        self.set(brand_name="Simba na Wana", brand_colour="green")
        self.assertEqual((self.me()["brand"], self.me()["colour"]), ("Simba na Wana", "green"))
        window = Terminal(self.service, self.service.clerk)
        self.addCleanup(window.close)
        window.see("Simba na Wana › Kariakoo")
        title = window.tmux("capture-pane", "-p", "-e").splitlines()[0]
        self.assertRegex(title, r"\x1b\[(32|48;5;22)m", "the bar is green")

    def certificate(self):
        """The number of a certificate of a policy that was sold and paid."""
        self.set(four_eyes="")
        number = self.sold()
        self.run_as(self.service.cashier, f"receipt verify {self.paid(self.service.cashier, number)}")
        return json.loads(self.run_as(self.service.clerk, f"certificate list policy={number} --json"))["page"]["rows"][0]["fields"]["number"]

    def test_a_certificate_carries_the_companys_header(self):
        self.set(certificate_header="Licensed insurer 77")
        self.assertIn("Licensed insurer 77", self.run_as(self.service.clerk, f"certificate print {self.certificate()} --format text"))

    def piped(self, who, words, data):
        """`ssh who words` with a file as its input: exit status and errors."""
        done = subprocess.run(self.service.ssh(who) + [words], env=self.service.ssh_env(who), input=data, capture_output=True, timeout=60)
        return done.returncode, done.stderr.decode()

    def bima(self, who, *words, typed=""):
        done = subprocess.run([self.service.bima, "-l", who, "-p", str(self.service.port), "127.0.0.1", *words], input=typed,
                              env=dict(os.environ, HOME=self.service.home, BIMA_KNOWN_HOSTS=self.service.known_hosts,
                                       BIMA_PASSWORD_FILE=self.service.password_file(who)), capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def has_logo(self):
        return self.record(self.service.admin, "setting show me")["fields"]["logo"]

    def test_a_certificate_carries_the_picture_an_administrator_chose(self):
        admin, certificate, path = self.service.admin, self.certificate(), os.path.join(self.service.home, "logo.png")
        with open(path, "wb") as out:
            out.write(png())

        def pictured():
            done = subprocess.run(self.service.ssh(self.service.clerk) + [f"certificate print {certificate} --format pdf"], stdin=subprocess.DEVNULL,
                                  env=self.service.ssh_env(self.service.clerk), capture_output=True, timeout=60)
            self.assertTrue(done.stdout.startswith(b"%PDF"), done.stderr)
            return b"/Image" in done.stdout
        self.assertEqual((pictured(), self.has_logo()), (False, False))
        self.assertEqual(self.bima(admin, "setting", "logo", f"picture={path}")[0], 0)
        self.assertEqual((pictured(), self.has_logo()), (True, True))
        self.run_as(admin, "setting drop_logo")
        self.assertEqual((pictured(), self.has_logo()), (False, False))
        self.assertEqual(self.piped(admin, "setting logo picture=-", png()), (0, ""))
        self.assertTrue(pictured())
        reply, = self.service.ask(self.service.admin, ("act", {"entity": "setting", "key": "me", "action": "drop_logo"}))
        self.assertEqual(reply["code"], "OK", reply)
        reply, = self.service.ask(admin, ("act", {"entity": "setting", "key": "me", "action": "logo",
                                                  "fields": {"picture": {"base64": base64.b64encode(png()).decode()}}}))
        self.assertEqual((reply["code"], reply["body"]["record"]["fields"]["logo"]), ("OK", True), reply)
        past = self.run_as(admin, "setting history me")
        self.assertRegex(past, "(?i)drop_logo|drop logo")
        self.assertNotIn("IHDR", self.service.sql("select before::text || after::text from app.history where tbl = 'setting'"))
        self.run_as(admin, "setting drop_logo")

    def test_what_is_no_picture_is_refused_and_says_what_is_expected(self):
        admin, logo = self.service.admin, "setting logo picture=-"
        for data, said in ((b"GIF89a" * 9, "expected a PNG picture"), (b"", "expected a file of"), (png() + bytes(128 * 1024), "expected a file of"),
                           (png(3000), "at most 2000 by 2000")):
            with self.subTest(said, size=len(data)):
                status, err = self.piped(admin, logo, data)
                self.assertNotEqual(status, 0)
                self.assertIn("picture: ", err)
                self.assertIn(said, err)
        self.refused(admin, "setting logo picture=/etc/hostname", "your files are not here")
        self.assertIn("you may read", self.bima(admin, "setting", "logo", "picture=/nowhere.png")[1])
        self.assertNotEqual(self.piped(self.service.manager, logo, png())[0], 0)
        reply, = self.service.ask(self.service.manager, ("act", {"entity": "setting", "key": "me", "action": "logo",
                                                                 "fields": {"picture": {"base64": base64.b64encode(png()).decode()}}}))
        self.assertEqual(reply["code"], "FORBIDDEN")
        reply, = self.service.ask(admin, ("check", {"entity": "setting", "key": "me", "fields": {"brand_name": {"base64": "QUJD"}}}))
        self.assertIn("takes no file", json.dumps(reply))
        self.assertFalse(self.has_logo())

    def test_plain_mode_takes_the_picture_by_its_path(self):
        path = os.path.join(self.service.home, "plain.png")
        with open(path, "wb") as out:
            out.write(png())
        _, said = self.bima(self.service.admin, "--plain", typed=f"setting logo picture=/nowhere.png\n!\n{path}\n!\nquit\n")
        self.assertIn("expected a file of", said)
        self.assertIn("Set logo: Settings Simba Insurance.", said)
        self.assertTrue(self.has_logo())
        self.run_as(self.service.admin, "setting drop_logo")

    def test_the_screens_take_the_picture_by_its_path(self):
        path = os.path.join(self.service.home, "screen.png")
        with open(path, "wb") as out:
            out.write(png())
        window = Terminal(self.service, self.service.admin)
        self.addCleanup(window.close)
        window.see("find or do")
        window.type("settings")
        window.keys("Enter")
        window.see("Set logo")
        window.keys("6")
        window.see("Picture")
        window.type("/nowhere.png")
        window.keys("F10")
        window.see("expected a file of")
        window.keys("C-u")
        window.type(path)
        window.keys("F10")
        window.see("Set logo: Settings")
        self.assertTrue(self.has_logo())
        self.run_as(self.service.admin, "setting drop_logo")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
