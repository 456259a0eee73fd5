#include "client/screen/lookup.h"

#include "client/text.h"

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

static void
find(struct view *v, struct form *f, size_t item)
{
    char text[FIELD_TEXT];
    struct params p = {.present = 1u << PARAM_TEXT, .text = field_text(&f->items[item].edit, text)};
    app_ask(v, &(struct ask){.method = METHOD_FIND, .params = &p, .tag = LOOKUP_FIND + (uint32_t)item});
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
        form_note(i, TONE_WARN,
                  str_from(n ? _("Several fit: F4 shows them.") : _("Not found. F4 shows what there is.")));
}

bool
lookup_answer(struct view *v, struct form *f, struct answer *a)
{
    uint32_t kind = a->tag & LOOKUP_MASK;
    size_t item = a->tag & ~(uint32_t)LOOKUP_MASK;
    if ((kind != LOOKUP_KEY && kind != LOOKUP_FIND) || item >= f->n)
        return false;
    struct form_item *i = &f->items[item];
    if (i->edit.gen != i->asked_gen || i->ref_id)
        return true; /* typed over meanwhile */
    if (kind == LOOKUP_FIND)
        take_hits(i, a->body);
    else if (a->code == RC_OK && body_has(a->body, BODY_RECORD))
        form_put_ref(i, a->body->record.id, a->body->record.label);
    else if (a->code == RC_NOT_FOUND)
        find(v, f, item);
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
