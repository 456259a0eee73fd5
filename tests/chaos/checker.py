#!/usr/bin/python3
"""Looks at the database after (or while) it was broken: is what was acknowledged there, once, and is every rule kept?

    checker.py CONNINFO JOURNAL

Knows the tables and the journal, nothing of the service's code. The database is read as it was at one moment; the journal is
read before that moment for what must be there, and again after it for what may be.
"""
import collections
import json
import os
import sys

import psycopg2

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rules import RULES  # noqa: E402

MOST_SHOWN = 5
RECORDED, VERIFIED, ACTIVE = 1, 2, 4  # of receipts, of terms
AUDITED_SALE = ("customer add", "vehicle add", "policy quote", "policy issue", "receipt add")


def read_journal(path):
    """{key: {"asked": facts, "acked": facts, "refused": facts}}; the last line may still be on its way."""
    entries = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                entry = json.loads(line)
                entries[entry["key"]][entry["event"]] = entry
    return entries


class Checker:
    def __init__(self, conninfo, journal):
        self.findings = []
        before = read_journal(journal)
        self.pg = psycopg2.connect(conninfo)
        self.pg.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self.cur = self.pg.cursor()
        self.kept = {key: code for key, code in self.rows("select encode(key, 'hex'), code from app.idempotency")}
        self.entries = {key: dict(entry, acked=before[key].get("acked"), refused=before[key].get("refused"))
                        for key, entry in read_journal(journal).items() if "asked" in entry}
        self.tenants = dict(self.rows("select domain, tenant_id from app.tenant_domain"))
        self.audited = self.counted("select tenant_id, what, row_id from app.audit where kind = 4 and outcome = 1")

    def rows(self, text):
        self.cur.execute(text)
        return self.cur.fetchall()

    def counted(self, text):
        """{row: how often it is there}"""
        return collections.Counter(self.rows(text))

    def found(self, what, *facts):
        self.findings.append(f"{what}: {', '.join(map(str, facts))}")

    def of(self, what):
        """(key, asked, acked or None, done) of one kind of request; what was acknowledged is kept, what was refused is not."""
        for key, entry in self.entries.items():
            asked, acked = entry["asked"], entry["acked"]
            if asked["what"] != what:
                continue
            done = key in self.kept
            if acked and not done:
                self.found(f"{what}: acknowledged and not kept", key, asked)
            if entry["refused"] and done:
                self.found(f"{what}: refused and done all the same", key, entry["refused"])
            yield key, dict(asked, tenant=self.tenants[asked["who"].split("@")[1]]), acked, done

    # -- rules -------------------------------------------------------------------------------------------------------

    def rules(self, which):
        for rule, text in which.items():
            rows = self.rows(text)
            for row in rows[:MOST_SHOWN]:
                self.found(f"broken: {rule}", *row)
            if len(rows) > MOST_SHOWN:
                self.found(f"broken: {rule}", f"{len(rows)} rows in all")

    # -- acknowledged writes -------------------------------------------------------------------------------------------

    def sales(self):
        there = {row[:2]: row[2:] for row in self.rows(
            "select v.tenant_id, v.plate, array_agg(distinct v.id), array_agg(distinct c.id), array_agg(distinct p.id), array_agg(distinct p.number),"
            " array_agg(distinct t.id), array_agg(distinct k.id), array_agg(distinct r.id), array_agg(distinct r.number), min(r.amount),"
            " min(t.total), min(c.name) from app.vehicle v left join app.ownership o on o.tenant_id = v.tenant_id and o.vehicle_id = v.id"
            " left join app.customer c on c.tenant_id = v.tenant_id and c.id = o.customer_id"
            " left join app.policy p on p.tenant_id = v.tenant_id and p.vehicle_id = v.id"
            " left join app.term t on t.tenant_id = v.tenant_id and t.policy_id = p.id and t.seq = 1"
            " left join app.cover k on k.tenant_id = v.tenant_id and k.term_id = t.id"
            " left join app.receipt r on r.tenant_id = v.tenant_id and r.term_id = t.id"
            " where c.name like 'Mteja Namba %' or c.id is null group by 1, 2")}
        for key, asked, acked, done in self.of("sale"):
            row = there.pop((asked["tenant"], asked["plate"]), None)
            if (row is not None) != done:
                self.found("sale: the key and the records disagree", asked, f"kept {done}", row)
            if row is None:
                continue
            ids = [None if len(part) != 1 else part[0] for part in row[:8]]
            if None in ids or row[8:] != (asked["amount"], asked["amount"], asked["name"]):
                self.found("sale: half there, or not as asked", asked, row)
                continue
            vehicle, customer, policy, number, _, _, receipt, receipt_number = ids
            if acked and acked["made"] != [customer, vehicle, policy, number, receipt, receipt_number]:
                self.found("sale: acknowledged otherwise", acked, ids)
            for what, id in zip(AUDITED_SALE, (customer, vehicle, policy, policy, receipt)):
                if self.audited.get((asked["tenant"], what, id)) != 1:
                    self.found("sale: not once in the audit", what, id, self.audited.get((asked["tenant"], what, id)))
        for place, row in there.items():
            self.found("sale: nobody asked for it", place, row)

    def verifications(self):
        seen = self.counted("select tenant_id, row_id from app.history where tbl = 'receipt' and before ->> 'state' = '1' and after ->> 'state' = '2'")
        rows = {row[:2]: row[2:] for row in self.rows(
            "select r.tenant_id, r.id, r.state, t.state, count(k.id) from app.receipt r join app.term t on t.tenant_id = r.tenant_id"
            " and t.id = r.term_id left join app.certificate k on k.tenant_id = r.tenant_id and k.term_id = t.id group by 1, 2, 3, 4")}
        for key, asked, acked, done in self.of("verify"):
            place = asked["tenant"], asked["receipt"]
            if place not in rows and not done:  # taken after the database was looked at
                continue
            state, term, certificates = rows[place]
            got = state, certificates, seen.get(place, 0), self.audited.get((place[0], "receipt verify", place[1]), 0)
            if got != ((VERIFIED, 1, 1, 1) if done else (RECORDED, 0, 0, 0)) or (term >= ACTIVE) != done:
                self.found("verify: not once and whole", asked, f"kept {done}", got, f"term {term}")

    def renewals(self):
        terms = {row[:2]: row[2:] for row in self.rows("select tenant_id, policy_id, count(*), count(distinct seq) from app.term group by 1, 2")}
        done_of = collections.Counter()
        for key, asked, acked, done in self.of("renew"):
            done_of[asked["tenant"], asked["policy"]] += done
        for place, n in done_of.items():
            got = *terms.get(place, (1, 1)), self.audited.get((place[0], "policy renew", place[1]), 0)
            if got != (1 + n, 1 + n, n):
                self.found("renew: not once for each key", place, f"keys {n}", got)

    def payments(self):
        receipts = collections.defaultdict(list)
        for tenant, policy, id, number, amount in self.rows(
                "select r.tenant_id, r.policy_id, r.id, r.number, r.amount from app.receipt r join app.term t on t.tenant_id = r.tenant_id"
                " and t.id = r.term_id where t.seq > 1"):
            receipts[tenant, policy].append((id, number, amount, self.audited.get((tenant, "receipt add", id), 0)))
        done_of = collections.Counter()
        for key, asked, acked, done in self.of("pay"):
            place = asked["tenant"], asked["policy"]
            done_of[place] += done
            if acked and (acked["receipt"], acked["number"], asked["amount"], 1) not in receipts[place]:
                self.found("pay: acknowledged and not so", asked, acked, receipts[place])
        for place, n in done_of.items():
            if len(receipts[place]) != n:
                self.found("pay: not once for each key", place, f"keys {n}", receipts[place])

    def edits(self):
        """Each customer is edited once at most. History keeps personal details sealed: there the versions are counted."""
        seen = self.counted("select tenant_id, row_id from app.history where tbl = 'customer' and op = 'U'")
        there = {row[:2]: row[2:] for row in self.rows("select tenant_id, id, city, version from app.customer where name like 'Mteja Namba %'")}
        for key, asked, acked, done in self.of("edit"):
            place = asked["tenant"], asked["customer"]
            if place not in there and not done:  # made after the database was looked at
                continue
            got = *there[place], seen.get(place, 0), self.audited.get((place[0], "customer set", place[1]), 0)
            if got != ((asked["city"], 2, 1, 1) if done else (None, 1, 0, 0)):
                self.found("edit: not once and whole", asked, f"kept {done}", got)

    def run(self):
        self.sales()
        self.verifications()
        self.renewals()
        self.payments()
        self.edits()
        self.rules(RULES)
        self.pg.close()
        return self.findings

    def counts(self):
        """{what: (asked, acknowledged, without an answer and done, without an answer and not done)}"""
        counts = {}
        for key, entry in sorted(self.entries.items()):
            asked, acked, quiet_done, quiet_not = counts.get(entry["asked"]["what"], (0, 0, 0, 0))
            quiet = not entry["acked"] and not entry["refused"]
            counts[entry["asked"]["what"]] = (asked + 1, acked + bool(entry["acked"]), quiet_done + (quiet and key in self.kept),
                                              quiet_not + (quiet and key not in self.kept))
        return counts


def main(words):
    checker = Checker(words[0], words[1])
    for finding in checker.run():
        print(finding)
    print(f"{len(checker.findings)} findings")
    return 1 if checker.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
