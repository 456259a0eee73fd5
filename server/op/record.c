#include <string.h>

#include "common/base/lang.h"
#include "server/op/parts.h"
#include "server/store/row.h"
#include "server/store/sql.h"

/* A row as the database has it: op_update writes only what differs. */
struct op_loaded {
    const struct entity *entity;
    void *row;
    struct op_loaded *next;
};

static struct op_loaded *
loaded_find(const struct op_ctx *ctx, const struct entity *e, int64_t id)
{
    for (struct op_loaded *l = ctx->loaded; l; l = l->next)
        if (l->entity == e && ((const struct row_head *)l->row)->id == id)
            return l;
    return NULL;
}

static void
loaded_keep(struct op_ctx *ctx, const struct entity *e, const void *row)
{
    struct op_loaded *l = loaded_find(ctx, e, ((const struct row_head *)row)->id);
    if (!l) {
        l = arena_new(ctx->arena, struct op_loaded, 1);
        l->entity = e;
        l->row = arena_alloc(ctx->arena, e->size);
        l->next = ctx->loaded;
        ctx->loaded = l;
    }
    memcpy(l->row, row, e->size);
}

enum rc
op_query(struct op_ctx *ctx, const char *name, const char *sql, const struct value *params, size_t nparams,
         struct pg_rows *ret, struct err *reterr)
{
    (void)name;
    struct pg_rows rows;
    const struct pg_stmt stmt = {sql, params, nparams};
    enum rc rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc == RC_OK && ret)
        *ret = rows;
    return rc;
}

/* Lower case first letter: labels inside sentences. */
static struct str
lower_label(struct arena *a, const struct entity *e)
{
    struct str s = str_from(lang_text(e->label));
    char *p = arena_alloc(a, s.n + 1);
    memcpy(p, s.p, s.n);
    if (s.n > 1 && p[1] >= 'a' && p[1] <= 'z')
        p[0] = (char)(p[0] >= 'A' && p[0] <= 'Z' ? p[0] - 'A' + 'a' : p[0]);
    return (struct str){p, s.n};
}

enum rc
op_load_labelled(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock, void *ret_row,
                 struct str *ret_label, struct err *reterr)
{
    size_t n;
    const struct field **fields = sql_fields(ctx->arena, e, &n);
    struct buf b;
    buf_init(&b, ctx->arena, 2048);
    sql_select(&b, e, NULL, fields, n);
    buf_printf(&b, " where t.id = $1%s", lock == OP_LOCK ? " for no key update of t" : "");
    buf_add_char(&b, '\0');
    struct buf l;
    buf_init(&l, ctx->arena, 256);
    buf_add_str(&l, STR("select "));
    sql_alias(&l, e->label_sql, "t");
    buf_printf(&l, " from app.%s t where t.id = $1", e->table);
    buf_add_char(&l, '\0');
    const struct value params[] = {VALUE_INT(id)};
    const struct pg_stmt stmts[] = {
        {(const char *)b.p, params, 1},
        {(const char *)l.p, params, 1}
    };
    struct pg_rows rows[2];
    enum rc rc = tx_run(ctx->tx, ctx->arena, stmts, ret_label ? 2 : 1, rows, reterr);
    if (rc == RC_OK && rows[0].nrows == 0)
        return err_set(reterr, RC_NOT_FOUND, NULL, "no such %.*s", STR_ARG(lower_label(ctx->arena, e)));
    if (rc == RC_OK)
        rc = row_decode(fields, n, &rows[0], 0, ret_row, reterr);
    if (rc == RC_OK)
        rc = op_unseal(ctx, e, ret_row, reterr);
    if (rc != RC_OK)
        return rc;
    if (ret_label)
        *ret_label = rows[1].nrows && pg_cell(&rows[1], 0, 0)->type == VT_TEXT ? pg_cell(&rows[1], 0, 0)->text
                                                                               : STR_NONE;
    loaded_keep(ctx, e, ret_row);
    return RC_OK;
}

enum rc
op_load(struct op_ctx *ctx, uint32_t entity, int64_t id, enum op_lock lock, void *ret_row, struct err *reterr)
{
    return op_load_labelled(ctx, entity_by_number(entity), id, lock, ret_row, NULL, reterr);
}

/* Runs a statement that writes one row and reads it back into `row`. `key`: of a new person, else empty. */
static enum rc
write_row(struct op_ctx *ctx, const struct entity *e, const struct pg_stmt *stmt, struct str key, void *row,
          struct err *reterr)
{
    struct pg_rows rows;
    size_t n;
    const struct field **fields = sql_fields(ctx->arena, e, &n);
    enum rc rc = tx_run(ctx->tx, ctx->arena, stmt, 1, &rows, reterr);
    if (rc == RC_OK && rows.nrows != 1)
        return err_set(reterr, RC_NOT_FOUND, NULL, "no such %.*s", STR_ARG(lower_label(ctx->arena, e)));
    if (rc == RC_OK)
        rc = row_decode(fields, n, &rows, 0, row, reterr);
    if (rc == RC_OK && key.n)
        rc = op_seal_keep_key(ctx, e, row, key, reterr);
    if (rc == RC_OK)
        rc = op_unseal(ctx, e, row, reterr);
    if (rc == RC_OK)
        loaded_keep(ctx, e, row);
    return rc;
}

/* Values of the stored fields in `mask`, in table order, from `at` on. Returns how many there are then. */
static size_t
collect(const struct entity *e, const void *row, uint64_t mask, struct value *params, size_t at)
{
    for (size_t i = 0; i < e->nfields; i++)
        if (field_is_stored(&e->fields[i]) && (mask & ROW_BIT(e->fields[i].tag)))
            params[at++] = field_get(&e->fields[i], row);
    return at;
}

enum rc
op_insert(struct op_ctx *ctx, uint32_t entity, void *row, struct err *reterr)
{
    const struct entity *e = entity_by_number(entity);
    struct str key = STR_NONE;
    enum rc rc = op_seal_new(ctx, e, row, &key, reterr);
    if (rc != RC_OK)
        return rc;
    /* who is sealed was given an id before */
    uint64_t mask = ((const struct row_head *)row)->present | (key.n ? 1 : 0);
    struct value *params = arena_new(ctx->arena, struct value, e->nfields + 2);
    params[0] = VALUE_INT(((const struct row_head *)row)->id);
    size_t n = collect(e, row, mask, params, mask & 1);
    struct buf b;
    buf_init(&b, ctx->arena, 2048);
    sql_insert(&b, e, mask);
    buf_add_char(&b, '\0');
    const struct pg_stmt stmt = {(const char *)b.p, params, n};
    rc = write_row(ctx, e, &stmt, key, row, reterr);
    return rc == RC_OK ? op_tokens(ctx, e, row, true, reterr) : rc;
}

enum rc
op_update(struct op_ctx *ctx, uint32_t entity, void *row, struct err *reterr)
{
    const struct entity *e = entity_by_number(entity);
    const struct row_head *head = row;
    const struct op_loaded *was = loaded_find(ctx, e, head->id);
    if (!was)
        return err_log(reterr, RC_INTERNAL, "op_update: %s was not loaded", e->name);
    enum rc rc = op_seal_again(ctx, e, was->row, row, reterr);
    if (rc != RC_OK)
        return rc;
    uint64_t mask = 0;
    for (size_t i = 0; i < e->nfields; i++)
        if (field_is_stored(&e->fields[i]) && !field_same(&e->fields[i], was->row, row))
            mask |= ROW_BIT(e->fields[i].tag);
    if (!mask)
        return RC_OK;
    struct value *params = arena_new(ctx->arena, struct value, e->nfields + 1);
    params[0] = VALUE_INT(head->id);
    size_t n = collect(e, row, mask, params, 1);
    struct buf b;
    buf_init(&b, ctx->arena, 2048);
    sql_update(&b, e, mask);
    buf_add_char(&b, '\0');
    const struct pg_stmt stmt = {(const char *)b.p, params, n};
    rc = write_row(ctx, e, &stmt, STR_NONE, row, reterr);
    return rc == RC_OK ? op_tokens(ctx, e, row, false, reterr) : rc;
}

struct body_record
op_record(struct op_ctx *ctx, const struct entity *e, const void *row, struct str label)
{
    const struct row_head *head = row;
    struct body_record r = {.entity = e->number, .id = head->id, .version = head->version, .label = label};
    r.fields = arena_new(ctx->arena, struct body_field, e->nfields + 1);
    for (size_t i = 0; i < e->nfields; i++) {
        const struct field *f = &e->fields[i];
        if (!row_has(head, f->tag) || (f->flags & (FF_INTERNAL | FF_PSEUDO | SCHEMA_SECRET)) ||
            !rights_see(&ctx->who.rights, e, f))
            continue;
        const struct value v = field_get(f, row);
        const struct value seen = op_seen(ctx, e, f, &v);
        if (seen.type != VT_NULL)
            r.fields[r.nfields++] = (struct body_field){f->tag, seen};
    }
    return r;
}

enum rc
op_show(struct op_ctx *ctx, const struct entity *e, int64_t id, struct body *ret, struct err *reterr)
{
    void *row = arena_alloc(ctx->arena, e->size);
    struct str label;
    enum rc rc = op_load_labelled(ctx, e, id, OP_READ, row, &label, reterr);
    if (rc != RC_OK)
        return rc;
    ret->record = op_record(ctx, e, row, label);
    ret->present |= 1u << BODY_RECORD;
    return RC_OK;
}
