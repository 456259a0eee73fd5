#include "server/rule/numbering.h"

#include "server/rule/finding.h"
#include "server/rule/number.h"

static struct str
pattern_of(const struct op_context *who, enum numbering_kind kind)
{
    switch (kind) {
    case NUMBERING_POLICY:
        return who->policy_pattern;
    case NUMBERING_RECEIPT:
        return who->receipt_pattern;
    case NUMBERING_CERTIFICATE:
        return who->certificate_pattern;
    }
    return STR_NONE;
}

void
numbering_ask(struct op_ctx *ctx, enum numbering_kind kind, struct ref branch, struct numbering *ret)
{
    static const char *const kinds[] = {"policy", "receipt", "certificate"};
    const struct str pattern = pattern_of(&ctx->who, kind);
    const int64_t year = civil_of(ctx->who.today).year;
    const struct value params[] = {
        VALUE_TEXT(str_from(kinds[kind])),
        VALUE_INT(number_by_branch(pattern) ? branch.id : 0),
        VALUE_INT(number_by_year(pattern) ? year : 0),
    };
    *ret = (struct numbering){.kind = kind, .branch = branch, .year = year};
    op_ask(ctx, "select app.next_number($1, $2, $3::int)", params, COUNTOF(params), &ret->rows);
}

enum rc
numbering_take(struct op_ctx *ctx, const struct numbering *asked, struct numbered *ret, struct err *reterr)
{
    struct numbered n = {.year = asked->year, .serial = pg_cell(&asked->rows, 0, 0)->i};
    const struct number_parts parts = {
        .prefix = ctx->who.tenant_code, .branch = asked->branch.label, .year = (int)n.year, .seq = n.serial};
    enum rc rc = number_make(ctx->arena, pattern_of(&ctx->who, asked->kind), &parts, &n.number, reterr);
    if (rc == RC_OK)
        *ret = n;
    return rc;
}
