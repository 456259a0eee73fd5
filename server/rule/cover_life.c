#include "server/rule/cover_life.h"

#include "server/catalog/certificate.h"

#include "server/rule/finding.h"

static enum rc
judge_free(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    enum rc rc = RC_OK;
    if (rows->nrows == 0)
        return rc;
    const bool *fleet = about;
    const struct str number = pg_cell(rows, 0, 1)->text;
    const date_t until = pg_cell(rows, 0, 2)->date;
    if (*fleet)
        rc = err_set(reterr, RC_REFUSED, "vehicles",
                     "%.*s is already insured under policy %.*s until %s; leave it out, or let the new cover "
                     "start on %s",
                     STR_ARG(pg_cell(rows, 0, 3)->text), STR_ARG(number), finding_day(ctx, until),
                     finding_day(ctx, date_add_days(until, 1)));
    else
        rc = err_set(
            reterr, RC_REFUSED, "vehicle",
            "the vehicle is already insured under policy %.*s until %s; renew that policy, or let the "
            "new cover start on %s",
            STR_ARG(number), finding_day(ctx, until), finding_day(ctx, date_add_days(until, 1)));
    if (reterr)
        err_add_ref(reterr, ENTITY_POLICY, pg_cell(rows, 0, 0)->i, str_dup(ctx->arena, number).p);
    return rc;
}

void
cover_check_free(struct op_ctx *ctx, const struct cover_of *of, struct term_dates days, int64_t but_policy)
{
    static const char sql[] =
        "select p.id, p.number, c.to_date, coalesce(v.plate, v.chassis) from app.cover c"
        " join app.policy p on p.tenant_id = c.tenant_id and p.id = c.policy_id"
        " join app.vehicle v on v.tenant_id = c.tenant_id and v.id = c.vehicle_id"
        " where c.tenant_id = $1::int and c.vehicle_id = any (string_to_array($2, ',')::bigint[])"
        " and c.in_force and c.to_date >= $3 and c.from_date <= $4"
        " and c.policy_id <> $5 order by c.to_date desc limit 1";
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(of->vehicles), VALUE_DATE(days.start),
                                   VALUE_DATE(days.end), VALUE_INT(but_policy)};
    bool *fleet = arena_new(ctx->arena, bool, 1);
    *fleet = of->fleet;
    op_ask_judged(ctx, sql, params, COUNTOF(params), judge_free, fleet);
}

enum rc
cover_plan(struct op_ctx *ctx, const struct term *term, struct ref vehicle, struct err *reterr)
{
    struct cover c = {0};
    ROW_SET(&c, COVER_POLICY, policy, ((struct ref){.id = term->policy.id}));
    ROW_SET(&c, COVER_TERM, term, ((struct ref){.id = term->row.id}));
    ROW_SET(&c, COVER_VEHICLE, vehicle, vehicle);
    ROW_SET(&c, COVER_FROM_DATE, from_date, term->start_date);
    ROW_SET(&c, COVER_TO_DATE, to_date, term->end_date);
    ROW_SET(&c, COVER_IN_FORCE, in_force, false);
    return op_insert(ctx, ENTITY_COVER, &c, reterr);
}

void
cover_ask(struct op_ctx *ctx, const struct term *term, struct pg_rows *asked)
{
    static const char sql[] =
        "select c.id from app.cover c left join app.term_vehicle l on l.tenant_id = c.tenant_id"
        " and l.term_id = c.term_id and l.vehicle_id = c.vehicle_id"
        " where c.tenant_id = $1::int and c.term_id = $2 order by l.seq";
    const struct value params[] = {tenant_value(ctx), VALUE_INT(term->row.id)};
    op_ask(ctx, sql, params, COUNTOF(params), asked);
}

enum rc
cover_take(struct op_ctx *ctx, const struct term *term, const struct pg_rows *asked, struct covers *ret,
           struct err *reterr)
{
    enum rc rc = RC_OK;
    if (asked->nrows == 0)
        return err_log(reterr, RC_INTERNAL, "term %lld has no cover", (long long)term->row.id);
    struct covers all = {.rows = arena_new(ctx->arena, struct cover, asked->nrows)};
    for (size_t i = 0; i < asked->nrows; i++)
        op_load_ahead(ctx, ENTITY_COVER, pg_cell(asked, i, 0)->i, OP_LOCK);
    for (; !rc && all.n < asked->nrows; all.n++)
        rc = op_load(ctx, ENTITY_COVER, pg_cell(asked, all.n, 0)->i, OP_LOCK, &all.rows[all.n], reterr);
    if (!rc)
        *ret = all;
    return rc;
}

enum rc
cover_load(struct op_ctx *ctx, const struct term *term, struct covers *ret, struct err *reterr)
{
    struct pg_rows asked;
    cover_ask(ctx, term, &asked);
    enum rc rc = op_settle(ctx, reterr);
    return rc ? rc : cover_take(ctx, term, &asked, ret, reterr);
}

static enum rc
save_cover(struct op_ctx *ctx, struct cover *c, struct term_dates days, bool in_force, struct err *reterr)
{
    ROW_SET(c, COVER_FROM_DATE, from_date, days.start);
    ROW_SET(c, COVER_TO_DATE, to_date, days.end);
    ROW_SET(c, COVER_IN_FORCE, in_force, in_force);
    return op_update(ctx, ENTITY_COVER, c, reterr);
}

enum rc
cover_replan(struct op_ctx *ctx, const struct term *term, struct err *reterr)
{
    struct covers all;
    const struct term_dates days = {term->start_date, term->end_date};
    enum rc rc = cover_load(ctx, term, &all, reterr);
    for (size_t i = 0; !rc && i < all.n; i++)
        rc = save_cover(ctx, &all.rows[i], days, false, reterr);
    return rc;
}

enum rc
cover_start(struct op_ctx *ctx, struct cover *cover, struct term_dates days, struct err *reterr)
{
    return save_cover(ctx, cover, days, true, reterr);
}

static enum rc
withdraw_certificates(struct op_ctx *ctx, const struct term *term, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(term->policy.id), VALUE_INT(term->row.id)};
    enum rc rc = op_query(ctx, "cover_certificates",
                          "select id from app.certificate where tenant_id = $1::int and policy_id = $2"
                          " and term_id = $3 and state = 1",
                          params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; !rc && i < rows.nrows; i++) {
        struct certificate k;
        rc = op_load(ctx, ENTITY_CERTIFICATE, pg_cell(&rows, i, 0)->i, OP_LOCK, &k, reterr);
        if (rc)
            break;
        ROW_SET(&k, CERTIFICATE_STATE, state, CERTIFICATE_WITHDRAWN);
        rc = op_update(ctx, ENTITY_CERTIFICATE, &k, reterr);
    }
    return rc;
}

static enum rc
end_one(struct op_ctx *ctx, struct cover *c, enum cover_end how, struct err *reterr)
{
    struct term_dates days = {c->from_date, c->to_date};
    bool stays = how == COVER_CUT && c->in_force && date_cmp(c->from_date, ctx->who.today) <= 0;
    if (stays && date_cmp(ctx->who.today, days.end) < 0)
        days.end = ctx->who.today;
    return save_cover(ctx, c, days, stays, reterr);
}

enum rc
cover_end(struct op_ctx *ctx, const struct term *term, enum cover_end how, struct err *reterr)
{
    struct covers all;
    enum rc rc = cover_load(ctx, term, &all, reterr);
    for (size_t i = 0; !rc && i < all.n; i++)
        rc = end_one(ctx, &all.rows[i], how, reterr);
    return rc ? rc : withdraw_certificates(ctx, term, reterr);
}
