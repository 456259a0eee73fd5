/* Settings that are words. */
#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "server/rule/setting_words.h"

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

TestSuite(setting, .init = open_arena, .fini = close_arena);

Test(setting, reminders_are_numbers_of_days_the_latest_last_and_each_once)
{
    struct str got;
    struct err e;
    cr_assert_eq(setting_reminders(&arena, STR(" 7, 30;30\n1 "), &got, &e), RC_OK);
    cr_expect(str_eq_c(got, "30 7 1"));
    cr_assert_eq(setting_reminders(&arena, STR(""), &got, &e), RC_OK);
    cr_expect_eq(got.n, 0);
    cr_assert_eq(setting_reminders(&arena, STR("0 366"), &got, &e), RC_OK);
    cr_expect(str_eq_c(got, "366 0"));
    static const char *const bad[] = {"soon", "-1", "367", "1 2 3 4 5 6 7 8 9 10 11 12 13", "1.5"};
    for (size_t i = 0; i < COUNTOF(bad); i++)
        cr_expect_eq(setting_reminders(&arena, str_from(bad[i]), &got, &e), RC_REFUSED, "%s", bad[i]);
}

Test(setting, the_next_reminder_is_the_first_day_behind_today)
{
    date_t today = {20000}, next = {0};
    static const struct {
        int ends, expected; /* days behind today; 0: none is left */
    } days[] = {
        {61, 1 },
        {60, 30},
        {31, 1 },
        {30, 16},
        {2,  1 },
        {1,  1 },
        {0,  0 }
    };
    for (size_t i = 0; i < COUNTOF(days); i++) {
        next = today;
        bool left =
            setting_next_reminder(STR("60 30 14 7 1 0"), date_add_days(today, days[i].ends), today, &next);
        cr_expect_eq(left, days[i].expected != 0, "in %d days", days[i].ends);
        cr_expect_eq(next.days - today.days, days[i].expected, "in %d days: %d", days[i].ends,
                     next.days - today.days);
    }
    cr_expect_not(setting_next_reminder(STR(""), date_add_days(today, 9), today, &next));
}

Test(setting, a_pattern_gives_numbers_for_the_longest_codes)
{
    struct err e;
    cr_expect_eq(setting_pattern(&arena, STR("{prefix}/{branch}/{year}/{seq:6}"), &e), RC_OK);
    cr_expect_eq(setting_pattern(&arena, STR("{branch}/{year}"), &e), RC_REFUSED);
    cr_expect_eq(setting_pattern(&arena, STR("{seq:6}{nothing}"), &e), RC_REFUSED);
    cr_expect_eq(setting_pattern(&arena, STR("a long text that leaves no room/{branch}/{seq:6}"), &e),
                 RC_REFUSED);
}

Test(setting, modules_are_known_and_named_once)
{
    struct str got;
    struct err e;
    cr_assert_eq(setting_modules(&arena, STR(" certificates, certificates "), &got, &e), RC_OK);
    cr_expect(str_eq_c(got, "certificates"));
    cr_assert_eq(setting_modules(&arena, STR(""), &got, &e), RC_OK);
    cr_expect_eq(got.n, 0);
    cr_expect_eq(setting_modules(&arena, STR("policies"), &got, &e), RC_REFUSED);
    cr_expect(strstr(e.text, "renewals") && strstr(e.text, "certificates"), "it says what there is: %s",
              e.text);
}

Test(setting, prefixes_and_colours_are_what_screens_and_phones_can_do)
{
    cr_expect(setting_prefix_fits(STR("255")) && setting_prefix_fits(STR("1")));
    cr_expect_not(setting_prefix_fits(STR("")) || setting_prefix_fits(STR("0255")) ||
                  setting_prefix_fits(STR("+255")) || setting_prefix_fits(STR("25512")));
    cr_expect(setting_colour_fits(STR("green")) && setting_colour_fits(STR("")));
    cr_expect_not(setting_colour_fits(STR("pink")));
}
