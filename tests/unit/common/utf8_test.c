#include <criterion/criterion.h>

#include "common/base/attr.h"
#include "common/base/utf8.h"

#define BYTES(lit) ((struct str){"" lit, sizeof(lit) - 1})

Test(utf8, takes_every_length_and_the_edges)
{
    cr_assert(utf8_valid(STR_NONE));
    cr_assert(utf8_valid(STR("Ngɔma · 保险 🚗")));
    cr_assert(
        utf8_valid(BYTES("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")));
}

Test(utf8, refuses_what_is_not_strict)
{
    const struct str bad[] = {
        BYTES("\x80"),             /* a tail alone */
        BYTES("\xC3"),             /* cut short */
        BYTES("\xE2\x82"),         /* cut short */
        BYTES("\xF0\x9F\x9A"),     /* cut short */
        BYTES("\xC0\xAF"),         /* overlong */
        BYTES("\xC1\xBF"),         /* overlong */
        BYTES("\xE0\x9F\xBF"),     /* overlong */
        BYTES("\xF0\x8F\xBF\xBF"), /* overlong */
        BYTES("\xED\xA0\x80"),     /* surrogate */
        BYTES("\xED\xBF\xBF"),     /* surrogate */
        BYTES("\xF4\x90\x80\x80"), /* past the last code point */
        BYTES("\xF5\x80\x80\x80"),
        BYTES("\xFF"),
        BYTES("\xC3\x28"),
    };
    for (size_t i = 0; i < COUNTOF(bad); i++)
        cr_assert_not(utf8_valid(bad[i]), "case %zu", i);
}

Test(utf8, bad_bytes_read_as_the_replacement_one_at_a_time)
{
    size_t pos = 0;
    struct str s = BYTES("a\xE2\x82z");
    cr_assert_eq(utf8_next(s, &pos), 'a');
    cr_assert_eq(utf8_next(s, &pos), 0xFFFD);
    cr_assert_eq(utf8_next(s, &pos), 0xFFFD);
    cr_assert_eq(utf8_next(s, &pos), 'z');
    cr_assert_eq(pos, s.n);
    cr_assert_eq(utf8_next(s, &pos), 0xFFFD);
    cr_assert_eq(pos, s.n);
}

Test(utf8, every_code_point_encodes_and_decodes_to_itself)
{
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        size_t n = utf8_put(cp, bytes), pos = 0;
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        cr_assert_eq(n == 0, surrogate);
        if (n)
            cr_assert(utf8_next((struct str){bytes, n}, &pos) == cp && pos == n);
    }
    char bytes[4];
    cr_assert_eq(utf8_put(0x110000, bytes), 0);
}

Test(utf8, columns_are_those_of_a_terminal)
{
    static const struct {
        uint32_t cp;
        int width;
    } rows[] = {
        {'a',     1},
        {0,       0},
        {0x1B,    0},
        {0x7F,    0},
        {0x9F,    0},
        {0xA0,    1},
        {0xAD,    1},
        {0xE9,    1},
        {0x301,   0},
        {0x200B,  0},
        {0x200D,  0},
        {0xFE0F,  0},
        {0x1100,  2},
        {0x1160,  0},
        {0x3042,  2},
        {0x4FDD,  2},
        {0xAC00,  2},
        {0xFF21,  2},
        {0xFF71,  1},
        {0x1F697, 2},
        {0x1F600, 2},
        {0x20000, 2},
        {0x2587,  1},
        {0x2500,  1},
        {0xB7,    1},
        {0x5D0,   1},
        {0x64B,   0},
        {0xE01,   1},
        {0xE31,   0},
        {0xFFFD,  1},
        {0x1F1F9, 1},
        {0x2026,  1},
    };
    for (size_t i = 0; i < COUNTOF(rows); i++)
        cr_expect_eq(utf8_width_cp(rows[i].cp), rows[i].width, "U+%04X is %d", rows[i].cp,
                     utf8_width_cp(rows[i].cp));
}

Test(utf8, fits_whole_characters_into_columns)
{
    struct str s = STR("a保e\xCC\x81z");
    cr_assert_eq(utf8_width(s), 5);
    cr_assert_eq(utf8_fit(s, 0).n, 0);
    cr_assert_eq(utf8_fit(s, 1).n, 1);
    cr_assert_eq(utf8_fit(s, 2).n, 1);
    cr_assert_eq(utf8_fit(s, 3).n, 4);
    cr_assert_eq(utf8_fit(s, 4).n, 7); /* the accent comes with its letter */
    cr_assert_eq(utf8_fit(s, 99).n, s.n);
}

Test(utf8, finds_control_characters_of_every_kind)
{
    cr_assert_not(utf8_has_control(STR("Mwanza é ·")));
    cr_assert(utf8_has_control(BYTES("a\0b")));
    cr_assert(utf8_has_control(STR("a\x1B[31m")));
    cr_assert(utf8_has_control(STR("\x7F")));
    cr_assert(utf8_has_control(STR("\xC2\x9B")));
    cr_assert(utf8_has_control(STR("\n")));
}

Test(utf8, a_cut_leaves_whole_characters)
{
    const struct str s = STR("aéz保x");
    static const size_t kept[] = {0, 1, 1, 3, 4, 4, 4, 7, 8, 8};
    for (size_t i = 0; i < COUNTOF(kept); i++)
        cr_expect_eq(utf8_cut(s, i).n, kept[i], "%zu", i);
}
