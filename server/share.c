#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/master.h"
#include "server/process.h"

enum { USES_MS = 5000 };

/* Readable by others only through a descriptor they are handed. */
static enum rc
share_make(const char *name, size_t size, int *ret, struct err *reterr)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0 || fchmod(fd, 0600) != 0) {
        return err_set(reterr, RC_INTERNAL, NULL, "could not make shared memory: %s", strerror(errno));
    }
    *ret = fd;
    return RC_OK;
}

static enum rc
open_group(struct front_group *g, struct err *reterr)
{
    g->control = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, g->news) != 0) {
        return err_set(reterr, RC_INTERNAL, NULL, "could not make a line: %s", strerror(errno));
    }
    enum rc rc = share_make("bimad-stats", sizeof *g->stats, &g->stats_fd, reterr);
    if (rc != RC_OK) {
        return rc;
    }
    g->stats = mmap(NULL, sizeof *g->stats, PROT_READ | PROT_WRITE, MAP_SHARED, g->stats_fd, 0);
    return g->stats != MAP_FAILED
               ? RC_OK
               : err_set(reterr, RC_INTERNAL, NULL, "could not map shared memory: %s", strerror(errno));
}

size_t
share_front(const struct master *m, unsigned front)
{
    return SHARE_GROUPS + front * (1 + front_slots(&m->config));
}

size_t
share_worker(const struct master *m, unsigned front, size_t slot)
{
    return share_front(m, front) + 1 + slot;
}

static void
name_processes(const struct master *m)
{
    static const char *const names[] = {[SHARE_MASTER] = "master",
                                        [SHARE_JOBS] = "jobs",
                                        [SHARE_METRICS] = "metrics",
                                        [SHARE_POSTGRES] = "postgres"};
    struct page_process *p = m->page->processes;
    for (size_t i = 0; i < COUNTOF(names); i++) {
        snprintf(p[i].name, PAGE_NAME, "%s", names[i]);
    }
    for (unsigned i = 0; i < m->config.fronts; i++) {
        snprintf(p[share_front(m, i)].name, PAGE_NAME, "front.%u", i);
        for (size_t slot = 0; slot < front_slots(&m->config); slot++) {
            status_worker_name(m, &m->groups[i], slot, p[share_worker(m, i, slot)].name);
        }
    }
    m->page->nprocesses = share_front(m, m->config.fronts);
    if (!m->is_embedded) {
        p[SHARE_POSTGRES].name[0] = '\0';
    }
}

enum rc
share_open(struct master *m, struct err *reterr)
{
    _Static_assert(PAGE_PROCESSES >= SHARE_GROUPS + MASTER_FRONTS * (1 + FRONT_WORKERS), "too few places");
    enum rc rc = share_make("bimad-page", sizeof *m->page, &m->page_fd, reterr);
    if (rc == RC_OK) {
        m->page = page_map(m->page_fd, true);
        rc = m->page != NULL ? RC_OK : err_set(reterr, RC_INTERNAL, NULL, "could not map shared memory");
    }
    for (unsigned i = 0; rc == RC_OK && i < m->config.fronts; i++) {
        m->groups[i].index = i;
        rc = open_group(&m->groups[i], reterr);
    }
    if (rc == RC_OK) {
        m->is_embedded = m->config.conninfo[0] == '\0';
        name_processes(m);
        PAGE_SET(m->page, started_ms, m->started);
    }
    return rc;
}

static void
tell_child(const struct master *m, size_t place, const struct child *c)
{
    struct page_process *p = &m->page->processes[place];
    PAGE_SET(p, pid, (uint64_t)c->pid);
    PAGE_SET(p, restarts, c->restarts);
    if (c->pid == 0) {
        PAGE_SET(p, database, 0);
    }
}

/* For the metrics process, who may not be allowed to see those of another account. */
static void
tell_use(struct master *m)
{
    if (m->nmetrics == 0 || m->now - m->uses_told < USES_MS) {
        return;
    }
    m->uses_told = m->now;
    for (size_t i = 0; i < m->page->nprocesses; i++) {
        struct page_process *p = &m->page->processes[i];
        struct process_use use = {0};
        uint64_t pid = PAGE_GET(p, pid);
        (void)(pid != 0 && process_use(pid, &use));
        PAGE_SET(p, resident_bytes, use.resident_bytes);
        PAGE_SET(p, cpu_us, use.cpu_us);
    }
}

void
share_tell(struct master *m)
{
    struct page *page = m->page;
    const struct child self = {.pid = getpid()},
                       postgres = {.pid = m->embedded.pid,
                                   .restarts = m->database_starts > 0 ? m->database_starts - 1 : 0};
    tell_child(m, SHARE_MASTER, &self);
    tell_child(m, SHARE_JOBS, &m->jobs);
    tell_child(m, SHARE_METRICS, &m->metrics);
    tell_child(m, SHARE_POSTGRES, &postgres);
    for (unsigned i = 0; i < m->config.fronts; i++) {
        const struct front_group *g = &m->groups[i];
        tell_child(m, share_front(m, i), &g->front);
        for (size_t slot = 0; slot < front_slots(&m->config); slot++) {
            tell_child(m, share_worker(m, i, slot), &g->workers[slot]);
        }
    }
    PAGE_SET(page, database_up, m->database_up);
    PAGE_SET(page, stopping, m->stopping);
    PAGE_SET(page, beat_ms, m->now);
    tell_use(m);
}
