/* Home of the platform: requests that wait, what failed, how many companies there are. */
#include "common/base/lang.h"
#include "server/catalog/company_request.h"
#include "server/op/rights.h"
#include "server/platform/platform.h"

enum { VIEW_PENDING = 1, VIEW_ACTIVE = 2, VIEW_SUSPENDED = 3, VIEW_ERRORS = 1, ALERTS_MOST = 20 };
enum { ACTIVE, SUSPENDED, PENDING_TODAY, PENDING_WEEK, PENDING, ERRORS_TODAY, ERRORS_WEEK, ERRORS_MONTH };
enum { S_FIGURES, S_ALERTS, STATEMENTS };
enum { DAYS_WARN = 2, DAYS_BAD = 7 };

static const char *const statements[STATEMENTS] = {
    [S_FIGURES] = "select active, suspended, pending_today, pending_week, pending, errors_today, "
                  "errors_week, errors_month"
                  " from app.platform_home()",
    [S_ALERTS] =
        "select id, name, domain, created_at from app.company_request where tenant_id = 0 and state = 1"
        " order by created_at, id limit 20",
};

static void
fill_counters(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    const struct value *f = rows->cells;
    home->counters = arena_new(ctx->arena, struct body_counter, 2);
    home->counters[0] =
        (struct body_counter){str_from(_("Requests")), f[PENDING_TODAY].i, f[PENDING_WEEK].i, f[PENDING].i,
                              ENTITY_COMPANY_REQUEST,  VIEW_PENDING};
    home->counters[1] = (struct body_counter){str_from(_("Errors")), f[ERRORS_TODAY].i,    f[ERRORS_WEEK].i,
                                              f[ERRORS_MONTH].i,     ENTITY_SERVICE_ERROR, VIEW_ERRORS};
    home->ncounters = 2;
    home->figures = arena_new(ctx->arena, struct body_figure, 2);
    home->figures[0] = (struct body_figure){.label = str_from(_("Companies")), .count = f[ACTIVE].i};
    home->figures[1] = (struct body_figure){.label = str_from(_("Suspended")), .count = f[SUSPENDED].i};
    home->nfigures = 2;
}

static void
fill_alerts(struct op_ctx *ctx, const struct pg_rows *rows, int64_t pending, struct body_home *home)
{
    home->alerts = arena_new(ctx->arena, struct body_alert, rows->nrows + 1);
    home->nalerts = rows->nrows;
    for (size_t i = 0; i < rows->nrows; i++) {
        struct str name = pg_cell(rows, i, 1)->text;
        date_t came = stamp_day(pg_cell(rows, i, 3)->stamp, ctx->who.offset_minutes);
        int32_t waits = ctx->who.today.days - came.days;
        home->alerts[i] = (struct body_alert){
            .record = {ENTITY_COMPANY_REQUEST, pg_cell(rows, i, 0)->i, name},
            .tone = waits > DAYS_BAD     ? TONE_BAD
                    : waits >= DAYS_WARN ? TONE_WARN
                                         : TONE_SOON,
            .text = str_printf(ctx->arena, "Request  %.*s  %.*s", STR_ARG(name),
                               STR_ARG(pg_cell(rows, i, 2)->text)),
            .due = came,
            .action = REQUEST_APPROVE,
        };
    }
    home->more_alerts = pending > (int64_t)rows->nrows ? pending - (int64_t)rows->nrows : 0;
}

enum rc
platform_home(struct op_ctx *ctx, struct body *ret, struct err *reterr)
{
    struct pg_rows rows[STATEMENTS];
    struct pg_stmt stmts[STATEMENTS];
    bool sees = rights_may(&ctx->who.rights, entity_by_number(ENTITY_COMPANY), "read");
    for (size_t i = 0; i < STATEMENTS; i++)
        stmts[i] = (struct pg_stmt){statements[i], NULL, 0};
    ret->present |= 1u << BODY_HOME;
    if (!sees) /* the regulator: there is nothing that waits for him */
        return RC_OK;
    enum rc rc = tx_run(ctx->tx, ctx->arena, stmts, STATEMENTS, rows, reterr);
    if (rc != RC_OK)
        return rc;
    fill_counters(ctx, &rows[S_FIGURES], &ret->home);
    fill_alerts(ctx, &rows[S_ALERTS], rows[S_FIGURES].cells[PENDING].i, &ret->home);
    return RC_OK;
}
