"""Lists: both ways, from a value on, own columns, sums, and as a file; and what they cost when they are long."""

import base64
import csv
import io
import unittest

import openpyxl
import psycopg2

from world import CONNINFO, SIMBA, TWIGA, User, Worker, boot, plate, sold

MANY = 20000
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"]


def fill():
    """Many rows at once; what the triggers would do is not looked at here."""
    boot("set session_replication_role = replica; "
         "insert into app.customer (tenant_id, id, kind, name, phone, phone_key, branch_id, personal_sealed, created_at)"
         " select %(t)s, i, 1, case i %% 3 when 0 then 'salma ' when 1 then 'Salma ' else 'JUMA ' end || i, '0712', '255712' || i, %(b)s,"
         " '\\x00', timestamptz '2026-01-01' + (i - 1000000) * interval '1 minute' from generate_series(1000000, 1000000 + %(n)s) i;"
         "insert into app.vehicle (tenant_id, id, plate, plate_key, chassis, chassis_key, vehicle_type_id, make, owner_id)"
         " select %(t)s, i, case when i %% 4 > 0 then 'T ' || i end, case when i %% 4 > 0 then 'T' || i end, 'CH' || i, 'CH' || i,"
         " (select id from app.vehicle_type where tenant_id = %(t)s limit 1), 'Toyota', i from generate_series(1000000, 1000000 + %(n)s) i;"
         "insert into app.policy (tenant_id, id, number, customer_id, product_id, vehicle_id, branch_id, sold_by, state, start_date, end_date)"
         " select %(t)s, i, 'X/' || i, i, 1, i, %(b)s, 1, case when i %% 4 > 0 then 6 else 2 end,"
         " case when i %% 4 > 0 then date '2023-01-01' + i %% 700 end, case when i %% 4 > 0 then date '2024-01-01' + i %% 700 end from generate_series(1000000, 1000000 + %(n)s) i"
         .replace("%(t)s", str(SIMBA.id)).replace("%(b)s", str(SIMBA.branch)).replace("%(n)s", str(MANY)))
    for table in ("customer", "vehicle", "policy"):
        boot_alone(f"vacuum analyze app.{table}")


def boot_alone(sql):
    """Outside a transaction."""
    pg = psycopg2.connect(CONNINFO + " user=bima_boot")
    pg.autocommit = True
    with pg.cursor() as cur:
        cur.execute(sql)
    pg.close()


def touched(table):
    """Rows of a table and of its indexes that statements have looked at so far."""
    return boot("select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
                " + (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes i where i.relid = t.relid)"
                " from pg_stat_user_tables t where schemaname = 'app' and relname = %s", table)[0][0]


def names(page):
    return [row["id"] for row in page["rows"]]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.agent, cls.cashier, cls.admin, cls.viewer = (User(cls.worker, SIMBA, who)
                                                         for who in ("amina", "juma", "admin", "vera"))
        cls.other = User(cls.worker, TWIGA, "amina")

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    def page(self, user=None, **params):
        return (user or self.agent).ok("list", **params).body["page"]

    def walk(self, **params):
        """All ids of a list, page by page forward."""
        page, out = self.page(**params), []
        while True:
            out += names(page)
            if page["next"] is None:
                return out
            page = self.page(**params | {"cursor": page["next"]})


class BothWays(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = ["amina", "Bakari", "bakari", "Éva", "Zuhura", "Élise", "ng'ombe", "Ng'ombe"]
        cls.ids = {name: cls.other.customer(name=name + " Both") for name in cls.names}
        cls.policies = [cls.other.quote(), cls.other.issued(), cls.other.issued()]

    def orders(self):
        for entity, sort in (("customer", "name"), ("customer", "created_at"), ("policy", "end_date"), ("vehicle", "plate")):
            for desc in (False, True):
                yield {"entity": entity, "sort": sort, "desc": desc, "limit": 2}

    def walk(self, **params):
        page, out = self.page(self.other, **params), []
        while True:
            out.append(page)
            if page["next"] is None:
                return out
            page = self.page(self.other, **params | {"cursor": page["next"]})

    def test_the_way_back_shows_the_same_rows_as_the_way_there(self):
        for params in self.orders():
            there = [i for page in self.walk(**params) for i in names(page)]
            self.assertEqual(len(there), len(set(there)))
            page, back = self.page(self.other, **params, back=True), []
            while True:
                back = names(page) + back
                if "prev" not in page:
                    break
                page = self.page(self.other, **params | {"cursor": page["prev"], "back": True})
            self.assertEqual(there, back, params)

    def test_each_page_leads_back_to_the_one_before(self):
        for params in self.orders():
            pages = self.walk(**params)
            for before, page in zip(pages, pages[1:]):
                again = self.page(self.other, **params | {"cursor": page["prev"], "back": True})
                self.assertEqual(names(again), names(before), params)
                self.assertEqual(names(self.page(self.other, **params | {"cursor": again["next"]})), names(page), params)

    def test_the_first_page_has_nothing_before_it_and_the_last_nothing_behind(self):
        self.assertNotIn("prev", self.page(self.other, entity="customer", limit=2))
        self.assertIsNone(self.page(self.other, entity="customer", limit=2, back=True)["next"])

    def test_names_stand_as_people_sort_them_whatever_their_capitals(self):
        rows = self.page(self.other, entity="customer", sort="name", filters=[["name", "!=", "x"]], columns=["name"])["rows"]
        got = [r["fields"]["name"].removesuffix(" Both") for r in rows if r["fields"]["name"].endswith("Both")]
        self.assertEqual([n.lower().replace("é", "e") for n in got],
                         sorted(n.lower().replace("é", "e") for n in self.names))

    def test_a_page_begins_where_one_says_in_any_spelling(self):
        for typed, first in (("bak", "bakari Both"), ("BAK", "bakari Both"), ("eva", "Éva Both"), ("zu", "Zuhura Both")):
            page = self.page(self.other, entity="customer", sort="name", **{"from": typed}, columns=["name"], limit=2)
            self.assertEqual(page["rows"][0]["fields"]["name"], first, typed)
            self.assertIn("prev", page)

    def test_from_the_end_backwards_begins_with_what_begins_so(self):
        page = self.page(self.other, entity="customer", sort="name", desc=True, **{"from": "bakari both"}, columns=["name"], limit=2)
        self.assertEqual({r["fields"]["name"].lower() for r in page["rows"]}, {"bakari both"})

    def test_a_plate_is_found_in_any_spelling_and_vehicles_without_one_stand_last(self):
        known = self.other.vehicle(plate="T 337 DSE")
        transit = self.other.ok("add", entity="vehicle", fields={"plate": None, "chassis": "CH-TRANSIT-1", "vehicle_type": "car", "make": "Toyota",
                                                                 "owner": self.ids["amina"]}).record["id"]
        for typed in ("t337", "T-337 d", "t 337 dse"):
            self.assertEqual(names(self.page(self.other, entity="vehicle", sort="plate", **{"from": typed}, limit=1)), [known])
            self.assertEqual(names(self.page(self.other, entity="vehicle", filters=[["plate", "~", typed]])), [known])
        self.assertEqual(names(self.page(self.other, entity="vehicle", sort="plate", back=True))[-1], transit)

    def test_a_cursor_and_a_value_to_begin_at_exclude_each_other(self):
        cursor = self.page(self.other, entity="customer", limit=2)["next"]
        reply = self.other.call("list", entity="customer", cursor=cursor, **{"from": "2026-01-01"})
        self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "from"))

    def test_a_value_that_is_none_of_the_order_is_refused_by_its_field(self):
        reply = self.other.call("list", entity="policy", sort="end_date", **{"from": "soon"})
        self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "end_date"))


class Columns(Case):
    def test_columns_come_as_asked_in_that_order_and_once(self):
        sold(self.agent, self.cashier)
        fields = self.page(entity="policy", columns=["state", "number", "state", "end_date"])["rows"][0]["fields"]
        self.assertEqual(list(fields), ["state", "number", "end_date"])

    def test_what_can_not_stand_in_a_list_is_refused(self):
        for columns in (["nothing"], ["note"], ["plate_key"]):
            reply = self.agent.call("list", entity="vehicle", columns=columns)
            self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "columns"), columns)

    def test_who_may_not_see_a_field_does_not_get_it_by_asking_for_it(self):
        self.agent.customer()
        boot("update app.role set permissions = replace(permissions, 'customer.personal', '') where tenant_id = %s and code = 'viewer'", SIMBA.id)
        shown = self.page(self.viewer, entity="customer", columns=["name", "phone", "email"])["rows"][0]["fields"]
        self.assertNotIn("email", shown)

    def test_the_amounts_add_up_over_all_rows_not_only_the_page(self):
        for _ in range(3):
            self.cashier.verify(self.agent.receipt(self.agent.issued()))
        page = self.page(entity="receipt", sums=True, limit=1, columns=["number", "amount"])
        every = self.page(entity="receipt", limit=200, columns=["amount"])["rows"]
        self.assertEqual(page["total"], len(every))
        self.assertEqual(len(page["rows"]), 1)
        self.assertEqual(float(page["sums"]["amount"]), sum(float(r["fields"]["amount"]) for r in every))


class AsFile(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for n, text in enumerate(FORMULAS):
            cls.other.ok("add", entity="vehicle", fields={"plate": plate(900000 + n), "vehicle_type": "car", "make": text,
                                                          "owner": cls.other.customer(name='Comma, "quoted"')})
        cls.policy = cls.other.issued()

    def file(self, user, **params):
        pieces, cursor, rows = b"", None, 0
        while True:
            body = user.ok("export", **params, **({"cursor": cursor} if cursor else {})).body
            pieces += base64.b64decode(body["file"]["bytes"])
            assert body["page"]["total"] >= rows
            rows, cursor = body["page"]["total"], body["page"]["next"]
            if cursor is None:
                return body["file"], rows, pieces

    def test_csv_holds_the_rows_of_the_list_with_its_columns_filter_and_order(self):
        asked = {"entity": "vehicle", "columns": ["plate", "make", "owner"], "sort": "plate", "filters": [["make", "!=", "Toyota"]]}
        file, rows, text = self.file(self.other, **asked, format="csv")
        lines = list(csv.reader(io.StringIO(text.decode(), newline="")))
        listed = self.page(self.other, **asked)["rows"]
        self.assertEqual(lines[0], ["Plate", "Make", "Owner"])
        self.assertEqual([line[0] for line in lines[1:]], [r["fields"]["plate"] for r in listed])
        self.assertEqual({line[2] for line in lines[1:]}, {'Comma, "quoted"'})
        self.assertEqual((rows, file["name"], file["media_type"]), (len(FORMULAS), "vehicles-2026-03-01.csv", "text/csv"))

    def test_no_text_of_a_csv_is_a_formula(self):
        _, _, text = self.file(self.other, entity="vehicle", columns=["make"], format="csv")
        made = {line[0] for line in csv.reader(io.StringIO(text.decode(), newline=""))}
        self.assertTrue({"'" + f for f in FORMULAS} <= made)
        self.assertFalse([m for m in made if m[0] in "=+-@"])

    def test_a_worksheet_has_texts_numbers_and_days_of_their_own_kind(self):
        _, rows, data = self.file(self.other, entity="policy", columns=["number", "state", "vehicle", "created_at"], format="xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        self.assertEqual([c.value for c in sheet[1]], ["Policy", "State", "Vehicle", "Added"])
        self.assertEqual((sheet.max_row - 1, sheet.title, sheet.freeze_panes), (rows, "Policies", "A2"))
        self.assertEqual(sheet["D2"].is_date, True)
        made = openpyxl.load_workbook(io.BytesIO(self.file(self.other, entity="vehicle", columns=["make"], format="xlsx")[2])).active
        cells = [c for c in made["A"] if c.value in FORMULAS]
        self.assertEqual(len(cells), len(FORMULAS))
        self.assertEqual({c.data_type for c in cells}, {"s"})

    def test_amounts_are_numbers_in_both(self):
        self.other.receipt(self.policy)
        asked = {"entity": "receipt", "columns": ["number", "amount", "paid_on"]}
        sheet = openpyxl.load_workbook(io.BytesIO(self.file(self.other, **asked, format="xlsx")[2])).active
        self.assertIn(619500, [c.value for c in sheet["B"]])
        self.assertIn(b",619500.00,", self.file(self.other, **asked, format="csv")[2])

    def test_only_rows_of_the_company_are_in_it(self):
        mine = self.page(self.other, entity="customer", total=True, limit=1)["total"]
        self.assertEqual(self.file(self.other, entity="customer", columns=["name"], format="csv")[1], mine)

    def test_it_is_refused_to_who_may_not_read_and_in_any_other_format(self):
        self.assertEqual(self.other.call("export", entity="audit", format="csv").code, "FORBIDDEN")
        reply = self.other.call("export", entity="policy", format="pdf")
        self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "format"))

    def test_a_cursor_that_is_none_is_refused(self):
        list_cursor = self.page(self.other, entity="vehicle", limit=1)["next"]
        for cursor in (list_cursor, base64.b64encode(b"\x01").decode(), base64.b64encode(b"\x01\x01\x01\x01\x43abc").decode()):
            reply = self.other.call("export", entity="vehicle", format="csv", cursor=cursor)
            self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "cursor"), cursor)

    def test_the_audit_knows_who_took_what(self):
        rows = self.file(self.other, entity="vehicle", columns=["make"], format="csv")[1]
        self.assertEqual(boot("select what, kind, entity, count, user_id, detail from app.audit where tenant_id = %s order by at desc limit 1",
                              TWIGA.id),
                         [("vehicle export", 5, "vehicle", rows, TWIGA.users["amina"], "vehicles-2026-03-01.csv")])


class Long(Case):
    """Twenty thousand rows: the first page and one far behind look at as many rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill()

    def cost(self, table, **params):
        boot("select pg_stat_reset()")
        worker = Worker()
        page = self.page(User(worker, SIMBA, "amina"), **params)
        self.assertEqual(worker.close(), 0)
        return touched(table), page

    def test_a_page_costs_the_same_wherever_it_stands(self):
        for table, sort, far in (("customer", "name", "salma 1009"), ("customer", "created_at", "2026-01-09"), ("vehicle", "plate", "T10140"),
                                 ("policy", "end_date", "2025-10-01"), ("policy", "number", "X/1010000")):
            column = {"customer": "name", "vehicle": "plate", "policy": "number"}[table]
            for desc in (False, True):
                asked = {"entity": table, "sort": sort, "desc": desc, "columns": [column], "limit": 50}
                first, _ = self.cost(table, **asked)
                there, page = self.cost(table, **asked, **{"from": far})
                on, page = self.cost(table, **asked, cursor=page["next"])
                back, _ = self.cost(table, **asked, cursor=page["prev"], back=True)
                last, page = self.cost(table, **asked, back=True)
                before, page = self.cost(table, **asked, cursor=page["prev"], back=True)
                self.assertEqual(len(page["rows"]), 50)
                for what, n in (("first", first), ("from", there), ("next", on), ("back", back), ("last", last), ("before", before)):
                    self.assertLess(n, 500, f"{what} page of {table} by {sort}{' desc' if desc else ''}")

    def test_a_name_that_begins_so_is_found_without_looking_at_all(self):
        n, page = self.cost("customer", entity="customer", filters=[["name", "~", "juma 10100"]], sort="name", columns=["name"])
        self.assertGreater(len(page["rows"]), 20)
        self.assertLess(n, 500)

    def test_every_row_is_in_the_file_once_and_each_piece_is_small(self):
        for kind in ("csv", "xlsx"):
            data, cursor, largest = b"", None, 0
            while True:
                body = self.agent.ok("export", entity="policy", columns=["number", "end_date"], sort="number", format=kind,
                                     **({"cursor": cursor} if cursor else {})).body
                piece = base64.b64decode(body["file"]["bytes"])
                data, largest, cursor = data + piece, max(largest, len(piece)), body["page"]["next"]
                if cursor is None:
                    break
            total = body["page"]["total"]
            self.assertLess(largest, 160 * 1024)
            if kind == "csv":
                numbers = [line[0] for line in csv.reader(io.StringIO(data.decode(), newline=""))][1:]
            else:
                sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
                numbers = [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)]
            self.assertEqual(len(numbers), total)
            self.assertGreater(total, MANY)
            self.assertEqual(numbers, sorted(set(numbers)))


if __name__ == "__main__":
    unittest.main()
