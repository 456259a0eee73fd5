"""The platform's worker: companies, requests, defaults, the regulator, as its users ask for them."""

import base64
import re
import unittest

from world import SIMBA, TODAY, TWIGA, User, Worker, boot, sold

REQUEST = {"name": "Tembo  Assurance", "business_type": "general insurer", "phone": "+255 712 345 678", "email": "info@tembo.co.tz",
           "address": "Dodoma", "domain": "Tembo.co.tz.", "admin_name": "Salma Juma", "admin_login": "Salma", "admin_email": "salma@tembo.co.tz"}


class Platform:
    """As world.Company: tenant 0."""
    id, domain, users = 0, "platform", {}

    def __init__(self):
        for login, role in (("root", "super_admin"), ("root2", "super_admin"), ("root3", "super_admin"), ("watch", "regulator")):
            self.users[login] = boot("insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, %s, %s, r.id, b.id "
                                     "from app.role r, app.branch b where r.tenant_id = 0 and r.code = %s and b.tenant_id = 0 returning id",
                                     login, login.title(), role)[0][0]
        self.users["register"] = boot("select id from app.user_account where tenant_id = 0 and login = 'register'")[0][0]

    def open_session(self, login):
        boot("select app.open_session(0, %s, %s, 2, 'password', '', '') where not exists (select from app.session where tenant_id = 0"
             " and token = %s)", self.users[login], self.users[login], self.users[login])


PLATFORM = Platform()


def text_of(reply):
    """The file an action gave."""
    assert reply.code == "OK", reply
    return base64.b64decode(reply.body["file"]["bytes"]).decode()


class WithPlatform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker("65536", "platform")
        cls.company_worker = Worker()
        cls.root, cls.watch, cls.stranger = (User(cls.worker, PLATFORM, login) for login in ("root", "watch", "register"))
        cls.amina = User(cls.company_worker, SIMBA, "amina")
        cls.juma = User(cls.company_worker, SIMBA, "juma")
        cls.admin = User(cls.company_worker, SIMBA, "admin")

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()
        cls.company_worker.close()
        boot("delete from app.platform_pace where true")

    def setUp(self):
        boot("delete from app.platform_pace where true")

    def refused(self, reply, code="REFUSED", text=None, field=None):
        self.assertEqual(reply.code, code, reply)
        if text:
            self.assertIn(text, reply.error["message"])
        if field:
            self.assertEqual(reply.error["field"], field)

    def company(self, code, **more):
        fields = {"code": code, "name": f"{code} Insurance", "domains": f"{code.lower()}.co.tz"} | more
        return self.root.ok("add", entity="company", fields=fields)


class Registration(WithPlatform):
    def test_a_request_is_tidied_kept_and_answered(self):
        reply = self.stranger.ok("add", entity="company_request", fields=REQUEST)
        self.assertIn("info@tembo.co.tz", reply.body["issues"][0]["text"])
        seen = self.root.ok("get", entity="company_request", key="tembo.co.tz").fields
        self.assertEqual((seen["name"], seen["admin_login"], seen["domain"]), ("Tembo Assurance", "salma", "tembo.co.tz"))
        self.assertEqual((seen["state"], seen["source"]), ("pending", "192.0.2.7"))
        listed = self.root.ok("list", entity="company_request").body["page"]["rows"]
        self.assertTrue(any("tembo.co.tz" in str(row) for row in listed))

    def test_what_is_wrong_with_a_request_is_told_field_by_field(self):
        for field, value, text in (("domain", "nodot", "this is no domain"), ("domain", "simba.co.tz", "that domain is taken"),
                                   ("email", "nobody", "no e-mail address"), ("admin_login", "a b", "small letters"), ("name", "?", "whole name"),
                                   ("phone", "12", "phone"), ("admin_email", "x@y", "no e-mail")):
            with self.subTest(field=field, value=value):
                reply = self.stranger.call("add", entity="company_request", fields=REQUEST | {field: value})
                self.refused(reply, text=text, field=field)
        self.refused(self.stranger.call("add", entity="company_request", fields={"name": "x"}), "BAD_PARAMS")

    def test_who_registers_can_do_nothing_else(self):
        for method, params in (("list", {"entity": "company_request"}), ("get", {"entity": "company_request", "id": 1}),
                               ("list", {"entity": "company"}), ("list", {"entity": "platform_user"}), ("get", {"entity": "role", "id": 1}),
                               ("act", {"entity": "company_request", "action": "approve", "id": 1, "fields": {"code": "X"}}),
                               ("add", {"entity": "company", "fields": {"code": "X"}}), ("history", {"entity": "company_request", "id": 1}),
                               ("add", {"entity": "platform_user", "fields": {"login": "x"}}), ("get", {"entity": "account", "key": "me"}),
                               ("act", {"entity": "account", "key": "me", "action": "password", "fields": {"new": "long words of a thief"}}),
                               ("act", {"entity": "account", "key": "me", "action": "factor"}), ("list", {"entity": "session"}),
                               ("act", {"entity": "session", "action": "end_all"}), ("list", {"entity": "user_key"}),
                               ("set", {"entity": "account", "key": "me", "version": 1, "fields": {"name": "Thief"}})):
            with self.subTest(method=method, **params):
                self.assertIn(self.stranger.call(method, **params).code, ("FORBIDDEN", "BAD_PARAMS"))
        schema = self.stranger.ok("describe").body["schema"]
        self.assertIn("company_request", str(schema))
        self.assertNotIn("'company'", str([e["name"] for e in schema["entities"]]))
        self.assertEqual(self.stranger.ok("find", text="simba").body.get("hits", []), [])

    def test_approving_makes_the_company_and_gives_its_administrators_token_once(self):
        self.stranger.ok("add", entity="company_request", fields=REQUEST | {"domain": "nyati.co.tz", "name": "Nyati"})
        self.refused(self.root.call("act", entity="company_request", action="approve", key="nyati.co.tz", fields={"code": "ny!"}), text="capital")
        idem = "00" * 15 + "77"
        asked = dict(entity="company_request", action="approve", key="nyati.co.tz", fields={"code": "NYATI"})
        reply = self.root.ok("act", idem=idem, **asked)
        self.assertEqual(reply.fields["state"], "approved")
        text = text_of(reply)
        self.assertIn("salma@nyati.co.tz", text)
        self.assertRegex(text, r"token +\S{4}-\S{4}-\S{4}-\S{4}")
        again = self.root.call("act", idem=idem, **asked)
        self.assertTrue(again.replayed)
        self.assertNotIn("file", again.body)
        company = self.root.ok("get", entity="company", key="nyati.co.tz").fields
        self.assertEqual((company["code"], company["status"], company["phone"]), ("NYATI", "active", "+255 712 345 678"))
        self.refused(self.root.call("act", entity="company_request", action="reject", key="nyati.co.tz", reason="late"), text="approved")

    def test_rejecting_needs_a_reason(self):
        self.stranger.ok("add", entity="company_request", fields=REQUEST | {"domain": "fisi.co.tz", "name": "Fisi"})
        self.refused(self.root.call("act", entity="company_request", action="reject", key="fisi.co.tz"), "BAD_PARAMS", field="reason")
        done = self.root.ok("act", entity="company_request", action="reject", key="fisi.co.tz", reason="no licence")
        self.assertEqual((done.fields["state"], done.fields["reason"]), ("rejected", "no licence"))


class Companies(WithPlatform):
    def test_a_company_is_made_changed_and_its_history_kept(self):
        made = self.company("CHUI", admin_login="asha", timezone="Africa/Nairobi", currency="KES")
        self.assertIn("admin_token", made.body["issues"][0]["text"])
        self.assertEqual((made.fields["timezone"], made.fields["currency"]), ("Africa/Nairobi", "KES"))
        changed = self.root.ok("set", entity="company", id=made.record["id"], version=made.record["version"], fields={"phone": "0712 000 111"})
        self.assertEqual(changed.fields["phone"], "0712 000 111")
        self.refused(self.root.call("set", entity="company", id=made.record["id"], version=made.record["version"], fields={"phone": "1"}), "CONFLICT")
        events = self.root.ok("history", entity="company", id=made.record["id"]).body["events"]["rows"]
        self.assertIn("0712 000 111", str(events))
        self.refused(self.root.call("set", entity="company", id=made.record["id"], version=changed.record["version"], fields={"currency": "USD"}),
                     "BAD_PARAMS")

    def test_what_can_not_be_is_refused_with_its_field(self):
        for field, value in (("code", "no!"), ("domains", "x"), ("domains", "simba.co.tz"), ("currency", "shilling"[:3]), ("timezone", "Mars/Base"),
                             ("admin_login", "a@b"), ("email", "x"), ("branch_code", "-")):
            with self.subTest(field=field, value=value):
                reply = self.root.call("add", entity="company", fields={"code": "ZZ", "name": "Z", "domains": "zz.co.tz"} | {field: value})
                self.assertIn(reply.code, ("REFUSED", "DUPLICATE"), reply)
                self.assertEqual(reply.error["field"], field)
        self.refused(self.root.call("add", entity="company", fields={"code": "SI", "name": "Z", "domains": "zzz.co.tz"}), "DUPLICATE", field="code")

    def test_it_is_suspended_with_a_reason_and_activated(self):
        self.company("DUMA")
        self.refused(self.root.call("act", entity="company", action="suspend", key="DUMA"), "BAD_PARAMS", field="reason")
        done = self.root.ok("act", entity="company", action="suspend", key="duma.co.tz", reason="unpaid")
        self.assertEqual((done.fields["status"], done.fields["status_reason"]), ("suspended", "unpaid"))
        self.refused(self.root.call("act", entity="company", action="suspend", key="DUMA", reason="again"), text="not possible")
        rows = self.root.ok("list", entity="company", view="suspended").body["page"]["rows"]
        self.assertEqual(len(rows), 1)
        self.assertEqual(self.root.ok("act", entity="company", action="activate", key="DUMA").fields["status"], "active")

    def test_domains_come_and_go(self):
        self.company("KIBOKO")
        done = self.root.ok("act", entity="company", action="add_domain", key="KIBOKO", fields={"domain": "Hippo.CO.TZ"})
        self.assertEqual(done.fields["domains"], "kiboko.co.tz hippo.co.tz")
        self.refused(self.root.call("act", entity="company", action="add_domain", key="KIBOKO", fields={"domain": "simba.co.tz"}), text="taken")
        self.root.ok("act", entity="company", action="drop_domain", key="KIBOKO", fields={"domain": "kiboko.co.tz"})
        self.refused(self.root.call("act", entity="company", action="drop_domain", key="KIBOKO", fields={"domain": "hippo.co.tz"}), text="last domain")
        self.assertEqual(self.root.ok("get", entity="company_domain", key="hippo.co.tz").fields["company"]["label"], "KIBOKO Insurance")

    def test_a_token_is_given_for_an_administrator_and_never_stored(self):
        self.company("PUNDA", admin_login="asha")
        reply = self.root.ok("act", entity="company", action="admin_token", key="PUNDA", fields={"login": "asha"})
        token = re.search(r"\S{4}-\S{4}-\S{4}-\S{4}", text_of(reply))[0]
        kept = boot("select count(*) from app.idempotency where tenant_id = 0 and position(%s::bytea in reply) > 0", token.encode())[0][0]
        self.assertEqual(kept, 0)
        self.refused(self.root.call("act", entity="company", action="admin_token", key="SI", fields={"login": "amina"}), text="no administrator")

    def test_an_account_is_switched_off_and_on(self):
        self.refused(self.root.call("act", entity="company", action="disable_user", key="TA", fields={"login": "vera"}), "BAD_PARAMS", field="reason")
        self.root.ok("act", entity="company", action="disable_user", key="TA", fields={"login": "vera"}, reason="asked to")
        self.assertFalse(boot("select is_active from app.user_account where tenant_id = %s and login = 'vera'", TWIGA.id)[0][0])
        self.root.ok("act", entity="company", action="enable_user", key="TA", fields={"login": "vera"})
        self.refused(self.root.call("act", entity="company", action="enable_user", key="TA", fields={"login": "vera"}), text="active already")
        self.refused(self.root.call("act", entity="company", action="enable_user", key="TA", fields={"login": "nobody"}), text="no user of this login")

    def test_the_platform_reaches_no_entity_of_a_company_and_says_so_as_of_one_that_is_not_there(self):
        for entity in ("customer", "vehicle", "policy", "term", "cover", "receipt", "certificate", "ownership", "product", "rate", "setting",
                       "vehicle_type", "id_type", "plate_pattern", "user", "person_key"):
            unknown = self.root.call("list", entity="nothing")
            with self.subTest(entity):
                reply = self.root.call("list", entity=entity)
                self.assertEqual(reply.code, unknown.code)
                self.assertEqual(reply.error["message"].replace(entity, "nothing"), unknown.error["message"])

    def test_a_company_reaches_no_entity_of_the_platform_and_hears_the_same(self):
        unknown = self.admin.call("list", entity="nothing")
        for entity in ("company", "company_request", "company_domain", "company_health", "company_usage", "service_error", "platform_audit",
                       "field_template", "platform_default", "compliance", "platform_user"):
            for method, params in (("list", {}), ("get", {"id": 1}), ("history", {"id": 1}), ("add", {"fields": {}})):
                with self.subTest(entity=entity, method=method):
                    reply = self.admin.call(method, entity=entity, **params)
                    self.assertEqual(reply.code, unknown.code)
                    self.assertEqual(reply.error["message"].replace(entity, "nothing"), unknown.error["message"])

    def test_every_list_of_the_platform_opens(self):
        for entity in ("company", "company_request", "company_domain", "company_health", "company_usage", "service_error", "platform_audit",
                       "field_template", "platform_default", "platform_user", "role", "session", "audit", "branch"):
            with self.subTest(entity):
                self.root.ok("list", entity=entity, total=True)

    def test_home_and_search_know_companies_and_nothing_of_their_business(self):
        home = self.root.ok("home").body["home"]
        self.assertEqual([c["label"] for c in home["counters"]], ["Requests", "Errors"])
        self.assertEqual([f["label"] for f in home["figures"]], ["Companies", "Suspended"])
        for text, code in (("simba", "SI"), ("TA", "TA"), ("twiga.co.tz", "TA"), ("TWIGA.CO", "TA")):
            hits = self.root.ok("find", text=text).body["hits"]
            self.assertTrue(any(h["detail"].startswith(code + " ") for h in hits), hits)
        self.amina.customer(name="Unfindable Person")
        self.assertEqual(self.root.ok("find", text="Unfindable").body.get("hits", []), [])

    def test_too_many_actions_in_a_minute_are_refused_with_a_sentence(self):
        quick = User(self.worker, PLATFORM, "root2")
        replies = [quick.call("act", entity="company", action="enable_user", key="TA", fields={"login": "vera"}) for _ in range(2)]
        self.assertTrue(all(r.code == "REFUSED" for r in replies))                 # what fails counts nothing
        boot("insert into app.platform_pace (user_id, minute, n) values (%s, date_trunc('minute', clock_timestamp()), 30)"
             " on conflict (tenant_id, user_id) do update set minute = excluded.minute, n = 30", PLATFORM.users["root2"])
        reply = quick.call("act", entity="company", action="disable_user", key="TA", fields={"login": "vera"}, reason="x")
        self.refused(reply, text="wait a minute")


class Defaults(WithPlatform):
    def value(self, code, value):
        row = self.root.ok("get", entity="platform_default", key=code)
        return self.root.call("set", entity="platform_default", id=row.record["id"], version=row.record["version"], fields={"value": value})

    def test_only_what_works_can_be_a_default(self):
        for code, bad in (("currency", "tzs"), ("timezone", "Nowhere/Land"), ("country_prefix", "+255"), ("policy_pattern", "{branch}"),
                          ("receipt_pattern", "{seq:6}{what}"), ("reminder_days", "a lot"), ("idle_minutes", "0"), ("session_hours", "200"),
                          ("backdate_days", "-1"), ("second_factor", "maybe"), ("modules_off", "policies"), ("currency", "")):
            with self.subTest(code=code, value=bad):
                self.refused(self.value(code, bad), field="value")

    def test_what_is_given_is_kept_tidy(self):
        self.assertEqual(self.value("reminder_days", "7, 30 30;1").fields["value"], "30 7 1")
        self.assertEqual(self.value("modules_off", "certificates").fields["value"], "certificates")
        made = self.company("TAUSI")
        self.assertEqual(boot("select reminder_days, modules_off from app.tenant where id = %s", made.record["id"])[0], ("30 7 1", "certificates"))
        self.assertEqual(self.value("modules_off", "").fields["value"], "")
        self.assertEqual(self.value("reminder_days", "60 30 14 7 1").fields["value"], "60 30 14 7 1")

    def test_field_templates_are_whole(self):
        fields = {"subject": "vehicle", "name": "colour_code", "label": "Colour code", "type": "choice"}
        self.refused(self.root.call("add", entity="field_template", fields=fields), field="choices")
        made = self.root.ok("add", entity="field_template", fields=fields | {"choices": "red\n\n  blue "})
        self.assertEqual((made.fields["choices"], made.fields["level"]), ("red\nblue", "recommended"))
        self.refused(self.root.call("add", entity="field_template", fields=fields | {"name": "x", "type": "text", "choices": "a"}), field="choices")
        self.refused(self.root.call("add", entity="field_template", fields=fields | {"name": "Bad Name", "choices": "a"}), field="name")
        self.assertEqual(self.root.call("add", entity="field_template", fields=fields | {"choices": "a"}).code, "DUPLICATE")


class Regulation(WithPlatform):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vehicle = cls.amina.vehicle(plate="T 771 RGL")
        sold(cls.amina, cls.juma, cls.vehicle)

    def setUp(self):
        super().setUp()
        boot("update app.tenant set regulator_access = (id = %s) where id > 0", SIMBA.id)

    def ask(self, action, **fields):
        return self.watch.call("act", entity="compliance", action=action, fields=fields)

    def test_it_asks_whether_a_vehicle_was_insured(self):
        text = text_of(self.ask("insured", vehicle="t 771-rgl", day=TODAY))
        self.assertRegex(text, r"SI +\S+ Insurance +known +yes +2026-03-01 +2027-02-28 +C/")
        self.assertNotIn("TA ", text)
        text = text_of(self.ask("insured", vehicle="T771RGL", day="2026-02-28"))
        self.assertRegex(text, r"SI .* known +no +- +- +-")
        self.assertEqual(self.ask("insured", vehicle="?").code, "BAD_PARAMS")

    def test_a_company_that_grants_nothing_is_unknown_to_it(self):
        for code in ("TA", "QQ"):
            reply = self.ask("insured", vehicle="T771RGL", company=code)
            self.assertEqual((reply.code, reply.error["message"].replace(code, "?")), ("NOT_FOUND", 'no compliance "?"'))
        rows = self.watch.ok("list", entity="compliance").body["page"]["rows"]
        self.assertEqual(len(rows), 1)
        self.assertEqual([h["record"]["label"] for h in self.watch.ok("find", text="insurance").body["hits"]], ["SI Insurance"])
        self.assertEqual(self.watch.ok("home").body["home"]["counters"], [])

    def test_each_question_stands_in_the_companys_own_audit(self):
        before = boot("select count(*) from app.audit where tenant_id = %s and kind = 6", SIMBA.id)[0][0]
        self.ask("insured", vehicle="T771RGL")
        self.ask("counts")
        self.ask("trail", company="SI")
        rows = boot("select what, actor, user_id from app.audit where tenant_id = %s and kind = 6 order by at desc limit 3", SIMBA.id)
        self.assertEqual(boot("select count(*) from app.audit where tenant_id = %s and kind = 6", SIMBA.id)[0][0], before + 3)
        self.assertEqual([r[0] for r in rows], ["compliance trail", "compliance counts", "compliance insured"])
        self.assertTrue(all(r[1] == "Watch (watch), platform" and r[2] is None for r in rows), rows)

    def test_it_counts_and_reads_the_trail_without_naming_a_person(self):
        text = text_of(self.ask("counts", day=TODAY))
        self.assertRegex(text, r"SI +\S+ Insurance +\d+ +\d+ +\d+")
        self.ask("insured", vehicle="T771RGL")
        text = text_of(self.ask("trail", company="SI", from_date="2020-01-01", to_date="2099-01-01"))
        self.assertIn("compliance insured", text)
        self.assertNotIn("Salma", text)

    def test_a_trail_that_does_not_fit_is_read_in_pieces_and_says_so(self):
        boot("update app.tenant set regulator_access = true where id = %s", TWIGA.id)
        boot("insert into app.audit (tenant_id, at, kind, what, actor) select %s, '2025-05-05 06:00:00+00'::timestamptz + i * interval '1 s', 4,"
             " 'customer add', 'Amina (amina)' from generate_series(1, 4100) i", TWIGA.id)
        days = {"company": "TA", "from_date": "2025-05-05", "to_date": "2025-05-05"}
        times, after = [], 0
        for more in (True, True, False):
            reply = self.ask("trail", **days, after=after)
            times += re.findall(r"(?m)^2025-05-05 (\d\d:\d\d) ", text_of(reply))
            said = [issue["text"] for issue in reply.body.get("issues", [])]
            after += 2000
            self.assertEqual(said, [f"there is more: ask again after entry {after}"] if more else [])
        self.assertEqual((len(times), times), (4100, sorted(times)))
        self.assertIn("Nothing stands in the audit of these days", text_of(self.ask("trail", company="TA", from_date="2024-01-01", to_date="2024-01-01")))

    def test_nobody_bears_another_ones_login_by_what_he_calls_himself(self):
        day = boot("select (now() at time zone timezone)::date::text from app.tenant where id = %s", SIMBA.id)[0][0]
        vera = User(self.company_worker, SIMBA, "vera")
        row = vera.ok("get", entity="account", key="me")
        for name in ("Somebody (neema), platform", "Vera )", "(neema)"):
            reply = vera.call("set", entity="account", id=row.record["id"], version=row.record["version"], fields={"name": name})
            self.refused(reply, field="name", text="no brackets")
        # from before there was that rule
        boot("set session_replication_role = replica; update app.user_account set name = 'Somebody (neema), platform' where id = %s", SIMBA.users["vera"])
        self.assertEqual(vera.call("list", entity="audit").code, "FORBIDDEN")
        boot("select app.audit_note(%s, 2, 'sign in', 'typed (neema), platform', null, '192.0.2.9', null, null, 2, 'no such login')", SIMBA.id)
        text = text_of(self.ask("trail", company="SI", from_date=day, to_date=day))
        self.assertRegex(text, r"refusal +audit list +refused +vera ")
        self.assertRegex(text, r"refusal +sign in +refused +- +192.0.2.9")
        self.assertRegex(text, r"platform +compliance trail +done +watch ")
        rows = self.root.ok("list", entity="platform_audit", filters=[["what", "=", "audit list"]], limit=5).body["page"]["rows"]
        self.assertEqual({r["fields"]["login"] for r in rows}, {"vera"})

    def test_it_can_do_nothing_a_super_admin_does(self):
        for method, params in (("list", {"entity": "company"}), ("add", {"entity": "company", "fields": {}}), ("list", {"entity": "company_health"}),
                               ("list", {"entity": "platform_audit"}), ("act", {"entity": "company", "action": "suspend", "id": SIMBA.id, "reason": "x"})):
            with self.subTest(method=method, **params):
                self.assertEqual(self.watch.call(method, **params).code, "FORBIDDEN")
        self.assertEqual(self.root.call("act", entity="compliance", action="insured", fields={"vehicle": "T1"}).code, "FORBIDDEN")


class Settings(WithPlatform):
    def set(self, **fields):
        row = self.admin.ok("get", entity="setting", key="me")
        return self.admin.call("set", entity="setting", id=row.record["id"], version=row.record["version"], fields=fields)

    def test_settings_that_could_not_work_are_refused(self):
        for field, value in (("policy_pattern", "{branch}"), ("receipt_pattern", "{seq:99}"), ("certificate_pattern", "x" * 60 + "{seq}"),
                             ("timezone", "EAT"), ("timezone", "Africa/Nowhere"), ("reminder_days", "soon"), ("modules_off", "receipts"),
                             ("country_prefix", "+255"), ("brand_colour", "pink"), ("email", "x"), ("phone", "-"), ("idle_minutes", 0),
                             ("four_eyes", "-5")):
            with self.subTest(field=field, value=value):
                reply = self.set(**{field: value})
                self.assertIn(reply.code, ("REFUSED", "BAD_PARAMS"), reply)
                self.assertEqual(reply.error["field"], field)

    def test_the_currency_is_fixed_once_there_is_business(self):
        sold(self.amina, self.juma)
        self.refused(self.set(currency="USD"), text="currency is fixed")
        admin = User(self.company_worker, TWIGA, "admin")
        row = admin.ok("get", entity="setting", key="me")
        if not boot("select exists (select from app.policy where tenant_id = %s)", TWIGA.id)[0][0]:
            admin.ok("set", entity="setting", id=row.record["id"], version=row.record["version"], fields={"currency": "UGX"})
            self.assertEqual(boot("select currency_exponent from app.tenant where id = %s", TWIGA.id)[0][0], 0)
            boot("update app.tenant set currency = 'TZS' where id = %s", TWIGA.id)

    def test_a_module_that_is_switched_off_is_not_there(self):
        sold(self.amina, self.juma)
        self.assertEqual(self.amina.call("list", entity="certificate").code, "OK")
        self.assertEqual(self.set(modules_off="certificates").fields["modules_off"], "certificates")
        try:
            reply, unknown = self.amina.call("list", entity="certificate"), self.amina.call("list", entity="nothing")
            self.assertEqual((reply.code, reply.error["message"]), (unknown.code, unknown.error["message"].replace('"nothing"', '"certificate"')))
            self.assertNotIn("certificate", [e["name"] for e in self.amina.ok("describe").body["schema"]["entities"]])
            sold(self.amina, self.juma)                                   # business goes on without it
        finally:
            self.assertEqual(self.set(modules_off="").code, "OK")
        self.assertEqual(self.amina.call("list", entity="certificate").code, "OK")

    def test_what_is_set_is_kept_and_tidied(self):
        reply = self.set(reminder_days="7 30", brand_colour="green", certificate_header="Line 1", timezone="Africa/Nairobi")
        self.assertEqual((reply.fields["reminder_days"], reply.fields["brand_colour"], reply.fields["timezone"]), ("30 7", "green", "Africa/Nairobi"))
        reply = self.set(reminder_days="", certificate_header="", timezone="Africa/Dar_es_Salaam", brand_colour="")
        self.assertEqual(reply.code, "OK", reply)


class Figures(WithPlatform):
    def test_what_is_asked_is_counted_by_company_without_its_content(self):
        worker = Worker()
        amina = User(worker, SIMBA, "amina")
        before = dict(boot("select 'n', coalesce(sum(requests), 0) from app.usage_day where company_id = %s", SIMBA.id))["n"]
        for _ in range(5):
            amina.ok("me")
        amina.call("add", entity="product", fields={})
        worker.close()                                                    # a worker tells what it counted when it ends
        after, refusals, took = boot("select sum(requests), sum(refusals), min(max_us) from app.usage_day where company_id = %s", SIMBA.id)[0]
        self.assertGreaterEqual(after, before + 6)
        self.assertGreaterEqual(refusals, 1)
        self.assertGreater(took, 0)
        rows = self.root.ok("list", entity="company_usage", filters=[["company", "=", "SI"]]).body["page"]["rows"]
        self.assertEqual(len(rows), 1)

    def test_a_fault_of_the_service_is_kept_by_its_place_alone(self):
        worker = Worker()
        amina = User(worker, SIMBA, "amina")
        amina.ok("me")
        boot("alter table app.vehicle_type rename to vehicle_type_gone")
        try:
            reply = amina.call("list", entity="vehicle_type")
            self.assertEqual(reply.code, "INTERNAL")
        finally:
            boot("alter table app.vehicle_type_gone rename to vehicle_type")
        worker.close()
        rows = boot("select company_id, code, cause, method from app.error_note where request_id = %s", reply.error["trace"])
        self.assertEqual(rows, [(SIMBA.id, "INTERNAL", "database: state 42P01", "list")])
        seen = self.root.ok("get", entity="service_error", key=reply.error["trace"])
        self.assertEqual(seen.fields["company"]["label"], "SI Insurance")


if __name__ == "__main__":
    unittest.main()
