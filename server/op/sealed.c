#include <stdio.h>

#include "common/base/buf.h"
#include "common/base/utf8.h"
#include "server/op/parts.h"

/* Personal fields between rows and structs: the store knows columns, the struct has every field. */

enum { TAIL = 3, MASK_MAX = 12 };

static struct personal_at
at_of(struct op_ctx *ctx, const struct entity *e, int64_t id)
{
    return (struct personal_at){ctx->keys, ctx->tx->pg, ctx->arena, ctx->who.tenant, e, id};
}

static struct str
bytes_of(const struct entity *e, uint32_t tag, const void *row)
{
    const struct value v = field_get(entity_field(e, tag), row);
    return v.type == VT_BYTES ? v.text : STR_NONE;
}

static void
put_bytes(const struct entity *e, uint32_t tag, struct str bytes, void *row)
{
    const struct value v = {.type = VT_BYTES, .text = bytes};
    field_put(entity_field(e, tag), row, &v);
}

/* What the person is told; the cause is for the operator. */
static enum rc
unreadable(const struct entity *e, int64_t id, enum rc rc, struct err *reterr)
{
    if (rc == RC_INTERNAL)
        (void)snprintf(reterr->text, sizeof reterr->text,
                       "the personal data of %s %lld can't be read: tell whoever runs the service", e->name,
                       (long long)id);
    return rc;
}

enum rc
op_sealed_document(struct op_ctx *ctx, const struct entity *e, int64_t id, struct str key, struct str sealed,
                   struct str *ret, struct err *reterr)
{
    const struct personal_at at = at_of(ctx, e, id);
    *ret = STR_NONE;
    if (!key.n || !sealed.n)
        return RC_OK;
    return unreadable(e, id, personal_open(&at, key, sealed, ret, reterr), reterr);
}

enum rc
op_unseal(struct op_ctx *ctx, const struct entity *e, void *row, struct err *reterr)
{
    const int64_t id = ((const struct row_head *)row)->id;
    struct str document;
    if (!e->sealed_document)
        return RC_OK;
    enum rc rc = op_sealed_document(ctx, e, id, bytes_of(e, e->sealed_key, row),
                                    bytes_of(e, e->sealed_document, row), &document, reterr);
    if (rc == RC_OK && document.n && !personal_fill(e, document, FF_SEALED, row))
        rc = unreadable(e, id,
                        err_log(reterr, RC_INTERNAL, "the personal data of %s %lld is no document", e->name,
                                (long long)id),
                        reterr);
    return rc;
}

static enum rc
seal(struct op_ctx *ctx, const struct entity *e, struct str key, void *row, struct err *reterr)
{
    struct str sealed;
    const struct personal_at at = at_of(ctx, e, ((const struct row_head *)row)->id);
    enum rc rc = personal_close(&at, key, personal_document(ctx->arena, e, row), &sealed, reterr);
    if (rc == RC_OK)
        put_bytes(e, e->sealed_document, sealed, row);
    return rc;
}

static enum rc
take_newest(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    (void)about;
    (void)reterr;
    personal_take_newest(ctx->keys, ctx->who.tenant, rows);
    return RC_OK;
}

void
op_seal_ahead(struct op_ctx *ctx, const struct entity *e)
{
    if (!e->sealed_document || !ctx->keys)
        return;
    const struct pg_stmt stmt = personal_ask_newest(ctx->arena, ctx->who.tenant);
    op_ask_judged(ctx, stmt.sql, stmt.params, stmt.nparams, take_newest, NULL);
    op_ask_harmless(ctx);
}

enum rc
op_seal_new(struct op_ctx *ctx, const struct entity *e, void *row, struct str *ret_key, struct err *reterr)
{
    if (!e->sealed_document)
        return RC_OK;
    const struct personal_at at = at_of(ctx, e, ((const struct row_head *)row)->id);
    enum rc rc = personal_new_key(&at, ret_key, reterr);
    return rc == RC_OK ? seal(ctx, e, *ret_key, row, reterr) : rc;
}

void
op_seal_put_key(const struct entity *e, void *row, struct str key)
{
    put_bytes(e, e->sealed_key, key, row);
}

void
op_seal_keep_key(struct op_ctx *ctx, const void *row, struct str key)
{
    uint32_t generation = 0;
    ASSERT(seal_generation(key, &generation));
    const struct value params[] = {
        VALUE_INT(((const struct row_head *)row)->id),
        VALUE_INT(generation),
        {.type = VT_BYTES, .text = key}
    };
    op_ask(ctx,
           "insert into app.person_key (tenant_id, customer_id, generation, wrapped)"
           " values (current_setting('app.tenant_id')::int, $1, $2::int, $3)",
           params, 3, NULL);
}

enum rc
op_seal_again(struct op_ctx *ctx, const struct entity *e, const void *was, void *row, struct err *reterr)
{
    bool differs = false;
    for (size_t i = 0; e->sealed_document && i < e->nfields; i++)
        differs = differs || ((e->fields[i].flags & SCHEMA_PERSONAL) && !field_same(&e->fields[i], was, row));
    if (!differs)
        return RC_OK;
    struct str key = bytes_of(e, e->sealed_key, was);
    if (!key.n)
        return err_set(reterr, RC_REFUSED, NULL, "the %s was forgotten: the record stays as it is", e->name);
    return seal(ctx, e, key, row, reterr);
}

enum rc
op_sealed_key(struct op_ctx *ctx, const struct entity *e, int64_t id, struct str *ret, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {VALUE_INT(id)};
    *ret = STR_NONE;
    if (!e->sealed_document)
        return RC_OK;
    enum rc rc = op_query(ctx, "sealed.key", "select wrapped from app.person_key where customer_id = $1",
                          params, 1, &rows, reterr);
    if (rc == RC_OK && rows.nrows && pg_cell(&rows, 0, 0)->type == VT_BYTES)
        *ret = pg_cell(&rows, 0, 0)->text;
    return rc;
}

enum rc
op_mark(struct op_ctx *ctx, const char *what, struct str text, struct str *ret, struct err *reterr)
{
    return personal_mark(ctx->keys, ctx->tx->pg, ctx->arena, ctx->who.tenant, what, text, ret, reterr);
}

/* ------------------------------------------------------------------ who sees how much */

/* "•••••123": as many dots as characters are hidden, twelve at most. */
static struct str
tail(struct arena *a, struct str s)
{
    size_t characters = 0, from = s.n;
    for (size_t at = 0; at < s.n; characters++)
        (void)utf8_next(s, &at);
    size_t kept = characters > 2 * TAIL ? TAIL : 0;
    for (size_t n = 0; n < kept; n++)
        do
            from--;
        while (((unsigned char)s.p[from] & 0xc0) == 0x80);
    struct buf b;
    buf_init(&b, a, 64);
    for (size_t i = 0; i < characters - kept && i < MASK_MAX; i++)
        buf_add_str(&b, STR("•"));
    buf_add_str(&b, str_slice(s, from, s.n));
    return buf_str(&b);
}

struct value
op_seen(struct op_ctx *ctx, const struct entity *e, const struct field *f, const struct value *v)
{
    if (v->type == VT_NULL || !rights_see_tail(&ctx->who.rights, e, f))
        return *v;
    if (v->type == VT_TEXT && (str_eq_c(v->text, "destroyed") || str_eq_c(v->text, "unreadable")))
        return *v; /* says that there is nothing to see */
    return v->type == VT_TEXT ? VALUE_TEXT(tail(ctx->arena, v->text)) : VALUE_NULL;
}

bool
op_seen_is(struct op_ctx *ctx, const struct entity *e, const struct field *f, const void *row,
           const struct value *given)
{
    if (!rights_see_tail(&ctx->who.rights, e, f) || !row_has(row, f->tag))
        return false;
    const struct value v = field_get(f, row), seen = op_seen(ctx, e, f, &v);
    return seen.type == VT_NULL
               ? given->type == VT_NULL || (given->type == VT_TEXT && !str_trim(given->text).n)
               : value_eq(&seen, given);
}
