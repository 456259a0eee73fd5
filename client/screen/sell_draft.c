#include <stdio.h>
#include <string.h>

#include "client/screen/lookup.h"
#include "client/screen/sell.h"
#include "client/text.h"

void
sell_keep(struct view *v)
{
    struct sell *d = v->data;
    if (d->saved || !app_of(v)->journal)
        return;
    if (!d->sent && !form_dirty(&d->form)) {
        draft_drop(v, &d->slot);
        return;
    }
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct draft *k = arena_new(&a, struct draft, 1);
    char steps[STEPS];
    for (size_t i = 0; i < STEPS; i++)
        steps[i] = (char)d->step_part[i];
    k->sells = true;
    k->vehicle = d->vehicle;
    k->customer = d->customer;
    k->came_along = d->came_along;
    k->reason = str_from(d->reason);
    k->steps = (struct str){steps, STEPS};
    draft_read_form(k, &d->form, &a);
    if (d->sent)
        draft_of_slot(k, &d->slot, d->idem, &d->form);
    draft_keep(v, &d->slot, k);
    arena_done(&a);
}

bool
sell_open_draft(struct app *a, const struct draft *k, const char *id)
{
    struct view *v = sell_start(a);
    if (!v)
        return false;
    struct sell *d = v->data;
    memcpy(d->slot.id, id, sizeof d->slot.id);
    d->vehicle = k->vehicle;
    d->customer = k->customer;
    d->came_along = k->came_along;
    snprintf(d->reason, sizeof d->reason, "%.*s", STR_ARG(k->reason));
    for (size_t i = 0; i < STEPS && i < k->steps.n; i++)
        if ((unsigned char)k->steps.p[i] < PARTS)
            d->step_part[i] = (enum part)k->steps.p[i];
    sell_heading(d, PART_VEHICLE);
    sell_heading(d, PART_CUSTOMER);
    draft_fill_form(k, &d->form);
    d->slot.typed = draft_typed(&d->form);
    d->sent = k->idem.n == IDEM_BYTES;
    if (d->sent)
        memcpy(d->idem, k->idem.p, IDEM_BYTES);
    if (!draft_resend(v, &d->slot, k, TAG_SAVE)) {
        lookup_refs(v, &d->form);
        sell_quote(v, false);
    }
    return true;
}
