#ifndef TUI_QUICK_H
#define TUI_QUICK_H

#include "client/tui/view.h"

/*
 * Codes of what the palette offers: three letters that one learns and types instead of words. "cus" is the
 * list of customers, "ncu" a new one, "pqu" policy: quote. They are made of the names in the description
 * (`stem` of the offer), which are the same in every language, or of the label where it has none; what comes
 * first keeps its code when two would have the same.
 */

/* Gives a code to each offer from the one at `from` on that has none. */
void quick_codes(struct offers *o, size_t from);
/* The offer of that code, any case; NULL: none. */
const struct offer *quick_find(const struct offers *o, struct str typed);

#endif
