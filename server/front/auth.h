#ifndef FRONT_AUTH_H
#define FRONT_AUTH_H

#include <libssh/libssh.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/front/bytes.h"
#include "server/front/mailbox.h"

/*
 * Signing in, decided by a worker while the loop goes on: a password, a one-time token in its place, or a
 * public key; then, for who has to, a code by keyboard-interactive. Registration signs in with nothing, as
 * the login "register".
 *
 * libssh wants its authentication callbacks to answer at once, and queues messages for later only when a
 * session has no server callbacks at all, which would leave its Kerberos code open to anyone who connects. So
 * the message callback copies what was offered, answers nothing, and the reply is sent when the worker's
 * answer is there; libssh frees the message meanwhile, see guard_message.
 */
struct session;

enum offer { OFFER_NONE, OFFER_PASSWORD, OFFER_KEY_QUERY, OFFER_KEY, OFFER_OPEN, OFFER_PROMPT, OFFER_CODE };

enum { AUTH_PROMPT = 128 };

struct auth {
    struct task_owner tasks;
    enum offer offer;      /* came in a callback, not acted on yet */
    enum offer asked;      /* a worker is deciding it */
    struct bytes secret;   /* the password or code, or the key's wire form */
    const char *algorithm; /* of the key, for the answer to a query */
    unsigned tries; /* that failed */
    unsigned taken; /* tries that were taken from its address and login: given back when it signs in */
    bool pinned;     /* session->login is set; another name ends the session */
    bool wants_code; /* the first factor was right: nothing but the code of `pending` is taken */
    bool prompted;   /* asked for it: one answer may come */
    struct identity pending;
    char prompt[AUTH_PROMPT];
};

void auth_install(struct session *s);
/* After dopoll: hands an offer to a worker. */
void auth_run(struct session *s);
void auth_done(struct session *s);

#endif
