#include "server/job/job.h"

enum { BATCH = 200 };

/*
 * Policies are locked before their terms, as everywhere; one somebody works on is left for the next round.
 * The day is that of the preamble: a company in another time zone has another day.
 */
static const char sql[] =
    "with due as materialized ("
    "  select t.id, t.policy_id from app.term t where t.tenant_id = $1::int and t.state = 4 and t.end_date < "
    "app.today()"
    "  order by t.end_date, t.id limit $2),"
    " free as materialized ("
    "  select p.id from app.policy p where p.tenant_id = $1::int and p.id in (select policy_id from due)"
    "  order by p.id for no key update skip locked)"
    " update app.term t set state = 6 where t.tenant_id = $1::int and t.state = 4 and t.end_date < "
    "app.today()"
    " and t.id in (select d.id from due d join free f on f.id = d.policy_id) returning t.id";

static enum rc
expire_batch(struct job_round *round, int32_t tenant, size_t *ret_n, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(tenant), VALUE_INT(BATCH)};
    const struct pg_stmt stmt = {sql, params, COUNTOF(params)};
    struct pg_rows rows;
    struct tx tx = {
        .pg = round->pg,
        .who = {.tenant = tenant,
                .service = true,
                .has_today = round->config->has_today,
                .today = round->config->today,
                .action = STR("expire")},
    };
    enum rc rc = tx_begin(&tx, round->arena, &stmt, 1, &rows, reterr);
    if (!rc)
        rc = tx_commit(&tx, round->arena, NULL, 0, NULL, reterr);
    if (!rc)
        *ret_n = rows.nrows;
    return rc;
}

enum rc
job_expire(struct job_round *round, int32_t tenant, int64_t *ret_n, struct err *reterr)
{
    int64_t total = 0;
    size_t n = BATCH;
    while (n == BATCH) {
        enum rc rc = expire_batch(round, tenant, &n, reterr);
        if (rc)
            return rc;
        total += (int64_t)n;
    }
    *ret_n = total;
    return RC_OK;
}
