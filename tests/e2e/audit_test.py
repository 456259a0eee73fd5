#!/usr/bin/python3
"""A running service: what people do stands in their company's audit, is sealed within seconds, survives kills, and is verified."""
import os
import re
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]
from journey_tui import Terminal  # noqa: E402
from service import Service, wait_for  # noqa: E402


class Audited(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.service.__enter__()
        cls.addClassCleanup(cls.service.__exit__, None, None, None)

    def audit(self, where):
        return self.service.sql("select a.kind || '|' || a.what || '|' || a.actor || '|' || a.outcome || '|' || coalesce(a.address, '') "
                                "from app.audit a join app.tenant t on t.id = a.tenant_id where " + where + " order by a.at").splitlines()

    def sealed(self):
        """Waits until nothing is left to seal."""
        wait_for("everything is sealed", lambda: self.service.sql(
            "select (select count(*) from app.audit) + (select count(*) from app.history) = (select count(*) from app.sealed)") == "t", 60)

    def verify(self, *words, status=0):
        done = subprocess.run([self.service.bimactl, "--config", self.service.conf, "audit", "verify", *words], capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def customer(self, who, n):
        return self.service.ask(who, ("add", {"entity": "customer", "fields": {"name": f"Audited {n}", "phone": f"07551{n:05d}"}}))[0]

    def test_a_days_work_is_told_sealed_and_verified(self):
        service = self.service
        self.assertEqual(self.customer(service.clerk, 1)["code"], "OK")
        self.assertEqual(self.customer(service.cashier, 2)["code"], "FORBIDDEN")
        self.assertEqual(service.ask(service.clerk, ("list", {"entity": "customer", "limit": 25}))[0]["code"], "OK")
        told = self.audit("t.code = 'SI' and a.kind in (2, 3, 4)")
        for words in ("4|customer add|", "2|customer add|", "3|customer list|"):
            with self.subTest(words=words):
                self.assertTrue(any(line.startswith(words) and line.endswith("127.0.0.1") for line in told), told)
        self.sealed()
        out = self.verify()
        self.assertGreater(int(re.search(r"checked=(\d+)", out)[1]), 100)
        self.assertIn("findings=0", out)

    def test_signing_in_and_failing_to_is_told(self):
        service = self.service
        subprocess.run(service.ssh(service.manager) + ["me"], env=service.ssh_env(password="wrong horse"), capture_output=True, timeout=60)
        self.assertEqual(service.ask(service.manager, ("me", {}))[0]["code"], "OK")
        told = self.audit("t.code = 'SI' and a.what = 'sign in' and a.actor like '%neema%'")
        self.assertEqual([line.split("|")[3] for line in told], ["2", "1"], told)

    def test_killed_again_and_again_while_it_seals_it_loses_and_breaks_nothing(self):
        service = self.service
        for n in range(4):
            pid = service.pid("jobs")
            for k in range(4):
                self.assertEqual(self.customer(service.clerk, 100 + 10 * n + k)["code"], "OK")
            os.kill(pid, signal.SIGKILL)
            wait_for("the jobs process is back", lambda: service.pid("jobs") not in (0, pid))
        self.sealed()
        self.verify()

    def test_what_somebody_with_the_database_changes_is_named(self):
        service = self.service
        self.customer(service.clerk, 900)
        self.sealed()
        row = service.sql("select max(id) from app.audit where what = 'customer add'")
        service.sql(f"set session_replication_role = replica; update app.audit set actor = 'Nobody' where id = {row}")
        try:
            self.assertRegex(self.verify("--company", "SI", status=1), rf"company=\d+ stream=audit place=\d+ id={row} altered")
            self.verify("--company", service.sql("select code from app.tenant where id > 0 and code <> 'SI'"))
        finally:
            service.sql(f"set session_replication_role = replica; update app.audit set actor = a.actor from app.audit a "
                        f"where app.audit.id = {row} and a.user_id = app.audit.user_id and a.id <> {row}")
        self.verify()

    def test_an_admin_takes_the_audit_out_and_anybody_verifies_it(self):
        service = self.service
        self.customer(service.clerk, 901)
        self.sealed()
        text = service.ctl("audit", "export", "--company", "SI")
        key = service.ctl("audit", "key").strip()
        path = os.path.join(service.home, "exported")
        with open(path, "w") as out:
            out.write(text)
        self.assertIn("findings=0", self.verify("--file", path, "--key", key))
        day = service.sql("select (now() at time zone timezone)::date from app.tenant where code = 'SI'")
        file = service.ask(service.admin, ("act", {"entity": "audit", "action": "export", "fields": {"from": day, "to": day}}))[0]
        self.assertEqual(file["code"], "OK", file)
        wait_for("the export is told", lambda: self.audit("t.code = 'SI' and a.kind = 5 and a.what = 'audit export'"))

    def test_what_the_operator_does_to_an_account_is_told(self):
        self.service.ctl("user", "unlock", self.service.manager)
        told = self.audit("t.code = 'SI' and a.kind = 7 and a.actor = 'bimactl'")
        self.assertEqual([line.split("|")[1] for line in told], ["user unlocked"])

    def test_the_screen_of_the_audit_is_narrowed_by_its_filters(self):
        service = self.service
        self.assertEqual(self.customer(service.cashier, 903)["code"], "FORBIDDEN")
        self.assertEqual(self.customer(service.clerk, 904)["code"], "OK")
        admin = Terminal(service, service.admin)
        self.addCleanup(admin.close)
        admin.see("find or do")
        admin.type("audit")
        admin.keys("Enter")
        self.assertRegex(admin.see("(?s)refusal +customer add.*(bottom|more)"), "change +customer add")
        admin.type("/kind=refusal")
        admin.keys("Enter")
        admin.see(r"(?s)Filter kind=refusal.*refusal +customer add +Juma")
        wait_for("nothing else is shown", lambda: not re.search(r"(?m)^.{20,40}(change|sign-in|account) ", admin.screen()))
        admin.type("5")
        admin.keys("Enter")
        screen = admin.see("(?s)Details.*does not allow")
        for words in ("customer add", "refused", "does not allow", "127.0.0.1", "OpenSSH"):
            self.assertIn(words, screen)

    def test_the_key_is_the_services_own(self):
        mode = os.stat(os.path.join(self.service.state, "audit_key")).st_mode & 0o777
        self.assertEqual(mode, 0o600)


if __name__ == "__main__":
    unittest.main()
