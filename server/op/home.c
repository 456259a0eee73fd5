#include "common/base/lang.h"
#include "server/catalog/alert.h"
#include "server/catalog/policy.h"
#include "server/catalog/receipt.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/platform/platform.h"
#include "server/store/figures.h"

/* Home: what falls due, what waits, what was done today. One round trip, no scan: everything is counted as it
 * happens. */

enum { S_ALERTS = FIGURES_PARTS, S_COUNTS, STATEMENTS };
enum { P_VERIFIES, P_USER, P_FOUR_EYES, ALERT_PARAMS, P_REMINDERS = ALERT_PARAMS, COUNT_PARAMS };

/* What concerns who asks, of the alerts `d`: a receipt, when he may verify it. $1 may he verify, $2 who he
   is, $3 above which a second person has to. */
#define MINE                                                                                                 \
    " and (d.kind <> 3 or ($1 and exists (select from app.receipt r where r.id = d.receipt_id"               \
    " and (r.amount <= $3 or r.taken_by <> $2))))"
#define WINDOW " d.is_open and d.due_date <= (select app.today() + " ALERT_AHEAD ")"

static const char alerts_sql[] =
    "select a.kind, a.due_date, p.id, p.number, case when p.vehicle_id is null then 'fleet'"
    " else coalesce(v.plate, v.chassis, '?') end, c.name, a.id, a.receipt_id, r.number, r.amount from ("
    "select d.kind, d.due_date, d.policy_id, d.receipt_id, d.id from app.due_item d where" WINDOW
    " and not " ALERT_HIDDEN("d") MINE
    " order by d.due_date, d.id limit 20) a"
    " join app.policy p on p.id = a.policy_id join app.customer c on c.id = p.customer_id"
    " left join app.vehicle v on v.id = p.vehicle_id left join app.receipt r on r.id = a.receipt_id"
    " order by a.due_date, a.id";

/* Put away by who asks; receipts that wait for him; and what has come since he last looked, of the latest ten
   thousand: what fell due since then, what came within the days that count, and covers whose reminder day
   came ($4: the company's).
 */
static const char counts_sql[] =
    "with l as materialized (select s.at, (select app.today())"
    " - greatest(0, floor(extract(epoch from now() - s.at) / 86400))::int as day"
    " from (select coalesce((select at from app.alert_seen where user_id = (select app.user_id())),"
    " (select created_at from app.session where id = current_setting('app.session_id')::bigint), now()) as "
    "at) s),"
    " r as materialized (select l.day + n.n as after, (select app.today()) + n.n as until"
    " from l cross join (select nullif(x, '')::int as n from string_to_table($4, ' ') x) n)"
    " select (select count(*) from app.alert_mark m join app.due_item d on d.id = m.alert_id and d.due_date "
    "= "
    "m.due_date"
    " where m.user_id = (select app.user_id()) and (m.until is null or m.until > (select app.today())) "
    "and" WINDOW MINE "),"
    " (select count(*) from app.due_item d where d.kind = 3 and" WINDOW MINE "),"
    " (select count(*) from (select d.id from (select * from app.due_item n where n.is_open and n.at > l.at"
    " order by n.at desc limit 10000) d where" WINDOW " and not " ALERT_HIDDEN("d") MINE
    " union select d.id from app.due_item d where d.kind <> 1 and d.due_date > (select day + " ALERT_AHEAD
    " from l) and" WINDOW " and not " ALERT_HIDDEN("d") MINE
    " union select d.id from r cross join lateral (select * from app.due_item n where n.is_open and n.kind = "
    "1"
    " and n.due_date > r.after and n.due_date <= r.until order by n.due_date limit 1000) d"
    " where" WINDOW " and not " ALERT_HIDDEN("d") " limit 1000) x), l.at from l";

static bool
reads(const struct op_ctx *ctx, uint32_t entity)
{
    return rights_may(&ctx->who.rights, entity_by_number(entity), "read");
}

static struct body_counter
counter(const char *label, struct figures_span s, uint32_t entity, uint32_t view)
{
    return (struct body_counter){str_from(label), s.today, s.week, s.month, entity, view};
}

static void
fill_counters(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    home->counters = arena_new(ctx->arena, struct body_counter, 3);
    if (reads(ctx, ENTITY_POLICY)) {
        home->counters[home->ncounters++] =
            counter(_("Policies"), figures_policies(rows), ENTITY_POLICY, POLICY_VIEW_EXPIRING);
        home->counters[home->ncounters++] =
            counter(_("Unpaid"), figures_unpaid(rows), ENTITY_POLICY, POLICY_VIEW_UNPAID);
    }
    if (reads(ctx, ENTITY_RECEIPT))
        home->counters[home->ncounters++] =
            counter(_("To verify"), figures_receipts(rows), ENTITY_RECEIPT, RECEIPT_VIEW_TO_VERIFY);
}

static enum schema_tone
urgency(date_t due, date_t today)
{
    if (due.days < today.days)
        return TONE_BAD;
    return due.days == today.days ? TONE_WARN : TONE_SOON;
}

/* Columns of alerts_sql. */
enum { A_KIND, A_DUE, A_POLICY, A_NUMBER, A_VEHICLE, A_HOLDER, A_ID, A_RECEIPT, A_RECEIPT_NUMBER };

static struct body_alert
policy_alert(struct op_ctx *ctx, const struct pg_rows *rows, size_t i)
{
    bool unpaid = pg_cell(rows, i, A_KIND)->i == ALERT_UNPAID;
    bool renews = rights_may(&ctx->who.rights, entity_by_number(ENTITY_POLICY), "renew");
    struct str number = pg_cell(rows, i, A_NUMBER)->text;
    return (struct body_alert){
        .record = {ENTITY_POLICY, pg_cell(rows, i, A_POLICY)->i, number},
        .text =
            str_printf(ctx->arena, _("Policy %.*s  %.*s  %.*s"), STR_ARG(number),
                       STR_ARG(pg_cell(rows, i, A_VEHICLE)->text), STR_ARG(pg_cell(rows, i, A_HOLDER)->text)),
        .note = unpaid ? str_from(_("unpaid")) : STR_NONE,
        .action = unpaid || !renews ? 0 : POLICY_RENEW,
    };
}

static struct body_alert
receipt_alert(struct op_ctx *ctx, const struct pg_rows *rows, size_t i)
{
    struct str number = pg_cell(rows, i, A_RECEIPT_NUMBER)->text;
    return (struct body_alert){
        .record = {ENTITY_RECEIPT, pg_cell(rows, i, A_RECEIPT)->i, number},
        .text =
            str_printf(ctx->arena, _("Receipt %.*s  %.*s  %.*s"), STR_ARG(number),
                       STR_ARG(pg_cell(rows, i, A_VEHICLE)->text), STR_ARG(pg_cell(rows, i, A_HOLDER)->text)),
        .note = str_from(_("to approve")),
        .action = RECEIPT_VERIFY,
    };
}

static void
fill_alerts(struct op_ctx *ctx, const struct pg_rows *all, struct body_home *home)
{
    const struct pg_rows *rows = &all[S_ALERTS], *counts = &all[S_COUNTS];
    home->alerts = arena_new(ctx->arena, struct body_alert, rows->nrows + 1);
    home->nalerts = rows->nrows;
    for (size_t i = 0; i < rows->nrows; i++) {
        struct body_alert a = pg_cell(rows, i, A_KIND)->i == ALERT_WAITS ? receipt_alert(ctx, rows, i)
                                                                         : policy_alert(ctx, rows, i);
        a.due = pg_cell(rows, i, A_DUE)->date;
        a.tone = urgency(a.due, ctx->who.today);
        a.id = pg_cell(rows, i, A_ID)->i;
        home->alerts[i] = a;
    }
    int64_t hidden = pg_cell(counts, 0, 0)->i, waiting = pg_cell(counts, 0, 1)->i;
    int64_t more =
        figures_policies(all).all + figures_unpaid(all).all + waiting - hidden - (int64_t)rows->nrows;
    home->more_alerts = more > 0 ? more : 0;
    home->fresh = pg_cell(counts, 0, 2)->i;
    home->fresh_since = pg_cell(counts, 0, 3)->stamp;
}

static void
fill_figures(struct op_ctx *ctx, const struct pg_rows *rows, struct body_home *home)
{
    const char *const labels[] = {_("Issued"), _("Renewed"), _("Receipts")};
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
    home->spark_label = str_from(_("Policies expiring, 14 days"));
    home->spark = arena_new(ctx->arena, int64_t, rows->nrows);
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
    const bool verifies = rights_may(&ctx->who.rights, entity_by_number(ENTITY_RECEIPT), "verify");
    const struct value branch = VALUE_INT(ctx->who.branch.id);
    const struct value mine[COUNT_PARAMS] = {
        [P_VERIFIES] = {.type = VT_BOOL, .yes = verifies},
        [P_USER] = VALUE_INT(ctx->who.user),
        [P_FOUR_EYES] = VALUE_INT(ctx->who.has_four_eyes ? ctx->who.four_eyes.minor : INT64_MAX),
        [P_REMINDERS] = VALUE_TEXT(ctx->who.reminder_days),
    };
    struct pg_stmt stmts[STATEMENTS];
    struct pg_rows rows[STATEMENTS];
    figures_ask(&branch, ctx->who.customer != 0 || ctx->who.branch_only, stmts);
    stmts[S_ALERTS] = (struct pg_stmt){alerts_sql, mine, ALERT_PARAMS};
    stmts[S_COUNTS] = (struct pg_stmt){counts_sql, mine, COUNT_PARAMS};
    enum rc rc = tx_run_settled(ctx->tx, ctx->arena, stmts, STATEMENTS, rows, reterr);
    if (rc != RC_OK)
        return rc;
    struct body_home *home = &ret->home;
    fill_counters(ctx, rows, home);
    if (reads(ctx, ENTITY_POLICY)) {
        fill_alerts(ctx, rows, home);
        fill_spark(ctx, &rows[FIGURES_SPARK], home);
    }
    if (reads(ctx, ENTITY_POLICY) && reads(ctx, ENTITY_RECEIPT) && !ctx->who.customer)
        fill_figures(ctx, &rows[FIGURES_DAY], home);
    ret->present |= 1u << BODY_HOME;
    return RC_OK;
}
