#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "client/tui/view.h"

/* F1: help of the focused thing of `v`; on help itself: its screen, then all keys. */
void help_open(struct view *of);

#endif
