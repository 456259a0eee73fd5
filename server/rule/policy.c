/* Policies: quoted, issued, renewed, cancelled, voided. They become active in activate.c alone.
   Lock order everywhere: vehicle, policy, term, receipt (entity.locks takes what comes before the record of
   an action); numbers last. */
#include "server/catalog/policy.h"
#include "server/catalog/customer.h"
#include "server/catalog/term.h"
#include "server/catalog/vehicle.h"

#include "server/rule/cover_life.h"
#include "server/rule/finding.h"
#include "server/rule/numbering.h"
#include "server/rule/policy_terms.h"
#include "server/rule/pricing.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

enum { YEAR_MONTHS = 12 };

/* ------------------------------------------------------------------ quote */

static enum rc
lock_vehicle(struct op_ctx *ctx, int64_t id, struct vehicle *ret, struct err *reterr)
{
    enum rc rc = op_load(ctx, ENTITY_VEHICLE, id, OP_LOCK, ret, reterr);
    if (!rc && ret->status != VEHICLE_REGISTERED)
        return err_set(reterr, RC_REFUSED, "vehicle", "the vehicle %.*s is deregistered and can't be insured",
                       STR_ARG(row_has(&ret->row, VEHICLE_PLATE) ? ret->plate : ret->chassis));
    return rc;
}

static enum rc
check_holder(struct op_ctx *ctx, int64_t id, struct customer *ret, struct err *reterr)
{
    enum rc rc = op_load(ctx, ENTITY_CUSTOMER, id, OP_READ, ret, reterr);
    if (!rc && ret->status == CUSTOMER_VOID)
        return err_set(reterr, RC_REFUSED, "customer", "the customer %.*s is void; choose another holder",
                       STR_ARG(ret->name));
    return rc;
}

static enum rc
add_term(struct op_ctx *ctx, const struct policy *policy, const struct pricing *price, struct term *t,
         struct err *reterr)
{
    ROW_SET(t, TERM_POLICY, policy, ((struct ref){.id = policy->row.id}));
    ROW_SET(t, TERM_RATE, rate, ((struct ref){.id = price->rate}));
    ROW_SET(t, TERM_PREMIUM, premium, price->due.premium);
    ROW_SET(t, TERM_LEVY, levy, price->due.levy);
    ROW_SET(t, TERM_TAX, tax, price->due.tax);
    ROW_SET(t, TERM_TOTAL, total, price->due.total);
    enum rc rc = op_insert(ctx, ENTITY_TERM, t, reterr);
    return rc ? rc : cover_plan(ctx, policy, t, reterr);
}

static void
plan_term(struct term *t, int64_t seq, enum term_state state, struct term_dates days,
          const struct pricing_want *want)
{
    ROW_SET(t, TERM_SEQ, seq, seq);
    ROW_SET(t, TERM_STATE, state, (choice_t)state);
    ROW_SET(t, TERM_START_DATE, start_date, days.start);
    ROW_SET(t, TERM_END_DATE, end_date, days.end);
    ROW_SET(t, TERM_MONTHS, months, want->months);
    ROW_SET(t, TERM_SUM_INSURED, sum_insured, want->sum_insured);
}

static enum rc
warn_waiting(struct op_ctx *ctx, int64_t vehicle, struct err *reterr)
{
    static const struct finding_like waiting = {
        ISSUE_WARN,
        ENTITY_POLICY,
        "vehicle",
        "a policy for this vehicle already waits for its payment",
        "policy_waiting",
        "select id, number from app.policy where tenant_id = $1::int and vehicle_id = $2 and state = 3"
        " order by id limit 5"};
    const struct value params[] = {tenant_value(ctx), VALUE_INT(vehicle)};
    return finding_alike(ctx, &waiting, params, COUNTOF(params), reterr);
}

static enum rc
add_policy(struct op_ctx *ctx, const struct policy_quote *q, const struct vehicle *v, struct policy *p,
           struct err *reterr)
{
    struct numbered number;
    enum rc rc = numbering_next(ctx, NUMBERING_POLICY, ctx->who.branch, &number, reterr);
    if (rc)
        return rc;
    ROW_SET(p, POLICY_NUMBER, number, number.number);
    ROW_SET(p, POLICY_CUSTOMER, customer, row_has(&q->row, QUOTE_CUSTOMER) ? q->customer : v->owner);
    ROW_SET(p, POLICY_PRODUCT, product, q->product);
    ROW_SET(p, POLICY_VEHICLE, vehicle, q->vehicle);
    ROW_SET(p, POLICY_BRANCH, branch, ctx->who.branch);
    ROW_SET(p, POLICY_SOLD_BY, sold_by, ((struct ref){.id = ctx->who.user}));
    ROW_SET(p, POLICY_STATE, state, TERM_QUOTED);
    if (row_has(&q->row, QUOTE_NOTE))
        ROW_SET(p, POLICY_NOTE, note, q->note);
    return op_insert(ctx, ENTITY_POLICY, p, reterr);
}

static enum rc
quote(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy_quote *q = args;
    struct policy p = {0};
    struct term t = {0};
    struct vehicle v;
    struct customer holder;
    struct term_dates days;
    struct pricing price;
    (void)row;
    date_t start = row_has(&q->row, QUOTE_START) ? q->start : ctx->who.today;
    int64_t months = row_has(&q->row, QUOTE_MONTHS) ? q->months : YEAR_MONTHS;
    enum rc rc = lock_vehicle(ctx, q->vehicle.id, &v, reterr);
    if (!rc)
        rc = check_holder(ctx, row_has(&q->row, QUOTE_CUSTOMER) ? q->customer.id : v.owner.id, &holder,
                          reterr);
    if (!rc)
        rc = term_first(start, months, ctx->who.today, ctx->who.backdate_days, &days, reterr);
    if (!rc)
        rc = cover_check_free(ctx, v.row.id, days, 0, reterr);
    if (rc)
        return rc;
    const struct pricing_want want = {.product = q->product.id,
                                      .vehicle = &v,
                                      .start = days.start,
                                      .months = (int)months,
                                      .sum_insured = q->sum_insured};
    plan_term(&t, 1, TERM_QUOTED, days, &want);
    rc = pricing_find(ctx, &want, &price, reterr);
    if (!rc)
        rc = warn_waiting(ctx, v.row.id, reterr);
    if (!rc)
        rc = add_policy(ctx, q, &v, &p, reterr);
    if (!rc)
        rc = add_term(ctx, &p, &price, &t, reterr);
    if (!rc)
        *ret = (struct op_result){.entity = ENTITY_POLICY, .id = p.row.id};
    return rc;
}

/* ------------------------------------------------------------------ issue */

static enum rc
issue(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    struct term_briefs terms;
    struct vehicle v;
    struct term t;
    (void)args, (void)ret;
    enum rc rc = lock_vehicle(ctx, p->vehicle.id, &v, reterr);
    if (!rc)
        rc = policy_terms(ctx, p->row.id, &terms, reterr);
    if (rc)
        return rc;
    const struct term_brief *open = policy_open_term(&terms);
    if (!open || open->state != TERM_QUOTED)
        return err_set(reterr, RC_REFUSED, NULL, "policy %.*s has no quote to issue", STR_ARG(p->number));
    rc = op_load(ctx, ENTITY_TERM, open->id, OP_LOCK, &t, reterr);
    if (rc)
        return rc;
    /* A quote that lay for some days starts today at the earliest, as a new one would. */
    struct term_dates days = term_on_payment((struct term_dates){t.start_date, t.end_date}, (int)t.months,
                                             date_add_days(ctx->who.today, -ctx->who.backdate_days));
    rc = cover_check_free(ctx, v.row.id, days, p->row.id, reterr);
    if (rc)
        return rc;
    ROW_SET(&t, TERM_START_DATE, start_date, days.start);
    ROW_SET(&t, TERM_END_DATE, end_date, days.end);
    ROW_SET(&t, TERM_STATE, state, TERM_AWAITING_PAYMENT);
    rc = op_update(ctx, ENTITY_TERM, &t, reterr);
    return rc ? rc : cover_replan(ctx, &t, reterr);
}

/* ------------------------------------------------------------------ renew */

static enum rc
check_renewable(struct op_ctx *ctx, const struct policy *p, const struct term_briefs *terms,
                struct err *reterr)
{
    const struct term_brief *open = policy_open_term(terms), *due = policy_payable_term(terms);
    if (open)
        return err_set(reterr, RC_REFUSED, NULL,
                       "policy %.*s already has a term from %s that waits for its payment of %s",
                       STR_ARG(p->number), finding_day(ctx, open->start), finding_money(ctx, open->total));
    if (due)
        return err_set(reterr, RC_REFUSED, NULL,
                       "policy %.*s is suspended: %s is outstanding and comes first", STR_ARG(p->number),
                       finding_money(ctx, (money_t){due->total.minor - due->paid.minor}));
    if (!policy_last_run(terms) || p->state == TERM_CANCELLED)
        return err_set(reterr, RC_REFUSED, NULL, "policy %.*s can't be renewed; sell a new one",
                       STR_ARG(p->number));
    return RC_OK;
}

static enum rc
renew(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    const struct policy_renew *r = args;
    struct term_briefs terms;
    struct vehicle v;
    struct term last, next = {0};
    struct term_dates days;
    struct pricing price;
    (void)ret;
    enum rc rc = lock_vehicle(ctx, p->vehicle.id, &v, reterr);
    if (!rc)
        rc = policy_terms(ctx, p->row.id, &terms, reterr);
    if (!rc)
        rc = check_renewable(ctx, p, &terms, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_TERM, policy_last_run(&terms)->id, OP_READ, &last, reterr);
    if (rc)
        return rc;
    int64_t months = row_has(&r->row, RENEW_MONTHS) ? r->months : last.months;
    rc = term_renewal(last.end_date, months, ctx->who.today, ctx->who.renew_ahead_days, &days, reterr);
    if (!rc)
        rc = cover_check_free(ctx, v.row.id, days, p->row.id, reterr);
    if (rc)
        return rc;
    const struct pricing_want want = {.product = p->product.id,
                                      .vehicle = &v,
                                      .start = days.start,
                                      .months = (int)months,
                                      .sum_insured = row_has(&r->row, RENEW_SUM_INSURED) ? r->sum_insured
                                                                                         : last.sum_insured};
    plan_term(&next, terms.rows[terms.n - 1].seq + 1, TERM_AWAITING_PAYMENT, days, &want);
    rc = pricing_find(ctx, &want, &price, reterr);
    return rc ? rc : add_term(ctx, p, &price, &next, reterr);
}

/* ------------------------------------------------------------------ cancel, void */

/* Money that was taken must be accounted for before the term it was for goes away. */
static enum rc
drop_open_term(struct op_ctx *ctx, const struct term_brief *brief, struct err *reterr)
{
    struct term t;
    if (brief->recorded.minor > 0)
        return err_set(reterr, RC_REFUSED, NULL, "a receipt of %s waits for verification; reject it first",
                       finding_money(ctx, brief->recorded));
    if (brief->paid.minor > 0)
        return err_set(reterr, RC_REFUSED, NULL, "%s was paid for it; reverse the receipts first",
                       finding_money(ctx, brief->paid));
    enum rc rc = op_load(ctx, ENTITY_TERM, brief->id, OP_LOCK, &t, reterr);
    if (rc)
        return rc;
    ROW_SET(&t, TERM_STATE, state, TERM_VOID);
    ROW_SET(&t, TERM_REASON, reason, ctx->reason);
    return op_update(ctx, ENTITY_TERM, &t, reterr);
}

static enum rc
cancel_term(struct op_ctx *ctx, const struct term_brief *brief, struct err *reterr)
{
    struct term t;
    enum rc rc = op_load(ctx, ENTITY_TERM, brief->id, OP_LOCK, &t, reterr);
    if (rc)
        return rc;
    ROW_SET(&t, TERM_STATE, state, TERM_CANCELLED);
    ROW_SET(&t, TERM_REASON, reason, ctx->reason);
    rc = op_update(ctx, ENTITY_TERM, &t, reterr);
    return rc ? rc : cover_end(ctx, &t, COVER_CUT, reterr);
}

static enum rc
cancel(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    struct term_briefs terms;
    struct vehicle v;
    (void)args, (void)ret;
    enum rc rc = op_load(ctx, ENTITY_VEHICLE, p->vehicle.id, OP_LOCK, &v, reterr);
    if (!rc)
        rc = policy_terms(ctx, p->row.id, &terms, reterr);
    for (size_t i = 0; !rc && i < terms.n; i++) {
        const struct term_brief *t = &terms.rows[i];
        if (t->state <= TERM_AWAITING_PAYMENT)
            rc = drop_open_term(ctx, t, reterr);
        else if (t->state == TERM_ACTIVE || t->state == TERM_SUSPENDED)
            rc = cancel_term(ctx, t, reterr);
    }
    return rc;
}

static enum rc
drop(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    struct term_briefs terms;
    (void)args, (void)ret;
    enum rc rc = policy_terms(ctx, p->row.id, &terms, reterr);
    if (rc)
        return rc;
    const struct term_brief *open = policy_open_term(&terms);
    if (!open)
        return err_set(reterr, RC_REFUSED, NULL, "policy %.*s has no quote and no unpaid term to void",
                       STR_ARG(p->number));
    return drop_open_term(ctx, open, reterr);
}

static void
policy_tokens(struct op_ctx *ctx, const void *row, struct rule_tokens *ret)
{
    token_number(ctx->arena, ret, TOKEN_POLICY, ((const struct policy *)row)->number);
}

static const struct rule_action actions[] = {
    {.number = POLICY_QUOTE,  .run = quote },
    {.number = POLICY_ISSUE,  .run = issue },
    {.number = POLICY_RENEW,  .run = renew },
    {.number = POLICY_CANCEL, .run = cancel},
    {.number = POLICY_VOID,   .run = drop  },
};

const struct rule policy_rule = {
    .entity = ENTITY_POLICY,
    .tokens = policy_tokens,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
