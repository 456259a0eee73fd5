#include "client/link/queue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"

unsigned char *
queue_room(struct queue *q, size_t n)
{
    if (q->cap - q->to >= n)
        return q->p + q->to;
    if (q->from > 0) {
        memmove(q->p, q->p + q->from, q->to - q->from);
        q->to -= q->from;
        q->from = 0;
    }
    if (q->cap - q->to < n) {
        size_t cap = q->cap * 2 > q->to + n ? q->cap * 2 : q->to + n;
        unsigned char *p = realloc(q->p, cap);
        ASSERT(p != NULL);
        q->p = p;
        q->cap = cap;
    }
    return q->p + q->to;
}

void
queue_grew(struct queue *q, size_t n)
{
    ASSERT(q->cap - q->to >= n);
    q->to += n;
}

void
queue_add(struct queue *q, const void *p, size_t n)
{
    if (n == 0)
        return;
    memcpy(queue_room(q, n), p, n);
    queue_grew(q, n);
}

struct str
queue_bytes(const struct queue *q)
{
    if (q->p == NULL)
        return STR_NONE;
    return (struct str){(const char *)q->p + q->from, q->to - q->from};
}

void
queue_take(struct queue *q, size_t n)
{
    ASSERT(q->to - q->from >= n);
    q->from += n;
    if (q->from == q->to)
        q->from = q->to = 0;
}

void
queue_clear(struct queue *q)
{
    q->from = q->to = 0;
}

void
queue_done(struct queue *q)
{
    free(q->p);
    *q = (struct queue){0};
}
