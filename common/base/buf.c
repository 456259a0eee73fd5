#include "common/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"

void
buf_init(struct buf *b, struct arena *a, size_t first_cap)
{
    *b = (struct buf){.a = a, .cap = first_cap};
    b->p = arena_alloc(a, first_cap);
}

static void
grow(struct buf *b, size_t more)
{
    if (b->cap - b->n >= more)
        return;
    /* A size past SIZE_MAX / 2 can't come from real lengths; the arena refuses it long before. */
    size_t need = b->n + more;
    ASSERT(need > b->n && need <= SIZE_MAX / 2);
    size_t cap = b->cap * 2 > need ? b->cap * 2 : need;
    unsigned char *p = arena_alloc(b->a, cap);
    if (b->n)
        memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
    if (!n)
        return;
    grow(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void
buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void
buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    ASSERT(n >= 0);
    grow(b, (size_t)n + 1);
    vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
}

struct str
buf_str(const struct buf *b)
{
    return (struct str){(const char *)b->p, b->n};
}
