/* What a worker counts until it tells. */
#include <criterion/criterion.h>

#include "server/worker/usage.h"

enum { SECOND = 1000000 };

Test(usage, nothing_counted_is_nothing_to_tell)
{
    struct usage u = {0};
    cr_expect_not(usage_due(&u, INT64_MAX / 2));
    cr_expect_eq(usage_wait(&u, 0), 0);
}

Test(usage, requests_are_counted_by_company_and_by_how_they_ended)
{
    struct usage u = {0};
    usage_request(&u, 1, RC_OK, 10);
    usage_request(&u, 1, RC_NOT_MODIFIED, 30);
    usage_request(&u, 1, RC_REFUSED, 20);
    usage_request(&u, 1, RC_FORBIDDEN, 1);
    usage_request(&u, 1, RC_INTERNAL, 1);
    usage_request(&u, 1, RC_RETRY, 1); /* nobody's fault: asked again */
    usage_request(&u, 2, RC_OK, 5);
    usage_sign_in(&u, 2);
    cr_assert_eq(u.ncounts, 2);
    cr_expect_eq(u.counts[0].requests, 6);
    cr_expect_eq(u.counts[0].refusals, 2);
    cr_expect_eq(u.counts[0].errors, 1);
    cr_expect_eq(u.counts[0].time_us, 63);
    cr_expect_eq(u.counts[0].max_us, 30);
    cr_expect_eq(u.counts[1].sign_ins, 1);
}

Test(usage, it_is_told_after_ten_seconds_and_at_once_when_there_is_no_room)
{
    struct usage u = {.told = 100 * (int64_t)SECOND};
    usage_request(&u, 1, RC_OK, 1);
    cr_expect_not(usage_due(&u, u.told + USAGE_SECONDS * (int64_t)SECOND - 1));
    cr_expect(usage_due(&u, u.told + USAGE_SECONDS * (int64_t)SECOND));
    cr_expect_eq(usage_wait(&u, u.told + SECOND), (USAGE_SECONDS - 1) * 1000);
    cr_expect_eq(usage_wait(&u, u.told + 60 * (int64_t)SECOND), 1);
    for (int32_t tenant = 2; tenant < 2 * USAGE_COMPANIES; tenant++)
        usage_request(&u, tenant, RC_OK, 1);
    cr_expect_eq(u.ncounts, USAGE_COMPANIES);
    cr_expect(usage_due(&u, u.told));
}

Test(usage, of_a_failure_only_its_place_is_kept)
{
    struct usage u = {0};
    const struct err database = {.sqlstate = "22P02", .log = "invalid input: \"0712 345 678\""},
                     own = {.log = "Salma Ibrahim"};
    usage_failed(&u, 1, &database, "abcdef012345", "list");
    usage_failed(&u, 1, &own, "abcdef012346", "add");
    cr_expect_str_eq(u.errors[0].cause, "database: state 22P02");
    cr_expect_str_eq(u.errors[1].cause, "service");
    for (int i = 0; i < 2 * USAGE_ERRORS; i++)
        usage_failed(&u, 1, &own, "x", "me");
    cr_expect_eq(u.nerrors, USAGE_ERRORS);
    cr_expect(usage_due(&u, 0));
}
