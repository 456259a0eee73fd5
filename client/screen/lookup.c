#include "client/screen/lookup.h"

#include "client/text.h"
#include "client/tui/match.h"

void
lookup_ref(struct view *v, struct form *f, size_t item)
{
    struct form_item *i = &f->items[item];
    char text[FIELD_TEXT];
    struct str typed = field_text(&i->edit, text);
    if (i->field->type != VT_REF || !typed.n || i->ref_id || i->readonly)
        return;
    i->asked_gen = i->edit.gen;
    struct params p = params_entity(i->field->ref);
    p.present |= 1u << PARAM_KEY;
    p.key = typed;
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = LOOKUP_KEY + (uint32_t)item});
}

void
lookup_refs(struct view *v, struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        lookup_ref(v, f, k);
}

static void
find(struct view *v, struct form *f, size_t item)
{
    char text[FIELD_TEXT];
    struct params p = {.present = 1u << PARAM_TEXT, .text = field_text(&f->items[item].edit, text)};
    app_ask(v, &(struct ask){.method = METHOD_FIND, .params = &p, .tag = LOOKUP_FIND + (uint32_t)item});
}

/* No record has it as its key: perhaps the beginning of one, where there are few. */
static void
list(struct view *v, const struct form_item *i, size_t item)
{
    struct params p = params_entity(i->field->ref);
    p.present |= 1u << PARAM_LIMIT;
    p.limit = 60;
    app_ask(v, &(struct ask){.method = METHOD_LIST, .params = &p, .tag = LOOKUP_ROWS + (uint32_t)item});
}

/* Rows that begin with what was typed in one of their first columns. */
static size_t
rows_that_fit(const struct body_page *p, struct str typed, size_t columns, const struct body_row **ret_last)
{
    size_t n = 0;
    for (size_t r = 0; r < p->nrows; r++)
        for (size_t c = 0; c < columns && c < p->ncolumns; c++) {
            const struct value *cell = &p->rows[r].cells[c];
            if (cell->type != VT_TEXT || !match_prefix(cell->text, typed))
                continue;
            *ret_last = &p->rows[r];
            n++;
            break;
        }
    return n;
}

static void
not_one(struct form_item *i, size_t n)
{
    i->several = n > 1;
    form_note(i, TONE_WARN,
              str_from(n ? _("Several fit: F4 shows them.") : _("Not found. F4 shows what there is.")));
}

static void
take_rows(struct view *v, struct form *f, size_t item, struct answer *a)
{
    struct form_item *i = &f->items[item];
    const struct body_page *p = &a->body->page;
    const struct body_row *one = NULL;
    char text[FIELD_TEXT];
    struct str typed = field_text(&i->edit, text);
    size_t n = 0;
    if (!body_has(a->body, BODY_PAGE) || p->next.n) {
        find(v, f, item);
        return;
    }
    n = rows_that_fit(p, typed, 1, &one);
    if (n != 1)
        n = rows_that_fit(p, typed, p->ncolumns, &one);
    if (n == 1 && one->cells[0].type == VT_TEXT)
        form_put_ref(i, one->id, one->cells[0].text);
    else
        not_one(i, n);
}

/* Exactly one record of the right kind: taken. */
static void
take_hits(struct form_item *i, const struct body *body)
{
    const struct body_hit *one = NULL;
    size_t n = 0;
    for (size_t k = 0; body_has(body, BODY_HITS) && k < body->hits.nrows; k++)
        if (body->hits.rows[k].record.entity == i->field->ref) {
            one = &body->hits.rows[k];
            n++;
        }
    if (n == 1)
        form_put_ref(i, one->record.id, one->record.label);
    else
        not_one(i, n);
}

bool
lookup_answer(struct view *v, struct form *f, struct answer *a)
{
    uint32_t kind = a->tag & LOOKUP_MASK;
    size_t item = a->tag & ~(uint32_t)LOOKUP_MASK;
    if (kind == 0 || item >= f->n)
        return false;
    struct form_item *i = &f->items[item];
    if (i->edit.gen != i->asked_gen || i->ref_id)
        return true; /* typed over meanwhile */
    if (kind == LOOKUP_FIND)
        take_hits(i, a->body);
    else if (kind == LOOKUP_ROWS)
        take_rows(v, f, item, a);
    else if (a->code == RC_OK && body_has(a->body, BODY_RECORD))
        form_put_ref(i, a->body->record.id, a->body->record.label);
    else if (a->code == RC_NOT_FOUND)
        list(v, i, item);
    else if (a->code == RC_BAD_PARAMS && body_has(a->body, BODY_ERROR) && a->body->error.nrefs > 1)
        not_one(i, a->body->error.nrefs);
    return true;
}

void
lookup_check(struct view *v, struct form *f, uint32_t part, uint32_t entity, int64_t id, uint32_t tag)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = id ? params_record(entity, id) : params_entity(entity);
    p.nfields = form_fields(f, &a, part, false, &p.fields);
    p.present |= 1u << PARAM_FIELDS;
    if (p.nfields)
        app_ask(v, &(struct ask){.method = METHOD_CHECK, .params = &p, .tag = tag});
    arena_done(&a);
}
