#include <criterion/criterion.h>

#include "server/worker/permit.h"

Test(permit, agents_sell_and_take_money_but_do_not_verify_it)
{
    cr_expect(permit_may(ROLE_AGENT, "policy", "quote"));
    cr_expect(permit_may(ROLE_AGENT, "receipt", "add"));
    cr_expect_not(permit_may(ROLE_AGENT, "receipt", "verify"));
    cr_expect_not(permit_may(ROLE_AGENT, "policy", "cancel"));
    cr_expect_not(permit_may(ROLE_AGENT, "user", "add"));
}

Test(permit, cashiers_verify_and_administrators_do_no_business)
{
    cr_expect(permit_may(ROLE_CASHIER, "receipt", "verify"));
    cr_expect_not(permit_may(ROLE_CASHIER, "policy", "quote"));
    cr_expect(permit_may(ROLE_ADMIN, "user", "add"));
    cr_expect_not(permit_may(ROLE_ADMIN, "policy", "quote"));
    cr_expect_not(permit_may(ROLE_ADMIN, "receipt", "verify"));
}

Test(permit, a_viewer_changes_nothing)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    for (size_t i = 0; i < n; i++) {
        cr_expect_not(permit_may(ROLE_VIEWER, e[i]->name, "add"));
        cr_expect_not(permit_may(ROLE_VIEWER, e[i]->name, "set"));
        for (size_t k = 0; k < e[i]->nactions; k++)
            cr_expect_eq(permit_may(ROLE_VIEWER, e[i]->name, e[i]->actions[k].name),
                         (e[i]->actions[k].flags & AF_PRINTS) != 0);
    }
}

Test(permit, keys_of_users_are_seen_by_administrators_alone)
{
    for (enum user_role r = ROLE_ADMIN; r <= ROLE_VIEWER; r++)
        cr_expect_eq(permit_may(r, "user_key", "read"), r == ROLE_ADMIN);
}

Test(permit, a_role_that_is_none_may_nothing)
{
    cr_expect_not(permit_may((enum user_role)0, "customer", "read"));
    cr_expect_not(permit_may((enum user_role)9, "customer", "read"));
}
