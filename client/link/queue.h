#ifndef LINK_QUEUE_H
#define LINK_QUEUE_H

#include <stddef.h>

#include "common/base/str.h"

/* Bytes on their way in or out: appended at the end, taken off the front. Zeroed is empty; free with
 * queue_done. */
struct queue {
    unsigned char *p;
    size_t from, to, cap;
};

void queue_add(struct queue *q, const void *p, size_t n);
/* Room for at least `n` more bytes; say with queue_grew how many were written there. */
unsigned char *queue_room(struct queue *q, size_t n);
void queue_grew(struct queue *q, size_t n);
struct str queue_bytes(const struct queue *q); /* borrowed until the next change */
void queue_take(struct queue *q, size_t n);
void queue_clear(struct queue *q);
void queue_done(struct queue *q);

#endif
