/* Policies: quoted, issued, renewed, cancelled, voided. They become active in activate.c alone.
   Lock order everywhere: vehicle, policy, term, receipt (entity.locks takes what comes before the record of
   an action); numbers last. */
#include "server/catalog/policy.h"
#include "server/catalog/customer.h"
#include "server/catalog/term.h"

#include "common/base/lang.h"
#include "server/rule/cover_life.h"
#include "server/rule/finding.h"
#include "server/rule/insured.h"
#include "server/rule/numbering.h"
#include "server/rule/policy_terms.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

enum { YEAR_MONTHS = 12 };

/* ------------------------------------------------------------------ a term and what it insures */

static void
set_price(struct term *t, const struct insured_set *set)
{
    ROW_SET(t, TERM_SUM_INSURED, sum_insured, set->sum);
    ROW_SET(t, TERM_PREMIUM, premium, set->due.premium);
    ROW_SET(t, TERM_LEVY, levy, set->due.levy);
    ROW_SET(t, TERM_TAX, tax, set->due.tax);
    ROW_SET(t, TERM_TOTAL, total, set->due.total);
}

static enum rc
plan_covers(struct op_ctx *ctx, const struct insured_set *set, const struct term *t, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; !rc && i < set->n; i++)
        rc = cover_plan(ctx, t, set->rows[i].vehicle, reterr);
    return rc;
}

static enum rc
add_term(struct op_ctx *ctx, const struct policy *policy, const struct insured_set *set, struct term *t,
         struct err *reterr)
{
    ROW_SET(t, TERM_POLICY, policy, ((struct ref){.id = policy->row.id}));
    set_price(t, set);
    if (set->only_rate)
        ROW_SET(t, TERM_RATE, rate, ((struct ref){.id = set->only_rate}));
    enum rc rc = op_insert(ctx, ENTITY_TERM, t, reterr);
    if (!rc)
        rc = insured_write_lines(ctx, set, t, 1, reterr);
    return rc ? rc : plan_covers(ctx, set, t, reterr);
}

static void
plan_term(struct term *t, int64_t seq, enum term_state state, struct term_dates days, int64_t months)
{
    ROW_SET(t, TERM_SEQ, seq, seq);
    ROW_SET(t, TERM_STATE, state, (choice_t)state);
    ROW_SET(t, TERM_START_DATE, start_date, days.start);
    ROW_SET(t, TERM_END_DATE, end_date, days.end);
    ROW_SET(t, TERM_MONTHS, months, months);
}

/* ------------------------------------------------------------------ quote */

static enum rc
check_holder(struct op_ctx *ctx, int64_t id, struct err *reterr)
{
    struct customer holder;
    enum rc rc = op_load(ctx, ENTITY_CUSTOMER, id, OP_READ, &holder, reterr);
    if (!rc && holder.status == CUSTOMER_VOID)
        return err_set(reterr, RC_REFUSED, "customer", "the customer %.*s is void; choose another holder",
                       STR_ARG(holder.name));
    return rc;
}

/* Who was named, or who owns the vehicles. */
static enum rc
find_holder(struct op_ctx *ctx, const struct policy_quote *q, const struct insured_set *set, struct ref *ret,
            struct err *reterr)
{
    bool named = row_has(&q->row, QUOTE_CUSTOMER);
    struct ref holder = named ? q->customer : set->rows[0].record.owner;
    for (size_t i = 1; !named && i < set->n; i++)
        if (set->rows[i].record.owner.id != holder.id)
            return err_set(reterr, RC_BAD_PARAMS, "customer",
                           "say who holds the policy: the vehicles belong to different customers");
    enum rc rc = check_holder(ctx, holder.id, reterr);
    if (!rc)
        *ret = holder;
    return rc;
}

static void
warn_waiting(struct op_ctx *ctx, const struct insured_set *set)
{
    const struct finding_like waiting = {
        ISSUE_WARN, ENTITY_POLICY, set->fleet ? "vehicles" : "vehicle",
        set->fleet ? N_("a policy for one of these vehicles already waits for its payment")
                   : N_("a policy for this vehicle already waits for its payment"),
        "select id, number from app.policy where tenant_id = $1::int and state = 3"
        " and vehicle_id = any (string_to_array($2, ',')::bigint[])"
        " union select p.id, p.number from app.term_vehicle l"
        " join app.policy p on p.tenant_id = l.tenant_id and p.id = l.policy_id and p.state = 3"
        " where l.tenant_id = $1::int and l.vehicle_id = any (string_to_array($2, ',')::bigint[])"
        " order by 1 limit 5"};
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(insured_ids(ctx, set))};
    finding_alike(ctx, &waiting, params, COUNTOF(params));
}

static enum rc
add_policy(struct op_ctx *ctx, const struct policy_quote *q, const struct insured_set *set, struct ref holder,
           const struct numbering *asked, struct policy *p, struct err *reterr)
{
    struct numbered number;
    enum rc rc = numbering_take(ctx, asked, &number, reterr);
    if (rc)
        return rc;
    ROW_SET(p, POLICY_NUMBER, number, number.number);
    ROW_SET(p, POLICY_CUSTOMER, customer, holder);
    ROW_SET(p, POLICY_PRODUCT, product, q->product);
    if (!set->fleet)
        ROW_SET(p, POLICY_VEHICLE, vehicle, q->vehicle);
    ROW_SET(p, POLICY_BRANCH, branch, ctx->who.branch);
    ROW_SET(p, POLICY_SOLD_BY, sold_by, ((struct ref){.id = ctx->who.user}));
    ROW_SET(p, POLICY_STATE, state, TERM_QUOTED);
    if (row_has(&q->row, QUOTE_NOTE))
        ROW_SET(p, POLICY_NOTE, note, q->note);
    return op_insert(ctx, ENTITY_POLICY, p, reterr);
}

static enum rc
check_fleets(struct op_ctx *ctx, struct err *reterr)
{
    if (ctx->who.fleet_policies)
        return RC_OK;
    return err_set(reterr, RC_REFUSED, "vehicles",
                   "this company does not sell fleet policies; an administrator can switch them on in the "
                   "settings");
}

/* One vehicle, or the vehicles of a fleet. */
static enum rc
find_insured(struct op_ctx *ctx, const struct policy_quote *q, struct insured_set *ret, struct err *reterr)
{
    bool one = row_has(&q->row, QUOTE_VEHICLE), fleet = row_has(&q->row, QUOTE_VEHICLES);
    if (one && fleet)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles",
                       "give one vehicle, or the vehicles of a fleet, not both");
    if (one) {
        *ret = insured_one(ctx, q->vehicle, q->sum_insured);
        return RC_OK;
    }
    if (!fleet)
        return err_set(reterr, RC_BAD_PARAMS, "vehicle", "%s is needed", _("Vehicle"));
    enum rc rc = check_fleets(ctx, reterr);
    return rc ? rc : insured_named(ctx, q->vehicles, q->sum_insured, NULL, ret, reterr);
}

static enum rc
quote(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy_quote *q = args;
    struct policy p = {0};
    struct term t = {0};
    struct insured_set set;
    struct ref holder = {0};
    struct term_dates days;
    struct numbering number;
    (void)row;
    date_t start = row_has(&q->row, QUOTE_START) ? q->start : ctx->who.today;
    int64_t months = row_has(&q->row, QUOTE_MONTHS) ? q->months : YEAR_MONTHS;
    enum rc rc = find_insured(ctx, q, &set, reterr);
    if (!rc)
        rc = insured_lock(ctx, &set, reterr);
    if (!rc)
        rc = find_holder(ctx, q, &set, &holder, reterr);
    if (!rc)
        rc = term_first(start, months, ctx->who.today, ctx->who.backdate_days, &days, reterr);
    if (rc)
        return rc;
    insured_check_free(ctx, &set, days, 0);
    warn_waiting(ctx, &set);
    numbering_ask(ctx, NUMBERING_POLICY, ctx->who.branch, &number);
    rc = insured_price(ctx, &set, q->product.id, days.start, (int)months, reterr);
    if (!rc)
        rc = add_policy(ctx, q, &set, holder, &number, &p, reterr);
    if (rc)
        return rc;
    plan_term(&t, 1, TERM_QUOTED, days, months);
    rc = add_term(ctx, &p, &set, &t, reterr);
    if (!rc)
        *ret = (struct op_result){.entity = ENTITY_POLICY, .id = p.row.id};
    return rc;
}

/* ------------------------------------------------------------------ include */

static enum rc
find_quote(struct op_ctx *ctx, const struct policy *p, struct term *ret, struct err *reterr)
{
    struct term_briefs terms;
    enum rc rc = policy_terms(ctx, p->row.id, &terms, reterr);
    if (rc)
        return rc;
    const struct term_brief *open = policy_open_term(&terms);
    if (!open || open->state != TERM_QUOTED)
        return err_set(reterr, RC_REFUSED, NULL, "policy %.*s has no quote to issue", STR_ARG(p->number));
    return op_load(ctx, ENTITY_TERM, open->id, OP_LOCK, ret, reterr);
}

/* The vehicles that join a quote: none is in it yet, and together they are not too many. */
static enum rc
find_joining(struct op_ctx *ctx, const struct policy_include *i, const struct insured_set *has,
             struct insured_set *ret, struct err *reterr)
{
    enum rc rc = check_fleets(ctx, reterr);
    if (!rc)
        rc = insured_named(ctx, i->vehicles, i->sum_insured, NULL, ret, reterr);
    if (!rc && has->n + ret->n > FLEET_MAX)
        rc = err_set(reterr, RC_REFUSED, "vehicles", "a fleet has %d vehicles at most", FLEET_MAX);
    for (size_t n = 0; !rc && n < ret->n; n++)
        if (insured_has(has, ret->rows[n].vehicle.id))
            rc = err_set(reterr, RC_REFUSED, "vehicles", "%.*s is in the quote already",
                         STR_ARG(ret->rows[n].vehicle.label));
    return rc;
}

static enum rc
add_to_price(struct op_ctx *ctx, const struct insured_set *more, struct term *t, struct err *reterr)
{
    struct insured_set all = *more;
    enum rc rc = insured_add_term(t, &all, reterr);
    if (rc)
        return rc;
    set_price(t, &all);
    return op_update(ctx, ENTITY_TERM, t, reterr);
}

/* Vehicles that join are locked after the policy, which was loaded before they were known: two that meet in a
   ring are undone by the database and tried again. */
static enum rc
include(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    struct insured_set has, more;
    struct term t;
    (void)ret;
    if (row_has(&p->row, POLICY_VEHICLE))
        return err_set(reterr, RC_REFUSED, "vehicles",
                       "policy %.*s is over one vehicle; quote a fleet instead", STR_ARG(p->number));
    enum rc rc = find_quote(ctx, p, &t, reterr);
    if (!rc)
        rc = insured_of_term(ctx, p, t.row.id, t.sum_insured, &has, reterr);
    if (!rc)
        rc = find_joining(ctx, args, &has, &more, reterr);
    if (!rc)
        rc = insured_lock(ctx, &more, reterr);
    if (rc)
        return rc;
    insured_check_free(ctx, &more, (struct term_dates){t.start_date, t.end_date}, p->row.id);
    rc = insured_price(ctx, &more, p->product.id, t.start_date, (int)t.months, reterr);
    if (!rc)
        rc = add_to_price(ctx, &more, &t, reterr);
    if (!rc)
        rc = insured_write_lines(ctx, &more, &t, (int64_t)has.n + 1, reterr);
    return rc ? rc : plan_covers(ctx, &more, &t, reterr);
}

/* ------------------------------------------------------------------ issue */

static enum rc
issue(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    struct insured_set set;
    struct term t;
    (void)args, (void)ret;
    enum rc rc = find_quote(ctx, p, &t, reterr);
    if (!rc)
        rc = insured_of_term(ctx, p, t.row.id, t.sum_insured, &set, reterr);
    if (!rc)
        rc = insured_lock(ctx, &set, reterr);
    if (rc)
        return rc;
    /* A quote that lay for some days starts today at the earliest, as a new one would. */
    struct term_dates days = term_on_payment((struct term_dates){t.start_date, t.end_date}, (int)t.months,
                                             date_add_days(ctx->who.today, -ctx->who.backdate_days));
    bool moved = date_cmp(days.start, t.start_date) != 0;
    insured_check_free(ctx, &set, days, p->row.id);
    ROW_SET(&t, TERM_START_DATE, start_date, days.start);
    ROW_SET(&t, TERM_END_DATE, end_date, days.end);
    ROW_SET(&t, TERM_STATE, state, TERM_AWAITING_PAYMENT);
    rc = op_update(ctx, ENTITY_TERM, &t, reterr);
    return rc || !moved ? rc : cover_replan(ctx, &t, reterr);
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

/* What the next term insures: as the last one, unless something else was said. */
static enum rc
find_renewed(struct op_ctx *ctx, const struct policy *p, const struct policy_renew *r,
             const struct term *last, struct insured_set *ret, struct err *reterr)
{
    struct insured_set was;
    bool named = row_has(&r->row, RENEW_VEHICLES), valued = row_has(&r->row, RENEW_SUM_INSURED);
    enum rc rc = insured_of_term(ctx, p, last->row.id, last->sum_insured, &was, reterr);
    if (rc)
        return rc;
    if (!was.fleet && named)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles", "policy %.*s is over one vehicle, not a fleet",
                       STR_ARG(p->number));
    if (was.fleet && valued && !named)
        return err_set(
            reterr, RC_BAD_PARAMS, "sum_insured",
            "each vehicle of a fleet has its own sum insured; say which: T337DSE=61m; T338DSE=40m");
    if (named)
        return insured_named(ctx, r->vehicles, r->sum_insured, &was, ret, reterr);
    if (valued)
        was.rows[0].sum_insured = r->sum_insured;
    *ret = was;
    return RC_OK;
}

static enum rc
renew(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct policy *p = row;
    const struct policy_renew *r = args;
    struct term_briefs terms;
    struct insured_set set;
    struct term last, next = {0};
    struct term_dates days;
    (void)ret;
    enum rc rc = policy_terms(ctx, p->row.id, &terms, reterr);
    if (!rc)
        rc = check_renewable(ctx, p, &terms, reterr);
    if (rc)
        return rc;
    insured_lock_ahead(ctx, p);
    rc = op_load(ctx, ENTITY_TERM, policy_last_run(&terms)->id, OP_READ, &last, reterr);
    if (!rc)
        rc = find_renewed(ctx, p, r, &last, &set, reterr);
    if (!rc)
        rc = insured_lock(ctx, &set, reterr);
    if (rc)
        return rc;
    int64_t months = row_has(&r->row, RENEW_MONTHS) ? r->months : last.months;
    rc = term_renewal(last.end_date, months, ctx->who.today, ctx->who.renew_ahead_days, &days, reterr);
    if (rc)
        return rc;
    insured_check_free(ctx, &set, days, p->row.id);
    rc = insured_price(ctx, &set, p->product.id, days.start, (int)months, reterr);
    if (rc)
        return rc;
    plan_term(&next, terms.rows[terms.n - 1].seq + 1, TERM_AWAITING_PAYMENT, days, months);
    return add_term(ctx, p, &set, &next, reterr);
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
    (void)args, (void)ret;
    enum rc rc = policy_terms(ctx, p->row.id, &terms, reterr);
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
    {.number = POLICY_QUOTE, .run = quote               },
    { .number = POLICY_ISSUE,          .run = issue, .ahead = policy_terms_ahead},
    { .number = POLICY_RENEW,          .run = renew, .ahead = policy_terms_ahead},
    { .number = POLICY_CANCEL,         .run = cancel, .ahead = policy_terms_ahead},
    { .number = POLICY_VOID,           .run = drop, .ahead = policy_terms_ahead},
    { .number = POLICY_INCLUDE,        .run = include, .ahead = policy_terms_ahead},
};

const struct rule policy_rule = {
    .entity = ENTITY_POLICY,
    .tokens = policy_tokens,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
