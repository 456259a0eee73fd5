#include "client/screen/sell.h"

#include <stdio.h>
#include <string.h>

#include "client/screen/lookup.h"
#include "client/text.h"
#include "client/tui/box.h"

/* The save was refused for a field elsewhere: the clerk stands on it. */
static void
focus_blamed(struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].told && f->items[k].note_tone == TONE_BAD && !f->items[k].readonly) {
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
save_answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    d->sent = !draft_settles(a->code);
    if (!d->sent)
        draft_answered(&d->slot);
    if (a->code == RC_OK) {
        sell_saved(v, a);
        return;
    }
    sell_refused(v, a);
    sell_keep(v);
}

static void
answer(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    if (a->tag >= TAG_QUOTE) {
        quote_answer(v, a);
    } else if (lookup_answer(v, &d->form, a)) {
        /* the price was asked with what was typed; now it is known what was meant */
        if (!d->quoted && d->form.items[a->tag & ~(uint32_t)LOOKUP_MASK].ref_id)
            sell_quote(v, d->save_after_quote);
    } else if (a->tag == TAG_SAVE) {
        save_answer(v, a);
    } else {
        sell_known_answer(v, a);
        sell_keep(v);
    }
}

/* ---- keys ---- */

static bool
is(const struct form_item *i, enum part part, const char *name)
{
    return flow_is((enum part)i->part, i->field, part, name);
}

static void
left_field(struct view *v)
{
    struct sell *d = v->data;
    size_t left = d->form.left;
    struct form_item *i = &d->form.items[left];
    bool changed = i->edit.gen != i->asked_gen,
         key = i->part < PARTS && flow_is_key((enum part)i->part, i->field);
    i->asked_gen = i->edit.gen;
    if (changed && i->part != PART_RECEIPT && i->part != PART_CUSTOMER)
        d->quoted = false;
    if (changed && is(i, PART_VEHICLE, "plate") && sell_phone_for_plate(v, i))
        return;
    if (changed && key) {
        sell_forget(d, (enum part)i->part);
        if (form_filled(i))
            sell_look_up(v, left);
    }
    lookup_ref(v, &d->form, left);
    if (changed && !key && i->part < PARTS && (i->field->flags & SCHEMA_CHECK) && form_filled(i))
        lookup_check(v, &d->form, i->part, d->flow.e[i->part]->number, 0, TAG_CHECK + i->part);
    sell_arrange(d);
    if (!d->quoted && i->part <= PART_POLICY)
        sell_quote(v, false);
}

/* The premium follows what is typed, a moment after: of amounts, days and numbers, which mean something
   before they are whole. */
static void
typing(struct view *v)
{
    struct sell *d = v->data;
    const struct form_item *i = form_here(&d->form);
    if (i->part != PART_POLICY || i->field->type == VT_REF || i->field->type == VT_TEXT)
        return;
    d->quoted = false;
    tui_wake(v->tui, SELL_PAUSE_MS);
}

static void
wake(struct view *v)
{
    struct sell *d = v->data;
    struct form_item *i = form_here(&d->form);
    struct arena a;
    struct value val;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    if (!d->quoted && form_value(&d->form, &a, i, &val))
        sell_quote(v, false);
    arena_done(&a);
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
        typing(v);
    }
    return true;
}

static bool
command(struct view *v, enum cmd c)
{
    struct sell *d = v->data;
    switch (c) {
    case CMD_TAKE:
        sell_take(v);
        return true;
    case CMD_ANOTHER:
        if (!d->flow.fleets)
            return false;
        sell_another(v);
        sell_keep(v);
        return true;
    case CMD_MORE:
        d->all = !d->all;
        sell_arrange(d);
        return true;
    case CMD_PROMPT:
        if (sell_pick(v))
            return true;
        break;
    case CMD_ENTER:
    case CMD_NEXT:
        form_read(&d->form, form_here(&d->form)); /* what comes next may hang on it */
        sell_arrange(d);
        break;
    default:
        break;
    }
    return handle(v, form_command(&d->form, c));
}

static bool
may(struct view *v, enum cmd c)
{
    struct sell *d = v->data;
    if (c == CMD_TAKE)
        return sell_offer_at(d, 0) || d->flow.vehicle || d->flow.customer;
    return c != CMD_ANOTHER || d->flow.fleets;
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

static void
outcome(struct view *v, const struct outcome *o)
{
    struct sell *d = v->data;
    switch (o->purpose) {
    case PURPOSE_OFFER:
        if (o->choice && o->entity < PARTS)
            sell_take_record(v, (enum part)o->entity, o->id);
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
        sell_arrange(d);
        sell_keep(v);
    }
}

static void
offers(struct view *v, struct offers *o)
{
    struct sell *d = v->data;
    const struct sell_offer *of;
    char text[sizeof o->rows[0].label];
    sell_fleet_offers(v, o);
    for (size_t n = 0; (of = sell_offer_at(d, n)); n++) {
        snprintf(text, sizeof text, _("Open %s"), of->label);
        struct offer *row = offer_add(o, of->entity, of->id, str_from(text));
        if (row)
            snprintf(row->help, sizeof row->help, "%s",
                     _("The record the form may be about; the form stays."));
    }
}

static void
run(struct view *v, uint32_t code, int64_t arg)
{
    if (code == 0)
        sell_drop_line(v, (size_t)arg);
    else
        record_open(app_of(v), code, arg);
}

static bool
may_leave(struct view *v)
{
    struct sell *d = v->data;
    if (d->saved || (!form_dirty(&d->form) && !d->flow.nlines))
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
    char take[KEY_NAME], list[KEY_NAME], more[KEY_NAME], next[KEY_NAME], save[KEY_NAME];
    cmd_table_key(IN_SELL, CMD_TAKE, take);
    cmd_table_key(IN_FORM, CMD_PROMPT, list);
    cmd_table_key(IN_SELL, CMD_MORE, more);
    cmd_table_key(IN_SELL, CMD_ANOTHER, next);
    cmd_table_key(IN_FORM, CMD_SAVE, save);
    struct str known = str_printf(a,
                                  _("Where something was typed already, nothing is replaced: the record is "
                                    "offered beside the field. %s "
                                    "takes it, %s shows all that are offered, %s again gives it back. What "
                                    "is another one all the same is "
                                    "saved with a reason."),
                                  take, list, take);
    struct str keys = str_printf(a,
                                 _("Enter goes to the next field that has to be typed and passes those that "
                                   "fill themselves; Tab goes to "
                                   "each. %s shows every field of the records. The price is asked for while "
                                   "you type. Leave the amount "
                                   "empty to issue without payment. Enter on the last field or %s saves "
                                   "everything at once, or nothing."),
                                 more, save);
    struct str fleet = str_printf(a,
                                  _("A fleet: %s puts the vehicle on its list and asks for the next; the "
                                    "commands take one off again."),
                                  next);
    bool fleets = ((struct sell *)v->data)->flow.fleets;
    return str_printf(a, "%s\n\n%.*s\n\n%.*s%s%.*s\n\n%s",
                      _("One form for the whole job. Start with the plate, or type the customer's phone "
                        "number there: what is on "
                        "record fills itself in, with the owner, the last product and sum. A vehicle in "
                        "transit has no plate: "
                        "leave it empty and give the chassis number."),
                      STR_ARG(known), STR_ARG(keys), fleets ? "\n\n" : "", STR_ARG(fleets ? fleet : STR_NONE),
                      drafts_about(app_of(v)));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key keys[2][7] = {
        {{CMD_HELP, NULL},
         {CMD_PALETTE, NULL},
         {CMD_PROMPT, NULL},
         {CMD_PAGE_FORWARD, N_("Next error")},
         {CMD_SAVE, NULL},
         {CMD_MORE, N_("All")},
         {CMD_BACK, NULL}},
        {{CMD_HELP, NULL},
         {CMD_PALETTE, NULL},
         {CMD_TAKE, NULL},
         {CMD_PROMPT, NULL},
         {CMD_SAVE, NULL},
         {CMD_MORE, N_("All")},
         {CMD_BACK, NULL}},
    };
    *ret_n = COUNTOF(keys[0]);
    return keys[sell_offer_at(v->data, 0) != NULL];
}

static void
close_view(struct view *v)
{
    struct sell *d = v->data;
    sell_keep(v);
    if (d->saved)
        draft_drop(v, &d->slot);
    draft_release(v, &d->slot);
}

static const struct view_ops ops = {.name = "sell",
                                    .context = (enum context)(IN_FORM | IN_SELL),
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
                                    .offers = offers,
                                    .run = run,
                                    .may = may,
                                    .wake = wake,
                                    .may_leave = may_leave,
                                    .close = close_view};

/* ---- opening ---- */

struct view *
sell_start(struct app *a)
{
    struct flow flow;
    if (!flow_start(&flow, app_schema(a))) {
        tui_say(&a->tui, ROLE_WARN, "%s", _("Your role does not sell new business."));
        return NULL;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct sell));
    struct sell *d = v->data;
    d->flow = flow;
    form_init(&d->form, &a->tui, &v->arena, app_locale(a));
    d->form.context = IN_SELL;
    d->form.last = &a->last;
    sell_add_parts(v);
    return v;
}

/* What was sold last is sold again, until something else is typed. */
static void
last_product(struct view *v)
{
    struct sell *d = v->data;
    const struct form_last *last = d->form.last;
    struct form_item *i = form_find(&d->form, PART_POLICY, "product");
    for (size_t k = 0; i && k < last->n; k++)
        if (last->rows[k].entity == i->entity && last->rows[k].tag == i->field->tag) {
            field_set(&i->edit, str_from(last->rows[k].text));
            lookup_ref(v, &d->form, (size_t)(i - d->form.items));
        }
}

static bool
has_digit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

void
sell_open(struct app *a, struct str typed)
{
    struct view *v = sell_start(a);
    if (!v)
        return;
    struct sell *d = v->data;
    struct form_item *first = form_find(&d->form, PART_VEHICLE, "plate");
    form_start(&d->form);
    last_product(v);
    bool name = typed.n && !has_digit(typed);
    if (name) /* a plate has digits */
        first = form_find(&d->form, PART_CUSTOMER, "name");
    if (!typed.n || !first)
        return;
    form_put_text(first, typed);
    first->edit.gen++;
    first->by_hand = true;
    if (!name)
        handle(v, form_next(&d->form));
}

bool
sell_fits(struct app *a, uint32_t entity)
{
    struct flow f;
    return flow_start(&f, app_schema(a)) &&
           (entity == f.e[PART_VEHICLE]->number || entity == f.e[PART_CUSTOMER]->number);
}

void
sell_open_with(struct app *a, uint32_t entity, int64_t id)
{
    struct view *v = sell_start(a);
    if (!v)
        return;
    struct sell *d = v->data;
    form_start(&d->form);
    last_product(v);
    sell_take_record(v, entity == d->flow.e[PART_VEHICLE]->number ? PART_VEHICLE : PART_CUSTOMER, id);
}
