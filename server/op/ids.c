/* Ids of new records. They come from sequences, which no transaction gives back: some are drawn at a time. */
#include "server/op/ids.h"

#include <string.h>

#include "server/op/parts.h"

static void
draw(struct op_ctx *ctx, const struct entity *e, struct pg_stmt *ret)
{
    struct value *params = arena_new(ctx->arena, struct value, 3);
    params[0] = VALUE_TEXT(str_printf(ctx->arena, "app.%s_seq", e->table));
    params[1] = VALUE_INT(e->number);
    params[2] = VALUE_INT(ctx->ids ? OP_IDS_DRAWN : 1);
    *ret = (struct pg_stmt){"select app.new_id($1::text::regclass, $2::int) from generate_series(1, $3::int)",
                            params, 3};
}

static enum rc
keep(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct op_id_stock *stock = about;
    (void)ctx;
    (void)reterr;
    for (size_t i = 0; i < rows->nrows && stock->n < OP_IDS_DRAWN; i++)
        stock->ids[stock->n++] = pg_cell(rows, i, 0)->i;
    return RC_OK;
}

/* What came over a connection that is gone is not used. */
static enum rc
look_at_connection(struct op_ctx *ctx, struct err *reterr)
{
    struct op_ids *ids = ctx->ids;
    enum rc rc = pg_ready(ctx->tx->pg, reterr);
    if (rc != RC_OK || !ids)
        return rc;
    const uint64_t now = pg_tally(ctx->tx->pg).connects;
    if (ids->connection != now)
        memset(ids->of, 0, sizeof ids->of);
    ids->connection = ctx->connection = now;
    return RC_OK;
}

enum rc
op_new_id(struct op_ctx *ctx, const struct entity *e, int64_t *ret, struct err *reterr)
{
    struct op_id_stock own = {0}, *stock = ctx->ids ? &ctx->ids->of[e->number] : &own;
    struct pg_stmt stmt;
    ASSERT(e->number < OP_IDS_ENTITIES);
    enum rc rc = look_at_connection(ctx, reterr);
    if (rc == RC_OK && !stock->n) {
        draw(ctx, e, &stmt);
        op_ask_judged(ctx, stmt.sql, stmt.params, stmt.nparams, keep, stock);
        rc = op_settle(ctx, reterr);
    }
    if (rc != RC_OK)
        return rc;
    *ret = stock->ids[--stock->n];
    if (!stock->n && ctx->ids) {
        draw(ctx, e, &stmt);
        op_ask_judged(ctx, stmt.sql, stmt.params, stmt.nparams, keep, stock);
        op_ask_harmless(ctx);
    }
    return RC_OK;
}
