#include <criterion/criterion.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "server/store/admin.h"
#include "server/store/embedded.h"
#include "server/store/migrate.h"

/* The embedded cluster and the migration runner, for real: as root, and as whoever runs the tests. */

enum { STOP_MS = 10000, MIGRATE_MS = 30000, PATH = 96 };

static char base[32];

static void
make_base(void)
{
    (void)snprintf(base, sizeof base, "/tmp/beXXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    cr_assert(chmod(base, 0755) == 0);
}

/* The exit status of a line of shell. */
static int
shell(const char *line)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    cr_assert(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
remove_base(void)
{
    char command[PATH + 16];
    (void)snprintf(command, sizeof command, "rm -rf %s", base);
    cr_assert(shell(command) == 0);
}

static struct embedded_config
config(char data[PATH], char sockets[PATH])
{
    static const char *const peers[] = {"nobody"};
    (void)snprintf(data, PATH, "%s/data", base);
    (void)snprintf(sockets, PATH, "%s/run", base);
    return (struct embedded_config){.data_dir = data,
                                    .socket_dir = sockets,
                                    .run_as = geteuid() == 0 ? "postgres" : NULL,
                                    .peers = peers,
                                    .npeers = geteuid() == 0 ? 1 : 0};
}

static void
start(struct embedded *e)
{
    char data[PATH], sockets[PATH];
    struct err err = {0};
    struct embedded_config c = config(data, sockets);
    enum rc rc = embedded_start(&c, e, &err);
    cr_assert(rc == RC_OK, "%s", err.log);
}

static void
stop(struct embedded *e)
{
    struct err err = {0};
    enum rc rc = embedded_stop(e, STOP_MS, &err);
    cr_assert(rc == RC_OK, "%s", err.log);
}

static bool
can_connect(const struct embedded *e, const char *user, const char *role)
{
    char conninfo[EMBEDDED_CONNINFO + 32];
    (void)snprintf(conninfo, sizeof conninfo, "%s user=%s", e->conninfo, role);
    pid_t pid = fork();
    if (pid == 0) {
        const struct passwd *pw = user ? getpwnam(user) : NULL;
        if (user && (!pw || setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0))
            _exit(2);
        struct admin *db = NULL;
        struct err err = {0};
        /* As the worker it may not become the owner: that error comes after the connection. */
        enum rc rc = admin_open(conninfo, &db, &err);
        _exit(rc == RC_UNAVAILABLE ? 1 : 0);
    }
    int status = -1;
    cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 2);
    return WEXITSTATUS(status) == 0;
}

static void
query(const struct embedded *e, const char *sql, struct arena *a, struct admin_rows *ret)
{
    struct err err = {0};
    struct admin *db = NULL;
    cr_assert(admin_open(e->boot_conninfo, &db, &err) == RC_OK, "%s", err.log);
    cr_assert(admin_run(db, a, sql, NULL, 0, ret, &err) == RC_OK, "%s", err.log);
    admin_close(&db);
}

Test(embedded, makes_starts_stops_and_starts_again)
{
    struct embedded e;
    make_base();
    start(&e);
    cr_assert(embedded_check(&e) == EMBEDDED_READY);
    stop(&e);
    cr_assert(embedded_check(&e) == EMBEDDED_DEAD);
    start(&e);
    stop(&e);
    remove_base();
}

Test(embedded, begins_anew_when_its_making_was_interrupted)
{
    struct embedded e;
    char path[2 * PATH];
    make_base();
    (void)snprintf(path, sizeof path, "mkdir -p %s/data.new && echo 15 > %s/data.new/PG_VERSION", base, base);
    cr_assert(shell(path) == 0);
    start(&e);
    stop(&e);
    remove_base();
}

Test(embedded, notices_a_killed_server_and_comes_back)
{
    struct embedded e;
    make_base();
    start(&e);
    cr_assert(kill(e.pid, SIGKILL) == 0);
    while (embedded_check(&e) != EMBEDDED_DEAD)
        (void)usleep(1000);
    start(&e);
    cr_assert(embedded_check(&e) == EMBEDDED_READY);
    stop(&e);
    remove_base();
}

Test(embedded, notices_other_binaries_on_disk)
{
    struct embedded e;
    make_base();
    start(&e);
    (void)snprintf(e.version, sizeof e.version, "postgres (PostgreSQL) 15.0");
    cr_assert(embedded_check(&e) == EMBEDDED_OUTDATED);
    stop(&e);
    remove_base();
}

Test(embedded, ends_cleanly_with_the_process_that_started_it)
{
    char path[2 * PATH];
    int ready[2];
    struct embedded e;
    make_base();
    cr_assert(pipe(ready) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        start(&e);
        (void)!write(ready[1], &e, sizeof e);
        (void)pause();
    }
    cr_assert(read(ready[0], &e, sizeof e) == (ssize_t)sizeof e);
    cr_assert(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
    /* The next start waits for the old one to be gone, whatever state it is in. */
    start(&e);
    stop(&e);
    (void)snprintf(path, sizeof path, "grep -rqs 'was not properly shut down' %s/data/log", base);
    cr_assert(shell(path) != 0, "the cluster had to recover");
    remove_base();
}

Test(embedded, lets_in_whom_it_knows_and_nobody_else)
{
    struct embedded e;
    make_base();
    start(&e);
    struct migrate_report report;
    struct err err = {0};
    cr_assert(migrate_run(e.boot_conninfo, MIGRATE_MS, &report, &err) == RC_OK, "%s", err.log);
    cr_assert(can_connect(&e, NULL, "bima_boot"));
    cr_assert(can_connect(&e, NULL, "bima_worker"));
    cr_assert(!can_connect(&e, NULL, "bima_owner"));
    if (geteuid() == 0) { /* only root can be somebody else */
        cr_assert(can_connect(&e, "postgres", "bima_boot"));
        cr_assert(can_connect(&e, "nobody", "bima_worker"));
        cr_assert(can_connect(&e, "nobody", "bima_jobs"));
        cr_assert(!can_connect(&e, "nobody", "bima_boot"));
        cr_assert(!can_connect(&e, "mail", "bima_worker"));
        cr_assert(!can_connect(&e, "mail", "bima_boot"));
        cr_assert(!can_connect(&e, "mail", "postgres"));
    }
    stop(&e);
    remove_base();
}

Test(embedded, says_that_a_socket_path_is_too_long)
{
    char conninfo[EMBEDDED_CONNINFO], dir[160];
    struct err err = {0};
    memset(dir, 'a', sizeof dir);
    dir[0] = '/';
    dir[107 - strlen("/.s.PGSQL.5432") + 1] = '\0';
    cr_assert(embedded_conninfo(dir, NULL, conninfo, &err) == RC_INTERNAL);
    dir[107 - strlen("/.s.PGSQL.5432")] = '\0';
    cr_assert(embedded_conninfo(dir, NULL, conninfo, &err) == RC_OK);
}

Test(migrate, of_four_at_once_one_applies_and_the_others_find_nothing_to_do)
{
    enum { MANY = 4 };
    struct embedded e;
    int fds[2], applied = 0;
    make_base();
    start(&e);
    cr_assert(pipe(fds) == 0);
    for (int i = 0; i < MANY; i++) {
        if (fork() == 0) {
            struct migrate_report report = {.applied = -1000};
            (void)!migrate_run(e.boot_conninfo, MIGRATE_MS, &report, NULL);
            (void)!write(fds[1], &report.applied, sizeof report.applied);
            _exit(0);
        }
    }
    for (int i = 0; i < MANY; i++) {
        int n;
        cr_assert(read(fds[0], &n, sizeof n) == (ssize_t)sizeof n);
        cr_assert(n == 0 || n == migrate_version() + 1);
        applied += n;
    }
    cr_assert(applied == migrate_version() + 1);
    struct err err = {0};
    cr_assert(migrate_check(e.boot_conninfo, &err) == RC_OK, "%s", err.log);
    stop(&e);
    remove_base();
}

Test(migrate, refuses_a_database_that_differs)
{
    struct embedded e;
    struct migrate_report report;
    struct err err = {0};
    struct arena a;
    struct admin_rows rows;
    make_base();
    start(&e);
    arena_init(&a, 1 << 20, NULL, NULL);
    cr_assert(migrate_check(e.boot_conninfo, &err) == RC_INTERNAL);
    cr_assert(migrate_run(e.boot_conninfo, MIGRATE_MS, &report, &err) == RC_OK, "%s", err.log);

    query(&e, "update meta.migration set sha256 = 'x' || sha256 where version = 1", &a, &rows);
    cr_assert(migrate_check(e.boot_conninfo, &err) == RC_INTERNAL);
    cr_assert(strstr(err.log, "has changed") != NULL, "%s", err.log);
    cr_assert(migrate_run(e.boot_conninfo, MIGRATE_MS, &report, &err) == RC_INTERNAL);

    query(&e, "update meta.migration set sha256 = substr(sha256, 2) where version = 1", &a, &rows);
    query(&e, "insert into meta.migration values (9999, '9999_later', '', now(), 0)", &a, &rows);
    cr_assert(migrate_check(e.boot_conninfo, &err) == RC_INTERNAL);
    cr_assert(strstr(err.log, "newer") != NULL, "%s", err.log);
    arena_done(&a);
    stop(&e);
    remove_base();
}

Test(migrate, says_when_there_is_no_database)
{
    struct migrate_report report;
    struct err err = {0};
    cr_assert(migrate_run("host=/nonexistent dbname=bima", 0, &report, &err) == RC_UNAVAILABLE);
}
