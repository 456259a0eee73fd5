#include "client/screen/edit.h"

#include "client/screen/conflict.h"
#include "client/text.h"

/* Two versions of a record in one form: what somebody else saved meanwhile, and what stood there once. */

static const struct value *
value_of(const struct body_record *r, uint32_t tag)
{
    static const struct value none = {.type = VT_NULL};
    for (size_t n = 0; n < r->nfields; n++)
        if (r->fields[n].tag == tag)
            return &r->fields[n].value;
    return &none;
}

void
edit_put_record(struct edit *d, const struct body_record *r)
{
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != PART_FIELDS)
            continue;
        form_put(&d->form, i, value_of(r, i->field->tag), true);
        form_note(i, TONE_PLAIN, STR_NONE);
        i->by_hand = false;
    }
}

/* ---- mine and theirs ---- */

/* A value as a field of the form shows it. */
static struct str
shown(struct view *v, struct arena *a, const struct form_item *i, const struct value *value)
{
    return str_trim(value_text(a, i->field, value, app_locale(app_of(v))));
}

/* Fields that either of the two changed, in the order of the form. */
static size_t
changed_by_either(struct view *v, struct arena *a, struct conflict_row *rows, struct form_item **items)
{
    struct edit *d = v->data;
    char mine[FIELD_TEXT], was[FIELD_TEXT];
    size_t n = 0;
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != PART_FIELDS || i->edit.secret)
            continue;
        struct conflict_row r = {.label = i->field->label,
                                 .was = str_dup(a, field_before(&i->edit, was)),
                                 .mine = str_dup(a, field_text(&i->edit, mine)),
                                 .theirs = shown(v, a, i, value_of(d->theirs, i->field->tag))};
        if (str_eq(r.was, r.mine) && str_eq(r.was, r.theirs))
            continue;
        items[n] = i;
        rows[n++] = r;
    }
    return n;
}

void
edit_ask_conflict(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    const struct body_record *theirs = &a->body->record;
    answer_keep(a, &d->conflict);
    d->theirs = theirs;
    struct conflict_row *rows = arena_new(&t, struct conflict_row, FORM_ITEMS);
    struct form_item **items = arena_new(&t, struct form_item *, FORM_ITEMS);
    size_t n = changed_by_either(v, &t, rows, items);
    struct str title =
        str_printf(&t, _("Changed meanwhile: %.*s %.*s"), STR_ARG(d->e->label), STR_ARG(d->label));
    tui_flush(v->tui);
    conflict_open(v->tui, &(struct conflict_spec){
                              .purpose = PURPOSE_CONFLICT, .title = title, .rows = rows, .nrows = n});
    arena_done(&t);
}

/* What was typed stays, as a change of their version. */
static void
keep_mine(struct edit *d, struct form_item *i, struct str mine, const struct value *theirs)
{
    int64_t id = i->ref_id;
    bool by_hand = i->by_hand;
    form_put(&d->form, i, theirs, true);
    if (id)
        form_put_ref(i, id, mine);
    else
        form_put_text(i, mine);
    i->by_hand = by_hand || item_changed(i);
}

void
edit_resolve_conflict(struct view *v, struct str taken)
{
    struct edit *d = v->data;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    struct conflict_row *rows = arena_new(&t, struct conflict_row, FORM_ITEMS);
    struct form_item **items = arena_new(&t, struct form_item *, FORM_ITEMS);
    size_t n = d->theirs ? changed_by_either(v, &t, rows, items) : 0;
    for (size_t k = 0; k < n && k < taken.n; k++) {
        const struct value *theirs = value_of(d->theirs, items[k]->field->tag);
        if (taken.p[k] == 'm') {
            keep_mine(d, items[k], rows[k].mine, theirs);
        } else {
            form_put(&d->form, items[k], theirs, true);
            items[k]->by_hand = false;
        }
    }
    arena_done(&t);
    if (!d->theirs)
        return;
    d->version = d->theirs->version;
    d->overtaken = true;
    d->theirs = NULL;
    edit_save(v);
}

/* ---- an earlier version, as a new change ---- */

void
edit_restore_fields(struct view *v, const struct body_record *then)
{
    struct edit *d = v->data;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    size_t first = d->form.n;
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        char now[FIELD_TEXT];
        if (i->part != PART_FIELDS || i->edit.secret)
            continue;
        form_put(&d->form, i, value_of(then, i->field->tag), false);
        if (!item_changed(i))
            continue;
        struct str before = field_before(&i->edit, now);
        i->by_hand = true;
        form_note(i, TONE_SOON,
                  before.n ? str_printf(&t, _("now %.*s"), STR_ARG(before)) : str_from(_("now empty")));
        first = k < first ? k : first;
    }
    if (first < d->form.n)
        form_focus(&d->form, first);
    arena_done(&t);
}
