#include "client/tui/theme.h"

#include <ncurses.h>
#include <stdlib.h>
#include <string.h>

#include "client/tui/paint_private.h"
#include "common/base/attr.h"

static struct {
    enum theme theme;
    attr_t attrs[ROLES];
    short pairs[ROLES];
    short ground;
} now;

static const struct {
    enum theme theme;
    const char *name;
} names[] = {
    {THEME_COLOUR, "colour"},
    {THEME_LEAN,   "lean"  },
    {THEME_MONO,   "mono"  }
};

/* How each meaning looks without colour, and the colour it takes where there is one. */
static const struct {
    attr_t mono;
    attr_t colour;
    short ink;
} looks[ROLES] = {
    [ROLE_TEXT] = {A_NORMAL,           A_NORMAL,           -1          },
    [ROLE_TITLE] = {A_REVERSE,          A_REVERSE,          COLOR_CYAN  },
    [ROLE_BRAND] = {A_REVERSE | A_BOLD, A_REVERSE | A_BOLD, COLOR_CYAN  },
    [ROLE_HEAD] = {A_BOLD,             A_BOLD,             COLOR_CYAN  },
    [ROLE_LABEL] = {A_NORMAL,           A_NORMAL,           -1          },
    [ROLE_FRAME] = {A_NORMAL,           A_DIM,              -1          },
    [ROLE_DIM] = {A_NORMAL,           A_DIM,              -1          },
    [ROLE_FOCUS] = {A_BOLD,             A_BOLD,             COLOR_CYAN  },
    [ROLE_GOOD] = {A_NORMAL,           A_NORMAL,           COLOR_GREEN },
    [ROLE_SOON] = {A_NORMAL,           A_NORMAL,           COLOR_CYAN  },
    [ROLE_WARN] = {A_BOLD,             A_BOLD,             COLOR_YELLOW},
    [ROLE_BAD] = {A_BOLD,             A_BOLD,             COLOR_RED   },
    [ROLE_KEY] = {A_BOLD,             A_BOLD,             COLOR_CYAN  },
    [ROLE_KEYBAR] = {A_NORMAL,           A_NORMAL,           -1          },
    [ROLE_CHART] = {A_NORMAL,           A_NORMAL,           COLOR_CYAN  },
    [ROLE_DRAWING] = {A_NORMAL,           A_NORMAL,           COLOR_WHITE },
};

enum theme
theme_by_name(const char *name)
{
    for (size_t i = 0; name && i < COUNTOF(names); i++)
        if (!strcmp(names[i].name, name))
            return names[i].theme;
    return THEME_AUTO;
}

/* Old terminals and lines that cost: as few bytes as can be. */
static bool
wants_lean(void)
{
    const char *term = getenv("TERM");
    return !term || !strncmp(term, "vt", 2) || !strcmp(term, "dumb");
}

static bool
no_colour(void)
{
    const char *v = getenv("NO_COLOR");
    return (v && *v) || !has_colors();
}

void
theme_start(enum theme wanted)
{
    now.theme = wanted;
    if (wanted == THEME_AUTO)
        now.theme = wants_lean() ? THEME_LEAN : THEME_COLOUR;
    if (now.theme == THEME_COLOUR && no_colour())
        now.theme = THEME_MONO;
    bool colour = now.theme == THEME_COLOUR;
    short ground = COLOR_BLACK;
    if (colour) {
        start_color();
        ground = use_default_colors() == OK ? -1 : COLOR_BLACK;
    }
    now.ground = ground;
    for (int r = 0; r < ROLES; r++) {
        now.attrs[r] = now.theme == THEME_LEAN ? (r == ROLE_TITLE || r == ROLE_BRAND ? A_REVERSE : A_NORMAL)
                       : colour                ? looks[r].colour
                                               : looks[r].mono;
        now.pairs[r] = 0;
        if (colour && looks[r].ink >= 0) {
            init_pair((short)(r + 1), looks[r].ink, r == ROLE_DRAWING ? COLOR_BLACK : ground);
            now.pairs[r] = (short)(r + 1);
        }
    }
}

/* Colours that mean something of their own keep it. */
void
theme_accent(const char *colour)
{
    static const enum role accented[] = {ROLE_TITLE, ROLE_BRAND, ROLE_HEAD, ROLE_FOCUS, ROLE_KEY, ROLE_CHART};
    static const struct {
        const char *name;
        short ink;
    } inks[] = {
        {"blue",    COLOR_BLUE   },
        {"cyan",    COLOR_CYAN   },
        {"green",   COLOR_GREEN  },
        {"magenta", COLOR_MAGENTA},
        {"red",     COLOR_RED    },
        {"white",   COLOR_WHITE  },
        {"yellow",  COLOR_YELLOW }
    };
    short ink = COLOR_CYAN;
    for (size_t i = 0; i < COUNTOF(inks); i++)
        if (colour && !strcmp(inks[i].name, colour))
            ink = inks[i].ink;
    for (size_t i = 0; i < COUNTOF(accented); i++)
        if (now.pairs[accented[i]])
            init_pair(now.pairs[accented[i]], ink, now.ground);
}

bool
theme_is_lean(void)
{
    return now.theme == THEME_LEAN;
}

void
theme_look(enum role role, unsigned long *ret_attrs, short *ret_pair)
{
    *ret_attrs = now.attrs[role];
    *ret_pair = now.pairs[role];
}
