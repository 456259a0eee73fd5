#include <stdio.h>
#include <string.h>

#include "client/screen/sell.h"
#include "client/text.h"
#include "common/base/buf.h"

bool
sell_typed_a_vehicle(const struct sell *d)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct form_item *i = &d->form.items[k];
        if (i->part == PART_VEHICLE && i->by_hand && form_filled(i) && item_changed(i))
            return true;
    }
    return false;
}

/* "Fleet of 2: T 337 DSE, T 338 DSE. Next vehicle" */
struct str
sell_fleet_heading(struct sell *d, struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 128);
    for (size_t i = 0; i < d->flow.nlines; i++)
        buf_printf(&b, "%s%.*s%s%.*s", i ? ", " : "", STR_ARG(d->flow.lines[i].label),
                   d->flow.lines[i].sum.n ? " " : "", STR_ARG(d->flow.lines[i].sum));
    struct str list = buf_str(&b);
    return str_printf(a, _("Vehicle %zu of a fleet, after %.*s"), d->flow.nlines + 1, STR_ARG(list));
}

/* The form is empty for the next vehicle; the sum stays. */
static void
next_vehicle(struct sell *d)
{
    d->flow.vehicle = 0;
    d->flow.came_along = false; /* the list belongs to this customer */
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != PART_VEHICLE && i->part != PART_WHY + PART_VEHICLE)
            continue;
        field_set(&i->edit, i->field->fallback);
        form_read(&d->form, i);
        i->readonly = i->by_hand = false;
        i->ref_id = 0;
        i->note[0] = 0;
        i->aside = i->part == PART_VEHICLE && flow_aside(PART_VEHICLE, i->field);
        i->asked_gen = i->edit.gen;
    }
    d->doubtful[PART_VEHICLE] = d->quoted = false;
    sell_drop_offers(d, PART_VEHICLE);
}

static struct str
text_of(struct sell *d, enum part part, const char *name, char out[FIELD_TEXT])
{
    struct form_item *i = form_find(&d->form, part, name);
    return i ? field_text(&i->edit, out) : STR_NONE;
}

/* What the service wants of a vehicle and is not there yet. */
static struct form_item *
still_missing(struct sell *d)
{
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part == PART_VEHICLE && !i->readonly && !i->hidden && (i->field->flags & SCHEMA_REQUIRED) &&
            !form_filled(i))
            return i;
    }
    return NULL;
}

void
sell_another(struct view *v)
{
    struct sell *d = v->data;
    char plate[FIELD_TEXT], chassis[FIELD_TEXT], sum[FIELD_TEXT];
    struct form_item *missing = d->flow.vehicle ? NULL : still_missing(d), *first;
    if (missing) {
        form_focus(&d->form, (size_t)(missing - d->form.items));
        tui_say(v->tui, ROLE_WARN, _("%.*s is needed before the next vehicle."),
                STR_ARG(missing->field->label));
        tui_flush(v->tui);
        return;
    }
    struct str label = text_of(d, PART_VEHICLE, "plate", plate);
    if (!label.n)
        label = text_of(d, PART_VEHICLE, "chassis", chassis);
    form_read(&d->form, form_here(&d->form));
    struct flow_source from = sell_source(d);
    if (!flow_add_line(&d->flow, &v->arena, &from, label, text_of(d, PART_POLICY, "sum_insured", sum))) {
        tui_say(
            v->tui, ROLE_WARN, "%s",
            _("More new vehicles do not fit one save: save these, then include the others in the quote."));
        tui_flush(v->tui);
        return;
    }
    next_vehicle(d);
    first = form_find(&d->form, PART_VEHICLE, "plate");
    sell_arrange(d);
    if (first)
        form_focus(&d->form, (size_t)(first - d->form.items));
    sell_arrange(d);
    sell_quote(v, false);
}

void
sell_fleet_offers(struct view *v, struct offers *o)
{
    struct sell *d = v->data;
    char text[sizeof o->rows[0].label];
    for (size_t i = 0; i < d->flow.nlines; i++) {
        snprintf(text, sizeof text, _("Take %.*s off the fleet"), STR_ARG(d->flow.lines[i].label));
        struct offer *row = offer_add(o, 0, (int64_t)i, str_from(text));
        if (row)
            snprintf(row->help, sizeof row->help, "%s", _("It is not insured with the others then."));
    }
}

void
sell_drop_line(struct view *v, size_t n)
{
    struct sell *d = v->data;
    flow_drop_line(&d->flow, n);
    d->quoted = false;
    sell_arrange(d);
    sell_quote(v, false);
    sell_keep(v);
}
