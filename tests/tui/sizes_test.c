/* Every screen in three sizes and three themes: what must hold of each, whatever it shows. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/tui/harness.h"

#define SALE                                                                                                 \
    F6 "T 999 XYZ" ENTER "car" ENTER "Nissan" ENTER ENTER "0655 010 203" ENTER "Rehema Ally" ENTER ENTER     \
       "compr" ENTER "15m" ENTER

/* Who is signed in (NULL: an agent), the keys that lead there, what stands there. */
static const struct {
    const char *as, *keys, *shows;
} screens[] = {
    {NULL,        "",                                                               "find or do"       },
    {NULL,        "00" ENTER,                                                       "KK/26/00"         },
    {NULL,        "zzz" ENTER,                                                      "find or do"       },
    {NULL,        "customers" ENTER,                                                "Salma Ibrahim"    },
    {NULL,        "policies" ENTER,                                                 "KK/26/001841"     },
    {NULL,        "policies" ENTER "5" DOWN "9",                                    "KK/26/001841"     },
    {NULL,        "customers" ENTER "Cust",                                         "Cust"             },
    {NULL,        "policies" ENTER "/state=active" ENTER,                           "active"           },
    {NULL,        "policies" ENTER F4,                                              "State"            },
    {NULL,        "t337dse" ENTER,                                                  "Toyota Corolla"   },
    {NULL,        "001902" ENTER,                                                   "KK/26/001902"     },
    {NULL,        "001902" ENTER F4,                                                "Renew"            },
    {NULL,        "t337dse" ENTER F11,                                              "KK/26/001841"     },
    {NULL,        "t337dse" ENTER F11 F11,                                          "History"          },
    {NULL,        "t337dse" ENTER F11 F11 ENTER,                                    "Before"           },
    {NULL,        "t337dse" ENTER F11 F11 "5",                                      "As it was"        },
    {NULL,        "new customer" ENTER,                                             "ID number"        },
    {NULL,        "new customer" ENTER F10,                                         "Phone"            },
    {NULL,        "new customer" ENTER ENTER "Rehema" F12,                          "not saved yet"    },
    {NULL,        "new customer" ENTER F4,                                          "company"          },
    {NULL,        "new customer" ENTER DOWN DOWN DOWN DOWN F4,                      "2026"             },
    {NULL,        "new customer" ENTER ENTER "Rehema" ENTER "0712345678" ENTER F10, "Salma Ibrahim"    },
    {NULL,        "new vehicle" ENTER,                                              "Owner"            },
    {NULL,        "new vehicle" ENTER "t1" ENTER F4,                                "motorcycle"       },
    {NULL,        "t337dse" ENTER "2",                                              "Toyota Corolla"   },
    {NULL,        "001902" ENTER "4",                                               "Reason"           },
    {NULL,        "new customer" ENTER F1,                                          "Help"             },
    {NULL,        "new customer" ENTER F1 F1,                                       "Help"             },
    {NULL,        "new customer" ENTER F1 F1 F1,                                    "Keys"             },
    {NULL,        F2,                                                               "Commands"         },
    {NULL,        F2 "new",                                                         "New business"     },
    {NULL,        "t999xyz" F6,                                                     "Vehicle"          },
    {NULL,        F6 "t337dse" ENTER,                                               "on record"        },
    {NULL,        SALE,                                                             "Nissan"           },
    {NULL,        SALE ENTER,                                                       "T 999 XYZ"        },
    {"manager",   "my account" ENTER,                                               "amina@simba.co.tz"},
    {"manager",   "my account" ENTER "4",                                           "Change password"  },
    {"manager",   "users" ENTER,                                                    "User"             },
    {"manager",   "audit" ENTER,                                                    "policy cancel"    },
    {"viewer",    "",                                                               "find or do"       },
    {"limited",   "",                                                               "Bima"             },
    {"super",     "",                                                               "Bima"             },
    {"super",     "companies" ENTER,                                                "Simba"            },
    {"regulator", "",                                                               "Bima"             },
    {"regulator", "compliance" ENTER,                                               "SIMBA"            },
};

static const struct {
    int rows, cols;
} sizes[] = {
    {24, 80 },
    {40, 120},
    {20, 60 }
};

static const char *const themes[] = {"colour", "lean", "contrast"};

/* Numbers alone: the tests run in processes of their own. */
struct which {
    size_t screen, size, theme;
};

static struct screen *
open_screen(const struct which *w, const char *theme)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = sizes[w->size].rows,
                                                             .cols = sizes[w->size].cols,
                                                             .as = screens[w->screen].as,
                                                             .theme = theme});
    if (screens[w->screen].keys[0])
        screen_type(s, screens[w->screen].keys);
    return s;
}

/* The cursor is seen, and not where nothing is typed: the bar on top, the row of keys. */
static void
cursor_is_in_reach(struct screen *s, const struct which *w)
{
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert(row > 0 && row < sizes[w->size].rows - 1, "it stands on row %d:\n%s", row, screen_text(s));
}

/* All rows but that of the message, which goes with the next key. */
static char *
rows_of(struct screen *s, const struct which *w)
{
    char *ret = strdup(screen_text(s)), *o = ret;
    cr_assert(ret);
    for (int y = 0; y < sizes[w->size].rows; y++)
        if (y != sizes[w->size].rows - 2)
            o = stpcpy(stpcpy(o, screen_line(s, y)), "\n");
    return ret;
}

static void
is_the_same(struct screen *s, const struct which *w, const char *rows, const char *when)
{
    char *now = rows_of(s, w);
    cr_assert_str_eq(now, rows, "%s it is another:\n%s\n--- it was\n%s", when, now, rows);
    free(now);
}

static void
survives_painting(struct screen *s, const struct which *w)
{
    char *rows = rows_of(s, w);
    screen_type(s, "\014");
    is_the_same(s, w, rows, "painted anew");
    screen_resize(s, sizes[w->size].rows + 5, sizes[w->size].cols + 13);
    screen_idle(s);
    screen_resize(s, sizes[w->size].rows, sizes[w->size].cols);
    screen_idle(s);
    is_the_same(s, w, rows, "after more room and back");
    free(rows);
}

static void
says_what_colour_says(struct screen *s, const struct which *w)
{
    struct screen *colour = open_screen(w, "colour");
    char *a = screen_words(s), *b = screen_words(colour);
    cr_assert_str_eq(a, b, "other words than in colour:\n%s", screen_text(s));
    free(a);
    free(b);
    screen_stop(colour);
}

ParameterizedTestParameters(every_screen, in_every_size_and_theme)
{
    enum { EACH = COUNTOF(sizes) * COUNTOF(themes) };
    static struct which all[COUNTOF(screens) * EACH];
    for (size_t i = 0; i < COUNTOF(all); i++)
        all[i] = (struct which){i / EACH, i % EACH / COUNTOF(themes), i % COUNTOF(themes)};
    return cr_make_param_array(struct which, all, COUNTOF(all));
}

ParameterizedTest(struct which *w, every_screen, in_every_size_and_theme)
{
    struct screen *s = open_screen(w, themes[w->theme]);
    EXPECT_TEXT(s, screens[w->screen].shows);
    EXPECT_TEXT(s, " Bima");
    const char *keys = screen_line(s, sizes[w->size].rows - 1);
    cr_assert(strncmp(keys, "F1 Help", 7) == 0, "the row of keys: %s", keys);
    cursor_is_in_reach(s, w);
    if (strcmp(themes[w->theme], "colour") != 0)
        says_what_colour_says(s, w);
    survives_painting(s, w);
    screen_stop(s);
}
