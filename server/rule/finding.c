#include "server/rule/finding.h"

enum rc
finding_refuse(struct op_ctx *ctx, enum rc rc, const struct err *found, struct err *reterr)
{
    if (rc == RC_OK)
        return RC_OK;
    if (rc == RC_BAD_PARAMS || rc == RC_REFUSED) {
        op_issue(ctx, ISSUE_REFUSE, found->field[0] ? found->field : NULL, "%s", found->text);
        for (uint32_t i = 0; i < found->nrefs; i++)
            op_issue_ref(ctx, found->refs[i].entity, found->refs[i].id, str_from(found->refs[i].label));
        return RC_OK;
    }
    if (reterr)
        *reterr = *found;
    return rc;
}

enum rc
finding_alike(struct op_ctx *ctx, const struct finding_like *like, const struct value *params, size_t nparams,
              struct err *reterr)
{
    struct pg_rows rows;
    enum rc rc = op_query(ctx, like->name, like->sql, params, nparams, &rows, reterr);
    if (rc || rows.nrows == 0)
        return rc;
    op_issue(ctx, like->level, like->field, "%s", like->text);
    for (size_t i = 0; i < rows.nrows; i++)
        op_issue_ref(ctx, like->entity, pg_cell(&rows, i, 0)->i, pg_cell(&rows, i, 1)->text);
    return RC_OK;
}

const char *
finding_money(struct op_ctx *ctx, money_t amount)
{
    return money_text(amount, ctx->who.exponent, arena_alloc(ctx->arena, MONEY_TEXT));
}

const char *
finding_day(struct op_ctx *ctx, date_t day)
{
    return date_text(day, arena_alloc(ctx->arena, DATE_TEXT));
}
