#ifndef WORKER_STATE_H
#define WORKER_STATE_H

#include "common/base/arena.h"
#include "common/wire/message.h"
#include "server/ipc/ipc.h"
#include "server/op/op.h"
#include "server/worker/worker.h"

/* What a worker process has: made in loop.c, handed to everything else. */

enum { KNOWN_USERS = 64, ROLES_MAX = 8 };

/* The last context row of a user: lets a read send its preamble and its query together; if the row that comes
   back differs, the read is done again with it. */
struct known_user {
    struct arena memory;
    struct identity who; /* user 0: free */
    struct pg_rows entered;
};

/* What a role sees of the catalog, made when first asked for. */
struct described {
    struct schema schema; /* entities NULL: not made yet */
    struct str raw;       /* its encoding */
};

struct worker {
    const struct worker_config *config;
    struct pg *pg;
    struct arena arena;  /* of the request; reset after the answer */
    struct arena memory; /* of the process */
    struct signer signer;
    bool has_signer;
    struct known_user known[KNOWN_USERS];
    struct described described[ROLES_MAX];
};

/* describe.c: the catalog as the role sees it. */
const struct described *worker_describe(struct worker *w, enum user_role role);

/* known.c: NULL when the user is not known yet. */
const struct pg_rows *known_find(struct worker *w, const struct identity *who);
const struct pg_rows *known_keep(struct worker *w, const struct identity *who, const struct pg_rows *entered);
void known_drop(struct worker *w, const struct identity *who);
bool known_same(const struct pg_rows *a, const struct pg_rows *b);

/* dispatch.c: answers one wire message or JSON line. The payload lives in w->arena. */
struct str dispatch_wire(struct worker *w, const struct job *job);
struct str dispatch_json(struct worker *w, const struct job *job);
/* What is answered when a request could not be finished at all: its id is read again from the job. */
struct str dispatch_failure(struct worker *w, const struct job *job, enum rc code);

#endif
