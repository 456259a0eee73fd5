#include "client/plain/sell.h"
#include "common/crypt/crypt.h"

/* ---- price ---- */

static bool
part_complete(struct sell *d, enum part part)
{
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].part == (uint32_t)part && pitem_missing(&d->form.items[k]))
            return false;
    return true;
}

static bool
can_price(struct sell *d)
{
    return (d->flow.vehicle != 0 || part_complete(d, PART_VEHICLE)) &&
           (d->flow.customer != 0 || part_complete(d, PART_CUSTOMER)) && part_complete(d, PART_POLICY);
}

static void
take_price(struct sell *d, const struct body *body)
{
    const struct value *due = flow_due(&d->flow, body);
    struct item *amount = pform_item(&d->form, PART_RECEIPT, "amount");
    if (due == NULL)
        return;
    struct str text = str_dup(d->form.a, plain_value(d->p, d->form.a, NULL, due));
    if (!str_eq(text, d->price))
        say(d->p, _("To pay: %.*s"), STR_ARG(text));
    d->price = text;
    d->doubt = STR_NONE;
    d->quoted = true;
    if (amount != NULL && !amount->by_hand)
        pitem_put(&d->form, amount, due, true);
}

/* What has not been asked yet is no news. */
static void
take_doubt(struct sell *d, const struct err *err, bool aloud)
{
    struct str name;
    enum part part = flow_part_of_error(&d->flow, str_from(err->field), &name);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    const struct item *i = pform_item(&d->form, part, str_dup(&a, name).p);
    bool coming = i != NULL && pitem_open(i) && i->text.n == 0 && (size_t)(i - d->form.items) > d->form.at;
    arena_done(&a);
    d->price = STR_NONE;
    if (aloud) {
        if (!pform_blame(&d->form, part, name, err->text))
            say_error(d->p, d->flow.e[part], err, NULL);
        d->p->failed = err->code;
        return;
    }
    const struct schema_field *field = i != NULL ? i->field : flow_field(&d->flow, part, name);
    struct str label = field != NULL ? field->label : d->flow.e[part]->label;
    if (!coming && !str_eq_c(d->doubt, err->text)) {
        struct str sentence = plain_sentence(d->form.a, label, name, str_from(err->text));
        say(d->p, _("No price yet. %.*s"), STR_ARG(sentence));
    }
    d->doubt = coming ? STR_NONE : str_dup(d->form.a, str_from(err->text));
}

void
psell_price(struct sell *d, bool aloud)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    if (!can_price(d))
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct flow_source from = psell_source(d);
    struct params params = flow_steps(&d->flow, &a, &from, false);
    struct wish r = {.method = METHOD_TRIAL, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RESULTS))
        take_price(d, &body);
    else
        take_doubt(d, &err, aloud);
    arena_done(&a);
}

/* ---- saving ---- */

static enum sell_sent
objected(struct sell *d, const struct err *err, const struct body *body, enum part part)
{
    bool known = part == PART_VEHICLE || part == PART_CUSTOMER;
    struct objected o = {.code = err->code, .body = body, .use = known ? _("Go on with") : NULL};
    say_error(d->p, d->flow.e[part], err, body);
    enum objection what = objection_hear(&d->form, &o);
    d->p->failed = err->code;
    if (what == OBJECTION_QUIT)
        return SELL_QUIT;
    if (what == OBJECTION_REASON) {
        d->reasons[part] = o.reason;
        return SELL_AGAIN;
    }
    if (what != OBJECTION_USE)
        return SELL_FIELDS;
    d->quoted = d->flow.came_along = false;
    (void)psell_fetch(d, o.ref.entity == d->flow.e[PART_VEHICLE]->number ? PART_VEHICLE : PART_CUSTOMER,
                      o.ref.id);
    psell_price(d, false);
    return SELL_FIELDS;
}

static enum sell_sent
refused(struct sell *d, const struct err *err, const struct body *body)
{
    struct str name;
    enum part part = flow_part_of_error(&d->flow, str_from(err->field), &name);
    pform_stand_at(&d->form, part, name);
    if (err->code == RC_CONFIRM || err->code == RC_DUPLICATE)
        return objected(d, err, body, part);
    if (!pform_blame(&d->form, part, name, err->text))
        say_error(d->p, d->flow.e[part], err, body);
    io_drop_typed(d->p);
    return SELL_FIELDS;
}

static enum sell_sent
send_batch(struct sell *d, struct arena *a, enum go *ret)
{
    unsigned char idem[IDEM_BYTES];
    struct body body = {0};
    struct err err = {0};
    enum rc rc;
    struct flow_source from = psell_source(d);
    struct params params = flow_steps(&d->flow, a, &from, true);
    crypt_random(idem, sizeof(idem));
    do {
        struct wish r = {.method = METHOD_BATCH, .params = &params, .idem = idem, .arena = a};
        rc = plain_call(d->p, &r, &body, &err);
    } while (rc != RC_OK && outcome_unknown(rc) && send_again(&d->form, &err));
    if (d->p->over || (outcome_unknown(rc) && !d->p->io.tty_in))
        return SELL_QUIT;
    if (rc != RC_OK)
        return outcome_unknown(rc) ? SELL_FIELDS : refused(d, &err, &body);
    pform_remember(&d->form);
    *ret = plain_sold(d->p, body.results, body_has(&body, BODY_RESULTS) ? body.nresults : 0);
    return SELL_SAVED;
}

enum sell_sent
psell_send(struct sell *d, enum go *ret)
{
    struct arena a;
    if (!d->quoted) { /* what is to pay must be seen by the save */
        psell_price(d, true);
        if (!d->quoted)
            return d->p->over ? SELL_QUIT : SELL_FIELDS;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    enum sell_sent sent = send_batch(d, &a, ret);
    arena_done(&a);
    return sent;
}
