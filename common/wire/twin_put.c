#include <inttypes.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/utf8.h"
#include "common/crypt/crypt.h"
#include "common/wire/twin_put.h"

void
put_item(struct writer *w)
{
    if (w->follows)
        buf_add_char(w->b, ',');
    w->follows = true;
}

void
put_open(struct writer *w, char bracket)
{
    buf_add_char(w->b, bracket);
    w->follows = false;
}

void
put_close(struct writer *w, char bracket)
{
    buf_add_char(w->b, bracket);
    w->follows = true;
}

void
put_text(struct writer *w, struct str s)
{
    buf_add_char(w->b, '"');
    for (size_t pos = 0; pos < s.n;) {
        char bytes[4];
        uint32_t cp = utf8_next(s, &pos);
        if (cp == '"' || cp == '\\')
            buf_printf(w->b, "\\%c", (char)cp);
        else if (cp == '\n')
            buf_add_str(w->b, STR("\\n"));
        else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
            buf_printf(w->b, "\\u%04" PRIx32, cp);
        else
            buf_add(w->b, bytes, utf8_put(cp, bytes));
    }
    buf_add_char(w->b, '"');
}

void
put_key(struct writer *w, const char *name)
{
    put_item(w);
    put_text(w, str_from(name));
    buf_add_char(w->b, ':');
}

/* Numbers that a double can't hold exactly go as text. */
void
put_int(struct writer *w, int64_t n)
{
    const int64_t safe = INT64_C(1) << 53;
    if (n >= -safe && n <= safe)
        buf_printf(w->b, "%" PRId64, n);
    else
        buf_printf(w->b, "\"%" PRId64 "\"", n);
}

void
put_bool(struct writer *w, bool yes)
{
    buf_add_str(w->b, yes ? STR("true") : STR("false"));
}

static void
put_null(struct writer *w)
{
    buf_add_str(w->b, STR("null"));
}

void
put_bytes(struct writer *w, struct str bytes)
{
    put_text(w, crypt_base64(w->b->a, bytes));
}

void
put_text_member(struct writer *w, const char *name, struct str s)
{
    put_key(w, name);
    put_text(w, s);
}

void
put_int_member(struct writer *w, const char *name, int64_t n)
{
    put_key(w, name);
    put_int(w, n);
}

void
put_bool_member(struct writer *w, const char *name, bool yes)
{
    put_key(w, name);
    put_bool(w, yes);
}

const struct schema_entity *
put_entity_of(const struct writer *w, uint32_t number)
{
    return w->s ? schema_entity(w->s, number) : NULL;
}

struct str
put_entity_name(const struct writer *w, uint32_t number)
{
    const struct schema_entity *e = put_entity_of(w, number);
    return e ? e->name : str_printf(w->b->a, "e%" PRIu32, number);
}

struct str
put_field_name(const struct writer *w, const struct schema_field *f, uint32_t tag)
{
    return f ? f->name : str_printf(w->b->a, "f%" PRIu32, tag);
}

const struct schema_field *
put_field_of(const struct schema_entity *e, uint32_t tag)
{
    return e ? schema_field(e, tag) : NULL;
}

static void
put_choice(struct writer *w, const struct schema_field *f, int64_t number)
{
    const struct schema_choice *c = f ? schema_choice(f, number) : NULL;
    if (c)
        put_text(w, c->code);
    else
        put_int(w, number);
}

void
put_money(struct writer *w, money_t m)
{
    char text[MONEY_TEXT];
    put_text(w, str_from(money_plain(m, w->l->exponent, text)));
}

void
put_date(struct writer *w, date_t d)
{
    char text[DATE_TEXT];
    put_text(w, str_from(date_text(d, text)));
}

void
put_value(struct writer *w, const struct schema_field *f, const struct value *v)
{
    char text[MONEY_TEXT];
    switch (v->type) {
    case VT_NULL:
        put_null(w);
        break;
    case VT_TEXT:
        put_text(w, v->text);
        break;
    case VT_INT:
        put_int(w, v->i);
        break;
    case VT_BOOL:
        put_bool(w, v->yes);
        break;
    case VT_MONEY:
        put_money(w, v->money);
        break;
    case VT_RATE:
        put_text(w, str_from(rate_text(v->rate, text)));
        break;
    case VT_DATE:
        put_date(w, v->date);
        break;
    case VT_STAMP:
        put_text(w, str_from(stamp_text(v->stamp, text)));
        break;
    case VT_CHOICE:
        put_choice(w, f, v->i);
        break;
    case VT_REF:
        put_open(w, '{');
        put_int_member(w, "id", v->i);
        put_text_member(w, "label", v->label);
        put_close(w, '}');
        break;
    case VT_BYTES:
        put_bytes(w, v->text);
        break;
    }
}

void
put_ref(struct writer *w, const struct body_ref *ref)
{
    put_open(w, '{');
    put_text_member(w, "entity", put_entity_name(w, ref->entity));
    put_int_member(w, "id", ref->id);
    put_text_member(w, "label", ref->label);
    put_close(w, '}');
}

void
put_refs_member(struct writer *w, const struct body_ref *refs, size_t n)
{
    put_key(w, "refs");
    put_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        put_item(w);
        put_ref(w, &refs[i]);
    }
    put_close(w, ']');
}

void
put_next_member(struct writer *w, struct str next)
{
    put_key(w, "next");
    if (next.n)
        put_bytes(w, next);
    else
        put_null(w);
}
