#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>

/* What a piece of the screen means. The theme says how each meaning looks; meaning is never colour alone. */
enum role {
    ROLE_TEXT,  /* typed and read: always plain, so a typed key costs one byte */
    ROLE_TITLE, /* the bar on top */
    ROLE_BRAND, /* the product's name in it */
    ROLE_HEAD,  /* headings of groups, columns, boxes */
    ROLE_LABEL,
    ROLE_FRAME, /* rules, boxes, leaders, fill of fields */
    ROLE_DIM,
    ROLE_FOCUS, /* the > marker */
    ROLE_GOOD,
    ROLE_SOON,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_KEY,    /* a key's name in the key bar */
    ROLE_KEYBAR, /* its label */
    ROLE_CHART,
    ROLE_DRAWING, /* a QR code: light on dark, or no camera reads it */
    ROLES
};

/* COLOUR: the handsome one. LEAN: fewest bytes. MONO: without colours. CONTRAST: white and yellow on black.
 */
enum theme { THEME_AUTO, THEME_COLOUR, THEME_LEAN, THEME_MONO, THEME_CONTRAST };

/* By name: "colour", "lean", "mono", "contrast"; anything else is THEME_AUTO. */
enum theme theme_by_name(const char *name);
const char *theme_name(enum theme theme); /* "" of THEME_AUTO */
/* Accents a company may choose, by their words; anything else is the theme's own. */
void theme_accent(const char *colour);
/* After curses has started, and again when the person chooses another. AUTO looks at NO_COLOR and the
   terminal. */
void theme_start(enum theme wanted);
bool theme_is_lean(void);
enum theme theme_now(void); /* never AUTO */

/* The colours of a role by their numbers, -1 the terminal's own; `rich`: of 256. */
struct theme_colours {
    short ink, ground;
};
struct theme_colours theme_colours(enum theme theme, bool rich, const char *accent, enum role role);

#endif
