#ifndef TUI_PAINT_H
#define TUI_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "client/tui/theme.h"
#include "common/base/str.h"

/*
 * Drawing. Everything goes into an area and is clipped to it; what does not fit ends in ">". Nothing reaches
 * the terminal before term_show. The last paint_cursor of a pass decides where the real cursor stands.
 */
struct area {
    int y, x, rows, cols;
};

struct area area_sub(const struct area *a, int y, int x, int rows, int cols); /* clamped */
struct area area_centre(const struct area *a, int rows, int cols);

/* Where and how one piece of text goes. width 0: up to the right edge. */
struct spot {
    int y, x, width;
    enum role role;
    bool right; /* aligned to the right of `width` */
};

/* Returns the columns used (without padding). */
int paint(const struct area *a, struct spot at, struct str text);
int paint_text(const struct area *a, int y, int x, enum role role, const char *text);
int paint_format(const struct area *a, struct spot at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* n copies of one character. */
void paint_run(const struct area *a, struct spot at, uint32_t cp, int n);
/* A line across, n columns of it. */
void paint_rule(const struct area *a, int y, int x, int n);
/* A frame round the whole area, cleared inside, with an optional title. Returns what is inside. */
struct area paint_box(const struct area *a, struct str title);
void paint_clear(const struct area *a);
void paint_cursor(const struct area *a, int y, int x);

/* Has the terminal block characters? */
bool paint_has_blocks(void);
/* Bars of one row, scaled to their largest: block glyphs, or " .:-=+#" where the terminal has none. */
void paint_spark(const struct area *a, struct spot at, const int64_t *values, int n);

/* The mark and role of a tone: "!!", "!", ".", "". */
struct tone_look {
    const char *mark;
    enum role role;
};
struct tone_look tone_look(int tone);

#endif
