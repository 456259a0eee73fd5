#ifndef TUI_PALETTE_H
#define TUI_PALETTE_H

#include "client/tui/view.h"

/* F2: every command that can be given in `v`, found by its words; Enter runs it. */
void palette_open(struct view *v);
/* Runs what an offer stands for. */
void offer_run(struct tui *t, const struct offer *o);

#endif
