#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/front/control.h"
#include "server/log.h"
#include "server/master.h"

enum {
    LEAST_BACKOFF_MS = 100,
    MOST_BACKOFF_MS = 10 * 1000,
    STEADY_MS = 30 * 1000,
    NUMBER = 16,
    KEPT = 128,
    FAILED = 127
};

/* What a process is told: its settings and the descriptors it inherits, as a file it reads once. */
struct order {
    const char *role;
    bool to_front;
    FILE *settings;
    int settings_fd;
    int kept[KEPT]; /* descriptors that stay open in it */
    size_t nkept;
};

static bool
order_open(struct order *o, const struct master *m, const char *role, enum config_role which)
{
    *o = (struct order){.role = role, .to_front = which == CONFIG_FRONT || which == CONFIG_METRICS};
    o->settings_fd = memfd_create("bimad-settings", MFD_CLOEXEC);
    int copy = o->settings_fd < 0 ? -1 : fcntl(o->settings_fd, F_DUPFD_CLOEXEC, 3);
    o->settings = copy < 0 ? NULL : fdopen(copy, "w");
    if (o->settings == NULL) {
        return false;
    }
    config_write(o->settings, &m->config, which);
    o->kept[o->nkept++] = o->settings_fd;
    return true;
}

static void
order_keep(struct order *o, const char *key, const int *fds, size_t n)
{
    fprintf(o->settings, "%s =", key);
    for (size_t i = 0; i < n; i++) {
        fprintf(o->settings, " %d", fds[i]);
        if (fds[i] >= 0 && o->nkept < KEPT) {
            o->kept[o->nkept++] = fds[i];
        }
    }
    fputc('\n', o->settings);
}

static void
run_program(const struct master *m, const struct order *o, pid_t master)
{
    static char program[] = "bimad", role_flag[] = "--role", settings_flag[] = "--settings-fd";
    char role[NUMBER], number[NUMBER];
    char *argv[] = {program, role_flag, role, settings_flag, number, NULL};
    sigset_t none;
    snprintf(role, sizeof role, "%s", o->role);
    snprintf(number, sizeof number, "%d", o->settings_fd);
    setpgid(0, 0); /* Ctrl-C in a terminal reaches the master alone */
    for (int s = 1; s < NSIG; s++) {
        (void)signal(s, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < o->nkept; i++) {
        (void)fcntl(o->kept[i], F_SETFD, 0);
    }
    if (!privilege_child(m, o->to_front) || getppid() != master) {
        _exit(FAILED);
    }
    execv("/proc/self/exe", argv);
    _exit(FAILED);
}

static bool
order_run(struct order *o, const struct master *m, struct child *c)
{
    pid_t master = getpid(), pid = -1;
    if (fflush(o->settings) == 0) {
        pid = fork();
    }
    if (pid == 0) {
        run_program(m, o, master);
    }
    fclose(o->settings);
    close(o->settings_fd);
    if (pid < 0) {
        log_error("child.start", "kind=%s errno=%d", o->role, errno);
        child_ended(m, c);
        return false;
    }
    c->pid = pid;
    c->started = m->now;
    log_event(c == &m->probe ? LOG_DEBUG_ : LOG_INFO_, "child.start", "kind=%s child=%ld restarts=%u",
              o->role, (long)pid, c->restarts);
    return true;
}

void
child_ended(const struct master *m, struct child *c)
{
    bool steady = c->pid != 0 && m->now - c->started >= STEADY_MS;
    c->pid = 0;
    c->restarts++;
    c->backoff = steady || c->backoff == 0 ? LEAST_BACKOFF_MS : c->backoff * 2;
    if (c->backoff > MOST_BACKOFF_MS) {
        c->backoff = MOST_BACKOFF_MS;
    }
    c->start_at = m->now + c->backoff;
}

const char *
slot_name(const struct master *m, size_t slot)
{
    static const char *const names[] = {
        [SLOT_WORK] = "worker", [SLOT_BULK] = "bulk", [SLOT_PLATFORM] = "platform"};
    return names[front_slot(&m->config, slot)];
}

/* Starts the worker with one end of a new line; the other end, for the front, is given back. -1: it failed.
 */
static int
start_worker(struct master *m, struct front_group *g, unsigned slot)
{
    int pair[2];
    struct order o;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        child_ended(m, &g->workers[slot]);
        return -1;
    }
    bool ok = order_open(&o, m, slot_name(m, slot), CONFIG_WORKER);
    if (ok) {
        order_keep(&o, "fd_front", &pair[1], 1);
        order_keep(&o, "fd_page", &m->page_fd, 1);
        fprintf(o.settings, "fd_place = %zu\n", share_worker(m, g->index, slot));
        ok = order_run(&o, m, &g->workers[slot]);
    }
    close(pair[1]);
    if (!ok) {
        close(pair[0]);
        return -1;
    }
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
    return pair[0];
}

bool
spawn_worker(struct master *m, struct front_group *g, unsigned slot)
{
    struct control c = {.kind = CONTROL_WORKER, .slot = slot};
    int fd = start_worker(m, g, slot);
    if (fd < 0) {
        return false;
    }
    bool sent = control_send(g->control, &c, fd);
    close(fd); /* unsent: the worker sees the end of its line and is started again */
    return sent;
}

bool
spawn_group(struct master *m, struct front_group *g)
{
    int lines[FRONT_WORKERS], pair[2];
    struct order o;
    size_t n = front_slots(&m->config);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
        child_ended(m, &g->front);
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        lines[i] = start_worker(m, g, i);
    }
    memset(g->stats, 0, sizeof *g->stats);
    bool ok = order_open(&o, m, "front", CONFIG_FRONT);
    if (ok) {
        order_keep(&o, "fd_control", &pair[1], 1);
        order_keep(&o, "fd_host_key", &m->host_key, 1);
        order_keep(&o, "fd_stats", &g->stats_fd, 1);
        order_keep(&o, "fd_news", &g->news[1], 1);
        order_keep(&o, "fd_listeners", m->listeners, m->nlisteners);
        order_keep(&o, "fd_workers", lines, n);
        ok = order_run(&o, m, &g->front);
    }
    for (size_t i = 0; i < n; i++) {
        if (lines[i] >= 0) {
            close(lines[i]);
        }
    }
    close(pair[1]);
    g->control = ok ? pair[0] : -1;
    if (!ok) {
        close(pair[0]);
        g->ending = true; /* the workers that were started see the end of their lines */
    }
    return ok;
}

bool
spawn_jobs(struct master *m)
{
    struct order o;
    int news[MASTER_FRONTS];
    if (!order_open(&o, m, "jobs", CONFIG_JOBS)) {
        return false;
    }
    for (unsigned i = 0; i < m->config.fronts; i++) {
        news[i] = m->groups[i].news[0];
    }
    order_keep(&o, "fd_news", news, m->config.fronts);
    order_keep(&o, "fd_page", &m->page_fd, 1);
    return order_run(&o, m, &m->jobs);
}

bool
spawn_probe(struct master *m)
{
    struct order o;
    return order_open(&o, m, "probe", CONFIG_JOBS) && order_run(&o, m, &m->probe);
}

/* What it may only look at, whoever it is: a descriptor of its own that can't write. */
static int
read_only(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool
spawn_metrics(struct master *m)
{
    struct order o;
    int fds[1 + MASTER_FRONTS];
    size_t n = 0;
    if (!order_open(&o, m, "metrics", CONFIG_METRICS)) {
        return false;
    }
    fds[n++] = read_only(m->page_fd);
    for (unsigned i = 0; i < m->config.fronts; i++) {
        fds[n++] = read_only(m->groups[i].stats_fd);
    }
    order_keep(&o, "fd_page", fds, 1);
    order_keep(&o, "fd_stats", fds + 1, n - 1);
    order_keep(&o, "fd_listeners", &m->metrics_listener, 1);
    bool ok = order_run(&o, m, &m->metrics);
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    return ok;
}
