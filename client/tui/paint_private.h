#ifndef TUI_PAINT_PRIVATE_H
#define TUI_PAINT_PRIVATE_H

#include "client/tui/theme.h"

/* Between theme.c and paint.c only: the curses attributes and colour pair of a role. */
void theme_look(enum role role, unsigned long *ret_attrs, short *ret_pair);

#endif
