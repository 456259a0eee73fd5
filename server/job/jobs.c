#include "server/job/jobs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/job/job.h"
#include "server/job/seal.h"
#include "server/job/tell.h"
#include "server/log.h"

enum { ARENA = 32 * 1024 * 1024 };

static enum rc seal_round(struct job_round *round, struct err *reterr);
static enum rc lag_round(struct job_round *round, struct err *reterr);

/* Every job and how often it is due, in milliseconds. */
static const struct {
    const char *name;
    int interval_ms;
    enum rc (*run)(struct job_round *round, struct err *reterr);
} jobs[] = {
    {"tell",     100,       job_tell     },
    {"seal",     5 * 1000,  seal_round   },
    {"lag",      60 * 1000, lag_round    },
    {"expire",   60 * 1000, job_round    },
    {"days",     60 * 1000, job_turn_days},
    {"sessions", 30 * 1000, job_sessions },
};

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* SIGTERM is held back except while waiting, so that it never cuts a transaction and is never missed. */
static sigset_t
hold_sigterm(void)
{
    sigset_t held, before;
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_handler = stop;
    sigemptyset(&act.sa_mask);
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &before);
    sigaction(SIGTERM, &act, NULL);
    sigdelset(&before, SIGTERM);
    return before;
}

static int64_t
now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until `due`; false when it is time to end. */
static bool
wait_until(const struct jobs_config *c, int64_t due, const sigset_t *waiting)
{
    struct pollfd line = {.fd = c->control_fd > 0 ? c->control_fd : -1, .events = POLLIN};
    int64_t ms = due - now_ms();
    ms = ms > 0 ? ms : 0;
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    int n = ppoll(&line, 1, &left, waiting);
    return !stopped && (n == 0 || (n < 0 && errno == EINTR));
}

static enum rc
seal_round(struct job_round *round, struct err *reterr)
{
    int64_t n;
    return round->sealer ? job_seal(round, round->sealer, &n, reterr) : RC_OK;
}

static enum rc
lag_round(struct job_round *round, struct err *reterr)
{
    return round->sealer ? job_seal_lag(round, reterr) : RC_OK;
}

static void
name_jobs(struct page *page)
{
    _Static_assert(COUNTOF(jobs) <= PAGE_JOBS, "too few places");
    for (size_t i = 0; page && i < COUNTOF(jobs); i++)
        (void)snprintf(page->jobs[i].name, PAGE_NAME, "%s", jobs[i].name);
}

static void
note_round(const struct job_round *round, size_t job, enum rc rc, int64_t took_ms)
{
    struct page *page = round->config->page;
    if (!page)
        return;
    struct page_job *j = &page->jobs[job];
    PAGE_ADD(j, rounds, 1);
    PAGE_SET(j, took_us, (uint64_t)took_ms * 1000);
    PAGE_SET(page, jobs_lost, rc && !pg_tally(round->pg).open);
    if (rc)
        PAGE_ADD(j, failures, 1);
    else
        PAGE_SET(j, done_s, (uint64_t)time(NULL));
}

static void
run_job(size_t job, struct job_round *round)
{
    struct err err = {0};
    char text[LOG_TEXT];
    int64_t started = now_ms();
    round->rest_ms = 0;
    enum rc rc = jobs[job].run(round, &err);
    if (rc)
        log_warn("jobs.failed", "job=%s code=%s error=%s", jobs[job].name, rc_symbol(err.code),
                 log_text(err.log, text));
    note_round(round, job, rc, now_ms() - started);
    arena_reset(round->arena);
}

static void
run_rounds(struct job_round *round, const sigset_t *waiting)
{
    const struct jobs_config *c = round->config;
    int64_t due[COUNTOF(jobs)] = {0}, next = 0;
    while (wait_until(c, next, waiting)) {
        next = INT64_MAX;
        for (size_t i = 0; i < COUNTOF(jobs); i++) {
            if (due[i] <= now_ms()) {
                run_job(i, round);
                const int interval_ms = c->interval_ms > 0 ? c->interval_ms : jobs[i].interval_ms;
                due[i] = now_ms() + (round->rest_ms > interval_ms ? round->rest_ms : interval_ms);
            }
            next = due[i] < next ? due[i] : next;
        }
    }
}

int
jobs_main(const struct jobs_config *c)
{
    struct arena arena;
    struct sealer sealer = {0};
    struct teller teller;
    struct err err = {0};
    char text[LOG_TEXT];
    sigset_t waiting = hold_sigterm();
    if (c->audit_key && sealer_init(&sealer, c, &err)) {
        log_error("jobs.start", "cause=%s", log_text(err.log, text));
        return 1;
    }
    struct pg *pg = pg_new(c->conninfo, c->role ? c->role : "bima_jobs");
    arena_init(&arena, ARENA, NULL, NULL);
    stopped = 0;
    name_jobs(c->page);
    teller_init(&teller, c);
    struct job_round round = {
        .pg = pg, .arena = &arena, .config = c, .sealer = c->audit_key ? &sealer : NULL, .teller = &teller};
    run_rounds(&round, &waiting);
    teller_done(&teller);
    arena_done(&arena);
    pg_free(pg);
    sealer_done(&sealer);
    return 0;
}
