#include <inttypes.h>
#include <stdio.h>

#include "common/wire/method.h"
#include "server/metrics/state.h"
#include "server/process.h"

/* ---- the fronts ---- */

struct front_row {
    const char *name;
    enum metric_type type;
    const char *help;
    const char *label; /* beside front; NULL: none */
    const char *value;
    size_t offset;
};

/* clang-format off */
#define ROW(name, type, help, label, value, member) {name, type, help, label, value, offsetof(struct front_stats, member)}
/* Rows of one name stand together; the help of the first counts. */
static const struct front_row front_rows[] = {
    ROW("bima_sessions", METRIC_GAUGE, "Sessions that are open.", NULL, NULL, sessions),
    ROW("bima_sessions_half_open", METRIC_GAUGE, "Sessions that are not signed in yet.", NULL, NULL, half_open),
    ROW("bima_terminals", METRIC_GAUGE, "Programs that run for terminal and command sessions.", NULL, NULL, clients),
    ROW("bima_requests_running", METRIC_GAUGE, "Requests that a worker has in hand.", NULL, NULL, running),
    ROW("bima_workers_connected", METRIC_GAUGE, "Workers of the counter that can be given requests.", NULL, NULL, workers_open),
    ROW("bima_workers_idle", METRIC_GAUGE, "Workers of the counter that have nothing to do.", NULL, NULL, workers_idle),
    ROW("bima_connections_total", METRIC_COUNTER, "Connections that were taken.", NULL, NULL, accepted),
    ROW("bima_connections_refused_total", METRIC_COUNTER, "Connections that were refused, by reason.", "reason", "barred", barred),
    ROW("bima_connections_refused_total", METRIC_COUNTER, "", "reason", "too_fast", too_fast),
    ROW("bima_connections_refused_total", METRIC_COUNTER, "", "reason", "half_open", dropped_early),
    ROW("bima_connections_turned_away_total", METRIC_COUNTER, "Connections that were refused, for whatever reason.", NULL, NULL, turned_away),
    ROW("bima_sign_ins_total", METRIC_COUNTER, "Sign-ins, by how they ended.", "outcome", "ok", logins),
    ROW("bima_sign_ins_total", METRIC_COUNTER, "", "outcome", "failed", login_failures),
    ROW("bima_sign_ins_total", METRIC_COUNTER, "", "outcome", "throttled", throttled),
    ROW("bima_registrations_refused_total", METRIC_COUNTER, "Registrations that were refused because there were too many.", NULL, NULL, registrations_refused),
    ROW("bima_penalties_total", METRIC_COUNTER, "Addresses that were barred for a while.", NULL, NULL, penalties),
    ROW("bima_sessions_dismissed_total", METRIC_COUNTER, "Sessions that were ended by the service's word.", NULL, NULL, dismissed),
    ROW("bima_front_requests_total", METRIC_COUNTER, "Requests that came to the front.", NULL, NULL, requests),
    ROW("bima_requests_refused_total", METRIC_COUNTER, "Requests no worker answered, by reason.", "reason", "busy", busy),
    ROW("bima_requests_refused_total", METRIC_COUNTER, "", "reason", "worker_lost", retries),
    ROW("bima_requests_refused_total", METRIC_COUNTER, "", "reason", "deadline", deadlines),
    ROW("bima_requests_refused_total", METRIC_COUNTER, "", "reason", "cancelled", cancels),
    ROW("bima_front_slow_turns_total", METRIC_COUNTER, "Turns of the loop that took longer than 0.1 seconds.", NULL, NULL, slow_turns),
};
/* clang-format on */

static const char *const lanes[STAT_LANES] = {"work", "bulk", "platform", "auth"};

static void
front_name(size_t i, char out[8])
{
    (void)snprintf(out, 8, "%zu", i);
}

static void
write_front_rows(const struct metrics *m, struct buf *b)
{
    char number[8];
    for (size_t r = 0; r < COUNTOF(front_rows); r++) {
        const struct front_row *row = &front_rows[r];
        if (row->help[0] != '\0') {
            text_family(b, row->name, row->type, row->help);
        }
        for (size_t i = 0; i < m->config->nstats; i++) {
            const _Atomic uint64_t *p =
                (const void *)((const char *)(const void *)m->fronts[i] + row->offset);
            front_name(i, number);
            const struct text_label labels[TEXT_LABELS] = {
                {"front",    number    },
                {row->label, row->value}
            };
            text_int(b, row->name, labels, atomic_load_explicit(p, memory_order_relaxed));
        }
    }
}

static void
write_lanes(const struct metrics *m, struct buf *b, const char *name, int what)
{
    char number[8];
    for (size_t i = 0; i < m->config->nstats; i++) {
        front_name(i, number);
        for (size_t lane = 0; lane < STAT_LANES; lane++) {
            const struct lane_stats *l = &m->fronts[i]->lanes[lane];
            const struct text_label labels[TEXT_LABELS] = {
                {"front", number     },
                {"lane",  lanes[lane]}
            };
            if (what == 0) {
                text_int(b, name, labels, STAT_GET(l, waiting));
            } else {
                text_latency(b, name, labels, what == 1 ? &l->wait : &l->total);
            }
        }
    }
}

static void
write_fronts(const struct metrics *m, struct buf *b)
{
    char number[8];
    write_front_rows(m, b);
    text_family(b, "bima_queue_length", METRIC_GAUGE, "Requests that wait for a worker, by lane.");
    write_lanes(m, b, "bima_queue_length", 0);
    text_family(b, "bima_queue_wait_seconds", METRIC_HISTOGRAM, "Time from the front to a worker.");
    write_lanes(m, b, "bima_queue_wait_seconds", 1);
    text_family(b, "bima_request_seconds", METRIC_HISTOGRAM,
                "Time from the front until the worker's answer, the waiting included.");
    write_lanes(m, b, "bima_request_seconds", 2);
    text_family(b, "bima_front_longest_turn_seconds", METRIC_GAUGE,
                "Longest turn of the loop since the front started: so long nobody was answered.");
    for (size_t i = 0; i < m->config->nstats; i++) {
        front_name(i, number);
        const struct text_label labels[TEXT_LABELS] = {
            {"front", number}
        };
        text_seconds(b, "bima_front_longest_turn_seconds", labels,
                     STAT_GET(m->fronts[i], longest_turn_ms) * 1000);
    }
}

/* ---- workers and jobs ---- */

/* One series for each method that is known; others for the outcomes there were. */
static void
write_requests(const struct page *page, struct buf *b)
{
    text_family(b, "bima_requests_total", METRIC_COUNTER,
                "Requests that workers answered, by method and outcome.");
    for (size_t i = 0; i < PAGE_METHODS; i++) {
        const struct method_info *method = method_by_number(i);
        for (size_t code = 0; code < PAGE_CODES; code++) {
            uint64_t n = PAGE_GET(page, requests[i][code]);
            if (n == 0 && (method == NULL || code != RC_OK)) {
                continue;
            }
            const struct text_label labels[TEXT_LABELS] = {
                {"method",  method == NULL ? "none" : method->name},
                {"outcome", rc_symbol((enum rc)code)              }
            };
            text_int(b, "bima_requests_total", labels, n);
        }
    }
}

static void
write_workers(const struct metrics *m, struct buf *b)
{
    const struct page *page = m->page;
    uint64_t connections = 0;
    for (size_t i = 0; i < page->nprocesses && i < PAGE_PROCESSES; i++) {
        connections += PAGE_GET(page, processes[i].database);
    }
    write_requests(page, b);
    text_family(b, "bima_slow_requests_total", METRIC_COUNTER,
                "Requests that took longer than slow_request_ms.");
    text_int(b, "bima_slow_requests_total", NULL, PAGE_GET(page, slow));
    text_family(b, "bima_database_up", METRIC_GAUGE,
                "1: the database answered when the service last looked.");
    text_int(b, "bima_database_up", NULL, database_is_up(m));
    text_family(b, "bima_database_connections", METRIC_GAUGE, "Connections that workers hold, one each.");
    text_int(b, "bima_database_connections", NULL, connections);
    text_family(b, "bima_database_connects_total", METRIC_COUNTER, "Connections that workers have made.");
    text_int(b, "bima_database_connects_total", NULL, PAGE_GET(page, connects));
    text_family(b, "bima_database_round_trips_total", METRIC_COUNTER,
                "Round trips of workers to the database.");
    text_int(b, "bima_database_round_trips_total", NULL, PAGE_GET(page, trips));
    text_family(b, "bima_database_rows_total", METRIC_COUNTER, "Rows that workers have read.");
    text_int(b, "bima_database_rows_total", NULL, PAGE_GET(page, rows));
}

enum job_number { JOB_ROUNDS, JOB_FAILURES, JOB_TOOK, JOB_DONE };

static void
write_job(const struct page *page, struct buf *b, const char *name, enum job_number what)
{
    for (size_t i = 0; i < PAGE_JOBS && page->jobs[i].name[0] != '\0'; i++) {
        const struct page_job *j = &page->jobs[i];
        const struct text_label labels[TEXT_LABELS] = {
            {"job", j->name}
        };
        if (what == JOB_TOOK) {
            text_seconds(b, name, labels, PAGE_GET(j, took_us));
        } else {
            text_int(b, name, labels,
                     what == JOB_ROUNDS     ? PAGE_GET(j, rounds)
                     : what == JOB_FAILURES ? PAGE_GET(j, failures)
                                            : PAGE_GET(j, done_s));
        }
    }
}

static void
write_jobs(const struct page *page, struct buf *b)
{
    static const struct {
        const char *name;
        enum metric_type type;
        const char *help;
    } rows[] = {
        [JOB_ROUNDS] = {"bima_job_rounds_total",                   METRIC_COUNTER, "Rounds of a job."                  },
        [JOB_FAILURES] = {"bima_job_failures_total",                 METRIC_COUNTER, "Rounds of a job that failed."      },
        [JOB_TOOK] = {"bima_job_duration_seconds",               METRIC_GAUGE,   "Time the last round of a job took."},
        [JOB_DONE] = {"bima_job_last_success_timestamp_seconds", METRIC_GAUGE,
                        "When the last good round of a job ended; 0: none has."                                        },
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        text_family(b, rows[i].name, rows[i].type, rows[i].help);
        write_job(page, b, rows[i].name, (enum job_number)i);
    }
    uint64_t told = PAGE_GET(page, told_ms), now = page_now();
    text_family(b, "bima_seal_lag_seconds", METRIC_GAUGE,
                "Age of the oldest row of the audit that is not sealed, as of the last minute.");
    text_int(b, "bima_seal_lag_seconds", NULL, PAGE_GET(page, seal_lag_s));
    text_family(
        b, "bima_outbox_lag_seconds", METRIC_GAUGE,
        "Time since fronts were last told all that had changed; since the start when they never were.");
    told = told != 0 ? told : PAGE_GET(page, started_ms);
    text_seconds(b, "bima_outbox_lag_seconds", NULL, (now > told ? now - told : 0) * 1000);
}

/* ---- processes ---- */

/* This account may see the fronts, the master's the others: where processes hide from each other, both are
 * needed. */
static bool
used_by(const struct page_process *p, struct process_use *ret)
{
    uint64_t pid = PAGE_GET(p, pid);
    if (pid == 0) {
        return false;
    }
    if (!process_use(pid, ret)) {
        *ret = (struct process_use){PAGE_GET(p, resident_bytes), PAGE_GET(p, cpu_us)};
    }
    return ret->resident_bytes != 0;
}

enum process_number { PROCESS_UP, PROCESS_RESTARTS, PROCESS_MEMORY, PROCESS_CPU };

static void
write_process(struct buf *b, const char *name, const struct page_process *p, enum process_number what)
{
    struct process_use use;
    const struct text_label labels[TEXT_LABELS] = {
        {"process", p->name}
    };
    if (what == PROCESS_UP) {
        text_int(b, name, labels, PAGE_GET(p, pid) != 0);
    } else if (what == PROCESS_RESTARTS) {
        text_int(b, name, labels, PAGE_GET(p, restarts));
    } else if (used_by(p, &use)) {
        if (what == PROCESS_MEMORY) {
            text_int(b, name, labels, use.resident_bytes);
        } else {
            text_seconds(b, name, labels, use.cpu_us);
        }
    }
}

static void
write_processes(const struct page *page, struct buf *b)
{
    static const struct {
        const char *name;
        enum metric_type type;
        const char *help;
    } rows[] = {
        [PROCESS_UP] = {"bima_process_up",                METRIC_GAUGE,   "1: the process runs."       },
        [PROCESS_RESTARTS] = {"bima_process_restarts_total",    METRIC_COUNTER, "Times it was started again."},
        [PROCESS_MEMORY] = {"bima_process_resident_bytes",    METRIC_GAUGE,
                        "Memory it holds, shared pages included."                                      },
        [PROCESS_CPU] = {"bima_process_cpu_seconds_total", METRIC_COUNTER, "Processor time it has used."},
    };
    for (size_t r = 0; r < COUNTOF(rows); r++) {
        text_family(b, rows[r].name, rows[r].type, rows[r].help);
        for (size_t i = 0; i < page->nprocesses && i < PAGE_PROCESSES; i++) {
            if (page->processes[i].name[0] != '\0') {
                write_process(b, rows[r].name, &page->processes[i], (enum process_number)r);
            }
        }
    }
}

/* ---- all of it ---- */

static void
write_service(const struct metrics *m, struct buf *b)
{
    uint64_t now = page_now(), started = PAGE_GET(m->page, started_ms);
    const struct text_label version[TEXT_LABELS] = {
        {"version", BIMA_VERSION}
    };
    text_family(b, "bima_build_info", METRIC_GAUGE, "Always 1; the version is its label.");
    text_int(b, "bima_build_info", version, 1);
    text_family(b, "bima_uptime_seconds", METRIC_GAUGE, "Time since the master started.");
    text_seconds(b, "bima_uptime_seconds", NULL, (now - started) * 1000);
    text_family(b, "bima_healthy", METRIC_GAUGE, "1: what /healthz says is ok.");
    text_int(b, "bima_healthy", NULL, health_why_not(m) == NULL);
    text_family(b, "bima_ready", METRIC_GAUGE, "1: what /readyz says is ok.");
    text_int(b, "bima_ready", NULL, ready_why_not(m) == NULL);
    text_family(b, "bima_stopping", METRIC_GAUGE, "1: the service is being stopped.");
    text_int(b, "bima_stopping", NULL, PAGE_GET(m->page, stopping));
    text_family(b, "bima_scrapes_total", METRIC_COUNTER, "Times these numbers were asked for.");
    text_int(b, "bima_scrapes_total", NULL, m->scrapes);
}

void
families_write(const struct metrics *m, struct buf *b)
{
    write_service(m, b);
    write_fronts(m, b);
    write_workers(m, b);
    write_jobs(m->page, b);
    write_processes(m->page, b);
}
