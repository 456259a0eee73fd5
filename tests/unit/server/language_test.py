"""The service speaks to each in the language of his account, whoever was served before by the same worker."""

import unittest

from world import SIMBA, User, Worker, boot


def speaks(login, language):
    boot("update app.user_account set language = %s where tenant_id = %s and login = %s", language, SIMBA.id, login)


class Language(unittest.TestCase):
    def setUp(self):
        speaks("amina", "sw")
        self.worker = Worker()
        self.amina, self.neema = User(self.worker, SIMBA, "amina"), User(self.worker, SIMBA, "neema")

    def tearDown(self):
        speaks("amina", "en")
        self.assertEqual(self.worker.close(), 0)

    def label(self, user, entity):
        schema = user.ok("describe").body["schema"]
        return next(e["label"] for e in schema["entities"] if e["name"] == entity)

    def refused(self, user):
        return user.call("add", entity="customer", fields={"name": "Salma", "phone": "0712345678", "birth_date": "2026-02-31"}).error["message"]

    def test_labels_are_of_the_language_of_who_asks(self):
        for _ in range(2):
            self.assertEqual((self.label(self.amina, "customer"), self.label(self.neema, "customer")), ("Mteja", "Customer"))

    def test_the_descriptions_of_two_languages_are_two(self):
        mine, hers = (user.ok("describe").body["schema"]["hash"] for user in (self.amina, self.neema))
        self.assertNotEqual(mine, hers)

    def test_so_is_what_is_refused(self):
        for _ in range(2):
            self.assertIn("hakuna siku 2026-02-31", self.refused(self.amina))
            self.assertIn("there is no day 2026-02-31", self.refused(self.neema))

    def test_a_choice_may_be_given_in_the_words_that_are_shown(self):
        reply = self.amina.ok("add", entity="customer", fields={"name": "Juma Ally", "phone": "0713345678", "gender": "mwanamume"})
        self.assertEqual(self.neema.ok("get", entity="customer", id=reply.record["id"]).fields["gender"], "male")

    def test_a_changed_language_holds_from_the_next_request_on(self):
        self.assertIn("hakuna siku 2026-02-31", self.refused(self.amina))
        account = self.amina.ok("get", entity="account", key="me")
        self.amina.ok("set", entity="account", key="me", version=account.record["version"], fields={"language": "en"})
        self.assertIn("there is no day 2026-02-31", self.refused(self.amina))


if __name__ == "__main__":
    unittest.main(verbosity=2)
