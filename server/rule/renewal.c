/* Renewal cases: what people write down about a term that runs out. Opening and closing them is the
   database's: 0020_renewals.sql. Renewing from a case is renewing its policy, by the policy's own rule. */
#include "server/catalog/renewal.h"
#include "server/catalog/policy.h"
#include "server/catalog/user.h"

#include "server/rule/finding.h"
#include "server/rule/policy_terms.h"
#include "server/rule/rules.h"

/* A call or a promise further away than this is a slip of the pen. */
enum { AHEAD_DAYS = 366 };

static enum rc
check_ahead(struct op_ctx *ctx, const char *field, date_t day, struct err *reterr)
{
    date_t today = ctx->who.today, last = date_add_days(today, AHEAD_DAYS);
    if (date_cmp(day, today) < 0)
        return err_set(reterr, RC_REFUSED, field, "the day to come back to it is today or later");
    if (date_cmp(day, last) > 0)
        return err_set(reterr, RC_REFUSED, field, "the day to come back to it is %s at the latest",
                       finding_day(ctx, last));
    return RC_OK;
}

/* ------------------------------------------------------------------ changed by hand */

static enum rc
check_assigned(struct op_ctx *ctx, const struct renewal *r, struct err *reterr)
{
    struct user u;
    if (!row_has(&r->row, RENEWAL_ASSIGNED_TO))
        return RC_OK;
    enum rc rc = op_load(ctx, ENTITY_USER, r->assigned_to.id, OP_READ, &u, reterr);
    if (!rc && !u.is_active)
        op_issue(ctx, ISSUE_REFUSE, "assigned_to", "%.*s does not work here any more; choose somebody else",
                 STR_ARG(u.name));
    return rc;
}

static enum rc
renewal_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    const struct renewal *r = row, *was = old;
    struct err err = {0};
    enum rc rc = RC_OK;
    if (row_has(&r->row, RENEWAL_CONTACT_ON) &&
        !(was && row_has(&was->row, RENEWAL_CONTACT_ON) && date_cmp(was->contact_on, r->contact_on) == 0))
        rc = finding_refuse(ctx, check_ahead(ctx, "contact_on", r->contact_on, &err), &err, reterr);
    if (!rc && !(was && row_has(&was->row, RENEWAL_ASSIGNED_TO) && was->assigned_to.id == r->assigned_to.id))
        rc = check_assigned(ctx, r, reterr);
    return rc;
}

/* ------------------------------------------------------------------ renew */

/* The policy's own rule, with its locks; the case it closes is the one at hand. */
static enum rc
renew_policy(struct op_ctx *ctx, struct policy *p, void *args, struct err *reterr)
{
    const struct rule *rule = rule_for(ENTITY_POLICY);
    struct op_result result = {.entity = ENTITY_POLICY, .id = p->row.id};
    for (size_t i = 0; i < rule->nactions; i++)
        if (rule->actions[i].number == POLICY_RENEW)
            return rule->actions[i].run(ctx, p, args, &result, reterr);
    return err_log(reterr, RC_INTERNAL, "policies have no rule to renew by");
}

static enum rc
check_latest(struct op_ctx *ctx, const struct renewal *r, struct err *reterr)
{
    struct term_briefs terms;
    enum rc rc = policy_terms(ctx, r->policy.id, &terms, reterr);
    if (rc)
        return rc;
    const struct term_brief *last = policy_last_run(&terms);
    if (last && last->id != r->term.id)
        return err_set(reterr, RC_REFUSED, NULL,
                       "the policy %.*s went on after this term: its latest runs until %s",
                       STR_ARG(r->policy.label), finding_day(ctx, last->end));
    return RC_OK;
}

static enum rc
renew(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct renewal *r = row;
    struct policy p;
    (void)ret;
    if (!rights_may(&ctx->who.rights, &policy_entity, "renew"))
        return err_set(reterr, RC_FORBIDDEN, NULL, "your role (%.*s) does not allow \"policy renew\"",
                       STR_ARG(ctx->who.role_name));
    enum rc rc = check_latest(ctx, r, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_POLICY, r->policy.id, OP_LOCK, &p, reterr);
    return rc ? rc : renew_policy(ctx, &p, args, reterr);
}

/* ------------------------------------------------------------------ following it up */

static void
take_note(struct renewal *r, bool given, struct str note)
{
    if (given)
        ROW_SET(r, RENEWAL_NOTE, note, note);
}

static enum rc
mark(struct op_ctx *ctx, struct renewal *r, enum renewal_state state, bool spoken, struct err *reterr)
{
    stamp_t now;
    enum rc rc = op_now(ctx, &now, reterr);
    if (rc)
        return rc;
    ROW_SET(r, RENEWAL_STATE, state, (choice_t)state);
    if (spoken)
        ROW_SET(r, RENEWAL_CONTACTED_AT, contacted_at, now);
    if (state == RENEWAL_LOST || state == RENEWAL_DISCONTINUED)
        ROW_SET(r, RENEWAL_CLOSED_AT, closed_at, now);
    else
        row_drop(&r->row, RENEWAL_CLOSED_AT);
    return op_update(ctx, ENTITY_RENEWAL, r, reterr);
}

static enum rc
contact(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct renewal *r = row;
    const struct renewal_contact *c = args;
    const bool again = row_has(&c->row, CONTACT_AGAIN_ON);
    (void)ret;
    enum rc rc = again ? check_ahead(ctx, "again_on", c->again_on, reterr) : RC_OK;
    if (rc)
        return rc;
    row_drop(&r->row, RENEWAL_CONTACT_ON);
    row_drop(&r->row, RENEWAL_PROMISED_ON); /* who asks to be called again takes a promise back */
    if (again)
        ROW_SET(r, RENEWAL_CONTACT_ON, contact_on, c->again_on);
    take_note(r, row_has(&c->row, CONTACT_NOTE), c->note);
    return mark(ctx, r, RENEWAL_CONTACTED, true, reterr);
}

static enum rc
promise(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct renewal *r = row;
    const struct renewal_promise *p = args;
    (void)ret;
    enum rc rc = check_ahead(ctx, "on", p->on, reterr);
    if (rc)
        return rc;
    ROW_SET(r, RENEWAL_PROMISED_ON, promised_on, p->on);
    ROW_SET(r, RENEWAL_CONTACT_ON, contact_on, p->on);
    take_note(r, row_has(&p->row, PROMISE_NOTE), p->note);
    return mark(ctx, r, RENEWAL_PROMISED, true, reterr);
}

static enum rc
lose(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct renewal *r = row;
    const struct renewal_lose *l = args;
    (void)ret;
    ROW_SET(r, RENEWAL_OUTCOME, outcome, l->outcome);
    take_note(r, row_has(&l->row, LOSE_NOTE), l->note);
    return mark(ctx, r, RENEWAL_LOST, false, reterr);
}

static enum rc
discontinue(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct renewal *r = row;
    (void)args, (void)ret;
    ROW_SET(r, RENEWAL_REASON, reason, ctx->reason);
    return mark(ctx, r, RENEWAL_DISCONTINUED, false, reterr);
}

static enum rc
reopen(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct renewal *r = row;
    (void)args, (void)ret;
    row_drop(&r->row, RENEWAL_OUTCOME);
    row_drop(&r->row, RENEWAL_REASON);
    row_drop(&r->row, RENEWAL_PROMISED_ON);
    return mark(ctx, r, RENEWAL_OPEN, false, reterr);
}

static const struct rule_action actions[] = {
    {.number = RENEWAL_RENEW,       .run = renew      },
    {.number = RENEWAL_CONTACT,     .run = contact    },
    {.number = RENEWAL_PROMISE,     .run = promise    },
    {.number = RENEWAL_LOSE,        .run = lose       },
    {.number = RENEWAL_DISCONTINUE, .run = discontinue},
    {.number = RENEWAL_REOPEN,      .run = reopen     },
};

const struct rule renewal_rule = {
    .entity = ENTITY_RENEWAL,
    .prepare = renewal_prepare,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
