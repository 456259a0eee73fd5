#include "client/screen/edit.h"

#include <string.h>

#include "client/screen/lookup.h"
#include "client/text.h"

static bool
worth_keeping(const struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].by_hand && !f->items[k].edit.secret && item_changed(&f->items[k]))
            return true;
    return false;
}

void
edit_keep(struct view *v)
{
    struct edit *d = v->data;
    if (d->saved || !app_of(v)->journal)
        return;
    if (!d->sent && !worth_keeping(&d->form)) {
        draft_drop(v, &d->slot);
        return;
    }
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct draft *k = arena_new(&a, struct draft, 1);
    k->mode = d->mode;
    k->entity = d->e->name;
    k->action = d->act ? d->act->name : STR_NONE;
    k->label = d->label;
    k->id = d->id;
    k->version = d->version;
    k->via = d->via;
    k->goes_to_record = d->go_to_record;
    draft_read_form(k, &d->form, &a);
    if (d->sent)
        draft_of_slot(k, &d->slot, d->idem, &d->form);
    draft_keep(v, &d->slot, k);
    arena_done(&a);
}

static bool
may_open(const struct schema_entity *e, const struct schema_action *act, const struct draft *k)
{
    if (!e || k->mode > MODE_ACT)
        return false;
    return k->mode == MODE_ACT ? act != NULL : k->mode == MODE_ADD ? e->may_add : e->may_set;
}

bool
edit_open_draft(struct app *a, const struct draft *k, const char *id)
{
    const struct schema_entity *e = schema_entity_named(app_schema(a), k->entity);
    const struct schema_action *act = e && k->mode == MODE_ACT ? schema_action_named(e, k->action) : NULL;
    if (!may_open(e, act, k)) {
        tui_say(&a->tui, ROLE_WARN, "%s", _("What this draft is for is not open to you now."));
        return false;
    }
    struct view *v = edit_start(a, e, act, (enum mode)k->mode);
    struct edit *d = v->data;
    d->label = str_dup(&v->arena, k->label);
    d->id = k->id;
    d->version = k->version;
    d->via = k->via;
    d->go_to_record = k->goes_to_record;
    memcpy(d->slot.id, id, sizeof d->slot.id);
    for (size_t i = 0; k->mode == MODE_SET && i < k->nitems; i++)
        if (k->items[i].part == PART_REASON) {
            edit_add_reason(d); /* an earlier version was being brought back */
            break;
        }
    draft_fill_form(k, &d->form);
    d->slot.typed = draft_typed(&d->form);
    d->sent = k->idem.n == IDEM_BYTES;
    if (d->sent)
        memcpy(d->idem, k->idem.p, IDEM_BYTES);
    if (!draft_resend(v, &d->slot, k, TAG_SAVE))
        lookup_refs(v, &d->form);
    return true;
}
