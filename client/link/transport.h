#ifndef LINK_TRANSPORT_H
#define LINK_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/link/link.h"
#include "common/crypt/crypt.h"

/*
 * What carries frames: SSH (ssh.c), a descriptor that is signed in already (fd.c), or a test's own. One
 * transport is one attempt; when it is lost the link makes another.
 */
enum transport_rc {
    TRANSPORT_BUSY,  /* step again when the descriptor is ready or the time-out ran out */
    TRANSPORT_ASK,   /* `question` is set: step again after the answer */
    TRANSPORT_READY, /* bytes may flow */
    TRANSPORT_LOST,  /* the error says why: UNAVAILABLE may work next time, any other code is final */
};

/* What survives from one attempt to the next. Secrets in locked memory. */
struct credentials {
    struct secret password;
    struct secret passphrase;
    struct secret code;  /* of the second factor; empty once it was sent */
    bool password_fixed; /* from the options: never asked again */
    bool password_tried; /* the present one was sent; a refusal of it makes it wrong */
    bool keys_refused;   /* go straight to the password */
    int attempt;         /* of PASSWORD, PASSPHRASE and CODE questions */
    char trusted[64];    /* fingerprint a person accepted, in case it could not be remembered */
};

struct transport {
    const struct transport_ops *ops;
    struct link_question question; /* kind 0: nothing asked */
    bool at_once; /* when lost: the next attempt needs no pause (a person was slow to answer) */
};

struct transport_ops {
    enum transport_rc (*step)(struct transport *t, struct err *reterr);
    void (*answer_host_key)(struct transport *t, bool trust);
    void (*answer_secret)(struct transport *t, struct str secret);
    /* Bytes moved; 0 none just now; -1 the line ended (error filled). */
    ssize_t (*read)(struct transport *t, void *p, size_t n, struct err *reterr);
    ssize_t (*write)(struct transport *t, const void *p, size_t n, struct err *reterr);
    int (*fd)(const struct transport *t); /* -1 none */
    short (*events)(const struct transport *t, bool has_output);
    int64_t (*deadline)(
        const struct transport *t); /* now_ms time of the next step without readiness; 0 none */
    void (*close)(struct transport *t);
};

/* Makes a fresh attempt. Fails like step. */
typedef enum rc transport_dial_fn(void *ctx, struct credentials *cred, struct transport **ret,
                                  struct err *reterr);

struct ssh_target {
    const char *host, *login, *key_path, *known_hosts;
    int port;
};
enum rc ssh_dial(void *ssh_target, struct credentials *cred, struct transport **ret,
                 struct err *reterr) NODISCARD;

/* Takes the descriptor: closed with the transport, and on failure. */
enum rc fd_transport(int fd, struct transport **ret, struct err *reterr) NODISCARD;

/* As link_open, over any dialler. Without `again` a lost line is final. `ctx` must outlive the link. */
struct link_dial {
    transport_dial_fn *dial;
    void *ctx;
    bool again;
    bool may_deflate;
};
enum rc link_open_with(const struct link_options *o, const struct link_dial *dial, struct link **ret,
                       struct err *reterr) NODISCARD;

int64_t now_ms(void); /* monotonic; starts above 0 */

#endif
