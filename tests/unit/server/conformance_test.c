#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/catalog/entity.h"
#include "server/store/pg.h"

/* The catalog and the tables of the database say the same: names, types, NULL or not. */

static char folder[] = "/tmp/bcXXXXXX", conninfo[256];
static struct arena arena;
static struct pg *pg;

/* Runs the cluster script; its standard output into `out` unless NULL. */
static void
cluster(const char *verb, const char *flag, char *out, size_t size)
{
    int pipe_fds[2], status = -1;
    cr_assert_eq(pipe(pipe_fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(pipe_fds[1], STDOUT_FILENO);
        (void)close(pipe_fds[0]);
        (void)execl(TEST_CLUSTER, TEST_CLUSTER, verb, folder, flag, (char *)NULL);
        _exit(127);
    }
    (void)close(pipe_fds[1]);
    FILE *from = fdopen(pipe_fds[0], "r");
    if (out)
        cr_assert(from && fgets(out, (int)size, from));
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0);
    (void)fclose(from);
}

static void
start_cluster(void)
{
    cr_assert(mkdtemp(folder));
    cluster("start", "--schema", conninfo, sizeof conninfo);
    conninfo[strcspn(conninfo, "\n")] = '\0';
    arena_init(&arena, 16u << 20, NULL, NULL);
    pg = pg_new(conninfo,
                "bima_worker"); /* it names its user, bima_boot: the worker's role is taken by SET ROLE */
}

static void
finish(void)
{
    pg_free(pg);
    arena_done(&arena);
    cluster("stop", NULL, NULL, 0);
}

TestSuite(conformance, .init = start_cluster, .fini = finish);

static struct pg_rows
columns_of(const struct entity *e)
{
    struct err err;
    struct pg_rows rows;
    const struct value params[] = {VALUE_TEXT(str_from(e->table))};
    const struct pg_stmt stmt = {
        "select attname, format_type(atttypid, null), attnotnull, relkind = 'v',"
        " has_column_privilege('bima_worker', attrelid, attnum, 'select')"
        " or has_column_privilege('bima_platform', attrelid, attnum, 'select') from pg_attribute"
        " join pg_class c on c.oid = attrelid where attrelid = ('app.' || $1)::regclass and attnum > 0"
        " and not attisdropped",
        params, 1};
    cr_assert_eq(pg_run(pg, &arena, &stmt, 1, &rows, &err), RC_OK, "%s: %s", e->name, err.log);
    return rows;
}

static bool
type_fits(const struct field *f, struct str type)
{
    switch (f->type) {
    case VT_TEXT:
        return str_eq_c(type, "text");
    case VT_INT:
        return str_eq_c(type, "smallint") || str_eq_c(type, "integer") || str_eq_c(type, "bigint");
    case VT_RATE:
        return str_eq_c(type, "smallint") || str_eq_c(type, "integer");
    case VT_CHOICE:
        return str_eq_c(type, "smallint");
    case VT_BOOL:
        return str_eq_c(type, "boolean");
    case VT_MONEY:
    case VT_REF:
        return str_eq_c(type, "bigint");
    case VT_DATE:
        return str_eq_c(type, "date");
    case VT_STAMP:
        return str_eq_c(type, "timestamp with time zone");
    case VT_BYTES:
        return str_eq_c(type, "bytea");
    case VT_NULL:
        break;
    }
    return false;
}

static void
check_field(const struct entity *e, const struct field *f, const struct pg_rows *rows)
{
    char column[FIELD_COLUMN];
    (void)field_column(f, column);
    for (size_t r = 0; r < rows->nrows; r++) {
        if (!str_eq_c(pg_cell(rows, r, 0)->text, column))
            continue;
        cr_expect(type_fits(f, pg_cell(rows, r, 1)->text), "%s.%s is %.*s", e->name, f->name,
                  STR_ARG(pg_cell(rows, r, 1)->text));
        bool of_view = pg_cell(rows, r, 3)->yes; /* PostgreSQL does not say of a view's columns */
        cr_expect(of_view || pg_cell(rows, r, 2)->yes == ((f->flags & (SCHEMA_REQUIRED | FF_FILLED)) != 0),
                  "%s.%s: NULL or not", e->name, f->name);
        return;
    }
    cr_expect(false, "%s.%s: no column %s", e->name, f->name, column);
}

static bool
is_known(const struct entity *e, struct str column)
{
    char name[FIELD_COLUMN];
    if (str_eq_c(column, "tenant_id") || str_eq_c(column, "id") || str_eq_c(column, "version"))
        return true;
    for (size_t i = 0; i < e->nfields; i++)
        if (field_is_stored(&e->fields[i]) && str_eq_c(column, field_column(&e->fields[i], name)))
            return true;
    return false;
}

/* Two entities may show different sides of one table. */
static bool
somebody_knows(const char *table, struct str column)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    bool known = false;
    for (size_t i = 0; i < n && !known; i++)
        known = (strcmp(e[i]->table, table) == 0 ||
                 (e[i]->history_table && strcmp(e[i]->history_table, table) == 0)) &&
                is_known(e[i], column);
    return known;
}

Test(conformance, every_field_is_a_column_of_its_type_and_every_column_a_field)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    for (size_t i = 0; i < n; i++) {
        struct pg_rows rows = columns_of(e[i]);
        for (size_t f = 0; f < e[i]->nfields; f++)
            if (field_is_stored(&e[i]->fields[f]))
                check_field(e[i], &e[i]->fields[f], &rows);
        /* what no worker may read is no field */
        for (size_t r = 0; r < rows.nrows; r++)
            cr_expect(!pg_cell(&rows, r, 4)->yes || somebody_knows(e[i]->table, pg_cell(&rows, r, 0)->text),
                      "%s: column %.*s is no field", e[i]->name, STR_ARG(pg_cell(&rows, r, 0)->text));
    }
}
