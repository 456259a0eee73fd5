#include <stdio.h>
#include <string.h>

#include "client/screen/lookup.h"
#include "client/screen/sell.h"
#include "client/text.h"
#include "client/tui/choice.h"

/* ---- offers ---- */

static bool
stands(const struct sell *d, const struct sell_offer *o)
{
    const struct form_item *i = &d->form.items[o->item];
    bool taken = (o->part == PART_VEHICLE && d->flow.vehicle == o->id) ||
                 (o->part == PART_CUSTOMER && d->flow.customer == o->id);
    return i->edit.gen == o->gen && !i->hidden && !taken;
}

const struct sell_offer *
sell_offer_at(const struct sell *d, size_t n)
{
    for (size_t k = 0; k < d->noffers; k++)
        if (stands(d, &d->offers[k]) && n-- == 0)
            return &d->offers[k];
    return NULL;
}

/* Offers beside fields of a part are of what stood there before. */
void
sell_drop_offers(struct sell *d, enum part part)
{
    size_t n = 0;
    for (size_t k = 0; k < d->noffers; k++)
        if (d->form.items[d->offers[k].item].part != (uint32_t)part)
            d->offers[n++] = d->offers[k];
    d->noffers = n;
}

static void
add_offer(struct sell *d, const struct form_item *i, const struct sell_offer *offer)
{
    for (size_t k = 0; k < d->noffers; k++)
        if (d->offers[k].id == offer->id && stands(d, &d->offers[k]))
            return;
    if (d->noffers == SELL_OFFERS)
        return;
    d->offers[d->noffers] = *offer;
    d->offers[d->noffers].item = (size_t)(i - d->form.items);
    d->offers[d->noffers++].gen = i->edit.gen;
}

bool
sell_offer_ref(struct view *v, struct form_item *i, const struct body_ref *ref)
{
    struct sell *d = v->data;
    struct sell_offer o = {.entity = ref->entity, .part = PARTS, .id = ref->id};
    for (enum part part = PART_VEHICLE; part <= PART_CUSTOMER; part++)
        if (ref->entity == d->flow.e[part]->number)
            o.part = part;
    if (o.part == PARTS && ref->entity != d->flow.e[PART_POLICY]->number)
        return false;
    snprintf(o.label, sizeof o.label, "%.*s", STR_ARG(ref->label));
    add_offer(d, i, &o);
    return true;
}

static size_t
offers_at(const struct sell *d, size_t item)
{
    size_t n = 0;
    for (size_t k = 0; k < d->noffers; k++)
        n += d->offers[k].item == item && stands(d, &d->offers[k]);
    return n;
}

/* "also the phone of Salma Ibrahim. Ctrl-T takes it." */
void
sell_note_offer(struct sell *d, struct form_item *i, int tone, struct str text)
{
    char name[KEY_NAME], note[sizeof i->note];
    size_t n = offers_at(d, (size_t)(i - d->form.items));
    const bool takes = cmd_keys(IN_SELL, CMD_TAKE)[0] != K_NONE;
    cmd_table_key(IN_SELL | IN_FORM, takes ? CMD_TAKE : CMD_PROMPT, name);
    const struct sell_offer *first = NULL;
    for (size_t k = d->noffers; k-- > 0;)
        if (d->offers[k].item == (size_t)(i - d->form.items) && stands(d, &d->offers[k]))
            first = &d->offers[k];
    if (first && first->part == PARTS)
        snprintf(note, sizeof note, _("%.*s. %s opens %s."), STR_ARG(text), name, first->label);
    else if (n == 0)
        snprintf(note, sizeof note, "%.*s", STR_ARG(text));
    else if (n == 1)
        snprintf(note, sizeof note, _("%.*s. %s takes it."), STR_ARG(text), name);
    else
        snprintf(note, sizeof note, _("%.*s. %s takes it, F4 shows %zu."), STR_ARG(text), name, n);
    form_note(i, tone, str_from(note));
    i->told = true;
}

void
sell_issues(struct view *v, enum part part, const struct body_issue *issues, size_t n)
{
    static const int tones[] = {TONE_PLAIN, TONE_SOON, TONE_WARN, TONE_BAD};
    struct sell *d = v->data;
    for (size_t k = 0; k < n; k++) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(issues[k].field));
        struct form_item *i = form_find(&d->form, part, name);
        if (!i || !form_filled(i)) /* what is not typed yet is not wrong yet */
            continue;
        for (size_t r = 0; r < issues[k].nrefs; r++)
            sell_offer_ref(v, i, &issues[k].refs[r]);
        int level = (int)issues[k].level;
        sell_note_offer(d, i, tones[level >= 1 && level <= 3 ? level : 3], issues[k].text);
        d->doubtful[part] = d->doubtful[part] || (part < PARTS && level == ISSUE_CONFIRM);
    }
    sell_arrange(d);
}

/* ---- records ---- */

/* Shows a record in its part; only the field it was found by stays open. */
static void
show_known(struct view *v, enum part part, const struct body_record *r)
{
    struct sell *d = v->data;
    *(part == PART_VEHICLE ? &d->flow.vehicle : &d->flow.customer) = r->id;
    d->doubtful[part] = d->quoted = false;
    sell_drop_offers(d, part);
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != (uint32_t)part)
            continue;
        struct value val = VALUE_NULL;
        for (size_t n = 0; n < r->nfields; n++)
            if (r->fields[n].tag == i->field->tag)
                val = r->fields[n].value;
        form_put(&d->form, i, &val, true);
        i->note[0] = 0;
        i->missing = i->by_hand = false;
        i->readonly = k != d->asked[part];
        i->aside = true;
        i->asked_gen = i->edit.gen;
    }
    sell_arrange(d);
}

/* The record is another one now: its fields are open and empty again. */
void
sell_forget(struct sell *d, enum part part)
{
    int64_t *known = part == PART_VEHICLE ? &d->flow.vehicle : &d->flow.customer;
    if (!*known)
        return;
    *known = 0;
    if (part == PART_VEHICLE && d->flow.came_along) {
        d->flow.came_along = false; /* no other vehicle is sold to the owner of this one by mistake */
        sell_forget(d, PART_CUSTOMER);
    }
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != (uint32_t)part)
            continue;
        i->aside = flow_aside(part, i->field);
        if (!i->readonly)
            continue;
        i->readonly = false;
        field_set(&i->edit, i->field->fallback);
        form_read(&d->form, i);
        i->ref_id = 0;
    }
    d->quoted = false;
    sell_arrange(d);
}

/* Did a person type something else of it? Then nothing replaces that unasked. */
static bool
typed_besides(const struct sell *d, enum part part)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct form_item *i = &d->form.items[k];
        if (i->part == (uint32_t)part && k != d->asked[part] && i->by_hand && !i->readonly &&
            form_filled(i) && item_changed(i))
            return true;
    }
    return false;
}

/* Keys typed ahead were meant for the fields that are filled in now, unless the record was asked for. */
static void
skip_known(struct view *v)
{
    struct sell *d = v->data;
    if (form_here(&d->form)->readonly) {
        form_next(&d->form);
        if (!d->wanted)
            tui_flush(v->tui);
    }
    sell_arrange(d);
}

/* What the last policy of the vehicle, or of the customer, was. */
static void
ask_last(struct view *v)
{
    struct sell *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = flow_last_policy(&d->flow, &a);
    if (p.nfilters && p.ncolumns)
        app_ask(v,
                &(struct ask){
                    .method = METHOD_LIST, .params = &p, .tag = TAG_LAST, .barrier = true, .may_fail = true});
    arena_done(&a);
}

/* Which vehicles a customer has who was known first. */
static void
ask_theirs(struct view *v)
{
    struct sell *d = v->data;
    struct form_item *plate = form_find(&d->form, PART_VEHICLE, "plate");
    if (d->flow.vehicle || !plate || form_filled(plate) || typed_besides(d, PART_VEHICLE))
        return;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = flow_vehicles_of(&d->flow, &a);
    if (p.nfilters && p.ncolumns)
        app_ask(
            v,
            &(struct ask){
                .method = METHOD_LIST, .params = &p, .tag = TAG_THEIRS, .barrier = true, .may_fail = true});
    arena_done(&a);
}

static void
go_on_with(struct view *v, enum part part, const struct body_record *r)
{
    struct sell *d = v->data;
    show_known(v, part, r);
    const struct schema_field *f =
        part == PART_VEHICLE ? schema_field_named(d->flow.e[part], STR("owner")) : NULL;
    int64_t owner = 0;
    for (size_t i = 0; f && i < r->nfields; i++)
        if (r->fields[i].tag == f->tag && r->fields[i].value.type == VT_REF)
            owner = r->fields[i].value.i;
    bool theirs = d->flow.customer && !d->flow.came_along;
    d->asked[PART_CUSTOMER] = owner ? FORM_ITEMS : d->asked[PART_CUSTOMER];
    if (owner && !theirs && !typed_besides(d, PART_CUSTOMER)) {
        d->flow.came_along = true;
        struct params p = params_record(d->flow.e[PART_CUSTOMER]->number, owner);
        app_ask(v,
                &(struct ask){
                    .method = METHOD_GET, .params = &p, .tag = TAG_OWNER, .barrier = true, .may_fail = true});
    }
    skip_known(v);
    if (part == PART_VEHICLE || !d->flow.vehicle)
        ask_last(v);
    if (part == PART_CUSTOMER)
        ask_theirs(v);
    sell_quote(v, false);
}

void
sell_look_up(struct view *v, size_t item)
{
    struct sell *d = v->data;
    const struct form_item *i = &d->form.items[item];
    char text[FIELD_TEXT];
    struct params p = params_entity(d->flow.e[i->part]->number);
    p.present |= 1u << PARAM_KEY;
    p.key = field_text(&i->edit, text);
    d->asked[i->part] = item;
    d->wanted = false;
    app_ask(
        v,
        &(struct ask){
            .method = METHOD_GET, .params = &p, .tag = TAG_KEY + i->part, .barrier = true, .may_fail = true});
}

static void
found(struct view *v, enum part part, struct answer *a)
{
    struct sell *d = v->data;
    struct form_item *key = &d->form.items[d->asked[part]];
    if (key->edit.gen != key->asked_gen)
        return; /* typed over meanwhile */
    if (a->code != RC_OK || !body_has(a->body, BODY_RECORD)) {
        if (key->field->flags & SCHEMA_CHECK)
            lookup_check(v, &d->form, part, d->flow.e[part]->number, 0, TAG_CHECK + part);
        return;
    }
    const struct body_record *r = &a->body->record;
    if (!typed_besides(d, part)) {
        d->flow.came_along = d->flow.came_along && part != PART_CUSTOMER;
        go_on_with(v, part, r);
        return;
    }
    sell_offer_ref(v, key, &(struct body_ref){r->entity, r->id, r->label});
    char text[sizeof key->note];
    snprintf(text, sizeof text, _("%.*s is on record"), STR_ARG(r->label));
    sell_note_offer(d, key, TONE_WARN, str_from(text));
}

/* ---- the last policy, and vehicles to choose from ---- */

static void
fill_in(struct sell *d, const char *name, const struct value *val)
{
    struct form_item *i = form_find(&d->form, PART_POLICY, name);
    bool nothing = !val || val->type == VT_NULL || (val->type == VT_MONEY && val->money.minor == 0);
    if (!i || i->by_hand || nothing)
        return;
    form_put(&d->form, i, val, true);
    i->note[0] = 0;
    i->asked_gen = i->edit.gen;
}

static void
take_last(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    const struct schema_entity *e = d->flow.e[PART_POLICY];
    if (a->code != RC_OK || !body_has(a->body, BODY_PAGE) || a->body->page.nrows == 0)
        return;
    fill_in(d, "product", flow_cell(e, &a->body->page, 0, "product"));
    if (d->flow.vehicle) /* another vehicle is worth something else */
        fill_in(d, "sum_insured", flow_cell(e, &a->body->page, 0, "sum_insured"));
    d->quoted = false;
    sell_quote(v, false);
}

static void
take_theirs(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct form_item *plate = form_find(&d->form, PART_VEHICLE, "plate");
    if (a->code != RC_OK || !body_has(a->body, BODY_PAGE) || !plate || form_filled(plate))
        return;
    const struct body_page *p = &a->body->page;
    for (size_t r = 0; r < p->nrows; r++) {
        static const char *const names[] = {"plate", "chassis"};
        const struct value *label = NULL;
        for (size_t k = 0; k < COUNTOF(names) && (!label || label->type != VT_TEXT); k++)
            label = flow_cell(d->flow.e[PART_VEHICLE], p, r, names[k]);
        if (label && label->type == VT_TEXT)
            sell_offer_ref(v, plate, &(struct body_ref){p->entity, p->rows[r].id, label->text});
    }
    const struct sell_offer *first = sell_offer_at(d, 0);
    if (first && p->nrows) {
        char text[sizeof plate->note];
        snprintf(text, sizeof text, _("%s is theirs"), first->label);
        sell_note_offer(d, plate, TONE_SOON, str_from(text));
    }
}

/* ---- answers and keys ---- */

static void
take_it(struct view *v, enum part part, const struct body_record *r)
{
    struct sell *d = v->data;
    go_on_with(v, part, r);
    if (form_here(&d->form)->part % PART_WHY == (uint32_t)part)
        form_next(&d->form);
    sell_arrange(d);
}

static void
checked(struct view *v, enum part part, struct answer *a)
{
    struct sell *d = v->data;
    bool known = part == PART_VEHICLE ? d->flow.vehicle : d->flow.customer;
    if (a->code != RC_OK || known) /* of course it is on record already */
        return;
    form_clear_told(&d->form, part);
    sell_drop_offers(d, part);
    d->doubtful[part] = false;
    sell_issues(v, part, a->body->issues, body_has(a->body, BODY_ISSUES) ? a->body->nissues : 0);
}

void
sell_known_answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    bool record = a->code == RC_OK && body_has(a->body, BODY_RECORD);
    switch (a->tag) {
    case TAG_KEY + PART_VEHICLE:
    case TAG_KEY + PART_CUSTOMER:
        found(v, (enum part)(a->tag - TAG_KEY), a);
        break;
    case TAG_TAKE + PART_VEHICLE:
    case TAG_TAKE + PART_CUSTOMER:
        d->flow.came_along = d->flow.came_along && a->tag != TAG_TAKE + PART_CUSTOMER;
        if (record)
            take_it(v, (enum part)(a->tag - TAG_TAKE), &a->body->record);
        else
            app_say_error(v, a);
        break;
    case TAG_OWNER:
        if (record) {
            show_known(v, PART_CUSTOMER, &a->body->record);
            skip_known(v);
            sell_quote(v, false);
        }
        break;
    case TAG_LAST:
        take_last(v, a);
        break;
    case TAG_THEIRS:
        take_theirs(v, a);
        break;
    default:
        checked(v, (enum part)(a->tag - TAG_CHECK), a);
    }
}

void
sell_take_record(struct view *v, enum part part, int64_t id)
{
    struct sell *d = v->data;
    struct params p = params_record(d->flow.e[part]->number, id);
    struct form_item *here = form_here(&d->form);
    bool key = here->part == (uint32_t)part && flow_is_key(part, here->field);
    d->wanted = true;
    d->asked[part] = key ? d->form.at : FORM_ITEMS;
    if (!key && part == PART_VEHICLE) {
        struct form_item *plate = form_find(&d->form, part, "plate");
        d->asked[part] = plate ? (size_t)(plate - d->form.items) : FORM_ITEMS;
    }
    app_ask(
        v,
        &(struct ask){
            .method = METHOD_GET, .params = &p, .tag = TAG_TAKE + part, .barrier = true, .may_fail = true});
}

/* The offer nearest to the focus: of the field, of its part, of the form. */
static const struct sell_offer *
nearest(const struct sell *d)
{
    const struct sell_offer *best = NULL, *o;
    uint32_t part = d->form.items[d->form.at].part % PART_WHY;
    int best_rank = 0;
    for (size_t n = 0; (o = sell_offer_at(d, n)); n++) {
        int rank = o->item == d->form.at ? 3 : d->form.items[o->item].part == part ? 2 : 1;
        if (rank > best_rank) {
            best = o;
            best_rank = rank;
        }
    }
    return best;
}

void
sell_take(struct view *v)
{
    struct sell *d = v->data;
    const struct sell_offer *o = nearest(d);
    struct form_item *here = form_here(&d->form);
    if (o && o->part == PARTS) {
        record_open(app_of(v), o->entity, o->id);
        return;
    }
    if (o) {
        sell_take_record(v, o->part, o->id);
        return;
    }
    enum part part = here->part == PART_VEHICLE ? PART_VEHICLE : PART_CUSTOMER;
    if (here->part > PART_CUSTOMER || !(part == PART_VEHICLE ? d->flow.vehicle : d->flow.customer)) {
        tui_say(v->tui, ROLE_DIM, "%s", _("No record is offered here."));
        return;
    }
    sell_forget(d, part);
    here->by_hand = true;
    lookup_check(v, &d->form, part, d->flow.e[part]->number, 0, TAG_CHECK + part);
    tui_say(v->tui, ROLE_DIM, "%s", _("Given back: what is typed now makes a new one."));
}

bool
sell_pick(struct view *v)
{
    struct sell *d = v->data;
    struct choice_row rows[SELL_OFFERS];
    size_t n = 0;
    for (size_t k = 0; k < d->noffers; k++)
        if (d->offers[k].item == d->form.at && stands(d, &d->offers[k]))
            rows[n++] = (struct choice_row){
                .label = str_from(d->offers[k].label),
                .detail = d->offers[k].part < PARTS ? d->flow.e[d->offers[k].part]->label : STR_NONE,
                .entity = (uint32_t)d->offers[k].part,
                .id = d->offers[k].id};
    if (n)
        choice_open(v->tui, &(struct choice_spec){.purpose = PURPOSE_OFFER,
                                                  .title = str_from(_("On record")),
                                                  .rows = rows,
                                                  .nrows = n});
    return n > 0;
}
