#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/wire/body.h"
#include "common/wire/event.h"
#include "common/wire/params.h"

/* The messages inside frames; arrays, first item is the kind. See bima-protocol(7). */
enum message_kind {
    MESSAGE_REQUEST = 0, /* [0, id, method, params, opts] */
    MESSAGE_REPLY = 1,   /* [1, id, code, body, meta] */
    MESSAGE_EVENT = 2,   /* [2, topic, seq, kind, body] */
    MESSAGE_CANCEL = 3,  /* [3, id] */
    MESSAGE_PING = 4,    /* [4, token] */
    MESSAGE_PONG = 5,    /* [5, token] */
    MESSAGE_GOAWAY = 6,  /* [6, reason, after_ms] */
    MESSAGE_HELLO =
        7, /* client: [7, [versions], caps, client, hash, locale]; server answers with a reply to id 0 */
};

#define PROTOCOL_VERSION 1
enum { CAP_DEFLATE = 1, CAP_RECALL = 2 };
enum { IDEM_BYTES = 16 };

struct hello {
    uint32_t version; /* highest both know: the decoder picks it from the list; 0 when none */
    uint32_t caps;
    struct str client;      /* "bima 1.0 tui" */
    struct str schema_hash; /* 32 hex digits or empty */
    struct str locale;      /* "en", "sw" */
};

struct request {
    uint64_t id; /* >= 1, strictly rising per channel */
    struct name_or_number method;
    struct str params_raw; /* encoded map */
    struct str idem;       /* IDEM_BYTES or empty */
    uint32_t deadline_ms;  /* 0 none */
};

struct reply_meta {
    bool replayed;      /* stored reply of the same idempotency key */
    uint32_t server_us; /* time inside the service */
    uint32_t retry_after_ms;
    struct str trace; /* what the operator's log calls the request; only of one that was slow */
};

struct reply {
    uint64_t id;
    enum rc code;
    struct str body_raw; /* encoded map, decode with body_decode */
    struct reply_meta meta;
};

/* A received message, its own part decoded. */
struct message {
    enum message_kind kind;
    union {
        struct request request;
        struct reply reply;
        struct hello hello;
        struct wire_event event;
        uint64_t cancel_id;
        uint64_t token;
        struct {
            struct str reason;
            uint32_t after_ms;
        } goaway;
    };
};

void request_encode(struct buf *b, const struct request *r);
void reply_encode(struct buf *b, const struct reply *r);
void hello_encode(struct buf *b, const struct hello *h);
void cancel_encode(struct buf *b, uint64_t id);
void ping_encode(struct buf *b, enum message_kind ping_or_pong, uint64_t token);
/* The reason with which clients just connect again; any other is a sentence for the person: the session is
   over, and one has to sign in anew. */
#define GOAWAY_STOPPING "the service is stopping"
void goaway_encode(struct buf *b, struct str reason, uint32_t after_ms);
/* Whole message or nothing. Fails: RC_BAD_FRAME. Texts are borrowed from `bytes`. */
enum rc message_decode(struct str bytes, struct message *ret, struct err *reterr) NODISCARD;

#endif
