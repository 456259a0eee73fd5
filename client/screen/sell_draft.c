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
    if (!d->sent && !form_dirty(&d->form) && !d->flow.nlines) {
        draft_drop(v, &d->slot);
        return;
    }
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct draft *k = arena_new(&a, struct draft, 1);
    char steps[FLOW_STEPS];
    for (size_t i = 0; i < FLOW_STEPS; i++)
        steps[i] = (char)d->flow.step_part[i];
    k->sells = true;
    k->vehicle = d->flow.vehicle;
    k->customer = d->flow.customer;
    k->came_along = d->flow.came_along;
    k->steps = (struct str){steps, FLOW_STEPS};
    draft_read_form(k, &d->form, &a);
    for (size_t i = 0; i < d->flow.nlines && k->nitems < FORM_ITEMS; i++)
        k->items[k->nitems++] = (struct draft_item){.part = PART_LINE + (uint32_t)i,
                                                    .name = STR("line"),
                                                    .text = flow_pack_line(&a, &d->flow.lines[i])};
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
    d->flow.vehicle = k->vehicle;
    d->flow.customer = k->customer;
    d->flow.came_along = k->came_along;
    for (size_t i = 0; i < FLOW_STEPS && i < k->steps.n; i++)
        if ((unsigned char)k->steps.p[i] < PARTS)
            d->flow.step_part[i] = (enum part)k->steps.p[i];
    draft_fill_form(k, &d->form);
    for (size_t i = 0; i < k->nitems && d->flow.nlines < FLOW_LINES; i++)
        if (k->items[i].part >= PART_LINE &&
            flow_unpack_line(&v->arena, k->items[i].text, &d->flow.lines[d->flow.nlines]))
            d->flow.nlines++;
    for (enum part part = PART_VEHICLE; part <= PART_CUSTOMER; part++) {
        const struct form_item *why = form_find(&d->form, PART_WHY + part, "reason");
        d->doubtful[part] = why && form_filled(why);
    }
    sell_arrange(d);
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
