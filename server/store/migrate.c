#include "server/store/migrate.h"

#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/store/migrations.h"

/* Names the one advisory lock of all migrators. */
#define LOCK_KEY "4914253"
enum { POLL_MS = 100 };

static void
result_clear(PGresult **res)
{
    PQclear(*res);
}

static void
conn_finish(PGconn **pg)
{
    PQfinish(*pg);
}

static enum rc
run(PGconn *pg, const char *sql, const char *what, struct err *reterr)
{
    CLEANUP(result_clear) PGresult *res = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return err_log(reterr, RC_INTERNAL, "%s: %s", what, PQerrorMessage(pg));
    return RC_OK;
}

static enum rc
open_database(const char *conninfo, PGconn **ret, struct err *reterr)
{
    PGconn *pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK) {
        enum rc rc = err_log(reterr, RC_UNAVAILABLE, "no connection: %s", PQerrorMessage(pg));
        PQfinish(pg);
        return rc;
    }
    *ret = pg;
    return RC_OK;
}

static bool
try_lock(PGconn *pg)
{
    CLEANUP(result_clear) PGresult *res = PQexec(pg, "select pg_try_advisory_lock(" LOCK_KEY ")");
    return PQresultStatus(res) == PGRES_TUPLES_OK && strcmp(PQgetvalue(res, 0, 0), "t") == 0;
}

/* Polls: a blocking lock would hold a snapshot that a concurrent index build waits for. */
static enum rc
lock(PGconn *pg, int wait_ms, struct err *reterr)
{
    for (int waited = 0;; waited += POLL_MS) {
        if (try_lock(pg))
            return RC_OK;
        if (PQstatus(pg) != CONNECTION_OK || waited >= wait_ms)
            return err_log(reterr, RC_UNAVAILABLE, "another migration is running: %s", PQerrorMessage(pg));
        struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
        (void)nanosleep(&pause, NULL);
    }
}

/* Compares what the database says it has with what we carry; *ret_next is the first of ours it lacks. */
static enum rc
compare(const PGresult *res, size_t *ret_next, struct err *reterr)
{
    size_t count = 0;
    const struct migration *ours = migrations(&count);
    size_t have = (size_t)PQntuples(res);
    if (have > count)
        return err_log(reterr, RC_INTERNAL, "the database has %s, which is newer than this program",
                       PQgetvalue(res, PQntuples(res) - 1, 1));
    for (size_t i = 0; i < have; i++) {
        if (strtol(PQgetvalue(res, (int)i, 0), NULL, 10) != ours[i].number)
            return err_log(reterr, RC_INTERNAL, "the database has %s where this program has %s",
                           PQgetvalue(res, (int)i, 1), ours[i].name);
        if (strcmp(PQgetvalue(res, (int)i, 2), ours[i].sha256) != 0)
            return err_log(reterr, RC_INTERNAL, "%s has changed since it was applied", ours[i].name);
    }
    *ret_next = have;
    return RC_OK;
}

static enum rc
read_applied(PGconn *pg, size_t *ret_next, struct err *reterr)
{
    CLEANUP(result_clear)
    PGresult *res = PQexec(pg, "select version, name, sha256 from meta.migration order by version");
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return err_log(reterr, RC_INTERNAL, "meta.migration: %s", PQerrorMessage(pg));
    return compare(res, ret_next, reterr);
}

static enum rc
note(PGconn *pg, const struct migration *m, struct err *reterr)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%d", m->number);
    const char *values[] = {number, m->name, m->sha256};
    CLEANUP(result_clear)
    PGresult *res = PQexecParams(pg,
                                 "insert into meta.migration (version, name, sha256, ms) values ($1, $2, $3, "
                                 "extract(epoch from clock_timestamp() - now()) * 1000)",
                                 3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return err_log(reterr, RC_INTERNAL, "%s: %s", m->name, PQerrorMessage(pg));
    return RC_OK;
}

static enum rc
apply(PGconn *pg, const struct migration *m, struct err *reterr)
{
    enum rc rc = run(pg, "begin", m->name, reterr);
    if (rc == RC_OK)
        rc = run(pg, m->sql, m->name, reterr);
    /* The file may have become the owner of the schema; the note is ours. */
    if (rc == RC_OK)
        rc = run(pg, "reset role", m->name, reterr);
    if (rc == RC_OK)
        rc = note(pg, m, reterr);
    if (rc == RC_OK)
        rc = run(pg, "commit", m->name, reterr);
    if (rc != RC_OK)
        (void)run(pg, "rollback", m->name, NULL);
    return rc;
}

static enum rc
prepare(PGconn *pg, int wait_ms, struct err *reterr)
{
    enum rc rc =
        run(pg, "set client_min_messages = warning; set lock_timeout = '5s'; set statement_timeout = 0",
            "settings", reterr);
    if (rc == RC_OK)
        rc = lock(pg, wait_ms, reterr);
    if (rc == RC_OK)
        rc = run(pg,
                 "create schema if not exists meta; create table if not exists meta.migration (version int "
                 "primary key, "
                 "name text not null, sha256 text not null, applied_at timestamptz not null default now(), "
                 "ms int not null)",
                 "meta.migration", reterr);
    return rc;
}

enum rc
migrate_run(const char *conninfo, int wait_ms, struct migrate_report *ret, struct err *reterr)
{
    CLEANUP(conn_finish) PGconn *pg = NULL;
    enum rc rc = open_database(conninfo, &pg, reterr);
    size_t next = 0;
    if (rc == RC_OK)
        rc = prepare(pg, wait_ms, reterr);
    if (rc == RC_OK)
        rc = read_applied(pg, &next, reterr);
    if (rc != RC_OK)
        return rc;
    size_t count = 0;
    const struct migration *ours = migrations(&count);
    struct migrate_report report = {.version = migrate_version()};
    for (; next < count; next++, report.applied++) {
        rc = apply(pg, &ours[next], reterr);
        if (rc != RC_OK)
            return rc;
    }
    /* Every process may look whether the database is at its version. */
    rc = run(pg,
             "grant usage on schema meta to bima_worker, bima_platform, bima_jobs; "
             "grant select on meta.migration to bima_worker, bima_platform, bima_jobs",
             "meta.migration", reterr);
    if (rc != RC_OK)
        return rc;
    *ret = report;
    return RC_OK;
}

/* What a migration can't do itself, server/personal does right after it, and takes this table away at the
 * end. */
static enum rc
check_sealed(PGconn *pg, struct err *reterr)
{
    CLEANUP(result_clear) PGresult *res = PQexec(pg, "select to_regclass('app.unsealed') is null");
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        return err_log(reterr, RC_INTERNAL, "app.unsealed: %s", PQerrorMessage(pg));
    if (strcmp(PQgetvalue(res, 0, 0), "t") != 0)
        return err_log(reterr, RC_INTERNAL,
                       "personal data of an older release is not sealed yet: run bimactl migrate");
    return RC_OK;
}

enum rc
migrate_check(const char *conninfo, struct err *reterr)
{
    CLEANUP(conn_finish) PGconn *pg = NULL;
    enum rc rc = open_database(conninfo, &pg, reterr);
    size_t next = 0;
    if (rc == RC_OK)
        rc = read_applied(pg, &next, reterr);
    if (rc != RC_OK)
        return rc;
    size_t count = 0;
    const struct migration *ours = migrations(&count);
    if (next < count)
        return err_log(reterr, RC_INTERNAL, "the database lacks %s: run bimactl migrate", ours[next].name);
    return check_sealed(pg, reterr);
}

int
migrate_version(void)
{
    size_t count = 0;
    const struct migration *ours = migrations(&count);
    return ours[count - 1].number;
}
