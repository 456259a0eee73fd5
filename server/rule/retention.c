/* Legal hold, and forgetting a customer by destroying the key of his personal data. */
#include "server/rule/retention.h"

#include "server/catalog/customer.h"

/* One change of the customer's key. `sql` has the id as $1 and the reason as $2; it refuses by changing no
 * row. */
static enum rc
change_key(struct op_ctx *ctx, const void *row, const char *name, const char *sql, const char *refusal,
           struct err *reterr)
{
    const struct value params[] = {VALUE_INT(((const struct row_head *)row)->id), VALUE_TEXT(ctx->reason)};
    struct pg_rows rows;
    enum rc rc = op_query(ctx, name, sql, params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return err_set(reterr, RC_REFUSED, NULL, "%s", refusal);
    return rc;
}

static enum rc
hold(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    (void)ret;
    return change_key(ctx, row, "retention.hold",
                      "update app.person_key set legal_hold = true, hold_reason = $2 where customer_id = $1 "
                      "and not legal_hold"
                      " returning id",
                      "the customer is on legal hold already", reterr);
}

static enum rc
release(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    (void)ret;
    return change_key(ctx, row, "retention.release",
                      "update app.person_key set legal_hold = false, hold_reason = null where customer_id = "
                      "$1 and legal_hold"
                      " and $2 <> '' returning id",
                      "the customer is not on legal hold", reterr);
}

/* Who holds, or could hold again, a policy is not forgotten: the guard of the table says so. */
static enum rc
forget(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    (void)ret;
    enum rc rc =
        change_key(ctx, row, "retention.forget",
                   "update app.person_key set wrapped = null, destroyed_at = now(), destroy_reason = $2"
                   " where customer_id = $1 and wrapped is not null returning id",
                   "the customer was forgotten already", reterr);
    if (rc != RC_OK)
        return rc;
    const struct value params[] = {VALUE_INT(((const struct row_head *)row)->id)};
    op_look_again(ctx);
    return op_query(ctx, "retention.strike", "select app.forget_customer($1)", params, 1, NULL, reterr);
}

static enum rc
report(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    return access_report(ctx, row, &ret->file, reterr);
}

const struct rule_action retention_actions[RETENTION_ACTIONS] = {
    {.number = CUSTOMER_HOLD,    .run = hold   },
    {.number = CUSTOMER_RELEASE, .run = release},
    {.number = CUSTOMER_FORGET,  .run = forget },
    {.number = CUSTOMER_REPORT,  .run = report },
};
