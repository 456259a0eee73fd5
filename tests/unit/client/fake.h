#ifndef TEST_CLIENT_FAKE_H
#define TEST_CLIENT_FAKE_H

#include "client/link/queue.h"
#include "client/link/transport.h"
#include "common/base/arena.h"
#include "common/wire/message.h"

/*
 * A service in the same process: the other end of a socketpair for each dial. It keeps replies by idempotency
 * key as the real one does, and breaks the line at the byte a test names.
 */
enum { FAKE_WRITES = 64, FAKE_NEVER = -1 };

struct fake_write {
    unsigned char idem[IDEM_BYTES];
    int64_t id;
};

struct fake {
    struct arena arena;
    int fd; /* -1: no line now */
    struct queue in, out;
    int dials, hellos, requests, pings;
    struct fake_write writes[FAKE_WRITES]; /* effects, in order */
    size_t nwrites;
    /* script */
    int64_t cut_out;        /* close the line once, after this many bytes were sent on it; FAKE_NEVER */
    int64_t cut_in;         /* the same for bytes received: what did not arrive whole has no effect */
    int64_t sent, received; /* on the present line */
    bool refuse_dial, silent, never_hello;
    bool late_hello;    /* it is answered after the first request */
    int retries;        /* so many requests are answered RETRY first */
    bool send_schema;   /* false: the client's hash is taken for the right one */
    char last_hash[40]; /* of the client's hello */
    uint64_t last_wire_id;
    bool ids_rise;
};

void fake_init(struct fake *f);
void fake_done(struct fake *f);
void fake_pump(struct fake *f);
void fake_say(struct fake *f, const struct buf *message); /* frames and queues it */
void fake_hang_up(struct fake *f);

/* A transport_dial_fn. */
enum rc fake_dial(void *fake, struct credentials *cred, struct transport **ret, struct err *reterr);

#endif
