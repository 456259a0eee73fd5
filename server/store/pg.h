#ifndef STORE_PG_H
#define STORE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/value/value.h"

/*
 * One connection to PostgreSQL, always in pipeline mode. With pg_error.c the only code that talks to libpq.
 *
 * Connects when first used and again by itself after the line was lost: the call that notices fails with
 * RC_RETRY, the next one works as soon as the database does.
 */
struct pg;

/* `conninfo` without a user gets user=`role`; one with a user does SET ROLE `role` after connecting. */
struct pg *pg_new(const char *conninfo, const char *role);
void pg_free(struct pg *pg); /* NULL-safe */
/* Drops the connection and whatever is under way; the next use connects again. */
void pg_drop(struct pg *pg);
/* Connects now when there is no connection. Fails: RC_RETRY. */
enum rc pg_ready(struct pg *pg, struct err *reterr) NODISCARD;
/* What it did since pg_new. */
struct pg_tally {
    uint64_t connects, trips, rows; /* connections made, round trips, rows read */
    bool open;                      /* connected, as far as it knows */
};
struct pg_tally pg_tally(const struct pg *pg);
/* Inside BEGIN … COMMIT, also when it has failed. */
bool pg_in_transaction(const struct pg *pg);

/*
 * A statement with parameters $1…: INT, CHOICE, REF, MONEY and RATE go as bigint, TEXT as text, BYTES as
 * bytea, BOOL, DATE as date, STAMP as timestamptz, NULL as NULL of whatever type the statement wants there.
 * Prepared once per connection.
 */
struct pg_stmt {
    const char *sql;
    const struct value *params;
    size_t nparams;
};

/* A result. Cells by the column's type: int2/4/8 INT, bool BOOL, text TEXT, json TEXT, date DATE, timestamptz
   STAMP, bytea BYTES, NULL and void NULL. Numeric and float are not read: cast them in the statement. */
struct pg_rows {
    size_t nrows, ncols;
    struct str *names;   /* ncols */
    struct value *cells; /* nrows * ncols, row by row */
};
static inline const struct value *
pg_cell(const struct pg_rows *rows, size_t row, size_t col)
{
    return &rows->cells[row * rows->ncols + col];
}

/*
 * Sends all statements in one go and reads all results: one round trip, one implicit transaction unless one
 * is open. `ret` has n entries, or is NULL when no result is wanted. After a failure the results before it
 * are filled (nrows of others 0). Fails: RC_RETRY no connection, serialisation, deadlock; RC_DUPLICATE,
 * RC_REFUSED, RC_NOT_FOUND … as pg_error.c maps constraints and states; RC_INTERNAL otherwise (the database's
 * words in err.log).
 */
enum rc pg_run(struct pg *pg, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
               struct err *reterr) NODISCARD;
/* After a pg_run that failed: which of its statements did; their number when it was none of them. */
size_t pg_failed(const struct pg *pg);

#endif
