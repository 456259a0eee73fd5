"""Signing in, as a front asks for it: passwords, one-time tokens, keys, second factors, lock-out, and sessions that end."""

import base64
import hashlib
import hmac
import itertools
import re
import statistics
import struct
import subprocess
import time
import unittest

from world import SIMBA, TWIGA, User, Worker, boot, decode, encode

PASSWORD, KEY, SIGNED, CODE, OPEN, SESSIONS = 1, 2, 5, 6, 7, 8
OK, UNAUTHENTICATED = 0, 20
BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
WORDS = "purple boat on the river"
_numbers = itertools.count(1)


class Answer:
    def __init__(self, got):
        _, self.code, tenant, user, session, self.more, self.idle, self.longest, *_, payload = got
        self.who, self.says = (tenant, user, session), payload.decode()


def totp(secret, step):
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def step_now():
    """The step of now; not one that is about to end."""
    while time.time() % 30 > 27:
        time.sleep(0.1)
    return int(time.time()) // 30


def told(reply):
    return base64.b64decode(reply.body["file"]["bytes"]).decode()


def token_of(reply):
    return re.search(r"^token +(\S+)$", told(reply), re.M)[1]


class Door(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.admin = User(cls.worker, SIMBA, "admin")

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    # -- hands -----------------------------------------------------------------------------------------------------

    def ask(self, kind, secret, login=b"", who=(0, 0, 0), address="192.0.2.7", worker=None):
        secret = secret.encode() if isinstance(secret, str) else secret
        login = login.encode() if isinstance(login, str) else login
        return Answer((worker or self.worker).ask(kind, secret, who=who, login=login, address=address.encode()))

    def user(self, role="agent", **more):
        """A user nobody knows yet: (id, login@domain)."""
        n = next(_numbers)
        login = f"person{n}"
        fields = {"login": login, "name": f"Person {n}", "role": role, "branch": "KK"} | more
        id = self.admin.ok("add", entity="user", fields=fields).record["id"]
        SIMBA.users[login] = id
        return id, login + "@simba.co.tz"

    def token(self, id, action="enrol"):
        return token_of(self.admin.ok("act", entity="user", action=action, id=id))

    def as_(self, answer):
        """Requests in the session of a sign-in."""
        user = User.__new__(User)
        user.worker, user.company, user.who, user.numbers = self.worker, SIMBA, answer.who, itertools.count(1)
        return user

    def act(self, user, action, **fields):
        return user.call("act", entity="account", action=action, key="me", fields=fields)

    def ready(self, role="agent", **more):
        """A user with a password."""
        id, login = self.user(role, **more)
        own = self.as_(self.ask(PASSWORD, self.token(id), login))
        self.assertEqual(self.act(own, "password", new=WORDS).code, "OK")
        return id, login

    def enrolled(self, role="agent"):
        """A user with a password and a second factor: (id, login, secret, step used, recovery codes)."""
        id, login = self.ready(role)
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        secret = re.search(r"secret=([A-Z2-7]+)", told(self.act(own, "factor")))[1]
        step = step_now() - 1
        reply = self.act(own, "confirm", code=totp(secret, step))
        self.assertEqual(reply.code, "OK", reply)
        codes = re.findall(r"^ +\d+ +(\S{19})$", told(reply), re.M)
        self.assertEqual(len(codes), 10)
        return id, login, secret, step, codes

    def refused(self, answer, says=""):
        self.assertEqual((answer.code, answer.who, answer.says), (UNAUTHENTICATED, (0, 0, 0), says))


class Tokens(Door):
    def test_a_token_signs_in_once_to_choose_a_password_and_to_nothing_else(self):
        id, login = self.user()
        token = self.token(id)
        answer = self.ask(PASSWORD, token, login)
        self.assertEqual((answer.code, answer.more), (OK, 0))
        own = self.as_(answer)
        for method, params in (("list", {"entity": "customer"}), ("home", {}), ("find", {"text": "a"}), ("get", {"entity": "user", "id": id}),
                               ("list", {"entity": "session"}), ("add", {"entity": "customer", "fields": {"name": "X"}}),
                               ("act", {"entity": "session", "action": "end_all"})):
            with self.subTest(method):
                self.assertEqual(own.call(method, **params).code, "FORBIDDEN")
        self.assertEqual(own.ok("get", entity="account", key="me").fields["wants"], "password")
        own.ok("me")
        own.ok("describe")
        self.refused(self.ask(PASSWORD, token, login))
        self.assertEqual(self.act(own, "password", new=WORDS).code, "OK")
        own.ok("list", entity="customer")  # the same session goes on
        self.assertEqual(self.ask(PASSWORD, WORDS, login).code, OK)

    def test_a_token_typed_in_capitals_and_blanks_is_the_same_token(self):
        id, login = self.user()
        self.assertEqual(self.ask(PASSWORD, " " + self.token(id).upper().replace("-", " "), login.upper()).code, OK)

    def test_a_token_is_its_users_alone_and_the_last_one_counts(self):
        id, login = self.user()
        _, other = self.user()
        first, second = self.token(id), self.token(id)
        self.refused(self.ask(PASSWORD, second, other))
        self.refused(self.ask(PASSWORD, first, login))
        self.assertEqual(self.ask(PASSWORD, second, login).code, OK)

    def test_an_expired_token_opens_nothing(self):
        id, login = self.user()
        token = self.token(id)
        boot("update app.enrol_token set expires_at = now() - interval '1 second' where user_id = %s", id)
        self.refused(self.ask(PASSWORD, token, login))

    def test_one_token_used_twice_at_the_same_time_opens_once(self):
        others = [Worker() for _ in range(3)]
        try:
            for _ in range(5):
                id, login = self.user()
                token = self.token(id).encode()
                for w in others:
                    w.send(PASSWORD, token, login=login.encode())
                answers = [Answer(w.receive()) for w in others]
                self.assertEqual(sorted(a.code for a in answers), [OK, UNAUTHENTICATED, UNAUTHENTICATED])
        finally:
            for w in others:
                w.close()

    def test_a_reset_voids_the_password_and_ends_the_sessions(self):
        id, login = self.ready()
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        own.ok("me")
        token = self.token(id, "reset")
        self.assertEqual(own.call("me").code, "UNAUTHENTICATED")
        self.refused(self.ask(PASSWORD, WORDS, login))
        self.assertEqual(self.ask(PASSWORD, token, login).code, OK)

    def test_enrolling_who_has_a_password_is_refused(self):
        id, _ = self.ready()
        self.assertEqual(self.admin.call("act", entity="user", action="enrol", id=id).code, "REFUSED")

    def test_what_is_told_once_is_kept_nowhere(self):
        id, login = self.user()
        token = self.token(id)
        plain = token.replace("-", "")
        for table in ("history", "idempotency", "enrol_token", "audit"):
            rows = boot(f"select count(*) from app.{table} t where t::text ~ %s or t::text ~ %s", token, plain)
            self.assertEqual(rows, [(0,)], table)
        self.assertEqual(boot("select count(*) from app.idempotency where encode(reply, 'escape') like %s", f"%{token}%"), [(0,)])

    def test_a_repeated_request_for_a_token_answers_without_it(self):
        id, login = self.user()
        line = self.admin.line("act", entity="user", action="enrol", id=id)
        first = self.worker.ask(4, line, self.admin.who)[-1]
        again = self.worker.ask(4, line, self.admin.who)[-1]
        self.assertIn(b'"file"', first)
        self.assertNotIn(b'"file"', again)
        self.assertIn(b'"replayed":true', again.replace(b" ", b""))


class Passwords(Door):
    def test_weak_ones_are_refused_with_the_reason(self):
        id, login = self.user()
        own = self.as_(self.ask(PASSWORD, self.token(id), login))
        for word in ("short", "password123", "Password2026!", "1234567890", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiop", "KARIBU 2026",
                     login.split("@")[0] + "2026!", "Person 2026!!"):
            with self.subTest(word):
                reply = self.act(own, "password", new=word)
                self.assertEqual((reply.code, reply.error["field"]), ("REFUSED", "new"))
        self.assertEqual(self.act(own, "password", new=WORDS).code, "OK")

    def test_the_present_one_is_needed_and_the_other_sessions_end(self):
        _, login = self.ready()
        here, there = (self.as_(self.ask(PASSWORD, WORDS, login)) for _ in range(2))
        self.assertEqual(self.act(here, "password", new="green hills of home").error["field"], "current")
        self.assertEqual(self.act(here, "password", current="not it at all", new="green hills of home").error["field"], "current")
        self.assertEqual(self.act(here, "password", current=WORDS, new=WORDS).error["field"], "new")
        self.assertEqual(self.act(here, "password", current=WORDS, new="green hills of home").code, "OK")
        here.ok("me")
        self.assertEqual(there.call("me").code, "UNAUTHENTICATED")
        self.refused(self.ask(PASSWORD, WORDS, login))
        self.assertEqual(self.ask(PASSWORD, "green hills of home", login).code, OK)

    def test_what_is_wrong_is_not_told(self):
        _, login = self.ready()
        off, off_login = self.ready()
        self.admin.ok("set", entity="user", id=off, version=self.admin.ok("get", entity="user", id=off).record["version"],
                      fields={"is_active": "no"})
        for who in (login, "nobody@simba.co.tz", "amina@nowhere.example", "amina", "@", "neema@simba.co.tz", off_login):
            with self.subTest(who):
                self.refused(self.ask(PASSWORD, "something wrong", who, address="198.51.100.9"))
        self.refused(self.ask(PASSWORD, WORDS, off_login), "Your account is switched off. Ask your administrator.")

    def test_a_name_that_is_not_there_costs_the_same_time(self):
        _, login = self.ready()

        costs = {login: [], "nobody@simba.co.tz": [], "nobody@nowhere.example": []}
        for i in range(15):  # in turn, so that whatever else the machine does is shared
            for who, times in costs.items():
                begun = time.perf_counter()
                self.ask(PASSWORD, "something wrong", who, address=f"198.51.100.{i + 20}")
                times.append(time.perf_counter() - begun)
        medians = [statistics.median(times) for times in costs.values()]
        self.assertLess(max(medians), 1.35 * min(medians))

    def test_a_suspended_company_lets_nobody_in_and_says_so_to_who_knows_the_password(self):
        boot("update app.tenant set status = 1 where id = %s", SIMBA.id)
        _, login = self.ready()
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        boot("update app.tenant set status = 2 where id = %s", SIMBA.id)
        try:
            self.refused(self.ask(PASSWORD, WORDS, login), "SI Insurance is suspended. Nothing is lost: ask your administrator.")
            self.refused(self.ask(PASSWORD, "something wrong", login))
            self.assertEqual(own.call("me").code, "UNAUTHENTICATED")
        finally:
            boot("update app.tenant set status = 1 where id = %s", SIMBA.id)


class LockOut(Door):
    def wrong(self, login, address, n):
        for _ in range(n):
            self.refused(self.ask(PASSWORD, "something wrong", login, address=address))

    def test_after_five_wrong_passwords_the_right_one_must_wait_and_is_told_so_three_times(self):
        id, login = self.ready()
        self.wrong(login, "203.0.113.5", 5)
        for _ in range(3):
            answer = self.ask(PASSWORD, WORDS, login, address="203.0.113.5")
            self.assertEqual(answer.code, UNAUTHENTICATED)
            self.assertIn("Too many wrong passwords", answer.says)
        self.refused(self.ask(PASSWORD, WORDS, login, address="203.0.113.5"))  # it is no oracle
        self.assertEqual(self.ask(PASSWORD, WORDS, login).code, OK)  # the office is somewhere else

    def test_waits_grow_and_end_by_themselves(self):
        id, login = self.ready()
        waits = []
        for n in range(1, 9):
            self.wrong(login, "203.0.113.6", 1)
            waits += boot("select coalesce(round(extract(epoch from locked_until - failed_at))::int, 0) from app.sign_in_failure"
                          " where user_id = %s and source = '203.0.113.6'", id)[0]
            boot("update app.sign_in_failure set locked_until = now() - interval '1 second' where user_id = %s and source = '203.0.113.6'"
                 " and locked_until is not null", id)
        self.assertEqual(waits, [0, 0, 0, 0, 15, 30, 60, 120])
        self.assertEqual(self.ask(PASSWORD, WORDS, login, address="203.0.113.6").code, OK)
        self.assertEqual(boot("select max(failures) from app.sign_in_failure where user_id = %s", id), [(0,)])

    def test_trying_while_one_must_wait_makes_the_wait_no_longer(self):
        id, login = self.ready()
        self.wrong(login, "203.0.113.7", 5)
        until = boot("select locked_until from app.sign_in_failure where user_id = %s and source = '203.0.113.7'", id)
        self.wrong(login, "203.0.113.7", 6)
        self.assertEqual(boot("select locked_until from app.sign_in_failure where user_id = %s and source = '203.0.113.7'", id), until)

    def test_tries_from_everywhere_lock_unknown_places_and_spare_the_users_own(self):
        id, login = self.ready()
        self.assertEqual(self.ask(PASSWORD, WORDS, login, address="192.0.2.44").code, OK)
        for i in range(20):
            self.wrong(login, f"203.0.113.{100 + i}", 1)
        self.assertIn("Too many wrong passwords", self.ask(PASSWORD, WORDS, login, address="198.51.100.77").says)
        self.assertEqual(self.ask(PASSWORD, WORDS, login, address="192.0.2.44").code, OK)

    def test_an_administrator_takes_the_wait_away(self):
        id, login = self.ready()
        self.wrong(login, "203.0.113.8", 6)
        self.assertIsNotNone(self.admin.ok("get", entity="user", id=id).fields.get("locked_until"))
        self.admin.ok("act", entity="user", action="unlock", id=id)
        self.assertEqual(self.ask(PASSWORD, WORDS, login, address="203.0.113.8").code, OK)

    def test_a_key_opens_while_passwords_must_wait(self):
        id, login = self.ready()
        blob = BLOB + id.to_bytes(32, "big")
        line = "ssh-ed25519 " + base64.b64encode(blob).decode()
        self.admin.ok("add", entity="user_key", fields={"user": login.split("@")[0], "public_key": line})
        self.wrong(login, "203.0.113.9", 6)
        self.assertEqual(self.ask(KEY, blob, login, address="203.0.113.9").code, OK)
        self.assertEqual(self.ask(SIGNED, blob, login, address="203.0.113.9").code, OK)

    def test_a_token_opens_while_passwords_must_wait(self):
        id, login = self.ready()
        self.wrong(login, "203.0.113.10", 6)
        self.assertEqual(self.ask(PASSWORD, self.token(id, "reset"), login, address="203.0.113.10").code, OK)

    def test_names_that_are_not_there_are_counted_in_few_rows(self):
        for i in range(30):
            self.refused(self.ask(PASSWORD, "x" * 12, f"ghost{i}@simba.co.tz", address=f"203.0.113.{i}"))
        self.assertLessEqual(boot("select count(*) from app.sign_in_failure where tenant_id = -1")[0][0], 64 * 65)
        self.assertEqual(boot("select count(*) from app.sign_in_failure where tenant_id = -1 and starts_with(source, '203.')"), [(0,)])


class Keys(Door):
    def test_a_key_is_asked_about_and_then_signs_in(self):
        id, login = self.ready()
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        blob = BLOB + (id + 1).to_bytes(32, "big")
        line = "ssh-ed25519 " + base64.b64encode(blob).decode() + " at home"
        for other in ("nobody@simba.co.tz", login.replace("simba", "twiga"), "@"):
            self.refused(self.ask(KEY, blob, other))
        self.refused(self.ask(KEY, blob, login))
        key = self.act(own, "add_key", public_key=line).record
        self.assertEqual(self.ask(KEY, blob, login).who, (SIMBA.id, id, 0))
        answer = self.ask(SIGNED, blob, login)
        self.assertEqual((answer.code, answer.more), (OK, 0))
        self.assertNotEqual(answer.who[2], 0)
        listed = own.ok("get", entity="user_key", id=key["id"]).fields
        self.assertEqual(listed["name"], "at home")
        self.assertIn("last_used_at", listed)
        own.ok("set", entity="user_key", id=key["id"], version=key["version"], fields={"is_active": "no"})
        self.refused(self.ask(SIGNED, blob, login))

    def test_a_key_is_added_for_oneself_without_naming_anybody_and_for_others_only_by_who_may(self):
        id, login = self.ready()
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        line = "ssh-ed25519 " + base64.b64encode(BLOB + (id + 2).to_bytes(32, "big")).decode()
        made = own.ok("add", entity="user_key", fields={"public_key": line})
        self.assertEqual(boot("select user_id from app.user_key where id = %s", made.record["id"]), [(id,)])
        other = "ssh-ed25519 " + base64.b64encode(BLOB + (id + 3).to_bytes(32, "big")).decode()
        self.assertIn(own.call("add", entity="user_key", fields={"public_key": other, "user": "amina"}).code, ("FORBIDDEN", "NOT_FOUND"))

    def test_a_user_has_at_most_twenty_keys(self):
        id, login = self.ready()
        own = self.as_(self.ask(PASSWORD, WORDS, login))
        for i in range(20):
            self.assertEqual(self.act(own, "add_key", public_key="ssh-ed25519 " + base64.b64encode(BLOB + (id * 100 + i).to_bytes(32, "big"))
                                      .decode()).code, "OK")
        more = self.act(own, "add_key", public_key="ssh-ed25519 " + base64.b64encode(BLOB + (id * 100 + 99).to_bytes(32, "big")).decode())
        self.assertEqual(more.code, "REFUSED")
        self.assertIn("20 keys", more.error["message"])

    def test_a_limited_session_adds_keys_for_oneself_alone(self):
        id, login = self.user("admin")
        own = self.as_(self.ask(PASSWORD, self.token(id), login))
        line = "ssh-ed25519 " + base64.b64encode(BLOB + (id + 7).to_bytes(32, "big")).decode()
        self.assertEqual(own.call("add", entity="user_key", fields={"public_key": line, "user": "amina"}).code, "FORBIDDEN")
        own.ok("add", entity="user_key", fields={"public_key": line})


class SecondFactor(Door):
    def test_it_is_asked_after_the_password_and_opens_once_a_code(self):
        id, login, secret, step, _ = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        self.assertEqual((first.code, first.more), (OK, 1))
        self.assertIn("Code", first.says)
        self.assertEqual(self.as_(first).call("me").code, "UNAUTHENTICATED")
        self.assertEqual(self.ask(CODE, totp(secret, step), login, first.who).code, UNAUTHENTICATED)  # confirmed with it
        self.assertEqual(self.ask(CODE, "000000", login, first.who).code, UNAUTHENTICATED)
        code = totp(secret, step + 1)
        answer = self.ask(CODE, code[:3] + " " + code[3:], login, first.who)
        self.assertEqual((answer.code, answer.more, answer.who), (OK, 0, first.who))
        self.as_(answer).ok("list", entity="customer")
        second = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, code, login, second.who).code, UNAUTHENTICATED)

    def test_it_is_asked_after_a_key_too(self):
        id, login, secret, step, _ = self.enrolled()
        blob = BLOB + (id + 4).to_bytes(32, "big")
        self.admin.ok("add", entity="user_key", fields={"user": login.split("@")[0],
                                                        "public_key": "ssh-ed25519 " + base64.b64encode(blob).decode()})
        first = self.ask(SIGNED, blob, login)
        self.assertEqual((first.code, first.more), (OK, 1))
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, first.who).code, OK)

    def test_one_code_used_twice_at_the_same_time_opens_once(self):
        others = [Worker() for _ in range(3)]
        try:
            for _ in range(4):
                id, login, secret, step, _ = self.enrolled()
                opened = [self.ask(PASSWORD, WORDS, login) for _ in others]
                code = totp(secret, step + 1).encode()
                for w, a in zip(others, opened):
                    w.send(CODE, code, who=a.who, login=login.encode())
                answers = [Answer(w.receive()) for w in others]
                self.assertEqual(sorted(a.code for a in answers), [OK, UNAUTHENTICATED, UNAUTHENTICATED])
        finally:
            for w in others:
                w.close()

    def test_recovery_codes_open_once_each(self):
        id, login, secret, step, codes = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, codes[3].upper(), login, first.who).code, OK)
        self.assertEqual(self.as_(first).ok("get", entity="account", key="me").fields["recovery_left"], 9)
        second = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, codes[3], login, second.who).code, UNAUTHENTICATED)
        self.assertEqual(self.ask(CODE, codes[4], login, second.who).code, OK)

    def test_new_recovery_codes_void_those_before(self):
        id, login, secret, step, codes = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, codes[0], login, first.who).code, OK)
        own = self.as_(first)
        self.assertEqual(self.act(own, "recovery", code="000000").code, "REFUSED")
        fresh = re.findall(r"^ +\d+ +(\S{19})$", told(self.act(own, "recovery", code=totp(secret, step + 1))), re.M)
        second = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, codes[1], login, second.who).code, UNAUTHENTICATED)
        self.assertEqual(self.ask(CODE, fresh[1], login, second.who).code, OK)

    def test_wrong_codes_lock_the_codes(self):
        id, login, secret, step, codes = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        for _ in range(5):
            self.assertEqual(self.ask(CODE, "123 45", login, first.who).code, UNAUTHENTICATED)
        answer = self.ask(CODE, totp(secret, step + 1), login, first.who)
        self.assertEqual(answer.code, UNAUTHENTICATED)
        self.assertIn("Too many wrong codes", answer.says)
        self.admin.ok("act", entity="user", action="unlock", id=id)
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, first.who).code, OK)

    def test_a_code_is_for_its_own_session_alone(self):
        id, login, secret, step, _ = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        for who in ((TWIGA.id, first.who[1], first.who[2]), (SIMBA.id, first.who[1], first.who[2] + 1), (0, first.who[1], first.who[2])):
            self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, who).code, UNAUTHENTICATED)
        boot("update app.session set created_at = created_at where token = %s", first.who[2])
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, first.who).code, OK)

    def test_a_role_that_wants_it_lets_nobody_work_without(self):
        self.admin.ok("act", entity="role", action="copy", key="agent", fields={"code": "guarded", "name": "Guarded"})
        role = self.admin.ok("get", entity="role", key="guarded").record
        id, login = self.ready("guarded")
        self.admin.ok("set", entity="role", id=role["id"], version=role["version"], fields={"second_factor": "yes"})
        answer = self.ask(PASSWORD, WORDS, login)
        own = self.as_(answer)
        self.assertEqual(own.call("list", entity="customer").code, "FORBIDDEN")
        self.assertEqual(own.ok("get", entity="account", key="me").fields["wants"], "factor")
        self.assertEqual(self.act(own, "confirm", code="123456").code, "REFUSED")
        secret = re.search(r"secret=([A-Z2-7]+)", told(self.act(own, "factor")))[1]
        self.assertEqual(self.act(own, "confirm", code="000000").code, "REFUSED")
        self.assertEqual(self.act(own, "confirm", code=totp(secret, step_now())).code, "OK")
        own.ok("list", entity="customer")
        self.assertEqual(self.ask(PASSWORD, WORDS, login).more, 1)

    def test_a_token_does_not_go_round_it(self):
        id, login, secret, step, _ = self.enrolled()
        token = self.token(id, "reset")
        first = self.ask(PASSWORD, token, login)
        self.assertEqual((first.code, first.more), (OK, 1))
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, first.who).code, OK)
        own = self.as_(first)
        self.assertEqual(own.call("list", entity="customer").code, "FORBIDDEN")
        self.assertEqual(self.act(own, "password", new="another boat on the river").code, "OK")
        own.ok("list", entity="customer")

    def test_a_lost_one_is_taken_off_with_a_reason_by_somebody_else(self):
        id, login, secret, step, _ = self.enrolled()
        own = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, own.who).code, OK)
        self.assertEqual(self.admin.call("act", entity="user", action="drop_factor", id=id).code, "BAD_PARAMS")
        self.admin.ok("act", entity="user", action="drop_factor", id=id, reason="phone stolen")
        self.assertEqual(self.as_(own).call("me").code, "UNAUTHENTICATED")
        self.assertEqual(self.ask(PASSWORD, WORDS, login).more, 0)
        self.assertEqual(self.admin.call("act", entity="user", action="drop_factor", id=id, reason="again").code, "REFUSED")

    def test_a_second_one_is_not_begun_while_one_stands(self):
        id, login, secret, step, _ = self.enrolled()
        first = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.ask(CODE, totp(secret, step + 1), login, first.who).code, OK)
        self.assertEqual(self.act(self.as_(first), "factor").code, "REFUSED")

    def test_the_secret_rests_sealed(self):
        id, login, secret, _, codes = self.enrolled()
        raw = base64.b32decode(secret)
        for table in ("user_factor", "history", "idempotency", "recovery_code"):
            rows = boot(f"select t::text from app.{table} t")
            text = "\n".join(row[0] for row in rows)
            for shown in (secret, raw.hex(), codes[0], codes[0].encode().hex()):
                self.assertNotIn(shown, text, table)

    def test_a_camera_reads_the_picture(self):
        id, login = self.ready()
        text = told(self.act(self.as_(self.ask(PASSWORD, WORDS, login)), "factor"))
        uri = re.search(r"^otpauth://\S+$", text, re.M)[0]
        rows = [line for line in text.splitlines() if "█" in line]
        self.assertLessEqual(max(map(len, rows)), 78)
        halves = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}
        bits = [[halves[c][half] for c in row] for row in rows for half in (0, 1)][: len(rows[0])]
        scale = 4
        image = b"P5 %d %d 255\n" % (len(rows[0]) * scale, len(bits) * scale)
        image += b"".join(bytes(255 * b for b in row for _ in range(scale)) * scale for row in bits)
        done = subprocess.run(["zbarimg", "-q", "--raw", "-"], input=image, capture_output=True, timeout=30)
        self.assertEqual(done.stdout.decode().strip(), uri, done.stderr)


class Sessions(Door):
    def verdicts(self, *tokens, active=False, gone=False):
        reports = encode([[token, active, gone] for token in tokens])
        answer = self.worker.ask(SESSIONS, reports)
        self.assertEqual(answer[1], OK)
        return {token: why.decode() for token, why in decode(answer[-1])[0]}

    def test_living_ones_are_left_alone_and_noted(self):
        _, login = self.ready()
        token = self.ask(PASSWORD, WORDS, login).who[2]
        boot("update app.session set seen_at = now() - interval '5 minutes', reported_at = now() - interval '90 seconds' where token = %s", token)
        self.assertEqual(self.verdicts(token, active=True), {})
        self.assertEqual(boot("select now() - seen_at < interval '10 seconds', now() - reported_at < interval '10 seconds', version"
                              " from app.session where token = %s", token), [(True, True, 1)])

    def test_each_end_has_its_sentence(self):
        id, login = self.ready()
        token = self.ask(PASSWORD, WORDS, login).who[2]
        self.assertEqual(self.verdicts(token, 4242424242), {4242424242: "This session is not known any more. Sign in again."})
        row = self.admin.ok("list", entity="session", filters=[["user", "=", id], ["state", "=", "open"]]).body["page"]["rows"][0]
        self.admin.ok("act", entity="session", action="end", id=row["id"])
        self.assertIn("ended by Administrator (admin).", self.verdicts(token)[token])
        token = self.ask(PASSWORD, WORDS, login).who[2]
        boot("update app.session set ends_at = now() where token = %s", token)
        self.assertIn("longest time", self.verdicts(token)[token])
        token = self.ask(PASSWORD, WORDS, login).who[2]
        boot("update app.session set seen_at = now() - interval '1 day' where token = %s", token)
        self.assertIn("Nothing was asked for 240 minutes", self.verdicts(token)[token])
        token = self.ask(PASSWORD, WORDS, login).who[2]
        version = self.admin.ok("get", entity="user", id=id).record["version"]
        self.admin.ok("set", entity="user", id=id, version=version, fields={"role": "cashier"})
        self.assertIn("Your role was changed by Administrator", self.verdicts(token)[token])
        token = self.ask(PASSWORD, WORDS, login).who[2]
        self.admin.ok("set", entity="user", id=id, version=version + 1, fields={"is_active": "no"})
        self.assertIn("Your account was switched off by Administrator", self.verdicts(token)[token])

    def test_those_whose_line_was_closed_are_over_at_once(self):
        _, login = self.ready()
        answer = self.ask(PASSWORD, WORDS, login)
        self.assertEqual(self.verdicts(answer.who[2], gone=True), {})
        self.assertEqual(boot("select state, end_reason from app.session where token = %s", answer.who[2]), [(4, "The connection was closed.")])
        self.assertEqual(self.as_(answer).call("me").code, "UNAUTHENTICATED")

    def test_a_suspended_company_ends_them_and_nothing_is_lost(self):
        id, login = self.ready()
        token = self.ask(PASSWORD, WORDS, login).who[2]
        boot("update app.tenant set status = 2 where id = %s", SIMBA.id)
        try:
            self.assertIn("Nothing is lost", self.verdicts(token)[token])
        finally:
            boot("update app.tenant set status = 1 where id = %s", SIMBA.id)
        self.assertEqual(boot("select state from app.session where token = %s", token), [(4,)])

    def test_one_ends_ones_own_and_nobody_elses(self):
        id, login = self.ready()
        _, other_login = self.ready()
        here, there, other = (self.ask(PASSWORD, WORDS, who) for who in (login, login, other_login))
        own = self.as_(here)
        rows = own.ok("list", entity="session", view="all").body["page"]["rows"]
        self.assertEqual({boot("select user_id from app.session where id = %s", r["id"])[0][0] for r in rows}, {id})
        theirs = boot("select id from app.session where token = %s", other.who[2])[0][0]
        self.assertEqual(own.call("act", entity="session", action="end", id=theirs).code, "NOT_FOUND")
        self.assertIn(own.call("act", entity="session", action="end_all", fields={"user": other_login.split("@")[0]}).code,
                      ("FORBIDDEN", "NOT_FOUND"))
        own.ok("act", entity="session", action="end_all")
        own.ok("me")
        self.assertEqual(self.as_(there).call("me").code, "UNAUTHENTICATED")
        self.as_(other).ok("me")
        self.admin.ok("act", entity="session", action="end_all", fields={"user": other_login.split("@")[0]})
        self.assertEqual(self.as_(other).call("me").code, "UNAUTHENTICATED")

    def test_an_ended_session_is_not_ended_again(self):
        id, login = self.ready()
        row = boot("select id from app.session where token = %s", self.ask(PASSWORD, WORDS, login).who[2])[0][0]
        self.admin.ok("act", entity="session", action="end", id=row)
        self.assertEqual(self.admin.call("act", entity="session", action="end", id=row).code, "REFUSED")

    def test_thousands_are_looked_at_in_one_go(self):
        id, _ = self.ready()
        boot("insert into app.session (tenant_id, token, user_id, state, method, ends_at) select %s, 7000000000 + n, %s, 2, 'password',"
             " now() + interval '1 hour' from generate_series(1, 4000) n", SIMBA.id, id)
        begun = time.perf_counter()
        self.assertEqual(self.verdicts(*(7000000000 + n for n in range(1, 4001))), {})
        self.assertLess(time.perf_counter() - begun, 2)
        boot("update app.session set state = 4, ended_at = now() where token between 7000000000 and 7000004000")

    def test_a_user_has_at_most_a_hundred_and_those_unheard_of_make_room(self):
        id, login = self.ready()
        boot("insert into app.session (tenant_id, token, user_id, state, method, ends_at, reported_at) select %s, 8000000000 + n, %s, 2,"
             " 'password', now() + interval '1 hour', now() - case when n > 98 then n else 0 end * interval '1 second'"
             " from generate_series(1, 100) n", SIMBA.id, id)
        self.assertEqual(self.ask(PASSWORD, WORDS, login).code, OK)
        self.assertEqual(boot("select state, token from app.session where user_id = %s and token between 8000000098 and 8000000100"
                              " order by token", id), [(2, 8000000098), (4, 8000000099), (4, 8000000100)])
        for _ in range(2):  # all of them alive: nobody is put out
            self.assertEqual(self.ask(PASSWORD, WORDS, login).code, OK)
        self.assertEqual(boot("select count(*) from app.session where user_id = %s and state < 4", id), [(102,)])

    def test_times_of_the_company_are_told_to_the_front(self):
        _, login = self.ready()
        answer = self.ask(PASSWORD, WORDS, login)
        self.assertEqual((answer.idle, answer.longest), (240 * 60, 24 * 3600))


class Ranks(Door):
    """Nobody becomes another by way of his account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boot("update app.tenant set manager_staff = true where id = %s", SIMBA.id)
        cls.manager = User(cls.worker, SIMBA, "neema")

    @classmethod
    def tearDownClass(cls):
        boot("update app.tenant set manager_staff = false where id = %s", SIMBA.id)
        super().tearDownClass()

    def test_a_manager_looks_after_agents_and_not_after_administrators(self):
        m = self.manager
        made = m.ok("add", entity="user", fields={"login": "newagent", "name": "New Agent", "role": "agent", "branch": "KK"}).record
        self.assertIn("token", told(m.ok("act", entity="user", action="enrol", id=made["id"])))
        self.assertEqual(m.call("add", entity="user", fields={"login": "king", "name": "King", "role": "admin", "branch": "KK"}).code, "FORBIDDEN")
        self.assertEqual(m.call("set", entity="user", id=made["id"], version=2, fields={"role": "admin"}).code, "FORBIDDEN")
        admin = SIMBA.users["admin"]
        version = m.ok("get", entity="user", id=admin).record["version"]
        self.assertEqual(m.call("act", entity="user", action="enrol", id=admin).code, "FORBIDDEN")
        self.assertEqual(m.call("set", entity="user", id=admin, version=version, fields={"email": "taken@over.example"}).code, "FORBIDDEN")
        line = "ssh-ed25519 " + base64.b64encode(BLOB + b"m" * 32).decode()
        self.assertEqual(m.call("add", entity="user_key", fields={"user": "admin", "public_key": line}).code, "FORBIDDEN")

    def test_nobody_changes_his_own_role_or_switches_himself_off(self):
        me = self.admin.ok("get", entity="user", key="admin").record
        for fields in ({"role": "agent"}, {"is_active": "no"}):
            self.assertEqual(self.admin.call("set", entity="user", id=me["id"], version=me["version"], fields=fields).code, "REFUSED")
        for action in ("enrol", "reset"):
            self.assertEqual(self.admin.call("act", entity="user", action=action, id=me["id"]).code, "REFUSED")

    def test_the_last_administrator_stays(self):
        id, login = self.ready("admin")
        second = self.as_(self.ask(PASSWORD, WORDS, login))
        admin = self.admin.ok("get", entity="user", key="admin").record
        boot("update app.user_account set is_active = false where tenant_id = %s and id not in (%s, %s)"
             " and role_id = (select id from app.role where tenant_id = %s and code = 'admin')", SIMBA.id, id, admin["id"], SIMBA.id)
        version = self.admin.ok("get", entity="user", id=id).record["version"]
        self.admin.ok("set", entity="user", id=id, version=version, fields={"is_active": "no"})
        self.assertEqual(second.call("me").code, "UNAUTHENTICATED")
        with self.assertRaisesRegex(Exception, "last active administrator"):
            boot("update app.user_account set is_active = false where id = %s", admin["id"])


class Platform(Door):
    def wants(self, answer, worker):
        own = self.as_(answer)
        own.worker = worker
        return own.ok("get", entity="account", key="me").fields["wants"]

    def test_neither_side_signs_in_the_other(self):
        platform = Worker("32768", "platform")
        try:
            boot("insert into app.user_account (tenant_id, login, name, role_id, branch_id) select 0, 'root', 'Root', r.id, b.id"
                 " from app.role r, app.branch b where r.tenant_id = 0 and r.code = 'super_admin' and b.tenant_id = 0"
                 " on conflict do nothing")
            id = boot("select id from app.user_account where tenant_id = 0 and login = 'root'")[0][0]
            token = "abcd-efgh-jkmn-pqrs"
            digest = hashlib.blake2b(b"bima code abcdefghjkmnpqrs", digest_size=32).digest()
            boot("select app.issue_token(0, %s, %s, 1)", id, digest)
            self.refused(self.ask(PASSWORD, token, "root@platform"))
            _, login = self.ready()
            self.refused(self.ask(PASSWORD, WORDS, login, worker=platform))
            answer = self.ask(PASSWORD, token, "root@platform", worker=platform)
            self.assertEqual((answer.code, answer.who[0]), (OK, 0))
            own = self.as_(answer)
            own.worker = platform
            self.assertEqual(own.ok("get", entity="account", key="me").fields["wants"], "password factor")
            secret = re.search(r"secret=([A-Z2-7]+)", told(self.act(own, "factor")))[1]
            self.assertEqual(self.act(own, "password", new=WORDS).code, "OK")
            self.assertEqual(own.call("list", entity="session").code, "FORBIDDEN")
            self.assertEqual(self.act(own, "confirm", code=totp(secret, step_now())).code, "OK")
            own.ok("list", entity="session")
            watch = own.ok("add", entity="platform_user", fields={"login": "watch", "name": "Watch", "role": "regulator"}).record
            token = token_of(own.ok("act", entity="platform_user", action="enrol", id=watch["id"]))
            self.assertIn("password factor", self.wants(self.ask(PASSWORD, token, "watch@platform", worker=platform), platform))
            self.assertEqual(own.call("act", entity="user", action="enrol", id=watch["id"]).code, "BAD_PARAMS")  # a company's word
        finally:
            platform.close()


if __name__ == "__main__":
    unittest.main()
