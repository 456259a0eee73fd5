"""Fleets: one policy over several vehicles. Each is priced, covered and certified for itself, and the rules hold across policies."""

import base64
import unittest

from race_test import RULES, asked, together
from world import SIMBA, TWIGA, User, Worker, _numbers, boot, plate, sold

FLEET_RULES = RULES | {
    "lines add up": "select t.id from app.term t join app.policy p on p.id = t.policy_id and p.vehicle_id is null left join app.term_vehicle l"
                    " on l.term_id = t.id group by t.id, t.total, t.premium, t.sum_insured having coalesce(sum(l.total), 0) <> t.total"
                    " or coalesce(sum(l.premium), 0) <> t.premium or coalesce(sum(l.sum_insured), 0) <> t.sum_insured",
    "a cover for each line": "select l.id from app.term_vehicle l join app.term t on t.id = l.term_id and t.state = 4 where not exists"
                             " (select from app.cover c where c.term_id = l.term_id and c.vehicle_id = l.vehicle_id and c.in_force)",
    "a certificate for each line": "select l.id from app.term_vehicle l join app.term t on t.id = l.term_id and t.state = 4 where (select count(*)"
                                   " from app.certificate k where k.term_id = l.term_id and k.vehicle_id = l.vehicle_id and k.state = 1) <> 1",
}


def fleets(company, on):
    boot("update app.tenant set fleet_policies = %s where id = %s", on, company.id)


class Fleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        fleets(SIMBA, True)
        boot("update app.tenant set four_eyes_minor = null where id = %s", SIMBA.id)
        cls.agent, cls.cashier, cls.manager = (User(cls.worker, SIMBA, n) for n in ("amina", "juma", "neema"))

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    def tearDown(self):
        for name, sql in FLEET_RULES.items():
            self.assertEqual(boot(sql), [], name)
        self.assertEqual(boot("select * from app.find_violations(%s)", SIMBA.id), [])

    # what the tests do most ---------------------------------------------------

    def vehicles(self, n, owner=None):
        """Plates of new vehicles of one customer."""
        owner = owner or self.agent.customer()
        plates = [plate(next(_numbers)) for _ in range(n)]
        for p in plates:
            self.agent.ok("add", entity="vehicle", fields={"plate": p, "vehicle_type": "car", "make": "Toyota", "owner": owner})
        return plates

    def quote(self, vehicles, **more):
        return self.agent.call("act", entity="policy", action="quote", fields={"vehicles": vehicles, "product": "comprehensive"} | more)

    def quoted(self, vehicles, **more):
        reply = self.quote(vehicles, **more)
        self.assertEqual(reply.code, "OK", reply)
        return reply.record["id"]

    def issued(self, vehicles, **more):
        policy = self.quoted(vehicles, **more)
        self.agent.ok("act", entity="policy", action="issue", id=policy)
        return policy

    def pay(self, policy):
        total = self.shown(policy)["outstanding"]
        return self.cashier.verify(self.agent.receipt(policy, total))

    def active(self, vehicles, **more):
        policy = self.issued(vehicles, **more)
        self.pay(policy)
        return policy

    def shown(self, policy):
        return self.agent.ok("get", entity="policy", id=policy).fields

    def rows(self, entity, **where):
        page = self.agent.ok("list", entity=entity, limit=200, filters=[[k, "=", v] for k, v in where.items()]).body["page"]
        return [r["fields"] for r in page["rows"]]

    def lines(self, policy):
        return sorted(self.rows("term_vehicle", policy=policy), key=lambda r: (r["term"]["id"], r["seq"]))

    def refused(self, reply, field, *words):
        self.assertIn(reply.code, ("REFUSED", "BAD_PARAMS", "NOT_FOUND"), reply)
        self.assertEqual(reply.error.get("field"), field, reply)
        for word in words:
            self.assertIn(word, reply.error["message"])

    # selling ------------------------------------------------------------------

    def test_each_vehicle_is_priced_for_itself_and_the_total_is_their_sum(self):
        a, b, c = self.vehicles(3)
        policy = self.quoted(f"{a}=15,000,000; {b}=30m\n{c.lower()}", sum_insured="10m")
        shown = self.shown(policy)
        self.assertNotIn("vehicle", shown)
        self.assertEqual(shown["vehicles"], 3)
        self.assertEqual((shown["sum_insured"], shown["total"]), ("55000000.00", "2271500.00"))
        lines = self.lines(policy)
        self.assertEqual([(r["vehicle"]["label"], r["seq"], r["sum_insured"], r["total"]) for r in lines],
                         [(a, 1, "15000000.00", "619500.00"), (b, 2, "30000000.00", "1239000.00"), (c, 3, "10000000.00", "413000.00")])
        self.assertEqual({r["state"] for r in self.rows("policy", customer=shown["customer"]["id"])}, {"quoted"})

    def test_paid_in_full_every_vehicle_is_covered_and_has_its_certificate(self):
        plates = self.vehicles(3)
        policy = self.active(", ".join(plates), sum_insured="15m")
        covers = self.rows("cover", policy=policy)
        self.assertEqual(sorted(c["vehicle"]["label"] for c in covers), sorted(plates))
        self.assertEqual({(c["in_force"], c["from_date"], c["to_date"]) for c in covers}, {(True, "2026-03-01", "2027-02-28")})
        certificates = self.rows("certificate", policy=policy)
        self.assertEqual(sorted(k["vehicle"]["label"] for k in certificates), sorted(plates))
        self.assertEqual(len({k["number"] for k in certificates}), 3)
        for k in certificates:
            payload = self.agent.ok("get", entity="certificate", key=k["number"]).fields["payload"]
            self.assertIn(k["vehicle"]["label"].encode(), base64.urlsafe_b64decode(payload.split(".")[1] + "=="))

    def test_a_shilling_short_covers_nobody(self):
        policy = self.issued("; ".join(self.vehicles(2)), sum_insured="15m")
        reply = self.agent.call("add", entity="receipt", fields={"policy": policy, "amount": "1,238,999", "method": "cash"})
        self.refused(reply, "amount", "short")
        self.assertEqual({c["in_force"] for c in self.rows("cover", policy=policy)}, {False})
        self.assertEqual(self.rows("certificate", policy=policy), [])

    def test_a_batch_adds_vehicles_and_sells_them_as_a_fleet_in_one_go(self):
        owner = self.agent.customer()
        n = next(_numbers)
        steps = [["add", {"entity": "vehicle", "fields": {"plate": plate(n), "vehicle_type": "car", "make": "Toyota", "owner": owner}}],
                 ["add", {"entity": "vehicle", "fields": {"chassis": f"GJ7-{n:06d}", "vehicle_type": "car", "make": "Isuzu", "owner": owner}}],
                 ["act", {"entity": "policy", "action": "quote",
                          "fields": {"vehicles": f"$0=15m;$1=30m;#{self.agent.vehicle(owner)}=15m", "product": "comprehensive"}}],
                 ["act", {"entity": "policy", "action": "issue", "key": "$2"}],
                 ["add", {"entity": "receipt", "fields": {"policy": "$2", "amount": "2,478,000", "method": "cash"}}]]
        reply = self.agent.ok("batch", steps=steps)
        self.assertEqual(boot("select count(*) from app.term_vehicle l join app.term t on t.id = l.term_id where t.total = 247800000"), [(3,)], reply)

    def test_the_holder_is_the_owner_of_all_or_is_named(self):
        owner = self.agent.customer()
        own, other = self.vehicles(2, owner), self.vehicles(1)
        self.assertEqual(self.shown(self.quoted(";".join(own), sum_insured="15m"))["customer"]["id"], owner)
        self.refused(self.quote(";".join(own + other), sum_insured="15m"), "customer", "different customers")
        named = self.quoted(";".join(own + other), sum_insured="15m", customer=owner)
        self.assertEqual(self.shown(named)["customer"]["id"], owner)

    def test_what_is_wrong_with_a_list_of_vehicles_is_said_with_the_vehicle(self):
        a, b = self.vehicles(2)
        self.refused(self.quote(f"{a}=15m; {a.replace(' ', '').lower()}=15m"), "vehicles", "named twice")
        self.refused(self.quote(f"{a}=15m; T 999 ZZQ=1m"), "vehicles", "T 999 ZZQ")
        self.refused(self.quote(f"{a}=15m; {b}=abc"), "vehicles", b)
        self.refused(self.quote(f"{a}=15m; {b}="), "vehicles", "insured for")
        self.refused(self.quote(f"{a}=15m; =15m"), "vehicles", "plate")
        self.refused(self.quote(f"{a}=15m; {b}"), "vehicles", b, "insured for")
        self.refused(self.quote(f"{a}=9,000,000,000,000; {b}=9,000,000,000,000"), "vehicles", "too much")
        self.refused(self.quote(" ; "), "vehicles", "name the vehicles")
        self.refused(self.quote(f"{a}=15m", vehicle=b), "vehicles", "not both")
        self.refused(self.agent.call("act", entity="policy", action="quote", fields={"product": "comprehensive"}), "vehicle", "needed")
        self.agent.ok("set", entity="vehicle", key=b, version=1, fields={"status": "deregistered"})
        self.refused(self.quote(f"{a}=15m; #{boot('select id from app.vehicle where plate = %s', b)[0][0]}=15m"), "vehicles", b, "deregistered")

    def test_a_company_that_sells_no_fleets_says_so_and_offers_none(self):
        owner = User(self.worker, TWIGA, "amina")
        a = owner.ok("add", entity="vehicle", fields={"plate": plate(next(_numbers)), "vehicle_type": "car", "make": "Toyota",
                                                      "owner": owner.customer()}).record
        reply = owner.call("act", entity="policy", action="quote", fields={"vehicles": f"#{a['id']}=15m", "product": "comprehensive"})
        self.refused(reply, "vehicles", "does not sell fleet policies")

        def offered(user):
            entities = {e["name"]: e for e in user.ok("describe").body["schema"]["entities"]}
            actions = {a["name"]: [f["name"] for f in a["fields"]] for a in entities["policy"]["actions"]}
            return "vehicles" in actions["quote"], "include" in actions
        self.assertEqual(offered(owner), (False, False))
        self.assertEqual(offered(self.agent), (True, True))

    def test_fleets_that_were_sold_go_on_when_no_more_are(self):
        policy = self.active(";".join(self.vehicles(2)), sum_insured="15m")
        fleets(SIMBA, False)
        try:
            later = Worker(today="2027-02-01")
            self.assertEqual(User(later, SIMBA, "amina").ok("act", entity="policy", action="renew", id=policy).fields["outstanding"], "1239000.00")
            self.assertEqual(later.close(), 0)
        finally:
            fleets(SIMBA, True)

    def test_vehicles_join_a_quote_until_it_is_issued(self):
        a, b, c = self.vehicles(3)
        policy = self.quoted(f"{a}=15m")
        more = self.agent.ok("act", entity="policy", action="include", id=policy, fields={"vehicles": f"{b}=30m; {c}", "sum_insured": "10m"})
        self.assertEqual((more.fields["vehicles"], more.fields["total"]), (3, "2271500.00"))
        again = self.agent.call("act", entity="policy", action="include", id=policy, fields={"vehicles": f"{c}=1m"})
        self.refused(again, "vehicles", c, "already")
        self.agent.ok("act", entity="policy", action="issue", id=policy)
        late = self.agent.call("act", entity="policy", action="include", id=policy, fields={"vehicles": f"{self.vehicles(1)[0]}=1m"})
        self.assertEqual(late.code, "REFUSED", late)
        self.pay(policy)
        self.assertEqual(len(self.rows("certificate", policy=policy)), 3)
        single = self.agent.quote()
        reply = self.agent.call("act", entity="policy", action="include", id=single, fields={"vehicles": f"{self.vehicles(1)[0]}=1m"})
        self.refused(reply, "vehicles", "one vehicle")

    def test_a_vehicle_of_another_company_is_no_vehicle(self):
        theirs = User(self.worker, TWIGA, "amina").vehicle(plate="T 987 QQQ", chassis="GJ7-THEIRS")
        for name in (f"#{theirs}", "T 987 QQQ", "gj7-theirs", "$0"):
            self.assertEqual(self.quote(f"{self.vehicles(1)[0]}=15m; {name}=15m").code, "NOT_FOUND", name)
        reply, none = (self.quote(f"#{id}=15m") for id in (theirs, 4294967295))
        self.assertEqual(reply.error["message"], none.error["message"])

    def test_five_hundred_vehicles_are_sold_and_one_more_is_not(self):
        owner = self.agent.customer()
        made = boot("with v as (insert into app.vehicle (tenant_id, plate, plate_key, vehicle_type_id, make, owner_id)"
                  " select %s, 'B ' || n, 'B' || n, t.id, 'Toyota', %s from generate_series(1000, 1500) n, app.vehicle_type t"
                  " where t.tenant_id = %s and t.code = 'car' returning tenant_id, id, owner_id)"
                  " insert into app.ownership (tenant_id, vehicle_id, customer_id, from_date) select tenant_id, id, owner_id, '2026-01-01' from v"
                  " returning 1", SIMBA.id, owner, SIMBA.id)
        self.assertEqual(len(made), 501)
        plates = [f"B{n}" for n in range(1000, 1501)]
        policy = self.quoted(";".join(f"{p}=15m" for p in plates[:200]))
        for part in (plates[200:400], plates[400:500]):
            self.agent.ok("act", entity="policy", action="include", id=policy, fields={"vehicles": ";".join(part), "sum_insured": "15m"})
        more = self.agent.call("act", entity="policy", action="include", id=policy, fields={"vehicles": plates[500], "sum_insured": "15m"})
        self.refused(more, "vehicles", "500")
        self.agent.ok("act", entity="policy", action="issue", id=policy)
        self.pay(policy)
        self.assertEqual(self.shown(policy)["state"], "active")
        self.assertEqual(boot("select count(*), count(distinct vehicle_id) from app.certificate where policy_id = %s", policy), [(500, 500)])

    def test_a_plate_that_comes_later_is_on_a_new_certificate_for_nothing(self):
        chassis = f"GJ7-{next(_numbers):06d}"
        transit = self.agent.ok("add", entity="vehicle", fields={"chassis": chassis, "vehicle_type": "car", "make": "Isuzu",
                                                                 "owner": self.agent.customer()}).record
        policy = self.active(f"{chassis}=15m; {self.vehicles(1)[0]}=15m", customer=self.agent.customer())
        before = {k["number"] for k in self.rows("certificate", policy=policy)}
        new = plate(next(_numbers))
        reply = self.agent.ok("set", entity="vehicle", id=transit["id"], version=1, fields={"plate": new})
        issue, = reply.body["issues"]
        self.assertEqual((issue["field"], issue["refs"][0]["entity"]), ("plate", "certificate"))
        mine = [k for k in self.rows("certificate", policy=policy) if k["vehicle"]["id"] == transit["id"]]
        self.assertEqual(sorted(k["state"] for k in mine), ["valid", "withdrawn"])
        valid = next(k for k in mine if k["state"] == "valid")
        self.assertNotIn(valid["number"], before)
        self.assertEqual(valid["number"], issue["refs"][0]["label"])
        payload = self.agent.ok("get", entity="certificate", key=valid["number"]).fields["payload"]
        self.assertIn(new.encode(), base64.urlsafe_b64decode(payload.split(".")[1] + "=="))
        self.assertEqual(self.shown(policy)["outstanding"], "0.00")
        self.agent.ok("set", entity="vehicle", id=transit["id"], version=2, fields={"colour": "blue"})
        self.assertEqual(len(self.rows("certificate", policy=policy)), 3)

    # one active cover, across fleets and policies --------------------------------

    def test_a_vehicle_of_a_running_fleet_is_insured_nowhere_else(self):
        a, b = self.vehicles(2)
        self.active(f"{a}=15m; {b}=15m")
        c = self.vehicles(1)[0]
        self.refused(self.quote(f"{c}=15m; {b}=15m", customer=self.agent.customer()), "vehicles", b, "already insured", "2027-02-28")
        reply = self.agent.call("act", entity="policy", action="quote", fields={"vehicle": a, "product": "comprehensive", "sum_insured": "15m"})
        self.refused(reply, "vehicle", "already insured")
        self.quoted(f"{a}=15m; {b}=15m", start="2027-03-01")

    def test_a_fleet_does_not_start_while_another_policy_covers_one_of_its_vehicles(self):
        a, b = self.vehicles(2)
        fleet = self.issued(f"{a}=15m; {b}=15m")
        sold(self.agent, self.cashier, vehicle=b)
        receipt = self.agent.receipt(fleet, "1,239,000")
        reply = self.cashier.call("act", entity="receipt", action="verify", id=receipt)
        self.refused(reply, "vehicles", b, "already insured")
        self.assertEqual({c["in_force"] for c in self.rows("cover", policy=fleet)}, {False})
        self.assertEqual(self.agent.ok("get", entity="receipt", id=receipt).fields["state"], "recorded")

    def test_fleets_that_share_vehicles_paid_all_at_once_leave_one(self):
        plates = self.vehicles(6)
        sets = [plates[:4], plates[3:], [plates[3], plates[0]], list(reversed(plates)), plates[2:4], [plates[3]], plates, plates[1:5]]
        receipts = []
        for vehicles in sets:
            policy = self.issued(";".join(f"{p}=15m" for p in vehicles))
            receipts.append(self.agent.receipt(policy, f"{619500 * len(vehicles)}"))
        workers = [Worker() for _ in sets]
        replies = together(workers, lambda i, w: asked(User(w, SIMBA, "juma"), "act", entity="receipt", action="verify", id=receipts[i]))
        self.assertEqual(sorted(r.code for r in replies), ["OK"] + ["REFUSED"] * 7, replies)
        self.assertEqual([w.close() for w in workers], [0] * 8)

    def test_a_fleet_and_single_policies_sold_all_at_once_never_cover_a_vehicle_twice(self):
        plates = self.vehicles(4)
        workers = [Worker() for _ in range(8)]

        def sell(i, worker):
            agent, cashier = User(worker, SIMBA, "amina"), User(worker, SIMBA, "juma")
            what = {"vehicles": ";".join(plates if i % 4 else reversed(plates)), "sum_insured": "15m"} if i % 2 else {
                "vehicle": plates[i // 2], "sum_insured": "15m"}
            reply = asked(agent, "act", entity="policy", action="quote", fields=what | {"product": "comprehensive"})
            policy = reply.record.get("id")
            if reply.code == "OK":
                reply = asked(agent, "act", entity="policy", action="issue", id=policy)
            if reply.code == "OK":
                reply = asked(agent, "add", entity="receipt", fields={"policy": policy, "amount": reply.fields["outstanding"], "method": "cash"})
            if reply.code == "OK":
                reply = asked(cashier, "act", entity="receipt", action="verify", id=reply.record["id"])
            return reply
        replies = together(workers, sell)
        self.assertLessEqual({r.code for r in replies}, {"OK", "REFUSED"}, replies)
        self.assertIn("OK", {r.code for r in replies})
        self.assertEqual([w.close() for w in workers], [0] * 8)

    # a fleet's life --------------------------------------------------------------

    def test_a_reversed_receipt_suspends_the_whole_fleet_and_new_money_brings_it_back(self):
        policy = self.active(";".join(self.vehicles(3)), sum_insured="15m")
        receipt = boot("select id from app.receipt where policy_id = %s", policy)[0][0]
        self.manager.ok("act", entity="receipt", action="reverse", id=receipt, reason="The cheque came back")
        self.assertEqual(self.shown(policy)["state"], "suspended")
        self.assertEqual({c["in_force"] for c in self.rows("cover", policy=policy)}, {False})
        self.assertEqual({k["state"] for k in self.rows("certificate", policy=policy)}, {"withdrawn"})
        self.pay(policy)
        self.assertEqual({c["in_force"] for c in self.rows("cover", policy=policy)}, {True})

    def test_cancelling_ends_every_cover_today(self):
        policy = self.active(";".join(self.vehicles(3)), sum_insured="15m")
        self.manager.ok("act", entity="policy", action="cancel", id=policy, reason="The company closed")
        self.assertEqual({(c["in_force"], c["to_date"]) for c in self.rows("cover", policy=policy)}, {(True, "2026-03-01")})
        self.assertEqual({k["state"] for k in self.rows("certificate", policy=policy)}, {"withdrawn"})

    def test_a_renewal_takes_the_same_vehicles_each_with_its_own_sum(self):
        a, b = self.vehicles(2)
        policy = self.active(f"{a}=15m; {b}=30m")
        later = Worker(today="2027-02-01")
        agent = User(later, SIMBA, "amina")
        agent.ok("act", entity="policy", action="renew", id=policy)
        twice = agent.call("act", entity="policy", action="renew", id=policy)
        self.assertEqual(twice.code, "REFUSED", twice)
        self.assertEqual([(r["vehicle"]["label"], r["sum_insured"]) for r in self.lines(policy)
                          if r["term"]["label"].endswith("#2")], [(a, "15000000.00"), (b, "30000000.00")])
        self.assertEqual(later.close(), 0)

    def test_a_renewal_may_name_other_vehicles_and_sums(self):
        a, b, c = self.vehicles(3)
        policy = self.active(f"{a}=15m; {b}=30m")
        later = Worker(today="2027-02-01")
        agent = User(later, SIMBA, "amina")
        alone = agent.call("act", entity="policy", action="renew", id=policy, fields={"sum_insured": "1m"})
        self.refused(alone, "sum_insured", "own sum")
        agent.ok("act", entity="policy", action="renew", id=policy, fields={"vehicles": f"{b}; {c}", "sum_insured": "10m"})
        self.assertEqual([(r["vehicle"]["label"], r["sum_insured"]) for r in self.lines(policy)
                          if r["term"]["label"].endswith("#2")], [(b, "30000000.00"), (c, "10000000.00")])
        single = sold(self.agent, self.cashier)
        self.refused(agent.call("act", entity="policy", action="renew", id=single, fields={"vehicles": f"{c}=1m"}), "vehicles", "not a fleet")
        self.assertEqual(later.close(), 0)

    def test_what_became_of_a_fleet_stands_in_its_history(self):
        policy = self.active(";".join(self.vehicles(2)), sum_insured="15m")
        entries = self.agent.ok("history", entity="policy", id=policy, limit=100).body["events"]["rows"]
        kinds = [e["record"]["entity"] for e in entries]
        self.assertEqual(kinds.count("term_vehicle"), 2)
        self.assertEqual(kinds.count("certificate"), 2)


if __name__ == "__main__":
    unittest.main()
