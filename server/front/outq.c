#include "server/front/outq.h"

#include <stdlib.h>
#include <string.h>

struct outq_item {
    struct outq_item *next;
    size_t n;
    unsigned char p[];
};

/* bytes of each class; a reply may be 2 MiB by itself, and requests stop being read long before this is
 * reached */
static const size_t most[OUT_CLASSES] = {64 * 1024, 16 * 1024 * 1024, 128 * 1024};

enum { STAGE = 16 * 1024 }; /* bytes; what is packed together */

bool
outq_put(struct outq *q, enum outq_class class, struct str message)
{
    if (q->bytes[class] + message.n > most[class]) {
        return false;
    }
    struct outq_item *item = front_new(sizeof *item + message.n);
    item->n = message.n;
    memcpy(item->p, message.p, message.n);
    if (q->tail[class] != NULL) {
        q->tail[class]->next = item;
    } else {
        q->head[class] = item;
    }
    q->tail[class] = item;
    q->bytes[class] += item->n;
    return true;
}

static struct outq_item *
outq_pop(struct outq *q)
{
    for (int class = 0; class < OUT_CLASSES; class ++) {
        struct outq_item *item = q->head[class];
        if (item != NULL) {
            q->head[class] = item->next;
            if (item->next == NULL) {
                q->tail[class] = NULL;
            }
            q->bytes[class] -= item->n;
            return item;
        }
    }
    return NULL;
}

struct str
outq_front(struct outq *q)
{
    while (bytes_waiting(&q->stage) < STAGE) {
        struct outq_item *item = outq_pop(q);
        if (item == NULL) {
            break;
        }
        bytes_add(&q->stage, item->p, item->n);
        free(item);
    }
    return bytes_view(&q->stage);
}

void
outq_sent(struct outq *q, size_t n)
{
    bytes_take(&q->stage, n);
}

size_t
outq_waiting(const struct outq *q)
{
    size_t n = bytes_waiting(&q->stage);
    for (int class = 0; class < OUT_CLASSES; class ++) {
        n += q->bytes[class];
    }
    return n;
}

void
outq_done(struct outq *q)
{
    struct outq_item *item;
    while ((item = outq_pop(q)) != NULL) {
        free(item);
    }
    bytes_done(&q->stage);
}
