#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/wire/body.h"
#include "common/wire/message.h"
#include "common/wire/method.h"
#include "common/wire/params.h"
#include "common/wire/schema.h"

/*
 * The line to the service: one long-lived connection that asks, waits and comes back by itself.
 *
 * Life: link_open starts; link_pump drives everything without ever blocking (but for the name look-up) and is
 * called when link_fd is ready for link_events, or link_timeout ran out. Replies arrive in callbacks made
 * from inside link_pump. Calls may be made at any time, also before the line stands: they leave with the
 * hello, in one packet.
 *
 * A line that breaks is opened again (jittered, growing pauses) and everything unanswered is sent again:
 * reads freely, writes under the same idempotency key, so that they happen once. The same is done for what
 * the service answers with RETRY, BUSY or SHUTTING_DOWN, a few times. Only then does the caller hear of it.
 *
 * Texts in and out are UTF-8. Times are milliseconds on a monotonic clock.
 */
struct link;

enum link_state {
    LINK_CONNECTING = 1, /* name look-up, TCP, key exchange, sign-in */
    LINK_ASK_HOST_KEY,   /* stopped: the host is new. See link_question, answer with link_answer_host_key */
    LINK_ASK_PASSWORD,   /* stopped: answer with link_answer_secret */
    LINK_ASK_PASSPHRASE, /* stopped: the key file is locked; answer with link_answer_secret */
    LINK_ASK_CODE,       /* stopped: the second factor; answer with link_answer_secret */
    LINK_ONLINE,         /* hello answered: schema and me are there */
    LINK_WAITING,        /* the line broke; tried again at link_status.retry_in_ms */
    LINK_OFFLINE,        /* given up; link_error says why; every open call was answered with that error */
};

struct link_question {
    enum link_state kind; /* one of the ASK states */
    const char *host;     /* as given */
    int port;
    const char *login;
    const char *key_path;    /* PASSPHRASE: the file */
    const char *fingerprint; /* HOST_KEY: "SHA256:…" */
    const char *key_type;    /* HOST_KEY: "ssh-ed25519" */
    const char *prompt;      /* CODE: what is asked, in the service's words: "Code: " */
    const char *note;        /* a sentence of the service that goes with it; NULL: none */
    int attempt;             /* PASSWORD, PASSPHRASE, CODE: 1 first, 2 after a refusal … */
};

typedef void link_ask_fn(void *ctx, struct link *l, const struct link_question *question);

struct link_options {
    const char *host;        /* NULL in fd mode */
    int port;                /* 0: LINK_PORT */
    const char *login;       /* name@company-domain; LINK_REGISTER: no secret is asked or sent */
    const char *key_path;    /* only this key is tried; NULL: agent, then the usual files, then password */
    const char *known_hosts; /* NULL: ~/.ssh/known_hosts */
    const char *cache_dir;   /* schema cache, made when missing; NULL: none */
    int fd;                  /* >= 0: an already signed-in stream socket (owned); else -1 */
    const char *client;      /* "bima 0.1.0 tui" */
    const char *locale;      /* "en", "sw" */
    struct str password;     /* not empty: used instead of asking and before any key but key_path; copied to
                                locked memory */
    bool personal;           /* days and amounts as the person writes them; else one way for all */
    bool patient;            /* false (CLI): a first connection that fails is final, a lost one is retried for
                                LINK_RETRY_MS. true (TUI): tried for ever */
    link_ask_fn *ask; /* may be NULL: then watch link_state. Called from link_pump; may answer at once */
    void *ask_ctx;
};

enum { LINK_PORT = 7022, LINK_RETRY_MS = 60000 };
/* The login that may only ask to join. */
#define LINK_REGISTER "register"

/* Copies what it needs of `o`. Fails: RC_USAGE (neither host nor fd), RC_UNAVAILABLE. Free with link_close.
 */
enum rc link_open(const struct link_options *o, struct link **ret, struct err *reterr) NODISCARD;
void link_close(struct link *l); /* NULL-safe; drops open calls without calling back */

int link_fd(const struct link *l);       /* -1: nothing to poll now */
short link_events(const struct link *l); /* POLLIN, POLLOUT */
int link_timeout(const struct link *l);  /* ms until link_pump wants to run; -1: only when fd is ready */
enum link_state link_pump(struct link *l);

enum link_state link_state(const struct link *l);
const struct link_question *link_question(const struct link *l); /* NULL when nothing is asked */
void link_answer_host_key(struct link *l, bool trust);           /* true also remembers the key */
void link_answer_secret(struct link *l,
                        struct str secret);         /* empty gives up: OFFLINE. Wipe yours afterwards */
const struct err *link_error(const struct link *l); /* why OFFLINE or WAITING */
/* What a later reply tells of me and of the description takes the place of what hello told. */
void link_renew(struct link *l, const struct body *body);
/* A password chosen while signed in: from now on lines are opened with it. */
void link_keep_password(struct link *l, struct str password);
/* Was the line opened with a password, and is it this one? */
bool link_has_password(const struct link *l);
bool link_password_is(const struct link *l, struct str typed);
/* From OFFLINE or WAITING: try now (forgets a refused password, asks again). */
void link_retry_now(struct link *l);

/* What the service tells without being asked, once METHOD_SUBSCRIBE was answered. Called from link_pump; `e`
   lives until the callback returns. A line that broke takes the subscription along: call METHOD_SUBSCRIBE
   again. */
typedef void link_event_fn(void *ctx, const struct wire_event *e);
void link_listen(struct link *l, link_event_fn *fn, void *ctx);
/* No more of it, please. Nothing when there is no subscription. */
void link_unsubscribe(struct link *l);

enum { LINK_TRACE = 24 };
struct link_status {
    enum link_state state;
    uint32_t rtt_us;     /* last measured; 0 not yet */
    int64_t since_ms;    /* how long this state lasts */
    int64_t silent_ms;   /* ONLINE: how long the oldest unanswered call or ping waits; 0 when nothing waits */
    int64_t retry_in_ms; /* WAITING */
    size_t unanswered;   /* calls without their reply */
    uint64_t bytes_in, bytes_out;
    char slow[LINK_TRACE]; /* the last request that the service called slow, as its log has it; "" none */
    uint32_t slow_us;      /* its time at the worker */
};
void link_status(const struct link *l, struct link_status *ret);

/* What the service told at hello. NULL before LINK_ONLINE was first reached (the cached schema earlier, if
   any). A schema pointer stays valid until link_close, also when a later hello brings a newer one: compare to
   notice. */
const struct schema *link_schema(const struct link *l);
const struct body_me *link_me(const struct link *l);
const struct locale_info *link_locale(const struct link *l); /* of link_me; zeros before */

struct link_reply {
    uint64_t id; /* of the call */
    enum rc code;
    struct str raw;          /* the body as it stood in the message; until the callback returns */
    const struct body *body; /* never NULL; for an error the ERROR part, maybe RECORD (CONFLICT) and ISSUES */
    const struct err *err;   /* filled from the error body when code is not OK or NOT_MODIFIED */
    struct reply_meta meta;
};
typedef void link_reply_fn(void *ctx, const struct link_reply *reply);

struct link_call {
    enum method method;
    const struct params *params; /* copied (encoded) at once; NULL: none */
    const unsigned char *idem;   /* IDEM_BYTES; NULL: made at random for methods that write */
    struct arena *arena;         /* the reply's body is decoded into it and lives as long as it does;
                                    NULL: the body lives until the callback returns */
    link_reply_fn *fn;           /* may be NULL */
    void *ctx;
};

/* Queues a call and returns its id (never 0). Never calls back from inside. When OFFLINE the error comes with
   the next link_pump. */
uint64_t link_call(struct link *l, const struct link_call *call);
/* The reply will not be told any more; a write that already left may still happen. Unknown ids are ignored.
 */
void link_cancel(struct link *l, uint64_t id);

/* For the command line: call and wait, reconnecting as above. `ret` lives in `call->arena` (must be given);
   fn and ctx are ignored. RC_OK or the reply's code; *ret is set whenever a reply came (present != 0), also
   on failure. */
enum rc link_request(struct link *l, const struct link_call *call, struct body *ret,
                     struct err *reterr) NODISCARD;
/* Pumps until ONLINE. Questions go to the ask callback; without one they fail: RC_UNAUTHENTICATED,
 * RC_UNAVAILABLE. */
enum rc link_wait_online(struct link *l, struct err *reterr) NODISCARD;

#endif
