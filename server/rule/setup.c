/* What administrators set up: branches, products, rates, kinds of vehicle and paper, plate patterns. */
#include "server/catalog/branch.h"
#include "server/catalog/id_type.h"
#include "server/catalog/plate_pattern.h"
#include "server/catalog/product.h"
#include "server/catalog/rate.h"
#include "server/catalog/vehicle_type.h"

#include "common/base/lang.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/pattern.h"
#include "server/rule/finding.h"
#include "server/rule/rules.h"

enum { BRANCH_CODE_MAX = 8, CODE_MAX = 32, PPM_MAX = 10000000 };

/* ------------------------------------------------------------------ codes */

static bool
is_code(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!((code.p[i] >= 'a' && code.p[i] <= 'z') || (code.p[i] >= '0' && code.p[i] <= '9') ||
              code.p[i] == '_'))
            return false;
    return code.n > 0 && code.n <= CODE_MAX;
}

/* Codes are what scripts and people type: lower case, digits, underscores. */
static void
prepare_code(struct op_ctx *ctx, const struct row_head *row, uint32_t tag, struct str *code)
{
    char *out;
    if (!row_has(row, tag))
        return;
    out = arena_alloc(ctx->arena, code->n + 1);
    for (size_t i = 0; i < code->n; i++)
        out[i] = (char)(code->p[i] >= 'A' && code->p[i] <= 'Z' ? code->p[i] + 32 : code->p[i]);
    *code = str_trim((struct str){out, code->n});
    if (!is_code(*code))
        op_issue(ctx, ISSUE_REFUSE, "code", "a code has 1 to %d letters, digits and underscores", CODE_MAX);
}

static enum rc
branch_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct branch *b = row;
    unsigned other;
    (void)old, (void)reterr;
    if (!row_has(&b->row, BRANCH_CODE))
        return RC_OK;
    struct str code = fold_code(ctx->arena, b->code, &other);
    if (other || code.n == 0 || code.n > BRANCH_CODE_MAX)
        op_issue(ctx, ISSUE_REFUSE, "code",
                 "a branch code has 1 to %d letters and digits; it stands in numbers", BRANCH_CODE_MAX);
    b->code = code;
    return RC_OK;
}

static enum rc
product_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct product *p = row;
    (void)old, (void)reterr;
    prepare_code(ctx, &p->row, PRODUCT_CODE, &p->code);
    return RC_OK;
}

static enum rc
vehicle_type_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct vehicle_type *t = row;
    (void)old, (void)reterr;
    prepare_code(ctx, &t->row, VEHICLE_TYPE_CODE, &t->code);
    return RC_OK;
}

static void
check_pattern(struct op_ctx *ctx, struct str pattern)
{
    if (pattern_match(pattern, STR_NONE) == PATTERN_BROKEN)
        op_issue(ctx, ISSUE_REFUSE, "pattern",
                 "this is no regular expression, or too large a one; an example is ^T[0-9]{3}[A-Z]{3}$");
}

static enum rc
id_type_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct id_type *t = row;
    (void)old, (void)reterr;
    prepare_code(ctx, &t->row, ID_TYPE_CODE, &t->code);
    if (row_has(&t->row, ID_TYPE_PATTERN))
        check_pattern(ctx, t->pattern);
    return RC_OK;
}

static enum rc
plate_pattern_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct plate_pattern *p = row;
    (void)old, (void)reterr;
    prepare_code(ctx, &p->row, PLATE_PATTERN_CODE, &p->code);
    if (row_has(&p->row, PLATE_PATTERN_PATTERN))
        check_pattern(ctx, p->pattern);
    return RC_OK;
}

/* ------------------------------------------------------------------ the rate book */

static void
check_share(struct op_ctx *ctx, const struct row_head *row, uint32_t tag, const char *field, rate_t rate)
{
    if (row_has(row, tag) && (rate.ppm < 0 || rate.ppm > PPM_MAX))
        op_issue(ctx, ISSUE_REFUSE, field, "a rate lies between 0 and 1000 percent");
}

static void
check_rate_amount(struct op_ctx *ctx, const struct row_head *row, uint32_t tag, const char *field,
                  money_t amount)
{
    if (row_has(row, tag) && (amount.minor < 0 || amount.minor > MONEY_MAX))
        op_issue(ctx, ISSUE_REFUSE, field, "the amount can't be less than nothing");
}

static void
check_overlap(struct op_ctx *ctx, const struct rate *r)
{
    static const struct finding_like alike = {
        ISSUE_REFUSE, ENTITY_RATE, "from_date",
        N_("another row of the rate book holds for the same on some of these days; end that one first"),
        "select id, 'from ' || from_date::text from app.rate where tenant_id = $1::int and product_id = $2"
        " and coalesce(vehicle_type_id, 0) = $3 and coalesce(usage, 0) = $4 and (to_date is null or to_date "
        ">= $5)"
        " and from_date <= coalesce($6, 'infinity'::date) and id <> $7 order by from_date limit 1"};
    if (!row_has(&r->row, RATE_PRODUCT) || !row_has(&r->row, RATE_FROM_DATE))
        return;
    const struct value params[] = {
        tenant_value(ctx),
        VALUE_INT(r->product.id),
        VALUE_INT(row_has(&r->row, RATE_VEHICLE_TYPE) ? r->vehicle_type.id : 0),
        VALUE_INT(row_has(&r->row, RATE_USAGE) ? r->usage : 0),
        VALUE_DATE(r->from_date),
        row_has(&r->row, RATE_TO_DATE) ? VALUE_DATE(r->to_date) : VALUE_NULL,
        VALUE_INT(r->row.id),
    };
    finding_alike(ctx, &alike, params, COUNTOF(params));
}

static enum rc
rate_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct rate *r = row;
    (void)old, (void)reterr;
    check_share(ctx, &r->row, RATE_RATE, "rate", r->rate);
    check_share(ctx, &r->row, RATE_LEVY, "levy", r->levy);
    check_share(ctx, &r->row, RATE_TAX, "tax", r->tax);
    check_rate_amount(ctx, &r->row, RATE_FLAT, "flat", r->flat);
    check_rate_amount(ctx, &r->row, RATE_MINIMUM, "minimum", r->minimum);
    if (row_has(&r->row, RATE_TO_DATE) && row_has(&r->row, RATE_FROM_DATE) &&
        date_cmp(r->to_date, r->from_date) < 0) {
        op_issue(ctx, ISSUE_REFUSE, "to_date", "the last day lies before the first");
        return RC_OK;
    }
    check_overlap(ctx, r);
    return RC_OK;
}

const struct rule branch_rule = {.entity = ENTITY_BRANCH, .prepare = branch_prepare};
const struct rule product_rule = {.entity = ENTITY_PRODUCT, .prepare = product_prepare};
const struct rule vehicle_type_rule = {.entity = ENTITY_VEHICLE_TYPE, .prepare = vehicle_type_prepare};
const struct rule id_type_rule = {.entity = ENTITY_ID_TYPE, .prepare = id_type_prepare};
const struct rule plate_pattern_rule = {.entity = ENTITY_PLATE_PATTERN, .prepare = plate_pattern_prepare};
const struct rule rate_rule = {.entity = ENTITY_RATE, .prepare = rate_prepare};
