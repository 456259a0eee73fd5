"""What a company's audit is told by a worker, request by request."""

import base64
import unittest

from world import JOB_JSON, SIMBA, TWIGA, Company, Reply, User, Worker, boot, sold


def audit(where="true", *args, company=SIMBA):
    """Rows of a company's audit, oldest first."""
    return boot("select kind, what, entity, row_id, count, outcome, detail from app.audit where tenant_id = %s and " + where
                + " order by at, id", company.id, *args)


def mark():
    return boot("select clock_timestamp()")[0][0]


class Audited(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.admin, cls.amina, cls.juma, cls.vera, cls.neema = (
            User(cls.worker, SIMBA, login) for login in ("admin", "amina", "juma", "vera", "neema"))
        cls.asha = User(cls.worker, TWIGA, "amina")

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()

    def setUp(self):
        self.start = mark()

    def since(self, company=SIMBA):
        return audit("at >= %s", self.start, company=company)


class Changes(Audited):
    def test_a_change_names_what_was_done_to_which_record_and_where_from(self):
        customer = self.amina.customer()
        self.assertEqual(self.since(), [(4, "customer add", "customer", customer, 1, 1, None)])
        row = boot("select a.user_id, a.actor, a.address, a.client, a.session_id = s.id, a.request_id, h.request_id from app.audit a "
                   "join app.history h on h.tenant_id = a.tenant_id and h.tbl = 'customer' and h.row_id = a.row_id "
                   "join app.session s on s.tenant_id = a.tenant_id and s.token = a.user_id where a.at >= %s", self.start)[0]
        self.assertEqual(row[:5], (SIMBA.users["amina"], "Amina Tester (amina)", "192.0.2.7", "test 1.0", True))
        self.assertEqual(row[5], row[6])

    def test_an_action_is_named_by_its_word(self):
        policy = self.amina.quote()
        self.start = mark()
        self.amina.ok("act", entity="policy", action="issue", id=policy)
        receipt = self.amina.receipt(policy)
        self.juma.verify(receipt)
        self.assertEqual([row[1:4] for row in self.since()], [
            ("policy issue", "policy", policy), ("receipt add", "receipt", receipt), ("receipt verify", "receipt", receipt)])

    def test_each_step_of_a_batch_is_a_line(self):
        self.amina.ok("batch", steps=[
            ["add", {"entity": "customer", "fields": {"name": "Batch One", "phone": "0755111222"}}],
            ["add", {"entity": "customer", "fields": {"name": "Batch Two", "phone": "0755111333"}}]])
        self.assertEqual([row[1] for row in self.since()], ["customer add", "customer add"])

    def test_what_was_taken_back_or_said_twice_is_no_change(self):
        line = self.amina.line("add", entity="customer", fields={"name": "Said Twice", "phone": "0755222111"})
        replies = [Reply(self.worker.ask(JOB_JSON, line, self.amina.who)[-1]) for _ in range(2)]
        self.assertEqual([r.code for r in replies], ["OK", "OK"])
        self.amina.call("add", entity="customer", fields={"name": "No Phone"})
        self.amina.ok("trial", steps=[["add", {"entity": "customer", "fields": {"name": "Trial", "phone": "0755222333"}}]])
        self.assertEqual([row[1] for row in self.since()], ["customer add"])

    def test_another_company_is_told_nothing(self):
        self.amina.customer()
        self.assertEqual(self.since(TWIGA), [])


class Refusals(Audited):
    def test_a_refusal_says_what_was_tried(self):
        self.vera.call("add", entity="customer", fields={"name": "X", "phone": "0755333111"})
        row = self.since()
        self.assertEqual([r[:3] + r[4:6] for r in row], [(2, "customer add", "customer", 1, 2)])
        self.assertIn('does not allow "customer add"', row[0][6])

    def test_a_refused_step_of_a_batch_is_told(self):
        self.vera.call("batch", steps=[["add", {"entity": "customer", "fields": {"name": "X", "phone": "0755333111"}}]])
        self.assertEqual([(r[0], r[1], r[5]) for r in self.since()], [(2, "batch", 2)])

    def test_another_companys_record_is_not_found_which_is_no_refusal(self):
        theirs = self.asha.customer()
        self.start = mark()
        self.assertEqual(self.amina.call("get", entity="customer", id=theirs).code, "NOT_FOUND")
        self.assertEqual(self.since(), [])

    def test_who_is_not_let_in_any_more_is_told(self):
        leaver = User(self.worker, SIMBA, "neema")
        leaver.who = (leaver.who[0], leaver.who[1], 4711)
        self.assertEqual(leaver.call("list", entity="policy").code, "UNAUTHENTICATED")
        self.assertEqual([(r[0], r[1], r[5]) for r in self.since()], [(2, "list", 2)])
        self.assertEqual(boot("select actor from app.audit where at >= %s", self.start), [("Neema Tester (neema)",)])

    def test_a_flood_of_refusals_is_written_as_a_few_rows_with_their_count(self):
        worker = Worker()
        vera = User(worker, SIMBA, "vera")
        for _ in range(60):
            vera.call("add", entity="customer", fields={"name": "X", "phone": "0755333111"})
        self.assertEqual(worker.close(), 0)  # what was only counted is written at the end
        rows = self.since()
        self.assertLessEqual(len(rows), 11)
        self.assertEqual(sum(row[4] for row in rows), 60)
        self.assertEqual({row[0] for row in rows}, {2})


class Reads(Audited):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = [cls.amina.customer() for _ in range(25)]

    def anew(self, login):
        """At a worker that has counted nothing yet."""
        worker = Worker()
        self.addCleanup(worker.close)
        return User(worker, SIMBA, login)

    def test_a_page_of_many_people_is_told_and_so_is_every_further_one(self):
        page = self.amina.ok("list", entity="customer", limit=20).body["page"]
        self.amina.ok("list", entity="customer", limit=3, cursor=page["next"])
        self.assertEqual([r[:3] + r[4:] for r in self.since()], [
            (3, "customer list", "customer", 20, 1, None), (3, "customer list", "customer", 3, 1, "a further page")])

    def test_a_short_page_a_search_and_one_record_are_not_told(self):
        amina = self.anew("amina")
        amina.ok("list", entity="customer", limit=5)
        amina.ok("find", text="Salma", limit=5)
        amina.ok("get", entity="customer", id=self.customers[0])
        self.assertEqual(self.since(), [])

    def test_a_list_read_one_by_one_is_told(self):
        juma = self.anew("juma")
        for customer in self.customers:
            juma.ok("get", entity="customer", id=customer)
        self.assertEqual([r[:3] + r[4:] for r in self.since()], [(3, "customer get", "customer", 20, 1, "a few at a time")])

    def test_a_list_read_in_short_pages_or_by_searching_is_told(self):
        amina = self.anew("amina")
        shown = 0
        for day in ("2000-01-01", "2000-01-02", "2000-01-03", "2000-01-04"):
            shown += len(amina.ok("list", entity="customer", limit=9, filters=[["created_at", ">=", day]]).body["page"]["rows"])
        self.assertEqual([r[:3] + r[4:] for r in self.since()], [(3, "customer list", "customer", 27, 1, "a few at a time")])
        for text in ("salma", "salm", "sal"):
            shown += len([h for h in amina.ok("find", text=text, limit=9).body["hits"] if h["record"]["entity"] == "customer"])
        told = self.since()
        self.assertEqual([r[:3] for r in told[1:]], [(3, "find", None)], told)
        self.assertLess(shown - sum(r[4] for r in told), 20)

    def test_who_sees_no_personal_data_reads_none(self):
        self.vera.ok("list", entity="customer", limit=50)
        self.assertEqual(self.since(), [])

    def test_the_past_of_a_person_is_told(self):
        self.amina.ok("history", entity="customer", id=self.customers[0])
        self.amina.ok("as_of", entity="customer", id=self.customers[0], at="2100-01-01 00:00")
        self.assertEqual([r[:4] for r in self.since()], [(3, "customer history", "customer", self.customers[0]),
                                                         (3, "customer as_of", "customer", self.customers[0])])

    def test_lists_without_people_are_not_told(self):
        self.admin.ok("list", entity="vehicle_type", limit=50)
        self.assertEqual(self.since(), [])


class Documents(Audited):
    def test_a_print_is_told_with_the_files_name(self):
        sold(self.amina, self.juma)
        certificate = self.amina.ok("list", entity="certificate", limit=1).body["page"]["rows"][0]["id"]
        self.start = mark()
        name = self.amina.ok("print", entity="certificate", id=certificate, format="text").body["file"]["name"]
        self.assertEqual([r[:4] + r[6:] for r in self.since()], [(5, "certificate print", "certificate", certificate, name)])


class Screen(Audited):
    def test_the_audit_is_read_by_who_may_and_nobody_else(self):
        self.amina.customer()
        rows = self.neema.ok("list", entity="audit").body["page"]["rows"]
        self.assertTrue(rows)
        for user in (self.amina, self.juma, self.vera):
            self.assertEqual(user.call("list", entity="audit").code, "FORBIDDEN")
        self.assertEqual(self.neema.call("act", entity="audit", action="export", fields={"from": "t", "to": "t"}).code, "FORBIDDEN")

    def test_filters_narrow_it(self):
        self.vera.call("add", entity="customer", fields={"name": "X", "phone": "0755333111"})
        customer = self.amina.customer()
        today = boot("select current_date::text")[0][0]
        page = self.admin.ok("list", entity="audit", view="refusals", filters=[
            ["user", "=", "vera"], ["at", ">=", today]]).body["page"]
        self.assertTrue(page["rows"])
        for field, value in (("kind", "change"), ("entity", "customer"), ("row_id", customer), ("address", "192.0.2.7"),
                             ("outcome", "done"), ("what", "customer add")):
            with self.subTest(field=field):
                page = self.admin.ok("list", entity="audit", filters=[[field, "=", value]]).body["page"]
                self.assertTrue(page["rows"])
        one = page["rows"][0]["id"]
        self.assertEqual(self.admin.ok("get", entity="audit", id=one).fields["what"], "customer add")

    def test_reading_the_audit_of_another_company_finds_nothing(self):
        self.asha.customer()
        theirs = boot("select id from app.audit where tenant_id = %s limit 1", TWIGA.id)[0][0]
        self.assertEqual(self.admin.call("get", entity="audit", id=theirs).code, "NOT_FOUND")

    def test_nothing_is_exported_before_it_is_sealed(self):
        reply = self.admin.call("act", entity="audit", action="export", fields={"from": "2026-03-01", "to": "2026-03-01"})
        self.assertEqual((reply.code, reply.error["field"]), ("REFUSED", "from"))

    def test_an_export_gives_a_file_and_is_told(self):
        boot("insert into app.sealed (tenant_id, stream, seq, row_id, hash) select tenant_id, 1, row_number() over (order by at, id), id, "
             "sha256('x') from app.audit a where tenant_id = %s and not exists (select from app.sealed s where s.tenant_id = a.tenant_id)",
             SIMBA.id)
        day = boot("select (now() at time zone timezone)::date::text from app.tenant where id = %s", SIMBA.id)[0][0]
        self.start = mark()
        for form, head in (("json", b'{"bima_audit":1,"company":"SI"'), ("csv", b"place,time (UTC),kind")):
            with self.subTest(format=form):
                file = self.admin.ok("act", entity="audit", action="export", fields={"from": day, "to": day, "format": form}).body["file"]
                self.assertTrue(file["name"].startswith("audit-SI-1-"), file["name"])
                self.assertTrue(base64.b64decode(file["bytes"]).startswith(head))
        self.assertEqual([(r[0], r[1]) for r in self.since()], [(5, "audit export")] * 2)


class Tenant:
    """The platform, as far as a User needs it."""

    id = 0

    def __init__(self):
        self.users = {}

    def open_session(self, login):
        self.users[login] = boot("insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, %s, %s, r.id, b.id "
                                 "from app.role r, app.branch b where r.tenant_id = 0 and r.code = %s and b.tenant_id = 0 returning id",
                                 login, login.title(), login)[0][0]
        boot("select app.open_session(0, %s, %s, 2, 'password', '', '')", self.users[login], self.users[login])


class Platform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker("32768", "platform")
        platform = Tenant()
        cls.admin, cls.regulator = (User(cls.worker, platform, login) for login in ("super_admin", "regulator"))
        cls.platform = platform

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()

    def setUp(self):
        self.start = mark()

    def since(self, company):
        return [row[:2] + row[5:6] for row in audit("at >= %s and actor like %s", self.start, "%(super_admin)%", company=company)]

    def test_what_the_platform_does_to_a_company_is_told_to_both_once(self):
        chui = Company("CH", "chui.co.tz", '[["HQ", "Head office"]]')
        self.start = mark()
        self.admin.ok("act", entity="company", action="suspend", id=chui.id, reason="unpaid")
        self.admin.ok("act", entity="company", action="activate", id=chui.id)
        for company in (self.platform, chui):
            with self.subTest(company=company.id):
                rows = self.since(company)
                self.assertEqual([row[0] for row in rows], [6, 6], rows)
        self.assertEqual(boot("select distinct user_id from app.audit where tenant_id = %s and kind = 6", chui.id), [(None,)])

    def test_a_refusal_stands_in_the_platforms_audit_alone(self):
        self.assertEqual(self.regulator.call("list", entity="company").code, "FORBIDDEN")
        rows = audit("at >= %s", self.start, company=self.platform)
        self.assertEqual([(r[0], r[1], r[5]) for r in rows], [(2, "company list", 2)])
        self.assertEqual(audit("at >= %s", self.start), [])

    def test_a_super_admin_reads_the_platforms_audit_and_no_companys(self):
        theirs = boot("select app.audit_note(%s, 4, 'theirs', 'x'); select max(id) from app.audit where what = 'theirs'", SIMBA.id)[0][0]
        page = self.admin.ok("list", entity="audit").body["page"]
        self.assertNotIn("theirs", str(page))
        self.assertEqual(self.admin.call("get", entity="audit", id=theirs).code, "NOT_FOUND")


if __name__ == "__main__":
    unittest.main(verbosity=1)
