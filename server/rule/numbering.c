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

enum rc
numbering_next(struct op_ctx *ctx, enum numbering_kind kind, struct ref branch, struct numbered *ret,
               struct err *reterr)
{
    static const char *const kinds[] = {"policy", "receipt", "certificate"};
    struct pg_rows rows;
    struct numbered n;
    struct str pattern = pattern_of(&ctx->who, kind);
    n.year = civil_of(ctx->who.today).year;
    const struct value params[] = {
        VALUE_TEXT(str_from(kinds[kind])),
        VALUE_INT(number_by_branch(pattern) ? branch.id : 0),
        VALUE_INT(number_by_year(pattern) ? n.year : 0),
    };
    enum rc rc = op_query(ctx, "numbering_next", "select app.next_number($1, $2, $3::int)", params,
                          COUNTOF(params), &rows, reterr);
    if (rc)
        return rc;
    n.serial = pg_cell(&rows, 0, 0)->i;
    const struct number_parts parts = {
        .prefix = ctx->who.tenant_code, .branch = branch.label, .year = (int)n.year, .seq = n.serial};
    rc = number_make(ctx->arena, pattern, &parts, &n.number, reterr);
    if (rc)
        return rc;
    *ret = n;
    return RC_OK;
}
