#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "server/ipc/ipc.h"
#include "server/rule/rule.h"
#include "server/store/pg.h"

/* Signing in, and what users, their keys, sessions and second factors must satisfy. */

extern const struct rule user_rule, platform_user_rule;
extern const struct rule user_key_rule;
extern const struct rule session_rule;
extern const struct rule account_rule;

/* "SHA256:…" of a public key blob as OpenSSH prints it. */
enum { ACCOUNT_FINGERPRINT = 64 };
char *account_fingerprint(struct str blob, char out[ACCOUNT_FINGERPRINT]);

/* What the jobs of signing in are answered with: a worker's own. */
struct account_door {
    struct arena *arena;
    struct pg *pg;
    struct keyring *keys; /* of second factors; NULL where no master key is configured */
};

/*
 * Answers the jobs of signing in and JOB_SESSIONS (server/ipc/ipc.h). What is not right fails alike whatever
 * it was, after the same work: a name that is not there, a company that is not there, a wrong password, a
 * locked account. Only who had the right password is told why he is not let in: ret->payload is then a
 * sentence. Fails: RC_UNAUTHENTICATED, RC_BAD_FRAME, RC_RETRY when the database can't be asked, RC_INTERNAL.
 */
enum rc account_answer(const struct account_door *door, const struct job *job, struct answer *ret,
                       struct err *reterr) NODISCARD;

#endif
