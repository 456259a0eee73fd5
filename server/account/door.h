#ifndef ACCOUNT_DOOR_H
#define ACCOUNT_DOOR_H

#include "server/account/account.h"

/* Between the files of signing in. */

/* What the other side called itself, as text that can be kept: it may be anything. */
struct str door_printable(struct arena *a, struct str typed);
/* Asks the database outside of any request. Fails: RC_RETRY, RC_INTERNAL. */
enum rc door_ask(const struct account_door *door, const char *sql, const struct value *params, size_t nparams,
                 struct pg_rows *ret, struct err *reterr) NODISCARD;
/* RC_UNAUTHENTICATED in the words that are the same for every cause. */
enum rc door_refused(struct err *reterr);
/* RC_UNAUTHENTICATED with a sentence for the person. */
enum rc door_say(const struct account_door *door, struct answer *ret, struct err *reterr, const char *fmt,
                 ...) PRINTF(4, 5);
/* "3 minutes" */
struct str door_wait(struct arena *a, int64_t seconds);

/* What failed at the door, for the count of wrong tries and the audit. `who` NULL: nobody of that name; `why`
   NULL: the audit is not told. */
enum door_failure { DOOR_OTHER = 0, DOOR_PASSWORD = 1, DOOR_CODE = 2 };
enum rc door_failed(const struct account_door *door, const struct job *job, const struct identity *who,
                    enum door_failure failure, const char *why, struct err *reterr) NODISCARD;

/* A new secret that names a session. */
int64_t door_session(void);
/* state, idle_seconds, session_seconds of a row, from column `at` on, into an answer for `who`. */
void door_opened(const struct pg_rows *rows, size_t at, const struct identity *who, struct answer *ret);

enum rc door_code(const struct account_door *door, const struct job *job, struct answer *ret,
                  struct err *reterr) NODISCARD;
enum rc door_sessions(const struct account_door *door, const struct job *job, struct answer *ret,
                      struct err *reterr) NODISCARD;

#endif
