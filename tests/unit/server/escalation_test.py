"""Who tries to be more than he is: every way somebody with some rights could get others."""

import base64
import secrets
import unittest

from proof import PLATFORM, Questions, add_role, everything, fill, person, platform_worker
from world import SIMBA, TWIGA, User, Worker, boot, sold

REFUSALS = ("FORBIDDEN", "REFUSED", "NOT_FOUND", "BAD_PARAMS")


def public_key():
    """A line of a .pub file whose key nobody has."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + secrets.token_bytes(32)
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


class Escalation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.agent, cls.cashier, cls.manager, cls.admin = (User(cls.worker, SIMBA, login) for login in ("amina", "juma", "neema", "admin"))
        sold(cls.agent, cls.cashier)
        cls.staff = User(cls.worker, SIMBA, "vera")
        cls.customer = cls.agent.customer()
        # somebody who looks after users and roles, and may do nothing else
        cls.keeper = person(cls.worker, SIMBA, "keeper", cls.role("keeper", "user.* user_key.* session.* role.read role.add role.set role.copy branch.read"))

    @classmethod
    def tearDownClass(cls):
        assert cls.worker.close() == 0

    @staticmethod
    def role(code, words, company=SIMBA, **flags):
        add_role(company, code, words, **flags)
        return code

    @staticmethod
    def who_may():
        """Everything that says who may what. Whatever is tried here must leave it as it was."""
        return boot("select (select md5(string_agg(concat_ws('|', id, role_id, customer_id, branch_id, is_active, password_hash), ',' order by id))"
                    " from app.user_account), (select md5(string_agg(concat_ws('|', id, permissions, branch_scope, own_records, is_active,"
                    " second_factor), ',' order by id)) from app.role), (select md5(string_agg(concat_ws('|', id, user_id, fingerprint, is_active),"
                    " ',' order by id)) from app.user_key), (select count(*) from app.enrol_token)")

    def refused(self, user, method, *codes, **params):
        before = self.who_may()
        reply = user.call(method, **params)
        self.assertIn(reply.code, codes or REFUSALS, f"{user.login}: {method} {params}: {reply}")
        self.assertEqual(self.who_may(), before, f"{user.login}: {method} {params}")
        return reply

    def record(self, entity, key):
        return self.admin.ok("get", entity=entity, key=key).record

    def set_user(self, user, login, *codes, **fields):
        record = self.record("user", login)
        return self.refused(user, "set", *codes, entity="user", id=record["id"], version=record["version"], fields=fields)

    # -- oneself -----------------------------------------------------------------------------------------------------

    def test_nobody_gives_himself_a_role(self):
        for user, login in ((self.agent, "amina"), (self.cashier, "juma"), (self.manager, "neema"), (self.staff, "vera")):
            self.set_user(user, login, "FORBIDDEN", role="admin")
        self.set_user(self.admin, "admin", "REFUSED", role="manager")
        self.set_user(self.keeper, "keeper", role="admin")
        me = self.agent.ok("get", entity="account", key="me").record
        for fields in ({"role": "admin"}, {"customer": None}, {"branch": "MW"}, {"login": "admin"}, {"is_active": True}, {"password": "x" * 20}):
            self.refused(self.agent, "set", entity="account", key="me", version=me["version"], fields=fields)

    def test_nobody_adds_a_way_in_for_somebody_else(self):
        for user in (self.agent, self.cashier, self.manager, self.staff, self.keeper):
            self.refused(user, "add", entity="user_key", fields={"user": "admin", "public_key": public_key(), "name": "mine"})
        for user in (self.agent, self.cashier, self.manager, self.staff):
            for action in ("enrol", "reset", "unlock", "drop_factor"):
                self.refused(user, "act", "FORBIDDEN", entity="user", action=action, key="admin", reason="why")
        for action in ("enrol", "reset", "drop_factor"):
            self.refused(self.keeper, "act", entity="user", action=action, key="admin", reason="why")

    def test_nobody_sees_or_changes_keys_and_sessions_of_others(self):
        key = self.admin.ok("add", entity="user_key", fields={"public_key": public_key(), "name": "admins"}).record
        session = boot("select id from app.session where user_id = %s", SIMBA.users["admin"])[0][0]
        for user in (self.agent, self.staff, self.manager):
            for entity, id in (("user_key", key["id"]), ("session", session)):
                self.refused(user, "get", "NOT_FOUND", entity=entity, id=id)
                self.refused(user, "history", "NOT_FOUND", entity=entity, id=id)
                rows = user.ok("list", entity=entity, view=everything(user)[entity]["views"][-1]["name"], limit=200).body["page"]["rows"]
                self.assertNotIn(id, [row["id"] for row in rows])
            self.refused(user, "set", "NOT_FOUND", entity="user_key", id=key["id"], version=key["version"], fields={"is_active": False})
            self.refused(user, "act", "NOT_FOUND", entity="session", action="end", id=session)

    # -- a manager who looks after staff -------------------------------------------------------------------------------

    def test_a_manager_with_staff_makes_nobody_more_than_himself(self):
        boot("update app.tenant set manager_staff = true where id = %s", SIMBA.id)
        try:
            made = self.manager.ok("add", entity="user", fields={"login": "newagent", "name": "New Agent", "role": "agent", "branch": "KK"}).record
            self.assertEqual(made["fields"]["role"]["label"], "agent")
            for role in ("admin", "keeper"):
                self.refused(self.manager, "add", entity="user", fields={"login": "newadmin", "name": "New Admin", "role": role, "branch": "KK"})
                self.set_user(self.manager, "newagent", role=role)
                self.set_user(self.manager, "neema", role=role)
            self.set_user(self.manager, "admin", role="agent")
            self.set_user(self.manager, "admin", is_active=False)
            self.set_user(self.manager, "admin", email="mine@example.com")
            for action in ("enrol", "reset", "drop_factor"):
                self.refused(self.manager, "act", entity="user", action=action, key="admin", reason="why")
            self.refused(self.manager, "add", entity="user_key", fields={"user": "admin", "public_key": public_key(), "name": "mine"})
            key = self.admin.ok("add", entity="user_key", fields={"public_key": public_key(), "name": "second"}).record
            self.refused(self.manager, "set", entity="user_key", id=key["id"], version=key["version"], fields={"is_active": False})
            session = boot("select id from app.session where user_id = %s and state = 2", SIMBA.users["admin"])[0][0]
            self.refused(self.manager, "act", "FORBIDDEN", entity="session", action="end", id=session)
            for who in (self.manager, self.keeper):
                self.refused(who, "act", "FORBIDDEN", entity="session", action="end_all", fields={"user": "admin"})
            theirs = boot("select app.open_session(%s, %s, %s, 2, 'password', '', '')", SIMBA.id, made["id"], 6000000 + made["id"])[0][0]
            self.manager.ok("act", entity="session", action="end", id=theirs)
            for entity, method, params in (("role", "add", {"fields": {"code": "mine", "name": "Mine", "permissions": "*.*"}}),
                                           ("role", "act", {"action": "copy", "key": "admin", "fields": {"code": "mine", "name": "Mine"}}),
                                           ("setting", "set", {"key": "me", "version": 1, "fields": {"manager_staff": False}})):
                self.refused(self.manager, method, "FORBIDDEN", entity=entity, **params)
        finally:
            boot("update app.tenant set manager_staff = false where id = %s", SIMBA.id)
        self.refused(self.manager, "add", "FORBIDDEN", entity="user", fields={"login": "late", "name": "Too Late", "role": "agent", "branch": "KK"})

    # -- roles ---------------------------------------------------------------------------------------------------------

    def test_a_built_in_role_stays_as_it_came(self):
        for code in ("admin", "agent", "viewer", "customer"):
            role = self.record("role", code)
            for fields in ({"permissions": "*.read user.*"}, {"permissions": ""}):
                self.refused(self.admin, "set", entity="role", id=role["id"], version=role["version"], fields=fields)
        self.refused(self.admin, "set", entity="role", id=self.record("role", "admin")["id"], version=1, fields={"is_active": False})

    def test_nobody_names_a_right_he_does_not_hold(self):
        for words in ("*.*", "setting.set", "policy.cancel", "user.add receipt.verify", "role.assign", "role.*", "customer.secret", "*.personal"):
            reply = self.refused(self.keeper, "add", entity="role", fields={"code": "more", "name": "More", "permissions": words})
            self.assertNotEqual(reply.code, "BAD_PARAMS", words)
        made = self.keeper.ok("add", entity="role", fields={"code": "less", "name": "Less", "permissions": "user.read"}).record
        self.refused(self.keeper, "set", entity="role", id=made["id"], version=made["version"], fields={"permissions": "user.read policy.cancel"})
        # of his own role, either
        own = self.record("role", "keeper")
        self.refused(self.keeper, "set", entity="role", id=own["id"], version=own["version"], fields={"permissions": own["fields"]["permissions"] + " *.*"})
        self.refused(self.keeper, "add", "BAD_PARAMS", "REFUSED", entity="role", fields={"code": "odd", "name": "Odd", "permissions": "policy.fly"})

    def test_nobody_copies_a_role_that_holds_more_than_his_own(self):
        for code in ("admin", "manager", "agent"):
            self.refused(self.keeper, "act", entity="role", action="copy", key=code, fields={"code": "copied", "name": "Copied"})
        self.assertEqual(boot("select count(*) from app.role where code = 'copied'")[0][0], 0)

    def test_an_administrators_copy_is_adapted_and_given(self):
        made = self.admin.ok("act", entity="role", action="copy", key="agent", fields={"code": "junior", "name": "Junior agent"}).record
        less = made["fields"]["permissions"].replace(" policy.void", "")
        self.admin.ok("set", entity="role", id=made["id"], version=made["version"], fields={"permissions": less})
        user = person(self.worker, SIMBA, "junior", "junior")
        policy = user.issued()
        reply = user.call("act", entity="policy", action="void", id=policy, reason="why")
        self.assertEqual(reply.code, "FORBIDDEN", reply)
        self.assertEqual(reply.error["message"], 'your role (Junior agent) does not allow "policy void"')

    # -- whose records one sees ----------------------------------------------------------------------------------------

    def test_who_sees_a_part_does_not_widen_it(self):
        self.role("half", "*.read user.* role.read role.add role.set role.copy", branch_scope=True)
        half = person(self.worker, SIMBA, "half", "half")
        self.set_user(half, "half", branch="MW")
        self.set_user(half, "half", customer=self.customer)
        self.refused(half, "add", entity="user", fields={"login": "whole", "name": "Whole One", "role": "viewer", "branch": "KK"})
        self.refused(half, "add", entity="user", fields={"login": "far", "name": "Far One", "role": "half", "branch": "MW"})
        for fields in ({"code": "whole", "name": "Whole", "permissions": "*.read"}, {"code": "whole", "name": "Whole", "permissions": "*.read", "branch_scope": False}):
            self.refused(half, "add", entity="role", fields=fields)
        own = self.record("role", "half")
        self.refused(half, "set", entity="role", id=own["id"], version=own["version"], fields={"branch_scope": False})
        self.refused(half, "act", entity="role", action="copy", key="viewer", fields={"code": "whole", "name": "Whole"})
        # who belongs to one customer stays with him
        self.role("holder", "*.read user.*")
        holder = person(self.worker, SIMBA, "holder", "holder", customer=self.customer)
        self.set_user(holder, "holder", customer=None)
        self.set_user(holder, "holder", customer=self.agent.customer())
        self.refused(holder, "add", entity="user", fields={"login": "free", "name": "Free One", "role": "holder", "branch": "KK"})
        own = person(self.worker, SIMBA, "selfie", "customer", customer=self.customer)
        self.set_user(own, "selfie", "FORBIDDEN", customer=None)
        # a self-service role without a customer is refused to everybody
        self.refused(self.admin, "add", "REFUSED", entity="user", fields={"login": "loose", "name": "Loose One", "role": "customer", "branch": "KK"})
        self.set_user(self.admin, "selfie", "REFUSED", customer=None)

    # -- sessions ------------------------------------------------------------------------------------------------------

    def who(self, signed_in, **changes):
        """The same user at the worker with something else about his session."""
        other = User(self.worker, signed_in.company, signed_in.login)
        tenant, id, session = signed_in.who
        other.who = (changes.get("tenant", tenant), changes.get("user", id), changes.get("session", session))
        return other

    EVERYTHING = (("me", {}), ("home", {}), ("describe", {}), ("status", {}), ("find", {"text": "salma"}), ("list", {"entity": "customer"}),
                  ("get", {"entity": "account", "key": "me"}), ("list", {"entity": "user_key"}),
                  ("add", {"entity": "customer", "fields": {"name": "In Vain", "phone": "0744777001"}}),
                  ("act", {"entity": "account", "action": "add_key", "key": "me", "fields": {"public_key": "x"}}))

    def nobody(self, user):
        for method, params in self.EVERYTHING:
            reply = user.call(method, **params)
            self.assertEqual(reply.code, "UNAUTHENTICATED", f"{method} {params}: {reply}")
            self.assertEqual(set(reply.body), {"error"})

    def test_a_session_is_its_users_alone(self):
        agent, admin, theirs = self.agent, self.admin, User(self.worker, TWIGA, "amina")
        for stranger in (self.who(agent, user=admin.who[1]), self.who(agent, session=admin.who[2]), self.who(admin, session=agent.who[2]),
                         self.who(agent, tenant=TWIGA.id), self.who(theirs, tenant=SIMBA.id), self.who(agent, user=theirs.who[1]),
                         self.who(agent, session=theirs.who[2]), self.who(agent, tenant=0), self.who(agent, session=0),
                         self.who(agent, session=-1), self.who(agent, session=agent.who[2] ^ 1), self.who(agent, user=0)):
            self.nobody(stranger)
        self.assertEqual(agent.ok("me").body["me"]["login"], "amina")

    def test_a_session_ends_with_what_it_stands_on(self):
        """The worker has seen this session a moment ago: it must not go on by what it remembers."""
        for number, (off, on) in enumerate((
                ("update app.user_account set is_active = false where id = {user}", "update app.user_account set is_active = true where id = {user}"),
                ("update app.session set state = 4, ended_at = now(), end_reason = 'x' where user_id = {user}", None),
                ("update app.session set ends_at = now() - interval '1 second' where user_id = {user}", None),
                ("update app.role set is_active = false where code = 'brief' and tenant_id = {tenant}",
                 "update app.role set is_active = true where code = 'brief' and tenant_id = {tenant}"),
                ("update app.tenant set status = 2, status_reason = 'x' where id = {tenant}", "update app.tenant set status = 1 where id = {tenant}"))):
            if number == 0:
                self.role("brief", "*.read customer.add", TWIGA)
            user = person(self.worker, TWIGA, f"brief{number}", "brief")
            user.ok("home")
            boot(off.format(user=user.who[1], tenant=TWIGA.id))
            try:
                self.nobody(user)
            finally:
                if on:
                    boot(on.format(user=user.who[1], tenant=TWIGA.id))
        self.assertEqual(boot("select count(*) from app.customer where name = 'In Vain'")[0][0], 0)

    def limited(self, state):
        user = person(self.worker, SIMBA, f"limited{state}", "manager")
        boot("update app.user_account set must_change_password = true where id = %s", user.who[1])
        token = 5000000 + user.who[1]
        boot("select app.open_session(%s, %s, %s, %s, 'token', '', '')", SIMBA.id, user.who[1], token, state)
        return self.who(user, session=token)

    def test_a_session_that_waits_for_its_code_is_nobodys(self):
        self.nobody(self.limited(1))

    def test_a_limited_session_sets_the_account_up_and_does_nothing_else(self):
        user = self.limited(3)
        before, asked = self.who_may(), 0
        catalog = everything(self.admin)
        self.assertLessEqual(set(everything(user)), {"account", "user_key"})
        for method in ("home", "find"):
            self.assertEqual(user.call(method, **({"text": "a"} if method == "find" else {})).code, "FORBIDDEN", method)
        mine = {name: None for name in catalog}
        for entity, method, params in Questions(catalog, mine).every():
            about = params.get("entity") or params["steps"][0][1]["entity"]
            if about in ("account", "user_key"):
                continue
            for id in (1, SIMBA.users["admin"], self.customer):
                reply = user.call(method, **fill(params, id))
                self.assertEqual(reply.code, "FORBIDDEN", f"{method} {fill(params, id)}: {reply}")
                self.assertIn("set up your account first", reply.error["message"])
                asked += 1
        for name in catalog:
            if name not in ("account", "user_key"):
                self.assertEqual(user.call("list", entity=name).code, "FORBIDDEN", name)
        self.assertGreater(asked, 500)
        # a step about somebody else's business hides behind no step about one's own
        reply = user.call("batch", steps=[["set", {"entity": "account", "key": "me", "version": 1, "fields": {}}],
                                          ["add", {"entity": "customer", "fields": {"name": "In Vain", "phone": "0744777009"}}]])
        self.assertEqual(reply.code, "FORBIDDEN", reply)
        self.assertEqual(self.who_may(), before)

    # -- between the platform and companies ------------------------------------------------------------------------------

    def test_neither_side_lets_the_others_sessions_in(self):
        platform = platform_worker()
        root = person(platform, PLATFORM, "chief", "super_admin")
        self.assertEqual(root.ok("me").body["me"]["login"], "chief")
        here = User(self.worker, PLATFORM, "chief")
        self.nobody(here)
        there = User(platform, SIMBA, "admin")
        for method, params in self.EVERYTHING[:4]:
            self.assertEqual(there.call(method, **params).code, "UNAUTHENTICATED", method)
        self.assertEqual(platform.close(), 0)


if __name__ == "__main__":
    unittest.main()
