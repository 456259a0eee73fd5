#include <criterion/criterion.h>
#include <string.h>

#include "common/value/number.h"

Test(number, takes_the_whole_text_or_nothing)
{
    static const struct {
        const char *text;
        int64_t n;
        bool good;
    } rows[] = {
        {"0",                    0,         true },
        {"-7",                   -7,        true },
        {"007",                  7,         true },
        {"42",                   42,        true },
        {"",                     0,         false},
        {"-",                    0,         false},
        {"+1",                   0,         false},
        {" 1",                   0,         false},
        {"1 ",                   0,         false},
        {"1.0",                  0,         false},
        {"1,000",                0,         false},
        {"0x1",                  0,         false},
        {"--1",                  0,         false},
        {"1e3",                  0,         false},
        {"9223372036854775807",  INT64_MAX, true },
        {"-9223372036854775808", INT64_MIN, true },
        {"9223372036854775808",  0,         false},
        {"-9223372036854775809", 0,         false},
        {"99999999999999999999", 0,         false},
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        int64_t got = 4711;
        enum rc rc = number_parse(str_from(rows[i].text), INT64_MIN, INT64_MAX, "n", &got, NULL);
        cr_expect_eq(rc, rows[i].good ? RC_OK : RC_BAD_PARAMS, "%s", rows[i].text);
        cr_expect_eq(got, rows[i].good ? rows[i].n : 4711, "%s", rows[i].text);
    }
}

Test(number, keeps_its_range_and_says_which)
{
    int64_t got = 0;
    struct err err;
    cr_assert_eq(number_parse(STR("12"), 1, 12, "months", &got, &err), RC_OK);
    cr_assert_eq(number_parse(STR("13"), 1, 12, "months", &got, &err), RC_BAD_PARAMS);
    cr_assert_str_eq(err.text, "months must be a whole number from 1 to 12");
    cr_assert_eq(number_parse(STR("-1"), 0, INT64_MAX, "seats", &got, &err), RC_BAD_PARAMS);
    cr_assert_str_eq(err.text, "seats must be a whole number, at least 0");
    cr_assert_eq(number_parse(STR("9"), INT64_MIN, 8, NULL, &got, &err), RC_BAD_PARAMS);
    cr_assert_str_eq(err.text, "the value must be a whole number, at most 8");
    cr_assert_str_eq(err.field, "");
}

Test(yes_no, knows_its_words_in_both_languages_and_any_case)
{
    static const char *const yes[] = {"yes", "Y", "TRUE", "on", "1", "Ndiyo"};
    static const char *const no[] = {"no", "N", "False", "OFF", "0", "hapana"};
    static const char *const neither[] = {"", "yess", "ye", "2", "maybe", " yes"};
    for (size_t i = 0; i < COUNTOF(yes); i++) {
        bool got = false;
        cr_expect(bool_parse(str_from(yes[i]), "b", &got, NULL) == RC_OK && got, "%s", yes[i]);
    }
    for (size_t i = 0; i < COUNTOF(no); i++) {
        bool got = true;
        cr_expect(bool_parse(str_from(no[i]), "b", &got, NULL) == RC_OK && !got, "%s", no[i]);
    }
    for (size_t i = 0; i < COUNTOF(neither); i++) {
        bool got = true;
        cr_expect(bool_parse(str_from(neither[i]), "b", &got, NULL) == RC_BAD_PARAMS && got, "%s",
                  neither[i]);
    }
}
