/* What the search box of the platform finds: companies, by name, code or domain. */
#include "common/base/limits.h"
#include "server/op/rights.h"
#include "server/platform/platform.h"
#include "server/rule/entry/fold.h"

enum { ID, LABEL, DETAIL, WHY };

/* Few companies beside many policies: looking at all of them costs less than keeping words of them. */
static const char companies[] =
    "select t.id, t.name, concat_ws(' · ', t.code, t.domains),"
    " case when t.code = upper($1) then 'code' when strpos(lower(t.domains), lower($1)) > 0 then 'domain' "
    "else 'name' end"
    " from app.company t where t.code = upper($1) or strpos(lower(t.domains), lower($1)) > 0 or "
    "strpos(lower(t.name), lower($1)) > 0"
    " order by t.code <> upper($1), strpos(lower(t.name), lower($1)) <> 1, t.code limit $2";
static const char granting[] =
    "select t.id, t.name, t.code, case when t.code = upper($1) then 'code' else 'name' end"
    " from app.compliance t where t.code = upper($1) or strpos(lower(t.name), lower($1)) > 0 order by t.code "
    "limit $2";

static enum rc
look(struct op_ctx *ctx, uint32_t entity, const char *sql, const struct value params[2], struct body *ret,
     struct err *reterr)
{
    struct pg_rows rows;
    const struct pg_stmt stmt = {sql, params, 2};
    enum rc rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    ret->hits.rows = arena_new(ctx->arena, struct body_hit, rows.nrows + 1);
    ret->hits.nrows = rows.nrows;
    for (size_t i = 0; i < rows.nrows; i++)
        ret->hits.rows[i] = (struct body_hit){
            .record = {entity, pg_cell(&rows, i, ID)->i, pg_cell(&rows, i, LABEL)->text},
            .detail = pg_cell(&rows, i, DETAIL)->text,
            .why = pg_cell(&rows, i, WHY)->text,
        };
    return RC_OK;
}

enum rc
platform_find(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct rights *r = &ctx->who.rights;
    int64_t limit =
        params_has(p, PARAM_LIMIT) && p->limit > 0 && p->limit < LIMIT_HITS ? (int64_t)p->limit : LIMIT_HITS;
    struct str typed = fold_tidy(ctx->arena, p->text);
    const struct value params[] = {VALUE_TEXT(typed), VALUE_INT(limit)};
    ret->present |= 1u << BODY_HITS;
    if (!typed.n)
        return RC_OK;
    if (rights_may(r, entity_by_number(ENTITY_COMPANY), "read"))
        return look(ctx, ENTITY_COMPANY, companies, params, ret, reterr);
    if (rights_may(r, entity_by_number(ENTITY_COMPLIANCE), "read"))
        return look(ctx, ENTITY_COMPLIANCE, granting, params, ret, reterr);
    return RC_OK;
}
