#include <stdio.h>
#include <string.h>

#include "common/base/lang.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/value/number.h"
#include "server/op/parts.h"

/* ------------------------------------------------------------------ single values */

static enum rc
text_value(const struct field *f, struct str s, struct value *ret, struct err *reterr)
{
    size_t max = f->max ? f->max : LIMIT_TEXT;
    if (s.n > max)
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is too long: %zu bytes at most",
                       lang_text(f->label), max);
    if (!utf8_valid(s))
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is not valid text (UTF-8)", lang_text(f->label));
    for (size_t at = 0; at < s.n;) {
        uint32_t c = utf8_next(s, &at);
        bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
        if (control && !(c == '\n' && (f->flags & SCHEMA_MULTILINE)))
            return err_set(reterr, RC_BAD_PARAMS, f->name, "%s has a character that can't be printed",
                           lang_text(f->label));
    }
    *ret = VALUE_TEXT(f->flags & SCHEMA_SECRET ? s : str_trim(s));
    return RC_OK;
}

static bool
same_word(struct str a, const char *b)
{
    size_t n = strlen(b);
    if (a.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char x = a.p[i], y = b[i];
        x = (char)(x >= 'A' && x <= 'Z' ? x + 32 : x);
        y = (char)(y >= 'A' && y <= 'Z' ? y + 32 : y);
        if (x != y && !((x == ' ' || x == '-') && y == '_'))
            return false;
    }
    return true;
}

static enum rc
choice_value(const struct field *f, struct str s, struct value *ret, struct err *reterr)
{
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < f->nchoices; i++) {
        const struct choice *c = &f->choices[i];
        if (same_word(s, c->code) || same_word(s, lang_text(c->label))) {
            *ret = (struct value){.type = VT_CHOICE, .i = c->number};
            return RC_OK;
        }
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", c->code);
    }
    return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is one of: %s", lang_text(f->label), list);
}

static enum rc
in_range(const struct op_ctx *ctx, const struct field *f, int64_t i, struct err *reterr)
{
    char text[MONEY_TEXT];
    int64_t most = f->max ? (int64_t)f->max : f->type == VT_MONEY ? MONEY_MAX : INT32_MAX;
    if (i >= 0 && i <= most)
        return RC_OK;
    if (f->type == VT_MONEY)
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is an amount from 0 to %s", lang_text(f->label),
                       money_text((money_t){most}, ctx->who.exponent, text));
    return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is a number from 0 to %lld", lang_text(f->label),
                   (long long)most);
}

/* What is said is about the field as people know it; the answer names it as programs do. */
static enum rc
named(const struct field *f, enum rc rc, struct err *reterr)
{
    if (rc != RC_OK && reterr)
        (void)snprintf(reterr->field, sizeof reterr->field, "%s", f->name);
    return rc;
}

static enum rc
from_text(struct op_ctx *ctx, const struct field *f, struct str s, struct value *ret, struct err *reterr)
{
    struct value v = {.type = f->type};
    const char *label = lang_text(f->label);
    enum rc rc = RC_OK;
    switch (f->type) {
    case VT_TEXT:
        return text_value(f, s, ret, reterr);
    case VT_CHOICE:
        return choice_value(f, s, ret, reterr);
    case VT_INT:
        rc = number_parse(s, 0, f->max ? f->max : INT32_MAX, label, &v.i, reterr);
        break;
    case VT_BOOL:
        rc = bool_parse(s, label, &v.yes, reterr);
        break;
    case VT_MONEY:
        rc = money_parse(s, ctx->who.exponent, label, &v.money, reterr);
        if (rc == RC_OK)
            rc = in_range(ctx, f, v.money.minor, reterr);
        break;
    case VT_RATE:
        rc = rate_parse(s, label, &v.rate, reterr);
        break;
    case VT_DATE:
        rc = date_parse_typed(s, ctx->who.today, label, &v.date, reterr);
        break;
    case VT_STAMP:
        rc = stamp_parse(s, ctx->who.offset_minutes, label, &v.stamp, reterr);
        break;
    case VT_NULL:
    case VT_REF:
    case VT_BYTES:
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s can't be given as text", label);
    }
    if (rc == RC_OK)
        *ret = v;
    return named(f, rc, reterr);
}

static enum rc
from_int(const struct op_ctx *ctx, const struct field *f, int64_t i, struct value *ret, struct err *reterr)
{
    struct value v = {.type = f->type};
    enum rc rc = RC_OK;
    switch (f->type) {
    case VT_INT:
        v.i = i;
        rc = in_range(ctx, f, i, reterr);
        break;
    case VT_CHOICE:
        v.i = i;
        if (!field_choice(f, i))
            rc = err_set(reterr, RC_BAD_PARAMS, f->name, "%s has no choice number %lld", lang_text(f->label),
                         (long long)i);
        break;
    case VT_REF:
        v.i = i;
        break;
    case VT_MONEY:
        v.money.minor = i;
        rc = in_range(ctx, f, i, reterr);
        break;
    case VT_RATE:
        v.rate.ppm = (int32_t)i;
        if (i < 0 || i > 10000000)
            rc = err_set(reterr, RC_BAD_PARAMS, f->name, "%s is from 0 to 1000 percent", lang_text(f->label));
        break;
    case VT_DATE:
        v.date.days = (int32_t)i;
        if (i < INT32_MIN / 2 || i > INT32_MAX / 2 || !civil_valid(civil_of(v.date)))
            rc =
                err_set(reterr, RC_BAD_PARAMS, f->name, "%s is a day from 1900 to 2199", lang_text(f->label));
        break;
    case VT_STAMP:
        v.stamp.usec = i;
        break;
    case VT_BOOL:
        v.yes = i != 0;
        break;
    case VT_TEXT:
    case VT_BYTES:
    case VT_NULL:
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is a text, not a number", lang_text(f->label));
    }
    if (rc == RC_OK)
        *ret = v;
    return rc;
}

static enum rc
bytes_value(const struct field *f, struct str s, struct value *ret, struct err *reterr)
{
    if (f->type != VT_BYTES)
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s takes no file", lang_text(f->label));
    if (s.n > f->max)
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is too long: %zu bytes at most",
                       lang_text(f->label), (size_t)f->max);
    *ret = s.n ? (struct value){.type = VT_BYTES, .text = s} : VALUE_NULL;
    return RC_OK;
}

enum rc
op_coerce(struct op_ctx *ctx, const struct field *f, const struct value *given, struct value *ret,
          struct err *reterr)
{
    switch (given->type) {
    case VT_NULL:
        *ret = VALUE_NULL;
        return RC_OK;
    case VT_TEXT: {
        struct str s = f->flags & SCHEMA_SECRET ? given->text : str_trim(given->text);
        if (!s.n) {
            *ret = VALUE_NULL;
            return RC_OK;
        }
        return from_text(ctx, f, s, ret, reterr);
    }
    case VT_BOOL:
        if (f->type != VT_BOOL)
            return err_set(reterr, RC_BAD_PARAMS, f->name, "%s is not a yes or no", lang_text(f->label));
        *ret = *given;
        return RC_OK;
    case VT_INT:
        return from_int(ctx, f, given->i, ret, reterr);
    case VT_BYTES:
        return bytes_value(f, given->text, ret, reterr);
    case VT_MONEY:
    case VT_RATE:
    case VT_DATE:
    case VT_STAMP:
    case VT_CHOICE:
    case VT_REF:
        break;
    }
    return err_set(reterr, RC_BAD_PARAMS, f->name, "%s has a value of a kind that is not taken",
                   lang_text(f->label));
}

/* ------------------------------------------------------------------ the fields of a request */

/* Notes a finding: the first is the error, all are issues. */
static enum rc
found(struct op_ctx *ctx, const struct err *e, enum rc so_far, struct err *reterr)
{
    op_issue_of(ctx, e);
    if (so_far == RC_OK && reterr)
        *reterr = *e;
    return so_far == RC_OK ? e->code : so_far;
}

static bool
as_lookup(const struct op_ctx *ctx, const struct field *f, const struct value *given, struct op_lookup *ret)
{
    *ret = (struct op_lookup){.entity = entity_by_number(f->ref), .field = f->name};
    if (given->type == VT_INT) {
        ret->by_id = true;
        ret->id = given->i;
        return true;
    }
    if (given->type != VT_TEXT || !str_trim(given->text).n)
        return false;
    ret->by_id = op_step_made(ctx, f->ref, given->text, &ret->id);
    if (!ret->by_id)
        ret->key = str_trim(given->text);
    return true;
}

/* May the field be given, and does it differ from what the record has? */
static enum rc
store(const struct op_table *t, const struct field *f, void *record, const struct value *v,
      struct err *reterr)
{
    if (f->flags & t->need) {
        field_put(f, record, v);
        return RC_OK;
    }
    struct value has = field_get(f, record);
    if (value_eq(&has, v))
        return RC_OK;
    return err_set(reterr, RC_BAD_PARAMS, f->name,
                   t->need == SCHEMA_EDIT ? "%s can't be changed"
                                          : "%s can't be given: it comes about by itself",
                   lang_text(f->label));
}

/* Where the references of one request wait until they are looked up together. */
struct pending {
    struct op_lookup lookups[LIMIT_FIELDS];
    const struct field *fields[LIMIT_FIELDS];
    size_t n;
};

static enum rc
take_one(struct op_ctx *ctx, const struct op_table *t, const struct param_field *given, void *record,
         struct pending *wait, struct err *reterr)
{
    const struct field *f = op_field(t->fields, t->nfields, given->field);
    if (!f || (t->entity && !rights_see(&ctx->who.rights, t->entity, f))) {
        char name[48];
        (void)snprintf(name, sizeof name, "%.*s", STR_ARG(given->field.name));
        return err_set(reterr, RC_BAD_PARAMS, name, "there is no field \"%s\" here", name);
    }
    if (f->type == VT_REF && wait->n < LIMIT_FIELDS &&
        as_lookup(ctx, f, &given->value, &wait->lookups[wait->n])) {
        wait->fields[wait->n++] = f;
        return RC_OK;
    }
    if (t->entity && op_seen_is(ctx, t->entity, f, record, &given->value))
        return RC_OK;
    struct value v;
    enum rc rc = op_coerce(ctx, f, &given->value, &v, reterr);
    return rc == RC_OK ? store(t, f, record, &v, reterr) : rc;
}

static enum rc
take_references(struct op_ctx *ctx, const struct op_table *t, struct pending *wait, void *record,
                enum rc so_far, struct err *reterr)
{
    struct err e;
    enum rc rc = op_look_up(ctx, wait->lookups, wait->n, &e);
    if (rc != RC_OK) {
        *reterr = e;
        return rc;
    }
    for (size_t i = 0; i < wait->n; i++) {
        struct op_lookup *l = &wait->lookups[i];
        if (l->code != RC_OK) {
            so_far = found(ctx, &l->why, so_far, reterr);
            continue;
        }
        struct value v = {.type = VT_REF, .i = l->found.id, .label = l->found.label};
        if (store(t, wait->fields[i], record, &v, &e) != RC_OK)
            so_far = found(ctx, &e, so_far, reterr);
    }
    return so_far;
}

enum rc
op_fields(struct op_ctx *ctx, const struct op_table *t, const struct params *p, void *record,
          struct err *reterr)
{
    struct pending *wait = arena_new(ctx->arena, struct pending, 1);
    enum rc rc = RC_OK;
    struct err e;
    for (size_t i = 0; i < p->nfields; i++)
        if (take_one(ctx, t, &p->fields[i], record, wait, &e) != RC_OK)
            rc = found(ctx, &e, rc, reterr);
    return take_references(ctx, t, wait, record, rc, reterr);
}

enum rc
op_fallbacks(struct op_ctx *ctx, const struct op_table *t, void *record, struct err *reterr)
{
    struct row_head *row = record;
    for (size_t i = 0; i < t->nfields; i++) {
        const struct field *f = &t->fields[i];
        if (row_has(row, f->tag) || !(f->flags & SCHEMA_CREATE))
            continue;
        if (f->type == VT_REF && f->ref == ENTITY_BRANCH && (f->flags & FF_FILLED)) {
            struct value branch = {.type = VT_REF, .i = ctx->who.branch.id, .label = ctx->who.branch.label};
            field_put(f, record, &branch);
        }
        if (!f->fallback)
            continue;
        struct value v;
        enum rc rc = from_text(ctx, f, str_from(f->fallback), &v, reterr);
        if (rc != RC_OK)
            return rc;
        field_put(f, record, &v);
    }
    return RC_OK;
}

enum rc
op_required(struct op_ctx *ctx, const struct op_table *t, const void *record, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < t->nfields; i++) {
        const struct field *f = &t->fields[i];
        if (!(f->flags & SCHEMA_REQUIRED) || row_has(record, f->tag))
            continue;
        struct err e;
        (void)err_set(&e, RC_BAD_PARAMS, f->name, "%s is needed", lang_text(f->label));
        rc = found(ctx, &e, rc, reterr);
    }
    return rc;
}
