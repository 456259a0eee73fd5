#ifndef SERVER_IPC_H
#define SERVER_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/str.h"

/*
 * What fronts and workers say to each other over their socketpair: u32 little-endian length, then CBOR. Both ends
 * are ours, yet the reader is the strict one: a bug on one side must not become memory damage on the other.
 */
enum job_kind {
    JOB_AUTH_PASSWORD = 1, /* login, secret -> identity or UNAUTHENTICATED */
    JOB_AUTH_KEY = 2,      /* login, payload = public key blob (SSH wire form): may this key sign in as login? */
    JOB_WIRE = 3,          /* payload: one message (request or hello) */
    JOB_JSON = 4,          /* payload: one line */
};

/* Who a session is, as a worker told at sign-in. */
struct identity {
    int32_t tenant;
    int64_t user;
    int64_t session; /* random, names the session in history */
};

struct job {
    uint64_t id; /* unique per front */
    enum job_kind kind;
    struct identity who;
    struct str login;   /* name@domain, as typed */
    struct str address; /* peer address, text */
    struct str client;  /* "OpenSSH_9.2", "bima 1.0 tui", "exec" */
    struct str payload; /* wiped by both sides after use when kind is JOB_AUTH_PASSWORD */
    uint32_t deadline_ms;
};

struct answer {
    uint64_t id;
    enum rc code;        /* AUTH: OK or why not. WIRE, JSON: OK (the payload carries the real one), or RETRY */
    struct identity who; /* AUTH */
    struct str payload;  /* WIRE: an encoded reply message; JSON: a line without newline */
};

enum { IPC_HEADER = 4, IPC_MAX = 2 * 1024 * 1024 };

/* Appends length and body. */
void job_put(struct buf *b, const struct job *j);
void answer_put(struct buf *b, const struct answer *an);
/* `bytes` is one body. Texts are borrowed. Fails: RC_BAD_FRAME. */
enum rc job_read(struct str bytes, struct job *ret, struct err *reterr) NODISCARD;
enum rc answer_read(struct str bytes, struct answer *ret, struct err *reterr) NODISCARD;
/* As frame_next: how long is the first body in what was received so far? */
enum rc ipc_next(struct str in, bool *ret_whole, struct str *ret_body, size_t *ret_took, struct err *reterr) NODISCARD;

#endif
