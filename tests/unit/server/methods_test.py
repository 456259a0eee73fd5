"""Every method of the protocol against a real worker and a real PostgreSQL."""

import base64
import re
import unittest

from world import (JOB_AUTH_KEY, JOB_AUTH_PASSWORD, JOB_WIRE, SIMBA, TWIGA, User, Worker, boot, decode, encode, plate, sold)

ENTITIES = ("customer vehicle ownership product rate policy term term_vehicle cover receipt certificate branch user vehicle_type id_type"
            " plate_pattern user_key renewal").split()
UNAUTHENTICATED = 20


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.agent, cls.cashier, cls.manager, cls.admin, cls.viewer = (
            User(cls.worker, SIMBA, login) for login in ("amina", "juma", "neema", "admin", "vera"))

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    def refused(self, reply, code, field=None):
        self.assertEqual(reply.code, code, reply)
        if field is not None:
            self.assertEqual(reply.error["field"], field, reply)
        return reply.error["message"]


class Reading(Case):
    def test_me_says_who_and_where(self):
        me = self.agent.ok("me").body["me"]
        self.assertEqual((me["login"], me["role"], me["branch"], me["today"]), ("amina", "agent", "Kariakoo", "2026-03-01"))

    def test_describe_is_not_sent_again_to_who_has_it(self):
        schema = self.agent.ok("describe").body["schema"]
        self.assertEqual(self.agent.call("describe", hash=schema["hash"]).code, "NOT_MODIFIED")
        self.assertEqual({e["name"] for e in schema["entities"]}, set(ENTITIES) | {"role", "account", "session", "alert"})

    def test_describe_shows_a_role_what_it_may_do(self):
        def actions(user):
            entities = {e["name"]: e for e in user.ok("describe").body["schema"]["entities"]}
            return {a["name"] for a in entities["receipt"]["actions"]}, entities["customer"]["may_add"]
        self.assertEqual(actions(self.agent), (set(), True))
        self.assertEqual(actions(self.cashier), ({"verify", "reject"}, False))
        self.assertEqual(actions(self.viewer), (set(), False))

    def test_internal_fields_are_neither_described_nor_shown(self):
        text = str(self.admin.ok("describe").body)
        for word in ("phone_key", "password_hash", "serial"):
            self.assertNotIn(f"'{word}'", text)
        user = self.admin.ok("get", entity="user", key="amina")
        self.assertFalse({"password", "password_hash"} & set(user.fields))

    def test_what_is_wrong_with_a_value_is_said_of_the_field_as_people_know_it(self):
        vehicle = self.agent.vehicle()

        def message(**fields):
            reply = self.agent.call("act", entity="policy", action="quote", fields={"vehicle": vehicle, "product": "comprehensive"} | fields)
            self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", next(iter(fields))), reply)
            return reply.error["message"]
        self.assertEqual(message(sum_insured="abc"), "Sum insured must be an amount, such as 15,000,000 or 61k")
        self.assertEqual(message(sum_insured="1.234"), "Sum insured must be an amount with at most 2 decimals, such as 15,000,000 or 61k")
        self.assertEqual(message(sum_insured="-5"), "Sum insured is an amount from 0 to 10,000,000,000,000")
        self.assertEqual(message(months="long"), "Months must be a whole number from 0 to 36")
        self.assertEqual(message(start="never"), "Starts must be a date such as 2026-02-14 (YYYY-MM-DD)")

    def test_the_year_of_a_vehicle_is_checked_as_it_is_entered(self):
        fields = next(e for e in self.agent.ok("describe").body["schema"]["entities"] if e["name"] == "vehicle")["fields"]
        self.assertIn("check", next(f for f in fields if f["name"] == "year")["flags"])
        for year in ("1899", "2028", "9999"):
            issues = self.agent.ok("check", entity="vehicle", fields={"plate": "T 123 YYY", "year": year}).body["issues"]
            self.assertEqual([i["text"] for i in issues if i["field"] == "year"], ["the year of manufacture lies between 1900 and 2027"])

    def test_every_entity_is_listed_and_got_by_id_and_its_rows_agree(self):
        sold(self.agent, self.cashier)
        self.agent.fleet()
        self.admin.ok("add", entity="user_key", fields={"user": "amina", "public_key": KEY_LINE.replace("4f", "4e") % "desk"})
        for entity in ENTITIES:
            with self.subTest(entity):
                # what was just sold is not to be renewed for a year
                view = {"view": "all"} if entity == "renewal" else {}
                page = self.admin.ok("list", entity=entity, limit=3, total=True, **view).body["page"]
                self.assertGreater(page["total"], 0)
                row = page["rows"][0]
                record = self.admin.ok("get", entity=entity, id=row["id"])
                self.assertEqual(record.record["version"], row["version"])
                self.assertTrue(record.record["label"])
                for name, value in row["fields"].items():
                    self.assertEqual(record.fields.get(name), value, name)

    def test_every_view_of_every_entity_answers(self):
        for entity in self.admin.ok("describe").body["schema"]["entities"]:
            for view in entity["views"]:
                with self.subTest(f"{entity['name']} {view['name']}"):
                    self.admin.ok("list", entity=entity["name"], view=view["name"])

    def test_every_sort_of_every_entity_pages_through_all_rows_once(self):
        for _ in range(4):
            self.agent.issued()
        for entity in self.admin.ok("describe").body["schema"]["entities"]:
            for field in entity["fields"]:
                if "sort" not in field["flags"]:
                    continue
                for desc in (False, True):
                    with self.subTest(f"{entity['name']} {field['name']} {desc}"):
                        self.page_through(entity["name"], field["name"], desc)

    def page_through(self, entity, sort, desc):
        whole = self.admin.ok("list", entity=entity, sort=sort, desc=desc, limit=200).body["page"]
        ids, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self.admin.ok("list", entity=entity, sort=sort, desc=desc, limit=2, **more).body["page"]
            ids += [row["id"] for row in page["rows"]]
            cursor = page["next"]
            if not cursor:
                break
        self.assertEqual(ids[:200], [row["id"] for row in whole["rows"]])
        self.assertEqual(len(set(ids)), len(ids))

    def test_a_cursor_of_another_list_is_refused(self):
        cursor = self.admin.ok("list", entity="vehicle_type", limit=2).body["page"]["next"]
        self.refused(self.admin.call("list", entity="id_type", limit=2, cursor=cursor), "BAD_PARAMS", "cursor")
        self.refused(self.admin.call("list", entity="vehicle_type", desc=True, limit=2, cursor=cursor), "BAD_PARAMS", "cursor")

    def test_filters_compare_by_the_type_of_the_field(self):
        owner = self.agent.customer(city="Tabora")
        vehicle = self.agent.vehicle(owner=owner, year="2014", make="Subaru")
        for filters, hit in (
                ([["owner", "=", owner]], True), ([["year", "=", "2014"], ["make", "~", "sub"]], True),
                ([["year", ">", "2014"], ["owner", "=", owner]], False), ([["make", "=", "SUBARU"]], True),
                ([["vehicle_type", "=", "car"], ["owner", "=", owner]], True), ([["status", "=", "registered"], ["owner", "=", owner]], True),
                ([["usage", "!=", "private"], ["owner", "=", owner]], False), ([["created_at", ">=", "2020-01-01"], ["owner", "=", owner]], True)):
            with self.subTest(str(filters)):
                rows = self.agent.ok("list", entity="vehicle", filters=filters).body["page"]["rows"]
                self.assertEqual(vehicle in [row["id"] for row in rows], hit)

    def test_numbers_are_filtered_in_any_case_and_by_their_beginning(self):
        number = self.agent.ok("get", entity="policy", id=self.agent.quote()).fields["number"]
        for op, text in (("=", number.lower()), ("~", number.lower()), ("~", number[:-1])):
            rows = self.agent.ok("list", entity="policy", filters=[["number", op, text]]).body["page"]["rows"]
            self.assertIn(number, [row["fields"]["number"] for row in rows])

    def test_a_filter_that_can_not_be_is_refused_by_name(self):
        self.refused(self.agent.call("list", entity="vehicle", filters=[["note", "=", "x"]]), "BAD_PARAMS")
        self.refused(self.agent.call("list", entity="vehicle", filters=[["owner", ">", "0712345678"]]), "BAD_PARAMS", "owner")
        self.refused(self.agent.call("list", entity="vehicle", filters=[["year", "=", "last"]]), "BAD_PARAMS", "year")
        self.refused(self.agent.call("list", entity="vehicle", filters=[["vehicle_type", "=", "rocket"]]), "NOT_FOUND", "vehicle_type")
        self.refused(self.agent.call("list", entity="nonsense"), "BAD_PARAMS", "entity")
        self.refused(self.agent.call("list", entity="vehicle", sort="note"), "BAD_PARAMS", "sort")
        self.refused(self.agent.call("list", entity="vehicle", view="none"), "BAD_PARAMS", "view")

    def test_records_are_got_by_the_keys_people_use(self):
        owner = self.agent.customer(name="Key Person", phone="0755 111 222", id_type="tin", id_number="123-456-789")
        vehicle = self.agent.vehicle(owner=owner, plate="T 901 KEY", chassis="GJ7-123456")
        policy = self.agent.issued(vehicle)
        number = self.agent.ok("get", entity="policy", id=policy).fields["number"]
        for entity, key, wanted in (
                ("customer", "+255 755 111222", owner), ("customer", "123456789", owner), ("customer", "Key Person", owner),
                ("vehicle", "t901-key", vehicle), ("vehicle", "gj7 123456", vehicle), ("policy", number.lower(), policy)):
            with self.subTest(key):
                self.assertEqual(self.agent.ok("get", entity=entity, key=key).record["id"], wanted)
        self.assertEqual(self.agent.ok("get", entity="term", key=number + "#1").fields["seq"], 1)
        self.refused(self.agent.call("get", entity="vehicle", key="T 000 ZZZ"), "NOT_FOUND")

    def test_a_key_that_fits_several_names_them(self):
        for _ in range(2):
            self.agent.ok("add", entity="customer", reason="same family", fields={"name": "Two Phones", "phone": "0788 555 444"})
        reply = self.agent.call("get", entity="customer", key="0788555444")
        self.refused(reply, "BAD_PARAMS")
        self.assertEqual(len(reply.error["refs"]), 2)

    def test_home_counts_what_is_due_and_what_was_done(self):
        before = self.agent.ok("home").body["home"]
        sold(self.agent, self.cashier)
        after = self.agent.ok("home").body["home"]
        def issued(home):
            return {f["label"]: (f["count"], f["amount"]) for f in home["figures"]}["Issued"]
        self.assertEqual(issued(after)[0], issued(before)[0] + 1)
        self.assertEqual(len(after["spark"]), 14)
        unpaid = self.agent.issued()
        alerts = self.agent.ok("home").body["home"]["alerts"]
        number = self.agent.ok("get", entity="policy", id=unpaid).fields["number"]
        self.assertTrue(any(number in a["text"] and a["note"] == "unpaid" for a in alerts) or len(alerts) == 20)

    def test_status_names_version_and_day(self):
        pairs = {p["name"]: p["value"] for p in self.agent.ok("status").body["status"]}
        self.assertEqual(pairs["Day"], "2026-03-01")
        self.assertIn("bimad", pairs["Service"])


class Finding(Case):
    def hits(self, text):
        return [(h["record"]["entity"], h["record"]["id"]) for h in self.agent.ok("find", text=text).body["hits"]]

    def test_finds_by_plate_phone_name_chassis_and_number_in_any_spelling(self):
        owner = self.agent.customer(name="Zawadi Mwinyi-Shabani", phone="0767 909 808")
        vehicle = self.agent.vehicle(owner=owner, plate="T 765 QRS", chassis="JTEBU29J605012345")
        policy = self.agent.issued(vehicle)
        number = self.agent.ok("get", entity="policy", id=policy).fields["number"]
        for text, hit in (("t765qrs", ("vehicle", vehicle)), ("T 765-qrs", ("vehicle", vehicle)), ("765qrs", ("vehicle", vehicle)),
                          ("012345", ("vehicle", vehicle)), ("0767909808", ("customer", owner)), ("+255 767 909", ("customer", owner)),
                          ("shabani zawadi", ("customer", owner)), ("zawadi mwi", ("customer", owner)), (number, ("policy", policy))):
            with self.subTest(text):
                self.assertIn(hit, self.hits(text))

    def test_a_changed_name_is_found_and_the_old_one_is_not(self):
        owner = self.agent.customer(name="Kabwela Kipenzi")
        version = self.agent.ok("get", entity="customer", id=owner).record["version"]
        self.agent.ok("set", entity="customer", id=owner, version=version, fields={"name": "Zuhura Kipenzi"})
        self.assertEqual(self.hits("kabwela"), [])
        self.assertEqual(self.hits("zuhura kip"), [("customer", owner)])

    def test_a_misspelt_name_is_guessed(self):
        owner = self.agent.customer(name="Mwanaisha Tibaijuka")
        hits = self.agent.ok("find", text="tibaijuca").body["hits"]
        self.assertEqual([h["record"]["id"] for h in hits], [owner])
        self.assertEqual(hits[0]["why"], "like tibaijuka")

    def test_a_misspelt_name_of_very_many_is_guessed_beside_a_rare_word(self):
        owner = self.agent.customer(name="Theopista Rugemalira")
        boot("insert into app.search_token (tenant_id, token, entity, row_id, why) select %s, 'rugemalira', 1, n, 5 from generate_series(1, 2000) n", SIMBA.id)
        self.assertEqual(self.hits("theopista rugemalila"), [("customer", owner)])
        self.assertEqual(self.hits("theopista qqqqqqqqqq"), [])

    def test_the_most_alike_that_finds_anything_is_the_guess(self):
        others, owner = self.agent.customer(name="Bakari Nyangoma"), self.agent.customer(name="Asha Nyangomi")
        self.assertEqual(self.hits("asha nyangomo"), [("customer", owner)])
        self.assertEqual(self.hits("nyangomo"), [("customer", others)])

    def test_as_many_words_as_are_looked_at(self):
        words = "Mary Bahati Chausiku Dalili Eshe Furaha Ghanima Hadija".split()
        owner = self.agent.customer(name=" ".join(words))
        for n in range(1, 9):
            with self.subTest(n):
                self.assertIn(("customer", owner), self.hits(" ".join(reversed(words[:n]))))
        self.assertIn(("customer", owner), self.hits(" ".join(words).replace("Chausiku", "Chausikku")))
        self.assertEqual(self.hits(" ".join(words[:7] + ["Qqqqqqqqq"])), [])

    def test_nothing_typed_finds_nothing(self):
        for text in ("?!", "zzzzzzzzqq"):
            self.assertEqual(self.hits(text), [])


class Writing(Case):
    def test_what_is_refused_holds_no_issue_that_was_only_looked_for(self):
        vehicle = self.agent.vehicle()
        self.cashier.verify(self.agent.receipt(self.agent.issued(vehicle)))
        reply = self.agent.call("act", entity="policy", action="quote",
                                fields={"vehicle": vehicle, "product": "comprehensive", "sum_insured": "15m"})
        self.refused(reply, "REFUSED", "vehicle")
        self.assertEqual([issue for issue in reply.error["issues"] if not issue["text"]], [])

    def test_add_answers_with_what_was_stored(self):
        reply = self.agent.ok("add", entity="customer", fields={"name": "  Rehema   Said ", "phone": "0713 100 200"})
        self.assertEqual((reply.record["version"], reply.fields["kind"], reply.fields["branch"]["label"]), (1, "individual", "KK"))

    def test_every_wrong_field_is_named_at_once(self):
        reply = self.agent.call("add", entity="vehicle", fields={"year": "nineteen", "seats": "many", "usage": "flying", "nonsense": 1})
        self.refused(reply, "BAD_PARAMS")
        self.assertEqual({i["field"] for i in reply.error["issues"]}, {"year", "seats", "usage", "nonsense"})

    def test_what_is_missing_is_named(self):
        reply = self.agent.call("add", entity="vehicle", fields={"plate": plate(900001)})
        self.assertEqual({i["field"] for i in reply.error["issues"]}, {"vehicle_type", "make", "owner"})

    def test_what_comes_about_by_itself_can_not_be_given(self):
        self.refused(self.agent.call("add", entity="receipt", fields={"number": "R/1"}), "BAD_PARAMS", "number")
        self.refused(self.manager.call("add", entity="policy", fields={}), "BAD_PARAMS", "entity")
        self.refused(self.agent.call("add", entity="policy", fields={}), "FORBIDDEN")

    def test_set_changes_only_the_version_that_was_seen(self):
        customer = self.agent.customer()
        first = self.agent.ok("set", entity="customer", id=customer, version=1, fields={"city": "Moshi"})
        self.assertEqual((first.record["version"], first.fields["city"]), (2, "Moshi"))
        late = self.agent.call("set", entity="customer", id=customer, version=1, fields={"city": "Arusha"})
        self.refused(late, "CONFLICT")
        self.assertEqual((late.record["version"], late.fields["city"]), (2, "Moshi"))

    def test_set_without_a_difference_makes_no_version(self):
        owner = self.agent.customer()
        vehicle = self.agent.vehicle(owner=owner, colour="white")
        version = self.agent.ok("get", entity="vehicle", id=vehicle).record["version"]
        reply = self.agent.ok("set", entity="vehicle", id=vehicle, version=version, fields={"colour": "white", "owner": owner})
        self.assertEqual(reply.record["version"], version)

    def test_set_empties_a_field_but_not_a_required_one(self):
        customer = self.agent.customer(city="Moshi")
        self.assertNotIn("city", self.agent.ok("set", entity="customer", id=customer, version=1, fields={"city": ""}).fields)
        self.refused(self.agent.call("set", entity="customer", id=customer, version=2, fields={"name": None}), "BAD_PARAMS", "name")

    def test_create_only_fields_stay(self):
        code = self.admin.ok("list", entity="product").body["page"]["rows"][0]
        self.refused(self.admin.call("set", entity="product", id=code["id"], version=code["version"], fields={"code": "other"}),
                     "BAD_PARAMS", "code")

    def test_what_an_administrator_sets_up_is_checked_added_and_changed(self):
        for entity, fields, change in (
                ("branch", {"code": "tb", "name": "Tabora"}, {"phone": "022 211 0000"}),
                ("product", {"code": "fleet", "name": "Motor fleet", "basis": "flat"}, {"is_active": "no"}),
                ("rate", {"product": "comprehensive", "vehicle_type": "bus", "from_date": "2026-06-01", "rate": "4.25", "tax": "18"},
                 {"to_date": "2026-12-31"}),
                ("vehicle_type", {"code": "tractor", "name": "Tractor"}, {"name": "Farm tractor"}),
                ("id_type", {"code": "refugee", "name": "Refugee card", "pattern": "^R[0-9]{8}$"}, {"birth_at": 1}),
                ("plate_pattern", {"code": "farm", "name": "Farm plates", "pattern": "^F[0-9]{4}$", "vehicle_type": "car"}, {"vehicle_type": None}),
                ("user", {"login": "setup", "name": "Set Up", "role": "viewer", "branch": "MW"}, {"role": "cashier"})):
            with self.subTest(entity):
                self.assertEqual(self.admin.ok("check", entity=entity, fields=fields).body["issues"], [])
                self.refused(self.agent.call("add", entity=entity, fields=fields), "FORBIDDEN")
                added = self.admin.ok("add", entity=entity, fields=fields).record
                changed = self.admin.ok("set", entity=entity, id=added["id"], version=1, fields=change).record
                self.assertEqual(changed["version"], 2)
                events = self.admin.ok("history", entity=entity, id=added["id"]).body["events"]["rows"]
                self.assertEqual([c["field"] for c in events[0]["changes"]], list(change))

    def test_one_code_is_given_once_and_one_price_holds_on_a_day(self):
        self.refused(self.admin.call("add", entity="vehicle_type", fields={"code": "car", "name": "Car again"}), "DUPLICATE", "code")
        reply = self.admin.call("add", entity="rate", fields={"product": "comprehensive", "from_date": "2026-05-05", "rate": "3"})
        self.assertIn(reply.code, ("REFUSED", "DUPLICATE"), reply)

    def test_check_says_what_add_would_say_and_saves_nothing(self):
        self.agent.customer(name="Checked Once", phone="0744 000 111")
        before = boot("select count(*) from app.customer")[0][0]
        issues = self.agent.ok("check", entity="customer", fields={"name": "Checked Once", "phone": "0744000111"}).body["issues"]
        self.assertIn(("confirm", "phone"), [(i["level"], i["field"]) for i in issues])
        issues = self.agent.ok("check", entity="vehicle", fields={"year": "x"}).body["issues"]
        self.assertEqual([(i["level"], i["field"]) for i in issues if i["field"] == "year"], [("refuse", "year")])
        self.assertEqual(boot("select count(*) from app.customer")[0][0], before)

    def test_a_soft_duplicate_needs_a_reason_which_history_keeps(self):
        fields = {"name": "Twin Brother", "phone": "0744 222 333"}
        self.agent.ok("add", entity="customer", fields=fields)
        self.refused(self.agent.call("add", entity="customer", fields=fields), "CONFIRM", "phone")
        second = self.agent.ok("add", entity="customer", fields=fields, reason="brothers share a phone")
        events = self.agent.ok("history", entity="customer", id=second.record["id"]).body["events"]["rows"]
        self.assertEqual(events[-1]["reason"], "brothers share a phone")

    def test_a_hard_duplicate_names_the_record_there_is(self):
        vehicle = self.agent.vehicle(plate="T 909 DUP")
        reply = self.agent.call("add", entity="vehicle", fields={"plate": "t909dup", "vehicle_type": "car", "make": "BMW",
                                                                 "owner": self.agent.customer()})
        self.refused(reply, "DUPLICATE", "plate")
        self.assertEqual(reply.error["refs"][0]["id"], vehicle)

    def test_an_action_is_offered_in_its_states_only(self):
        policy = self.agent.quote()
        self.refused(self.agent.call("act", entity="policy", action="renew", id=policy), "REFUSED", "state")
        self.refused(self.manager.call("act", entity="policy", action="cancel", id=policy, reason="x"), "REFUSED", "state")
        self.refused(self.agent.call("act", entity="policy", action="fly", id=policy), "BAD_PARAMS", "action")
        self.refused(self.agent.call("act", entity="policy", action="issue"), "BAD_PARAMS", "key")

    def test_an_action_that_needs_a_reason_asks_for_it(self):
        policy = self.agent.quote()
        self.refused(self.agent.call("act", entity="policy", action="void", id=policy), "BAD_PARAMS", "reason")
        self.assertEqual(self.agent.ok("act", entity="policy", action="void", id=policy, reason="changed his mind").fields["state"], "void")

    def test_a_batch_is_one_new_business_in_one_go(self):
        reply = self.agent.ok("batch", steps=new_business("Batch Buyer", "0745 000 777", "T 777 BAT"))
        customer, vehicle, policy, issued, receipt = (r["record"] for r in reply.body["results"])
        self.assertEqual(vehicle["fields"]["owner"]["id"], customer["id"])
        self.assertEqual((policy["id"], issued["fields"]["state"]), (issued["id"], "awaiting_payment"))
        self.assertEqual(receipt["fields"]["policy"]["id"], policy["id"])
        words = [e["op"] for e in self.agent.ok("history", entity="policy", id=policy["id"]).body["events"]["rows"]]
        self.assertTrue({"quote", "issue", "added"} <= set(words), words)

    def test_a_batch_is_all_or_nothing_and_says_which_step_failed(self):
        steps = new_business("Batch Breaker", "0745 000 888", "T 778 BAT")
        steps[-1][1]["fields"]["amount"] = "619,499"
        reply = self.agent.call("batch", steps=steps)
        self.refused(reply, "REFUSED", "4.amount")
        self.assertEqual(boot("select count(*) from app.customer where name = 'Batch Breaker'")[0][0], 0)
        self.assertEqual(self.agent.ok("find", text="T778BAT").body["hits"], [])

    def test_a_batch_needs_the_permission_of_each_step(self):
        self.refused(self.cashier.call("batch", steps=new_business("No One", "0745 000 999", "T 779 BAT")), "FORBIDDEN")

    def test_a_trial_answers_as_the_batch_would_and_leaves_nothing(self):
        before = boot("select (select count(*) from app.history), (select sum(n) from app.counter), (select count(*) from app.search_token)")
        reply = self.agent.ok("trial", steps=new_business("Trial Person", "0745 000 666", "T 776 TRY"))
        self.assertEqual([r["record"]["entity"] for r in reply.body["results"]], ["customer", "vehicle", "policy", "policy", "receipt"])
        self.assertEqual(reply.body["results"][3]["record"]["fields"]["outstanding"], "619500.00")
        steps = new_business("Trial Person", "0745 000 666", "T 776 TRY")
        steps[-1][1]["fields"]["amount"] = "1"
        self.refused(self.agent.call("trial", steps=steps), "REFUSED", "4.amount")
        self.refused(self.cashier.call("trial", steps=steps), "FORBIDDEN")
        after = boot("select (select count(*) from app.history), (select sum(n) from app.counter), (select count(*) from app.search_token)")
        self.assertEqual(after, before)

    def test_a_change_without_a_key_of_its_own_is_refused(self):
        self.assertEqual(self.agent.call("add", idem="00", entity="customer", fields={}).code, "BAD_PARAMS")

    def test_the_same_key_is_answered_with_the_first_answer_or_refused(self):
        key = "ab" * 16
        fields = {"name": "Only Once", "phone": "0745 111 000"}
        first = self.agent.call("add", idem=key, entity="customer", fields=fields)
        again = self.agent.call("add", idem=key, entity="customer", fields=fields)
        self.assertEqual((first.replayed, again.replayed, again.body), (False, True, first.body))
        self.refused(self.agent.call("add", idem=key, entity="customer", fields=fields | {"city": "Moshi"}), "IDEM_MISMATCH")
        self.assertEqual(self.cashier.call("add", idem=key, entity="customer", fields=fields).code, "FORBIDDEN")

    def test_a_refused_request_may_be_mended_under_its_key(self):
        key = "cd" * 16
        self.refused(self.agent.call("add", idem=key, entity="customer", fields={"name": "Mended"}), "BAD_PARAMS", "phone")
        self.assertEqual(self.agent.call("add", idem=key, entity="customer", fields={"name": "Mended Well", "phone": "0745 111 999"}).code, "OK")

    def test_values_are_taken_as_people_write_them(self):
        policy = self.agent.quote(sum_insured="15m", start="t", months="6")
        term = self.agent.ok("list", entity="term", filters=[["policy", "=", policy]]).body["page"]["rows"][0]["fields"]
        self.assertEqual((term["sum_insured"], term["start_date"], term["end_date"]), ("15000000.00", "2026-03-01", "2026-08-31"))


class Past(Case):
    def test_history_tells_who_did_what_from_where(self):
        customer = self.agent.customer(city="Iringa")
        self.manager.ok("set", entity="customer", id=customer, version=1, fields={"city": "Mbeya", "kind": "company"})
        events = self.agent.ok("history", entity="customer", id=customer).body["events"]["rows"]
        self.assertEqual([(e["op"], e["who"], e["address"], e["client"]) for e in events],
                         [("changed", "Neema Tester (neema)", "192.0.2.7", "test 1.0"),
                          ("added", "Amina Tester (amina)", "192.0.2.7", "test 1.0")])
        changes = {c["field"]: (c["before"], c["after"]) for c in events[0]["changes"]}
        self.assertEqual(changes, {"city": ("Iringa", "Mbeya"), "kind": ("individual", "company")})

    def test_history_pages_to_the_beginning(self):
        policy = sold(self.agent, self.cashier)
        whole = self.agent.ok("history", entity="policy", id=policy, limit=100).body["events"]["rows"]
        ids, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            events = self.agent.ok("history", entity="policy", id=policy, limit=3, **more).body["events"]
            ids += [e["id"] for e in events["rows"]]
            cursor = events["next"]
            if not cursor:
                break
        self.assertEqual(ids, [e["id"] for e in whole])
        self.assertEqual({e["record"]["entity"] for e in whole}, {"policy", "term", "cover", "receipt", "certificate", "renewal"})

    def test_every_entity_has_history_and_a_state_as_of_now(self):
        for entity in ENTITIES:
            rows = self.admin.ok("list", entity=entity, limit=1).body["page"]["rows"]
            if not rows:
                continue
            with self.subTest(entity):
                id = rows[0]["id"]
                self.assertTrue(self.admin.ok("history", entity=entity, id=id).body["events"]["rows"])
                now = self.admin.ok("get", entity=entity, id=id)
                then = self.admin.ok("as_of", entity=entity, id=id, at="2100-01-01T00:00:00Z")
                self.assertEqual(then.fields, {k: v for k, v in now.fields.items() if k in then.fields})
                self.assertLessEqual(set(now.fields) - set(then.fields), COMPUTED)

    def test_as_of_shows_the_record_as_it_was(self):
        customer = self.agent.customer(city="Iringa")
        between = boot("select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")[0][0]
        self.agent.ok("set", entity="customer", id=customer, version=1, fields={"city": "Mbeya"})
        event = boot("select at from app.history where tbl = 'customer' and row_id = %s order by id limit 1", customer)[0][0]
        self.assertIsNotNone(between and event)
        old = self.agent.call("as_of", entity="customer", id=customer, at="2020-01-01T00:00:00Z")
        self.refused(old, "NOT_FOUND")
        new = self.agent.ok("as_of", entity="customer", id=customer, at="2100-01-01T00:00:00Z")
        self.assertEqual((new.fields["city"], new.record["version"]), ("Mbeya", 2))

    def test_a_changed_password_shows_that_it_changed_and_nothing_else(self):
        user = self.admin.ok("add", entity="user", fields={"login": "hidden", "name": "Hidden One", "role": "agent", "branch": "KK"}).record
        boot("update app.user_account set password_hash = '$argon2id$one' where id = %s", user["id"])
        boot("update app.user_account set password_hash = '$argon2id$two' where id = %s", user["id"])
        events = self.admin.ok("history", entity="user", id=user["id"]).body["events"]["rows"]
        self.assertIn(("password", "", "hidden"), [(c["field"], c["before"], c["after"]) for c in events[0]["changes"]])
        self.assertNotIn("argon2", str(events))


class Printing(Case):
    def test_a_certificate_prints_as_pdf_and_text(self):
        policy = sold(self.agent, self.cashier)
        certificate = self.agent.ok("list", entity="certificate", filters=[["policy", "=", policy]]).body["page"]["rows"][0]
        text = self.agent.ok("print", entity="certificate", id=certificate["id"], format="text").body["file"]
        self.assertEqual(text["media_type"].split(";")[0], "text/plain")
        pdf = self.agent.ok("print", entity="certificate", key=certificate["fields"]["number"], format="pdf").body["file"]
        self.assertEqual(pdf["media_type"], "application/pdf")
        self.refused(self.agent.call("print", entity="certificate", id=certificate["id"], format="stone"), "BAD_PARAMS")
        self.refused(self.cashier.call("print", entity="customer", id=1, format="pdf"), "FORBIDDEN")


class SigningIn(Case):
    def auth(self, kind, login, secret):
        answer = self.worker.ask(kind, secret, login=login)
        return answer[1], tuple(answer[2:4])

    def with_password(self, login, name, password):
        """A user who signed in with a one-time token and chose a password."""
        user = self.admin.ok("add", entity="user", fields={"login": login, "name": name, "role": "agent", "branch": "KK"}).record
        SIMBA.users[login] = user["id"]
        told = self.admin.ok("act", entity="user", action="enrol", id=user["id"]).body["file"]
        token = re.search(r"^token +(\S+)$", base64.b64decode(told["bytes"]).decode(), re.M)[1]
        answer = self.worker.ask(JOB_AUTH_PASSWORD, token.encode(), login=f"{login}@simba.co.tz".encode())
        self.assertEqual(answer[1], 0)
        own = User(self.worker, SIMBA, login)
        own.who = tuple(answer[2:5])
        own.ok("act", entity="account", action="password", key="me", fields={"new": password})
        return user, own

    def test_a_password_opens_the_door_and_only_the_right_one(self):
        self.with_password("doorman", "Door Man", "open sesame 42")
        code, (tenant, user) = self.auth(JOB_AUTH_PASSWORD, b"Doorman@SIMBA.co.tz", b"open sesame 42")
        self.assertEqual((code, tenant), (0, SIMBA.id))
        self.assertEqual(boot("select login from app.user_account where id = %s", user), [("doorman",)])
        for login, secret in ((b"doorman@simba.co.tz", b"open sesame 43"), (b"doorman@twiga.co.tz", b"open sesame 42"),
                              (b"nobody@simba.co.tz", b"x"), (b"doorman", b"open sesame 42"), (b"amina@simba.co.tz", b""),
                              (b"door\xff@simba.co.tz", b"x"), (b"@simba.co.tz", b"x"), (b"doorman@", b"x"),
                              (b"doorman@simba.co.tz", b"x" * 5000), (b"x" * 400 + b"@simba.co.tz", b"x")):
            with self.subTest(login):
                self.assertEqual(self.auth(JOB_AUTH_PASSWORD, login, secret), (UNAUTHENTICATED, (0, 0)))

    def test_a_switched_off_user_stays_outside_and_inside_requests_end(self):
        user, leaver = self.with_password("leaver", "Has Left", "open sesame 42")
        leaver.ok("me")
        version = self.admin.ok("get", entity="user", id=user["id"]).record["version"]
        self.admin.ok("set", entity="user", id=user["id"], version=version, fields={"is_active": "no"})
        self.assertEqual(self.auth(JOB_AUTH_PASSWORD, b"leaver@simba.co.tz", b"open sesame 42")[0], UNAUTHENTICATED)
        for method, params in (("me", {}), ("list", {"entity": "customer"}), ("add", {"entity": "customer", "fields": {}})):
            self.refused(leaver.call(method, **params), "UNAUTHENTICATED")

    def test_a_changed_role_ends_the_session_and_counts_from_the_next_one_on(self):
        user = self.admin.ok("add", entity="user", fields={"login": "promoted", "name": "Pro Moted", "role": "viewer", "branch": "KK"}).record
        SIMBA.users["promoted"] = user["id"]
        promoted = User(self.worker, SIMBA, "promoted")
        self.assertEqual(promoted.ok("me").body["me"]["role"], "viewer")
        self.refused(promoted.call("check", entity="customer", fields={}), "FORBIDDEN")
        self.admin.ok("set", entity="user", id=user["id"], version=1, fields={"role": "agent"})
        self.refused(promoted.call("check", entity="customer", fields={}), "UNAUTHENTICATED")
        boot("select app.open_session(%s, %s, 4711, 2, 'password', '', '')", SIMBA.id, user["id"])
        promoted.who = (SIMBA.id, user["id"], 4711)
        self.assertEqual(promoted.call("check", entity="customer", fields={}).code, "OK")
        self.assertEqual(promoted.ok("me").body["me"]["role"], "agent")

    def test_a_key_opens_the_door_of_its_user(self):
        blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))
        self.assertEqual(self.auth(JOB_AUTH_KEY, b"neema@simba.co.tz", blob)[0], UNAUTHENTICATED)
        reply = self.admin.ok("add", entity="user_key", fields={"user": "neema", "public_key": KEY_LINE % "neema at home"})
        self.assertEqual((reply.fields["name"], reply.fields["fingerprint"]), ("neema at home", FINGERPRINT))
        self.assertEqual(self.auth(JOB_AUTH_KEY, b"neema@simba.co.tz", blob), (0, (SIMBA.id, SIMBA.users["neema"])))
        self.assertEqual(self.auth(JOB_AUTH_KEY, b"juma@simba.co.tz", blob)[0], UNAUTHENTICATED)
        self.refused(self.admin.call("add", entity="user_key", fields={"user": "juma", "public_key": KEY_LINE % "copy"}), "DUPLICATE", "public_key")
        self.admin.ok("set", entity="user_key", id=reply.record["id"], version=1, fields={"is_active": "no"})
        self.assertEqual(self.auth(JOB_AUTH_KEY, b"neema@simba.co.tz", blob)[0], UNAUTHENTICATED)

    def test_a_damaged_or_weak_key_is_refused(self):
        for line in ("ssh-ed25519", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M=", "rubbish", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAIQ=="):
            with self.subTest(line):
                self.refused(self.admin.call("add", entity="user_key", fields={"user": "juma", "public_key": line}), "BAD_PARAMS", "public_key")

    def test_users_are_checked(self):
        base = {"login": "fresh", "name": "Fresh One", "role": "agent", "branch": "KK"}
        for change, code, field in (({"password": "given by another"}, "BAD_PARAMS", "password"), ({"login": "a@b"}, "BAD_PARAMS", "login"),
                                    ({"language": "xx"}, "REFUSED", "language"), ({"login": "AMINA"}, "DUPLICATE", "login"),
                                    ({"branch": "QQ"}, "NOT_FOUND", "branch"), ({"role": "king"}, "NOT_FOUND", "role")):
            with self.subTest(str(change)):
                self.refused(self.admin.call("add", entity="user", fields=base | change), code, field)
        me = self.admin.ok("get", entity="user", key="admin").record
        self.refused(self.admin.call("set", entity="user", id=me["id"], version=me["version"], fields={"is_active": "no"}), "REFUSED", "is_active")


class Wire(Case):
    """The binary side of what the JSON twin says."""

    def ask(self, message):
        answer = self.worker.ask(JOB_WIRE, encode(message), self.agent.who)
        self.assertEqual(answer[1], 0)
        reply, _ = decode(answer[-1])
        return reply  # [1, id, code, body, meta]

    def test_hello_brings_who_and_the_description_once(self):
        reply = self.ask([7, [1], 0, "test 1.0", "", "en"])
        self.assertEqual(reply[:3], [1, 0, 0])
        hash = self.admin_hash(reply)
        known = self.ask([7, [1], 0, "test 1.0", hash, "en"])
        self.assertEqual((8 in reply[3], 8 in known[3], 9 in known[3]), (True, False, True))

    def admin_hash(self, reply):
        return reply[3][12][2]

    def test_hello_of_an_unknown_version_is_refused(self):
        self.assertEqual(self.ask([7, [99], 0, "test 9", "", "en"])[2], 11)

    def test_what_is_no_message_is_answered_as_bad_frame(self):
        for payload in (b"", b"\xff", b"\x80", encode([0, 1]), encode([4, 7]), encode("text")):
            answer = self.worker.ask(JOB_WIRE, payload, self.agent.who)
            self.assertEqual(decode(answer[-1])[0][2], 10, payload)

    def test_an_unknown_method_is_answered_under_its_id(self):
        self.assertEqual(self.ask([0, 5, 200, {}, {}])[:3], [1, 5, 12])


def new_business(name, phone, plate_text):
    return [
        ["add", {"entity": "customer", "fields": {"name": name, "phone": phone}}],
        ["add", {"entity": "vehicle", "fields": {"plate": plate_text, "vehicle_type": "car", "make": "Toyota", "owner": "$0"}}],
        ["act", {"entity": "policy", "action": "quote", "fields": {"vehicle": "$1", "product": "comprehensive", "sum_insured": "15m"}}],
        ["act", {"entity": "policy", "action": "issue", "key": "$2"}],
        ["add", {"entity": "receipt", "fields": {"policy": "$2", "amount": "619,500", "method": "cash"}}],
    ]


# ssh-keygen -l prints this fingerprint for a key whose 32 bytes are 0 … 31
KEY_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f %s"
FINGERPRINT = "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
# not stored with the record: the present tells them
COMPUTED = {"covered_until", "vehicles", "total", "paid", "outstanding", "sum_insured", "seen_at", "factor_at", "locked_until", "term_end", "last_total",
            "change", "when", "phone", "new_start", "new_end", "new_total"}

if __name__ == "__main__":
    unittest.main()
