#include "client/screen/sell.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"

/* ---- the steps of the save ---- */

static struct param_step *
add_step(struct param_step *steps, size_t *n, enum method m, struct params p)
{
    struct param_step *s = &steps[(*n)++];
    *s = (struct param_step){.method = {.number = m}, .params = p};
    return s;
}

/* The fields of a part and one reference more: to a record that is there, or to what step `made` makes. */
static void
fill_fields(struct sell *d, struct arena *a, enum part part, struct params *p, size_t extra)
{
    struct param_field *fields;
    size_t n = form_fields(&d->form, a, part, false, &fields);
    p->fields = arena_new(a, struct param_field, n + extra + 1);
    for (size_t i = 0; i < n; i++)
        p->fields[i] = fields[i];
    p->nfields = n;
    p->present |= 1u << PARAM_FIELDS;
}

static void
add_ref(struct arena *a, struct params *p, const char *name, int64_t id, size_t made)
{
    p->fields[p->nfields++] =
        (struct param_field){.field = {.name = str_from(name)},
                             .value = id ? VALUE_INT(id) : VALUE_TEXT(str_printf(a, "$%zu", made))};
}

static struct params
add_params(struct sell *d, struct arena *a, enum part part, size_t extra, bool whole)
{
    struct params p = params_entity(d->e[part]->number);
    fill_fields(d, a, part, &p, extra);
    /* a trial is not stopped by what only has to be confirmed */
    p.reason = whole ? str_from(d->reason) : STR("price");
    if (p.reason.n)
        p.present |= 1u << PARAM_REASON;
    return p;
}

static bool
pays(struct sell *d)
{
    struct form_item *amount = form_find(&d->form, PART_RECEIPT, "amount");
    return amount && form_filled(amount);
}

/* `whole`: also issue and receipt; else a trial, as far as the price is known. */
static size_t
make_steps(struct sell *d, struct arena *a, bool whole, struct param_step **ret)
{
    struct param_step *steps = arena_new(a, struct param_step, STEPS);
    size_t n = 0, customer = 0, vehicle = 0;
    if (!d->customer) {
        customer = n;
        d->step_part[n] = PART_CUSTOMER;
        add_step(steps, &n, METHOD_ADD, add_params(d, a, PART_CUSTOMER, 0, whole));
    }
    if (!d->vehicle) {
        struct params p = add_params(d, a, PART_VEHICLE, 1, whole);
        add_ref(a, &p, "owner", d->customer, customer);
        vehicle = n;
        d->step_part[n] = PART_VEHICLE;
        add_step(steps, &n, METHOD_ADD, p);
    }
    struct params quote = params_entity(d->e[PART_POLICY]->number);
    quote.present |= 1u << PARAM_ACTION;
    quote.action.number = d->quote->number;
    fill_fields(d, a, PART_POLICY, &quote, 2);
    add_ref(a, &quote, "vehicle", d->vehicle, vehicle);
    add_ref(a, &quote, "customer", d->customer, customer);
    size_t policy = n;
    d->step_part[n] = PART_POLICY;
    add_step(steps, &n, METHOD_ACT, quote);
    *ret = steps;
    if (!whole)
        return n;
    struct params issue = params_entity(d->e[PART_POLICY]->number);
    issue.present |= 1u << PARAM_ACTION | 1u << PARAM_KEY;
    issue.action.number = d->issue->number;
    issue.key = str_printf(a, "$%zu", policy);
    d->step_part[n] = PART_POLICY;
    add_step(steps, &n, METHOD_ACT, issue);
    if (!pays(d))
        return n;
    struct params receipt = add_params(d, a, PART_RECEIPT, 1, whole);
    add_ref(a, &receipt, "policy", 0, policy);
    d->step_part[n] = PART_RECEIPT;
    add_step(steps, &n, METHOD_ADD, receipt);
    return n;
}

/* ---- price ---- */

static bool
complete(struct sell *d, enum part part)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct form_item *i = &d->form.items[k];
        bool wanted = (i->field->flags & SCHEMA_REQUIRED) && !i->optional && !i->hidden;
        if (i->part == part && wanted && !form_filled(i))
            return false;
    }
    return true;
}

static bool
can_quote(struct sell *d)
{
    return (d->vehicle || complete(d, PART_VEHICLE)) && (d->customer || complete(d, PART_CUSTOMER)) &&
           complete(d, PART_POLICY);
}

void
sell_quote(struct view *v, bool barrier)
{
    struct sell *d = v->data;
    if (!can_quote(d))
        return;
    if (d->pricing && !barrier) {
        d->price_again = true;
        return;
    }
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = {.present = 1u << PARAM_STEPS};
    p.nsteps = make_steps(d, &a, false, &p.steps);
    d->quote_turn = (uint16_t)(d->quote_turn == UINT16_MAX ? 1 : d->quote_turn + 1);
    bool asked = app_ask(v, &(struct ask){.method = METHOD_TRIAL,
                                          .params = &p,
                                          .tag = TAG_QUOTE + (uint32_t)d->quote_turn,
                                          .barrier = barrier,
                                          .may_fail = true});
    if (!barrier)
        d->pricing = asked ? d->quote_turn : 0;
    d->price_again = false;
    d->save_after_quote = d->save_after_quote && asked;
    arena_done(&a);
}

const struct value *
sell_value(struct view *v, const struct body_record *r, const char *name)
{
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), r->entity);
    const struct schema_field *f = e ? schema_field_named(e, str_from(name)) : NULL;
    for (size_t i = 0; f && i < r->nfields; i++)
        if (r->fields[i].tag == f->tag)
            return &r->fields[i].value;
    return NULL;
}

static enum part
part_of_error(const struct sell *d, struct str field, struct str *ret_name)
{
    size_t step = 0, at = 0;
    while (at < field.n && field.p[at] >= '0' && field.p[at] <= '9')
        step = step * 10 + (size_t)(field.p[at++] - '0');
    bool prefixed = at > 0 && at < field.n && field.p[at] == '.';
    *ret_name = prefixed ? str_slice(field, at + 1, field.n) : field;
    return prefixed && step < STEPS ? d->step_part[step] : PART_POLICY;
}

static void
unquote(struct sell *d)
{
    struct form_item *total = form_find(&d->form, PART_TOTAL, "total");
    form_put_text(total, STR_NONE);
    total->note[0] = 0;
    d->quoted = false;
}

void
sell_take_quote(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct form_item *total = form_find(&d->form, PART_TOTAL, "total");
    struct form_item *amount = form_find(&d->form, PART_RECEIPT, "amount");
    form_clear_told(&d->form, PART_POLICY);
    if (a->code != RC_OK || !body_has(a->body, BODY_RESULTS) || a->body->nresults == 0) {
        struct str name;
        enum part part = part_of_error(d, str_from(a->err ? a->err->field : ""), &name);
        unquote(d);
        if (a->err && a->code != RC_CONFIRM &&
            !form_tell(&d->form, part, name, TONE_BAD, str_from(a->err->text)))
            form_note(total, TONE_BAD, str_from(a->err->text));
        return;
    }
    const struct body *last = &a->body->results[a->body->nresults - 1];
    const struct value *due = sell_value(v, &last->record, "total");
    if (!due)
        return;
    total->note[0] = 0;
    form_put(&d->form, total, due, true);
    d->quoted = true;
    if (amount && !amount->by_hand)
        form_put(&d->form, amount, due, true);
}

/* ---- saving ---- */

void
sell_send(struct view *v)
{
    struct sell *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = {.present = 1u << PARAM_STEPS};
    p.nsteps = make_steps(d, &a, true, &p.steps);
    if (!d->sent)
        app_new_idem(d->idem);
    d->sent = true;
    draft_sending(v, &d->slot, METHOD_BATCH, &p, false);
    d->slot.typed = draft_typed(&d->form);
    sell_keep(v);
    app_ask(v, &(struct ask){
                   .method = METHOD_BATCH, .params = &p, .tag = TAG_SAVE, .barrier = true, .idem = d->idem});
    arena_done(&a);
}

void
sell_save(struct view *v)
{
    struct sell *d = v->data;
    sell_keep(v);
    if (!form_check(&d->form)) {
        tui_flush(v->tui);
        return;
    }
    if (d->quoted) {
        sell_send(v);
        return;
    }
    /* typed faster than the price came: what is to pay must be seen by the save */
    d->save_after_quote = true;
    sell_quote(v, true);
}

void
sell_saved(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct app *app = app_of(v);
    if (!body_has(a->body, BODY_RESULTS))
        return;
    d->saved = true;
    draft_drop(v, &d->slot);
    form_remember(&d->form);
    view_pop(v);
    sold_open(app, a->body->results, a->body->nresults);
}

void
sell_refused(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct str name;
    enum part part = part_of_error(d, str_from(a->err->field), &name);
    if (a->code == RC_CONFIRM || a->code == RC_DUPLICATE) {
        bool known = part == PART_VEHICLE || part == PART_CUSTOMER;
        d->objected = part;
        objection_take(&d->objection, &d->form, a);
        objection_ask(v->tui, &d->objection, PURPOSE_OBJECTION, known ? _("Go on with") : NULL);
        return;
    }
    char word[64];
    snprintf(word, sizeof word, "%.*s", STR_ARG(name));
    struct form_item *i = form_find(&d->form, part, word);
    if (i && !i->readonly && !i->hidden) {
        form_note(i, TONE_BAD, str_from(a->err->text));
        i->told = true;
        form_focus(&d->form, (size_t)(i - d->form.items));
    }
    tui_say(v->tui, ROLE_BAD, "%s", a->err->text);
}
