#include "server/catalog/policy.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/platform/platform.h"

/* Home: what falls due, what waits, what was done today. One round trip, no scan: everything is counted as it
 * happens. */

enum { DUE_END = 1, DUE_UNPAID = 2 };                            /* due_item.kind */
enum { VIEW_EXPIRING = 2, VIEW_UNPAID = 3, VIEW_TO_VERIFY = 2 }; /* policy's and receipt's views */
enum { SPARK_DAYS = 14 };

enum { S_DUE, S_RECEIPTS, S_ALERTS, S_FIGURES, S_SPARK, STATEMENTS };

static const char *const statements[STATEMENTS] = {
    [S_DUE] = "select k, coalesce(sum(n) filter (where (k = 1 and due_date = $1)"
              " or (k = 2 and due_date <= $1)), 0)::bigint,"
              " coalesce(sum(n) filter (where due_date <= $1 + 7), 0)::bigint, coalesce(sum(n), "
              "0)::bigint,"
              " coalesce(sum(n) filter (where due_date < $1), 0)::bigint"
              " from unnest(array[1, 2]) k left join app.due_count c on c.kind = k and c.due_date <= "
              "$1 + 30"
              " and (k = 2 or c.due_date >= $1 - 30) group by k order by k",
    [S_RECEIPTS] = "select count(*) filter (where paid_on >= $1), count(*) filter (where paid_on > "
                   "$1 - 7),"
                   " count(*) from (select paid_on from app.receipt where state = 1 limit 1000) x",
    [S_ALERTS] =
        "select d.kind, d.due_date, p.id, p.number, coalesce(v.plate, v.chassis, 'no plate'), c.name from ("
        "(select kind, row_id, due_date from app.due_item where is_open and kind = 1"
        " and due_date <= $1 + 30 order by due_date, row_id limit 20) union all "
        "(select kind, row_id, due_date from app.due_item where is_open and kind = 2"
        " and due_date <= $1 + 30 order by due_date, row_id limit 20)"
        " order by due_date, kind, row_id limit 20) d"
        " join app.policy p on p.id = d.row_id join app.vehicle v on v.id = p.vehicle_id"
        " join app.customer c on c.id = p.customer_id order by d.due_date, d.kind, p.number",
    [S_FIGURES] =
        "select k, coalesce(f.n, 0)::bigint, coalesce(f.amount, 0)::bigint from unnest(array[1, 2, 3]) k"
        " left join app.day_figure f on f.kind = k and f.day = $1 and f.branch_id = $2 order by k",
    [S_SPARK] = "select coalesce(c.n, 0)::bigint from generate_series(0, 13) i left join app.due_count c"
                " on c.due_date = $1 + i and c.kind = 1 order by i",
};

/* Who sees a part of the company: the figures kept for the whole are not his, his own part is counted. */
static const char *const counted[STATEMENTS] = {
    [S_DUE] =
        "select k, count(d.row_id) filter (where (k = 1 and due_date = $1) or (k = 2 and due_date <= $1)),"
        " count(d.row_id) filter (where due_date <= $1 + 7), count(d.row_id),"
        " count(d.row_id) filter (where due_date < $1)"
        " from unnest(array[1, 2]) k left join app.due_item d on d.is_open and d.kind = k"
        " and d.due_date <= $1 + 30 and (k = 2 or d.due_date >= $1 - 30) group by k order by k",
    [S_SPARK] = "select count(d.row_id) from generate_series(0, 13) i left join app.due_item d on d.is_open"
                " and d.kind = 1 and d.due_date = $1 + i group by i order by i",
};

static struct body_counter
due_counter(const char *label, const struct pg_rows *rows, size_t row, uint32_t view)
{
    int64_t before = pg_cell(rows, row, 4)->i; /* overdue policies are alerts, not "within" anything */
    bool ends = pg_cell(rows, row, 0)->i == DUE_END;
    return (struct body_counter){
        .label = str_from(label),
        .today = pg_cell(rows, row, 1)->i,
        .week = pg_cell(rows, row, 2)->i - (ends ? before : 0),
        .month = pg_cell(rows, row, 3)->i - (ends ? before : 0),
        .entity = ENTITY_POLICY,
        .view = view,
    };
}

static bool
reads(const struct op_ctx *ctx, uint32_t entity)
{
    return rights_may(&ctx->who.rights, entity_by_number(entity), "read");
}

static void
fill_counters(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    home->counters = arena_new(ctx->arena, struct body_counter, 3);
    if (reads(ctx, ENTITY_POLICY)) {
        home->counters[home->ncounters++] = due_counter("Policies", &rows[S_DUE], 0, VIEW_EXPIRING);
        home->counters[home->ncounters++] = due_counter("Unpaid", &rows[S_DUE], 1, VIEW_UNPAID);
    }
    if (reads(ctx, ENTITY_RECEIPT))
        home->counters[home->ncounters++] = (struct body_counter){
            .label = STR("To verify"),
            .today = pg_cell(&rows[S_RECEIPTS], 0, 0)->i,
            .week = pg_cell(&rows[S_RECEIPTS], 0, 1)->i,
            .month = pg_cell(&rows[S_RECEIPTS], 0, 2)->i,
            .entity = ENTITY_RECEIPT,
            .view = VIEW_TO_VERIFY,
        };
}

static enum schema_tone
urgency(date_t due, date_t today)
{
    if (due.days < today.days)
        return TONE_BAD;
    return due.days == today.days ? TONE_WARN : TONE_SOON;
}

static void
fill_alerts(struct op_ctx *ctx, const struct pg_rows *all, struct body_home *home)
{
    const struct pg_rows *rows = &all[S_ALERTS];
    const bool renews = rights_may(&ctx->who.rights, entity_by_number(ENTITY_POLICY), "renew");
    home->alerts = arena_new(ctx->arena, struct body_alert, rows->nrows + 1);
    home->nalerts = rows->nrows;
    for (size_t i = 0; i < rows->nrows; i++) {
        bool unpaid = pg_cell(rows, i, 0)->i == DUE_UNPAID;
        struct str number = pg_cell(rows, i, 3)->text;
        date_t due = pg_cell(rows, i, 1)->date;
        home->alerts[i] = (struct body_alert){
            .record = {ENTITY_POLICY, pg_cell(rows, i, 2)->i, number},
            .tone = urgency(due, ctx->who.today),
            .text = str_printf(ctx->arena, "Policy %.*s  %.*s  %.*s", STR_ARG(number),
                               STR_ARG(pg_cell(rows, i, 4)->text), STR_ARG(pg_cell(rows, i, 5)->text)),
            .note = unpaid ? STR("unpaid") : STR_NONE,
            .due = due,
            .action = unpaid || !renews ? 0 : POLICY_RENEW,
        };
    }
    int64_t total = 0;
    for (size_t i = 0; i < all[S_DUE].nrows; i++)
        total += pg_cell(&all[S_DUE], i, 3)->i;
    home->more_alerts = total > (int64_t)rows->nrows ? total - (int64_t)rows->nrows : 0;
}

static void
fill_figures(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    static const char *const labels[] = {"Issued", "Renewed", "Receipts"};
    home->figures = arena_new(ctx->arena, struct body_figure, COUNTOF(labels));
    for (size_t i = 0; i < rows->nrows && i < COUNTOF(labels); i++)
        home->figures[home->nfigures++] = (struct body_figure){
            .label = str_from(labels[i]),
            .count = pg_cell(rows, i, 1)->i,
            .has_amount = true,
            .amount = {pg_cell(rows, i, 2)->i},
        };
}

static void
fill_spark(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    home->spark_label = STR("Policies expiring, 14 days");
    home->spark = arena_new(ctx->arena, int64_t, SPARK_DAYS);
    home->nspark = rows->nrows;
    for (size_t i = 0; i < home->nspark; i++)
        home->spark[i] = pg_cell(rows, i, 0)->i;
}

enum rc
op_home(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p;
    if (ctx->who.rights.platform)
        return platform_home(ctx, ret, reterr);
    const bool part = ctx->who.customer != 0 || ctx->who.branch_only;
    const struct value params[] = {
        {.type = VT_DATE, .date = ctx->who.today},
        VALUE_INT(ctx->who.branch.id)
    };
    struct pg_stmt stmts[STATEMENTS];
    struct pg_rows rows[STATEMENTS];
    for (size_t i = 0; i < STATEMENTS; i++)
        stmts[i] =
            (struct pg_stmt){part && counted[i] ? counted[i] : statements[i], params, i == S_FIGURES ? 2 : 1};
    enum rc rc = tx_run(ctx->tx, ctx->arena, stmts, STATEMENTS, rows, reterr);
    if (rc != RC_OK)
        return rc;
    struct body_home *home = &ret->home;
    fill_counters(ctx, rows, home);
    if (reads(ctx, ENTITY_POLICY)) {
        fill_alerts(ctx, rows, home);
        fill_spark(ctx, &rows[S_SPARK], home);
    }
    if (reads(ctx, ENTITY_POLICY) && reads(ctx, ENTITY_RECEIPT) && !ctx->who.customer)
        fill_figures(ctx, &rows[S_FIGURES], home);
    ret->present |= 1u << BODY_HOME;
    return RC_OK;
}
