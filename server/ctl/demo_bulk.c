#include "server/ctl/demo_bulk.h"

#include <stdio.h>

static enum rc
each_table(struct admin *db, struct arena *a, const char *tables, const char *alter, struct err *reterr)
{
    struct admin_rows rows;
    const char *params[] = {tables, alter};
    enum rc rc = admin_run(db, a, "select format($2, t) from unnest($1::text[]) as t", params,
                           COUNTOF(params), &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++)
        rc = admin_script(db, rows.cells[i].p, reterr);
    return rc;
}

enum rc
demo_bulk_begin(struct admin *db, struct arena *a, const char *tables, struct err *reterr)
{
    enum rc rc = admin_script(db,
                              "set local statement_timeout = 0; set local timezone = 'UTC';"
                              "set local synchronous_commit = off; set local work_mem = '128MB';"
                              "set local maintenance_work_mem = '256MB'",
                              reterr);
    if (rc != RC_OK)
        return rc;
    if (admin_is_superuser(db))
        return admin_script(db, "set local session_replication_role = replica", reterr);
    rc = each_table(db, a, tables, "alter table app.%I disable trigger user", reterr);
    return rc ? rc : each_table(db, a, tables, "alter table app.%I no force row level security", reterr);
}

enum rc
demo_bulk_end(struct admin *db, struct arena *a, const char *tables, struct err *reterr)
{
    if (admin_is_superuser(db))
        return admin_script(db, "set local session_replication_role = origin", reterr);
    enum rc rc = each_table(db, a, tables, "alter table app.%I enable trigger user", reterr);
    return rc ? rc : each_table(db, a, tables, "alter table app.%I force row level security", reterr);
}

/* A few rows (of companies just made) are no reason to keep the indexes. */
static enum rc
many_rows(struct admin *db, struct arena *a, const char *tables, bool *ret, struct err *reterr)
{
    struct admin_rows rows;
    const char *params[] = {tables};
    enum rc rc = admin_run(
        db, a,
        "select 'select ' || string_agg(format('exists (select from app.%I offset 1000)', t), ' or ')"
        " from unnest($1::text[]) as t",
        params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, a, rows.cells[0].p, NULL, 0, &rows, reterr);
    if (rc == RC_OK)
        *ret = str_eq_c(rows.cells[0], "t");
    return rc;
}

enum rc
demo_bulk_unindex(struct admin *db, struct arena *a, const char *tables, struct err *reterr)
{
    static const char find[] =
        "insert into pg_temp.unindexed (tbl, undo, redo)"
        " select c.conrelid, format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname),"
        "        format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname,"
        "               pg_get_constraintdef(c.oid))"
        "   from pg_constraint c"
        "  where c.contype in ('p', 'u', 'x') and c.conrelid in (select format('app.%I', t)::regclass"
        "                                                          from unnest($1::text[]) as t)"
        "    and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)"
        " union all"
        " select i.indrelid, format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)"
        "   from pg_index i"
        "  where i.indrelid in (select format('app.%I', t)::regclass from unnest($1::text[]) as t)"
        "    and not exists (select from pg_constraint c where c.conindid = i.indexrelid)";
    const char *params[] = {tables};
    struct admin_rows rows;
    bool filled = true;
    enum rc rc = admin_script(
        db, "create temp table if not exists unindexed (tbl regclass, undo text, redo text) on commit drop",
        reterr);
    if (rc == RC_OK)
        rc = many_rows(db, a, tables, &filled, reterr);
    if (rc != RC_OK || filled)
        return rc;
    rc = admin_run(db, a, find, params, COUNTOF(params), NULL, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, a,
                       "select undo from pg_temp.unindexed where tbl in (select format('app.%I', t)::regclass"
                       " from unnest($1::text[]) as t)",
                       params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++)
        rc = admin_script(db, rows.cells[i].p, reterr);
    return rc;
}

enum rc
demo_bulk_index(struct admin *db, struct arena *a, const char *tables, struct err *reterr)
{
    const char *params[] = {tables};
    struct admin_rows rows;
    enum rc rc = admin_run(db, a,
                           "delete from pg_temp.unindexed where tbl in (select format('app.%I', t)::regclass"
                           " from unnest($1::text[]) as t) returning redo",
                           params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++)
        rc = admin_script(db, rows.cells[i].p, reterr);
    return rc;
}

enum rc
demo_bulk_check_references(struct admin *db, struct arena *a, const char *tables, struct err *reterr)
{
    /* One query a foreign key: rows whose columns are all given and whose target is missing. */
    static const char find[] =
        "select c.conname, format('select exists (select from %s s where %s and not exists"
        " (select from %s t where %s))', c.conrelid::regclass,"
        "   (select string_agg(format('s.%I is not null', a.attname), ' and ') from unnest(c.conkey) k"
        "      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k), c.confrelid::regclass,"
        "   (select string_agg(format('t.%I = s.%I', f.attname, a.attname), ' and ')"
        "      from unnest(c.conkey, c.confkey) as k(here, there)"
        "      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here"
        "      join pg_attribute f on f.attrelid = c.confrelid and f.attnum = k.there))"
        "  from pg_constraint c"
        " where c.contype = 'f' and c.conrelid in (select format('app.%I', t)::regclass from "
        "unnest($1::text[]) as t)"
        " order by c.conrelid::regclass::text, c.conname";
    const char *params[] = {tables};
    struct admin_rows rows, broken;
    enum rc rc = admin_run(db, a, find, params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++) {
        rc = admin_run(db, a, rows.cells[2 * i + 1].p, NULL, 0, &broken, reterr);
        if (rc == RC_OK && str_eq_c(broken.cells[0], "t"))
            rc = err_log(reterr, RC_INTERNAL, "rows that point at nothing: %.*s", STR_ARG(rows.cells[2 * i]));
    }
    return rc;
}
