#include "server/store/sql.h"

#include <stdio.h>

#include "common/base/arena.h"

void
sql_alias(struct buf *b, const char *expr, const char *alias)
{
    for (const char *p = expr; *p; p++) {
        if (*p == '@')
            buf_add_str(b, str_from(alias));
        else
            buf_add_char(b, *p);
    }
}

static void
add_column(struct buf *b, const struct field *f, size_t place)
{
    char column[FIELD_COLUMN], alias[24];
    if (f->sql) {
        sql_alias(b, f->sql, "t");
        return;
    }
    buf_printf(b, "t.%s", field_column(f, column));
    if (f->type != VT_REF)
        return;
    (void)snprintf(alias, sizeof alias, "r%zu", place);
    buf_add_str(b, STR(", "));
    sql_alias(b, entity_by_number(f->ref)->label_sql, alias);
}

static void
add_columns(struct buf *b, const struct field *const *fields, size_t n)
{
    buf_add_str(b, STR("select t.id, t.version"));
    for (size_t i = 0; i < n; i++) {
        buf_add_str(b, STR(", "));
        add_column(b, fields[i], i);
    }
}

static void
add_source(struct buf *b, const struct entity *e, const char *source, const struct field *const *fields,
           size_t n)
{
    if (source)
        buf_printf(b, " from %s t", source);
    else
        buf_printf(b, " from app.%s t", e->table);
    for (size_t i = 0; i < n; i++) {
        char column[FIELD_COLUMN];
        if (fields[i]->type == VT_REF && !fields[i]->sql)
            buf_printf(b, " left join app.%s r%zu on r%zu.tenant_id = t.tenant_id and r%zu.id = t.%s",
                       entity_by_number(fields[i]->ref)->table, i, i, i, field_column(fields[i], column));
    }
}

void
sql_select(struct buf *b, const struct entity *e, const char *source, const struct field *const *fields,
           size_t n)
{
    add_columns(b, fields, n);
    add_source(b, e, source, fields, n);
}

void
sql_select_labelled(struct buf *b, const struct entity *e, const char *source,
                    const struct field *const *fields, size_t n)
{
    add_columns(b, fields, n);
    buf_add_str(b, STR(", "));
    sql_alias(b, e->label_sql, "t");
    add_source(b, e, source, fields, n);
}

const struct field **
sql_fields(struct arena *a, const struct entity *e, size_t *ret_n)
{
    const struct field **fields = arena_new(a, const struct field *, e->nfields);
    size_t n = 0;
    for (size_t i = 0; i < e->nfields; i++)
        if (!(e->fields[i].flags & (FF_PSEUDO | FF_SEALED)))
            fields[n++] = &e->fields[i];
    *ret_n = n;
    return fields;
}

static bool
writes(const struct field *f, uint64_t mask)
{
    return field_is_stored(f) && (mask & ROW_BIT(f->tag));
}

static void
select_written(struct buf *b, const struct entity *e)
{
    size_t n;
    const struct field **fields = sql_fields(b->a, e, &n);
    buf_add_str(b, STR(" returning *) "));
    sql_select_labelled(b, e, "written", fields, n);
}

void
sql_insert(struct buf *b, const struct entity *e, uint64_t mask)
{
    char column[FIELD_COLUMN];
    buf_printf(b, "with written as (insert into app.%s (tenant_id%s", e->table, mask & 1 ? ", id" : "");
    for (size_t i = 0; i < e->nfields; i++)
        if (writes(&e->fields[i], mask))
            buf_printf(b, ", %s", field_column(&e->fields[i], column));
    buf_add_str(b, STR(") values (current_setting('app.tenant_id')::int"));
    int place = mask & 1 ? 1 : 0;
    if (place)
        buf_add_str(b, STR(", $1"));
    for (size_t i = 0; i < e->nfields; i++)
        if (writes(&e->fields[i], mask))
            buf_printf(b, ", $%d", ++place);
    buf_add_str(b, STR(")"));
    select_written(b, e);
}

void
sql_update(struct buf *b, const struct entity *e, uint64_t mask)
{
    char column[FIELD_COLUMN];
    int place = 1;
    buf_printf(b, "with written as (update app.%s t set ", e->table);
    for (size_t i = 0; i < e->nfields; i++)
        if (writes(&e->fields[i], mask)) {
            buf_printf(b, "%s%s = $%d", place > 1 ? ", " : "", field_column(&e->fields[i], column),
                       place + 1);
            place++;
        }
    buf_add_str(b, STR(" where t.id = $1"));
    select_written(b, e);
}
