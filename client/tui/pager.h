#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "client/tui/view.h"

/* Text to read, wrapped to the width, scrolled by line and page; as a screen or as a box over another. A line
   that starts with "# " is a heading. The text is copied. */
struct view *pager_open(struct tui *t, struct str title, struct str text, bool box);
/* For views of their own that show text: the widget alone. */
struct pager {
    struct str text;
    int top, rows, lines;
};
void pager_paint(struct pager *p, const struct area *a);
bool pager_command(struct pager *p, enum cmd c);

#endif
