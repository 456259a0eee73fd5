#include "common/wire/recall.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

enum { FIRST = 1024 };

/* Grows as what is remembered does: most lines of an office rest at a screen or two. */
static void
make_room(struct recall *r, size_t n)
{
    size_t cap = r->cap ? r->cap : FIRST;
    while (cap < n)
        cap *= 2;
    if (cap > LIMIT_RECALL)
        cap = LIMIT_RECALL;
    if (cap == r->cap)
        return;
    unsigned char *p = malloc(cap);
    ASSERT(p != NULL);
    if (r->p != NULL) {
        memcpy(p, r->p, r->n);
        crypt_wipe(r->p, r->cap);
        free(r->p);
    }
    r->p = p;
    r->cap = cap;
}

void
recall_add(struct recall *r, struct str message)
{
    if (message.n == 0)
        return;
    if (message.n > LIMIT_RECALL)
        message = str_slice(message, message.n - LIMIT_RECALL, message.n);
    make_room(r, r->n + message.n);
    size_t keep = r->n + message.n > LIMIT_RECALL ? LIMIT_RECALL - message.n : r->n;
    memmove(r->p, r->p + (r->n - keep), keep);
    memcpy(r->p + keep, message.p, message.n);
    r->n = keep + message.n;
}

void
recall_done(struct recall *r)
{
    if (r->p != NULL)
        crypt_wipe(r->p, r->cap);
    free(r->p);
    *r = (struct recall){0};
}
