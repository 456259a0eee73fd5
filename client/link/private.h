#ifndef LINK_PRIVATE_H
#define LINK_PRIVATE_H

/* What the files of this folder share: link.c (life and state), calls.c (calls and replies), greet.c (hello).
 */

#include "client/link/cache.h"
#include "client/link/link.h"
#include "client/link/queue.h"
#include "client/link/transport.h"
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/cbor.h"
#include "common/wire/frame.h"

enum {
    IDLE_PING_MS = 60000,   /* an idle line is asked this often whether it lives: ~200 bytes a minute */
    WAITING_PING_MS = 5000, /* a call waits this long: ask */
    DEAD_MS = 20000,        /* a ping without any byte coming in for this long: the line is dead */
    HELLO_MS = 15000,       /* for the answer to hello */
    CALL_TRIES = 6,         /* of what is answered with "try again" */
    SCRATCH_CAP =
        64 << 20, /* bytes; one decoded message: bounded by LIMIT_INFLATED times the size of a value */
};

/* A call that has not been answered. In order of being called. */
struct slot {
    struct slot *next;
    uint64_t id; /* the caller's */
    uint64_t
        wire_id; /* on the present line; 0: not sent on it. Rises with every sending: the protocol wants it */
    enum method method;
    unsigned char *params; /* encoded */
    size_t nparams;
    unsigned char idem[IDEM_BYTES];
    bool has_idem;
    int tries;
    int64_t not_before_ms; /* pause after "try again" */
    int64_t sent_ms;
    struct arena *arena;
    link_reply_fn *fn;
    void *ctx;
    struct reply *early; /* came before the greeting; its body lies behind it */
};

/* A description once received: kept until link_close, since screens point into it. */
struct era {
    struct era *next;
    struct arena arena;
    struct schema schema;
};

struct link {
    struct link_dial dial;
    struct ssh_target target; /* owned texts; for ssh_dial */
    int given_fd;             /* fd mode: taken by the first dial */
    char *client, *locale, *cache_dir;
    bool patient, personal;
    link_ask_fn *ask;
    void *ask_ctx;
    bool asked; /* the present question was told to `ask` */
    struct credentials cred;

    struct transport *line; /* NULL between attempts and when OFFLINE */
    enum link_state state;
    int64_t state_ms; /* when it began */
    struct err error;
    int attempts;       /* since the line was last good */
    int64_t retry_ms;   /* WAITING: when to try again */
    int64_t give_up_ms; /* 0: never */
    bool was_online;
    bool pumping;
    bool kick; /* something changed from outside: pump soon */

    bool greeted;     /* hello left on the present line */
    int64_t hello_ms; /* when */
    int64_t heard_ms; /* last byte in */
    int64_t ping_ms;  /* unanswered ping left; 0 none */
    uint64_t token;
    uint32_t rtt_us;
    int64_t ping_us;  /* when the ping left, finer */
    int64_t leave_ms; /* goaway: leave the line at the latest then; 0 stay */
    uint64_t bytes_in, bytes_out;
    char slow[LINK_TRACE]; /* see link_status */
    uint32_t slow_us;
    struct queue in, out;
    struct recall recall; /* of what came on the present line */

    link_event_fn *event_fn; /* NULL: nobody listens */
    void *event_ctx;
    uint64_t subscribed; /* wire id of the request that did, on the present line; 0 none */

    struct slot *slots;
    uint64_t next_id, next_wire_id;

    struct arena encoding; /* reset after each message written */
    struct arena decoding; /* reset after each message read */
    struct era *eras;      /* newest first */
    struct arena me_arena;
    struct body_me *me; /* in me_arena */
};

/* link.c */
void link_set_state(struct link *l, enum link_state state);
void link_lost(struct link *l, const struct err *why); /* the line broke: retry, or give up when final */

/* calls.c */
void calls_send(struct link *l);                        /* what may leave now */
void calls_unsend(struct link *l);                      /* the line is gone: all will be sent again */
void calls_fail(struct link *l, const struct err *why); /* answers everything open */
void calls_reply(struct link *l, const struct reply *reply);
void calls_reply_early(struct link *l, const struct reply *reply); /* kept: who asks is not known yet */
void calls_give_early(struct link *l);                             /* he is */
void calls_done(struct link *l);                                   /* drops them without a word */
size_t calls_open(const struct link *l);
int64_t calls_oldest_ms(const struct link *l); /* when the longest waiting sent call left; 0 none */
int64_t calls_due_ms(const struct link *l);    /* next end of a pause; 0 none */
/* Frames `message` (in `encoding`, which is reset) into the out queue. */
void link_put(struct link *l, const struct buf *message);

/* greet.c */
void greet_send(struct link *l);
void greet_reply(struct link *l, const struct reply *reply); /* the reply to id 0 */
void greet_cached(struct link *l);                           /* at open: the newest cached schema, if any */
void greet_done(struct link *l);

#endif
