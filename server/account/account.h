#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "server/ipc/ipc.h"
#include "server/rule/rule.h"
#include "server/store/pg.h"

/* Signing in, and what users and their keys must satisfy. */

extern const struct rule user_rule;
extern const struct rule user_key_rule;

/* "SHA256:…" of a public key blob as OpenSSH prints it. */
enum { ACCOUNT_FINGERPRINT = 64 };
char *account_fingerprint(struct str blob, char out[ACCOUNT_FINGERPRINT]);

/*
 * May `login` (name@domain) sign in with this password, or with the key whose blob (SSH wire form) is given?
 * An unknown user costs the same time as a wrong password. Fails: RC_UNAUTHENTICATED whatever the cause,
 * RC_RETRY when the database can't be asked.
 */
/* Answers the jobs of signing in (server/ipc/ipc.h). Fails: RC_UNAUTHENTICATED whatever the cause, RC_RETRY when
   the database can't be asked. */
enum rc account_answer(struct arena *a, struct pg *pg, const struct job *job, struct answer *ret,
                       struct err *reterr) NODISCARD;
enum rc account_password(struct arena *a, struct pg *pg, struct str login, struct str password,
                         struct identity *ret, struct err *reterr) NODISCARD;
enum rc account_key(struct arena *a, struct pg *pg, struct str login, struct str blob, struct identity *ret,
                    struct err *reterr) NODISCARD;

#endif
