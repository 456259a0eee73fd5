#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "client/tui/view.h"

/* Text to read, wrapped to the width, scrolled by line and page; as a screen or as a box over another. A line
   that starts with "# " is a heading; one that draws with block characters (a QR code) is never wrapped, is
   painted light on dark whatever the theme, and left out where the terminal has no such characters. The text
   is copied. */
struct view *pager_open(struct tui *t, struct str title, struct str text, bool box);
/* For views of their own that show text: the widget alone. */
struct pager {
    struct str text;
    int top, rows, lines;
    bool tables; /* lines of columns (blanks side by side) are cut, not wrapped; pager_pan shows the rest */
    int left, widest;
    bool hang; /* what follows a gap in a line goes on under its own beginning */
};
/* Moves a step to the side, as far as the widest line of columns goes; false: there is nothing there. */
bool pager_pan(struct pager *p, int step);
/* Does a line draw with half and full blocks? */
bool pager_draws(struct str line);
/* Columns of its widest drawn line and how many of them there are; 0 without any. */
void pager_drawing(struct str text, int *ret_rows, int *ret_cols);
void pager_paint(struct pager *p, const struct area *a);
bool pager_command(struct pager *p, enum cmd c);
/* In the frame of a box of that context: there is more below. */
void pager_more(const struct area *frame, unsigned context);

#endif
