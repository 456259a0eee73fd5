#include <stdio.h>
#include <string.h>

#include "client/cli/suggest.h"
#include "client/plain/form.h"

/* One field: reading what is typed, explaining, finding the record a reference means. */

enum { ROWS = 60, SHOWN = 30 };

bool
pitem_open(const struct item *i)
{
    return !i->readonly && !i->hidden;
}

bool
pitem_changed(const struct item *i)
{
    return !str_eq(i->text, i->original);
}

bool
pitem_missing(const struct item *i)
{
    return pitem_open(i) && !i->optional && (i->field->flags & SCHEMA_REQUIRED) != 0 && i->text.n == 0;
}

void
pitem_put_ref(struct form *f, struct item *i, int64_t id, struct str label)
{
    i->text = str_dup(f->a, label);
    i->ref_id = id;
}

void
pitem_put(struct form *f, struct item *i, const struct value *v, bool original)
{
    if (v->type == VT_REF)
        pitem_put_ref(f, i, v->i, plain_value(f->p, f->a, i->field, v));
    else
        i->text = v->type == VT_NULL ? STR_NONE : str_dup(f->a, plain_value(f->p, f->a, i->field, v));
    if (original)
        i->original = i->text;
}

/* ---- references ---- */

static enum rc
ask_service(struct form *f, struct arena *a, enum method method, const struct params *params,
            struct body *ret)
{
    struct err err = {0};
    return plain_call(f->p, &(struct wish){.method = method, .params = params, .arena = a}, ret, &err);
}

/* The key of a row and the first other text: "car, Motor car". */
static struct str
row_name(struct form *f, struct arena *a, const struct body_page *page, size_t row, bool whole)
{
    const struct schema_entity *e = schema_entity(plain_schema(f->p), page->entity);
    const struct schema_field *key = e != NULL ? schema_key_field(e) : NULL;
    const struct value *cells = page->rows[row].cells;
    struct str name = STR_NONE, other = STR_NONE;
    for (size_t c = 0; c < page->ncolumns; c++) {
        if (key != NULL && page->columns[c] == key->tag)
            name = plain_value(f->p, a, key, &cells[c]);
        else if (other.n == 0 && cells[c].type == VT_TEXT)
            other = cells[c].text;
    }
    return whole && other.n > 0 ? str_printf(a, "%.*s, %.*s", STR_ARG(name), STR_ARG(other)) : name;
}

static bool
row_begins(const struct body_page *page, size_t row, struct str typed)
{
    for (size_t c = 0; c < page->ncolumns; c++)
        if (page->rows[row].cells[c].type == VT_TEXT && begins_like(page->rows[row].cells[c].text, typed))
            return true;
    return false;
}

struct found {
    int64_t ids[ROWS];
    struct str names[ROWS], texts[ROWS];
    size_t n;
};

static void
found_add(struct found *found, int64_t id, struct str name, struct str text)
{
    if (found->n == ROWS)
        return;
    found->ids[found->n] = id;
    found->names[found->n] = name;
    found->texts[found->n++] = text;
}

/* Few rows: those that begin with it. False: there are too many to list. */
static bool
find_rows(struct form *f, struct arena *a, const struct item *i, struct str typed, struct found *ret)
{
    struct body body = {0};
    struct params params = params_of_entity(i->field->ref);
    params.present |= 1u << PARAM_LIMIT;
    params.limit = ROWS;
    if (ask_service(f, a, METHOD_LIST, &params, &body) != RC_OK || !body_has(&body, BODY_PAGE) ||
        body.page.next.n > 0)
        return false;
    for (size_t r = 0; r < body.page.nrows; r++)
        if (typed.n == 0 || row_begins(&body.page, r, typed))
            found_add(ret, body.page.rows[r].id, row_name(f, a, &body.page, r, false),
                      row_name(f, a, &body.page, r, true));
    return true;
}

static void
find_hits(struct form *f, struct arena *a, const struct item *i, struct str typed, struct found *ret)
{
    struct body body = {0};
    struct params params = {
        .present = 1u << PARAM_TEXT | 1u << PARAM_LIMIT, .text = typed, .limit = LIMIT_HITS};
    if (ask_service(f, a, METHOD_FIND, &params, &body) != RC_OK || !body_has(&body, BODY_HITS))
        return;
    for (size_t r = 0; r < body.hits.nrows; r++) {
        const struct body_hit *h = &body.hits.rows[r];
        if (h->record.entity == i->field->ref)
            found_add(ret, h->record.id, h->record.label,
                      str_printf(a, "%.*s, %.*s", STR_ARG(h->record.label), STR_ARG(h->detail)));
    }
}

static bool
take_found(struct form *f, struct item *i, struct str typed, const struct found *found)
{
    size_t chosen = found->n == 1;
    if (found->n > 1) {
        say(f->p, _("Several fit %.*s:"), STR_ARG(typed));
        chosen = plain_choose(f->p, _("Which? Number:"), found->texts, found->n);
    } else if (found->n == 0) {
        say(f->p, _("%.*s: nothing is called %.*s. ? shows what there is."), STR_ARG(i->field->label),
            STR_ARG(typed));
        f->p->failed = RC_NOT_FOUND;
    }
    if (chosen == 0)
        return false;
    pitem_put_ref(f, i, found->ids[chosen - 1], found->names[chosen - 1]);
    if (!str_eq(i->text, typed))
        say(f->p, "%.*s: %.*s", STR_ARG(i->field->label), STR_ARG(found->texts[chosen - 1]));
    return true;
}

/* By its key, then among few, then by searching. What can't be asked now is left to the service. */
static bool
take_ref(struct form *f, struct item *i, struct str typed)
{
    struct arena a;
    struct body body = {0};
    bool ok = true;
    struct params params = params_of_entity(i->field->ref);
    arena_init(&a, SIZE_MAX, NULL, NULL);
    params.present |= 1u << PARAM_KEY;
    params.key = typed;
    enum rc rc = ask_service(f, &a, METHOD_GET, &params, &body);
    i->text = str_dup(f->a, typed);
    i->ref_id = 0;
    if (rc == RC_OK && body_has(&body, BODY_RECORD)) {
        pitem_put_ref(f, i, body.record.id, body.record.label);
        if (!same_word(i->text, typed))
            say(f->p, "%.*s: %.*s", STR_ARG(i->field->label), STR_ARG(i->text));
    } else if (rc == RC_NOT_FOUND) {
        struct found *found = arena_new(&a, struct found, 1);
        struct str before = i->text;
        if (!find_rows(f, &a, i, typed, found))
            find_hits(f, &a, i, typed, found);
        ok = take_found(f, i, typed, found);
        if (!ok && str_eq(before, i->text))
            i->text = i->original;
    }
    arena_done(&a);
    return ok;
}

/* ---- values ---- */

static struct str
upper(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    for (size_t k = 0; k < s.n; k++)
        out[k] = (char)(s.p[k] >= 'a' && s.p[k] <= 'z' ? s.p[k] - ('a' - 'A') : s.p[k]);
    return (struct str){out, s.n};
}

static struct str
typed_or_listed(const struct form *f, struct str typed)
{
    size_t n = f->listed != NULL ? number_typed(typed, f->nlisted) : 0;
    return n > 0 ? f->listed[n - 1] : typed;
}

bool
pitem_take(struct form *f, struct item *i, struct str typed)
{
    const struct schema_field *s = i->field;
    struct value v = VALUE_NULL;
    struct err err = {0};
    struct str meant = typed_or_listed(f, typed);
    if ((s->flags & SCHEMA_SECRET) != 0) {
        i->text = str_dup(f->a, typed);
        return true;
    }
    if (s->type == VT_REF)
        return take_ref(f, i, meant);
    if (s->flags & SCHEMA_UPPER)
        meant = upper(f->a, meant);
    if (value_read(f->a, s, meant, plain_locale(f->p), &v, &err) == RC_OK &&
        ((v.type == VT_INT && v.i < 0) || (v.type == VT_MONEY && v.money.minor < 0)))
        (void)err_set(&err, RC_BAD_PARAMS, NULL, "%s", _("can't be below zero"));
    if (err.code != RC_OK) {
        struct str sentence = plain_sentence(f->a, s->label, s->name, str_from(err.text));
        say(f->p, "%.*s", STR_ARG(sentence));
        f->p->failed = err.code;
        return false;
    }
    i->text = str_dup(f->a, plain_value(f->p, f->a, s, &v));
    if (!same_word(i->text, typed))
        say(f->p, "%.*s: %.*s", STR_ARG(s->label), STR_ARG(i->text));
    return true;
}

bool
pitem_value(struct form *f, struct arena *a, const struct item *i, struct value *ret)
{
    struct err err = {0};
    if (i->text.n == 0)
        return false;
    if (i->field->type == VT_REF)
        *ret = i->ref_id != 0 ? VALUE_INT(i->ref_id) : VALUE_TEXT(i->text);
    else if ((i->field->flags & SCHEMA_SECRET) != 0)
        *ret = VALUE_TEXT(i->text);
    else if (value_read(a, i->field, i->text, plain_locale(f->p), ret, &err) != RC_OK)
        *ret = VALUE_TEXT(i->text); /* the service says what is wrong with it */
    if (ret->type == VT_CHOICE)
        *ret = VALUE_INT(ret->i);
    return true;
}

size_t
pform_fields(struct form *f, struct arena *a, uint32_t part, bool changed, struct param_field **ret)
{
    size_t n = 0;
    *ret = arena_new(a, struct param_field, f->n + 1);
    for (size_t k = 0; k < f->n; k++) {
        const struct item *i = &f->items[k];
        struct value v = VALUE_NULL;
        if (i->part != part || !pitem_open(i) || (changed && !pitem_changed(i)))
            continue;
        if (pitem_value(f, a, i, &v) || changed)
            (*ret)[n++] = (struct param_field){.field = {.number = i->field->tag}, .value = v};
    }
    return n;
}

/* ---- help ---- */

static const char *
how_to_type(const struct schema_field *s)
{
    switch (s->type) {
    case VT_DATE:
        return _("A day: 2026-02-14, 14/2, t for today, +3d, -1w, +2m, +1y.");
    case VT_STAMP:
        return _("A moment: 2026-02-14 or 2026-02-14 11:30.");
    case VT_MONEY:
        return _("An amount: 61,000 or 61k, 1.5m.");
    case VT_RATE:
        return _("A rate in percent: 3.5.");
    case VT_BOOL:
        return _("yes or no.");
    case VT_INT:
        return _("A whole number.");
    default:
        return "";
    }
}

static void
list_choices(struct form *f, const struct schema_field *s)
{
    f->listed = arena_new(f->a, struct str, s->nchoices);
    f->nlisted = s->nchoices;
    for (size_t k = 0; k < s->nchoices; k++) {
        f->listed[k] = s->choices[k].label.n > 0 ? s->choices[k].label : s->choices[k].code;
        say(f->p, "%zu %.*s", k + 1, STR_ARG(f->listed[k]));
    }
}

static void
list_records(struct form *f, const struct item *i)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct found *found = arena_new(&a, struct found, 1);
    const struct schema_entity *e = schema_entity(plain_schema(f->p), i->field->ref);
    if (!find_rows(f, &a, i, STR_NONE, found)) {
        say(f->p, _("One of the %.*s: type its number, a name, or part of one to search."),
            STR_ARG(e != NULL ? e->plural : i->field->label));
    } else {
        f->listed = arena_new(f->a, struct str, found->n + 1);
        f->nlisted = found->n;
        for (size_t k = 0; k < found->n; k++) {
            f->listed[k] = str_dup(f->a, found->names[k]);
            say(f->p, "%zu %.*s", k + 1, STR_ARG(found->texts[k]));
        }
    }
    arena_done(&a);
}

void
pitem_help(struct form *f, struct item *i)
{
    const struct schema_field *s = i->field;
    say(f->p, "%.*s%s. %.*s %s", STR_ARG(s->label),
        (s->flags & SCHEMA_REQUIRED) != 0 && !i->optional ? _(", required") : "", STR_ARG(s->help),
        how_to_type(s));
    if (s->nchoices > 0)
        list_choices(f, s);
    else if (s->type == VT_REF)
        list_records(f, i);
    if (f->nlisted > 0 && f->listed != NULL)
        say(f->p, "%s", _("Type a number, or the word."));
    else
        say(f->p, "%s", _("?? says what else can be typed."));
}
