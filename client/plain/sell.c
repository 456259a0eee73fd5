#include "client/plain/sell.h"

#include <string.h>

/* What new business asks, and what is known already. */

static bool
is_key(const struct item *i)
{
    static const struct {
        enum part part;
        const char *name;
    } keys[] = {
        {PART_VEHICLE,  "plate"    },
        {PART_VEHICLE,  "chassis"  },
        {PART_CUSTOMER, "phone"    },
        {PART_CUSTOMER, "id_number"}
    };
    for (size_t k = 0; k < COUNTOF(keys); k++)
        if (i->part == (uint32_t)keys[k].part && str_eq_c(i->field->name, keys[k].name))
            return true;
    return false;
}

/* "On record: Vehicle T 337 DSE, Motor car, Toyota Corolla." */
static void
say_known(struct sell *d, enum part part, const struct body_record *r)
{
    struct buf b;
    size_t said = 0;
    buf_init(&b, d->form.a, 128);
    buf_printf(&b, "%.*s %.*s", STR_ARG(d->e[part]->label), STR_ARG(r->label));
    for (size_t k = 0; k < d->form.n && said < 4; k++) {
        const struct item *i = &d->form.items[k];
        if (i->part != (uint32_t)part || i->hidden || i->text.n == 0 || str_eq(i->text, r->label) ||
            (i->field->flags & SCHEMA_LIST) == 0)
            continue;
        buf_printf(&b, ", %.*s", STR_ARG(i->text));
        said++;
    }
    say(d->p, _("On record: %.*s."), (int)b.n, (const char *)b.p);
}

bool
psell_fetch(struct sell *d, enum part part, int64_t id, bool with_owner)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(d->e[part]->number, id);
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    bool ok = plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RECORD);
    if (ok)
        psell_take(d, part, &body.record, with_owner);
    arena_done(&a);
    return ok;
}

/* Its fields are shown, not asked; only the one it was found by can be answered anew. */
void
psell_take(struct sell *d, enum part part, const struct body_record *r, bool with_owner)
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
    *(part == PART_VEHICLE ? &d->vehicle : &d->customer) = r->id;
    say_known(d, part, r);
    const struct value *owner = part == PART_VEHICLE ? record_named(d->e[part], r, "owner") : NULL;
    if (owner == NULL || owner->type != VT_REF || !with_owner)
        return;
    d->came_along = psell_fetch(d, PART_CUSTOMER, owner->i, false);
}

/* The record is another one now: its fields are asked again. */
static void
forget(struct sell *d, enum part part, const struct item *but)
{
    int64_t *known = part == PART_VEHICLE ? &d->vehicle : &d->customer;
    if (*known == 0)
        return;
    *known = 0;
    if (d->came_along) { /* no other vehicle is sold to the owner of this one by mistake */
        d->came_along = false;
        forget(d, PART_CUSTOMER, NULL);
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
}

static void
look_up(struct sell *d, const struct item *i)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_entity(d->e[i->part]->number);
    params.present |= 1u << PARAM_KEY;
    params.key = i->text;
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RECORD))
        psell_take(d, (enum part)i->part, &body.record, true);
    else
        d->p->failed = RC_OK; /* a new one: nothing went wrong */
    arena_done(&a);
}

/* Duplicates and oddities, said at the field they are about. */
static void
check(struct sell *d, struct item *i)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    bool known =
        (i->part == PART_VEHICLE && d->vehicle != 0) || (i->part == PART_CUSTOMER && d->customer != 0);
    if (known || (i->field->flags & SCHEMA_CHECK) == 0 || i->text.n == 0)
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_entity(d->e[i->part]->number);
    params.nfields = pform_fields(&d->form, &a, i->part, false, &params.fields);
    params.present |= 1u << PARAM_FIELDS;
    struct wish r = {.method = METHOD_CHECK, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_ISSUES))
        for (size_t k = 0; k < body.nissues; k++)
            if (str_eq(body.issues[k].field, i->field->name))
                say_issues(d->p, d->e[i->part], &body.issues[k], 1);
    arena_done(&a);
}

/* No amount, no receipt: the rest of it is not asked. */
static void
follow_amount(struct sell *d, const struct item *amount)
{
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        if (i->part == PART_RECEIPT && i != amount)
            i->readonly = amount->text.n == 0;
    }
}

static void
left(struct form *f, struct item *i, bool changed)
{
    struct sell *d = f->ctx;
    if (i->part == PART_RECEIPT) {
        if (str_eq_c(i->field->name, "amount"))
            follow_amount(d, i);
        return;
    }
    d->quoted = d->quoted && !changed;
    if (changed && is_key(i)) {
        forget(d, (enum part)i->part, i);
        if (i->text.n > 0)
            look_up(d, i);
    }
    if (changed && i->part != PART_POLICY)
        check(d, i);
    if (!d->quoted)
        psell_price(d, false);
}

/* ---- opening ---- */

static void
hide(struct sell *d, enum part part, const char *name)
{
    struct item *i = pform_item(&d->form, part, name);
    if (i != NULL)
        i->hidden = true;
}

static void
add_parts(struct sell *d)
{
    static const char *const headings[] = {N_("Vehicle"), N_("Customer"), N_("Policy"), N_("Payment")};
    for (uint32_t part = PART_VEHICLE; part < PARTS; part++) {
        struct form_source s = {.entity = d->e[part]->number,
                                .part = part,
                                .fields = d->e[part]->fields,
                                .nfields = d->e[part]->nfields,
                                .flags = SCHEMA_CREATE,
                                .without = SCHEMA_MULTILINE};
        if (part == PART_POLICY) {
            s.fields = d->quote->fields;
            s.nfields = d->quote->nfields;
            s.flags = 0;
        }
        pform_source(&d->form, &s);
    }
    hide(d, PART_VEHICLE, "owner");
    hide(d, PART_POLICY, "vehicle");
    hide(d, PART_POLICY, "customer");
    hide(d, PART_RECEIPT, "policy");
    bool said[PARTS] = {false};
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        i->optional = i->part == PART_RECEIPT;
        if (!i->hidden && !said[i->part])
            i->heading = str_from(_(headings[i->part]));
        said[i->part] = said[i->part] || !i->hidden;
    }
}

static bool
find_entities(struct sell *d)
{
    static const char *const names[] = {"vehicle", "customer", "policy", "receipt"};
    const struct schema *s = plain_schema(d->p);
    for (size_t i = 0; i < PARTS; i++)
        if ((d->e[i] = schema_entity_named(s, str_from(names[i]))) == NULL)
            return false;
    d->quote = schema_action_named(d->e[PART_POLICY], STR("quote"));
    d->issue = schema_action_named(d->e[PART_POLICY], STR("issue"));
    return (s->sell & FLOW_NEW_BUSINESS) && d->quote != NULL && d->issue != NULL;
}

static enum go
run(struct sell *d)
{
    enum go go = GO_ON;
    for (;;) {
        enum form_end end = pform_ask(&d->form);
        if (end == FORM_LEAVE)
            say(d->p, "%s", _("Left. Nothing was saved."));
        if (end != FORM_SAVE)
            return end == FORM_QUIT ? GO_QUIT : GO_BACK;
        enum sell_sent sent;
        do
            sent = psell_send(d, &go);
        while (sent == SELL_AGAIN);
        if (sent == SELL_QUIT)
            return GO_QUIT;
        if (sent == SELL_SAVED)
            return go;
    }
}

enum go
plain_sell(struct plain *p, struct str plate)
{
    struct arena a;
    enum go go = GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct sell *d = arena_new(&a, struct sell, 1);
    d->p = p;
    pform_open(&d->form, p, &a);
    d->form.left = left;
    d->form.ctx = d;
    if (!find_entities(d)) {
        say_usage(p, "%s", _("Your role does not sell new business."));
    } else {
        add_parts(d);
        say(p, "%s", _("New business."));
        struct item *first = pform_item(&d->form, PART_VEHICLE, "plate");
        if (plate.n > 0 && first != NULL && pitem_take(&d->form, first, plate)) {
            d->form.at = (size_t)(first - d->form.items);
            left(&d->form, first, true);
            d->form.at++;
        }
        go = run(d);
    }
    arena_done(&a);
    return go;
}
