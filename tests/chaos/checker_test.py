#!/usr/bin/python3
"""The checker is checked: each of its rules finds what breaks it, and each kind of lie in a journal is found out.

Rules are broken by the superuser with every trigger off and the constraint in the way taken down, in a transaction that is
taken back.
"""
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../db"), HERE]

import world  # noqa: E402
from checker import Checker  # noqa: E402
from rules import RULES  # noqa: E402

SI, NOBODY = world.SIMBA.id, 7
HISTORY = ("insert into app.history (tenant_id, tbl, row_id, op, actor, request_id, actor_id, xid, before, after)"
           " select tenant_id, tbl, row_id, op, actor, {request}, actor_id, {xid}, {before}, {after} from app.history"
           " where tbl = '{tbl}' and op = '{op}' order by id desc limit 1")


def version(tbl="term", op="U", request="null", xid="xid", before="before", after="after"):
    return HISTORY.format(**locals())


DOWN = "alter table app.{} drop constraint {}".format
# the beginning of a rule's name: what breaks it
ATTACKS = {
    "1 isolation: what a record": [f"update app.policy set customer_id = {NOBODY} where id = %(policy)s"],
    "1 isolation: every record": [DOWN("customer", "no_platform_business"), "update app.customer set tenant_id = 0 where id = %(customer)s"],
    "1 isolation: who wrote": [f"update app.history set actor_id = {NOBODY} where tbl = 'policy' and row_id = %(policy)s"],
    "3 one owner: nobody": ["update app.ownership set to_date = from_date + 9 where vehicle_id = %(vehicle)s"],
    "3 one owner: every": ["update app.vehicle set owner_id = %(customer)s where id = %(vehicle)s"],
    "4 one active policy": [DOWN("cover", "one_active_cover"), "update app.cover set vehicle_id = %(vehicle)s where in_force"],
    "5 paid before cover: verified": ["update app.receipt set amount = amount - 1 where policy_id = %(policy)s"],
    "5 paid before cover: whenever": ["delete from app.history where tbl = 'receipt' and policy_id = %(policy)s"],
    "5 paid before cover: no cover": ["update app.cover set in_force = true where policy_id = %(unpaid)s"],
    "5 paid before cover: an active": ["update app.cover set in_force = false where policy_id = %(policy)s"],
    "5 paid before cover: one valid": [
        "insert into app.certificate (tenant_id, number, policy_id, term_id, cover_id, vehicle_id, from_date, to_date, payload, issued_by)"
        " select tenant_id, 'C1', policy_id, term_id, id, vehicle_id, from_date, to_date, 'x', %(user)s from app.cover"
        " where policy_id = %(unpaid)s"],
    "6 renewal extends: terms": ["update app.term set state = 4, activated_at = now(), start_date = '2026-05-01' where policy_id = %(policy)s and seq = 2"],
    "6 renewal extends: the day": ["update app.term set end_date = '2026-03-05' where policy_id = %(policy)s and seq = 1",
                                   "update app.term set start_date = '2026-03-10' where policy_id = %(policy)s and seq = 2"],
    "6 renewal extends: one term": ["update app.term set seq = 5 where policy_id = %(policy)s and seq = 2"],
    "7 nothing is erased": ["delete from app.customer where id = %(customer)s"],
    "7 history: a version": ["update app.customer set version = 9 where id = %(customer)s"],
    "7 history: each version": ["""update app.history set before = before || '{"note": "x"}' where op = 'U' and tbl = 'receipt'"""],
    "7 history: one first": [version(tbl="policy", op="I")],
    "8 numbers are": [DOWN("policy", "policy_tenant_id_number_key"), "update app.policy set number = 'P'"],
    "8 receipts are": ["update app.receipt set serial = serial + 10 where policy_id = %(policy)s"],
    "8 the number": ["update app.receipt set number = 'x' where policy_id = %(policy)s"],
    "9 four eyes": ["update app.tenant set four_eyes_minor = 1"],
    "10 a day": [version(after="""after || '{"state": 6, "end_date": "2999-01-01"}'""", before="""before || '{"state": 4}'""")],
    "10 only": [version(after="""after || '{"state": 6, "end_date": "2000-01-01"}'""", before="""before || '{"state": 3}'""")],
    "11 money: what": [DOWN("term", "total_adds_up"), "update app.term set total = total + 1 where policy_id = %(policy)s"],
    "11 money: each": ["update app.term set tax = tax + 1, total = total + 1 where policy_id = %(policy)s"],
    "audit: a change": [version(request="'unheard of'")],
    "audit: what it says": [f"insert into app.audit (tenant_id, kind, what, actor, request_id) values ({SI}, 4, 'policy issue', 'x', 'undone')"],
    "idempotency: as many": [f"insert into app.idempotency (tenant_id, user_id, key, hash, code, reply) values ({SI}, %(user)s,"
                             " decode(repeat('ab', 16), 'hex'), '', 0, '')"],
    "idempotency: one request": [version(request="'twice'", xid="'5'"), version(tbl="policy", op="I", request="'twice'", xid="'6'")],
    "the seal goes": [f"insert into app.sealed (tenant_id, stream, seq, row_id, hash) values ({SI}, 1, 2, 1, sha256(''))"],
    "the seal has": ["update app.seal_state set xid = pg_current_xact_id()"],
}


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with world.Work() as work:
            sold, unpaid = work.sold(), work.policy()
            work.term(sold.policy, sold.vehicle, 2)
            cls.facts = {"policy": sold.policy, "vehicle": sold.vehicle, "unpaid": unpaid.policy, "customer": work.customer(), "user": work.user}
            work.sold()

    def rows(self, cur, text):
        cur.execute(text)
        return set(map(str, cur.fetchall()))

    def test_each_rule_finds_what_breaks_it(self):
        self.assertEqual(len(ATTACKS), len(RULES))
        for begin, attack in ATTACKS.items():
            rule, = [rule for rule in RULES if rule.startswith(begin)]
            with self.subTest(rule):
                pg = world.connect("bima_boot")
                with pg.cursor() as cur:
                    before = self.rows(cur, RULES[rule])
                    cur.execute("set session_replication_role = replica")
                    for statement in attack:
                        cur.execute(statement, self.facts)
                    self.assertNotEqual(self.rows(cur, RULES[rule]) - before, set())
                pg.close()


class Journals(unittest.TestCase):
    def found(self, what, *lines):
        with tempfile.NamedTemporaryFile("w", suffix=".journal") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
            out.flush()
            return [f for f in Checker(f"{world.CONNINFO} user=bima_boot", out.name).run() if f.startswith(what)]

    @staticmethod
    def asked(what, key="00", **facts):
        return {"event": "asked", "key": key, "what": what, "who": "amina@simba.co.tz", **facts}

    def test_what_was_acknowledged_and_is_not_there_is_found(self):
        for what, facts in (("sale", {"plate": "T 1", "name": "x", "amount": 1}), ("verify", {"receipt": 1}), ("renew", {"policy": 1}),
                            ("pay", {"policy": 1, "amount": 1}), ("edit", {"customer": 1, "city": "x"})):
            found = self.found(what, self.asked(what, **facts), {"event": "acked", "key": "00", "receipt": 1, "number": "R"})
            self.assertIn(f"{what}: acknowledged and not kept", found[0])

    def test_half_a_sale_is_found_and_one_that_nobody_asked_for(self):
        with world.Work() as work:
            work.vehicle(work.customer(name="Mteja Namba 7"), plate="T 700 AAA", plate_key="T700AAA")
        self.assertIn("sale: nobody asked for it", self.found("sale")[0])
        found = self.found("sale", self.asked("sale", plate="T 700 AAA", name="Mteja Namba 7", amount=world.TOTAL))
        self.assertEqual([f.split(":")[1] for f in found], [" the key and the records disagree", " half there, or not as asked"])

    def test_what_was_refused_or_done_twice_is_found(self):
        with world.Work() as work:
            sale = work.sold()
            work.term(sale.policy, sale.vehicle, 2)
            work.run("insert into app.idempotency (tenant_id, user_id, key, hash, code, reply) values (%s, %s, %s, '\\x', 0, '\\x')",
                     (SI, work.user, bytes(16)))
        key = "00" * 16
        self.assertIn("renew: refused and done all the same", self.found(
            "renew", self.asked("renew", key, policy=sale.policy), {"event": "refused", "key": key, "code": "REFUSED"})[0])
        self.assertIn("renew: not once for each key", self.found("renew", self.asked("renew", "11", policy=sale.policy))[0])
        self.assertIn("verify: not once and whole", self.found("verify", self.asked("verify", "11", receipt=sale.receipt))[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
