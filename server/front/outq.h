#ifndef FRONT_OUTQ_H
#define FRONT_OUTQ_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/str.h"
#include "server/front/bytes.h"

/*
 * What waits to be sent to one client, in classes: a pong or an error never stands behind a long reply, an event
 * never before one. A message put in leaves whole, in one piece, whatever comes later.
 */
enum outq_class { OUT_CONTROL, OUT_REPLY, OUT_EVENT, OUT_CLASSES };

struct outq_item;

struct outq {
    struct outq_item *head[OUT_CLASSES], *tail[OUT_CLASSES];
    size_t bytes[OUT_CLASSES];
    struct bytes stage; /* leaving now */
};

/* False: the class is full; nothing was put. */
bool outq_put(struct outq *q, enum outq_class class, struct str message);
/* The bytes to send next: at least one message when there is any, several small ones together. */
struct str outq_front(struct outq *q);
void outq_sent(struct outq *q, size_t n);
size_t outq_waiting(const struct outq *q);
void outq_done(struct outq *q);

#endif
