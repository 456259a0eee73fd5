#!/usr/bin/python3
"""Home keeps itself: who subscribed is told what changed, in few bytes, and nobody of what is not his to see."""
import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
import unittest

import cbor2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import wire  # noqa: E402
from service import Service, wait_for  # noqa: E402

SUBSCRIBE, HOME_BODY, TOPIC = 18, 6, "home"
COUNTER, CHANGED, FIGURE, ALERTS, SPARK = range(1, 6)
POLICY, RECEIPT, EXPIRING, UNPAID, TO_VERIFY = 6, 9, 2, 5, 2
T_MARKS = 6


def setUpModule():
    global service
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    service = Service(customers=600)
    service.__enter__()


def tearDownModule():
    for line, _, _ in asking.values():
        line.close()
    service.__exit__(None, None, None)


def user(who):
    login, domain = who.split("@")
    return int(service.sql(f"select u.id from app.user_account u join app.tenant_domain d using (tenant_id) "
                           f"where u.login = '{login}' and d.domain = '{domain}'"))


def tenant(who):
    return int(service.sql(f"select tenant_id from app.tenant_domain where domain = '{who.split('@')[1]}'"))


class Listener:
    """Somebody who looks at his home."""

    def __init__(self, who):
        self.who, self.user, self.tenant = who, user(who), tenant(who)
        self.line = wire.connect(service.port, who, service.password(who))
        self.wire = wire.Wire(self.line)
        self.wire.receive()
        self.requests = 0
        self.subscribe()

    def close(self):
        self.line.close()

    def subscribe(self):
        self.requests += 1
        self.wire.request(self.requests, SUBSCRIBE)
        while (message := self.wire.receive())[0] != wire.REPLY:
            pass
        assert message[2] == wire.OK, message
        self.home = message[3][HOME_BODY]
        return self.home

    def mark(self):
        """Something of this person alone happens, and he hears of it: what was to be told before has been told then."""
        service.sql(f'select app.tell({self.tenant}, {T_MARKS}, "user" => {self.user})')
        number, events = int(service.sql(f"select max(seq) from app.outbox where tenant_id = {self.tenant}")), []
        while not events or events[-1][3] != CHANGED or events[-1][2] < number:
            message = self.wire.receive()
            if message[0] == wire.EVENT:
                events.append(message)
        return events

    def told(self):
        """What came since the last time, and how often it was said that something changed. Two marks: what is told in one
        go with the first has come when the second has."""
        events = self.mark() + self.mark()
        first = next(i for i in range(len(events) - 1, -1, -1) if events[i][3] == CHANGED and i != len(events) - 1)
        del events[first], events[-1]
        return events, sum(event[3] == CHANGED for event in events)


asking = {}


def said(who, method, **params):
    """The reply, on a line that stays open between the questions."""
    if who not in asking:
        line = wire.connect(service.port, who, service.password(who))
        channel = line.open_session()
        channel.settimeout(60)
        channel.invoke_subsystem("bima-json")
        asking[who] = (line, channel, channel.makefile("rb"))
    request = {"id": 1, "method": method, "params": params}
    if method in ("add", "set", "act"):
        request["idem"] = secrets.token_hex(16)
    asking[who][1].sendall(json.dumps(request).encode() + b"\n")
    return json.loads(asking[who][2].readline())


def ask(who, method, **params):
    reply = said(who, method, **params)
    assert reply["code"] == "OK", reply
    return reply["body"]



def to_renew(who=None, branch=None):
    """A policy that ends within the days of home and has no unpaid term."""
    where = f" and p.branch_id = {branch}" if branch else ""
    return int(service.sql(
        "select p.id from app.policy p join app.due_item d on d.tenant_id = p.tenant_id and d.row_id = p.id and d.kind = 1 and d.is_open "
        f"where p.tenant_id = {tenant(who or service.manager)} and d.due_date between current_date and current_date + 30{where} "
        "and not exists (select from app.term t where t.tenant_id = p.tenant_id and t.policy_id = p.id and t.state in (1, 2, 3, 5)) "
        "order by d.due_date desc, p.id limit 1"))


def renew(who=None, policy=None):
    policy = policy or to_renew()
    ask(who or service.manager, "act", entity="policy", id=policy, action="renew")
    return policy


def pay(policy, who=None):
    """The money of the open term, recorded and verified by two people."""
    owed = ask(service.manager, "get", entity="policy", id=policy)["record"]["fields"]["outstanding"]
    receipt = ask(service.cashier, "add", entity="receipt", fields={"policy": policy, "amount": owed, "method": "cash"})["record"]["id"]
    return receipt


def verify(receipt):
    ask(service.manager, "act", entity="receipt", id=receipt, action="verify")


def counter(home, entity, view):
    return next(row[1:4] for row in home[0] if row[4:6] == [entity, view])


class Told(unittest.TestCase):
    def listener(self, who):
        listener = Listener(who)
        self.addCleanup(listener.close)
        return listener

    def test_what_others_do_shows_on_home_in_at_most_60_bytes_a_number(self):
        neema = self.listener(service.manager)
        before = counter(neema.home, POLICY, UNPAID)
        renew()
        events, changed = neema.told()
        self.assertEqual(changed, 0)
        self.assertEqual([event[3] for event in events], [COUNTER, ALERTS])
        self.assertEqual([events[0][4][key] for key in (1, 2)], [POLICY, UNPAID])
        after = [events[0][4][key] for key in (3, 4, 5)]
        self.assertEqual(after[2], before[2] + 1)
        for event in events:
            self.assertLessEqual(4 + len(cbor2.dumps(event)), 60)
        self.assertEqual(counter(neema.subscribe(), POLICY, UNPAID), after, "home says the same")

    def test_a_payment_moves_every_number_it_concerns_and_home_then_says_the_same(self):
        neema, juma = self.listener(service.manager), self.listener(service.cashier)
        policy = renew()
        receipt = pay(policy)
        events, _ = neema.told()
        self.assertIn([RECEIPT, TO_VERIFY], [[e[4][1], e[4][2]] for e in events if e[3] == COUNTER])
        verify(receipt)
        for listener in (neema, juma):
            events, changed = listener.told()
            self.assertEqual(changed, 0)
            told = {(e[4][1], e[4][2]): [e[4][key] for key in (3, 4, 5)] for e in events if e[3] == COUNTER}
            self.assertEqual(set(told), {(POLICY, EXPIRING), (POLICY, UNPAID), (RECEIPT, TO_VERIFY)})
            spark = [e[4][1] for e in events if e[3] == SPARK][-1]
            figures = {e[4][1]: [e[4][2], e[4][3]] for e in events if e[3] == FIGURE}
            home = listener.subscribe()
            for (entity, view), numbers in told.items():
                self.assertEqual(counter(home, entity, view), numbers)
            self.assertEqual(home[5], spark)
            for place, numbers in figures.items():
                self.assertEqual(home[1][place][1:3], numbers)

    def test_while_nothing_changes_nothing_is_sent(self):
        neema = self.listener(service.manager)
        self.assertEqual(neema.told(), ([], 0))
        ask(service.manager, "list", entity="policy")
        ask(service.manager, "home")
        self.assertEqual(neema.told(), ([], 0))

    def test_another_company_hears_nothing(self):
        asha = self.listener(service.other)
        renew()
        self.assertEqual(asha.told(), ([], 0))

    def test_who_cancels_hears_nothing_more_and_who_subscribes_again_hears_once(self):
        neema, twice = self.listener(service.manager), self.listener(service.manager)
        neema.wire.send([wire.CANCEL, neema.requests])
        twice.subscribe()
        renew()
        self.assertEqual(len([e for e in twice.told()[0] if e[3] == COUNTER]), 1)
        neema.wire.request(99)
        message = neema.wire.receive()
        self.assertEqual(message[:2], [wire.REPLY, 99], "nothing came before the answer")


class Parts(unittest.TestCase):
    """Who sees a part of the company hears that something of it changed, and no number of anybody else."""

    @classmethod
    def setUpClass(cls):
        cls.company = tenant(service.clerk)
        cls.amina = user(service.clerk)
        cls.was = service.sql(f"select role_id || ' ' || branch_id from app.user_account where tenant_id = {cls.company} and id = {cls.amina}").split()
        service.sql(f"insert into app.role (tenant_id, code, name, permissions, branch_scope) values ({cls.company}, 'desk', 'Desk', "
                    f"'*.read policy.renew', true), ({cls.company}, 'reading', 'Reading', '*.read', false)")
        service.sql(f"insert into app.role (tenant_id, code, name, permissions) values ({cls.company}, 'counting', 'Counting', 'receipt.read')")

    def be(self, role, **columns):
        sets = "".join(f", {name} = {value}" for name, value in columns.items())
        service.sql(f"update app.user_account set role_id = (select id from app.role where tenant_id = {self.company} and code = '{role}'){sets} "
                    f"where tenant_id = {self.company} and id = {self.amina}")
        neema = Listener(service.manager)  # when he hears of himself everybody concerned has heard of this
        neema.mark()
        neema.close()

    def tearDown(self):
        service.sql(f"update app.user_account set role_id = {self.was[0]}, branch_id = {self.was[1]}, customer_id = null "
                    f"where tenant_id = {self.company} and id = {self.amina}")

    def listener(self):
        listener = Listener(service.clerk)
        self.addCleanup(listener.close)
        return listener

    def branches(self):
        rows = service.sql("select p.branch_id from app.policy p join app.due_item d on d.tenant_id = p.tenant_id and d.row_id = p.id "
                           f"and d.kind = 1 and d.is_open where p.tenant_id = {self.company} and d.due_date between current_date and current_date + 30 "
                           "and not exists (select from app.term t where t.tenant_id = p.tenant_id and t.policy_id = p.id and t.state in (1, 2, 3, 5)) "
                           "group by 1 order by count(*) desc, 1").split()
        self.assertGreaterEqual(len(rows), 2, "the demo has policies that end at two branches")
        return rows[:2]

    def test_a_branch_hears_of_itself_alone_and_is_told_no_figures(self):
        own, other = self.branches()
        self.be("desk", branch_id=own)
        amina = self.listener()
        renew(policy=to_renew(branch=other))
        self.assertEqual(amina.told(), ([], 0))
        renew(policy=to_renew(branch=own))
        events, changed = amina.told()
        self.assertEqual([event[3] for event in events], [CHANGED])
        self.assertEqual(events[0][4], {})
        before = counter(amina.home, POLICY, UNPAID)[2]
        self.assertEqual(counter(amina.subscribe(), POLICY, UNPAID)[2], before + 1)

    def test_a_customer_hears_of_his_own_alone(self):
        mine, other = to_renew(branch=self.branches()[0]), to_renew(branch=self.branches()[1])
        holder = service.sql(f"select customer_id from app.policy where tenant_id = {self.company} and id = {mine}")
        self.assertNotEqual(holder, service.sql(f"select customer_id from app.policy where tenant_id = {self.company} and id = {other}"))
        self.be("customer", customer_id=holder)
        amina = self.listener()
        renew(policy=other)
        self.assertEqual(amina.told(), ([], 0))
        renew(policy=mine)
        self.assertEqual([event[3:] for event in amina.told()[0]], [[CHANGED, {}]])

    def test_who_may_not_read_policies_is_told_nothing_of_them(self):
        self.be("counting")
        amina = self.listener()
        renew()
        self.assertEqual(amina.told(), ([], 0))

    def test_when_rights_change_the_subscription_ends_before_anything_else_is_told(self):
        self.be("reading")
        amina = self.listener()
        service.sql(f"update app.role set permissions = 'receipt.read' where tenant_id = {self.company} and code = 'reading'")
        renew()
        while (message := amina.wire.receive())[0] != wire.EVENT:
            pass
        self.assertEqual(message[3:], [CHANGED, {}])
        amina.wire.request(98)
        self.assertEqual(amina.wire.receive()[:2], [wire.REPLY, 98], "nothing of the renewal")
        amina.requests = 98
        self.assertEqual(amina.subscribe()[0][0][4], RECEIPT, "receipts are all that is left")


class Ends(unittest.TestCase):
    def test_an_ended_session_hears_nothing_more(self):
        neema = Listener(service.manager)
        self.addCleanup(neema.close)
        if service.manager in asking:
            asking.pop(service.manager)[0].close()
        service.sql(f"update app.session set state = 4, ended_at = now() where tenant_id = {neema.tenant} and user_id = {neema.user} and state <> 4")
        messages = []
        while (message := neema.wire.receive()) is not None:
            messages.append(message[0])
        self.assertEqual(messages, [wire.GOAWAY])

    def test_what_changed_while_nobody_could_tell_is_told_afterwards(self):
        neema = Listener(service.manager)
        self.addCleanup(neema.close)
        before = counter(neema.home, POLICY, UNPAID)
        jobs = service.pid("jobs")
        os.kill(jobs, signal.SIGSTOP)
        renew()
        os.kill(jobs, signal.SIGKILL)
        wait_for("jobs run again", lambda: service.pid("jobs") not in (0, jobs))
        events, anew = neema.told()
        told = [[e[4][key] for key in (3, 4, 5)] for e in events if e[3] == COUNTER and [e[4][1], e[4][2]] == [POLICY, UNPAID]]
        self.assertTrue(told or anew, events)
        # a line that is slow while much is told at once is told to ask anew instead
        after = counter(neema.subscribe(), POLICY, UNPAID) if anew else told[-1]
        self.assertEqual(after[2], before[2] + 1)

    def test_changes_without_end_are_told_together(self):
        neema = Listener(service.manager)
        self.addCleanup(neema.close)
        neema.mark()
        rest_s, begin = 0.25, time.monotonic()
        service.sql(f"do $$ begin for i in 1..150 loop perform app.tell({neema.tenant}, {T_MARKS}, \"user\" => {neema.user}); commit; "
                    "perform pg_sleep(0.02); end loop; end $$")
        most = (time.monotonic() - begin) / rest_s + 2
        times = sum(event[3] == CHANGED for event in neema.mark())
        self.assertTrue(2 <= times <= most, (times, most))

    def test_a_line_that_takes_nothing_costs_others_nothing_and_catches_up(self):
        slow, neema = Listener(service.manager), Listener(service.manager)
        self.addCleanup(slow.close)
        self.addCleanup(neema.close)
        for _ in range(3):
            renew()
            self.assertTrue(neema.told()[0])
        self.assertEqual(counter(slow.subscribe(), POLICY, UNPAID), counter(neema.subscribe(), POLICY, UNPAID))


class Alerts(unittest.TestCase):
    def first(self, who):
        return next(a for a in ask(who, "home")["home"]["alerts"] if a["record"]["entity"] == "policy")

    def test_an_acknowledged_alert_is_gone_for_one_person_and_there_for_the_others(self):
        alert = self.first(service.manager)
        neema = Listener(service.manager)
        self.addCleanup(neema.close)
        ask(service.manager, "act", entity="alert", id=alert["id"], action="acknowledge")
        while neema.wire.receive()[3:] != [CHANGED, {}]:  # her other screen hears of it, behind what others do
            pass
        self.assertNotIn(alert["id"], [a["id"] for a in ask(service.manager, "home")["home"]["alerts"]])
        self.assertIn(alert["id"], [a["id"] for a in ask(service.clerk, "home")["home"]["alerts"]])
        kept = ask(service.manager, "list", entity="alert", view="kept")["page"]["rows"]
        self.assertIn(alert["id"], [row["id"] for row in kept])
        ask(service.manager, "act", entity="alert", id=alert["id"], action="wake")
        self.assertIn(alert["id"], [a["id"] for a in ask(service.manager, "home")["home"]["alerts"]])

    def test_one_put_off_comes_back_on_its_day(self):
        alert = self.first(service.manager)
        ask(service.manager, "act", entity="alert", id=alert["id"], action="snooze", fields={"until": "+3d"})
        self.assertNotIn(alert["id"], [a["id"] for a in ask(service.manager, "home")["home"]["alerts"]])
        service.sql(f"update app.alert_mark set until = current_date where alert_id = {alert['id']}")
        self.assertIn(alert["id"], [a["id"] for a in ask(service.manager, "home")["home"]["alerts"]])
        reply = said(service.manager, "act", entity="alert", id=alert["id"], action="snooze", fields={"until": "t"})
        self.assertEqual(reply["code"], "BAD_PARAMS")
        self.assertEqual(reply["body"]["error"]["message"], "until: a day after today is expected, such as +3d")

    def test_a_mark_ends_when_the_alert_becomes_another(self):
        policy = renew()
        alert = policy * 8 + 2
        ask(service.manager, "act", entity="alert", id=alert, action="acknowledge")
        self.assertNotIn(alert, [row["id"] for row in ask(service.manager, "list", entity="alert", limit=200)["page"]["rows"]])
        service.sql(f"update app.due_item set due_date = due_date - 1 where id = {alert}")
        self.assertIn(alert, [row["id"] for row in ask(service.manager, "list", entity="alert", limit=200)["page"]["rows"]])
        service.sql(f"update app.due_item set due_date = due_date + 1 where id = {alert}")

    def test_the_list_of_alerts_has_as_many_as_home_counts(self):
        for who in (service.manager, service.clerk):
            home = ask(who, "home")["home"]
            rows = ask(who, "list", entity="alert", limit=200)["page"]["rows"]
            waits = [row for row in rows if row["fields"]["kind"] == "approval"]
            hidden = 0 if who == service.manager else len(waits)
            self.assertEqual(len(home["alerts"]) + home["more_alerts"], len(rows) - hidden)

    def test_a_receipt_that_waits_for_a_second_person_is_an_alert_of_that_person(self):
        policy = renew()
        receipt = pay(policy)
        self.addCleanup(verify, receipt)

        def shown(who):
            return [row["id"] for row in ask(who, "list", entity="alert", view="approvals", limit=200)["page"]["rows"]]
        self.assertIn(receipt * 8 + 3, shown(service.manager))
        home = ask(service.manager, "home")["home"]
        self.assertIn(receipt, [a["record"]["id"] for a in home["alerts"] if a["record"]["entity"] == "receipt"]
                      + [receipt] * (home["more_alerts"] > 0))
        self.assertFalse([a for a in ask(service.clerk, "home")["home"]["alerts"] if a["record"]["entity"] == "receipt"],
                         "an agent verifies nothing")

    def test_new_alerts_are_counted_until_they_were_seen(self):
        ask(service.manager, "act", entity="alert", action="seen")
        self.assertEqual(ask(service.manager, "home")["home"]["fresh"], 0)
        renew()
        self.assertEqual(ask(service.manager, "home")["home"]["fresh"], 1)
        ask(service.manager, "act", entity="alert", action="seen")
        self.assertEqual(ask(service.manager, "home")["home"]["fresh"], 0)

    def test_a_counter_opens_a_list_of_as_many_rows(self):
        for row in ask(service.manager, "home")["home"]["counters"]:
            page = ask(service.manager, "list", entity=row["entity"], view=row["view"], limit=200)["page"]
            self.assertEqual(len(page["rows"]), row["month"], row)


class Twin(unittest.TestCase):
    def test_scripts_are_told_in_lines(self):
        line = wire.connect(service.port, service.manager, service.password(service.manager))
        self.addCleanup(line.close)
        channel = line.open_session()
        channel.settimeout(60)
        channel.invoke_subsystem("bima-json")
        channel.sendall(b'{"id":1,"method":"subscribe","params":{}}\n')
        lines = channel.makefile("rb")
        self.assertIn(b'"home":', lines.readline())
        renew()
        self.assertRegex(lines.readline().decode(), r'^{"event":"home","seq":\d+,"kind":"counter","body":{"entity":6,"view":5,"today":\d+,')


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    unittest.main(verbosity=2)
