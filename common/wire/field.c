#include <inttypes.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/lang.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/value/number.h"
#include "common/wire/schema.h"

/* Looking things up in a description, and values as people read and type them. */

const struct schema_entity *
schema_entity(const struct schema *s, uint32_t number)
{
    for (size_t i = 0; i < s->nentities; i++) {
        if (s->entities[i].number == number)
            return &s->entities[i];
    }
    return NULL;
}

uint32_t
schema_view_all(const struct schema_entity *e)
{
    for (size_t i = 1; i < e->nviews; i++) {
        if (str_eq_c(e->views[i].name, "all"))
            return e->views[i].number;
    }
    return 0;
}

bool
schema_is_tab(const struct schema *s, uint32_t entity, uint32_t via)
{
    for (size_t i = 0; i < s->nentities; i++) {
        const struct schema_entity *e = &s->entities[i];
        for (size_t k = 0; k < e->ntabs; k++) {
            if (e->tabs[k].entity == entity && e->tabs[k].via == via)
                return true;
        }
    }
    return false;
}

const struct schema_entity *
schema_entity_named(const struct schema *s, struct str name)
{
    for (size_t i = 0; i < s->nentities; i++) {
        if (str_eq(s->entities[i].name, name))
            return &s->entities[i];
    }
    return NULL;
}

const struct schema_field *
schema_field(const struct schema_entity *e, uint32_t tag)
{
    for (size_t i = 0; i < e->nfields; i++) {
        if (e->fields[i].tag == tag)
            return &e->fields[i];
    }
    return NULL;
}

const struct schema_field *
schema_field_named(const struct schema_entity *e, struct str name)
{
    for (size_t i = 0; i < e->nfields; i++) {
        if (str_eq(e->fields[i].name, name))
            return &e->fields[i];
    }
    return NULL;
}

const struct schema_action *
schema_action(const struct schema_entity *e, uint32_t number)
{
    for (size_t i = 0; i < e->nactions; i++) {
        if (e->actions[i].number == number)
            return &e->actions[i];
    }
    return NULL;
}

const struct schema_action *
schema_action_named(const struct schema_entity *e, struct str name)
{
    for (size_t i = 0; i < e->nactions; i++) {
        if (str_eq(e->actions[i].name, name))
            return &e->actions[i];
    }
    return NULL;
}

const struct schema_choice *
schema_choice(const struct schema_field *f, int64_t number)
{
    for (size_t i = 0; i < f->nchoices; i++) {
        if ((int64_t)f->choices[i].number == number)
            return &f->choices[i];
    }
    return NULL;
}

const struct schema_field *
schema_key_field(const struct schema_entity *e)
{
    for (size_t i = 0; i < e->nfields; i++) {
        if (e->fields[i].flags & SCHEMA_KEY)
            return &e->fields[i];
    }
    return NULL;
}

static struct str
choice_text(struct arena *a, const struct schema_field *f, int64_t number)
{
    const struct schema_choice *c = f ? schema_choice(f, number) : NULL;
    if (!c)
        return str_printf(a, "%" PRId64, number);
    return c->label.n ? c->label : c->code;
}

struct str
value_text(struct arena *a, const struct schema_field *f, const struct value *v, const struct locale_info *l)
{
    char text[MONEY_TEXT];
    switch (v->type) {
    case VT_NULL:
        return STR_NONE;
    case VT_TEXT:
        return v->text;
    case VT_INT:
        return str_printf(a, "%" PRId64, v->i);
    case VT_BOOL:
        return v->yes ? str_from(_("yes")) : str_from(_("no"));
    case VT_MONEY:
        return str_dup(a, str_from(locale_money(l, v->money, text)));
    case VT_RATE:
        return str_printf(a, "%s%%", rate_text(v->rate, text));
    case VT_DATE:
        return str_dup(a, str_from(locale_date(l, v->date, text)));
    case VT_STAMP:
        return str_dup(a, str_from(locale_stamp(l, v->stamp, text)));
    case VT_CHOICE:
        return choice_text(a, f, v->i);
    case VT_REF:
        return v->label.n ? v->label : str_printf(a, "#%" PRId64, v->i);
    case VT_BYTES:
        return str_printf(a, "%zu bytes", v->text.n);
    }
    return STR_NONE;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* True when `word` begins with what was typed; ASCII case and _ or blank don't matter. */
static bool
spells(struct str typed, struct str word, bool *ret_whole)
{
    if (typed.n > word.n)
        return false;
    for (size_t i = 0; i < typed.n; i++) {
        char a = typed.p[i] == '_' ? ' ' : lower(typed.p[i]);
        char b = word.p[i] == '_' ? ' ' : lower(word.p[i]);
        if (a != b)
            return false;
    }
    *ret_whole = typed.n == word.n;
    return true;
}

/* By code or label, or by the beginning of one when only one begins so. */
static const struct schema_choice *
find_choice(const struct schema_field *f, struct str typed)
{
    const struct schema_choice *begins = NULL;
    bool several = false;
    for (size_t i = 0; i < f->nchoices; i++) {
        const struct schema_choice *c = &f->choices[i];
        bool whole = false, whole_label = false;
        bool code = spells(typed, c->code, &whole), label = spells(typed, c->label, &whole_label);
        if (whole || whole_label)
            return c;
        if (code || label) {
            several = begins != NULL;
            begins = c;
        }
    }
    return several ? NULL : begins;
}

static enum rc
read_choice(struct arena *a, const struct schema_field *f, struct str typed, struct value *ret,
            struct err *reterr)
{
    const struct schema_choice *c = find_choice(f, typed);
    if (c) {
        *ret = (struct value){.type = VT_CHOICE, .i = c->number};
        return RC_OK;
    }
    struct buf b;
    buf_init(&b, a, 256);
    for (size_t i = 0; i < f->nchoices; i++) {
        if (i)
            buf_add_str(&b, i + 1 == f->nchoices ? STR(" or ") : STR(", "));
        buf_add_str(&b, f->choices[i].code);
    }
    const char *name = str_dup(a, f->name).p;
    return err_set(reterr, RC_BAD_PARAMS, name, "%s must be one of %.*s", name, (int)b.n, (const char *)b.p);
}

/* A note may have lines; nothing may have another control character. */
static bool
has_bad_control(struct str text, bool lines)
{
    if (!lines)
        return utf8_has_control(text);
    while (text.n) {
        if (utf8_has_control(str_split(&text, '\n')))
            return true;
    }
    return false;
}

static enum rc
read_typed_text(const struct schema_field *f, const char *name, struct str typed, struct value *ret,
                struct err *reterr)
{
    size_t max = f->type == VT_TEXT && f->max && f->max < LIMIT_TEXT ? f->max : LIMIT_TEXT;
    if (!utf8_valid(typed))
        return err_set(reterr, RC_BAD_PARAMS, name, "%s is not UTF-8 text", name);
    if (has_bad_control(typed, f->flags & SCHEMA_MULTILINE))
        return err_set(reterr, RC_BAD_PARAMS, name, "%s can't hold control characters", name);
    if (typed.n > max)
        return err_set(reterr, RC_BAD_PARAMS, name, "%s can have at most %zu bytes; this has %zu", name, max,
                       typed.n);
    *ret = VALUE_TEXT(typed);
    return RC_OK;
}

static enum rc
read_amount(const struct schema_field *f, const char *name, struct str typed, const struct locale_info *l,
            struct value *ret, struct err *reterr)
{
    struct value v = {.type = VT_MONEY};
    enum rc rc = money_parse(typed, l->exponent, name, &v.money, reterr);
    if (rc)
        return rc;
    if (f->max && v.money.minor > (int64_t)f->max) {
        char text[MONEY_TEXT];
        locale_money(l, (money_t){f->max}, text);
        return err_set(reterr, RC_BAD_PARAMS, name, "%s can be at most %s", name, text);
    }
    *ret = v;
    return RC_OK;
}

enum rc
value_read(struct arena *a, const struct schema_field *f, struct str typed, const struct locale_info *l,
           struct value *ret, struct err *reterr)
{
    const char *name = str_dup(a, f->name).p;
    struct str text = str_trim(typed);
    struct value v = {.type = f->type};
    enum rc rc = RC_OK;
    if (text.n == 0) {
        *ret = VALUE_NULL;
        return RC_OK;
    }
    switch (f->type) {
    case VT_NULL:
    case VT_TEXT:
    case VT_REF:
    case VT_BYTES:
        return read_typed_text(f, name, text, ret, reterr);
    case VT_INT:
        rc = number_parse(text, INT64_MIN, f->max ? (int64_t)f->max : INT64_MAX, name, &v.i, reterr);
        break;
    case VT_BOOL:
        rc = bool_parse(text, name, &v.yes, reterr);
        break;
    case VT_MONEY:
        return read_amount(f, name, locale_money_typed(a, l, text), l, ret, reterr);
    case VT_RATE:
        rc = rate_parse(text, name, &v.rate, reterr);
        break;
    case VT_DATE:
        rc = date_parse_typed(text, l->today, name, &v.date, reterr);
        break;
    case VT_STAMP:
        rc = stamp_parse(locale_stamp_typed(a, l, text), l->offset_minutes, name, &v.stamp, reterr);
        break;
    case VT_CHOICE:
        return read_choice(a, f, text, ret, reterr);
    }
    if (!rc)
        *ret = v;
    return rc;
}
