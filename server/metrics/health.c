#include <string.h>

#include "server/metrics/state.h"

enum {
    MASTER_MS = 60 * 1000, /* bringing up the database may hold the master for so long */
    FRONT_MS = 5 * 1000,   /* a front turns at least five times a second */
};

static const struct page_process *
process_named(const struct metrics *m, const char *kind, size_t nth)
{
    size_t n = strlen(kind);
    for (size_t i = 0; i < m->page->nprocesses && i < PAGE_PROCESSES; i++) {
        if (strncmp(m->page->processes[i].name, kind, n) == 0 && nth-- == 0) {
            return &m->page->processes[i];
        }
    }
    return NULL;
}

static bool
runs(const struct metrics *m, const char *kind, size_t nth)
{
    const struct page_process *p = process_named(m, kind, nth);
    return p != NULL && PAGE_GET(p, pid) != 0;
}

static bool
front_turns(const struct metrics *m, size_t i)
{
    return runs(m, "front.", i) && page_now() < STAT_GET(m->fronts[i], heartbeat_ms) + FRONT_MS;
}

const char *
health_why_not(const struct metrics *m)
{
    if (page_now() > PAGE_GET(m->page, beat_ms) + MASTER_MS) {
        return "the master does not answer";
    }
    if (PAGE_GET(m->page, stopping)) {
        return NULL;
    }
    for (size_t i = 0; i < m->config->nstats; i++) {
        if (!front_turns(m, i)) {
            return "a front does not run";
        }
    }
    return runs(m, "jobs", 0) ? NULL : "the jobs process does not run";
}

bool
database_is_up(const struct metrics *m)
{
    return PAGE_GET(m->page, database_up) && !PAGE_GET(m->page, jobs_lost);
}

/* With a worker that is there, if only just starting, and room to wait for it. */
static bool
front_serves(const struct metrics *m, size_t i)
{
    const struct front_stats *s = m->fronts[i];
    return front_turns(m, i) && !STAT_GET(s, draining) && STAT_GET(s, workers_open) > 0 &&
           STAT_GET(s, queue) < m->config->queue;
}

const char *
ready_why_not(const struct metrics *m)
{
    if (PAGE_GET(m->page, stopping)) {
        return "the service is stopping";
    }
    if (!database_is_up(m)) {
        return "the database is down";
    }
    for (size_t i = 0; i < m->config->nstats; i++) {
        if (front_serves(m, i)) {
            return NULL;
        }
    }
    return "no front has a worker to give a request to";
}
