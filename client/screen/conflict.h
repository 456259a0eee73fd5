#ifndef SCREEN_CONFLICT_H
#define SCREEN_CONFLICT_H

#include "client/tui/view.h"

/*
 * A record that somebody else saved first: field by field, what stood there, mine and theirs. One of the two
 * is taken of each: theirs where I changed nothing, else mine, until the person says otherwise.
 * The outcome: choice 1 and a text with 'm' or 't' for each row in their order; choice 0: nothing decided.
 */
struct conflict_row {
    struct str label, was, mine, theirs;
};
struct conflict_spec {
    uint32_t purpose;
    struct str title;
    const struct conflict_row *rows; /* copied */
    size_t nrows;
};
void conflict_open(struct tui *t, const struct conflict_spec *spec);

#endif
