#include <stdio.h>
#include <string.h>

#include "client/screen/app.h"
#include "client/screen/lookup.h"
#include "client/screen/objection.h"
#include "client/text.h"
#include "client/tui/box.h"

/*
 * New business: vehicle, customer, policy and receipt in one form, saved in one batch. A plate, phone or
 * identity number that is known fills in the rest; the premium is quoted by the service as soon as it can be.
 * The screen knows the entities by name; their fields are what the description says.
 */
enum part { PART_VEHICLE, PART_CUSTOMER, PART_POLICY, PART_RECEIPT, PART_TOTAL, PARTS };
enum { TAG_VEHICLE = 1, TAG_CUSTOMER, TAG_OWNER, TAG_SAVE, TAG_CHECK = 16, TAG_QUOTE = 1 << 16 };
enum { PURPOSE_OBJECTION = 1, PURPOSE_REASON, PURPOSE_LEAVE, PURPOSE_REF };
enum { STEPS = 6 };

struct sell {
    const struct schema_entity *e[PARTS];
    const struct schema_action *quote, *issue;
    struct form form;
    int64_t vehicle, customer; /* known records; 0: new ones */
    enum part step_part[STEPS];
    bool quoted, save_after_quote, sent, saved;
    uint16_t quote_turn; /* answers of older quotes are dropped */
    struct objection objection;
    enum part objected;
    char reason[256];
    unsigned char idem[IDEM_BYTES];
};

static const struct schema_field total_field = {
    .name = {"total",                                               5 },
    .label = {N_("To pay"),                                          6 },
    .help = {N_("Premium, levy and tax as the service prices it."), 47},
    .type = VT_MONEY,
    .width = 16
};

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

static void
quote(struct view *v, bool barrier)
{
    struct sell *d = v->data;
    if (!can_quote(d))
        return;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = {.present = 1u << PARAM_STEPS};
    p.nsteps = make_steps(d, &a, false, &p.steps);
    d->quote_turn = (uint16_t)(d->quote_turn + 1);
    app_ask(v, &(struct ask){.method = METHOD_TRIAL,
                             .params = &p,
                             .tag = TAG_QUOTE + (uint32_t)d->quote_turn,
                             .barrier = barrier,
                             .may_fail = true});
    arena_done(&a);
}

static const struct value *
value_named(struct view *v, const struct body_record *r, const char *name)
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

static void
take_quote(struct view *v, struct answer *a)
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
    const struct value *due = value_named(v, &last->record, "total");
    if (!due)
        return;
    total->note[0] = 0;
    form_put(&d->form, total, due, true);
    d->quoted = true;
    if (amount && !amount->by_hand)
        form_put(&d->form, amount, due, true);
}

/* ---- saving ---- */

static void
send(struct view *v)
{
    struct sell *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params p = {.present = 1u << PARAM_STEPS};
    p.nsteps = make_steps(d, &a, true, &p.steps);
    if (!d->sent)
        app_new_idem(d->idem);
    d->sent = true;
    app_ask(v, &(struct ask){
                   .method = METHOD_BATCH, .params = &p, .tag = TAG_SAVE, .barrier = true, .idem = d->idem});
    arena_done(&a);
}

static void
save(struct view *v)
{
    struct sell *d = v->data;
    if (!form_check(&d->form)) {
        tui_flush(v->tui);
        return;
    }
    if (d->quoted) {
        send(v);
        return;
    }
    /* typed faster than the price came: what is to pay must be seen by the save */
    d->save_after_quote = true;
    quote(v, true);
}

static void
saved(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct app *app = app_of(v);
    if (!body_has(a->body, BODY_RESULTS))
        return;
    d->saved = true;
    form_remember(&d->form);
    view_pop(v);
    sold_open(app, a->body->results, a->body->nresults);
}

static void
refused(struct view *v, struct answer *a)
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

/* ---- what is known already ---- */

static bool
is_key(const struct form_item *i)
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

/* Shows a record in its part; only the field it was found by stays open. */
static void
show_known(struct view *v, enum part part, const struct body_record *r)
{
    struct sell *d = v->data;
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
        i->readonly = true;
        i->by_hand = false;
    }
    *(part == PART_VEHICLE ? &d->vehicle : &d->customer) = r->id;
}

/* The record is another one now: its fields are open and empty again. */
static void
forget_known(struct sell *d, enum part part)
{
    int64_t *known = part == PART_VEHICLE ? &d->vehicle : &d->customer;
    if (!*known)
        return;
    *known = 0;
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        if (i->part != (uint32_t)part || !i->readonly)
            continue;
        i->readonly = false;
        field_set(&i->edit, i->field->fallback);
        form_read(&d->form, i);
        i->ref_id = 0;
    }
}

static void
skip_known(struct view *v)
{
    struct sell *d = v->data;
    struct form_item *here = form_here(&d->form);
    if (here->readonly)
        form_next(&d->form);
}

static void
found(struct view *v, enum part part, struct answer *a)
{
    struct sell *d = v->data;
    struct form_item *key = &d->form.items[d->form.left];
    if (a->code != RC_OK || !body_has(a->body, BODY_RECORD))
        return;
    const struct body_record *r = &a->body->record;
    show_known(v, part, r);
    if (key->part == (uint32_t)part) {
        key->readonly = false; /* so that another can be typed */
        form_note(key, TONE_GOOD, str_from(_("on record")));
    }
    const struct value *owner = part == PART_VEHICLE ? value_named(v, r, "owner") : NULL;
    if (owner && owner->type == VT_REF) {
        d->quoted = false;
        struct params p = params_record(d->e[PART_CUSTOMER]->number, owner->i);
        app_ask(v,
                &(struct ask){
                    .method = METHOD_GET, .params = &p, .tag = TAG_OWNER, .barrier = true, .may_fail = true});
    } else {
        skip_known(v);
        tui_flush(v->tui);
        quote(v, false);
    }
}

static void
quote_answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    if (a->tag != TAG_QUOTE + (uint32_t)d->quote_turn)
        return;
    take_quote(v, a);
    if (d->save_after_quote && d->quoted) {
        send(v);
    } else if (d->save_after_quote) {
        tui_say(v->tui, ROLE_BAD, "%s", a->err ? a->err->text : "");
        tui_flush(v->tui);
    }
    d->save_after_quote = false;
}

static void
check_answer(struct sell *d, struct answer *a)
{
    uint32_t part = a->tag - TAG_CHECK;
    if (a->code != RC_OK)
        return;
    form_clear_told(&d->form, part);
    form_issues(&d->form, part, a->body->issues, body_has(a->body, BODY_ISSUES) ? a->body->nissues : 0);
}

static void
answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    if (a->tag >= TAG_QUOTE) {
        quote_answer(v, a);
        return;
    }
    if (lookup_answer(v, &d->form, a))
        return;
    switch (a->tag) {
    case TAG_VEHICLE:
        found(v, PART_VEHICLE, a);
        break;
    case TAG_CUSTOMER:
    case TAG_OWNER:
        found(v, PART_CUSTOMER, a);
        break;
    case TAG_SAVE:
        d->sent = false;
        if (a->code == RC_OK)
            saved(v, a);
        else
            refused(v, a);
        break;
    default:
        check_answer(d, a);
    }
}

/* ---- keys ---- */

static void
look_up_key(struct view *v, const struct form_item *i)
{
    struct sell *d = v->data;
    char text[FIELD_TEXT];
    struct params p = params_entity(d->e[i->part]->number);
    p.present |= 1u << PARAM_KEY;
    p.key = field_text(&i->edit, text);
    app_ask(v, &(struct ask){.method = METHOD_GET,
                             .params = &p,
                             .tag = i->part == PART_VEHICLE ? TAG_VEHICLE : TAG_CUSTOMER,
                             .barrier = true,
                             .may_fail = true});
}

static void
left_field(struct view *v)
{
    struct sell *d = v->data;
    struct form_item *i = &d->form.items[d->form.left];
    bool changed = i->edit.gen != i->asked_gen;
    if (i->part == PART_POLICY || (changed && i->part != PART_RECEIPT))
        d->quoted = d->quoted && !changed;
    if (changed && is_key(i)) {
        forget_known(d, (enum part)i->part);
        if (form_filled(i))
            look_up_key(v, i);
    }
    lookup_ref(v, &d->form, d->form.left);
    if (changed && (i->field->flags & SCHEMA_CHECK) && form_filled(i))
        lookup_check(v, &d->form, i->part, d->e[i->part]->number, 0, TAG_CHECK + i->part);
    i->asked_gen = i->edit.gen;
    if (!d->quoted && i->part <= PART_POLICY)
        quote(v, false);
}

static bool
handle(struct view *v, enum form_event event)
{
    struct sell *d = v->data;
    char text[FIELD_TEXT];
    switch (event) {
    case FORM_UNUSED:
        return false;
    case FORM_LEFT:
        left_field(v);
        break;
    case FORM_SAVE:
        save(v);
        break;
    case FORM_PROMPT:
        refer_open(v, PURPOSE_REF, form_here(&d->form)->field, field_text(&form_here(&d->form)->edit, text));
        break;
    default:
        break;
    }
    return true;
}

static bool
command(struct view *v, enum cmd c)
{
    return handle(v, form_command(&((struct sell *)v->data)->form, c));
}

static bool
key(struct view *v, const struct key *k)
{
    return handle(v, form_key(&((struct sell *)v->data)->form, k));
}

static void
paste(struct view *v, struct str text)
{
    form_paste(&((struct sell *)v->data)->form, text);
}

/* Takes the record the service pointed to instead of a new one. */
static void
use_existing(struct view *v)
{
    struct sell *d = v->data;
    enum part part = d->objection.entity == d->e[PART_VEHICLE]->number ? PART_VEHICLE : PART_CUSTOMER;
    struct params p = params_record(d->objection.entity, d->objection.id);
    d->quoted = false;
    app_ask(v, &(struct ask){.method = METHOD_GET,
                             .params = &p,
                             .tag = part == PART_VEHICLE ? TAG_VEHICLE : TAG_OWNER,
                             .barrier = true});
}

static void
objected(struct view *v, int answer_no)
{
    struct sell *d = v->data;
    switch (objection_choice(&d->objection, answer_no)) {
    case OBJECTION_OPEN:
        record_open(app_of(v), d->objection.entity, d->objection.id);
        break;
    case OBJECTION_USE:
        use_existing(v);
        break;
    case OBJECTION_REASON:
        objection_reason(v->tui, PURPOSE_REASON);
        break;
    default:
        break;
    }
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct sell *d = v->data;
    switch (o->purpose) {
    case PURPOSE_OBJECTION:
        objected(v, o->choice);
        break;
    case PURPOSE_REASON:
        if (o->choice) {
            snprintf(d->reason, sizeof d->reason, "%.*s", STR_ARG(o->text));
            save(v);
        }
        break;
    case PURPOSE_LEAVE:
        if (o->choice == 2) {
            d->saved = true;
            view_pop(v);
        }
        break;
    default:
        form_outcome(&d->form, o);
    }
}

static bool
may_leave(struct view *v)
{
    struct sell *d = v->data;
    if (d->saved || !form_dirty(&d->form))
        return true;
    box_ask(v->tui, &(struct question){
                        .purpose = PURPOSE_LEAVE,
                        .title = str_from(_("Not saved")),
                        .text = str_from(_("This new business is not saved yet.")),
                        .answers = {str_from(_("Stay and go on")), str_from(_("Leave and drop it"))},
                        .nanswers = 2
    });
    return false;
}

/* ---- paint ---- */

static void
paint_sell(struct view *v, const struct area *a)
{
    form_paint(&((struct sell *)v->data)->form, a);
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("New business"));
}

static struct str
help(struct view *v, struct arena *a)
{
    return form_help(&((struct sell *)v->data)->form, a);
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("One form for the whole job. Start with the plate: a vehicle that is on record fills itself in "
          "with its "
          "owner. A phone or identity number finds a customer. What is on record is shown but not changed "
          "here.\n\n"
          "As soon as vehicle, customer and product are there, the service prices it. Leave the amount empty "
          "to "
          "issue without payment. Enter on the last field or F10 saves everything at once, or nothing."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL            },
        {CMD_PALETTE,      NULL            },
        {CMD_PROMPT,       NULL            },
        {CMD_UNDO,         N_("Undo")      },
        {CMD_PAGE_FORWARD, N_("Next error")},
        {CMD_SAVE,         NULL            },
        {CMD_BACK,         NULL            }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static void
close_view(struct view *v)
{
    objection_drop(&((struct sell *)v->data)->objection);
}

static const struct view_ops ops = {.name = "sell",
                                    .context = IN_FORM,
                                    .command = command,
                                    .key = key,
                                    .paste = paste,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_sell,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .may_leave = may_leave,
                                    .close = close_view};

/* ---- opening ---- */

static void
hide(struct sell *d, enum part part, const char *name)
{
    struct form_item *i = form_find(&d->form, part, name);
    if (i)
        form_hide(&d->form, i);
}

static void
add_parts(struct sell *d)
{
    static const char *const groups[] = {N_("Vehicle"), N_("Customer"), N_("Policy"), N_("Payment")};
    for (uint32_t part = PART_VEHICLE; part <= PART_RECEIPT; part++) {
        struct form_source s = {.entity = d->e[part]->number,
                                .part = part,
                                .group = str_from(_(groups[part])),
                                .fields = d->e[part]->fields,
                                .nfields = d->e[part]->nfields,
                                .flags = SCHEMA_CREATE,
                                .without = SCHEMA_MULTILINE};
        if (part == PART_POLICY) {
            s.fields = d->quote->fields;
            s.nfields = d->quote->nfields;
            s.flags = 0;
        }
        form_add(&d->form, &s);
        if (part == PART_POLICY)
            form_add(&d->form,
                     &(struct form_source){.part = PART_TOTAL, .fields = &total_field, .nfields = 1});
    }
    hide(d, PART_VEHICLE, "owner");
    hide(d, PART_POLICY, "vehicle");
    hide(d, PART_POLICY, "customer");
    hide(d, PART_RECEIPT, "policy");
    form_find(&d->form, PART_TOTAL, "total")->readonly = true;
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].part == PART_RECEIPT)
            d->form.items[k].optional = true;
}

void
sell_open(struct app *a, struct str plate)
{
    const struct schema *s = app_schema(a);
    static const char *const names[] = {"vehicle", "customer", "policy", "receipt"};
    const struct schema_entity *e[PARTS] = {NULL};
    for (size_t i = 0; i < COUNTOF(names); i++)
        e[i] = schema_entity_named(s, str_from(names[i]));
    const struct schema_action *q = e[PART_POLICY] ? schema_action_named(e[PART_POLICY], STR("quote")) : NULL;
    const struct schema_action *issue =
        e[PART_POLICY] ? schema_action_named(e[PART_POLICY], STR("issue")) : NULL;
    if (!(s->sell & FLOW_NEW_BUSINESS) || !e[PART_VEHICLE] || !e[PART_CUSTOMER] || !e[PART_RECEIPT] || !q ||
        !issue) {
        tui_say(&a->tui, ROLE_WARN, "%s", _("Your role does not sell new business."));
        return;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct sell));
    struct sell *d = v->data;
    memcpy(d->e, e, sizeof e);
    d->quote = q;
    d->issue = issue;
    form_init(&d->form, &a->tui, &v->arena, app_locale(a));
    d->form.last = &a->last;
    add_parts(d);
    struct form_item *first = form_find(&d->form, PART_VEHICLE, "plate");
    if (plate.n && first) {
        form_put_text(first, plate);
        first->edit.gen++;
        first->by_hand = true;
    }
    form_start(&d->form);
}
