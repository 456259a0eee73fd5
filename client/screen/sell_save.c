#include <stdio.h>
#include <string.h>

#include "client/screen/sell.h"
#include "client/text.h"

/* ---- price ---- */

static bool
complete(struct sell *d, enum part part)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct form_item *i = &d->form.items[k];
        bool wanted = (i->field->flags & SCHEMA_REQUIRED) && !i->optional && !i->hidden;
        if (i->part == (uint32_t)part && wanted && !form_filled(i))
            return false;
    }
    return true;
}

static bool
can_quote(struct sell *d)
{
    bool listed = d->flow.nlines && !sell_typed_a_vehicle(d);
    return (d->flow.vehicle || listed || complete(d, PART_VEHICLE)) &&
           (d->flow.customer || complete(d, PART_CUSTOMER)) && complete(d, PART_POLICY);
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
    struct flow_source from = sell_source(d);
    struct params p = flow_steps(&d->flow, &a, &from, false);
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

static void
unquote(struct sell *d)
{
    struct form_item *total = form_find(&d->form, PART_TOTAL, "total");
    form_put_text(total, STR_NONE);
    total->note[0] = 0;
    d->quoted = false;
}

/* Why there is no price: beside the field it is about when that is filled, else beside the total; with the
   records that stand in the way. */
static void
unpriced(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    const struct body_error *e = body_has(a->body, BODY_ERROR) ? &a->body->error : NULL;
    struct str name, text = str_from(a->err->text);
    enum part part = flow_part_of_error(&d->flow, str_from(a->err->field), &name);
    struct form_item *i = form_find(&d->form, part, str_dup(a->arena, name).p);
    if (!i || !form_filled(i))
        i = form_find(&d->form, PART_TOTAL, "total");
    if (part >= PART_LINE && part - PART_LINE < d->flow.nlines)
        text = str_printf(a->arena, "%.*s: %s", STR_ARG(d->flow.lines[part - PART_LINE].label), a->err->text);
    for (size_t k = 0; e && k < e->nrefs; k++)
        sell_offer_ref(v, i, &e->refs[k]);
    sell_note_offer(d, i, TONE_BAD, text);
}

void
sell_take_quote(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct form_item *total = form_find(&d->form, PART_TOTAL, "total");
    struct form_item *amount = form_find(&d->form, PART_RECEIPT, "amount");
    const struct value *due = a->code == RC_OK ? flow_due(&d->flow, a->body) : NULL;
    form_clear_told(&d->form, PART_POLICY);
    sell_drop_offers(d, PART_TOTAL);
    if (a->code != RC_OK) {
        unquote(d);
        if (a->err && a->code != RC_CONFIRM)
            unpriced(v, a);
    } else if (due) {
        total->note[0] = 0;
        form_put(&d->form, total, due, true);
        d->quoted = true;
        if (amount && !amount->by_hand)
            form_put(&d->form, amount, due, true);
    }
}

/* ---- saving ---- */

void
sell_send(struct view *v)
{
    struct sell *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct flow_source from = sell_source(d);
    struct params p = flow_steps(&d->flow, &a, &from, true);
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

/* The field that was refused, told and offered what it looks like. */
static struct form_item *
blame(struct view *v, enum part part, struct str name, struct answer *a)
{
    struct sell *d = v->data;
    const struct body_error *e = body_has(a->body, BODY_ERROR) ? &a->body->error : NULL;
    char word[64];
    snprintf(word, sizeof word, "%.*s", STR_ARG(name));
    struct form_item *i = form_find(&d->form, part, word);
    if (!i)
        return NULL;
    struct body_issue issue = {.level = a->code == RC_CONFIRM ? ISSUE_CONFIRM : ISSUE_REFUSE,
                               .field = name,
                               .text = str_from(a->err->text),
                               .refs = e ? e->refs : NULL,
                               .nrefs = e ? e->nrefs : 0};
    if (form_filled(i))
        sell_issues(v, part, &issue, 1);
    else
        form_note(i, TONE_BAD, issue.text);
    return i;
}

/* Nothing is asked in a box: what stands in the way is told beside its field, with what can be done. */
void
sell_refused(struct view *v, struct answer *a)
{
    struct sell *d = v->data;
    struct str name;
    enum part part = flow_part_of_error(&d->flow, str_from(a->err->field), &name);
    struct form_item *i = blame(v, part, name, a);
    if (a->code == RC_CONFIRM && part <= PART_CUSTOMER) {
        d->doubtful[part] = true;
        i = form_find(&d->form, PART_WHY + part, "reason");
    }
    sell_arrange(d);
    if (i && !i->readonly && !i->hidden)
        form_focus(&d->form, (size_t)(i - d->form.items));
    sell_arrange(d);
    tui_say(v->tui, ROLE_BAD, "%s", a->err->text);
}
