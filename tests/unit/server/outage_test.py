"""A database that goes away and comes back; requests that are too large; the end of a worker."""

import json
import time
import unittest

from world import JOB_AUTH_PASSWORD, JOB_JSON, SIMBA, Reply, User, Worker, boot

RETRY = 45


def throw_out():
    boot("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bima_worker'")


class Outage(unittest.TestCase):
    def setUp(self):
        self.worker = Worker()
        self.agent = User(self.worker, SIMBA, "amina")
        self.addCleanup(boot, "alter role bima_worker login")

    def tearDown(self):
        self.assertEqual(self.worker.close(), 0)

    def test_a_lost_line_is_not_noticed_by_the_user(self):
        self.agent.ok("me")
        throw_out()
        self.agent.ok("me")
        throw_out()
        self.agent.customer()

    def test_ids_a_database_gave_out_and_forgot_are_not_used(self):
        """What was drawn and not written down is given out again after a crash."""
        self.agent.customer()
        (drawn,), = boot("select last_value from app.customer_seq")
        throw_out()
        boot(f"select setval('app.customer_seq', {drawn - 33})")
        other = Worker()
        User(other, SIMBA, "neema").customer()
        self.agent.customer()
        self.agent.customer()
        self.assertEqual(other.close(), 0)

    def test_nobody_who_signs_in_notices_a_database_that_left_while_nothing_was_asked(self):
        self.agent.ok("me")
        throw_out()
        end = time.monotonic() + 30
        while boot("select from pg_stat_activity where usename = 'bima_worker'"):
            self.assertLess(time.monotonic(), end)
        User(self.worker, SIMBA, "amina").ok("me")

    def test_without_a_database_one_may_try_again_and_it_recovers_by_itself(self):
        self.agent.ok("me")
        boot("alter role bima_worker nologin")
        throw_out()
        for method, params in (("me", {}), ("list", {"entity": "customer"}),
                               ("add", {"entity": "customer", "fields": {"name": "No One", "phone": "0700000000"}})):
            reply = self.agent.call(method, **params)
            self.assertEqual((reply.code, reply.error["retryable"]), ("RETRY", True))
        self.assertEqual(self.worker.ask(JOB_AUTH_PASSWORD, b"x", login=b"amina@simba.co.tz")[1], RETRY)
        boot("alter role bima_worker login")
        self.agent.ok("me")
        self.agent.customer()

    def test_a_database_that_fails_for_a_moment_fails_nobody_afterwards(self):
        enter = "execute on function app.enter(int, bigint, bigint, text, text, text, text, text, date)"
        self.addCleanup(boot, f"grant {enter} to bima_worker")
        for method, params in (("me", {}), ("list", {"entity": "customer"}), ("home", {})):
            self.agent.ok(method, **params)
            boot(f"revoke {enter} from bima_worker")
            self.assertEqual(self.agent.call(method, **params).code, "INTERNAL")
            boot(f"grant {enter} to bima_worker")
            self.agent.ok(method, **params)
        boot(f"revoke {enter} from bima_worker")
        self.assertEqual(self.agent.call("add", entity="customer", fields={"name": "No One", "phone": "0700000001"}).code, "INTERNAL")
        boot(f"grant {enter} to bima_worker")
        self.agent.customer()

    def test_a_worker_starts_without_a_database_and_serves_when_it_is_there(self):
        boot("alter role bima_worker nologin")
        late = Worker()
        user = User(late, SIMBA, "amina")
        self.assertEqual(user.call("me").code, "RETRY")
        boot("alter role bima_worker login")
        user.ok("me")
        self.assertEqual(late.close(), 0)

    def test_an_error_in_a_transaction_does_not_leak_into_the_next(self):
        for _ in range(3):
            self.assertEqual(self.agent.call("add", entity="vehicle", fields={"plate": "T 1", "vehicle_type": "car", "make": "X", "owner": 1}).code,
                             "NOT_FOUND")
            self.agent.ok("home")

    def test_what_a_user_types_is_bounded(self):
        long = self.agent.call("add", entity="customer", fields={"name": "x" * 200, "phone": "0712345678"})
        self.assertEqual((long.code, long.error["field"]), ("BAD_PARAMS", "name"))
        for text in ("bell\x07", "escape\x1b[2J", "csi\x9b"):
            self.assertEqual(self.agent.call("add", entity="customer", fields={"name": text, "phone": "0712345678"}).code, "BAD_PARAMS", repr(text))
        line = json.dumps({"id": 9, "method": "find", "params": {"text": "a" * 300000}}).encode()
        self.assertIn(b"TOO_LARGE", self.worker.ask(JOB_JSON, line, self.agent.who)[-1])
        self.agent.ok("me")

    def test_a_request_that_outgrows_its_memory_is_refused_and_nothing_else_is_hurt(self):
        small = Worker("40")
        user = User(small, SIMBA, "amina")
        for _ in range(3):
            user.ok("me")
            reply = user.call("add", entity="customer", fields={"name": "Out Grown", "phone": "0712345678"})
            self.assertEqual((reply.code, reply.error["retryable"]), ("TOO_LARGE", False))
            user.ok("home")
        self.assertEqual(boot("select count(*) from app.customer where name = 'Out Grown'"), [(0,)])
        self.assertEqual(small.close(), 0)

    def test_what_can_not_be_printed_reaches_neither_history_nor_the_database(self):
        line = self.agent.line("add", entity="customer", fields={"name": "Odd Client", "phone": "0712 987 000"})
        reply = Reply(self.worker.ask(JOB_JSON, line, self.agent.who, client=b"SSH\xff\x00\x1b[2J" + b"x" * 500)[-1])
        self.assertEqual(reply.code, "OK", reply)
        event = self.agent.ok("history", entity="customer", id=reply.record["id"]).body["events"]["rows"][0]
        self.assertEqual(event["client"][:10], "SSH???[2Jx")
        self.assertEqual(self.agent.call("get", entity="customer", key="a\x07b").code, "NOT_FOUND")
        customer = reply.record["id"]
        for reason in ("x" * 401, "bell\x07"):
            reply = self.agent.call("set", entity="customer", id=customer, version=1, reason=reason, fields={"city": "Moshi"})
            self.assertEqual((reply.code, reply.error["field"]), ("BAD_PARAMS", "reason"))

    def test_sql_in_a_value_is_a_value(self):
        name = "Robert'); drop table app.customer; --"
        customer = self.agent.customer(name=name)
        self.assertEqual(self.agent.ok("get", entity="customer", id=customer).fields["name"], name)
        for text in ("' or 1=1 --", "%", "_", "\\", "$1", "@"):
            self.agent.ok("find", text=text)
            self.assertEqual(self.agent.ok("list", entity="customer", filters=[["city", "~", text]]).body["page"]["rows"], [])

    def test_sigterm_ends_a_worker_after_its_job(self):
        other = Worker()
        User(other, SIMBA, "amina").ok("me")
        other.process.terminate()
        self.assertEqual(other.process.wait(10), 0)
        other.sock.close()


if __name__ == "__main__":
    unittest.main()
