#include "server/rule/policy_terms.h"

#include "server/rule/finding.h"

static const char terms_sql[] =
    "select t.id, t.seq, t.state, t.start_date, t.end_date, t.total, t.paid,"
    " (select coalesce(sum(r.amount), 0)::bigint from app.receipt r where r.tenant_id = t.tenant_id"
    " and r.term_id = t.id and r.state = 1)"
    " from app.term t where t.tenant_id = $1::int and t.policy_id = $2 order by t.seq";

static enum rc
read_terms(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct term_briefs *ret = about;
    (void)reterr;
    ret->n = rows->nrows;
    ret->rows = arena_new(ctx->arena, struct term_brief, rows->nrows + 1);
    for (size_t i = 0; i < rows->nrows; i++)
        ret->rows[i] = (struct term_brief){
            .id = pg_cell(rows, i, 0)->i,
            .seq = pg_cell(rows, i, 1)->i,
            .state = (enum term_state)pg_cell(rows, i, 2)->i,
            .start = pg_cell(rows, i, 3)->date,
            .end = pg_cell(rows, i, 4)->date,
            .total = {pg_cell(rows, i, 5)->i},
            .paid = {pg_cell(rows, i, 6)->i},
            .recorded = {pg_cell(rows, i, 7)->i},
        };
    return RC_OK;
}

void
policy_terms_ask(struct op_ctx *ctx, int64_t policy, struct term_briefs *ret)
{
    const struct value params[] = {tenant_value(ctx), VALUE_INT(policy)};
    op_ask_judged(ctx, terms_sql, params, COUNTOF(params), read_terms, ret);
    op_ask_harmless(ctx);
}

void
policy_terms_ahead(struct op_ctx *ctx, int64_t policy)
{
    const struct value params[] = {tenant_value(ctx), VALUE_INT(policy)};
    op_ask_ahead(ctx, terms_sql, params, COUNTOF(params), policy);
}

enum rc
policy_terms(struct op_ctx *ctx, int64_t policy, struct term_briefs *ret, struct err *reterr)
{
    const struct pg_rows *known = op_ahead(ctx, terms_sql, policy);
    if (known)
        return read_terms(ctx, ret, known, reterr);
    policy_terms_ask(ctx, policy, ret);
    return op_settle(ctx, reterr);
}

const struct term_brief *
policy_open_term(const struct term_briefs *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        if (terms->rows[i].state <= TERM_AWAITING_PAYMENT)
            return &terms->rows[i];
    return NULL;
}

const struct term_brief *
policy_payable_term(const struct term_briefs *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        if (terms->rows[i].state == TERM_SUSPENDED || terms->rows[i].state == TERM_AWAITING_PAYMENT)
            return &terms->rows[i];
    return NULL;
}

const struct term_brief *
policy_last_run(const struct term_briefs *terms)
{
    for (size_t i = terms->n; i > 0; i--)
        if (terms->rows[i - 1].state == TERM_ACTIVE || terms->rows[i - 1].state == TERM_EXPIRED)
            return &terms->rows[i - 1];
    return NULL;
}
