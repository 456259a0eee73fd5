#ifndef WIRE_RECALL_H
#define WIRE_RECALL_H

#include <stddef.h>

#include "common/base/str.h"

/*
 * What went over a line in one direction lately: the last LIMIT_RECALL bytes of the messages that were sent
 * to be remembered, kept alike at both ends, so that deflate can point back to them. A list shown again costs
 * what changed in it. Zeroed is empty; owns its memory.
 */
struct recall {
    unsigned char *p;
    size_t n, cap;
};

/* Where messages longer than this are remembered they push everything else out: they are sent without. */
enum { RECALL_MOST = 8 * 1024 };

void recall_add(struct recall *r, struct str message);
static inline struct str
recall_view(const struct recall *r)
{
    return r->n > 0 ? (struct str){(const char *)r->p, r->n} : STR_NONE;
}
/* Frees; what was there is overwritten first. Empty again. */
void recall_done(struct recall *r);

#endif
