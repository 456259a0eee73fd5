#!/usr/bin/python3
"""The platform as people meet it: a company that wants to join, the super admin who lets it in, suspends it and lets it back, the
regulator who asks. With OpenSSH's client, the words of bima and bimactl."""
import base64
import json
import os
import re
import secrets
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]
from factor import Factor  # noqa: E402
from picture import png  # noqa: E402
from roles_test import attempts, rights  # noqa: E402
from service import Service, wait_for  # noqa: E402

PASSWORD = "nine hippos in a green river"
DENIED = 255


def token_in(text):
    return re.search(r"^token[ =]+(\S+)$", text, re.M)[1]


class Line:
    """One session over bima-json that stays open."""

    def __init__(self, who, password):
        self.process = subprocess.Popen(service.ssh(who, "-s") + ["bima-json"], env=service.ssh_env(who, password), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.n = 0

    def call(self, method, **params):
        self.n += 1
        request = {"id": self.n, "method": method, "params": params}
        if method in ("add", "set", "act", "batch"):
            request["idem"] = secrets.token_hex(16)
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return json.loads(line)

    def ok(self, method, **params):
        reply = self.call(method, **params)
        assert reply["code"] == "OK", reply
        return reply["body"]

    def file(self, **params):
        return base64.b64decode(self.ok("act", **params)["file"]["bytes"]).decode()

    def end(self):
        """Waits until the service ends it; gives what it said."""
        wait_for("the session is ended", lambda: self.process.poll() is not None, 30)
        out, err = self.process.communicate()
        return out + err

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()


class LineFactor(Factor):
    """Enrols over a line that is open already."""

    def __init__(self, line):
        self.service, self.who = service, None
        self.secret = re.search(r"secret=([A-Z2-7]+)", line.file(entity="account", key="me", action="factor"))[1]
        text = line.file(entity="account", key="me", action="confirm", fields={"code": self.code()})
        self.recovery = [w for w in re.findall(r"[A-Z0-9-]{6,}", text.upper()) if "-" in w]


def enrol(who, token):
    """Chooses a password and takes a second factor up: the line is open then."""
    line = Line(who, token)
    line.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD})
    factor = LineFactor(line)
    factor.who = who
    service.passwords[who] = PASSWORD
    return line, factor


def setUpModule():
    global service, root, factor
    service = Service(registrations_per_source=1000, registrations_per_hour=1000)
    service.__enter__()
    said = service.ctl("admin", "add", "root", "--name", "Rita Root")
    root, factor = enrol("root@platform", token_in(said))


def tearDownModule():
    root.close()
    service.__exit__(None, None, None)


def say(who, words, password=None):
    """Exit status, output and errors of `ssh who words`."""
    done = subprocess.run(service.ssh(who) + [words], env=service.ssh_env(who, password), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)
    return done.returncode, done.stdout, done.stderr


def register(words):
    """As a stranger: nobody is asked for a password."""
    done = subprocess.run(service.ssh("register", "-o", "BatchMode=yes") + [words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def ask_to_join(name, domain, **more):
    fields = {"name": name, "business_type": "general insurer", "phone": "+255 712 345 678", "email": f"info@{domain}", "address": "Dodoma",
              "domain": domain, "admin_name": "Salma Juma", "admin_login": "salma", "admin_email": f"salma@{domain}"} | more
    return register("company_request add " + " ".join(f"{k}='{v}'" for k, v in fields.items()))


def joined(code, domain):
    """A company whose administrator has a password."""
    status, out, err = ask_to_join(f"{code} Assurance", domain)
    assert status == 0, out + err
    token = token_in(root.file(entity="company_request", action="approve", key=domain, fields={"code": code}))
    who = f"salma@{domain}"
    line = Line(who, token)
    line.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD})
    service.passwords[who] = PASSWORD
    return who, line


class Platform(unittest.TestCase):
    def setUp(self):
        service.sql("delete from app.platform_pace; update app.company_request set source = 'elsewhere' where source <> 'elsewhere'")

    def tearDown(self):
        for name, (_, restarts) in service.status()[1].items():
            self.assertEqual(restarts, 0, name)

    def test_a_company_asks_to_join_is_let_in_and_its_administrator_goes_to_work(self):
        status, out, err = ask_to_join("Tembo Assurance", "tembo.co.tz")
        self.assertEqual(status, 0, err)
        self.assertIn("the answer goes to info@tembo.co.tz", out + err)
        self.assertIn("tembo.co.tz", service.ctl("request", "list"))
        self.assertIn("tembo.co.tz", str(root.ok("list", entity="company_request")))
        self.assertTrue(any("Tembo" in a["text"] for a in root.ok("home")["home"]["alerts"]))
        text = root.file(entity="company_request", action="approve", key="tembo.co.tz", fields={"code": "TEMBO", "branch_code": "DO",
                                                                                               "branch_name": "Dodoma"})
        self.assertIn("salma@tembo.co.tz", text)
        line = Line("salma@tembo.co.tz", token_in(text))
        self.assertNotEqual(line.call("list", entity="customer")["code"], "OK")       # first a password
        line.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD})
        self.assertEqual(line.ok("me")["me"]["branch"], "Dodoma")
        line.ok("add", entity="user", fields={"login": "juma", "name": "Juma Ali", "role": "agent", "branch": "DO"})
        self.assertEqual(len(line.ok("list", entity="product")["page"]["rows"]), 2)
        line.close()
        self.assertEqual(say("salma@tembo.co.tz", "me", PASSWORD)[0], 0)

    def test_a_company_that_was_let_in_sells_at_once_with_numbers_and_a_picture_of_its_own(self):
        who, line = joined("KIFARU", "kifaru.co.tz")
        line.ok("add", entity="user", fields={"login": "amina", "name": "Amina New", "role": "manager", "branch": "HQ"})
        token = token_in(line.file(entity="user", action="enrol", key="amina"))
        line.close()
        seller = Line("amina@kifaru.co.tz", token)
        seller.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD})
        owner = seller.ok("add", entity="customer", fields={"name": "Salma Ibrahim", "phone": "0712 555 001", "id_type": "passport",
                                                            "id_number": "AB1234567"})["record"]["id"]
        vehicle = seller.ok("add", entity="vehicle", fields={"plate": "T 337 DSE", "vehicle_type": "car", "make": "Toyota", "owner": owner})["record"]["id"]
        policy = seller.ok("act", entity="policy", action="quote", fields={"vehicle": vehicle, "product": "comprehensive",
                                                                           "sum_insured": "15,000,000"})["record"]["id"]
        seller.ok("act", entity="policy", action="issue", id=policy)
        receipt = seller.ok("add", entity="receipt", fields={"policy": policy, "amount": "619,500", "method": "cash"})["record"]["id"]
        seller.ok("act", entity="receipt", action="verify", id=receipt)
        row, = seller.ok("list", entity="certificate")["page"]["rows"]
        certificate = row["id"]
        self.assertNotIn(b"/Image", self.printed(seller, certificate))
        picture = os.path.join(service.home, "logo.png")
        with open(picture, "wb") as out:
            out.write(png())
        self.assertIn("company=KIFARU", service.ctl("company", "logo", "KIFARU", picture))
        self.assertIn(b"/Image", self.printed(seller, certificate))
        service.ctl("company", "logo", "KIFARU", "none")
        self.assertNotIn(b"/Image", self.printed(seller, certificate))
        seller.close()
        health = root.ok("get", entity="company_health", key="KIFARU")["record"]["fields"]
        self.assertEqual((health["users"], health["covers"], health["waiting"]), (2, 1, 0))

    @staticmethod
    def printed(line, certificate):
        file = line.ok("print", entity="certificate", id=certificate, format="pdf")["file"]
        return base64.b64decode(file["bytes"])

    def test_two_who_approve_at_once_make_one_company(self):
        self.assertEqual(ask_to_join("Mbuni Assurance", "mbuni.co.tz")[0], 0)
        number = next(r.split("\t")[0] for r in service.ctl("request", "list").splitlines() if "mbuni" in r)
        tries = [subprocess.Popen([service.bimactl, "--config", service.conf, "request", "approve", number, f"MBUNI{n}"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True) for n in range(4)]
        said = [t.communicate(timeout=60)[0] for t in tries]
        self.assertEqual(sorted(t.returncode == 0 for t in tries), [False, False, False, True], said)
        self.assertEqual(service.sql("select count(*) from app.tenant where name = 'Mbuni Assurance'"), "1")
        self.assertTrue(all("decided already" in s for s, t in zip(said, tries) if t.returncode), said)

    def test_what_is_wrong_with_a_request_is_told_to_who_asks(self):
        status, out, err = ask_to_join("Second Simba", "simba.co.tz")
        self.assertNotEqual(status, 0)
        self.assertIn("that domain is taken", out + err)
        status, out, err = ask_to_join("No Domain", "nodomain")
        self.assertNotEqual(status, 0)
        self.assertIn("this is no domain", out + err)
        for n in range(5):
            self.assertEqual(ask_to_join(f"Eager {n}", f"eager{n}.co.tz")[0], 0)
        status, out, err = ask_to_join("Eager 6", "eager6.co.tz")
        self.assertNotEqual(status, 0)
        self.assertIn("too many requests came from your address", out + err)

    def test_who_registers_can_do_nothing_else(self):
        for words in ("company_request list", "company list", "customer list", "platform_user list", "home", "role list",
                      "company_request approve tembo.co.tz code=X", "find simba", "account list", "audit list"):
            with self.subTest(words):
                status, out, _ = register(words)
                self.assertTrue(status != 0 or "simba" not in out.lower(), out)
                self.assertNotIn("tembo", out.lower())
        done = subprocess.run(service.ssh("register", "-o", "BatchMode=yes", "-s") + ["sftp"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)
        self.assertNotEqual(done.returncode, 0)

    def test_nobody_else_signs_in_without_a_password(self):
        for who in ("register@platform", "root@platform", "register@simba.co.tz", "amina@simba.co.tz", "register2"):
            with self.subTest(who):
                done = subprocess.run(service.ssh(who, "-o", "BatchMode=yes") + ["me"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=60)
                self.assertEqual(done.returncode, DENIED)

    def test_a_suspended_company_is_told_so_and_comes_back_with_everything(self):
        who, line = joined("NYATI", "nyati.co.tz")
        before = len(line.ok("list", entity="plate_pattern")["page"]["rows"])
        root.ok("act", entity="company", action="suspend", key="NYATI", reason="unpaid")
        self.assertIn("NYATI Assurance is suspended. Nothing is lost", line.end())
        status, _, err = say(who, "me")
        self.assertEqual(status, DENIED)
        self.assertIn("NYATI Assurance is suspended. Nothing is lost", err)
        self.assertEqual(say(service.clerk, "me")[0], 0)                              # others notice nothing
        service.ctl("company", "activate", "NYATI")
        line = Line(who, PASSWORD)
        self.assertEqual(len(line.ok("list", entity="plate_pattern")["page"]["rows"]), before)
        line.close()

    def test_an_administrator_who_lost_everything_gets_a_new_token(self):
        who, line = joined("FISI", "fisi.co.tz")
        LineFactor(line)
        line.close()
        self.assertEqual(say(who, "me")[0], DENIED)                                   # the phone is lost
        token = token_in(root.file(entity="company", action="admin_token", key="FISI", fields={"login": "salma"}))
        self.assertEqual(say(who, "me")[0], DENIED)                                   # the password is void
        line = Line(who, token)
        line.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD + " again"})
        self.assertEqual(line.ok("me")["me"]["login"], "salma")
        line.close()
        audit = Line(who, PASSWORD + " again")
        self.assertIn("company admin_token", str(audit.ok("list", entity="audit")))   # the company sees who did it
        audit.close()

    def test_a_further_domain_leads_to_the_same_company(self):
        who, line = joined("DUMA", "duma.co.tz")
        line.close()
        root.ok("act", entity="company", action="add_domain", key="DUMA", fields={"domain": "cheetah.example"})
        self.assertEqual(say("salma@cheetah.example", "me", PASSWORD)[0], 0)
        root.ok("act", entity="company", action="drop_domain", key="DUMA", fields={"domain": "duma.co.tz"})
        self.assertEqual(say(who, "me", PASSWORD)[0], DENIED)
        self.assertEqual(say("salma@cheetah.example", "me", PASSWORD)[0], 0)

    def test_one_account_of_a_company_is_switched_off_and_on(self):
        line = Line(service.cashier, None)
        line.ok("me")
        root.ok("act", entity="company", action="disable_user", key="SI", fields={"login": "juma"}, reason="asked by the company")
        self.assertIn("switched off", line.end())
        self.assertEqual(say(service.cashier, "me")[0], DENIED)
        root.ok("act", entity="company", action="enable_user", key="SI", fields={"login": "juma"})
        self.assertEqual(say(service.cashier, "me")[0], 0)

    def test_the_platform_reads_no_business_and_acts_as_nobody(self):
        unknown = root.call("list", entity="nothing")["body"]["error"]["message"]
        for entity in ("customer", "vehicle", "policy", "receipt", "certificate", "setting", "user"):
            reply = root.call("list", entity=entity)
            self.assertEqual((reply["code"], reply["body"]["error"]["message"].replace(f'"{entity}"', '"nothing"')), ("BAD_PARAMS", unknown))
        self.assertEqual(root.ok("find", text="T337DSE").get("hits", []), [])
        names = {e["name"] for e in root.ok("describe")["schema"]["entities"]}
        self.assertFalse(names & {"customer", "vehicle", "policy", "term", "cover", "receipt", "certificate", "setting", "user"}, names)

    def test_people_of_the_platform_need_a_second_factor(self):
        self.assertEqual(say("root@platform", "me", PASSWORD)[0], DENIED)
        words = [w.replace("PreferredAuthentications=password", "PreferredAuthentications=password,keyboard-interactive")
                 for w in service.ssh("root@platform")]
        done = subprocess.run(words + ["company list"], env=factor.ssh_env(factor.recovery.pop()), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Simba Insurance", done.stdout)

    def test_the_regulator_asks_who_granted_it_and_stands_in_their_audit(self):
        root.ok("add", entity="platform_user", fields={"login": "tira", "name": "Tira Watch", "role": "regulator"})
        token = token_in(root.file(entity="platform_user", action="enrol", key="tira"))
        watch, _ = enrol("tira@platform", token)
        admin = Line(service.admin, None)
        vehicle, = service.sql("select v.plate from app.vehicle v join app.tenant t on t.id = v.tenant_id join app.cover c on c.tenant_id = "
                               "v.tenant_id and c.vehicle_id = v.id and c.in_force and current_date between c.from_date and c.to_date "
                               "where t.code = 'SI' and v.plate is not null limit 1").splitlines()
        ask = dict(entity="compliance", action="insured", fields={"vehicle": vehicle})
        self.assertIn("No company lets the regulator ask", watch.file(**ask))
        row = admin.ok("get", entity="setting", key="me")["record"]
        admin.ok("set", entity="setting", id=row["id"], version=row["version"], fields={"regulator_access": True})
        self.assertRegex(watch.file(**ask), r"SI +Simba Insurance +known +yes ")
        self.assertRegex(watch.file(entity="compliance", action="counts"), r"SI +Simba Insurance +\d+ +\d+ +\d+")
        self.assertIn("compliance insured", watch.file(entity="compliance", action="trail", fields={"company": "SI"}))
        self.assertEqual(watch.call("act", entity="compliance", action="trail", fields={"company": "TW"})["code"], "NOT_FOUND")
        self.assertIn("compliance insured", str(admin.ok("list", entity="audit")))
        for entity in ("company", "company_request", "platform_user", "platform_audit"):
            self.assertEqual(watch.call("list", entity=entity)["code"], "FORBIDDEN")
        admin.close()
        watch.close()

    def test_nobody_of_the_platform_does_what_the_matrix_does_not_give_him(self):
        roles = ("super_admin", "regulator", "register")
        matrix = rights(("both", "platform"), roles)
        root.ok("add", entity="platform_user", fields={"login": "tora", "name": "Tora Watch", "role": "regulator"})
        watch, _ = enrol("tora@platform", token_in(root.file(entity="platform_user", action="enrol", key="tora")))
        business = rights(("company",), roles)
        for role, line in (("super_admin", root), ("regulator", watch)):
            tried = 0
            for method, params in attempts(matrix, role):
                reply = line.call(method, **params)
                self.assertIn(reply["code"], ("FORBIDDEN", "BAD_PARAMS") if "action" in params else ("FORBIDDEN",), f"{role}: {method} {params}: {reply}")
                tried += 1
            self.assertGreater(tried, 3 if role == "super_admin" else 60)
            for method, params in attempts(business, role):
                reply = line.call(method, **params)
                self.assertEqual(reply["code"], "BAD_PARAMS", f"{role}: {method} {params}: {reply}")
                self.assertIn("there is nothing called", reply["body"]["error"]["message"])
        watch.close()

    def test_use_is_counted_by_company(self):
        self.assertEqual(say(service.clerk, "customer list")[0], 0)
        filters = [["company", "=", "SI"]]
        rows = wait_for("the workers tell what was asked", lambda: root.ok("list", entity="company_usage", filters=filters)["page"]["rows"], 40)
        self.assertEqual(len(rows), 1)
        self.assertGreater(root.ok("get", entity="company_health", key="SI")["record"]["fields"]["covers"], 10)

    def test_the_operator_has_the_same_from_the_machine(self):
        self.assertIn("root@platform\tsuper_admin\tactive\tfactor\tRita Root", service.ctl("admin", "list"))
        who, line = joined("CHUI", "chui.co.tz")
        service.ctl("company", "suspend", "CHUI", "unpaid")
        self.assertIn("suspended", line.end())
        self.assertIn("CHUI\tsuspended\tchui.co.tz\tCHUI Assurance", service.ctl("company", "list"))
        service.ctl("company", "activate", "CHUI")
        service.ctl("company", "domain", "add", "CHUI", "leopard.example")
        self.assertEqual(ask_to_join("Kiboko Assurance", "kiboko.co.tz")[0], 0)
        number = next(r.split("\t")[0] for r in service.ctl("request", "list").splitlines() if "kiboko" in r)
        said = service.ctl("request", "approve", number, "KIBOKO")
        line = Line("salma@kiboko.co.tz", token_in(said))
        line.ok("act", entity="account", key="me", action="password", fields={"new": PASSWORD})
        line.close()
        self.assertEqual(ask_to_join("Punda Assurance", "punda.co.tz")[0], 0)
        number = next(r.split("\t")[0] for r in service.ctl("request", "list").splitlines() if "punda" in r)
        service.ctl("request", "reject", number, "no licence")
        self.assertIn("no licence", str(root.ok("get", entity="company_request", key="punda.co.tz")))

    def test_no_token_is_in_a_log(self):
        said = service.ctl("admin", "add", "second", "--name", "Second Admin")
        self.assertFalse(service.logged(token_in(said)))
        service.ctl("admin", "disable", "second")
        told = [row["fields"] for row in root.ok("list", entity="audit", filters=[["entity", "=", "platform_user"]])["page"]["rows"]]
        self.assertEqual([(t["what"], t["actor"]) for t in told[:2]], [("platform_user disable", "bimactl"), ("platform_user add", "bimactl")], told)
        self.assertEqual(say("second@platform", "me", token_in(said))[0], DENIED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
