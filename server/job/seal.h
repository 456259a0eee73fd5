#ifndef JOB_SEAL_H
#define JOB_SEAL_H

#include "server/audit/heads.h"
#include "server/job/job.h"

/*
 * Makes audit and history evidence: takes the rows that finished transactions left, lets the database put
 * them into their companies' chains, signs the heads. Each batch is one transaction: killed anywhere, it is
 * done whole or not at all. Nobody who writes waits for it.
 */
enum { SEAL_PATH = 300 };
struct sealer {
    struct signer key;
    bool ready;
    char heads_path[SEAL_PATH]; /* of heads.h */
    struct heads heads;
    bool knows_heads; /* false: the file could not be read, and is left as it is */
};

/* The key must be there. Fails: RC_INTERNAL. */
enum rc sealer_init(struct sealer *s, const struct jobs_config *c, struct err *reterr) NODISCARD;
void sealer_done(struct sealer *s);

/* Seals what there is, for at most a few seconds. Fails: as pg_run. */
enum rc job_seal(struct job_round *round, struct sealer *s, int64_t *ret_n, struct err *reterr) NODISCARD;

/* Says in the log when sealing lags behind: a transaction that does not end holds it up. Fails: as pg_run. */
enum rc job_seal_lag(struct job_round *round, struct err *reterr) NODISCARD;

#endif
