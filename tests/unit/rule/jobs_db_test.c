/* The jobs as the process they are. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/job/jobs.h"
#include "server/log.h"

#include "desk.h"

enum { DEADLINE_S = 30 };

static struct desk desk;
static int control[2];

static void
open_desk(void)
{
    desk_open(&desk, "2026-03-01");
}

static void
close_desk(void)
{
    desk_close(&desk);
}

TestSuite(jobs, .init = open_desk, .fini = close_desk, .timeout = 60);

static pid_t
start_jobs(const char *today)
{
    cr_assert_eq(pipe(control), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct jobs_config c = {.conninfo = getenv("BIMA_TEST_DB"),
                                .has_today = true,
                                .control_fd = control[0],
                                .interval_ms = 20};
        close(control[1]);
        log_open("jobs", LOG_ERROR_);
        if (date_parse(str_from(today), "today", &c.today, NULL))
            _exit(3);
        _exit(jobs_main(&c));
    }
    close(control[0]);
    return pid;
}

static int
exit_status(pid_t pid)
{
    int status = 0;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Until the policy's first term is in the state, or long enough to be sure that it never will be. */
static void
await_state(const char *policy, const char *state)
{
    time_t end = time(NULL) + DEADLINE_S;
    struct timespec moment = {.tv_nsec = 5000000};
    while (strcmp(desk_state(&desk, policy, 1), state) != 0 && time(NULL) < end)
        nanosleep(&moment, NULL);
    cr_assert_str_eq(desk_state(&desk, policy, 1), state);
}

Test(jobs, expire_terms_survive_a_lost_connection_and_end_when_told)
{
    const char *first = desk_sell(&desk, "T337DSE");
    pid_t pid = start_jobs("2027-03-01");
    await_state(first, "expired");
    desk_run(&desk, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bima_jobs'");
    desk_run(&desk, "update app.customer set phone_key = '255700000001' where tenant_id = $t");
    const char *second = desk_sell(&desk, "T338DSE");
    await_state(second, "expired");
    close(control[1]);
    cr_expect_eq(exit_status(pid), 0);
}

Test(jobs, end_on_sigterm)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    pid_t pid = start_jobs("2027-03-01");
    await_state(policy, "expired");
    cr_assert_eq(kill(pid, SIGTERM), 0);
    cr_expect_eq(exit_status(pid), 0);
}
