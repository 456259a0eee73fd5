#include "server/rule/cover_life.h"

#include "server/catalog/certificate.h"
#include "server/catalog/cover.h"

#include "server/rule/finding.h"

enum rc
cover_check_free(struct op_ctx *ctx, int64_t vehicle, struct term_dates days, int64_t but_policy,
                 struct err *reterr)
{
    static const char sql[] = "select p.id, p.number, c.to_date from app.cover c"
                              " join app.policy p on p.tenant_id = c.tenant_id and p.id = c.policy_id"
                              " where c.tenant_id = $1::int and c.vehicle_id = $2 and c.in_force and "
                              "c.to_date >= $3 and c.from_date <= $4"
                              " and c.policy_id <> $5 order by c.to_date desc limit 1";
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(vehicle), VALUE_DATE(days.start),
                                   VALUE_DATE(days.end), VALUE_INT(but_policy)};
    enum rc rc = op_query(ctx, "cover_check_free", sql, params, COUNTOF(params), &rows, reterr);
    if (rc || rows.nrows == 0)
        return rc;
    struct str number = pg_cell(&rows, 0, 1)->text;
    date_t until = pg_cell(&rows, 0, 2)->date;
    rc = err_set(reterr, RC_REFUSED, "vehicle",
                 "the vehicle is already insured under policy %.*s until %s; renew that policy, or let the "
                 "new cover start on %s",
                 STR_ARG(number), finding_day(ctx, until), finding_day(ctx, date_add_days(until, 1)));
    if (reterr)
        err_add_ref(reterr, ENTITY_POLICY, pg_cell(&rows, 0, 0)->i, str_dup(ctx->arena, number).p);
    return rc;
}

enum rc
cover_plan(struct op_ctx *ctx, const struct policy *policy, const struct term *term, struct err *reterr)
{
    struct cover c = {0};
    ROW_SET(&c, COVER_POLICY, policy, ((struct ref){.id = policy->row.id}));
    ROW_SET(&c, COVER_TERM, term, ((struct ref){.id = term->row.id}));
    ROW_SET(&c, COVER_VEHICLE, vehicle, policy->vehicle);
    ROW_SET(&c, COVER_FROM_DATE, from_date, term->start_date);
    ROW_SET(&c, COVER_TO_DATE, to_date, term->end_date);
    ROW_SET(&c, COVER_IN_FORCE, in_force, false);
    return op_insert(ctx, ENTITY_COVER, &c, reterr);
}

/* A term has one cover, that of the policy's vehicle. */
static enum rc
load_cover(struct op_ctx *ctx, const struct term *term, struct cover *ret, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(term->row.id)};
    enum rc rc =
        op_query(ctx, "cover_of_term", "select id from app.cover where tenant_id = $1::int and term_id = $2",
                 params, COUNTOF(params), &rows, reterr);
    if (rc)
        return rc;
    if (rows.nrows != 1)
        return err_log(reterr, RC_INTERNAL, "term %lld has %zu covers", (long long)term->row.id, rows.nrows);
    return op_load(ctx, ENTITY_COVER, pg_cell(&rows, 0, 0)->i, OP_LOCK, ret, reterr);
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
    struct cover c;
    enum rc rc = load_cover(ctx, term, &c, reterr);
    return rc ? rc
              : save_cover(ctx, &c, (struct term_dates){term->start_date, term->end_date}, false, reterr);
}

enum rc
cover_start(struct op_ctx *ctx, const struct term *term, struct term_dates days, int64_t *ret_cover,
            struct err *reterr)
{
    struct cover c;
    enum rc rc = load_cover(ctx, term, &c, reterr);
    if (!rc)
        rc = save_cover(ctx, &c, days, true, reterr);
    if (!rc)
        *ret_cover = c.row.id;
    return rc;
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

enum rc
cover_end(struct op_ctx *ctx, const struct term *term, enum cover_end how, struct err *reterr)
{
    struct cover c;
    enum rc rc = load_cover(ctx, term, &c, reterr);
    if (rc)
        return rc;
    struct term_dates days = {c.from_date, c.to_date};
    bool stays = how == COVER_CUT && c.in_force && date_cmp(c.from_date, ctx->who.today) <= 0;
    if (stays && date_cmp(ctx->who.today, days.end) < 0)
        days.end = ctx->who.today;
    rc = save_cover(ctx, &c, days, stays, reterr);
    return rc ? rc : withdraw_certificates(ctx, term, reterr);
}
