#include "server/job/job.h"

#include "server/log.h"

static enum rc
load_tenants(struct job_round *round, int32_t **ret, size_t *ret_n, struct err *reterr)
{
    const struct pg_stmt stmt = {"select id from app.tenant where status = 1 order by id", NULL, 0};
    struct pg_rows rows;
    enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (rc)
        return rc;
    int32_t *ids = arena_new(round->arena, int32_t, rows.nrows + 1);
    for (size_t i = 0; i < rows.nrows; i++)
        ids[i] = (int32_t)pg_cell(&rows, i, 0)->i;
    *ret = ids;
    *ret_n = rows.nrows;
    return RC_OK;
}

enum rc
job_round(struct job_round *round, struct err *reterr)
{
    int32_t *tenants;
    size_t n;
    int64_t expired = 0, forgotten = 0, some;
    enum rc rc = load_tenants(round, &tenants, &n, reterr);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = job_expire(round, tenants[i], &some, reterr);
        if (rc == RC_UNAUTHENTICATED) /* suspended since the list was read */
            rc = RC_OK;
        else if (!rc)
            expired += some;
    }
    if (!rc)
        rc = job_forget(round, &forgotten, reterr);
    if (expired + forgotten > 0)
        log_info("jobs.round", "expired=%lld forgotten=%lld", (long long)expired, (long long)forgotten);
    return rc;
}
