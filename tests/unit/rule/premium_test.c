/* What a term costs. */
#include <criterion/criterion.h>

#include "server/rule/premium.h"

static date_t
day(int year, int month, int d)
{
    return date_of((struct civil){year, month, d});
}

static struct rate
rate_from(date_t from)
{
    struct rate r = {0};
    ROW_SET(&r, RATE_FROM_DATE, from_date, from);
    return r;
}

Test(premium, fifteen_million_at_three_and_a_half_percent_with_tax_of_eighteen)
{
    struct rate r = {.rate = {35000}, .tax = {180000}};
    struct due due;
    cr_assert_eq(premium_due(&r, (money_t){1500000000}, 12, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 52500000);
    cr_expect_eq(due.levy.minor, 0);
    cr_expect_eq(due.tax.minor, 9450000);
    cr_expect_eq(due.total.minor, 61950000);
}

Test(premium, each_line_is_rounded_half_away_from_zero)
{
    struct rate r = {.rate = {50000}, .levy = {500000}, .tax = {500000}};
    struct due due;
    cr_assert_eq(premium_due(&r, (money_t){10}, 12, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 1, "0.5 goes up");
    cr_expect_eq(due.levy.minor, 1, "half of the rounded premium goes up again");
    cr_expect_eq(due.tax.minor, 1, "half of two");
    cr_expect_eq(due.total.minor, 3, "the total is the sum of its lines");
    cr_assert_eq(premium_due(&r, (money_t){9}, 12, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 0);
}

Test(premium, the_flat_part_is_added_and_the_minimum_stands)
{
    struct rate r = {.rate = {10000}, .flat = {5000}, .minimum = {100000}};
    struct due due;
    cr_assert_eq(premium_due(&r, (money_t){1000000}, 12, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 100000);
    cr_assert_eq(premium_due(&r, (money_t){100000000}, 12, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 1005000);
}

Test(premium, shorter_and_longer_terms_are_charged_by_their_months)
{
    struct rate r = {.rate = {35000}, .flat = {1200}};
    struct due due;
    cr_assert_eq(premium_due(&r, (money_t){1500000000}, 6, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 26250600);
    cr_assert_eq(premium_due(&r, (money_t){1500000000}, 24, &due, NULL), RC_OK);
    cr_expect_eq(due.premium.minor, 105002400);
}

Test(premium, sums_too_large_are_refused_by_name)
{
    struct rate r = {.rate = {1000000000}};
    struct due due = {.total = {7}};
    struct err err;
    cr_assert_eq(premium_due(&r, (money_t){MONEY_MAX}, 12, &due, &err), RC_REFUSED);
    cr_expect_str_eq(err.field, "sum_insured");
    cr_expect_eq(due.total.minor, 7, "outputs stay untouched");
}

Test(premium, the_rate_of_the_day_is_chosen)
{
    struct rate rates[3] = {rate_from(day(2024, 1, 1)), rate_from(day(2025, 7, 1)),
                            rate_from(day(2026, 1, 1))};
    ROW_SET(&rates[0], RATE_TO_DATE, to_date, day(2025, 6, 30));
    struct rate_want want = {.vehicle_type = 3, .usage = 1, .day = day(2025, 6, 30)};
    cr_expect_eq(rate_select(rates, 3, &want), &rates[0], "its last day counts");
    want.day = day(2025, 12, 31);
    cr_expect_eq(rate_select(rates, 3, &want), &rates[1]);
    want.day = day(2026, 1, 1);
    cr_expect_eq(rate_select(rates, 3, &want), &rates[2], "the later of two that hold");
    want.day = day(2023, 12, 31);
    cr_expect_null(rate_select(rates, 3, &want));
}

Test(premium, the_row_that_names_the_vehicle_type_or_usage_beats_one_that_does_not)
{
    struct rate rates[4];
    for (size_t i = 0; i < COUNTOF(rates); i++)
        rates[i] = rate_from(day(2025, 1, 1));
    ROW_SET(&rates[1], RATE_USAGE, usage, 3);
    ROW_SET(&rates[2], RATE_VEHICLE_TYPE, vehicle_type, ((struct ref){.id = 5}));
    rates[3] = rates[2];
    ROW_SET(&rates[3], RATE_USAGE, usage, 3);
    struct rate_want want = {.vehicle_type = 5, .usage = 3, .day = day(2025, 2, 1)};
    cr_expect_eq(rate_select(rates, 4, &want), &rates[3]);
    want.usage = 1;
    cr_expect_eq(rate_select(rates, 4, &want), &rates[2]);
    want.vehicle_type = 6;
    cr_expect_eq(rate_select(rates, 4, &want), &rates[0]);
    want.usage = 3;
    cr_expect_eq(rate_select(rates, 4, &want), &rates[1]);
}
