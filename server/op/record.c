#include <string.h>

#include "common/base/lang.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/store/row.h"
#include "server/store/sql.h"

/*
 * A row as the database has it: op_update writes only what differs. While this transaction holds its lock,
 * and nothing it wrote since could have changed the row, there is nothing to read anew.
 */
struct op_loaded {
    const struct entity *entity;
    void *row;
    struct str label;
    struct str key; /* of a person who is being added */
    bool held;      /* locked, or written here */
    bool fresh;     /* as it stands now, or will when what waits was asked */
    bool shows;     /* so is what is computed of it for who looks at it */
    bool ahead;     /* read ahead: the next op_load takes it */
    bool waiting;   /* a statement that waits gives it */
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

static struct op_loaded *
loaded_of(struct op_ctx *ctx, const struct entity *e, int64_t id)
{
    struct op_loaded *l = loaded_find(ctx, e, id);
    if (l)
        return l;
    l = arena_new(ctx->arena, struct op_loaded, 1);
    l->entity = e;
    l->row = arena_alloc(ctx->arena, e->size);
    ((struct row_head *)l->row)->id = id;
    l->next = ctx->loaded;
    ctx->loaded = l;
    return l;
}

/* A row of `e` is written: what follows it is another now. */
static void
look_again(struct op_ctx *ctx, const struct entity *e, bool is_new)
{
    for (struct op_loaded *l = ctx->loaded; l; l = l->next)
        for (size_t i = 0; i < l->entity->nfollows; i++) {
            const struct follows *f = &l->entity->follows[i];
            if (f->entity != e->number)
                continue;
            l->shows = false;
            if (f->how == FOLLOW_CHANGED || (f->how == FOLLOW_UPDATED && !is_new))
                l->fresh = l->ahead = false;
        }
}

void
op_look_again(struct op_ctx *ctx)
{
    for (struct op_loaded *l = ctx->loaded; l; l = l->next)
        l->fresh = l->shows = l->ahead = false;
    ctx->ahead.sql = NULL;
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

/* ------------------------------------------------------------------ reading */

static struct pg_stmt
select_one(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock)
{
    size_t n;
    const struct field **fields = sql_fields(ctx->arena, e, &n);
    struct value *params = arena_new(ctx->arena, struct value, 1);
    struct buf b;
    buf_init(&b, ctx->arena, 2048);
    sql_select_labelled(&b, e, NULL, fields, n);
    buf_printf(&b, " where t.id = $1%s", lock == OP_LOCK ? " for no key update of t" : "");
    buf_add_char(&b, '\0');
    params[0] = VALUE_INT(id);
    return (struct pg_stmt){(const char *)b.p, params, 1};
}

/* Takes the one row that came into `l`. */
static enum rc
take(struct op_ctx *ctx, struct op_loaded *l, const struct pg_rows *rows, struct err *reterr)
{
    const struct entity *e = l->entity;
    size_t n;
    const struct field **fields = sql_fields(ctx->arena, e, &n);
    enum rc rc = row_decode(fields, n, rows, 0, l->row, reterr);
    if (rc == RC_OK && l->key.n)
        op_seal_put_key(e, l->row, l->key);
    if (rc == RC_OK)
        rc = op_unseal(ctx, e, l->row, reterr);
    const struct value *label = pg_cell(rows, 0, rows->ncols - 1);
    l->label = label->type == VT_TEXT ? label->text : STR_NONE;
    return rc;
}

static enum rc
not_there(struct op_ctx *ctx, const struct entity *e, struct err *reterr)
{
    return err_set(reterr, RC_NOT_FOUND, NULL, "no such %.*s", STR_ARG(lower_label(ctx->arena, e)));
}

static enum rc
take_ahead(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct op_loaded *l = about;
    l->waiting = false;
    if (rows->nrows)
        return take(ctx, l, rows, reterr);
    l->fresh = false; /* op_load says so */
    return RC_OK;
}

/* Need it not be read? To show it, what is computed of it counts, too. */
static bool
is_known(const struct op_loaded *l, bool to_show)
{
    return l && l->fresh && (l->shows || !to_show) && (l->ahead || (l->held && (l->entity->flags & EF_HELD)));
}

void
op_load_ahead(struct op_ctx *ctx, uint32_t entity, int64_t id, enum op_lock lock)
{
    const struct entity *e = entity_by_number(entity);
    struct op_loaded *l = loaded_find(ctx, e, id);
    if (is_known(l, lock == OP_READ))
        return;
    const struct pg_stmt stmt = select_one(ctx, e, id, lock);
    l = loaded_of(ctx, e, id);
    l->held = l->held || lock == OP_LOCK;
    l->fresh = l->shows = l->ahead = l->waiting = true;
    op_ask_judged(ctx, stmt.sql, stmt.params, stmt.nparams, take_ahead, l);
    op_ask_harmless(ctx);
}

static enum rc
load_now(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock, struct err *reterr)
{
    struct pg_rows rows;
    const struct pg_stmt stmt = select_one(ctx, e, id, lock);
    enum rc rc = op_run(ctx, &stmt, 1, &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return not_there(ctx, e, reterr);
    if (rc != RC_OK)
        return rc;
    struct op_loaded *l = loaded_of(ctx, e, id);
    rc = take(ctx, l, &rows, reterr);
    l->held = l->held || lock == OP_LOCK;
    l->fresh = l->shows = rc == RC_OK;
    return rc;
}

enum rc
op_load_labelled(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock, void *ret_row,
                 struct str *ret_label, struct err *reterr)
{
    const struct op_loaded *l = loaded_find(ctx, e, id);
    const bool to_show = ret_label && lock == OP_READ;
    enum rc rc = is_known(l, to_show) && l->waiting ? op_settle(ctx, reterr) : RC_OK;
    if (rc == RC_OK && !is_known(l, to_show))
        rc = load_now(ctx, e, id, lock, reterr);
    if (rc != RC_OK)
        return rc;
    struct op_loaded *found = loaded_find(ctx, e, id);
    memcpy(ret_row, found->row, e->size);
    if (ret_label)
        *ret_label = found->label;
    found->ahead = false;
    return RC_OK;
}

enum rc
op_load(struct op_ctx *ctx, uint32_t entity, int64_t id, enum op_lock lock, void *ret_row, struct err *reterr)
{
    return op_load_labelled(ctx, entity_by_number(entity), id, lock, ret_row, NULL, reterr);
}

bool
op_held_label(const struct op_ctx *ctx, const struct entity *e, int64_t id, struct str *ret)
{
    const struct op_loaded *l = loaded_find(ctx, e, id);
    if (!l || !l->held || l->waiting || !(e->flags & EF_HELD))
        return false;
    *ret = l->label;
    return true;
}

/* ------------------------------------------------------------------ writing */

static enum rc
take_written(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct op_loaded *l = about;
    l->waiting = false;
    return rows->nrows == 1 ? take(ctx, l, rows, reterr) : not_there(ctx, l->entity, reterr);
}

/* Writes `row`, which `l` then is. It goes with what is asked next, where the entity allows that; else now,
   and `row` holds what was stored. */
static enum rc
write_row(struct op_ctx *ctx, struct op_loaded *l, const struct pg_stmt *stmt, bool is_new, void *row,
          struct err *reterr)
{
    const struct entity *e = l->entity;
    /* an insert that may not be is an error, and who could lock a row may change it; else nothing is changed,
       without an error */
    const bool sure = is_new || l->held;
    look_again(ctx, e, is_new);
    ctx->ahead.sql = NULL;
    memcpy(l->row, row, e->size);
    l->held = l->fresh = l->shows = l->waiting = true;
    l->ahead = false;
    op_ask_judged(ctx, stmt->sql, stmt->params, stmt->nparams, take_written, l);
    if (sure)
        op_ask_harmless(ctx);
    if (is_new && l->key.n)
        op_seal_keep_key(ctx, row, l->key);
    op_tokens(ctx, e, row, is_new);
    if (e->flags & EF_HELD)
        return RC_OK;
    enum rc rc = op_settle(ctx, reterr);
    if (rc == RC_OK)
        memcpy(row, l->row, e->size);
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
    struct row_head *head = row;
    struct str key = STR_NONE;
    const bool held = e->flags & EF_HELD;
    enum rc rc = held ? op_new_id(ctx, e, &head->id, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = op_seal_new(ctx, e, row, &key, reterr);
    if (rc != RC_OK)
        return rc;
    struct op_loaded *l = loaded_of(ctx, e, held ? head->id : 0);
    l->key = key;
    const uint64_t mask = head->present | (held ? 1 : 0);
    struct value *params = arena_new(ctx->arena, struct value, e->nfields + 2);
    params[0] = VALUE_INT(head->id);
    size_t n = collect(e, row, mask, params, mask & 1);
    struct buf b;
    buf_init(&b, ctx->arena, 2048);
    sql_insert(&b, e, mask);
    buf_add_char(&b, '\0');
    return write_row(ctx, l, &(struct pg_stmt){(const char *)b.p, params, n}, true, row, reterr);
}

enum rc
op_update(struct op_ctx *ctx, uint32_t entity, void *row, struct err *reterr)
{
    const struct entity *e = entity_by_number(entity);
    const struct row_head *head = row;
    struct op_loaded *was = loaded_find(ctx, e, head->id);
    if (!was)
        return err_log(reterr, RC_INTERNAL, "op_update: %s was not loaded", e->name);
    enum rc rc = was->waiting ? op_settle(ctx, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = op_seal_again(ctx, e, was->row, row, reterr);
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
    return write_row(ctx, was, &(struct pg_stmt){(const char *)b.p, params, n}, false, row, reterr);
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

void
op_show_later(const struct entity *e, int64_t id, struct body *ret)
{
    ret->record = (struct body_record){.entity = e->number, .id = id};
    ret->present |= 1u << BODY_RECORD;
}

void
op_show_ask(struct op_ctx *ctx, const struct body *answer)
{
    if (body_has(answer, BODY_RECORD))
        op_load_ahead(ctx, answer->record.entity, answer->record.id, OP_READ);
    for (size_t i = 0; body_has(answer, BODY_RESULTS) && i < answer->nresults; i++)
        op_show_ask(ctx, &answer->results[i]);
}

enum rc
op_show_take(struct op_ctx *ctx, struct body *answer, struct err *reterr)
{
    const struct body_record *r = &answer->record;
    enum rc rc = body_has(answer, BODY_RECORD)
                     ? op_show(ctx, entity_by_number(r->entity), r->id, answer, reterr)
                     : RC_OK;
    for (size_t i = 0; rc == RC_OK && body_has(answer, BODY_RESULTS) && i < answer->nresults; i++)
        rc = op_show_take(ctx, &answer->results[i], reterr);
    return rc;
}

enum rc
op_finish(struct op_ctx *ctx, struct body *answer, struct err *reterr)
{
    op_show_ask(ctx, answer);
    enum rc rc = op_settle(ctx, reterr);
    return rc == RC_OK ? op_show_take(ctx, answer, reterr) : rc;
}
