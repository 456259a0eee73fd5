#include <string.h>

#include "client/screen/sell.h"
#include "client/text.h"

static const struct schema_field total_field = {
    .name = {"total",                                               5 },
    .label = {N_("To pay"),                                          6 },
    .help = {N_("Premium, levy and tax as the service prices it."), 47},
    .type = VT_MONEY,
    .width = 16
};
static const struct schema_field why_field = {
    .name = {"reason",                                                                  6 },
    .label = {N_("Why another"),                                                         11},
    .help = {N_("Why it is another one than the record offered. Kept in the history."), 67},
    .type = VT_TEXT,
    .max = 200,
    .width = 40
};

static void
add_single(struct view *v, enum part part, const struct schema_field *from)
{
    struct sell *d = v->data;
    struct schema_field *f = arena_new(&v->arena, struct schema_field, 1);
    *f = *from;
    f->label = str_from(_(from->label.p));
    f->help = str_from(_(from->help.p));
    form_add(&d->form, &(struct form_source){.part = part, .fields = f, .nfields = 1});
}

void
sell_add_parts(struct view *v)
{
    struct sell *d = v->data;
    for (enum part part = PART_VEHICLE; part < PARTS; part++) {
        struct form_source s = {.entity = d->flow.e[part]->number, .part = part};
        s.nfields = flow_fields(&d->flow, part, &v->arena, &s.fields);
        form_add(&d->form, &s);
        if (part <= PART_CUSTOMER)
            add_single(v, PART_WHY + part, &why_field);
        if (part == PART_POLICY)
            add_single(v, PART_TOTAL, &total_field);
    }
    form_find(&d->form, PART_TOTAL, "total")->readonly = true;
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        i->aside = i->part < PARTS && flow_aside((enum part)i->part, i->field);
    }
    sell_arrange(d);
}

/* ---- which are shown ---- */

static struct str
code_of(struct sell *d, enum part part, const char *name)
{
    struct form_item *i = form_find(&d->form, part, name);
    struct value v = VALUE_NULL;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    bool ok = i && form_value(&d->form, &a, i, &v) && v.type == VT_CHOICE;
    const struct schema_choice *c = ok ? schema_choice(i->field, v.i) : NULL;
    arena_done(&a);
    return c ? c->code : STR_NONE;
}

static bool
is_hidden(const struct sell *d, const struct form_item *i, struct str kind, struct str method)
{
    bool folded = !d->all && !flow_usual((enum part)i->part, i->field);
    if (i->part >= PART_WHY)
        return !d->doubtful[i->part - PART_WHY];
    if (i->part == PART_TOTAL)
        return false;
    if (i->readonly) /* on record */
        return !form_filled(i) || folded;
    return !flow_applies((enum part)i->part, i->field, kind, method) || (folded && !form_filled(i));
}

static struct str
heading(struct sell *d, enum part part)
{
    switch (part) {
    case PART_VEHICLE:
        if (d->flow.nlines)
            return sell_fleet_heading(d, d->form.a);
        return str_from(d->flow.vehicle ? _("Vehicle, on record") : _("Vehicle"));
    case PART_CUSTOMER:
        return str_from(d->flow.customer ? _("Customer, on record") : _("Customer"));
    case PART_POLICY:
        return str_from(_("Policy"));
    default:
        return str_from(_("Payment"));
    }
}

void
sell_arrange(struct sell *d)
{
    struct str kind = code_of(d, PART_CUSTOMER, "kind"), method = code_of(d, PART_RECEIPT, "method");
    bool headed[PARTS] = {false}, listed = d->flow.nlines && !sell_typed_a_vehicle(d);
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        i->hidden = k != d->form.at && is_hidden(d, i, kind, method);
        i->group = STR_NONE;
        i->optional = i->part == PART_RECEIPT || (i->part == PART_VEHICLE && listed);
        if (i->hidden || i->part >= PARTS || headed[i->part])
            continue;
        i->group = heading(d, (enum part)i->part);
        headed[i->part] = true;
    }
    tui_touch(d->form.tui);
}

/* ---- what the steps take ---- */

static size_t
source_fields(void *ctx, struct arena *a, enum part part, size_t extra, struct param_field **ret)
{
    struct sell *d = ctx;
    struct param_field *fields;
    size_t n = form_fields(&d->form, a, part, false, &fields);
    *ret = arena_new(a, struct param_field, n + extra + 1);
    memcpy(*ret, fields, n * sizeof *fields);
    return n;
}

static struct str
source_reason(void *ctx, enum part part)
{
    struct sell *d = ctx;
    struct form_item *i = part <= PART_CUSTOMER ? form_find(&d->form, PART_WHY + part, "reason") : NULL;
    char text[FIELD_TEXT];
    if (!i || i->hidden || !form_filled(i))
        return STR_NONE;
    return str_dup(d->form.a, field_text(&i->edit, text));
}

bool
sell_pays(struct sell *d)
{
    struct form_item *amount = form_find(&d->form, PART_RECEIPT, "amount");
    return amount && form_filled(amount);
}

struct flow_source
sell_source(struct sell *d)
{
    return (struct flow_source){.fields = source_fields,
                                .reason = source_reason,
                                .ctx = d,
                                .vehicle = sell_typed_a_vehicle(d),
                                .pays = sell_pays(d)};
}

/* Where a plate is asked a phone number finds the customer first; the plate is asked again. */
bool
sell_phone_for_plate(struct view *v, struct form_item *plate)
{
    struct sell *d = v->data;
    struct form_item *phone = form_find(&d->form, PART_CUSTOMER, "phone");
    char text[FIELD_TEXT];
    struct str typed = field_text(&plate->edit, text);
    bool free_to_take =
        phone && !phone->readonly && !d->flow.customer && (!phone->by_hand || !form_filled(phone));
    if (!free_to_take || !flow_looks_like_phone(typed))
        return false;
    form_put_text(phone, typed);
    phone->by_hand = true;
    phone->edit.gen++;
    phone->asked_gen = phone->edit.gen;
    field_fill(&plate->edit, STR_NONE);
    plate->by_hand = false;
    plate->asked_gen = plate->edit.gen;
    form_focus(&d->form, (size_t)(plate - d->form.items));
    sell_look_up(v, (size_t)(phone - d->form.items));
    return true;
}
