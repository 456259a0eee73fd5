#include <criterion/criterion.h>

#include "server/op/rights.h"

/* What words mean. Which words a role has is data: the matrix test shows it. */

static bool
may(const char *words, uint32_t entity, const char *verb)
{
    const struct rights r = {.words = str_from(words)};
    return rights_may(&r, entity_by_number(entity), verb);
}

Test(rights, a_word_grants_one_verb_of_one_entity)
{
    cr_expect(may("policy.quote receipt.add", ENTITY_POLICY, "quote"));
    cr_expect(may("policy.quote receipt.add", ENTITY_RECEIPT, "add"));
    cr_expect_not(may("policy.quote receipt.add", ENTITY_RECEIPT, "verify"));
    cr_expect_not(may("policy.quote receipt.add", ENTITY_POLICY, "quot"));
    cr_expect_not(may("policy.quote", ENTITY_POLICY, "quoted"));
    cr_expect_not(may("", ENTITY_POLICY, "read"));
    cr_expect_not(may(".", ENTITY_POLICY, ""));
}

Test(rights, a_star_stands_for_every_verb_or_every_entity_that_is_not_private)
{
    cr_expect(may("user.*", ENTITY_USER, "add"));
    cr_expect(may("*.read", ENTITY_CUSTOMER, "read"));
    cr_expect_not(may("*.read", ENTITY_CUSTOMER, "add"));
    cr_expect_not(may("*.*", ENTITY_SETTING, "set"));
    cr_expect(may("setting.*", ENTITY_SETTING, "set"));
}

Test(rights, everybody_has_his_own_account_and_keys_and_nothing_else)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    for (size_t i = 0; i < n; i++) {
        bool own = e[i]->number == ENTITY_ACCOUNT || e[i]->number == ENTITY_USER_KEY ||
                   e[i]->number == ENTITY_SESSION;
        cr_expect_eq(may("", e[i]->number, "read"), own, "%s", e[i]->name);
    }
    cr_expect(may("", ENTITY_USER_KEY, "add"));
    cr_expect_not(may("", ENTITY_USER, "set"));
}

Test(rights, the_platform_and_a_company_do_not_see_each_others_entities)
{
    const struct rights company = {.words = STR("*.* platform_user.*")},
                        platform = {.words = STR("*.* customer.*"), .platform = true};
    cr_expect_not(rights_reach(&company, entity_by_number(ENTITY_PLATFORM_USER)));
    cr_expect_not(rights_may(&company, entity_by_number(ENTITY_PLATFORM_USER), "read"));
    cr_expect(rights_may(&platform, entity_by_number(ENTITY_PLATFORM_USER), "read"));
    cr_expect_not(rights_may(&platform, entity_by_number(ENTITY_CUSTOMER), "read"));
    cr_expect(rights_may(&platform, entity_by_number(ENTITY_ROLE), "read"));
    cr_expect(rights_may(&company, entity_by_number(ENTITY_ROLE), "read"));
}

Test(rights, a_session_for_account_set_up_opens_the_account_alone)
{
    const struct rights r = {.words = STR("*.* setting.*"), .limited = true};
    size_t n;
    const struct entity *const *e = entity_table(&n);
    for (size_t i = 0; i < n; i++) {
        bool own = e[i]->number == ENTITY_ACCOUNT || e[i]->number == ENTITY_USER_KEY;
        cr_expect_eq(rights_may(&r, e[i], "add"), own, "%s", e[i]->name);
    }
}

Test(rights, a_set_covers_another_only_when_every_word_is_in_it)
{
    cr_expect(rights_cover(STR("policy.* *.read"), STR("policy.quote customer.read")));
    cr_expect(rights_cover(STR("a.b"), STR("")));
    cr_expect_not(rights_cover(STR("policy.*"), STR("receipt.verify")));
    cr_expect_not(rights_cover(STR("policy.quote"), STR("policy.*")));
    cr_expect_not(rights_cover(STR("*.read"), STR("setting.read")));
    cr_expect_not(rights_cover(STR("customer.read"), STR("*.read")));
    cr_expect(rights_cover(STR("*.read"), STR("*.read")));
}

Test(rights, a_word_that_means_nothing_is_named)
{
    struct str word = STR_NONE;
    cr_expect(rights_known(STR("policy.quote *.read customer.* customer.personal"), &word));
    cr_expect_not(rights_known(STR("policy.quote polcy.read"), &word));
    cr_expect(str_eq_c(word, "polcy.read"));
    cr_expect_not(rights_known(STR("policy.fly"), &word));
    cr_expect(str_eq_c(word, "policy.fly"));
    cr_expect_not(rights_known(STR("policy"), &word));
    cr_expect(str_eq_c(word, "policy"));
}
