#include <criterion/criterion.h>
#include <string.h>

#include "common/value/money.h"

Test(money, the_premium_of_the_trade_example_is_exact)
{
    struct err err;
    money_t sum = {1500000000}, premium, tax, total;
    cr_assert_eq(money_scale(sum, (rate_t){35000}, &premium, &err), RC_OK);
    cr_assert_eq(premium.minor, 52500000); /* 525,000.00 */
    cr_assert_eq(money_scale(premium, (rate_t){180000}, &tax, &err), RC_OK);
    cr_assert_eq(tax.minor, 9450000); /* 94,500.00 */
    cr_assert_eq(money_add(premium, tax, &total, &err), RC_OK);
    cr_assert_eq(total.minor, 61950000);
}

static const struct {
    int64_t minor;
    int32_t ppm;
    int64_t result;
} scales[] = {
    {1,         500000,  1               },
    {-1,        500000,  -1              },
    {1,         499999,  0               },
    {-1,        499999,  0               },
    {3,         500000,  2               },
    {-3,        500000,  -2              },
    {5,         300000,  2               },
    {-5,        300000,  -2              },
    {0,         35000,   0               },
    {100,       0,       0               },
    {1,         -500000, -1              },
    {7,         1000000, 7               },
    {333,       333333,  111             },
    {INT64_MAX, 1000000, INT64_MAX       },
    {INT64_MIN, 1000000, INT64_MIN       },
    {MONEY_MAX, 3500000, 3500000000000000},
};

Test(money, rounds_half_away_from_zero)
{
    for (size_t i = 0; i < COUNTOF(scales); i++) {
        money_t got = {42};
        cr_assert_eq(money_scale((money_t){scales[i].minor}, (rate_t){scales[i].ppm}, &got, NULL), RC_OK);
        cr_assert_eq(got.minor, scales[i].result, "row %zu", i);
    }
}

Test(money, a_result_that_leaves_64_bits_is_refused_and_nothing_is_changed)
{
    money_t got = {42};
    struct err err;
    cr_assert_eq(money_scale((money_t){INT64_MAX}, (rate_t){1000001}, &got, &err), RC_REFUSED);
    cr_assert_eq(money_scale((money_t){INT64_MIN}, (rate_t){INT32_MAX}, &got, &err), RC_REFUSED);
    cr_assert_eq(money_add((money_t){INT64_MAX}, (money_t){1}, &got, &err), RC_REFUSED);
    cr_assert_eq(got.minor, 42);
}

static const struct {
    const char *text;
    int exponent;
    int64_t minor;
} amounts[] = {
    {"15,000,000",      2, 1500000000},
    {"15 000 000",      2, 1500000000},
    {"15000000.50",     2, 1500000050},
    {"15000000.5",      2, 1500000050},
    {"61k",             2, 6100000   },
    {"61K",             0, 61000     },
    {"1.5m",            2, 150000000 },
    {"1.5M",            0, 1500000   },
    {"1.234567m",       0, 1234567   },
    {"-20",             2, -2000     },
    {"-0.01",           2, -1        },
    {"0",               2, 0         },
    {"  7 ",            2, 700       },
    {"007",             0, 7         },
    {"1,234.56",        2, 123456    },
    {"999",             3, 999000    },
    {"10000000000000",  2, MONEY_MAX },
    {"-10000000000000", 2, -MONEY_MAX},
    {"0.000001m",       0, 1         },
    {"1,000k",          2, 100000000 },
};

Test(money, reads_amounts_as_people_type_them)
{
    for (size_t i = 0; i < COUNTOF(amounts); i++) {
        money_t got = {42};
        cr_expect_eq(money_parse(str_from(amounts[i].text), amounts[i].exponent, "amount", &got, NULL), RC_OK,
                     "%s", amounts[i].text);
        cr_expect_eq(got.minor, amounts[i].minor, "%s", amounts[i].text);
    }
}

static const struct {
    const char *text;
    int exponent;
} no_amounts[] = {
    {"",           2},
    {" ",          2},
    {"-",          2},
    {"--1",        2},
    {"+1",         2},
    {"1.",         2},
    {".5",         2},
    {"1.234",      2},
    {"1.0",        0},
    {"1.5k5",      2},
    {"k",          2},
    {"1kk",        2},
    {"1.5.5",      2},
    {"1e3",        2},
    {"15,00",      2},
    {",500",       2},
    {"1,,000",     2},
    {"1,000 000",  2},
    {"1000,000",   2},
    {"1,0000",     2},
    {"1,000,",     2},
    {"12 34",      2},
    {"0x10",       2},
    {"١٥",       2},
    {"1.2345678m", 0},
    {"nan",        2},
    {"1,000.0,0",  2},
    {"1 k",        2},
};

Test(money, refuses_what_is_no_amount_and_names_the_field)
{
    for (size_t i = 0; i < COUNTOF(no_amounts); i++) {
        money_t got = {42};
        struct err err = {0};
        cr_expect_eq(money_parse(str_from(no_amounts[i].text), no_amounts[i].exponent, "premium", &got, &err),
                     RC_BAD_PARAMS, "%s", no_amounts[i].text);
        cr_expect_eq(got.minor, 42);
        cr_expect_str_eq(err.field, "premium");
        cr_expect(strstr(err.text, "premium") != NULL);
    }
}

Test(money, refuses_amounts_no_company_has)
{
    static const char *const large[] = {"10000000000000.01", "9223372036854775808", "10000001m",
                                        "-10000000000001", "99999999999999999999999999"};
    for (size_t i = 0; i < COUNTOF(large); i++) {
        money_t got = {42};
        struct err err;
        cr_expect_eq(money_parse(str_from(large[i]), 2, NULL, &got, &err), RC_BAD_PARAMS, "%s", large[i]);
        cr_expect_eq(got.minor, 42);
    }
}

static const struct {
    int64_t minor;
    int exponent;
    const char *text, *plain;
} texts[] = {
    {61950000,  2, "619,500",                    "619500.00"            },
    {61950050,  2, "619,500.50",                 "619500.50"            },
    {-2001,     2, "-20.01",                     "-20.01"               },
    {-1,        2, "-0.01",                      "-0.01"                },
    {0,         2, "0",                          "0.00"                 },
    {999,       0, "999",                        "999"                  },
    {1000,      0, "1,000",                      "1000"                 },
    {1234567,   3, "1,234.567",                  "1234.567"             },
    {INT64_MIN, 2, "-92,233,720,368,547,758.08", "-92233720368547758.08"},
    {INT64_MAX, 0, "9,223,372,036,854,775,807",  "9223372036854775807"  },
};

Test(money, is_written_for_people_and_for_machines)
{
    for (size_t i = 0; i < COUNTOF(texts); i++) {
        char out[MONEY_TEXT];
        cr_expect_str_eq(money_text((money_t){texts[i].minor}, texts[i].exponent, out), texts[i].text);
        cr_expect_str_eq(money_plain((money_t){texts[i].minor}, texts[i].exponent, out), texts[i].plain);
    }
}

Test(money, what_is_written_reads_back_as_the_same_amount)
{
    for (int64_t minor = -5000000; minor <= 5000000; minor += 997) {
        char out[MONEY_TEXT];
        money_t got;
        cr_assert_eq(money_parse(str_from(money_text((money_t){minor}, 2, out)), 2, NULL, &got, NULL), RC_OK);
        cr_assert_eq(got.minor, minor);
        cr_assert_eq(money_parse(str_from(money_plain((money_t){minor}, 2, out)), 2, NULL, &got, NULL),
                     RC_OK);
        cr_assert_eq(got.minor, minor);
    }
}

static const struct {
    const char *text;
    int32_t ppm; /* -1: refused */
    const char *again;
} rates[] = {
    {"3.5",       35000,    "3.5"   },
    {"3.5%",      35000,    "3.5"   },
    {"3.5 %",     35000,    "3.5"   },
    {"18",        180000,   "18"    },
    {"0",         0,        "0"     },
    {"0.0001",    1,        "0.0001"},
    {"1000",      10000000, "1000"  },
    {"12.3450",   123450,   "12.345"},
    {"1000.0001", -1,       NULL    },
    {"0.00001",   -1,       NULL    },
    {"-1",        -1,       NULL    },
    {"",          -1,       NULL    },
    {"%",         -1,       NULL    },
    {"3.5%%",     -1,       NULL    },
    {"1,000",     -1,       NULL    },
    {"3,5",       -1,       NULL    },
};

Test(rate, reads_percentages_with_at_most_four_decimals)
{
    for (size_t i = 0; i < COUNTOF(rates); i++) {
        rate_t got = {42};
        struct err err = {0};
        char out[MONEY_TEXT];
        enum rc rc = rate_parse(str_from(rates[i].text), "tax", &got, &err);
        if (rates[i].ppm < 0) {
            cr_expect(rc == RC_BAD_PARAMS && got.ppm == 42, "%s", rates[i].text);
            cr_expect_str_eq(err.field, "tax");
            continue;
        }
        cr_expect(rc == RC_OK && got.ppm == rates[i].ppm, "%s", rates[i].text);
        cr_expect_str_eq(rate_text(got, out), rates[i].again);
    }
}
