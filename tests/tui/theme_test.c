/* Themes: their names, and whether what is painted can be read. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "client/tui/theme.h"

static const char *const accents[] = {"", "cyan", "blue", "green", "magenta", "red", "white", "yellow"};

Test(theme, every_name_reads_back)
{
    for (int t = THEME_AUTO + 1; t <= THEME_CONTRAST; t++)
        cr_assert_eq(theme_by_name(theme_name((enum theme)t)), (enum theme)t);
    cr_assert_eq(theme_by_name("pink"), THEME_AUTO);
    cr_assert_eq(theme_by_name(NULL), THEME_AUTO);
}

/* Red, green and blue of xterm's palette. */
static void
parts(int colour, double out[3])
{
    static const unsigned char first[8][3] = {
        {0,   0,   0  },
        {205, 0,   0  },
        {0,   205, 0  },
        {205, 205, 0  },
        {0,   0,   238},
        {205, 0,   205},
        {0,   205, 205},
        {229, 229, 229}
    };
    static const unsigned char step[6] = {0, 95, 135, 175, 215, 255};
    for (int i = 0; i < 3; i++) {
        int divide = i == 0 ? 36 : i == 1 ? 6 : 1;
        out[i] = colour < 8      ? first[colour][i]
                 : colour >= 232 ? 8 + (colour - 232) * 10
                                 : step[(colour - 16) / divide % 6];
    }
}

static double
light(int colour)
{
    static const double share[3] = {0.2126, 0.7152, 0.0722};
    double rgb[3], sum = 0;
    parts(colour, rgb);
    for (int i = 0; i < 3; i++) {
        double c = rgb[i] / 255;
        sum += share[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* The ratio of the accessibility guidelines: 1 the same, 21 black and white. */
static double
ratio(int a, int b)
{
    double x = light(a) + 0.05, y = light(b) + 0.05;
    return x > y ? x / y : y / x;
}

enum { BLACK = 16, WHITE = 231 };

Test(theme, all_colours_are_read_on_black_and_on_white)
{
    for (size_t i = 0; i < sizeof accents / sizeof accents[0]; i++)
        for (int r = 0; r < ROLES; r++) {
            struct theme_colours c = theme_colours(THEME_COLOUR, true, accents[i], (enum role)r);
            if (c.ink < 0)
                continue;
            if (c.ground >= 0) {
                cr_expect_geq(ratio(c.ink, c.ground), 3.5, "role %d of %s: %.1f", r, accents[i],
                              ratio(c.ink, c.ground));
                continue;
            }
            cr_expect_geq(ratio(c.ink, BLACK), 2.8, "role %d of %s on black: %.1f", r, accents[i],
                          ratio(c.ink, BLACK));
            cr_expect_geq(ratio(c.ink, WHITE), 2.5, "role %d of %s on white: %.1f", r, accents[i],
                          ratio(c.ink, WHITE));
        }
}

Test(theme, contrast_is_seven_at_least)
{
    for (int r = 0; r < ROLES; r++) {
        struct theme_colours c = theme_colours(THEME_CONTRAST, true, "blue", (enum role)r);
        if (c.ink >= 0)
            cr_expect_geq(ratio(c.ink, c.ground), 7, "role %d: %.1f", r, ratio(c.ink, c.ground));
    }
}

Test(theme, what_is_typed_is_plain_in_every_theme)
{
    for (int t = THEME_AUTO; t <= THEME_CONTRAST; t++)
        for (int rich = 0; rich < 2; rich++)
            cr_expect_eq(theme_colours((enum theme)t, rich, "blue", ROLE_TEXT).ink, -1);
}
