#include "server/job/job.h"

#include "server/log.h"

enum rc
job_sessions(struct job_round *round, struct err *reterr)
{
    const struct pg_stmt stmt = {"select app.end_lost_sessions()", NULL, 0};
    struct pg_rows rows;
    enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (rc == RC_OK && pg_cell(&rows, 0, 0)->i > 0)
        log_info("jobs.sessions", "lost=%lld", (long long)pg_cell(&rows, 0, 0)->i);
    return rc;
}
