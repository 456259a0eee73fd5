#include "server/job/jobs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "server/job/job.h"
#include "server/log.h"

enum { INTERVAL_MS = 60 * 1000, ARENA = 32 * 1024 * 1024 };

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

/* Until the next round is due; false when it is time to end. */
static bool
wait_for_next(const struct jobs_config *c, const sigset_t *waiting)
{
    struct pollfd line = {.fd = c->control_fd > 0 ? c->control_fd : -1, .events = POLLIN};
    int ms = c->interval_ms > 0 ? c->interval_ms : INTERVAL_MS;
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    int n = ppoll(&line, 1, &left, waiting);
    return !stopped && (n == 0 || (n < 0 && errno == EINTR));
}

static void
run_round(const struct jobs_config *c, struct pg *pg, struct arena *a)
{
    struct job_round round = {.pg = pg, .arena = a, .config = c};
    struct err err = {0};
    char text[LOG_TEXT];
    if (job_round(&round, &err))
        log_warn("jobs.failed", "code=%s error=%s", rc_symbol(err.code), log_text(err.log, text));
    arena_reset(a);
}

int
jobs_main(const struct jobs_config *c)
{
    struct arena arena;
    sigset_t waiting = hold_sigterm();
    struct pg *pg = pg_new(c->conninfo, c->role ? c->role : "bima_jobs");
    arena_init(&arena, ARENA, NULL, NULL);
    stopped = 0;
    do
        run_round(c, pg, &arena);
    while (wait_for_next(c, &waiting));
    arena_done(&arena);
    pg_free(pg);
    return 0;
}
