"""Personal data: what stands in the database, who is shown how much of it, and how a customer is forgotten."""

import base64
import os
import secrets
import subprocess
import threading
import unittest

import psycopg2

import world
from world import CONNINFO, KEY, SIMBA, TWIGA, User, Worker, boot, sold

PERSON = {"name": "Rehema Juma Kipande", "phone": "0754 909 101", "email": "rehema.kipande@example.org", "id_type": "passport",
          "id_number": "TZ-8841207", "birth_date": "1979-04-23", "gender": "female", "address": "Mtaa wa Kisutu 17", "city": "Tabora",
          "note": "prefers to be called in the evening"}
SEALED = ("rehema.kipande@example.org", "8841207", "1979-04-23", "Mtaa wa Kisutu", "called in the evening")


def dump():
    """Everything the database holds, as text; bytes in hexadecimal."""
    return subprocess.run(["pg_dump", "-d", CONNINFO + " user=bima_boot"], check=True, stdout=subprocess.PIPE, text=True).stdout


def shapes(word):
    """A text as pg_dump may show it."""
    return word, word.encode().hex(), word.lower(), word.upper(), word.replace("-", "")


def report_of(reply):
    return base64.b64decode(reply.body["file"]["bytes"]).decode()


class Sealed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.close)
        cls.amina, cls.juma, cls.neema, cls.vera, cls.admin = (
            User(cls.worker, SIMBA, login) for login in ("amina", "juma", "neema", "vera", "admin"))
        cls.id = cls.amina.ok("add", entity="customer", fields=PERSON).record["id"]

    def get(self, who):
        return who.ok("get", entity="customer", id=self.id).fields

    # ------------------------------------------------------------ at rest
    def test_nothing_sealed_stands_anywhere_in_the_database(self):
        idem = secrets.token_hex(16)
        self.amina.ok("set", entity="customer", id=self.id, version=self.amina.ok("get", entity="customer", id=self.id).record["version"],
                      fields={"address": "Mtaa wa Kisutu 18"})
        self.amina.call("set", idem=idem, entity="customer", id=self.id, version=99, fields={"note": "never called in the evening"})
        self.admin.ok("act", entity="customer", action="report", id=self.id)
        text = dump()
        for word in SEALED:
            for shape in shapes(word):
                self.assertNotIn(shape, text, word)
        self.assertIn("Rehema Juma Kipande", text)  # plain on purpose: the dump is what it should be

    def test_the_same_person_is_found_by_the_whole_number_in_any_spelling(self):
        for typed in ("TZ-8841207", "tz8841207", "TZ 884 1207"):
            hits = self.juma.ok("find", text=typed).body["hits"]
            self.assertEqual([h["record"]["id"] for h in hits], [self.id], typed)
            self.assertEqual(hits[0]["why"], "ID number")
            self.assertEqual(self.juma.ok("get", entity="customer", key=typed).record["id"], self.id)
        self.assertEqual(self.juma.ok("find", text="TZ88412").body["hits"], [])
        self.assertEqual(self.vera.ok("find", text="TZ8841207").body["hits"], [])
        self.assertEqual(self.vera.call("get", entity="customer", key="TZ8841207").code, "NOT_FOUND")

    def test_a_mark_can_not_be_typed(self):
        mark = boot("select id_key from app.customer where id = %s", self.id)[0][0]
        for typed in (mark, "=" + mark):
            self.assertEqual(self.amina.ok("find", text=typed).body["hits"], [])

    def test_the_same_number_is_refused_and_name_with_birth_date_asks(self):
        refused = self.amina.call("add", entity="customer", fields={"name": "R. Kipande", "phone": "0754 909 102", "id_type": "passport",
                                                                    "id_number": "tz 8841207"})
        self.assertEqual((refused.code, refused.error["field"]), ("DUPLICATE", "id_number"))
        self.assertEqual(refused.error["refs"][0]["id"], self.id)
        asked = self.amina.call("add", entity="customer", fields={"name": "Rehema  Juma Kipande", "phone": "0754 909 103",
                                                                  "birth_date": "1979-04-23"})
        self.assertEqual((asked.code, asked.error["field"]), ("CONFIRM", "name"))
        # another company has nothing to do with it
        self.assertEqual(User(self.worker, TWIGA, "amina").call("check", entity="customer", fields=PERSON).body["issues"], [])

    def test_marks_of_two_companies_say_nothing_of_each_other(self):
        other = User(self.worker, TWIGA, "neema").ok("add", entity="customer", fields={"name": "Somebody Else", "phone": "0754 111 000",
                                                                                "id_type": "passport", "id_number": "TZ-5550001"}).record["id"]
        mine = self.amina.ok("add", entity="customer", fields=PERSON | {"id_number": "TZ-5550001", "phone": "0754 909 109",
                                                                        "birth_date": "1979-04-24"}).record["id"]
        marks = boot("select count(distinct id_key) from app.customer where id in (%s, %s)", mine, other)
        self.assertEqual(marks, [(2,)])

    def test_a_request_sent_again_answers_the_same_out_of_a_sealed_answer(self):
        idem = secrets.token_hex(16)
        fields = PERSON | {"id_number": "TZ-7770001", "phone": "0754 909 111", "birth_date": "1979-05-01"}
        first = self.amina.call("add", idem=idem, entity="customer", fields=fields)
        again = self.amina.call("add", idem=idem, entity="customer", fields=fields)
        self.assertEqual((first.code, again.code, again.replayed), ("OK", "OK", True))
        self.assertEqual(first.record, again.record)

    # ------------------------------------------------------------ who sees how much
    def test_who_may_see_secrets_sees_the_whole(self):
        for who in (self.amina, self.neema):
            fields = self.get(who)
            self.assertEqual((fields["id_number"], fields["email"]), ("TZ-8841207", PERSON["email"]))
            self.assertEqual(fields["birth_date"], "1979-04-23")

    def test_who_may_see_personal_fields_only_sees_the_last_three_characters(self):
        for who in (self.juma, self.admin):
            fields = self.get(who)
            self.assertEqual(fields["id_number"], "•" * 7 + "207")
            self.assertEqual(fields["email"], "•" * 12 + "org")
            self.assertNotIn("birth_date", fields)
            self.assertEqual(fields["phone"], "0754 909 101")

    def test_who_may_see_neither_sees_neither(self):
        fields = self.get(self.vera)
        self.assertEqual(fields["name"], PERSON["name"])
        for hidden in ("phone", "email", "id_number", "birth_date", "gender", "address", "city", "note"):
            self.assertNotIn(hidden, fields)

    def test_lists_say_no_more_than_the_record(self):
        def row(who):
            rows = who.ok("list", entity="customer", limit=200).body["page"]["rows"]
            return next(r["fields"] for r in rows if r["id"] == self.id)
        self.assertEqual(row(self.amina)["id_number"], "TZ-8841207")
        self.assertEqual(row(self.juma)["id_number"], "•" * 7 + "207")
        self.assertNotIn("id_number", row(self.vera))
        self.assertNotIn("phone", row(self.vera))

    def test_hidden_fields_are_not_filtered_or_sorted_by(self):
        for field in ("phone", "city"):
            self.assertEqual(self.vera.call("list", entity="customer", filters=[[field, "=", "x"]]).code, "BAD_PARAMS")
        for field in ("id_number", "email", "birth_date"):
            self.assertEqual(self.amina.call("list", entity="customer", filters=[[field, "=", "x"]]).code, "BAD_PARAMS")
            self.assertEqual(self.amina.call("list", entity="customer", sort=field).code, "BAD_PARAMS")

    def test_history_says_no_more_than_the_record(self):
        mine = self.amina.ok("add", entity="customer", fields=PERSON | {"id_number": "TZ-9990001", "phone": "0754 909 121",
                                                                        "birth_date": "1979-06-01"}).record
        self.amina.ok("set", entity="customer", id=mine["id"], version=mine["version"], fields={"id_number": "TZ-9990002", "name": "Rehema J. Kipande"})

        def told(who):
            events = who.ok("history", entity="customer", id=mine["id"]).body["events"]["rows"]
            return {c["name"]: (c.get("before", ""), c.get("after", "")) for c in events[0]["changes"]}
        self.assertEqual(told(self.amina)["ID number"], ("TZ-9990001", "TZ-9990002"))
        self.assertEqual(told(self.amina)["Name"], ("Rehema Juma Kipande", "Rehema J. Kipande"))
        self.assertEqual(told(self.juma)["ID number"], ("•" * 7 + "001", "•" * 7 + "002"))
        self.assertNotIn("ID number", told(self.vera))

    def test_the_past_is_shown_as_it_was(self):
        record = self.amina.ok("add", entity="customer", fields=PERSON | {"id_number": "TZ-4440001", "phone": "0754 909 131",
                                                                          "birth_date": "1979-07-01"}).record
        at = boot("select to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")[0][0]
        self.amina.ok("set", entity="customer", id=record["id"], version=record["version"], fields={"id_number": "TZ-4440002"})
        then = {who.login: who.ok("as_of", entity="customer", id=record["id"], at=at).fields for who in (self.amina, self.juma, self.vera)}
        self.assertEqual(then["amina"]["id_number"], "TZ-4440001")
        self.assertEqual(then["amina"]["address"], PERSON["address"])
        self.assertEqual(then["juma"]["id_number"], "•" * 7 + "001")
        self.assertNotIn("id_number", then["vera"])

    def test_sending_back_what_was_shown_changes_nothing(self):
        boot("insert into app.role (tenant_id, code, name, permissions) values (%s, 'typist', 'Typist', '*.read *.personal customer.set')", SIMBA.id)
        SIMBA.users["tina"] = boot("insert into app.user_account (tenant_id, login, name, role_id, branch_id) select tenant_id, 'tina', 'Tina', id, %s "
                                   "from app.role where tenant_id = %s and code = 'typist' returning id", SIMBA.branch, SIMBA.id)[0][0]
        tina = User(self.worker, SIMBA, "tina")
        record = self.amina.ok("add", entity="customer", fields=PERSON | {"id_number": "TZ-3330001", "phone": "0754 909 141",
                                                                          "birth_date": "1979-08-01"}).record
        shown = tina.ok("get", entity="customer", id=record["id"]).fields
        tina.ok("set", entity="customer", id=record["id"], version=1,
                fields={"id_number": shown["id_number"], "email": shown["email"], "birth_date": None, "city": "Singida"})
        now = self.amina.ok("get", entity="customer", id=record["id"]).fields
        self.assertEqual((now["id_number"], now["email"], now["birth_date"], now["city"]),
                         ("TZ-3330001", PERSON["email"], "1979-08-01", "Singida"))

    # ------------------------------------------------------------ attacks on the database
    def test_what_was_changed_in_the_database_is_noticed_and_hurts_nobody_else(self):
        victim, donor = (self.amina.ok("add", entity="customer", fields={"name": f"Victim {n}", "phone": f"0754 808 10{n}", "email": f"v{n}@example.org"})
                         .record["id"] for n in (1, 2))
        kept = boot("select personal_sealed from app.customer where id = %s", victim)[0][0]
        attacks = ("update app.customer set personal_sealed = set_byte(personal_sealed, 40, 255 - get_byte(personal_sealed, 40)) where id = %s",
                   f"update app.customer set personal_sealed = (select personal_sealed from app.customer where id = {donor}) where id = %s",
                   "update app.customer set personal_sealed = '\\x00' where id = %s")
        for attack in attacks:
            boot(attack, victim)
            with self.subTest(attack=attack):
                reply = self.amina.call("get", entity="customer", id=victim)
                self.assertEqual(reply.code, "INTERNAL")
                self.assertIn("can't be read", reply.error["message"])
                page = self.amina.ok("list", entity="customer", limit=200).body["page"]
                self.assertIn(donor, [r["id"] for r in page["rows"]])
                self.assertEqual(self.amina.ok("get", entity="customer", id=donor).fields["email"], "v2@example.org")
            boot("update app.customer set personal_sealed = %s where id = %s", psycopg2.Binary(bytes(kept)), victim)
        self.assertEqual(self.amina.ok("get", entity="customer", id=victim).fields["email"], "v1@example.org")

    def test_a_key_of_another_person_or_company_opens_nothing(self):
        one, two = (self.amina.ok("add", entity="customer", fields={"name": f"Swapped {n}", "phone": f"0754 807 10{n}", "email": f"s{n}@example.org"})
                    .record["id"] for n in (1, 2))
        kept = bytes(boot("select wrapped from app.person_key where customer_id = %s", one)[0][0])
        boot("update app.person_key set wrapped = (select wrapped from app.person_key where customer_id = %s) where customer_id = %s", two, one)
        reply = self.amina.call("get", entity="customer", id=one)
        self.assertEqual(reply.code, "INTERNAL")
        self.assertNotIn("s2@example.org", str(reply.body))
        self.assertEqual(self.amina.ok("get", entity="customer", id=two).fields["email"], "s2@example.org")
        boot("update app.person_key set wrapped = %s where customer_id = %s", psycopg2.Binary(kept), one)
        self.assertEqual(self.amina.ok("get", entity="customer", id=one).fields["email"], "s1@example.org")
        User(self.worker, TWIGA, "amina").customer()  # both have keys
        theirs = boot("select wrapped from app.tenant_key where tenant_id = %s and generation = 1", SIMBA.id)[0][0]
        mine = bytes(boot("select wrapped from app.tenant_key where tenant_id = %s and generation = 1", TWIGA.id)[0][0])
        boot("update app.tenant_key set wrapped = %s where tenant_id = %s and generation = 1", psycopg2.Binary(bytes(theirs)), TWIGA.id)
        fresh = Worker()
        try:
            self.assertEqual(User(fresh, TWIGA, "amina").call("add", entity="customer", fields={"name": "Swapped Three", "phone": "0754 807 103"}).code,
                             "INTERNAL")
        finally:
            fresh.close()
            boot("update app.tenant_key set wrapped = %s where tenant_id = %s and generation = 1", psycopg2.Binary(mine), TWIGA.id)

    def test_another_master_key_opens_nothing_and_says_so(self):
        place = os.path.join(os.path.dirname(KEY), "other")
        stranger = Worker.__new__(Worker)
        os.makedirs(place, exist_ok=True)
        log = open(os.path.join(place, "log"), "w+", encoding="utf-8")
        self.addCleanup(log.close)
        kept, world.KEY = world.KEY, os.path.join(place, "signing.key")
        try:
            stranger.__init__(stderr=log)
        finally:
            world.KEY = kept
        try:
            amina = User(stranger, SIMBA, "amina")
            reply = amina.call("get", entity="customer", id=self.id)
            self.assertEqual(reply.code, "INTERNAL")
            self.assertNotIn("rehema", str(reply.body))
            self.assertEqual(amina.call("list", entity="vehicle").code, "OK")
            log.flush()
            log.seek(0)
            self.assertIn("does not open key", log.read())
        finally:
            stranger.close()


class Retention(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.close)
        cls.amina, cls.juma, cls.neema, cls.vera, cls.admin = (
            User(cls.worker, SIMBA, login) for login in ("amina", "juma", "neema", "vera", "admin"))
        cls.count = 0

    def person(self):
        type(self).count += 1
        return self.amina.ok("add", entity="customer", fields=PERSON | {
            "name": f"Mwanaisha Number{self.count} Zuberi{self.count}", "phone": f"0767 40{self.count:04d}", "id_number": f"TZ-66600{self.count:02d}",
            "birth_date": "1980-01-02", "note": f"secret of {self.count}"}).record["id"]

    def act(self, who, action, customer, reason="asked to"):
        return who.call("act", entity="customer", action=action, id=customer, **({"reason": reason} if reason else {}))

    def test_only_who_may_forgets_holds_and_reports(self):
        customer = self.person()
        for who in (self.amina, self.juma, self.vera):
            for action in ("hold", "release", "forget", "report"):
                self.assertEqual(self.act(who, action, customer).code, "FORBIDDEN", (who.login, action))
            self.assertEqual(who.call("list", entity="person_key").code, "FORBIDDEN")

    def test_a_forgotten_customer_is_gone_and_the_business_stays(self):
        customer = self.person()
        n = self.count
        self.assertEqual(self.act(self.admin, "forget", customer, reason=None).code, "BAD_PARAMS")
        forgotten = self.act(self.admin, "forget", customer)
        self.assertEqual(forgotten.code, "OK", forgotten)
        self.assertEqual((forgotten.fields["name"], forgotten.fields["status"]), ("forgotten", "forgotten"))
        for who in (self.amina, self.neema):
            fields = who.ok("get", entity="customer", id=customer).fields
            self.assertEqual(fields["name"], "forgotten")
            self.assertFalse({"email", "id_number", "birth_date", "address", "note"} & set(fields))
        self.assertEqual(self.amina.ok("find", text=f"TZ-66600{n:02d}").body["hits"], [])
        self.assertEqual(self.amina.ok("find", text=f"Zuberi{n}").body["hits"], [])
        events = self.amina.ok("history", entity="customer", id=customer).body["events"]["rows"]
        added = next(e for e in events if e["op"] == "added")
        self.assertTrue(added["who"].startswith("Amina"))
        told = {c["name"]: c["after"] for c in added["changes"]}
        self.assertEqual({told[name] for name in ("Name", "Phone", "ID number", "Born", "Address")}, {"destroyed"})
        then = self.neema.ok("as_of", entity="customer", id=customer, at="2100-01-01T00:00:00Z").fields
        self.assertEqual((then["name"], then["id_number"]), ("destroyed", "destroyed"))
        text = dump()
        for word in (f"Mwanaisha Number{n} Zuberi{n}", f"zuberi{n}", f"0767 40{n:04d}", f"25576740{n:04d}"):
            self.assertNotIn(word, text)

    def test_forgetting_is_for_ever(self):
        customer = self.person()
        self.assertEqual(self.act(self.admin, "forget", customer).code, "OK")
        for action in ("hold", "release", "forget"):
            self.assertEqual(self.act(self.admin, action, customer).code, "REFUSED", action)
        version = self.neema.ok("get", entity="customer", id=customer).record["version"]
        for fields in ({"name": "Back Again"}, {"status": "active"}, {"city": "Moshi"}):
            self.assertEqual(self.neema.call("set", entity="customer", id=customer, version=version, fields=fields).code, "REFUSED", fields)
        for attack in ("update app.person_key set destroyed_at = null, destroy_reason = null, wrapped = 'x' where customer_id = %s",
                       "delete from app.person_key where customer_id = %s", "update app.customer set status = 1 where id = %s"):
            with self.assertRaises(psycopg2.Error):
                boot(attack, customer)
        self.assertEqual(boot("select count(*) from app.history where tbl = 'person_key' and (before ? 'wrapped' or after ? 'wrapped')"), [(0,)])

    def test_legal_hold_keeps_and_release_lets_go(self):
        customer = self.person()
        self.assertEqual(self.act(self.admin, "hold", customer, "a claim in court").code, "OK")
        held = self.admin.ok("list", entity="person_key", view="held").body["page"]["rows"]
        self.assertEqual(len(held), 1)
        refused = self.act(self.admin, "forget", customer)
        self.assertEqual(refused.code, "REFUSED")
        self.assertIn("legal hold", refused.error["message"])
        self.assertEqual(self.act(self.admin, "hold", customer).code, "REFUSED")
        self.assertEqual(self.act(self.admin, "release", customer).code, "OK")
        self.assertEqual(self.act(self.admin, "forget", customer).code, "OK")

    def test_who_is_insured_is_not_forgotten(self):
        customer = self.person()
        policy = sold(self.amina, self.juma, self.amina.vehicle(customer))
        refused = self.act(self.admin, "forget", customer)
        self.assertEqual(refused.code, "REFUSED")
        self.assertIn("policy", refused.error["message"])
        self.neema.ok("act", entity="policy", action="cancel", id=policy, reason="sold the car")
        self.assertEqual(self.act(self.admin, "forget", customer).code, "OK")
        self.assertEqual(self.amina.call("act", entity="policy", action="renew", id=policy, fields={}).code, "REFUSED")
        self.assertIn("destroyed", report_of(self.admin.ok("act", entity="customer", action="report", id=customer)))

    def test_a_sale_and_a_forgetting_at_once_never_both_succeed(self):
        other = Worker()
        self.addCleanup(other.close)
        seller = User(other, SIMBA, "amina")
        seen = set()
        for _ in range(12):
            customer = self.person()
            vehicle = self.amina.vehicle(customer)
            start, said = threading.Barrier(2), {}

            def run(name, what):
                start.wait()
                said[name] = what().code

            threads = [threading.Thread(target=run, args=("forget", lambda: self.act(self.admin, "forget", customer))),
                       threading.Thread(target=run, args=("sell", lambda: seller.call("act", entity="policy", action="quote", fields={
                           "vehicle": vehicle, "product": "comprehensive", "sum_insured": "15,000,000"})))]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            self.assertEqual(sorted(said.values()).count("OK"), 1, said)
            seen.add(said["forget"])
        self.assertTrue(seen <= {"OK", "REFUSED"}, seen)

    def test_the_access_report_has_everything_once(self):
        customer = self.person()
        policy = sold(self.amina, self.juma, self.amina.vehicle(customer))
        reply = self.admin.ok("act", entity="customer", action="report", id=customer)
        number = self.amina.ok("get", entity="policy", id=policy).fields["number"]
        text = report_of(reply)
        for part in (f"secret of {self.count}", "TZ-66600", number, "619500.00", "Amina Tester", "Record", "Vehicles", "Certificates", "In the audit"):
            self.assertIn(part, text)
        self.assertEqual(boot("select count(*) from app.idempotency where encode(reply, 'escape') like '%%secret of %%'"), [(0,)])

    def account(self, customer, login, who=None):
        return (who or self.admin).call("add", entity="user", fields={"login": login, "name": f"Self {login}", "role": "customer", "branch": "KK",
                                                                      "customer": {"id": customer}, "email": f"{login}@example.org",
                                                                      "phone": "0767 999 001"})

    def test_the_access_report_speaks_of_every_table_that_points_to_a_customer(self):
        told = {"ownership": "Vehicles", "policy": "Policies", "renewal": "Renewals", "user_account": "Accounts", "person_key": "Protection",
                "history": "Changed by"}
        passing = {"outbox"}  # gone a moment later
        tables = {row[0] for row in boot("select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attname = 'customer_id'"
                                         " and c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and not a.attisdropped")}
        self.assertEqual(tables, set(told) | passing, "say in server/rule/access_report.c what is held there, and here")
        customer = self.person()
        sold(self.amina, self.juma, self.amina.vehicle(customer))
        self.assertEqual(self.account(customer, "mwanaisha").code, "OK")
        text = report_of(self.admin.ok("act", entity="customer", action="report", id=customer))
        for title in [*told.values(), "Terms", "Receipts", "Certificates", "In the audit"]:
            self.assertRegex(text, rf"(?m)^{title}\n  (?!nothing)", text)
        self.assertIn("Self mwanaisha · mwanaisha@example.org · ", text)
        self.assertIn("verified", text)
        self.assertIn("\nFleets\n  nothing\n", text)

    def test_the_access_report_is_in_the_language_of_who_asks(self):
        customer = self.person()
        sold(self.amina, self.juma, self.amina.vehicle(customer))
        boot("update app.user_account set language = 'sw' where id = %s", SIMBA.users["neema"])
        try:
            text = report_of(self.neema.ok("act", entity="customer", action="report", id=customer))
        finally:
            boot("update app.user_account set language = 'en' where id = %s", SIMBA.users["neema"])
        for english in ("Everything held", "Vehicles", "Certificates", "insured for", "In the audit", "nothing", "taken by"):
            self.assertNotIn(english, text)

    def test_the_accounts_of_a_forgotten_customer_are_closed_and_name_nobody(self):
        customer = self.person()
        self.assertEqual(self.account(customer, "zainabu").code, "OK")
        user = boot("select id from app.user_account where login = 'zainabu'")[0][0]
        SIMBA.users["zainabu"] = user
        zainabu = User(self.worker, SIMBA, "zainabu")
        self.assertEqual(zainabu.call("me").code, "OK")
        self.assertEqual(self.act(self.admin, "forget", customer).code, "OK")
        self.assertEqual(zainabu.call("me").code, "UNAUTHENTICATED")
        self.assertEqual(boot("select is_active, name, email, phone, password_hash, login = 'forgotten-' || id from app.user_account where id = %s", user),
                         [(False, "forgotten", None, None, None, True)])
        self.assertEqual(self.admin.call("get", entity="user", key="zainabu").code, "NOT_FOUND")
        again = self.account(customer, "zainabu2")
        self.assertEqual(again.code, "REFUSED", again)
        row = self.admin.ok("get", entity="user", id=user)
        back = self.admin.call("set", entity="user", id=user, version=row.record["version"], fields={"is_active": True})
        self.assertEqual(back.code, "REFUSED", back)


if __name__ == "__main__":
    unittest.main()
