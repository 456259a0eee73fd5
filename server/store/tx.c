#include "server/store/tx.h"

#include <string.h>

enum { ENTER_PARAMS = 9 };

static struct value
text_or_null(struct str s)
{
    return s.n ? VALUE_TEXT(s) : VALUE_NULL;
}

/* The preamble: the one place that tells the database who asks. */
static struct pg_stmt
preamble(const struct tx_who *who, struct value params[ENTER_PARAMS])
{
    struct value today = who->has_today ? (struct value){.type = VT_DATE, .date = who->today} : VALUE_NULL;
    params[0] = VALUE_INT(who->tenant);
    if (who->service) {
        params[1] = text_or_null(who->action);
        params[2] = today;
        return (struct pg_stmt){"select * from app.enter_service($1::int, $2::text, $3::date)", params, 3};
    }
    params[1] = VALUE_INT(who->user);
    params[2] = VALUE_INT(who->session);
    params[3] = text_or_null(who->request_id);
    params[4] = text_or_null(who->address);
    params[5] = text_or_null(who->client);
    params[6] = text_or_null(who->reason);
    params[7] = text_or_null(who->action);
    params[8] = today;
    return (struct pg_stmt){
        "select * from app.enter($1::int, $2::bigint, $3::bigint, $4::text, $5::text, $6::text, "
        "$7::text, $8::text, $9::date)",
        params, ENTER_PARAMS};
}

/* [first,] preamble, stmts in one round trip. */
static enum rc
enter_and_run(struct tx *tx, struct arena *a, const struct pg_stmt *first, const struct pg_stmt *stmts,
              size_t n, struct pg_rows *ret, struct err *reterr)
{
    size_t head = first ? 2 : 1;
    struct pg_stmt *all = arena_new(a, struct pg_stmt, n + head);
    struct pg_rows *rows = arena_new(a, struct pg_rows, n + head);
    struct value params[ENTER_PARAMS];
    if (first)
        all[0] = *first;
    all[head - 1] = preamble(&tx->who, params);
    if (n)
        memcpy(all + head, stmts, n * sizeof *stmts);
    enum rc rc = pg_run(tx->pg, a, all, n + head, rows, reterr);
    tx->entered = rows[head - 1];
    if (rc != RC_RETRY && tx->entered.nrows != 1 && (rc == RC_OK || tx->entered.ncols > 0))
        return err_set(reterr, RC_UNAUTHENTICATED, NULL, "your session has ended; sign in again");
    if (rc == RC_OK && n && ret)
        memcpy(ret, rows + head, n * sizeof *ret);
    return rc;
}

enum rc
tx_run(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
       struct err *reterr)
{
    if (!tx->open)
        return enter_and_run(tx, a, NULL, stmts, n, ret, reterr);
    enum rc rc = pg_run(tx->pg, a, stmts, n, ret, reterr);
    tx->failed = pg_failed(tx->pg);
    return rc;
}

size_t
tx_failed(const struct tx *tx)
{
    return tx->failed;
}

enum rc
tx_run_settled(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
               struct err *reterr)
{
    static const struct pg_stmt settle = {
        "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', "
        "'off', true),"
        " set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),"
        " set_config('enable_mergejoin', 'off', true)",
        NULL, 0};
    if (tx->open)
        return tx_run(tx, a, stmts, n, ret, reterr);
    struct pg_stmt *all = arena_new(a, struct pg_stmt, n + 1);
    struct pg_rows *rows = arena_new(a, struct pg_rows, n + 1);
    all[0] = settle;
    memcpy(all + 1, stmts, n * sizeof *stmts);
    enum rc rc = tx_run(tx, a, all, n + 1, rows, reterr);
    if (rc == RC_OK && ret)
        memcpy(ret, rows + 1, n * sizeof *ret);
    return rc;
}

void
tx_begin_later(struct tx *tx, struct arena *a, struct pg_stmt ret[TX_OPENING])
{
    ASSERT(!tx->open);
    ret[TX_BEGIN] = (struct pg_stmt){"begin", NULL, 0};
    ret[TX_PREAMBLE] = preamble(&tx->who, arena_new(a, struct value, ENTER_PARAMS));
    tx->open = true;
}

enum rc
tx_begin(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
         struct err *reterr)
{
    ASSERT(!tx->open);
    const struct pg_stmt begin = {"begin", NULL, 0};
    enum rc rc = enter_and_run(tx, a, &begin, stmts, n, ret, reterr);
    tx->open = true;
    if (rc != RC_OK)
        tx_rollback(tx, a);
    return rc;
}

enum rc
tx_commit(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
          struct err *reterr)
{
    ASSERT(tx->open);
    struct pg_stmt *all = arena_new(a, struct pg_stmt, n + 2);
    struct pg_rows *rows = arena_new(a, struct pg_rows, n + 2);
    if (n)
        memcpy(all, stmts, n * sizeof *stmts);
    all[n] = (struct pg_stmt){"set constraints all immediate", NULL, 0};
    all[n + 1] = (struct pg_stmt){"commit", NULL, 0};
    enum rc rc = pg_run(tx->pg, a, all, n + 2, rows, reterr);
    tx->failed = pg_failed(tx->pg);
    if (n && ret)
        memcpy(ret, rows, n * sizeof *ret);
    if (rc != RC_OK)
        tx_rollback(tx, a);
    tx->open = false;
    return rc;
}

void
tx_rollback(struct tx *tx, struct arena *a)
{
    if (!tx->open)
        return;
    tx->open = false;
    if (!pg_in_transaction(tx->pg))
        return; /* the line is gone, and the transaction with it */
    const struct pg_stmt rollback = {"rollback", NULL, 0};
    struct err ignored;
    if (pg_run(tx->pg, a, &rollback, 1, NULL, &ignored) != RC_OK)
        pg_drop(tx->pg);
}

bool
tx_again(const struct err *e)
{
    return strcmp(e->sqlstate, "40001") == 0 || strcmp(e->sqlstate, "40P01") == 0;
}
