#include "client/screen/sell.h"

#include <stdio.h>
#include <string.h>

#include "client/screen/lookup.h"
#include "client/text.h"
#include "client/tui/box.h"

static const struct schema_field total_field = {
    .name = {"total",                                               5 },
    .label = {N_("To pay"),                                          6 },
    .help = {N_("Premium, levy and tax as the service prices it."), 47},
    .type = VT_MONEY,
    .width = 16
};

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

void
sell_heading(struct sell *d, enum part part)
{
    bool known = part == PART_VEHICLE ? d->vehicle : d->customer;
    const char *text = part == PART_VEHICLE ? (known ? _("Vehicle, on record") : _("Vehicle"))
                                            : (known ? _("Customer, on record") : _("Customer"));
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].part == (uint32_t)part && d->form.items[k].group.n)
            d->form.items[k].group = str_from(text);
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
    sell_heading(d, part);
}

/* The record is another one now: its fields are open and empty again. */
static void
forget_known(struct sell *d, enum part part)
{
    int64_t *known = part == PART_VEHICLE ? &d->vehicle : &d->customer;
    if (!*known)
        return;
    *known = 0;
    if (d->came_along) { /* no other vehicle is sold to the owner of this one by mistake */
        d->came_along = false;
        forget_known(d, PART_CUSTOMER);
    }
    sell_heading(d, part);
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
    }
    const struct value *owner = part == PART_VEHICLE ? sell_value(v, r, "owner") : NULL;
    if (owner && owner->type == VT_REF) {
        d->quoted = false;
        d->came_along = true;
        struct params p = params_record(d->e[PART_CUSTOMER]->number, owner->i);
        app_ask(v,
                &(struct ask){
                    .method = METHOD_GET, .params = &p, .tag = TAG_OWNER, .barrier = true, .may_fail = true});
    } else {
        skip_known(v);
        tui_flush(v->tui);
        sell_quote(v, false);
    }
}

/* The save was refused for a field elsewhere: the clerk stands on it. */
static void
focus_blamed(struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].told && f->items[k].note_tone == TONE_BAD) {
            form_focus(f, k);
            return;
        }
}

static void
quote_answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    if (a->tag == TAG_QUOTE + (uint32_t)d->pricing)
        d->pricing = 0;
    if (a->tag != TAG_QUOTE + (uint32_t)d->quote_turn)
        return;
    if (d->price_again && !d->save_after_quote) {
        sell_quote(v, false);
        return;
    }
    sell_take_quote(v, a);
    if (d->save_after_quote && d->quoted) {
        sell_send(v);
    } else if (d->save_after_quote) {
        focus_blamed(&d->form);
        tui_say(v->tui, ROLE_BAD, "%s", a->err ? a->err->text : "");
        tui_flush(v->tui);
    }
    d->save_after_quote = false;
}

static void
check_answer(struct sell *d, struct answer *a)
{
    uint32_t part = a->tag - TAG_CHECK;
    bool known = (part == PART_VEHICLE && d->vehicle) || (part == PART_CUSTOMER && d->customer);
    if (a->code != RC_OK || known) /* of course it is on record already */
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
    if (lookup_answer(v, &d->form, a)) {
        /* the price was asked with what was typed; now it is known what was meant */
        if (!d->quoted && d->form.items[a->tag & ~(uint32_t)LOOKUP_MASK].ref_id)
            sell_quote(v, d->save_after_quote);
        return;
    }
    switch (a->tag) {
    case TAG_VEHICLE:
        found(v, PART_VEHICLE, a);
        sell_keep(v);
        break;
    case TAG_CUSTOMER:
        d->came_along = d->came_along && a->code != RC_OK;
        found(v, PART_CUSTOMER, a);
        sell_keep(v);
        break;
    case TAG_OWNER:
        found(v, PART_CUSTOMER, a);
        sell_keep(v);
        break;
    case TAG_SAVE:
        d->sent = !draft_settles(a->code);
        if (!d->sent)
            draft_answered(&d->slot);
        if (a->code == RC_OK) {
            sell_saved(v, a);
            break;
        }
        sell_refused(v, a);
        sell_keep(v);
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
        sell_quote(v, false);
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
        sell_keep(v);
        break;
    case FORM_SAVE:
        sell_save(v);
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
    d->quoted = d->came_along = false;
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
            sell_save(v);
        }
        break;
    case PURPOSE_LEAVE:
        if (o->choice == LEAVE_KEEP) {
            sell_keep(v);
            draft_release(v, &d->slot);
        }
        if (o->choice == LEAVE_DROP || o->choice == LEAVE_KEEP) {
            draft_drop(v, &d->slot);
            d->saved = true;
            view_pop(v);
        }
        break;
    default:
        form_outcome(&d->form, o);
        sell_keep(v);
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
                        .answers = {str_from(_("Stay and go on")), str_from(_("Leave and drop it")),
                                    str_from(_("Leave and keep it as a draft"))},
                        .nanswers = app_of(v)->journal ? 3 : 2
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
    return str_printf(
        a, "%s\n\n%s",
        _("One form for the whole job. Start with the plate: a vehicle that is on record fills itself in "
          "with its "
          "owner. A phone or identity number finds a customer. What is on record is shown but not changed "
          "here.\n\n"
          "As soon as vehicle, customer and product are there, the service prices it. Leave the amount empty "
          "to "
          "issue without payment. Enter on the last field or F10 saves everything at once, or nothing."),
        drafts_about(app_of(v)));
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
    struct sell *d = v->data;
    sell_keep(v);
    if (d->saved)
        draft_drop(v, &d->slot);
    draft_release(v, &d->slot);
    objection_drop(&d->objection);
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

struct view *
sell_start(struct app *a)
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
        return NULL;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct sell));
    struct sell *d = v->data;
    memcpy(d->e, e, sizeof e);
    d->quote = q;
    d->issue = issue;
    form_init(&d->form, &a->tui, &v->arena, app_locale(a));
    d->form.last = &a->last;
    add_parts(d);
    return v;
}

void
sell_open(struct app *a, struct str plate)
{
    struct view *v = sell_start(a);
    if (!v)
        return;
    struct sell *d = v->data;
    struct form_item *first = form_find(&d->form, PART_VEHICLE, "plate");
    if (plate.n && first) {
        form_put_text(first, plate);
        first->edit.gen++;
        first->by_hand = true;
    }
    form_start(&d->form);
}
