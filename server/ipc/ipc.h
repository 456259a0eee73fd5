#ifndef SERVER_IPC_H
#define SERVER_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/str.h"

/*
 * What fronts and workers say to each other over their socketpair: u32 little-endian length, then CBOR. Both
 * ends are ours, yet the reader is the strict one: a bug on one side must not become memory damage on the
 * other.
 */
enum job_kind {
    JOB_AUTH_PASSWORD = 1, /* login, payload = password or one-time token -> a session, or UNAUTHENTICATED */
    JOB_AUTH_KEY = 2,      /* login, payload = public key blob (SSH wire form): may this key sign in as login?
                              Makes no session */
    JOB_WIRE = 3,          /* payload: one message (request or hello) */
    JOB_JSON = 4,          /* payload: one line */
    JOB_AUTH_SIGNED = 5,   /* as JOB_AUTH_KEY, and the key's signature was right -> a session */
    JOB_AUTH_CODE = 6, /* who = the session that wants its second factor, payload = code or recovery code */
    JOB_AUTH_OPEN = 7, /* login that needs no secret: registration -> a session that can do nothing else */
    JOB_SESSIONS = 8,  /* payload: struct session_report, what this front's sessions did; the answer's
                          payload: struct session_verdict, those that must end */
};

/* Does the job's payload hold a secret, to be wiped after use? */
static inline bool
job_is_secret(enum job_kind kind)
{
    return kind == JOB_AUTH_PASSWORD || kind == JOB_AUTH_CODE;
}

/* Who a session is, as a worker told at sign-in. */
struct identity {
    int32_t tenant; /* 0: the platform */
    int64_t user;
    int64_t session; /* the session's secret token: positive, random; without it a worker lets nobody in */
};

/* What a sign-in still wants. */
enum sign_in_more {
    SIGN_IN_DONE = 0,
    SIGN_IN_CODE = 1, /* the second factor: ask with the answer's payload as prompt, send JOB_AUTH_CODE */
};

struct job {
    uint64_t id; /* unique per front */
    enum job_kind kind;
    struct identity who;
    struct str login;   /* name@domain, as typed */
    struct str address; /* peer address, text */
    struct str client;  /* "OpenSSH_9.2", "bima 1.0 tui", "exec" */
    struct str payload; /* wiped by both sides after use when job_is_secret(kind) */
    uint32_t deadline_ms;
    uint64_t posted_us; /* when it came to the front, monotonic clock in microseconds; 0: not told */
};

/* What a session that subscribed may be told: as the worker that let it in found. */
enum audience_part {
    AUDIENCE_NOBODY = 0,
    AUDIENCE_WHOLE = 1,    /* sees all of the company */
    AUDIENCE_BRANCH = 2,   /* sees the records of a branch */
    AUDIENCE_CUSTOMER = 3, /* sees the records of a customer */
};
enum audience_sees { SEES_POLICIES = 1, SEES_RECEIPTS = 2 };
struct audience {
    enum audience_part part;
    int64_t id;     /* of that branch or customer */
    int64_t branch; /* his own */
    uint32_t sees;  /* bits: enum audience_sees */
};

struct answer {
    uint64_t id;
    enum rc code;        /* AUTH: OK or why not. WIRE, JSON: OK (the payload carries the real one), RETRY, or
                            UNAUTHENTICATED: pass the payload on and end the session */
    struct identity who; /* AUTH */
    enum sign_in_more more;   /* AUTH */
    uint32_t idle_seconds;    /* AUTH: end the session after so long without a request; 0: the front's own */
    uint32_t session_seconds; /* AUTH: longest life of the session; 0: the front's own */
    struct audience audience; /* WIRE, JSON: what this line is told from now on, when it subscribed */
    struct str payload; /* WIRE: an encoded reply message; JSON: a line without newline; AUTH: the prompt,
                           or a sentence why not */
};

/* JOB_SESSIONS. One front's sessions, at most SESSIONS_MAX a job. */
enum { SESSIONS_MAX = 4096 };
struct session_report {
    int64_t session;
    bool active; /* had a request since the last report */
    bool gone;   /* its line was closed: this is the last report of it */
};
struct session_verdict {
    int64_t session;
    struct str why; /* a sentence for the person: "Your account was switched off." */
};

/* From the jobs process to the fronts, one a packet: an event, and to whom of a company. */
enum notice_to {
    NOTICE_ALL = 1,      /* everybody who subscribed */
    NOTICE_WHOLE = 2,    /* who sees all of the company */
    NOTICE_HOUSE = 3,    /* of those, the people of branch `id` */
    NOTICE_BRANCH = 4,   /* who sees branch `id` only */
    NOTICE_CUSTOMER = 5, /* who sees customer `id` only */
    NOTICE_USER = 6,     /* user `id` */
};
struct notice {
    int32_t tenant;
    enum notice_to to;
    int64_t id;
    uint32_t sees;         /* all of these bits are needed */
    bool ends;             /* subscriptions of those it goes to end with it: they have to ask anew */
    struct str wire, json; /* the event: message, and line without newline */
};
enum { NOTICE_MAX = 1024 }; /* bytes of a packet */

enum { IPC_HEADER = 4, IPC_MAX = 2 * 1024 * 1024 };

/* Appends length and body. */
void job_put(struct buf *b, const struct job *j);
void answer_put(struct buf *b, const struct answer *an);
/* `bytes` is one body. Texts are borrowed. Fails: RC_BAD_FRAME. */
enum rc job_read(struct str bytes, struct job *ret, struct err *reterr) NODISCARD;
enum rc answer_read(struct str bytes, struct answer *ret, struct err *reterr) NODISCARD;
/* Fails: RC_BAD_FRAME. Texts are borrowed. */
void notice_put(struct buf *b, const struct notice *n);
enum rc notice_read(struct str bytes, struct notice *ret, struct err *reterr) NODISCARD;
/* The payloads of JOB_SESSIONS: CBOR arrays of [session, active, gone] and [session, why]. `ret` has room for
   SESSIONS_MAX. Fail: RC_BAD_FRAME. */
void session_reports_put(struct buf *b, const struct session_report *rows, size_t n);
enum rc session_reports_read(struct str bytes, struct session_report *ret, size_t *ret_n,
                             struct err *reterr) NODISCARD;
void session_verdicts_put(struct buf *b, const struct session_verdict *rows, size_t n);
enum rc session_verdicts_read(struct str bytes, struct session_verdict *ret, size_t *ret_n,
                              struct err *reterr) NODISCARD;
/* What logs call a session: the token can't be found from it. */
uint32_t session_label(int64_t token);
/* As frame_next: how long is the first body in what was received so far? */
enum rc ipc_next(struct str in, bool *ret_whole, struct str *ret_body, size_t *ret_took,
                 struct err *reterr) NODISCARD;

#endif
