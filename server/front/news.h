#ifndef FRONT_NEWS_H
#define FRONT_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "server/front/loop.h"
#include "server/ipc/ipc.h"

/*
 * What the jobs process tells this front, passed on to the sessions that subscribed and may see it. An event
 * is framed once, whatever the number of those it goes to. Who may see what was found by the worker that
 * answered the subscription; a session whose line is slow is told to ask anew instead of being sent what is
 * old by then.
 */
struct front;
struct rpc;

enum { NEWS_BUCKETS = 256 };

struct news {
    struct watch watch;                /* the line from the jobs process */
    struct rpc *buckets[NEWS_BUCKETS]; /* subscribers by company */
    size_t n;
};

/* A line's subscription. Zeroed: none. */
struct subscription {
    struct rpc *next, **link; /* link NULL: none */
    uint64_t request;         /* the client's number for it; cancelling that ends it */
    bool waiting;             /* for the worker's answer: who he is is not known yet */
    bool missed;              /* something went by that could not be told: to ask anew */
    struct audience audience;
};

void news_open(struct front *f, int fd);
void news_close(struct front *f);

/* The line asks to be told. Takes the place of an earlier subscription. */
void news_ask(struct rpc *r, uint64_t request);
/* The answer to `request` came; of nobody: it was refused. */
void news_answer(struct rpc *r, uint64_t request, const struct audience *audience);
/* Says what was missed when there is room for it again. */
void news_resume(struct rpc *r);
/* Is this the request that subscribed? Then it is over. */
bool news_cancel(struct rpc *r, uint64_t request);
void news_leave(struct rpc *r);

#endif
