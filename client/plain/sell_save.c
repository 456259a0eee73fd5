#include "client/plain/sell.h"
#include "common/crypt/crypt.h"

/* ---- the steps ---- */

static void
fill_fields(struct sell *d, struct arena *a, enum part part, struct params *params, size_t extra)
{
    struct param_field *fields;
    size_t n = pform_fields(&d->form, a, part, false, &fields);
    params->fields = arena_new(a, struct param_field, n + extra + 1);
    for (size_t i = 0; i < n; i++)
        params->fields[i] = fields[i];
    params->nfields = n;
    params->present |= 1u << PARAM_FIELDS;
}

/* A reference to a record that is there, or to what step `made` makes. */
static void
add_ref(struct arena *a, struct params *params, const char *name, int64_t id, size_t made)
{
    params->fields[params->nfields++] =
        (struct param_field){.field = {.name = str_from(name)},
                             .value = id != 0 ? VALUE_INT(id) : VALUE_TEXT(str_printf(a, "$%zu", made))};
}

static struct params
add_params(struct sell *d, struct arena *a, enum part part, size_t extra, bool whole)
{
    struct params params = params_of_entity(d->e[part]->number);
    fill_fields(d, a, part, &params, extra);
    /* a trial is not stopped by what only has to be confirmed */
    params.reason = whole ? d->reason : STR("price");
    if (params.reason.n > 0)
        params.present |= 1u << PARAM_REASON;
    return params;
}

struct steps {
    struct sell *d;
    struct arena *a;
    struct param_step rows[STEPS];
    size_t n;
};

static size_t
add_step(struct steps *s, enum part part, enum method m, struct params params)
{
    s->d->step_part[s->n] = part;
    s->rows[s->n] = (struct param_step){.method = {.number = m}, .params = params};
    return s->n++;
}

static struct params
act_params(struct sell *d, const struct schema_action *act)
{
    struct params params = params_of_entity(d->e[PART_POLICY]->number);
    params.present |= 1u << PARAM_ACTION;
    params.action.number = act->number;
    return params;
}

static void
add_issue(struct steps *s, size_t policy)
{
    struct sell *d = s->d;
    struct params issue = act_params(d, d->issue);
    issue.present |= 1u << PARAM_KEY;
    issue.key = str_printf(s->a, "$%zu", policy);
    (void)add_step(s, PART_POLICY, METHOD_ACT, issue);
    const struct item *amount = pform_item(&d->form, PART_RECEIPT, "amount");
    if (amount == NULL || amount->text.n == 0)
        return;
    struct params receipt = add_params(d, s->a, PART_RECEIPT, 1, true);
    add_ref(s->a, &receipt, "policy", 0, policy);
    (void)add_step(s, PART_RECEIPT, METHOD_ADD, receipt);
}

/* `whole`: also issue and receipt; else a trial, as far as the price is known. */
static struct params
steps_of(struct sell *d, struct arena *a, bool whole)
{
    struct steps *s = arena_new(a, struct steps, 1);
    size_t customer = 0, vehicle = 0;
    s->d = d;
    s->a = a;
    if (d->customer == 0)
        customer = add_step(s, PART_CUSTOMER, METHOD_ADD, add_params(d, a, PART_CUSTOMER, 0, whole));
    if (d->vehicle == 0) {
        struct params params = add_params(d, a, PART_VEHICLE, 1, whole);
        add_ref(a, &params, "owner", d->customer, customer);
        vehicle = add_step(s, PART_VEHICLE, METHOD_ADD, params);
    }
    struct params quote = act_params(d, d->quote);
    fill_fields(d, a, PART_POLICY, &quote, 2);
    add_ref(a, &quote, "vehicle", d->vehicle, vehicle);
    add_ref(a, &quote, "customer", d->customer, customer);
    size_t policy = add_step(s, PART_POLICY, METHOD_ACT, quote);
    if (whole)
        add_issue(s, policy);
    return (struct params){.present = 1u << PARAM_STEPS, .steps = s->rows, .nsteps = s->n};
}

/* "2.sum_insured": the step's part and the field. */
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
    return (d->vehicle != 0 || part_complete(d, PART_VEHICLE)) &&
           (d->customer != 0 || part_complete(d, PART_CUSTOMER)) && part_complete(d, PART_POLICY);
}

static void
take_price(struct sell *d, const struct body *body)
{
    const struct body *last = body->nresults > 0 ? &body->results[body->nresults - 1] : NULL;
    const struct value *due = last != NULL ? record_named(d->e[PART_POLICY], &last->record, "total") : NULL;
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
    enum part part = part_of_error(d, str_from(err->field), &name);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    const struct item *i = pform_item(&d->form, part, str_dup(&a, name).p);
    bool coming = i != NULL && pitem_open(i) && i->text.n == 0 && (size_t)(i - d->form.items) > d->form.at;
    arena_done(&a);
    d->price = STR_NONE;
    if (aloud) {
        if (!pform_blame(&d->form, part, name, err->text))
            say_error(d->p, d->e[part], err, NULL);
        d->p->failed = err->code;
        return;
    }
    struct str label = i != NULL ? i->field->label : d->e[part]->label;
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
    struct params params = steps_of(d, &a, false);
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
    say_error(d->p, d->e[part], err, body);
    enum objection what = objection_hear(&d->form, &o);
    d->p->failed = err->code;
    if (what == OBJECTION_QUIT)
        return SELL_QUIT;
    if (what == OBJECTION_REASON) {
        d->reason = o.reason;
        return SELL_AGAIN;
    }
    if (what != OBJECTION_USE)
        return SELL_FIELDS;
    d->quoted = d->came_along = false;
    (void)psell_fetch(d, o.ref.entity == d->e[PART_VEHICLE]->number ? PART_VEHICLE : PART_CUSTOMER, o.ref.id,
                      o.ref.entity == d->e[PART_VEHICLE]->number);
    psell_price(d, false);
    return SELL_FIELDS;
}

static enum sell_sent
refused(struct sell *d, const struct err *err, const struct body *body)
{
    struct str name;
    enum part part = part_of_error(d, str_from(err->field), &name);
    pform_stand_at(&d->form, part, name);
    if (err->code == RC_CONFIRM || err->code == RC_DUPLICATE)
        return objected(d, err, body, part);
    if (!pform_blame(&d->form, part, name, err->text))
        say_error(d->p, d->e[part], err, body);
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
    struct params params = steps_of(d, a, true);
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
