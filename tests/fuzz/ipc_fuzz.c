#include "server/ipc/ipc.h"
#include "tests/fuzz/fuzz.h"

/* What one process reads from another, should the other be broken. */

static void
check_job(struct arena *a, struct str body)
{
    struct job j, again;
    if (job_read(body, &j, NULL))
        return;
    struct buf b;
    buf_init(&b, a, 64);
    job_put(&b, &j);
    ASSERT(job_read(str_slice(buf_str(&b), IPC_HEADER, b.n), &again, NULL) == RC_OK);
    ASSERT(again.id == j.id && str_eq(again.payload, j.payload) && str_eq(again.login, j.login));
}

static void
check_answer(struct arena *a, struct str body)
{
    struct answer an, again;
    if (answer_read(body, &an, NULL))
        return;
    struct buf b;
    buf_init(&b, a, 64);
    answer_put(&b, &an);
    ASSERT(answer_read(str_slice(buf_str(&b), IPC_HEADER, b.n), &again, NULL) == RC_OK);
    ASSERT(again.id == an.id && again.code == an.code && str_eq(again.payload, an.payload));
}

static void
check_notice(struct arena *a, struct str body)
{
    struct notice n, again;
    if (notice_read(body, &n, NULL))
        return;
    struct buf b;
    buf_init(&b, a, 64);
    notice_put(&b, &n);
    ASSERT(notice_read(buf_str(&b), &again, NULL) == RC_OK);
    ASSERT(again.to == n.to && again.id == n.id && str_eq(again.wire, n.wire) && str_eq(again.json, n.json));
}

static void
check_sessions(struct arena *a, struct str body)
{
    struct session_report *reports = arena_new(a, struct session_report, SESSIONS_MAX);
    struct session_verdict *verdicts = arena_new(a, struct session_verdict, SESSIONS_MAX);
    struct buf b;
    size_t n = 0, again = 0;
    if (session_reports_read(body, reports, &n, NULL) == RC_OK) {
        buf_init(&b, a, 64);
        session_reports_put(&b, reports, n);
        ASSERT(session_reports_read(buf_str(&b), reports, &again, NULL) == RC_OK && again == n);
    }
    if (session_verdicts_read(body, verdicts, &n, NULL) == RC_OK) {
        buf_init(&b, a, 64);
        session_verdicts_put(&b, verdicts, n);
        ASSERT(session_verdicts_read(buf_str(&b), verdicts, &again, NULL) == RC_OK && again == n);
    }
}

void
fuzz_one(struct arena *a, struct str data)
{
    check_sessions(a, data);
    for (;;) {
        bool whole = false;
        struct str body = STR_NONE;
        size_t took = 0;
        if (ipc_next(data, &whole, &body, &took, NULL) || !whole)
            return;
        ASSERT(took <= data.n);
        check_job(a, body);
        check_answer(a, body);
        check_notice(a, body);
        data = str_slice(data, took, data.n);
    }
}
