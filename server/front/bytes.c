#include "server/front/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/crypt/crypt.h"

enum { KEEP = 16 * 1024 }; /* bytes; an idle session holds no more than this */

void *
front_new(size_t size)
{
    void *p = calloc(1, size);
    ASSERT(p != NULL);
    return p;
}

void
bytes_add(struct bytes *b, const void *p, size_t n)
{
    if (n == 0) {
        return;
    }
    if (b->at > 0 && b->n + n > b->cap) {
        memmove(b->p, b->p + b->at, b->n - b->at);
        b->n -= b->at;
        b->at = 0;
    }
    if (b->n + n > b->cap) {
        size_t cap = b->cap == 0 ? 512 : b->cap;
        while (cap < b->n + n) {
            cap *= 2;
        }
        b->p = realloc(b->p, cap);
        ASSERT(b->p != NULL);
        b->cap = cap;
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

struct str
bytes_view(const struct bytes *b)
{
    return (struct str){(const char *)b->p + b->at, b->n - b->at};
}

void
bytes_take(struct bytes *b, size_t n)
{
    b->at += n;
    if (b->at == b->n) {
        b->at = 0;
        b->n = 0;
        if (b->cap > KEEP) {
            bytes_done(b);
        }
    }
}

void
bytes_done(struct bytes *b)
{
    if (b->p != NULL) {
        crypt_wipe(b->p, b->cap);
        free(b->p);
    }
    *b = (struct bytes){0};
}
