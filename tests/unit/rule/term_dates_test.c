/* When terms start and end. */
#include <criterion/criterion.h>

#include "server/rule/term_dates.h"

static date_t
day(const char *text)
{
    date_t d = {0};
    cr_assert_eq(date_parse(str_from(text), "day", &d, NULL), RC_OK);
    return d;
}

static void
expect(struct term_dates got, const char *start, const char *end)
{
    char text[DATE_TEXT];
    cr_expect_str_eq(date_text(got.start, text), start);
    cr_expect_str_eq(date_text(got.end, text), end);
}

Test(term_dates, a_year_ends_the_day_before_its_anniversary)
{
    struct term_dates got;
    cr_assert_eq(term_first(day("2026-03-01"), 12, day("2026-03-01"), 0, &got, NULL), RC_OK);
    expect(got, "2026-03-01", "2027-02-28");
    cr_assert_eq(term_first(day("2028-02-29"), 12, day("2028-02-29"), 0, &got, NULL), RC_OK);
    expect(got, "2028-02-29", "2029-02-28");
    cr_assert_eq(term_first(day("2026-01-31"), 1, day("2026-01-31"), 0, &got, NULL), RC_OK);
    expect(got, "2026-01-31", "2026-02-28");
}

Test(term_dates, a_start_too_far_back_or_ahead_is_refused_by_name)
{
    struct term_dates got;
    struct err err;
    cr_expect_eq(term_first(day("2026-02-28"), 12, day("2026-03-01"), 0, &got, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "start");
    cr_expect_eq(term_first(day("2026-02-28"), 12, day("2026-03-01"), 1, &got, &err), RC_OK);
    cr_expect_eq(term_first(day("2028-03-01"), 12, day("2026-03-01"), 0, &got, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "start");
}

Test(term_dates, months_must_be_within_reason)
{
    struct term_dates got;
    struct err err;
    static const int64_t bad[] = {0, -1, 37, INT64_MAX};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        cr_expect_eq(term_first(day("2026-03-01"), bad[i], day("2026-03-01"), 0, &got, &err), RC_BAD_PARAMS);
        cr_expect_str_eq(err.field, "months");
        cr_expect_eq(term_renewal(day("2026-03-01"), bad[i], day("2026-03-01"), 60, &got, &err),
                     RC_BAD_PARAMS);
    }
}

Test(term_dates, an_early_renewal_starts_the_day_after_the_last_end)
{
    struct term_dates got;
    cr_assert_eq(term_renewal(day("2026-04-30"), 12, day("2026-03-01"), 60, &got, NULL), RC_OK);
    expect(got, "2026-05-01", "2027-04-30");
    cr_assert_eq(term_renewal(day("2026-03-01"), 12, day("2026-03-01"), 60, &got, NULL), RC_OK);
    expect(got, "2026-03-02", "2027-03-01");
    cr_assert_eq(term_renewal(day("2026-02-28"), 12, day("2026-03-01"), 60, &got, NULL), RC_OK);
    expect(got, "2026-03-01", "2027-02-28");
}

Test(term_dates, a_renewal_too_early_is_refused_with_the_day_it_opens)
{
    struct term_dates got;
    struct err err;
    cr_assert_eq(term_renewal(day("2026-05-01"), 12, day("2026-03-01"), 60, &got, &err), RC_REFUSED);
    cr_expect_not_null(strstr(err.text, "2026-03-02"), "%s", err.text);
}

Test(term_dates, a_late_renewal_starts_today_and_never_in_the_past)
{
    struct term_dates got;
    cr_assert_eq(term_renewal(day("2026-01-10"), 12, day("2026-03-01"), 60, &got, NULL), RC_OK);
    expect(got, "2026-03-01", "2027-02-28");
}

Test(term_dates, from_29_february_a_cover_goes_on_from_1_march)
{
    struct term_dates first, next;
    cr_assert_eq(term_first(day("2028-02-29"), 12, day("2028-02-29"), 0, &first, NULL), RC_OK);
    cr_assert_eq(term_renewal(first.end, 12, day("2029-02-01"), 60, &next, NULL), RC_OK);
    expect(next, "2029-03-01", "2030-02-28");
    cr_assert_eq(term_renewal(day("2028-02-28"), 12, day("2028-02-28"), 60, &next, NULL), RC_OK);
    expect(next, "2028-02-29", "2029-02-28");
}

Test(term_dates, a_term_paid_late_moves_to_the_day_of_payment)
{
    struct term_dates planned = {day("2026-03-01"), day("2027-02-28")};
    expect(term_on_payment(planned, 12, day("2026-02-20")), "2026-03-01", "2027-02-28");
    expect(term_on_payment(planned, 12, day("2026-03-01")), "2026-03-01", "2027-02-28");
    expect(term_on_payment(planned, 12, day("2026-03-04")), "2026-03-04", "2027-03-03");
}
