/* Numbers from a tenant's pattern. */
#include <criterion/criterion.h>

#include "common/base/arena.h"

#include "server/rule/number.h"

static struct arena arena;

static void
open_arena(void)
{
    arena_init(&arena, 1 << 20, NULL, NULL);
}

static void
close_arena(void)
{
    arena_done(&arena);
}

TestSuite(number, .init = open_arena, .fini = close_arena);

static const struct number_parts parts = {
    .prefix = {"SI", 2},
      .branch = {"KK", 2},
      .year = 2026, .seq = 41
};

Test(number, patterns_are_filled)
{
    static const struct {
        const char *pattern, *want;
    } rows[] = {
        {"{branch}/{year}/{seq:6}",          "KK/2026/000041"   },
        {"{prefix}/{branch}/{year}/{seq:6}", "SI/KK/2026/000041"},
        {"R-{year:2}-{seq}",                 "R-26-41"          },
        {"{seq:1}",                          "41"               },
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct str got = STR_NONE;
        cr_assert_eq(number_make(&arena, str_from(rows[i].pattern), &parts, &got, NULL), RC_OK);
        cr_expect(str_eq_c(got, rows[i].want), "%.*s", STR_ARG(got));
    }
}

Test(number, a_serial_longer_than_its_width_is_kept_whole)
{
    struct number_parts many = parts;
    struct str got = STR_NONE;
    many.seq = 12345678;
    cr_assert_eq(number_make(&arena, STR("{seq:6}"), &many, &got, NULL), RC_OK);
    cr_expect(str_eq_c(got, "12345678"));
}

Test(number, what_is_no_pattern_is_refused)
{
    static const char *const bad[] = {"",
                                      "{year}",
                                      "{seq",
                                      "{seq:}0{seq:x}",
                                      "{seq:0}",
                                      "{seq:99}",
                                      "{month}/{seq}",
                                      "{}{seq}",
                                      "{seq}-0123456789012345678901234567890123456789"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct str got = STR_NONE;
        struct err err;
        cr_expect_eq(number_make(&arena, str_from(bad[i]), &parts, &got, &err), RC_REFUSED, "%s", bad[i]);
        cr_expect_eq(got.n, 0);
    }
}

Test(number, a_pattern_says_what_its_counter_runs_by)
{
    cr_expect(number_by_branch(STR("{branch}/{seq}")));
    cr_expect_not(number_by_branch(STR("branch/{seq}")));
    cr_expect(number_by_year(STR("{year:2}/{seq}")));
    cr_expect_not(number_by_year(STR("{years}/{seq}")));
}
