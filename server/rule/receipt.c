/* Receipts: money is what is outstanding, to the cent; a second person verifies it; the cover starts with the
   verification that completes it. Vehicle, policy and term are locked before the receipt of an action
   (entity.locks); numbers come last. */
#include "server/catalog/receipt.h"
#include "server/catalog/policy.h"
#include "server/catalog/term.h"

#include "common/base/lang.h"
#include "server/rule/activate.h"
#include "server/rule/cover_life.h"
#include "server/rule/entry/fold.h"
#include "server/rule/finding.h"
#include "server/rule/numbering.h"
#include "server/rule/policy_terms.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

/* ------------------------------------------------------------------ taking money */

static enum rc
refuse_unpayable(const struct policy *p, struct err *reterr)
{
    if (p->state == TERM_QUOTED || p->state == TERM_DRAFT)
        return err_set(reterr, RC_REFUSED, "policy",
                       "policy %.*s is only quoted; issue it before taking money", STR_ARG(p->number));
    return err_set(reterr, RC_REFUSED, "policy", "nothing is outstanding on policy %.*s", STR_ARG(p->number));
}

/* Receipts that wait for verification count: the same money is not taken twice. */
static enum rc
check_amount(struct op_ctx *ctx, const struct receipt *r, const struct term_brief *t, struct err *reterr)
{
    money_t due = {t->total.minor - t->paid.minor - t->recorded.minor};
    if (due.minor <= 0 && t->recorded.minor > 0)
        return err_set(reterr, RC_REFUSED, "amount",
                       "nothing more is outstanding: a receipt of %s already waits for verification",
                       finding_money(ctx, t->recorded));
    if (r->amount.minor < due.minor && !ctx->who.collect_in_parts)
        return err_set(reterr, RC_REFUSED, "amount",
                       "the receipt is short: %s of the %s that is outstanding; it must be paid in full",
                       finding_money(ctx, r->amount), finding_money(ctx, due));
    if (r->amount.minor > due.minor && !ctx->who.over_payment_credit)
        return err_set(reterr, RC_REFUSED, "amount",
                       "the receipt is too much: %s, but only %s is outstanding",
                       finding_money(ctx, r->amount), finding_money(ctx, due));
    return RC_OK;
}

/* Finds the term the money is for and checks the amount against it. */
static enum rc
find_term(struct op_ctx *ctx, struct receipt *r, const struct policy *p, const struct term_briefs *terms,
          struct err *reterr)
{
    const struct term_brief *t = policy_payable_term(terms);
    if (!t)
        return refuse_unpayable(p, reterr);
    if (t->state == TERM_SUSPENDED && date_cmp(t->end, ctx->who.today) < 0)
        return err_set(reterr, RC_REFUSED, "policy",
                       "the suspended term ended on %s; cancel it and sell a new policy",
                       finding_day(ctx, t->end));
    ROW_SET(r, RECEIPT_TERM, term, ((struct ref){.id = t->id}));
    return row_has(&r->row, RECEIPT_AMOUNT) ? check_amount(ctx, r, t, reterr) : RC_OK;
}

/* The same transaction or cheque number twice is most often the same money twice. */
static void
prepare_reference(struct op_ctx *ctx, struct receipt *r)
{
    static const struct finding_like alike = {
        ISSUE_CONFIRM, ENTITY_RECEIPT, "reference",
        N_("another receipt has this reference; check that it is not the same money, or save with a reason"),
        "select r.id, r.number from app.search_token s join app.receipt r on r.tenant_id = s.tenant_id"
        " and r.id = s.row_id where s.tenant_id = $1::int and s.token = $2 and s.entity = 9 and s.why = 7"
        " and r.reference is not null and r.state in (1, 2) and r.method = $3 and r.id <> $4 order by r.id "
        "limit 5"};
    if (row_has(&r->row, RECEIPT_REFERENCE))
        r->reference = fold_tidy(ctx->arena, r->reference);
    bool given = row_has(&r->row, RECEIPT_REFERENCE) && r->reference.n > 0;
    if (!given) {
        row_drop(&r->row, RECEIPT_REFERENCE);
        if (row_has(&r->row, RECEIPT_METHOD) && r->method != PAID_CASH)
            op_issue(ctx, ISSUE_REFUSE, "reference",
                     "give the number of the transaction, cheque or slip; only cash goes without");
        return;
    }
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(token_reference(ctx->arena, r->reference)),
                                   VALUE_INT(row_has(&r->row, RECEIPT_METHOD) ? r->method : 0),
                                   VALUE_INT(r->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
}

static void
prepare_day(struct op_ctx *ctx, struct receipt *r)
{
    if (!row_has(&r->row, RECEIPT_PAID_ON))
        ROW_SET(r, RECEIPT_PAID_ON, paid_on, ctx->who.today);
    if (date_cmp(r->paid_on, ctx->who.today) > 0)
        op_issue(ctx, ISSUE_REFUSE, "paid_on", "money can't have come in after today");
    if (row_has(&r->row, RECEIPT_AMOUNT) && r->amount.minor <= 0)
        op_issue(ctx, ISSUE_REFUSE, "amount", "the amount must be more than nothing");
}

static enum rc
receipt_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct receipt *r = row;
    struct policy p;
    struct term_briefs terms;
    struct err err = {0};
    if (old)
        return RC_OK;
    prepare_day(ctx, r);
    prepare_reference(ctx, r);
    if (!row_has(&r->row, RECEIPT_POLICY))
        return RC_OK;
    op_load_ahead(ctx, ENTITY_POLICY, r->policy.id, OP_READ);
    enum rc rc = policy_terms(ctx, r->policy.id, &terms, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_POLICY, r->policy.id, OP_READ, &p, reterr);
    if (rc)
        return rc;
    rc = finding_refuse(ctx, find_term(ctx, r, &p, &terms, &err), &err, reterr);
    ROW_SET(r, RECEIPT_BRANCH, branch, ctx->who.branch);
    ROW_SET(r, RECEIPT_TAKEN_BY, taken_by, ((struct ref){.id = ctx->who.user}));
    ROW_SET(r, RECEIPT_STATE, state, RECEIPT_RECORDED);
    return rc;
}

/* Once more with the policy and the term locked, then the number. */
static enum rc
receipt_before(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct receipt *r = row;
    struct policy p;
    struct term t;
    struct term_briefs terms;
    struct numbering asked;
    struct numbered number;
    if (old)
        return RC_OK;
    op_load_ahead(ctx, ENTITY_POLICY, r->policy.id, OP_LOCK);
    op_load_ahead(ctx, ENTITY_TERM, r->term.id, OP_LOCK);
    policy_terms_ask(ctx, r->policy.id, &terms);
    numbering_ask(ctx, NUMBERING_RECEIPT, r->branch, &asked);
    enum rc rc = op_settle(ctx, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_POLICY, r->policy.id, OP_LOCK, &p, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_TERM, r->term.id, OP_LOCK, &t, reterr);
    if (!rc)
        rc = find_term(ctx, r, &p, &terms, reterr);
    if (!rc)
        rc = numbering_take(ctx, &asked, &number, reterr);
    if (rc)
        return rc;
    ROW_SET(r, RECEIPT_NUMBER, number, number.number);
    ROW_SET(r, RECEIPT_YEAR, year, number.year);
    ROW_SET(r, RECEIPT_SERIAL, serial, number.serial);
    return RC_OK;
}

/* ------------------------------------------------------------------ verifying it */

static enum rc
four_eyes(struct op_ctx *ctx, const struct receipt *r, struct err *reterr)
{
    if (!ctx->who.has_four_eyes || r->amount.minor <= ctx->who.four_eyes.minor ||
        r->taken_by.id != ctx->who.user)
        return RC_OK;
    return err_set(reterr, RC_REFUSED, NULL, "you took this receipt; above %s somebody else must verify it",
                   finding_money(ctx, ctx->who.four_eyes));
}

static enum rc
load_policy(struct op_ctx *ctx, const struct receipt *r, struct policy *ret, struct term *ret_term,
            struct err *reterr)
{
    op_load_ahead(ctx, ENTITY_POLICY, r->policy.id, OP_LOCK);
    op_load_ahead(ctx, ENTITY_TERM, r->term.id, OP_LOCK);
    enum rc rc = op_load(ctx, ENTITY_POLICY, r->policy.id, OP_LOCK, ret, reterr);
    return rc ? rc : op_load(ctx, ENTITY_TERM, r->term.id, OP_LOCK, ret_term, reterr);
}

static enum rc
check_payable(struct op_ctx *ctx, const struct receipt *r, const struct term *t, struct err *reterr)
{
    money_t due = {t->total.minor - t->paid.minor};
    if (t->state != TERM_AWAITING_PAYMENT && t->state != TERM_SUSPENDED)
        return err_set(reterr, RC_REFUSED, NULL,
                       "the term this receipt is for does not wait for payment any more; reject the receipt");
    if (r->amount.minor > due.minor && !ctx->who.over_payment_credit)
        return err_set(reterr, RC_REFUSED, NULL,
                       "the receipt is too much: %s, but only %s is outstanding; reject it",
                       finding_money(ctx, r->amount), finding_money(ctx, due));
    return RC_OK;
}

static enum rc
mark_verified(struct op_ctx *ctx, struct receipt *r, struct err *reterr)
{
    stamp_t now;
    enum rc rc = op_now(ctx, &now, reterr);
    if (rc)
        return rc;
    ROW_SET(r, RECEIPT_STATE, state, RECEIPT_VERIFIED);
    ROW_SET(r, RECEIPT_VERIFIED_BY, verified_by, ((struct ref){.id = ctx->who.user}));
    ROW_SET(r, RECEIPT_VERIFIED_AT, verified_at, now);
    return op_update(ctx, ENTITY_RECEIPT, r, reterr);
}

static enum rc
verify(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct receipt *r = row;
    struct policy p;
    struct term t;
    (void)args, (void)ret;
    struct pg_rows covers;
    enum rc rc = four_eyes(ctx, r, reterr);
    if (!rc)
        rc = load_policy(ctx, r, &p, &t, reterr);
    if (!rc)
        rc = check_payable(ctx, r, &t, reterr);
    if (!rc)
        rc = mark_verified(ctx, r, reterr);
    if (!rc)
        cover_ask(ctx, &t, &covers);
    if (!rc) /* what is paid was counted by the database: read it again */
        rc = op_load(ctx, ENTITY_TERM, t.row.id, OP_LOCK, &t, reterr);
    if (rc)
        return rc;
    if (t.paid.minor >= t.total.minor)
        return activate_term(ctx, &p, &t, &covers, reterr);
    op_issue(ctx, ISSUE_WARN, NULL, "held as a deposit: %s of %s is paid; the cover starts when all of it is",
             finding_money(ctx, t.paid), finding_money(ctx, t.total));
    return RC_OK;
}

static enum rc
reject(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct receipt *r = row;
    (void)args, (void)ret;
    ROW_SET(r, RECEIPT_STATE, state, RECEIPT_REJECTED);
    ROW_SET(r, RECEIPT_REASON, reason, ctx->reason);
    return op_update(ctx, ENTITY_RECEIPT, r, reterr);
}

/* ------------------------------------------------------------------ taking it back */

static enum rc
suspend_term(struct op_ctx *ctx, const struct receipt *r, struct term *t, struct err *reterr)
{
    ROW_SET(t, TERM_STATE, state, TERM_SUSPENDED);
    ROW_SET(t, TERM_REASON, reason,
            str_printf(ctx->arena, "Receipt %.*s reversed: %.*s", STR_ARG(r->number), STR_ARG(ctx->reason)));
    enum rc rc = op_update(ctx, ENTITY_TERM, t, reterr);
    return rc ? rc : cover_end(ctx, t, COVER_SUSPEND, reterr);
}

static enum rc
reverse(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct receipt *r = row;
    struct policy p;
    struct term t;
    (void)args, (void)ret;
    enum rc rc = load_policy(ctx, r, &p, &t, reterr);
    if (rc)
        return rc;
    if (t.state == TERM_EXPIRED)
        return err_set(
            reterr, RC_REFUSED, NULL,
            "the term this receipt paid for ran to its end on %s; the receipt can't be reversed any more",
            finding_day(ctx, t.end_date));
    ROW_SET(r, RECEIPT_STATE, state, RECEIPT_REVERSED);
    ROW_SET(r, RECEIPT_REASON, reason, ctx->reason);
    rc = op_update(ctx, ENTITY_RECEIPT, r, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_TERM, t.row.id, OP_LOCK, &t, reterr);
    if (!rc && t.state == TERM_ACTIVE && t.paid.minor < t.total.minor)
        rc = suspend_term(ctx, r, &t, reterr);
    return rc;
}

static void
receipt_tokens(struct op_ctx *ctx, const void *row, struct rule_tokens *ret)
{
    const struct receipt *r = row;
    token_number(ctx->arena, ret, TOKEN_RECEIPT, r->number);
    if (row_has(&r->row, RECEIPT_REFERENCE))
        token_add_reference(ctx->arena, ret, r->reference);
}

static const struct rule_action actions[] = {
    {.number = RECEIPT_VERIFY,  .run = verify },
    {.number = RECEIPT_REJECT,  .run = reject },
    {.number = RECEIPT_REVERSE, .run = reverse},
};

const struct rule receipt_rule = {
    .entity = ENTITY_RECEIPT,
    .prepare = receipt_prepare,
    .before = receipt_before,
    .tokens = receipt_tokens,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
