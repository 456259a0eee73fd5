#include "server/store/embedded.h"

#include <errno.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/store/embedded_files.h"

enum {
    SOCKET_PATH_MAX = 107,   /* bytes; sockaddr_un */
    READY_MS = 60000,        /* crash recovery may take this long */
    READY_STEP_MS = 5,       /* how often we look */
    BEFORE_US_MS = 20000,    /* a postmaster left behind by a killed master is shutting down meanwhile */
    BEFORE_US_STEP_MS = 200, /* how often we try again */
    QUIT_MS = 5000,          /* immediate shutdown takes no longer */
    PATH_ROOM = EMBEDDED_PATH + 32,
};

static void
conn_finish(PGconn **pg)
{
    PQfinish(*pg);
}

static void
result_clear(PGresult **res)
{
    PQclear(*res);
}

static void
pause_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    (void)nanosleep(&t, NULL);
}

enum rc
embedded_conninfo(const char *socket_dir, const char *role, char out[EMBEDDED_CONNINFO], struct err *reterr)
{
    if (strlen(socket_dir) + strlen("/.s.PGSQL.5432") > SOCKET_PATH_MAX || strpbrk(socket_dir, "'\\ "))
        return err_log(reterr, RC_INTERNAL, "%s: too long, or with blanks, for the directory of a socket",
                       socket_dir);
    (void)snprintf(out, EMBEDDED_CONNINFO, "host=%s port=5432 dbname=bima%s%s", socket_dir,
                   role ? " user=" : "", role ? role : "");
    return RC_OK;
}

static enum rc
ask_version(const char *bin_dir, const struct run_as *as, char out[EMBEDDED_VERSION], struct err *reterr)
{
    char program[PATH_ROOM], flag[] = "-V";
    (void)snprintf(program, sizeof program, "%s/postgres", bin_dir);
    char *argv[] = {program, flag, NULL};
    struct run_as anywhere = *as;
    (void)snprintf(anywhere.home, sizeof anywhere.home, "/");
    enum rc rc = spawn_wait(&anywhere, argv, out, EMBEDDED_VERSION, reterr);
    if (rc == RC_OK)
        out[strcspn(out, "\n")] = '\0';
    return rc;
}

/* MiB the database keeps pages in: a part of the machine that leaves the rest to the files' own cache, to the
   service and to whatever else runs there. */
static int
page_memory(void)
{
    enum { LEAST = 256, MOST = 4096, SHARE = 16, MIB = 1024 * 1024 };
    const long long mib = (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / MIB / SHARE;
    return mib < LEAST ? LEAST : mib > MOST ? MOST : (int)mib;
}

/* Quiet logs: no statements, no values, no details, since those hold personal data. */
static enum rc
start_postmaster(const struct embedded *e, const struct embedded_config *c, const struct run_as *as,
                 pid_t *ret, struct err *reterr)
{
    static const char *const settings[] = {"listen_addresses=",
                                           "port=5432",
                                           "max_connections=100",
                                           "max_wal_size=2GB",
                                           "random_page_cost=1.1",
                                           "jit=off",
                                           "timezone=UTC",
                                           "unix_socket_permissions=0777",
                                           "shared_preload_libraries=plpgsql,pg_trgm,btree_gist,btree_gin",
                                           "log_error_verbosity=terse",
                                           "log_min_error_statement=panic",
                                           "logging_collector=on",
                                           "log_directory=log",
                                           "log_filename=day-%a.log",
                                           "log_truncate_on_rotation=on",
                                           "log_rotation_age=1d",
                                           "log_rotation_size=0",
                                           "log_parameter_max_length=0",
                                           "log_parameter_max_length_on_error=0"};
    enum { SETTINGS = COUNTOF(settings), SETTING_ROOM = 96 };
    char program[PATH_ROOM], d[] = "-D", data[PATH_ROOM], flag[] = "-c", sockets[PATH_ROOM + SETTING_ROOM];
    char text[SETTINGS][SETTING_ROOM], memory[SETTING_ROOM];
    char *argv[2 * SETTINGS + 8];
    size_t n = 0;
    (void)snprintf(program, sizeof program, "%s/postgres", e->bin_dir);
    (void)snprintf(data, sizeof data, "%s", e->data_dir);
    (void)snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", c->socket_dir);
    (void)snprintf(memory, sizeof memory, "shared_buffers=%dMB", page_memory());
    argv[n++] = program;
    argv[n++] = d;
    argv[n++] = data;
    argv[n++] = flag;
    argv[n++] = sockets;
    argv[n++] = flag;
    argv[n++] = memory;
    for (size_t i = 0; i < SETTINGS; i++) {
        (void)snprintf(text[i], sizeof text[i], "%s", settings[i]);
        argv[n++] = flag;
        argv[n++] = text[i];
    }
    argv[n] = NULL;
    return spawn(as, argv, -1, ret, reterr);
}

/* True when the child is gone; it is reaped then. */
static bool
reaped(pid_t pid)
{
    pid_t got = waitpid(pid, NULL, WNOHANG);
    if (got < 0 && errno == ECHILD)
        return kill(pid, 0) < 0 && errno == ESRCH; /* somebody else's SIGCHLD handling was faster */
    return got == pid;
}

enum start_outcome { ANSWERS, ENDED, SILENT };

static enum start_outcome
wait_ready(const struct embedded *e)
{
    for (int ms = 0; ms < READY_MS; ms += READY_STEP_MS) {
        if (reaped(e->pid))
            return ENDED;
        if (PQping(e->boot_conninfo) == PQPING_OK)
            return ANSWERS;
        pause_ms(READY_STEP_MS);
    }
    return SILENT;
}

/* Starts it, again and again while one before us is still going down in the same directory. */
static enum rc
start_and_wait(struct embedded *e, const struct embedded_config *c, const struct run_as *as,
               struct err *reterr)
{
    char pid_file[PATH_ROOM];
    (void)snprintf(pid_file, sizeof pid_file, "%s/postmaster.pid", e->data_dir);
    for (int ms = 0;; ms += BEFORE_US_STEP_MS) {
        /* looked at first: the one before us may be gone by the time ours has given up because of it */
        bool before_us = access(pid_file, F_OK) == 0;
        enum rc rc = start_postmaster(e, c, as, &e->pid, reterr);
        if (rc != RC_OK)
            return rc;
        switch (wait_ready(e)) {
        case ANSWERS:
            return RC_OK;
        case SILENT:
            (void)embedded_stop(e, QUIT_MS, NULL);
            return err_log(reterr, RC_INTERNAL, "PostgreSQL does not answer; see %s/log", e->data_dir);
        case ENDED:
            break;
        }
        if (ms >= BEFORE_US_MS || !before_us)
            return err_log(reterr, RC_INTERNAL, "PostgreSQL did not start; see %s/log", e->data_dir);
        pause_ms(BEFORE_US_STEP_MS);
    }
}

static enum rc
make_database(const struct embedded_config *c, struct err *reterr)
{
    char conninfo[EMBEDDED_CONNINFO];
    (void)snprintf(conninfo, sizeof conninfo, "host=%s port=5432 dbname=postgres user=bima_boot",
                   c->socket_dir);
    CLEANUP(conn_finish) PGconn *pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK)
        return err_log(reterr, RC_INTERNAL, "no connection: %s", PQerrorMessage(pg));
    CLEANUP(result_clear) PGresult *res = PQexec(pg, "select from pg_database where datname = 'bima'");
    if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1)
        return RC_OK;
    CLEANUP(result_clear) PGresult *made = PQexec(pg, "create database bima");
    if (PQresultStatus(made) != PGRES_COMMAND_OK)
        return err_log(reterr, RC_INTERNAL, "create database: %s", PQerrorMessage(pg));
    return RC_OK;
}

static enum rc
name_things(const struct embedded_config *c, struct embedded *e, struct err *reterr)
{
    if (snprintf(e->data_dir, sizeof e->data_dir, "%s", c->data_dir) >= (int)sizeof e->data_dir)
        return err_log(reterr, RC_INTERNAL, "path too long: %s", c->data_dir);
    enum rc rc = embedded_conninfo(c->socket_dir, NULL, e->conninfo, reterr);
    if (rc == RC_OK)
        rc = embedded_conninfo(c->socket_dir, "bima_boot", e->boot_conninfo, reterr);
    if (rc != RC_OK || !c->bin_dir)
        return rc == RC_OK ? embedded_find_bin(e->bin_dir, reterr) : rc;
    if (snprintf(e->bin_dir, sizeof e->bin_dir, "%s", c->bin_dir) >= (int)sizeof e->bin_dir)
        return err_log(reterr, RC_INTERNAL, "path too long: %s", c->bin_dir);
    return RC_OK;
}

enum rc
embedded_start(const struct embedded_config *c, struct embedded *ret, struct err *reterr)
{
    struct embedded e = {0};
    struct run_as as;
    enum rc rc = name_things(c, &e, reterr);
    if (rc == RC_OK)
        rc = run_as_find(c->run_as, c->data_dir, &as, reterr);
    if (rc == RC_OK)
        rc = ask_version(e.bin_dir, &as, e.version, reterr);
    if (rc == RC_OK)
        rc = embedded_make_data(&e, &as, reterr);
    if (rc == RC_OK)
        rc = embedded_write_access(c, &as, reterr);
    if (rc == RC_OK)
        rc = start_and_wait(&e, c, &as, reterr);
    if (rc != RC_OK)
        return rc;
    rc = make_database(c, reterr);
    if (rc != RC_OK) {
        (void)embedded_stop(&e, QUIT_MS, NULL);
        return rc;
    }
    *ret = e;
    return RC_OK;
}

static bool
ends_within(pid_t pid, int wait_ms)
{
    for (int ms = 0; ms <= wait_ms; ms += READY_STEP_MS) {
        if (reaped(pid))
            return true;
        pause_ms(READY_STEP_MS);
    }
    return false;
}

enum rc
embedded_stop(struct embedded *e, int wait_ms, struct err *reterr)
{
    if (e->pid <= 0)
        return RC_OK;
    pid_t pid = e->pid;
    bool gone = reaped(pid);
    if (!gone) {
        (void)kill(pid, SIGINT);
        gone = ends_within(pid, wait_ms);
    }
    if (!gone) {
        (void)kill(pid, SIGQUIT);
        gone = ends_within(pid, QUIT_MS);
    }
    if (!gone)
        return err_log(reterr, RC_INTERNAL, "PostgreSQL (process %ld) does not stop", (long)pid);
    e->pid = 0;
    return RC_OK;
}

bool
embedded_ended(const struct embedded *e)
{
    siginfo_t info = {0};
    return e->pid > 0 && waitid(P_PID, (id_t)e->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == e->pid;
}

enum embedded_health
embedded_check(struct embedded *e)
{
    char version[EMBEDDED_VERSION];
    struct run_as self = {.home = "/"};
    if (e->pid <= 0 || reaped(e->pid)) {
        e->pid = 0;
        return EMBEDDED_DEAD;
    }
    if (PQping(e->boot_conninfo) != PQPING_OK)
        return EMBEDDED_STARTING;
    /* A package upgrade under a running server ends in undefined symbols: it wants a restart. */
    if (ask_version(e->bin_dir, &self, version, NULL) == RC_OK && strcmp(version, e->version) != 0)
        return EMBEDDED_OUTDATED;
    return EMBEDDED_READY;
}
