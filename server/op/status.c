#include <time.h>

#include "server/op/ops.h"
#include "server/op/parts.h"

static int64_t
microseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
add(struct body *ret, const char *name, struct str value)
{
    ret->status[ret->nstatus++] = (struct body_pair){str_from(name), value};
}

enum { PAIRS_MAX = 8 };

enum rc
op_status(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p;
    char day[DATE_TEXT];
    struct pg_rows rows;
    int64_t started = microseconds();
    const struct pg_stmt stmt = {"select current_setting('server_version')", NULL, 0};
    enum rc rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    int64_t took = microseconds() - started;
    ret->status = arena_new(ctx->arena, struct body_pair, PAIRS_MAX);
    add(ret, "Service", STR("bimad " BIMA_VERSION));
    add(ret, "Company", ctx->who.tenant_name);
    add(ret, "Day", str_dup(ctx->arena, str_from(date_text(ctx->who.today, day))));
    add(ret, "Time zone", ctx->who.timezone);
    add(ret, "Database",
        str_printf(ctx->arena, "PostgreSQL %.*s, answers in %lld.%03lld ms",
                   STR_ARG(pg_cell(&rows, 0, 0)->text), (long long)(took / 1000), (long long)(took % 1000)));
    ret->present |= 1u << BODY_STATUS;
    return RC_OK;
}
