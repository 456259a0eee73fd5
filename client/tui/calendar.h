#ifndef TUI_CALENDAR_H
#define TUI_CALENDAR_H

#include "client/tui/view.h"
#include "common/value/date.h"

/*
 * A box to pick a day from: a month to walk through, and a line that takes a day as it is typed in a field
 * (t, +3d, 14/2). The outcome: choice 1 and the day as text, "2026-03-02"; choice 0 when it was left.
 */
struct calendar_spec {
    uint32_t purpose;
    struct str title;
    date_t start, today; /* where it opens; the company's day */
};
void calendar_open(struct tui *t, const struct calendar_spec *spec);

#endif
