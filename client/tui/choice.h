#ifndef TUI_CHOICE_H
#define TUI_CHOICE_H

#include "client/tui/view.h"

/*
 * A box to pick one of many from: typing narrows, Enter picks. With `search`, what is typed is handed to
 * `search` (in the screens, which ask the service) and the rows come later with choice_fill. The outcome:
 * choice 1, entity and id of the row, its label as text; choice 0 when it was left.
 */
struct choice_row {
    struct str label, detail;
    uint32_t entity;
    int64_t id;
    int tone; /* enum schema_tone */
};
struct choice_spec {
    uint32_t purpose;
    struct str title, initial;
    const struct choice_row *rows;
    size_t nrows;
    bool (*search)(struct view *v, struct str typed); /* NULL: narrows its rows; true: asked */
    void (*answer)(struct view *v, struct answer *a);
};
/* Rows are copied. */
struct view *choice_open(struct tui *t, const struct choice_spec *spec);
void choice_fill(struct view *v, const struct choice_row *rows, size_t nrows);
/* From now on `search` finds the rows; what was typed so far is searched for. */
void choice_start_search(struct view *v, bool (*search)(struct view *v, struct str typed));
/* For a search box: what it was opened for. */
void choice_set_context(struct view *v, void *context);
void *choice_context(struct view *v);

#endif
