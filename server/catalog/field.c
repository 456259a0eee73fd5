#include "server/catalog/field.h"

#include <stdio.h>
#include <string.h>

struct value
field_get(const struct field *f, const void *record)
{
    const struct row_head *row = record;
    if (!row_has(row, f->tag))
        return VALUE_NULL;
    const char *at = (const char *)record + f->off;
    struct value v = {.type = f->type};
    switch (f->type) {
    case VT_TEXT:
    case VT_BYTES:
        memcpy(&v.text, at, sizeof v.text);
        break;
    case VT_INT:
        memcpy(&v.i, at, sizeof v.i);
        break;
    case VT_CHOICE: {
        choice_t c;
        memcpy(&c, at, sizeof c);
        v.i = c;
        break;
    }
    case VT_REF: {
        struct ref r;
        memcpy(&r, at, sizeof r);
        v.i = r.id;
        v.label = r.label;
        break;
    }
    case VT_BOOL:
        memcpy(&v.yes, at, sizeof v.yes);
        break;
    case VT_MONEY:
        memcpy(&v.money, at, sizeof v.money);
        break;
    case VT_RATE:
        memcpy(&v.rate, at, sizeof v.rate);
        break;
    case VT_DATE:
        memcpy(&v.date, at, sizeof v.date);
        break;
    case VT_STAMP:
        memcpy(&v.stamp, at, sizeof v.stamp);
        break;
    case VT_NULL:
        break;
    }
    return v;
}

void
field_put(const struct field *f, void *record, const struct value *v)
{
    struct row_head *row = record;
    if (v->type == VT_NULL) {
        row_drop(row, f->tag);
        return;
    }
    ASSERT(v->type == f->type);
    char *at = (char *)record + f->off;
    switch (f->type) {
    case VT_TEXT:
    case VT_BYTES:
        memcpy(at, &v->text, sizeof v->text);
        break;
    case VT_INT:
        memcpy(at, &v->i, sizeof v->i);
        break;
    case VT_CHOICE: {
        choice_t c = (choice_t)v->i;
        memcpy(at, &c, sizeof c);
        break;
    }
    case VT_REF: {
        struct ref r = {.id = v->i, .label = v->label};
        memcpy(at, &r, sizeof r);
        break;
    }
    case VT_BOOL:
        memcpy(at, &v->yes, sizeof v->yes);
        break;
    case VT_MONEY:
        memcpy(at, &v->money, sizeof v->money);
        break;
    case VT_RATE:
        memcpy(at, &v->rate, sizeof v->rate);
        break;
    case VT_DATE:
        memcpy(at, &v->date, sizeof v->date);
        break;
    case VT_STAMP:
        memcpy(at, &v->stamp, sizeof v->stamp);
        break;
    case VT_NULL:
        break;
    }
    row_put(row, f->tag);
}

bool
field_same(const struct field *f, const void *a, const void *b)
{
    struct value va = field_get(f, a), vb = field_get(f, b);
    return value_eq(&va, &vb);
}

char *
field_column(const struct field *f, char out[FIELD_COLUMN])
{
    if (f->column)
        snprintf(out, FIELD_COLUMN, "%s", f->column);
    else
        snprintf(out, FIELD_COLUMN, "%s%s", f->name, f->type == VT_REF ? "_id" : "");
    return out;
}

bool
field_is_stored(const struct field *f)
{
    return f->sql == NULL && !(f->flags & (FF_PSEUDO | FF_SEALED));
}

const struct choice *
field_choice(const struct field *f, int64_t number)
{
    for (size_t i = 0; i < f->nchoices; i++)
        if (f->choices[i].number == number)
            return &f->choices[i];
    return NULL;
}
