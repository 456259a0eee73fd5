#include "server/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/front/control.h"
#include "server/front/loop.h"
#include "server/log.h"
#include "server/personal/personal.h"
#include "server/store/migrate.h"

enum {
    TURN_MS = 200,
    HANG_MS = 10 * 1000,      /* a front whose loop stands still this long is ended */
    ABORT_MS = 2 * 1000,      /* … first so that it leaves a core, then for certain */
    LEAVE_MS = 5 * 1000,      /* workers without a front, and jobs, have this long to end */
    DATABASE_MS = 5 * 1000,   /* between looks at the database */
    MIGRATE_MS = 60 * 1000,   /* another migrator may take this long */
    POSTGRES_MS = 30 * 1000,  /* for a clean shutdown of the embedded database */
    RETRY_S = 2,              /* between tries to reach the database at start */
    STOP_EXTRA_MS = 5 * 1000, /* past the fronts' own drain time */
};

/* ---- the database ---- */

static enum rc
start_embedded(struct master *m, struct err *reterr)
{
    char data[CONFIG_PATH], sockets[CONFIG_PATH];
    snprintf(data, sizeof data, "%s/postgres", m->config.state_dir);
    snprintf(sockets, sizeof sockets, "%s/postgres", m->config.run_dir);
    struct embedded_config c = {.data_dir = data, .socket_dir = sockets};
    enum rc rc = embedded_start(&c, &m->embedded, reterr);
    if (rc != RC_OK) {
        return rc;
    }
    m->database_up = true;
    m->database_starts++;
    log_info("database.start", "child=%ld", (long)m->embedded.pid);
    snprintf(m->config.conninfo, sizeof m->config.conninfo, "%s", m->embedded.conninfo);
    return RC_OK;
}

/* SIGTERM while we wait: there is nothing to stop yet. */
static bool
told_to_stop(const struct master *m, int seconds)
{
    struct signalfd_siginfo info;
    for (int i = 0; i < seconds * 10; i++) {
        while (read(m->signals, &info, sizeof info) == (ssize_t)sizeof info) {
            if (info.ssi_signo != SIGCHLD) {
                return true;
            }
        }
        usleep(100 * 1000);
    }
    return false;
}

/* The master key must be this database's, and nothing personal may stand in plain, before anybody works. */
static enum rc
prepare_personal(struct master *m, const char *conninfo, struct err *reterr)
{
    int64_t sealed = 0;
    enum rc rc = personal_prepare(conninfo, m->config.master_key, &sealed, reterr);
    if (rc == RC_OK && sealed > 0) {
        log_info("personal.sealed", "records=%lld", (long long)sealed);
    }
    return rc;
}

/* Brings our own to this program's version; a failure here is final. */
static enum rc
bring_up_embedded(struct master *m, struct err *reterr)
{
    struct migrate_report report;
    enum rc rc = start_embedded(m, reterr);
    if (rc == RC_OK) {
        rc = migrate_run(m->embedded.boot_conninfo, MIGRATE_MS, &report, reterr);
    }
    if (rc == RC_OK) {
        log_info("database.schema", "version=%d applied=%d", report.version, report.applied);
    }
    return rc == RC_OK ? prepare_personal(m, m->embedded.boot_conninfo, reterr) : rc;
}

/* A configured database may be away for a while when the machine starts, or not be set up yet: wait for it.
 */
static enum rc
wait_for_configured(struct master *m, struct err *reterr)
{
    const char *conninfo = m->config.conninfo;
    char text[LOG_TEXT];
    struct migrate_report report;
    struct err ignored;
    setenv("PGUSER", "bima_jobs", 0); /* who looks, when the conninfo names nobody */
    while (migrate_check(conninfo, reterr) != RC_OK) {
        /* a user that is named there may be allowed to mend it; bima_jobs is not */
        if (migrate_run(conninfo, MIGRATE_MS, &report, &ignored) == RC_OK) {
            log_info("database.schema", "version=%d applied=%d", report.version, report.applied);
            break;
        }
        log_warn("database.wait", "error=%s", log_text(reterr->log, text));
        if (told_to_stop(m, RETRY_S)) {
            return err_set(reterr, RC_SHUTTING_DOWN, NULL, "stopped while waiting for the database");
        }
    }
    m->database_up = true;
    /* bimactl migrate has seen to it where the user named there may not */
    enum rc rc = prepare_personal(m, conninfo, &ignored);
    if (rc == RC_OK || rc == RC_UNAVAILABLE) {
        return RC_OK;
    }
    *reterr = ignored;
    return rc;
}

static enum rc
bring_up_database(struct master *m, struct err *reterr)
{
    m->is_embedded = m->config.conninfo[0] == '\0';
    return m->is_embedded ? bring_up_embedded(m, reterr) : wait_for_configured(m, reterr);
}

static void
look_at_database(struct master *m)
{
    struct err err;
    char text[LOG_TEXT];
    if (!m->is_embedded || (m->now - m->database_checked < DATABASE_MS && !embedded_ended(&m->embedded))) {
        return;
    }
    m->database_checked = m->now;
    enum embedded_health health = embedded_check(&m->embedded);
    m->database_up = health == EMBEDDED_READY || health == EMBEDDED_OUTDATED;
    if (health == EMBEDDED_OUTDATED && embedded_stop(&m->embedded, POSTGRES_MS, &err) == RC_OK) {
        health = EMBEDDED_DEAD;
    }
    if (health == EMBEDDED_DEAD) {
        log_error("database.lost", "kind=embedded");
        memset(&err, 0, sizeof err);
        if (start_embedded(m, &err) != RC_OK) {
            log_error("database.start", "error=%s", log_text(err.log, text));
        }
        m->now = loop_now();
        m->database_checked = m->now;
    }
}

/* A configured database is looked at by a process of its own, so that an unreachable one holds up nothing
 * here. */
static void
probe_database(struct master *m)
{
    if (m->is_embedded || m->probe.pid != 0 || m->now - m->database_checked < DATABASE_MS) {
        return;
    }
    m->database_checked = m->now;
    (void)spawn_probe(m);
}

/* ---- children ---- */

/* True when this child has just ended. */
static bool
reap(struct master *m, struct child *c, const char *kind, int *ret_status)
{
    if (c->pid == 0 || waitpid(c->pid, ret_status, WNOHANG) != c->pid) {
        return false;
    }
    int status = *ret_status;
    bool expected = m->stopping || strcmp(kind, "probe") == 0;
    log_event(expected ? LOG_DEBUG_ : LOG_WARN_, "child.end", "kind=%s child=%ld status=%d signal=%d", kind,
              (long)c->pid, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
              WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    child_ended(m, c);
    return true;
}

static void
reap_group(struct master *m, struct front_group *g)
{
    int status;
    if (reap(m, &g->front, "front", &status)) {
        close(g->control);
        g->control = -1;
        g->ending = true;
        g->kill_at = m->now + LEAVE_MS;
    }
    for (size_t i = 0; i < front_slots(&m->config); i++) {
        (void)reap(m, &g->workers[i], slot_name(m, i), &status);
    }
}

static void
reap_all(struct master *m)
{
    int status;
    for (unsigned i = 0; i < m->config.fronts; i++) {
        reap_group(m, &m->groups[i]);
    }
    (void)reap(m, &m->jobs, "jobs", &status);
    (void)reap(m, &m->metrics, "metrics", &status);
    if (reap(m, &m->probe, "probe", &status)) {
        m->database_up = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
}

static void
tell(const struct child *c, int signal)
{
    if (c->pid != 0) {
        (void)kill(c->pid, signal);
    }
}

/* Its front is gone: true when the workers are too. */
static bool
group_left(struct master *m, struct front_group *g)
{
    bool left = true;
    for (size_t i = 0; i < front_slots(&m->config); i++) {
        left = left && g->workers[i].pid == 0;
        if (m->now >= g->kill_at) {
            tell(&g->workers[i], SIGKILL);
        }
    }
    return left;
}

static void
hear_front(struct master *m, struct front_group *g)
{
    struct control c;
    int fd;
    bool gone;
    while (g->control >= 0 && control_receive(g->control, &c, &fd, &gone)) {
        if (fd >= 0) {
            close(fd);
        }
        if (c.kind == CONTROL_STUCK && c.slot < front_slots(&m->config)) {
            log_error("worker.stuck", "slot=%u child=%ld", c.slot, (long)g->workers[c.slot].pid);
            tell(&g->workers[c.slot], SIGKILL);
        }
    }
}

static void
keep_group(struct master *m, struct front_group *g)
{
    if (g->ending) {
        g->ending = !group_left(m, g);
        return;
    }
    if (g->front.pid == 0) {
        if (m->now >= g->front.start_at) {
            (void)spawn_group(m, g);
        }
        return;
    }
    hear_front(m, g);
    for (unsigned i = 0; i < front_slots(&m->config); i++) {
        if (g->workers[i].pid == 0 && m->now >= g->workers[i].start_at) {
            (void)spawn_worker(m, g, i);
        }
    }
    uint64_t beat = STAT_GET(g->stats, heartbeat_ms),
             since = beat > g->front.started ? beat : g->front.started;
    if (m->now > since + HANG_MS) {
        log_error("front.hangs", "child=%ld", (long)g->front.pid);
        tell(&g->front, m->now > since + HANG_MS + ABORT_MS ? SIGKILL : SIGABRT);
    }
}

static void
keep_all(struct master *m)
{
    for (unsigned i = 0; i < m->config.fronts; i++) {
        keep_group(m, &m->groups[i]);
    }
    if (m->jobs.pid == 0 && m->now >= m->jobs.start_at) {
        (void)spawn_jobs(m);
    }
    if (m->nmetrics > 0 && m->metrics.pid == 0 && m->now >= m->metrics.start_at) {
        (void)spawn_metrics(m);
    }
    look_at_database(m);
    probe_database(m);
}

/* ---- stopping ---- */

static void
begin_stop(struct master *m)
{
    if (m->stopping) {
        return;
    }
    log_info("master.stop", " ");
    m->stopping = true;
    m->stop_by = m->now + m->config.drain_seconds * 1000u + STOP_EXTRA_MS;
    for (unsigned i = 0; i < m->config.fronts; i++) {
        m->groups[i].kill_at = m->stop_by + LEAVE_MS;
        tell(&m->groups[i].front, SIGTERM);
    }
    tell(&m->probe, SIGKILL);
    for (size_t i = 0; i < m->nlisteners; i++) {
        close(m->listeners[i]); /* the fronts close theirs: who connects now is refused, not kept waiting */
    }
    m->nlisteners = 0;
}

/* Fronts first, their workers end with them, then jobs and who tells of all this. True when all are gone. */
static bool
stopped(struct master *m)
{
    bool left = true;
    for (unsigned i = 0; i < m->config.fronts; i++) {
        struct front_group *g = &m->groups[i];
        if (m->now >= m->stop_by) {
            tell(&g->front, SIGKILL);
        }
        left = group_left(m, g) && g->front.pid == 0 && left;
    }
    if (!left) {
        return false;
    }
    if (m->jobs.pid != 0) {
        tell(&m->jobs, m->now >= m->stop_by + LEAVE_MS ? SIGKILL : SIGTERM);
    }
    tell(&m->metrics, m->now >= m->stop_by + LEAVE_MS ? SIGKILL : SIGTERM);
    return m->jobs.pid == 0 && m->metrics.pid == 0 && m->probe.pid == 0;
}

/* ---- start and loop ---- */

static enum rc
open_signals(struct master *m, struct err *reterr)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGPIPE);
    sigaddset(&set, SIGHUP); /* a closed terminal does not end a service */
    sigprocmask(SIG_BLOCK, &set, NULL);
    m->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    m->epoll = epoll_create1(EPOLL_CLOEXEC);
    return m->signals >= 0 && m->epoll >= 0 ? RC_OK
                                            : err_set(reterr, RC_INTERNAL, NULL, "%s", strerror(errno));
}

static enum rc
open_keys(struct master *m, struct err *reterr)
{
    struct signer signer;
    enum rc rc = hostkey_make(m->config.host_key, reterr);
    if (rc != RC_OK) {
        return rc;
    }
    m->host_key = open(m->config.host_key, O_RDONLY | O_CLOEXEC);
    if (m->host_key < 0) {
        return err_set(reterr, RC_INTERNAL, "host_key", "could not open %s: %s", m->config.host_key,
                       strerror(errno));
    }
    const char *const seeds[] = {m->config.signing_key, m->config.audit_key};
    for (size_t i = 0; rc == RC_OK && i < COUNTOF(seeds); i++) {
        rc = signer_load(&signer, seeds[i], true, reterr);
        if (rc == RC_OK) {
            signer_done(&signer);
        }
    }
    struct keyring *keys = NULL;
    if (rc == RC_OK) {
        rc = keyring_open(m->config.master_key, true, &keys, reterr);
    }
    keyring_close(&keys);
    return rc;
}

static enum rc
watch(struct master *m, int fd, struct err *reterr)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &e) == 0
               ? RC_OK
               : err_set(reterr, RC_INTERNAL, NULL, "could not watch a descriptor: %s", strerror(errno));
}

/* In this order: what needs rights, giving them up, what is slow. */
static enum rc
start(struct master *m, struct err *reterr)
{
    enum rc rc = open_signals(m, reterr);
    if (rc == RC_OK) {
        rc = privilege_prepare(m, reterr);
    }
    if (rc == RC_OK) {
        rc = listen_open(m->config.listen, m->listeners, FRONT_LISTENERS, &m->nlisteners, reterr);
    }
    if (rc == RC_OK && m->config.metrics_listen[0] != '\0') {
        rc = listen_open(m->config.metrics_listen, &m->metrics_listener, 1, &m->nmetrics, reterr);
    }
    if (rc == RC_OK) {
        rc = privilege_drop(m, reterr);
    }
    if (rc == RC_OK) {
        rc = open_keys(m, reterr);
    }
    if (rc == RC_OK) {
        rc = listen_control(m->config.run_dir, &m->status, reterr);
    }
    if (rc == RC_OK) {
        rc = share_open(m, reterr);
    }
    if (rc == RC_OK) {
        rc = watch(m, m->signals, reterr);
    }
    if (rc == RC_OK) {
        rc = watch(m, m->status, reterr);
    }
    return rc == RC_OK ? bring_up_database(m, reterr) : rc;
}

/* SIGCHLD says nothing here: it has ended the wait, and every turn looks at every child. */
static void
take_signals(struct master *m)
{
    struct signalfd_siginfo info;
    while (read(m->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
            begin_stop(m);
        }
    }
}

static void
run(struct master *m)
{
    struct epoll_event events[4];
    for (;;) {
        m->now = loop_now();
        reap_all(m);
        share_tell(m);
        if (m->stopping && stopped(m)) {
            return;
        }
        if (!m->stopping) {
            keep_all(m);
        }
        int n = epoll_wait(m->epoll, events, COUNTOF(events), TURN_MS);
        m->now = loop_now();
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == m->signals) {
                take_signals(m);
            } else {
                status_answer(m);
            }
        }
    }
}

static void
finish(struct master *m)
{
    struct err err;
    char text[LOG_TEXT], path[CONFIG_PATH];
    memset(&err, 0, sizeof err);
    if (m->is_embedded && m->embedded.pid > 0 && embedded_stop(&m->embedded, POSTGRES_MS, &err) != RC_OK) {
        log_error("database.stop", "error=%s", log_text(err.log, text));
    }
    snprintf(path, sizeof path, "%s/control.sock", m->config.run_dir);
    (void)unlink(path);
}

int
master_main(const struct config *c)
{
    static struct master m;
    struct err err;
    char text[LOG_TEXT];
    memset(&err, 0, sizeof err);
    m.config = *c;
    m.host_key = -1;
    m.status = -1;
    m.as_root = geteuid() == 0;
    m.started = loop_now();
    m.now = m.started;
    config_fill_paths(&m.config);
    if (start(&m, &err) != RC_OK) {
        log_error("master.start", "error=%s", log_text(err.log[0] != '\0' ? err.log : err.text, text));
        finish(&m);
        return 1;
    }
    log_info("master.start", "version=%s listeners=%zu fronts=%u", BIMA_VERSION, m.nlisteners,
             m.config.fronts);
    run(&m);
    finish(&m);
    log_info("master.end", " ");
    return 0;
}
