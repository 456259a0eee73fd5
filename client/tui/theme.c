#include "client/tui/theme.h"

#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/tui/paint_private.h"
#include "common/base/attr.h"

enum {
    RICH = 256,   /* colours of a terminal that can have the handsome ones */
    THIN_MS = 80, /* there and back: on such a line a screen is made of as few bytes as can be */
};

static struct {
    enum theme theme;
    char accent[16];
    attr_t attrs[ROLES];
    short pairs[ROLES];
} now;

static const struct {
    enum theme theme;
    const char *name;
} names[] = {
    {THEME_COLOUR,   "colour"  },
    {THEME_LEAN,     "lean"    },
    {THEME_MONO,     "mono"    },
    {THEME_CONTRAST, "contrast"}
};

/* What a company may choose: for the bar on top, the name in it, and headings and keys. Of 8 colours the one.
 */
static const struct accent {
    const char *name;
    short plain, bar, brand, ink;
} accents[] = {
    {"cyan",    COLOR_CYAN,    23,  30,  37 },
    {"blue",    COLOR_BLUE,    24,  31,  32 },
    {"green",   COLOR_GREEN,   22,  28,  34 },
    {"magenta", COLOR_MAGENTA, 53,  90,  133},
    {"red",     COLOR_RED,     88,  124, 167},
    {"white",   COLOR_WHITE,   238, 242, 244},
    {"yellow",  COLOR_YELLOW,  58,  94,  136},
};

/* Instead of a colour: the terminal's own, and those of the accent. */
enum { OWN = -1, BAR = -2, BRAND = -3, INK = -4 };

/* How each meaning looks: without colour, with 8 and with 256 of them (readable on black and on white), and
   where all must be seen (on black, whatever the terminal's ground). Text that is typed is always plain. */
static const struct look {
    attr_t mono, plain, rich, contrast;
    short plain_ink, rich_ink, rich_ground, contrast_ink, contrast_ground;
} looks[ROLES] = {
    [ROLE_TEXT] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_NORMAL, OWN,          OWN, OWN,   OWN,          OWN         },
    [ROLE_TITLE] = {A_REVERSE,          A_REVERSE,          A_NORMAL, A_NORMAL, INK,          255, BAR,   COLOR_BLACK,  COLOR_WHITE },
    [ROLE_BRAND] = {A_REVERSE | A_BOLD, A_REVERSE | A_BOLD, A_BOLD,   A_NORMAL, INK,          231, BRAND, COLOR_BLACK,
                   COLOR_YELLOW                                                                                                    },
    [ROLE_HEAD] = {A_BOLD,             A_BOLD,             A_BOLD,   A_BOLD,   INK,          INK, OWN,   COLOR_YELLOW, COLOR_BLACK },
    [ROLE_LABEL] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_NORMAL, OWN,          OWN, OWN,   OWN,          OWN         },
    [ROLE_FRAME] = {A_NORMAL,           A_DIM,              A_NORMAL, A_NORMAL, OWN,          242, OWN,   OWN,          OWN         },
    [ROLE_DIM] = {A_NORMAL,           A_DIM,              A_NORMAL, A_NORMAL, OWN,          244, OWN,   OWN,          OWN         },
    [ROLE_FOCUS] = {A_BOLD,             A_BOLD,             A_BOLD,   A_BOLD,   INK,          INK, OWN,   COLOR_YELLOW, COLOR_BLACK },
    [ROLE_GOOD] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_BOLD,   COLOR_GREEN,  34,  OWN,   COLOR_GREEN,  COLOR_BLACK },
    [ROLE_SOON] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_BOLD,   COLOR_CYAN,   37,  OWN,   COLOR_CYAN,   COLOR_BLACK },
    [ROLE_WARN] = {A_BOLD,             A_BOLD,             A_BOLD,   A_BOLD,   COLOR_YELLOW, 166, OWN,   COLOR_YELLOW, COLOR_BLACK },
    [ROLE_BAD] = {A_BOLD,             A_BOLD,             A_BOLD,   A_NORMAL, COLOR_RED,    196, OWN,   COLOR_BLACK,  COLOR_YELLOW},
    [ROLE_KEY] = {A_BOLD,             A_BOLD,             A_BOLD,   A_BOLD,   INK,          INK, OWN,   COLOR_YELLOW, COLOR_BLACK },
    [ROLE_KEYBAR] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_NORMAL, OWN,          OWN, OWN,   OWN,          OWN         },
    [ROLE_CHART] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_NORMAL, INK,          INK, OWN,   COLOR_CYAN,   COLOR_BLACK },
    [ROLE_DRAWING] = {A_NORMAL,           A_NORMAL,           A_NORMAL, A_NORMAL, COLOR_WHITE,  231, 16,    COLOR_WHITE,  COLOR_BLACK },
};

enum theme
theme_by_name(const char *name)
{
    for (size_t i = 0; name && i < COUNTOF(names); i++)
        if (!strcmp(names[i].name, name))
            return names[i].theme;
    return THEME_AUTO;
}

const char *
theme_name(enum theme theme)
{
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (names[i].theme == theme)
            return names[i].name;
    return "";
}

/* The line the screen itself goes over: the service says how long it is when it has started us; how long that
   of another program is nobody knows. */
static bool
line_is_thin(void)
{
    const char *measured = getenv("BIMA_LINE_MS"), *over = getenv("SSH_CONNECTION");
    return measured ? strtol(measured, NULL, 10) > THIN_MS : over && *over;
}

/* Old terminals and lines that cost: as few bytes as can be. */
static bool
wants_lean(void)
{
    const char *term = getenv("TERM");
    return !term || !strncmp(term, "vt", 2) || !strcmp(term, "dumb") || line_is_thin();
}

static bool
no_colour(void)
{
    const char *v = getenv("NO_COLOR");
    return (v && *v) || !has_colors();
}

static const struct accent *
accent_of(const char *name)
{
    for (size_t i = 0; name && i < COUNTOF(accents); i++)
        if (!strcmp(accents[i].name, name))
            return &accents[i];
    return &accents[0];
}

static short
colour_of(short colour, const struct accent *a, bool rich)
{
    if (colour == OWN)
        return OWN;
    if (!rich)
        return colour == INK ? a->plain : colour;
    return colour == BAR ? a->bar : colour == BRAND ? a->brand : colour == INK ? a->ink : colour;
}

struct theme_colours
theme_colours(enum theme theme, bool rich, const char *accent, enum role role)
{
    const struct look *l = &looks[role];
    const struct accent *a = accent_of(accent);
    struct theme_colours none = {OWN, OWN};
    if (theme == THEME_CONTRAST)
        return (struct theme_colours){l->contrast_ink, l->contrast_ground};
    if (theme != THEME_COLOUR)
        return none;
    if (!rich)
        return (struct theme_colours){colour_of(l->plain_ink, a, false),
                                      role == ROLE_DRAWING ? COLOR_BLACK : OWN};
    return (struct theme_colours){colour_of(l->rich_ink, a, true), colour_of(l->rich_ground, a, true)};
}

static attr_t
attrs_of(const struct look *l, enum role r, bool colour, bool rich)
{
    if (now.theme == THEME_LEAN)
        return r == ROLE_TITLE || r == ROLE_BRAND ? A_REVERSE : A_NORMAL;
    if (!colour)
        return now.theme == THEME_CONTRAST ? l->mono & ~A_DIM : l->mono;
    return now.theme == THEME_CONTRAST ? l->contrast : rich ? l->rich : l->plain;
}

static void
apply(void)
{
    bool colour = (now.theme == THEME_COLOUR || now.theme == THEME_CONTRAST) && !no_colour();
    bool rich = colour && COLORS >= RICH && COLOR_PAIRS > ROLES;
    short ground = OWN;
    if (colour) {
        start_color();
        bool white = now.theme == THEME_CONTRAST;
        if (assume_default_colors(white ? COLOR_WHITE : OWN, white ? COLOR_BLACK : OWN) != OK)
            ground = COLOR_BLACK;
    }
    for (int r = 0; r < ROLES; r++) {
        struct theme_colours c = theme_colours(now.theme, rich, now.accent, (enum role)r);
        now.attrs[r] = attrs_of(&looks[r], (enum role)r, colour, rich);
        now.pairs[r] = 0;
        if (colour && c.ink != OWN) {
            init_pair((short)(r + 1), c.ink, c.ground == OWN ? ground : c.ground);
            now.pairs[r] = (short)(r + 1);
        }
    }
}

void
theme_start(enum theme wanted)
{
    now.theme = wanted == THEME_AUTO ? wants_lean() ? THEME_LEAN : THEME_COLOUR : wanted;
    if (now.theme == THEME_COLOUR && no_colour())
        now.theme = THEME_MONO;
    apply();
}

/* Colours that mean something of their own keep it. */
void
theme_accent(const char *colour)
{
    snprintf(now.accent, sizeof now.accent, "%s", colour ? colour : "");
    apply();
}

bool
theme_is_lean(void)
{
    return now.theme == THEME_LEAN;
}

enum theme
theme_now(void)
{
    return now.theme;
}

void
theme_look(enum role role, unsigned long *ret_attrs, short *ret_pair)
{
    *ret_attrs = now.attrs[role];
    *ret_pair = now.pairs[role];
}
