#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "server/job/jobs.h"
#include "server/store/tx.h"

/* One round of one job. Each works in small transactions, so that people at the counter never wait for it. */

struct sealer;
struct teller;

struct job_round {
    struct pg *pg;
    struct arena *arena; /* emptied by whoever runs the round */
    const struct jobs_config *config;
    struct sealer *sealer; /* NULL: nothing is sealed */
    struct teller *teller; /* NULL: nobody is told of changes */
    int rest_ms;           /* set by a job that has done much: not sooner again than this */
};

/* Active terms of a company whose last day is over by the company's own day become expired; suspended and
   unpaid ones never do. *ret_n counts them. Fails: as pg_run. */
enum rc job_expire(struct job_round *round, int32_t tenant, int64_t *ret_n, struct err *reterr) NODISCARD;

/* Answers kept for requests that might be sent again are forgotten after a week. Fails: as pg_run. */
enum rc job_forget(struct job_round *round, int64_t *ret_n, struct err *reterr) NODISCARD;

/* Sessions no front speaks of any more have ended: their line was closed, or their front is gone. Fails: as
 * pg_run. */
enum rc job_sessions(struct job_round *round, struct err *reterr) NODISCARD;

/* Expiry and forgetting once, for every active company. A failure ends the round; what was done stays done.
 */
enum rc job_round(struct job_round *round, struct err *reterr) NODISCARD;

#endif
