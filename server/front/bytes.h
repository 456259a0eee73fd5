#ifndef FRONT_BYTES_H
#define FRONT_BYTES_H

#include <stddef.h>

#include "common/base/str.h"

/* Bytes that came and wait to be taken from the front. Grows; whoever feeds it bounds it. Zeroed is empty. */
struct bytes {
    unsigned char *p;
    size_t at, n, cap; /* what waits is p[at .. n) */
};

static inline size_t
bytes_waiting(const struct bytes *b)
{
    return b->n - b->at;
}
void bytes_add(struct bytes *b, const void *p, size_t n);
struct str bytes_view(const struct bytes *b);
void bytes_take(struct bytes *b, size_t n);
/* Frees; what was there is overwritten first (it may hold what people typed). */
void bytes_done(struct bytes *b);

/* calloc that does not return NULL: a front without memory ends and is started again. */
void *front_new(size_t size) __attribute__((malloc, returns_nonnull));

#endif
