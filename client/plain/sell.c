#include "client/plain/sell.h"

#include <string.h>

/* What new business asks. */

/* Duplicates and oddities, said at the field they are about. */
static void
check(struct sell *d, struct item *i)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    bool known = (i->part == PART_VEHICLE && d->flow.vehicle != 0) ||
                 (i->part == PART_CUSTOMER && d->flow.customer != 0);
    if (known || (i->field->flags & SCHEMA_CHECK) == 0 || i->text.n == 0)
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_entity(d->flow.e[i->part]->number);
    params.nfields = pform_fields(&d->form, &a, i->part, false, &params.fields);
    params.present |= 1u << PARAM_FIELDS;
    struct wish r = {.method = METHOD_CHECK, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_ISSUES))
        for (size_t k = 0; k < body.nissues; k++)
            if (str_eq(body.issues[k].field, i->field->name)) {
                say_issues(d->p, d->flow.e[i->part], &body.issues[k], 1);
                if (body.issues[k].nrefs > 0)
                    psell_offer(d, &body.issues[k].refs[0]);
            }
    arena_done(&a);
}

/* ---- which are asked ---- */

static struct str
code_of(struct sell *d, enum part part, const char *name)
{
    const struct item *i = pform_item(&d->form, part, name);
    for (size_t k = 0; i != NULL && k < i->field->nchoices; k++)
        if (str_eq(i->field->choices[k].label, i->text) || str_eq(i->field->choices[k].code, i->text))
            return i->field->choices[k].code;
    return STR_NONE;
}

static bool
typed_a_vehicle(const struct sell *d)
{
    for (size_t k = 0; k < d->form.n; k++) {
        const struct item *i = &d->form.items[k];
        if (i->part == PART_VEHICLE && i->by_hand && i->text.n > 0 && pitem_changed(i))
            return true;
    }
    return false;
}

void
psell_arrange(struct sell *d)
{
    static const char *const headings[] = {N_("Vehicle"), N_("Customer"), N_("Policy"), N_("Payment")};
    const struct item *amount = pform_item(&d->form, PART_RECEIPT, "amount");
    struct str kind = code_of(d, PART_CUSTOMER, "kind"), method = code_of(d, PART_RECEIPT, "method");
    bool headed[PARTS] = {false}, listed = d->flow.nlines > 0 && !typed_a_vehicle(d);
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        enum part part = (enum part)i->part;
        bool folded = !d->all && !flow_usual(part, i->field) && i->text.n == 0;
        bool unpaid = part == PART_RECEIPT && amount != NULL && i != amount && amount->text.n == 0;
        i->heading = STR_NONE;
        i->optional = part == PART_RECEIPT || (part == PART_VEHICLE && listed);
        i->hidden = !i->readonly && (folded || unpaid || !flow_applies(part, i->field, kind, method));
        if (i->hidden || headed[part])
            continue;
        i->heading = str_from(_(headings[part]));
        headed[part] = true;
    }
}

static void
left(struct form *f, struct item *i, bool changed)
{
    struct sell *d = f->ctx;
    bool key = flow_is_key((enum part)i->part, i->field);
    bool amount = flow_is((enum part)i->part, i->field, PART_RECEIPT, "amount");
    if (i->part != PART_RECEIPT && i->part != PART_CUSTOMER)
        d->quoted = d->quoted && !changed;
    if (changed && flow_is((enum part)i->part, i->field, PART_VEHICLE, "plate") &&
        psell_phone_for_plate(d, i))
        return;
    if (changed)
        d->offer.id = 0;
    if (changed && key) {
        psell_forget(d, (enum part)i->part, i);
        if (i->text.n > 0)
            psell_look_up(d, i);
    }
    if (changed && i->part <= PART_CUSTOMER && d->offer.id == 0)
        check(d, i);
    if (changed || amount)
        psell_arrange(d);
    if (!d->quoted && i->part != PART_RECEIPT)
        psell_price(d, false);
}

/* Asked from the plate on, as at the beginning. */
static void
next_vehicle(struct sell *d)
{
    const struct item *plate = pform_item(&d->form, PART_VEHICLE, "plate");
    d->flow.vehicle = 0;
    d->flow.came_along = d->quoted = false; /* the list belongs to this customer */
    d->reasons[PART_VEHICLE] = STR_NONE;
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        if (i->part != PART_VEHICLE)
            continue;
        i->text = i->original = i->field->fallback;
        i->readonly = i->by_hand = false;
        i->ref_id = 0;
    }
    psell_arrange(d);
    d->form.at = plate != NULL ? (size_t)(plate - d->form.items) : 0;
}

/* A fleet: this vehicle on the list, the next one is asked. */
static void
another(struct sell *d)
{
    const struct item *plate = pform_item(&d->form, PART_VEHICLE, "plate");
    const struct item *chassis = pform_item(&d->form, PART_VEHICLE, "chassis");
    const struct item *sum = pform_item(&d->form, PART_POLICY, "sum_insured");
    struct flow_source from = psell_source(d);
    for (size_t k = 0; d->flow.vehicle == 0 && k < d->form.n; k++)
        if (d->form.items[k].part == PART_VEHICLE && pitem_missing(&d->form.items[k])) {
            say_usage(d->p, _("%.*s is needed before the next vehicle."),
                      STR_ARG(d->form.items[k].field->label));
            d->form.at = k;
            return;
        }
    struct str label = plate != NULL && plate->text.n > 0 ? plate->text
                       : chassis != NULL                  ? chassis->text
                                                          : STR_NONE;
    if (!flow_add_line(&d->flow, d->form.a, &from, label, sum != NULL ? sum->text : STR_NONE)) {
        say_usage(
            d->p, "%s",
            _("More new vehicles do not fit one save: save these, then include the others in the quote."));
        return;
    }
    say(d->p, _("On the list of the fleet: %.*s. Vehicle %zu."), STR_ARG(label), d->flow.nlines + 1);
    next_vehicle(d);
}

static bool
sign(struct form *f, char c)
{
    struct sell *d = f->ctx;
    if (c == '*' && d->flow.fleets) {
        another(d);
        return true;
    }
    if (c == '=') {
        if (psell_take_offer(d))
            psell_price(d, false);
        return true;
    }
    if (c != '+')
        return false;
    d->all = !d->all;
    psell_arrange(d);
    say(d->p, "%s", d->all ? _("Every field is asked.") : _("The usual fields are asked."));
    return true;
}

/* ---- what the steps take ---- */

static size_t
source_fields(void *ctx, struct arena *a, enum part part, size_t extra, struct param_field **ret)
{
    struct sell *d = ctx;
    struct param_field *fields;
    size_t n = pform_fields(&d->form, a, part, false, &fields);
    *ret = arena_new(a, struct param_field, n + extra + 1);
    memcpy(*ret, fields, n * sizeof *fields);
    return n;
}

static struct str
source_reason(void *ctx, enum part part)
{
    return ((struct sell *)ctx)->reasons[part];
}

struct flow_source
psell_source(struct sell *d)
{
    const struct item *amount = pform_item(&d->form, PART_RECEIPT, "amount");
    return (struct flow_source){.fields = source_fields,
                                .reason = source_reason,
                                .ctx = d,
                                .vehicle = d->flow.nlines == 0 || typed_a_vehicle(d),
                                .pays = amount != NULL && amount->text.n > 0};
}

/* ---- opening ---- */

static void
add_parts(struct sell *d)
{
    for (enum part part = PART_VEHICLE; part < PARTS; part++) {
        struct form_source s = {.entity = d->flow.e[part]->number, .part = part};
        s.nfields = flow_fields(&d->flow, part, d->form.a, &s.fields);
        pform_source(&d->form, &s);
    }
    psell_arrange(d);
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

/* What was sold last is sold again, until something else is said. */
static void
last_product(struct sell *d)
{
    struct item *i = pform_item(&d->form, PART_POLICY, "product");
    for (size_t k = 0; i != NULL && k < d->p->nlast; k++)
        if (d->p->last[k].entity == i->entity && d->p->last[k].tag == i->field->tag)
            i->text = i->original = str_dup(d->form.a, str_from(d->p->last[k].text));
}

static void
begin(struct sell *d, struct str typed)
{
    struct item *first = pform_item(&d->form, PART_VEHICLE, "plate");
    last_product(d);
    if (typed.n == 0 || first == NULL || !pitem_take(&d->form, first, typed))
        return;
    d->form.at = (size_t)(first - d->form.items);
    first->by_hand = true;
    left(&d->form, first, true);
    d->form.at += first->text.n > 0;
    d->form.again = false;
}

static enum go
sell(struct plain *p, struct str typed, const struct schema_entity *e, int64_t id)
{
    struct arena a;
    enum go go = GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct sell *d = arena_new(&a, struct sell, 1);
    d->p = p;
    pform_open(&d->form, p, &a);
    d->form.left = left;
    d->form.ctx = d;
    d->form.sign = sign;
    d->form.signs = _("= takes the record that is offered, + asks every field and again the usual ones.");
    if (!flow_start(&d->flow, plain_schema(p))) {
        say_usage(p, "%s", _("Your role does not sell new business."));
    } else {
        add_parts(d);
        if (d->flow.fleets)
            d->form.signs =
                _("= takes the record that is offered, + asks every field and again the usual ones, "
                  "* puts this vehicle on the list of a fleet and asks for the next.");
        say(p, "%s", _("New business."));
        begin(d, typed);
        if (e != NULL)
            (void)psell_take(d, e == d->flow.e[PART_VEHICLE] ? PART_VEHICLE : PART_CUSTOMER, id);
        go = run(d);
    }
    arena_done(&a);
    return go;
}

enum go
plain_sell(struct plain *p, struct str typed)
{
    return sell(p, typed, NULL, 0);
}

enum go
plain_sell_with(struct plain *p, const struct schema_entity *e, int64_t id)
{
    return sell(p, STR_NONE, e, id);
}

bool
plain_sells(struct plain *p, const struct schema_entity *e)
{
    struct flow f;
    return flow_start(&f, plain_schema(p)) && (e == f.e[PART_VEHICLE] || e == f.e[PART_CUSTOMER]);
}
