#include "server/rule/finding.h"

#include "common/base/lang.h"

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

/* What waits for its answer. */
struct sought {
    struct finding_like like;
    size_t place;
};

static enum rc
add_alike(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    const struct sought *s = about;
    (void)reterr;
    if (!rows->nrows)
        return RC_OK;
    op_issue_at(ctx, s->place, s->like.level, s->like.field, "%s", lang_text(s->like.text));
    for (size_t i = 0; i < rows->nrows; i++)
        op_issue_ref(ctx, s->like.entity, pg_cell(rows, i, 0)->i, pg_cell(rows, i, 1)->text);
    return RC_OK;
}

void
finding_alike(struct op_ctx *ctx, const struct finding_like *like, const struct value *params, size_t nparams)
{
    struct sought *s = arena_new(ctx->arena, struct sought, 1);
    *s = (struct sought){*like, op_issue_sought(ctx)};
    op_ask_judged(ctx, like->sql, params, nparams, add_alike, s);
    op_ask_harmless(ctx);
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
