#include <string.h>

#include "client/plain/sell.h"

/* What is known already: records named by a key, their owner, the last policy, the customer's vehicles. */

static int64_t *
known(struct sell *d, enum part part)
{
    return part == PART_VEHICLE ? &d->flow.vehicle : &d->flow.customer;
}

/* "On record: Vehicle T 337 DSE, Motor car, Toyota Corolla." */
static void
say_known(struct sell *d, enum part part, const struct body_record *r)
{
    struct buf b;
    size_t said = 0;
    buf_init(&b, d->form.a, 128);
    buf_printf(&b, "%.*s %.*s", STR_ARG(d->flow.e[part]->label), STR_ARG(r->label));
    for (size_t k = 0; k < d->form.n && said < 4; k++) {
        const struct item *i = &d->form.items[k];
        if (i->part != (uint32_t)part || i->text.n == 0 || str_eq(i->text, r->label) ||
            (i->field->flags & SCHEMA_LIST) == 0)
            continue;
        buf_printf(&b, ", %.*s", STR_ARG(i->text));
        said++;
    }
    say(d->p, _("On record: %.*s."), (int)b.n, (const char *)b.p);
}

/* Its fields are shown, not asked; only the one it was found by can be answered anew. */
static void
show(struct sell *d, enum part part, const struct body_record *r)
{
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        const struct value *v = record_value(r, i->field->tag);
        struct value none = VALUE_NULL;
        if (i->part != (uint32_t)part)
            continue;
        pitem_put(&d->form, i, v != NULL ? v : &none, true);
        i->readonly = k != d->form.at;
        i->by_hand = false;
    }
    *known(d, part) = r->id;
    d->offer.id = 0;
    d->quoted = false;
    d->reasons[part] = STR_NONE;
    say_known(d, part, r);
}

static bool
said_besides(const struct sell *d, enum part part, const struct item *but)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct item *i = &d->form.items[k];
        if (i->part == (uint32_t)part && i != but && i->by_hand && !i->readonly && i->text.n > 0 &&
            pitem_changed(i))
            return true;
    }
    return false;
}

static void
fill_in(struct sell *d, const char *name, const struct value *v)
{
    struct item *i = pform_item(&d->form, PART_POLICY, name);
    bool nothing = v == NULL || v->type == VT_NULL || (v->type == VT_MONEY && v->money.minor == 0);
    if (i != NULL && !i->by_hand && !nothing)
        pitem_put(&d->form, i, v, true);
}

/* What the last policy of the vehicle, or of the customer, was. */
static void
take_last(struct sell *d)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = flow_last_policy(&d->flow, &a);
    struct wish r = {.method = METHOD_LIST, .params = &params, .arena = &a};
    bool asked = params.nfilters > 0 && params.ncolumns > 0;
    if (asked && plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_PAGE) &&
        body.page.nrows > 0) {
        const struct schema_entity *e = d->flow.e[PART_POLICY];
        fill_in(d, "product", flow_cell(e, &body.page, 0, "product"));
        if (d->flow.vehicle != 0) /* another vehicle is worth something else */
            fill_in(d, "sum_insured", flow_cell(e, &body.page, 0, "sum_insured"));
    }
    d->p->failed = RC_OK; /* nothing went wrong that matters */
    arena_done(&a);
}

static struct str
vehicle_name(const struct sell *d, const struct body_page *page, size_t row)
{
    const struct value *plate = flow_cell(d->flow.e[PART_VEHICLE], page, row, "plate");
    const struct value *chassis = flow_cell(d->flow.e[PART_VEHICLE], page, row, "chassis");
    if (plate != NULL && plate->type == VT_TEXT)
        return plate->text;
    return chassis != NULL && chassis->type == VT_TEXT ? chassis->text : STR_NONE;
}

/* Which vehicles a customer has who was known first. */
static void
offer_theirs(struct sell *d)
{
    const struct item *plate = pform_item(&d->form, PART_VEHICLE, "plate");
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    if (d->flow.vehicle != 0 || (plate != NULL && plate->text.n > 0) || said_besides(d, PART_VEHICLE, NULL))
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = flow_vehicles_of(&d->flow, &a);
    struct wish r = {.method = METHOD_LIST, .params = &params, .arena = &a};
    bool asked = params.nfilters > 0 && params.ncolumns > 0;
    if (asked && plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_PAGE))
        for (size_t k = body.page.nrows; k-- > 0;) {
            struct str name = vehicle_name(d, &body.page, k);
            say(d->p, _("Theirs: %.*s."), STR_ARG(name));
            if (k == 0)
                psell_offer(d, &(struct body_ref){body.page.entity, body.page.rows[0].id, name});
        }
    d->p->failed = RC_OK;
    arena_done(&a);
}

static void
take(struct sell *d, enum part part, const struct body_record *r)
{
    const struct value *owner = part == PART_VEHICLE ? record_named(d->flow.e[part], r, "owner") : NULL;
    bool theirs = d->flow.customer != 0 && !d->flow.came_along;
    show(d, part, r);
    if (owner != NULL && owner->type == VT_REF && !theirs && !said_besides(d, PART_CUSTOMER, NULL)) {
        int64_t id = owner->i;
        d->flow.came_along = psell_fetch(d, PART_CUSTOMER, id);
        return;
    }
    if (part == PART_CUSTOMER)
        offer_theirs(d);
    take_last(d);
    psell_arrange(d);
}

bool
psell_fetch(struct sell *d, enum part part, int64_t id)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(d->flow.e[part]->number, id);
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    bool ok = plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RECORD);
    if (ok)
        take(d, part, &body.record);
    arena_done(&a);
    return ok;
}

bool
psell_take(struct sell *d, enum part part, int64_t id)
{
    size_t at = d->form.at;
    d->form.at = d->form.n - 1; /* none of the record's own is asked */
    bool ok = psell_fetch(d, part, id);
    d->form.at = at;
    return ok;
}

/* The record is another one now: its fields are asked again. */
void
psell_forget(struct sell *d, enum part part, const struct item *but)
{
    if (*known(d, part) == 0)
        return;
    *known(d, part) = 0;
    if (d->flow.came_along) { /* no other vehicle is sold to the owner of this one by mistake */
        d->flow.came_along = false;
        psell_forget(d, PART_CUSTOMER, NULL);
    }
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        if (i->part != (uint32_t)part || !i->readonly)
            continue;
        i->readonly = false;
        i->ref_id = 0;
        if (i != but)
            i->text = i->original = i->field->fallback;
    }
    psell_arrange(d);
}

void
psell_look_up(struct sell *d, const struct item *i)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_entity(d->flow.e[i->part]->number);
    params.present |= 1u << PARAM_KEY;
    params.key = i->text;
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    bool found = plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RECORD);
    enum part part = (enum part)i->part;
    if (!found) {
        d->p->failed = RC_OK; /* a new one: nothing went wrong */
    } else if (said_besides(d, part, i)) {
        say(d->p, _("%.*s is on record."), STR_ARG(body.record.label));
        psell_offer(d, &(struct body_ref){body.record.entity, body.record.id, body.record.label});
    } else {
        d->flow.came_along = d->flow.came_along && part != PART_CUSTOMER;
        take(d, part, &body.record);
    }
    arena_done(&a);
}

bool
psell_phone_for_plate(struct sell *d, struct item *plate)
{
    struct item *phone = pform_item(&d->form, PART_CUSTOMER, "phone");
    bool is_free = phone != NULL && d->flow.customer == 0 && phone->text.n == 0;
    if (!is_free || !flow_looks_like_phone(plate->text))
        return false;
    phone->text = plate->text;
    phone->by_hand = true;
    plate->text = STR_NONE;
    plate->by_hand = false;
    psell_look_up(d, phone);
    d->form.again = true;
    return true;
}

/* ---- offers ---- */

void
psell_offer(struct sell *d, const struct body_ref *ref)
{
    bool vehicle = ref->entity == d->flow.e[PART_VEHICLE]->number;
    if (!vehicle && ref->entity != d->flow.e[PART_CUSTOMER]->number)
        return;
    d->offer.part = vehicle ? PART_VEHICLE : PART_CUSTOMER;
    d->offer.id = ref->id;
    say(d->p, _("= takes %.*s."), STR_ARG(ref->label));
}

bool
psell_take_offer(struct sell *d)
{
    if (d->offer.id == 0) {
        say_usage(d->p, "%s", _("No record is offered here."));
        return false;
    }
    d->flow.came_along = d->flow.came_along && d->offer.part != PART_CUSTOMER;
    return psell_take(d, d->offer.part, d->offer.id);
}
