#include "server/job/job.h"

enum { BATCH = 5000 };

enum rc
job_forget(struct job_round *round, int64_t *ret_n, struct err *reterr)
{
    static const char sql[] = "with old as (select tenant_id, user_id, key from app.idempotency"
                              "  where created_at < now() - interval '7 days' order by created_at limit $1)"
                              " delete from app.idempotency i using old where i.tenant_id = old.tenant_id "
                              "and i.user_id = old.user_id"
                              " and i.key = old.key returning 1";
    const struct value params[] = {VALUE_INT(BATCH)};
    const struct pg_stmt stmt = {sql, params, COUNTOF(params)};
    int64_t total = 0;
    struct pg_rows rows = {.nrows = BATCH};
    while (rows.nrows == BATCH) {
        enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
        if (rc)
            return rc;
        total += (int64_t)rows.nrows;
    }
    *ret_n = total;
    return RC_OK;
}
