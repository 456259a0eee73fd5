#ifndef WORKER_STATE_H
#define WORKER_STATE_H

#include "common/base/arena.h"
#include "common/wire/message.h"
#include "server/ipc/ipc.h"
#include "server/op/ids.h"
#include "server/op/op.h"
#include "server/personal/personal.h"
#include "server/worker/usage.h"
#include "server/worker/worker.h"

/* What a worker process has: made in loop.c, handed to everything else. */

enum { KNOWN_USERS = 1024, DESCRIBED = 32 };

/* The last context row of a user: lets a read send its preamble and its query together; if the row that comes
   back differs, the read is done again with it. Which of his sessions asks makes no difference. */
struct known_user {
    struct arena memory;
    struct identity who; /* user 0: free */
    struct pg_rows entered;
};

/* What people with the same rights and language see of the catalog, made when first asked for. */
struct described {
    struct arena memory; /* cap 0: free */
    unsigned char rights[CRYPT_HASH];
    struct schema schema;
    struct str raw; /* its encoding */
};

/* What the audit counts of a session before it says so: audit.c. */
enum { AUDIT_TALLIES = 512, TALLY_ADDRESS = 80 };
struct audit_tally {
    int64_t session, user; /* session 0: free */
    int32_t tenant;
    int64_t since;           /* microseconds, monotonic: when the minute began */
    size_t refusals, beyond; /* in this minute; those of them that are not written yet */
    size_t persons;          /* shown a few at a time, since the audit was told */
    char address[TALLY_ADDRESS];
    size_t address_n;
};

struct worker {
    const struct worker_config *config;
    struct pg *pg;
    struct arena arena;  /* of the request; reset after the answer */
    struct arena memory; /* of the process */
    struct signer signer;
    bool has_signer;
    struct keyring *keys; /* of personal data and second factors; NULL where no master key is configured */
    struct op_ids ids;    /* drawn and not used yet */
    struct known_user known[KNOWN_USERS];
    struct described described[DESCRIBED];
    size_t next_described; /* the place that is given away when all are taken */
    struct audit_tally tallies[AUDIT_TALLIES];
    struct audience audience; /* of the last request, when it subscribed */
    bool signed_out;          /* the last request was not let in: its session is over */
    struct pg_tally told;     /* what the page was told of the connection */
    size_t tallied;           /* refusals counted and not written yet */
    struct usage usage;
};

/* describe.c: the catalog as somebody with these rights sees it. Stays until the next call. */
const struct described *worker_describe(struct worker *w, const struct rights *rights);

/* known.c: NULL when the user is not known yet. */
const struct pg_rows *known_find(struct worker *w, const struct identity *who);
const struct pg_rows *known_keep(struct worker *w, const struct identity *who, const struct pg_rows *entered);
void known_drop(struct worker *w, const struct identity *who);
/* But for the session. */
bool known_same(const struct pg_rows *a, const struct pg_rows *b);

/* dispatch.c: answers one wire message or JSON line. The payload lives in w->arena. */
struct str dispatch_wire(struct worker *w, const struct job *job);
struct str dispatch_json(struct worker *w, const struct job *job);
/* What is answered when a request could not be finished at all: its id is read again from the job. */
struct str dispatch_failure(struct worker *w, const struct job *job, enum rc code);

#endif
