#include <jansson.h>

#include "server/op/parts.h"

/* Versions of records as app.history keeps them: columns as JSON, personal fields sealed in one of them. */

/* "\x0a1f…" as to_jsonb writes bytea. */
static struct str
bytes_of(struct op_ctx *ctx, const struct entity *e, const json_t *doc)
{
    char column[FIELD_COLUMN];
    const json_t *j = json_object_get(doc, field_column(entity_field(e, e->sealed_document), column));
    struct str hex = {json_string_value(j), json_string_length(j)};
    if (hex.n < 2)
        return STR_NONE;
    size_t n = (hex.n - 2) / 2;
    unsigned char *out = arena_alloc(ctx->arena, n + 1);
    return crypt_unhex(str_slice(hex, 2, hex.n), out, n) ? (struct str){(const char *)out, n} : STR_NONE;
}

enum rc
op_past(struct op_ctx *ctx, struct op_past_key *of, const struct json_t *doc, struct op_past *ret,
        struct err *reterr)
{
    struct err why;
    *ret = (struct op_past){.doc = doc};
    if (!of->entity->sealed_document || !doc)
        return RC_OK;
    if (!of->read) {
        enum rc rc = op_sealed_key(ctx, of->entity, of->id, &of->key, reterr);
        if (rc != RC_OK)
            return rc;
        of->read = true;
    }
    ret->sealed = bytes_of(ctx, of->entity, doc);
    if (!of->key.n) {
        ret->instead = STR("destroyed");
    } else if (op_sealed_document(ctx, of->entity, of->id, of->key, ret->sealed, &ret->document, &why) !=
               RC_OK) {
        ret->instead = STR("unreadable");
        ctx->unreadable = arena_new(ctx->arena, struct err, 1);
        *ctx->unreadable = why;
    }
    return RC_OK;
}

struct value
op_past_value(struct op_ctx *ctx, const struct field *f, const struct op_past *past)
{
    if (!past->doc)
        return VALUE_NULL;
    if ((f->flags & SCHEMA_PERSONAL) && past->sealed.n)
        return past->document.n ? personal_value(f, past->document) : VALUE_NULL;
    return field_is_stored(f) ? op_json_value(ctx, f, past->doc) : VALUE_NULL;
}

struct str
op_past_instead(const struct field *f, const struct op_past *past)
{
    return (f->flags & SCHEMA_PERSONAL) && past->sealed.n ? past->instead : STR_NONE;
}
