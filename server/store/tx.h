#ifndef STORE_TX_H
#define STORE_TX_H

#include "server/store/pg.h"

/*
 * A request's transaction. Every statement of a request runs behind the preamble, which names the company and
 * the user to row-level security; it stands in one function (tx.c).
 *
 * Reading: each tx_run is one round trip and one implicit transaction, preamble included. Writing: tx_begin,
 * any number of tx_run, tx_commit or tx_rollback.
 */
struct tx_who {
    int32_t tenant;
    int64_t user;    /* not used by the service */
    int64_t session; /* the session's secret token; not used by the service */
    bool service;    /* jobs: the actor is the service itself (role bima_jobs) */
    bool has_today;  /* the day is fixed: training and tests */
    date_t today;
    struct str request_id, address, client, reason, action;
};

struct tx {
    struct pg *pg;
    struct tx_who who;
    bool open;              /* between tx_begin and its end */
    struct pg_rows entered; /* what the last preamble returned: one row, of app.enter */
    size_t failed;          /* see tx_failed */
};

/* Fails: as pg_run; RC_UNAUTHENTICATED when the preamble finds no active user and company. */
enum rc tx_run(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
               struct err *reterr) NODISCARD;
/* After a tx_run in an open transaction, or a tx_commit, that failed: which of its statements did, as
   pg_failed. */
size_t tx_failed(const struct tx *tx);
/*
 * As tx_run, for reads that are done best in one way whoever asks: found and put in order by an index. Each
 * is planned once for a connection, and so that the plan suits the largest company also when the smallest was
 * the first to ask. Parameters must not decide how it is done: no LIMIT by parameter. In an open transaction
 * it is tx_run.
 */
enum rc tx_run_settled(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n,
                       struct pg_rows *ret, struct err *reterr) NODISCARD;
/* Opens the transaction with what is run next: ret[] must stand first there. Who looks at the rows of
   ret[TX_PREAMBLE], one unless the session has ended, sees that before he believes the rest. */
enum { TX_BEGIN, TX_PREAMBLE, TX_OPENING };
void tx_begin_later(struct tx *tx, struct arena *a, struct pg_stmt ret[TX_OPENING]);
/* Opens the transaction, runs the preamble and `stmts` in the same round trip. Fails: as tx_run; closed then.
 */
enum rc tx_begin(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
                 struct err *reterr) NODISCARD;
/* Runs `stmts`, then what was deferred, then commits: one round trip. Fails: as pg_run, all undone; RC_RETRY
   when the line broke: then only the idempotency key tells whether it was done. ret: as tx_run. */
enum rc tx_commit(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
                  struct err *reterr) NODISCARD;
void tx_rollback(struct tx *tx, struct arena *a); /* nothing when not open */
/* Should the whole transaction be tried again: a deadlock or a serialisation failure? */
bool tx_again(const struct err *e);

#endif
