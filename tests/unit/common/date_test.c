#include <criterion/criterion.h>
#include <string.h>

#include "common/value/date.h"

static date_t
day(int year, int month, int day_of_month)
{
    return date_of((struct civil){year, month, day_of_month});
}

static const char *
text(date_t d)
{
    static char out[DATE_TEXT];
    return date_text(d, out);
}

Test(date, counts_from_the_first_of_2000)
{
    cr_assert_eq(day(2000, 1, 1).days, 0);
    cr_assert_eq(day(1999, 12, 31).days, -1);
    cr_assert_eq(day(1970, 1, 1).days, -10957);
    cr_assert_eq(day(2026, 2, 14).days, 9541);
}

Test(date, every_day_of_three_centuries_follows_the_one_before)
{
    date_t d = day(DATE_MIN_YEAR, 1, 1), last = day(DATE_MAX_YEAR, 12, 31);
    struct civil before = {1899, 12, 31};
    for (; d.days <= last.days; d.days++) {
        struct civil c = civil_of(d);
        cr_assert(civil_valid(c));
        cr_assert_eq(date_of(c).days, d.days);
        bool next = c.day == before.day + 1 && c.month == before.month && c.year == before.year;
        bool next_month = c.day == 1 && c.month == before.month + 1 && c.year == before.year;
        bool next_year = c.day == 1 && c.month == 1 && before.month == 12 && c.year == before.year + 1;
        cr_assert(next || next_month || next_year);
        before = c;
    }
}

Test(date, leap_days_exist_every_fourth_year_but_in_1900_and_2100)
{
    cr_assert(civil_valid((struct civil){2000, 2, 29}));
    cr_assert(civil_valid((struct civil){2024, 2, 29}));
    cr_assert_not(civil_valid((struct civil){2026, 2, 29}));
    cr_assert_not(civil_valid((struct civil){1900, 2, 29}));
    cr_assert_not(civil_valid((struct civil){2100, 2, 29}));
    cr_assert_not(civil_valid((struct civil){2026, 4, 31}));
    cr_assert_not(civil_valid((struct civil){2026, 0, 1}));
    cr_assert_not(civil_valid((struct civil){2026, 13, 1}));
    cr_assert_not(civil_valid((struct civil){2200, 1, 1}));
}

Test(date, knows_its_weekday)
{
    cr_assert_eq(date_weekday(day(2000, 1, 1)), 5);
    cr_assert_eq(date_weekday(day(2026, 2, 14)), 5);
    cr_assert_eq(date_weekday(day(1999, 12, 27)), 0);
    cr_assert_eq(date_weekday(day(2026, 11, 22)), 6);
}

static const struct {
    struct civil from;
    int months;
    const char *same, *end;
} terms[] = {
    {{2026, 2, 14},  12, "2027-02-14", "2027-02-13"},
    {{2026, 1, 1},   12, "2027-01-01", "2026-12-31"},
    {{2024, 2, 29},  12, "2025-02-28", "2025-02-28"},
    {{2024, 2, 29},  48, "2028-02-29", "2028-02-28"},
    {{2023, 3, 1},   12, "2024-03-01", "2024-02-29"},
    {{2026, 1, 31},  1,  "2026-02-28", "2026-02-28"},
    {{2024, 1, 31},  1,  "2024-02-29", "2024-02-29"},
    {{2026, 8, 31},  6,  "2027-02-28", "2027-02-28"},
    {{2026, 12, 15}, 1,  "2027-01-15", "2027-01-14"},
    {{2026, 3, 31},  3,  "2026-06-30", "2026-06-30"},
    {{2025, 2, 28},  12, "2026-02-28", "2026-02-27"},
    {{2027, 2, 28},  12, "2028-02-28", "2028-02-27"},
};

Test(date, months_on_is_the_same_day_or_the_last_and_a_term_ends_the_day_before)
{
    for (size_t i = 0; i < COUNTOF(terms); i++) {
        date_t from = date_of(terms[i].from);
        cr_expect_str_eq(text(date_add_months(from, terms[i].months)), terms[i].same);
        cr_expect_str_eq(text(date_term_end(from, terms[i].months)), terms[i].end);
    }
    cr_expect_str_eq(text(date_add_months(day(2026, 3, 31), -1)), "2026-02-28");
    cr_expect_str_eq(text(date_add_months(day(2026, 1, 15), -13)), "2024-12-15");
}

Test(date, arithmetic_at_the_ends_of_the_scale_stays_on_it)
{
    date_t last = {INT32_MAX}, first = {INT32_MIN};
    cr_assert_eq(date_add_days(last, 1).days, INT32_MAX);
    cr_assert_eq(date_add_days(first, -1).days, INT32_MIN);
    cr_assert_eq(date_add_months(last, INT32_MAX).days, INT32_MAX);
    cr_assert_eq(date_add_months(first, INT32_MIN).days, INT32_MIN);
    char out[DATE_TEXT];
    cr_assert_str_eq(date_text(last, out), "no date");
    cr_assert_eq(date_cmp(first, last), -1);
    cr_assert_eq(date_cmp(last, last), 0);
}

static const struct {
    const char *typed, *is; /* NULL: refused */
} typed[] = {
    {"2026-02-14",  "2026-02-14"},
    {"t",           "2026-03-01"},
    {"T",           "2026-03-01"},
    {" t ",         "2026-03-01"},
    {"+3d",         "2026-03-04"},
    {"-1d",         "2026-02-28"},
    {"-1w",         "2026-02-22"},
    {"+2w",         "2026-03-15"},
    {"+2m",         "2026-05-01"},
    {"+1y",         "2027-03-01"},
    {"+1Y",         "2027-03-01"},
    {"-10y",        "2016-03-01"},
    {"14/2",        "2026-02-14"},
    {"1/12",        "2026-12-01"},
    {"14/2/26",     "2026-02-14"},
    {"14.2.2026",   "2026-02-14"},
    {"14.2",        "2026-02-14"},
    {"3/4/85",      "1985-04-03"},
    {"3/4/46",      "2046-04-03"},
    {"3/4/47",      "1947-04-03"},
    {"29/2/24",     "2024-02-29"},
    {"29/2",        NULL        },
    {"31/4",        NULL        },
    {"14/2/026",    NULL        },
    {"14/2.26",     NULL        },
    {"14/13",       NULL        },
    {"0/1",         NULL        },
    {"+d",          NULL        },
    {"+3",          NULL        },
    {"+3x",         NULL        },
    {"+99999d",     NULL        },
    {"+9999y",      NULL        },
    {"14",          NULL        },
    {"tt",          NULL        },
    {"",            NULL        },
    {"14/2/",       NULL        },
    {"14/2/26x",    NULL        },
    {"2026-2-14",   NULL        },
    {"2026-02-30",  NULL        },
    {"1899-12-31",  NULL        },
    {"2200-01-01",  NULL        },
    {"2026-02-14 ", "2026-02-14"},
    {"3d",          NULL        },
    {"14/2/1",      NULL        },
};

Test(date, reads_what_a_person_types)
{
    date_t today = day(2026, 3, 1);
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        date_t got = {42};
        struct err err = {0};
        enum rc rc = date_parse_typed(str_from(typed[i].typed), today, "start", &got, &err);
        if (typed[i].is) {
            cr_expect_eq(rc, RC_OK, "%s: %s", typed[i].typed, err.text);
            cr_expect_str_eq(text(got), typed[i].is);
        } else {
            cr_expect(rc == RC_BAD_PARAMS && got.days == 42, "%s", typed[i].typed);
            cr_expect_str_eq(err.field, "start");
            cr_expect(strstr(err.text, "start") != NULL);
        }
    }
}

Test(date, the_strict_reader_takes_one_form_only)
{
    static const char *const bad[] = {"t",        "14/2/26",    " 2026-02-14", "2026-02-14 ",
                                      "26-02-14", "2026/02/14", "2026-02-1",   "2026-02-014",
                                      "",         "2026-02-29", "+2026-02-1"};
    date_t got = {42};
    for (size_t i = 0; i < COUNTOF(bad); i++)
        cr_expect(date_parse(str_from(bad[i]), "d", &got, NULL) == RC_BAD_PARAMS && got.days == 42, "%s",
                  bad[i]);
    struct err err;
    cr_expect_eq(date_parse(STR("2026-02-30"), "d", &got, &err), RC_BAD_PARAMS);
    cr_expect(strstr(err.text, "no day 2026-02-30") != NULL);
    cr_expect_eq(date_parse(STR("2024-02-29"), "d", &got, &err), RC_OK);
}

static const struct {
    const char *typed, *utc; /* NULL: refused */
} stamps[] = {
    {"2026-02-14T08:30:00Z",        "2026-02-14T08:30:00Z"},
    {"2026-02-14T11:30:00+03:00",   "2026-02-14T08:30:00Z"},
    {"2026-02-13T22:30:00-10:00",   "2026-02-14T08:30:00Z"},
    {"2026-02-14 11:30",            "2026-02-14T08:30:00Z"},
    {"2026-02-14 11:30:15",         "2026-02-14T08:30:15Z"},
    {"2026-02-14",                  "2026-02-13T21:00:00Z"},
    {"2026-02-14T08:30:00.123456Z", "2026-02-14T08:30:00Z"},
    {"1999-12-31T23:59:59Z",        "1999-12-31T23:59:59Z"},
    {"2026-02-14T24:00:00Z",        NULL                  },
    {"2026-02-14T08:60:00Z",        NULL                  },
    {"2026-02-14T08:30:60Z",        NULL                  },
    {"2026-02-14T",                 NULL                  },
    {"2026-02-14T08:30:00+3",       NULL                  },
    {"2026-02-30 08:30",            NULL                  },
    {"2026-02-14 8:30",             NULL                  },
    {"2026-02-14 08:30x",           NULL                  },
    {"2026-02-14T08:30:00.Z",       NULL                  },
    {"now",                         NULL                  },
    {"",                            NULL                  },
};

Test(stamp, reads_moments_with_a_zone_or_in_the_companys_own)
{
    for (size_t i = 0; i < COUNTOF(stamps); i++) {
        stamp_t got = {42};
        char out[STAMP_TEXT];
        enum rc rc = stamp_parse(str_from(stamps[i].typed), 180, "at", &got, NULL);
        if (stamps[i].utc) {
            cr_expect_eq(rc, RC_OK, "%s", stamps[i].typed);
            cr_expect_str_eq(stamp_text(got, out), stamps[i].utc);
        } else {
            cr_expect(rc == RC_BAD_PARAMS && got.usec == 42, "%s", stamps[i].typed);
        }
    }
}

Test(stamp, is_shown_and_counted_in_the_companys_own_zone)
{
    char out[STAMP_TEXT];
    stamp_t t;
    cr_assert_eq(stamp_parse(STR("2026-02-14T21:30:00Z"), 0, NULL, &t, NULL), RC_OK);
    cr_assert_str_eq(stamp_local(t, 180, out), "2026-02-15 00:30");
    cr_assert_str_eq(text(stamp_day(t, 180)), "2026-02-15");
    cr_assert_str_eq(text(stamp_day(t, 0)), "2026-02-14");
    cr_assert_str_eq(stamp_text((stamp_t){-1}, out), "1999-12-31T23:59:59Z");
}

Test(stamp, the_ends_of_the_scale_are_no_danger)
{
    char out[STAMP_TEXT];
    cr_assert_str_eq(stamp_local((stamp_t){INT64_MAX}, 840, out) + 7, " 04:00");
    cr_assert(stamp_text((stamp_t){INT64_MIN}, out) == out);
    cr_assert_gt(stamp_day((stamp_t){INT64_MAX}, 0).days, stamp_day((stamp_t){INT64_MIN}, -840).days);
}
