#include "common/wire/recall.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

void
recall_add(struct recall *r, struct str message)
{
    if (message.n == 0)
        return;
    if (r->p == NULL) {
        r->p = malloc(LIMIT_RECALL);
        ASSERT(r->p != NULL);
    }
    if (message.n > LIMIT_RECALL)
        message = str_slice(message, message.n - LIMIT_RECALL, message.n);
    size_t keep = r->n + message.n > LIMIT_RECALL ? LIMIT_RECALL - message.n : r->n;
    memmove(r->p, r->p + (r->n - keep), keep);
    memcpy(r->p + keep, message.p, message.n);
    r->n = keep + message.n;
}

void
recall_done(struct recall *r)
{
    if (r->p != NULL)
        crypt_wipe(r->p, LIMIT_RECALL);
    free(r->p);
    *r = (struct recall){0};
}
