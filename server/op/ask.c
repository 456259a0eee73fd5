/* What waits to be asked, and goes with the next statement that can't wait. */
#include <string.h>

#include "server/op/parts.h"

enum { ASKED_FIRST = 16 };

struct op_asked {
    struct pg_stmt stmt;
    op_judge *judge; /* NULL: nobody looks at what it gave */
    void *about;
    size_t step;     /* of the batch: an error is told of this one */
    bool may_refuse; /* must be judged before the transaction ends */
};

static enum rc
keep_rows(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    (void)ctx;
    (void)reterr;
    *(struct pg_rows *)about = *rows;
    return RC_OK;
}

void
op_ask_judged(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams,
              op_judge *judge, void *about)
{
    if (ctx->nasked == ctx->asked_room) {
        const size_t room = ctx->asked_room ? 2 * ctx->asked_room : ASKED_FIRST;
        struct op_asked *more = arena_new(ctx->arena, struct op_asked, room);
        if (ctx->nasked)
            memcpy(more, ctx->asked, ctx->nasked * sizeof *more);
        ctx->asked = more;
        ctx->asked_room = room;
    }
    struct value *own = arena_new(ctx->arena, struct value, nparams + 1);
    if (nparams)
        memcpy(own, params, nparams * sizeof *own);
    ctx->asked[ctx->nasked++] = (struct op_asked){
        {sql, own, nparams},
        judge, about, ctx->step, true
    };
}

void
op_ask(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams, struct pg_rows *ret)
{
    op_ask_judged(ctx, sql, params, nparams, ret ? keep_rows : NULL, ret);
    op_ask_harmless(ctx);
}

void
op_ask_harmless(struct op_ctx *ctx)
{
    ctx->asked[ctx->nasked - 1].may_refuse = false;
}

void
op_ask_ahead(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams, int64_t of)
{
    ctx->ahead = (struct op_ahead){.sql = sql, .of = of};
    op_ask(ctx, sql, params, nparams, &ctx->ahead.rows);
}

const struct pg_rows *
op_ahead(const struct op_ctx *ctx, const char *sql, int64_t of)
{
    const struct op_ahead *a = &ctx->ahead;
    return a->sql == sql && a->of == of && a->rows.names ? &a->rows : NULL;
}

/* Each sees what the ones before it made of their answers. */
static enum rc
judge(struct op_ctx *ctx, const struct op_asked *asked, size_t n, const struct pg_rows *rows,
      struct err *reterr)
{
    const size_t step = ctx->step;
    for (size_t i = 0; i < n; i++) {
        ctx->step = asked[i].step;
        enum rc rc = asked[i].judge ? asked[i].judge(ctx, asked[i].about, &rows[i], reterr) : RC_OK;
        if (rc != RC_OK)
            return rc;
    }
    ctx->step = step;
    return RC_OK;
}

/* The database refused something. What was answered before may tell why in better words, or that the rest
   should not have been asked at all. */
static enum rc
explain(struct op_ctx *ctx, const struct op_asked *asked, size_t n, const struct pg_rows *rows, enum rc rc,
        struct err *reterr)
{
    struct err why = {0};
    const size_t failed = tx_failed(ctx->tx), before = failed < n ? failed : n;
    if (rc != RC_RETRY) {
        enum rc said = judge(ctx, asked, before, rows, &why);
        if (said == RC_REFUSED || said == RC_CANCELLED || said == RC_UNAUTHENTICATED) {
            *reterr = why;
            return said;
        }
    }
    if (failed < n)
        ctx->step = asked[failed].step;
    return rc;
}

/* What waits and behind it `stmts`; a commit is only that tx_commit runs them. */
typedef enum rc run_fn(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n,
                       struct pg_rows *ret, struct err *reterr);

static enum rc
look_at_connection(const struct op_ctx *ctx, struct err *reterr)
{
    enum rc rc = ctx->connection ? pg_ready(ctx->tx->pg, reterr) : RC_OK;
    if (rc == RC_OK && ctx->connection && pg_tally(ctx->tx->pg).connects != ctx->connection)
        rc = err_log(reterr, RC_RETRY, "the database was lost since ids were drawn");
    return rc;
}

static enum rc
run(struct op_ctx *ctx, run_fn *fn, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
    struct err *reterr)
{
    enum rc rc = look_at_connection(ctx, reterr);
    if (rc != RC_OK)
        return rc;
    const struct op_asked *asked = ctx->asked;
    const size_t waiting = ctx->nasked;
    struct pg_stmt *all = arena_new(ctx->arena, struct pg_stmt, waiting + n + 1);
    struct pg_rows *rows = arena_new(ctx->arena, struct pg_rows, waiting + n + 1);
    for (size_t i = 0; i < waiting; i++)
        all[i] = asked[i].stmt;
    if (n)
        memcpy(all + waiting, stmts, n * sizeof *stmts);
    ctx->asked = NULL;
    ctx->nasked = ctx->asked_room = 0;
    rc = fn(ctx->tx, ctx->arena, all, waiting + n, rows, reterr);
    if (rc != RC_OK)
        return explain(ctx, asked, waiting, rows, rc, reterr);
    rc = judge(ctx, asked, waiting, rows, reterr);
    ctx->seeks = false;
    if (rc == RC_OK && n && ret)
        memcpy(ret, rows + waiting, n * sizeof *ret);
    return rc;
}

enum rc
op_run(struct op_ctx *ctx, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret, struct err *reterr)
{
    return n || ctx->nasked ? run(ctx, tx_run, stmts, n, ret, reterr) : RC_OK;
}

enum rc
op_commit(struct op_ctx *ctx, const struct pg_stmt *stmts, size_t n, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < ctx->nasked; i++)
        if (ctx->asked[i].may_refuse)
            rc = op_settle(ctx, reterr);
    return rc == RC_OK ? run(ctx, tx_commit, stmts, n, NULL, reterr) : rc;
}

enum rc
op_settle(struct op_ctx *ctx, struct err *reterr)
{
    return op_run(ctx, NULL, 0, NULL, reterr);
}

enum rc
op_query(struct op_ctx *ctx, const char *name, const char *sql, const struct value *params, size_t nparams,
         struct pg_rows *ret, struct err *reterr)
{
    (void)name;
    struct pg_rows rows;
    const struct pg_stmt stmt = {sql, params, nparams};
    enum rc rc = op_run(ctx, &stmt, 1, &rows, reterr);
    if (rc == RC_OK && ret)
        *ret = rows;
    return rc;
}

enum rc
op_now(struct op_ctx *ctx, stamp_t *ret, struct err *reterr)
{
    struct pg_rows rows;
    enum rc rc = ctx->has_now ? RC_OK : op_query(ctx, "now", "select now()", NULL, 0, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (!ctx->has_now)
        ctx->now = pg_cell(&rows, 0, 0)->stamp;
    ctx->has_now = true;
    *ret = ctx->now;
    return RC_OK;
}
