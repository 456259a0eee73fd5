/* Days and amounts as one person writes them: what is shown is read back as what it was. */
#include <criterion/criterion.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/wire/schema.h"

static struct locale_info
style(uint32_t dates, uint32_t amounts)
{
    return (struct locale_info){
        .exponent = 2, .offset_minutes = 180, .today = {9556}, .dates = dates, .amounts = amounts};
}

static struct value
back(struct arena *a, const struct locale_info *l, enum value_type type, const struct value *v)
{
    struct schema_field f = {.name = STR("it"), .label = STR("It"), .type = type};
    struct str shown = value_text(a, &f, v, l);
    struct value ret = VALUE_NULL;
    struct err err = {0};
    cr_assert_eq(value_read(a, &f, shown, l, &ret, &err), RC_OK, "%.*s: %s", STR_ARG(shown), err.text);
    return ret;
}

Test(locale, everything_shown_is_read_back_in_every_style)
{
    static const int64_t amounts[] = {
        0,         1,         50,           100,         99999,          100000,
        123456789, 100000000, 619500000000, 61950000001, 12345678901234, -61950050};
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (uint32_t s = 0; s < 16; s++) {
        struct locale_info l = style(s % 4, s / 4);
        for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
            struct value v = {.type = VT_MONEY, .money = {amounts[i]}};
            cr_expect_eq(back(&a, &l, VT_MONEY, &v).money.minor, amounts[i]);
        }
        for (int32_t day = -3000; day < 40000; day += 77) {
            struct value v = {.type = VT_DATE, .date = {day}};
            cr_expect_eq(back(&a, &l, VT_DATE, &v).date.days, day);
            struct value at = {.type = VT_STAMP, .stamp = {((int64_t)day * 1440 + day % 1440) * 60000000}};
            cr_expect_eq(back(&a, &l, VT_STAMP, &at).stamp.usec, at.stamp.usec);
        }
    }
    arena_done(&a);
}

Test(locale, is_as_the_person_wants)
{
    char text[MONEY_TEXT];
    money_t m = {123450050};
    date_t d = {9541};
    struct locale_info first = style(0, 0), second = style(SCREEN_DATES_SLASH, SCREEN_AMOUNTS_DOT),
                       third = style(SCREEN_DATES_DOT, SCREEN_AMOUNTS_BLANK);
    cr_expect_str_eq(locale_money(&first, m, text), "1,234,500.50");
    cr_expect_str_eq(locale_money(&second, m, text), "1.234.500,50");
    cr_expect_str_eq(locale_money(&third, m, text), "1 234 500,50");
    cr_expect_str_eq(locale_date(&first, d, text), "2026-02-14");
    cr_expect_str_eq(locale_date(&second, d, text), "14/02/2026");
    cr_expect_str_eq(locale_date(&third, d, text), "14.02.2026");
    cr_expect_str_eq(locale_stamp(&second, (stamp_t){INT64_C(9541) * 86400000000}, text), "14/02/2026 03:00");
}

Test(locale, short_amounts_are_understood_in_every_style)
{
    struct schema_field f = {.name = STR("it"), .label = STR("It"), .type = VT_MONEY};
    struct locale_info comma = style(0, SCREEN_AMOUNTS_COMMA), dot = style(0, SCREEN_AMOUNTS_DOT);
    struct arena a;
    struct value v = VALUE_NULL;
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    cr_assert_eq(value_read(&a, &f, STR("1.5m"), &comma, &v, &err), RC_OK);
    cr_expect_eq(v.money.minor, 150000000);
    cr_assert_eq(value_read(&a, &f, STR("1,5m"), &dot, &v, &err), RC_OK);
    cr_expect_eq(v.money.minor, 150000000);
    cr_assert_eq(value_read(&a, &f, STR("61k"), &dot, &v, &err), RC_OK);
    cr_expect_eq(v.money.minor, 6100000);
    cr_assert_eq(value_read(&a, &f, STR("619.500"), &dot, &v, &err), RC_OK);
    cr_expect_eq(v.money.minor, 61950000);
    arena_done(&a);
}
