#ifndef FRONT_RPC_H
#define FRONT_RPC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/limits.h"
#include "common/base/str.h"
#include "common/wire/recall.h"
#include "server/front/bytes.h"
#include "server/front/mailbox.h"
#include "server/front/news.h"
#include "server/front/outq.h"

/*
 * The protocol's end of one line: frames or JSON lines in, jobs to the workers, replies out. Knows nothing of
 * how bytes travel: an SSH channel and the descriptor of a started client both carry one.
 */
struct session;

enum { RPC_IN = LIMIT_FRAME + 64 * 1024, RPC_CLIENT = 64 };

struct rpc {
    struct task_owner tasks; /* first: answers find the rpc by it */
    struct front *front;
    struct session *session;
    void (*wake)(struct rpc *r); /* there is output, or the state changed: look at it soon */
    void *carrier;
    struct bytes in;
    struct outq out;
    struct recall recall; /* of the replies */
    struct subscription news;
    unsigned inflight;
    uint64_t last_id, active; /* loop time of the last request */
    char client[RPC_CLIENT];  /* what the client calls itself, for history */
    bool json, deflate, recalls, greeted;
    bool ended;  /* no more input will come */
    bool broken; /* close it once the output is sent */
    bool gone_away;
};

void rpc_open(struct rpc *r, struct session *s, bool json);
/* How much more input may be kept. */
size_t rpc_room(const struct rpc *r);
/* Handles what came, as far as the limits allow; call it again after answers were sent. */
void rpc_run(struct rpc *r);
/* Nothing to answer and nothing to send. */
bool rpc_quiet(const struct rpc *r);
/* Tells the client that the service stops; later requests are answered SHUTTING_DOWN. */
void rpc_goaway(struct rpc *r);
/* Tells the client that its session is over; later requests are answered UNAUTHENTICATED. */
void rpc_dismiss(struct rpc *r, struct str sentence);
void rpc_close(struct rpc *r);

#endif
