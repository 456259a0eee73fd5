#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/attr.h"
#include "common/base/str.h"

/* A growable byte buffer that lives in an arena (an old block is left behind when it grows). */
struct buf {
    struct arena *a;
    unsigned char *p;
    size_t n, cap;
};

void buf_init(struct buf *b, struct arena *a, size_t first_cap);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
struct str buf_str(const struct buf *b); /* borrowed until the next add */

#endif
