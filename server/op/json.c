#include <jansson.h>
#include <string.h>

#include "server/op/parts.h"

/* History keeps rows as to_jsonb() wrote them: numbers, texts, true and false, dates and stamps in ISO form.
 */

static struct value
text_value(struct op_ctx *ctx, const struct field *f, const json_t *j)
{
    struct str s = {json_string_value(j), json_string_length(j)};
    struct value v = {.type = f->type};
    struct err ignored;
    if (f->type == VT_DATE && date_parse(s, f->name, &v.date, &ignored) == RC_OK)
        return v;
    if (f->type == VT_STAMP && stamp_parse(s, 0, f->name, &v.stamp, &ignored) == RC_OK)
        return v;
    if (f->type == VT_TEXT)
        return VALUE_TEXT(str_dup(ctx->arena, s));
    return VALUE_NULL;
}

static struct value
int_value(const struct field *f, int64_t i)
{
    struct value v = {.type = f->type};
    if (f->type == VT_MONEY)
        v.money.minor = i;
    else if (f->type == VT_RATE)
        v.rate.ppm = (int32_t)i;
    else
        v.i = i;
    return v;
}

struct value
op_json_value(struct op_ctx *ctx, const struct field *f, const struct json_t *doc)
{
    char column[FIELD_COLUMN];
    const json_t *j = json_object_get(doc, field_column(f, column));
    if (json_is_string(j))
        return text_value(ctx, f, j);
    if (json_is_integer(j) && (f->type == VT_INT || f->type == VT_CHOICE || f->type == VT_REF ||
                               f->type == VT_MONEY || f->type == VT_RATE))
        return int_value(f, json_integer_value(j));
    if (json_is_boolean(j) && f->type == VT_BOOL)
        return (struct value){.type = VT_BOOL, .yes = json_is_true(j)};
    return VALUE_NULL;
}
