
#include "client/screen/app.h"
#include "client/screen/offers.h"
#include "client/text.h"
#include "client/tui/pager.h"
#include "common/base/utf8.h"

/* What came of a new business, and what comes next: verify, print, the policy, another one. The certificate
   stands below, or beside where there is room, as soon as there is one. */
enum { TAG_VERIFY = 1, TAG_POLICY, TAG_CERTIFICATE, TAG_TEXT };
enum { DO_VERIFY = 1, DO_POLICY, DO_RECEIPT, DO_CERTIFICATE };
enum { BESIDE = 112, LEFT_HALF = 56, LEAST_ROWS = 4, MOST_CERTIFICATES = 50 };

struct sold_record {
    const struct schema_entity *e;
    int64_t id, version;
    struct str label, state;
    int tone;
};

struct sold {
    struct sold_record policy, receipt, certificate;
    struct str holder, vehicle, vehicles, total;
    const struct schema_action *verify;
    size_t ncertificates; /* a fleet has one per vehicle */
    struct kept text;
    struct pager pager;
    bool verified;
    int at;
};

static const struct value *
value_of(const struct schema_entity *e, const struct body_record *r, const char *name)
{
    const struct schema_field *f = schema_field_named(e, str_from(name));
    for (size_t i = 0; f && i < r->nfields; i++)
        if (r->fields[i].tag == f->tag)
            return &r->fields[i].value;
    return NULL;
}

static struct str
text_of(struct view *v, const struct schema_entity *e, const struct body_record *r, const char *name)
{
    const struct schema_field *f = schema_field_named(e, str_from(name));
    const struct value *val = value_of(e, r, name);
    if (!f || !val || val->type == VT_NULL)
        return STR_NONE;
    struct str text = val->type == VT_REF && val->label.n
                          ? val->label
                          : value_text(&v->arena, f, val, app_locale(app_of(v)));
    return str_dup(&v->arena, text);
}

static void
take_record(struct view *v, const struct body_record *r)
{
    struct sold *d = v->data;
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), r->entity);
    if (!e)
        return;
    bool policy = str_eq_c(e->name, "policy"), receipt = str_eq_c(e->name, "receipt");
    if (!policy && !receipt)
        return;
    struct sold_record *s = policy ? &d->policy : &d->receipt;
    const struct value *state = value_of(e, r, "state");
    const struct schema_field *f = schema_field_named(e, STR("state"));
    const struct schema_choice *c = f && state ? schema_choice(f, state->i) : NULL;
    *s = (struct sold_record){.e = e,
                              .id = r->id,
                              .version = r->version,
                              .label = str_dup(&v->arena, r->label),
                              .state = c ? c->label : STR_NONE,
                              .tone = c ? c->tone : TONE_PLAIN};
    if (policy) {
        d->holder = text_of(v, e, r, "customer");
        d->vehicle = text_of(v, e, r, "vehicle");
        d->vehicles = text_of(v, e, r, "vehicles");
        d->total = text_of(v, e, r, "total");
    } else {
        const struct schema_action *act = schema_action_named(e, STR("verify"));
        d->verify = act && action_fits(act, r) ? act : NULL;
        d->verified = d->verified || str_eq_c(c ? c->code : STR_NONE, "verified");
    }
}

static void
ask_policy(struct view *v, bool barrier)
{
    struct sold *d = v->data;
    struct params p = params_record(d->policy.e->number, d->policy.id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_POLICY, .barrier = barrier});
    const struct schema_entity *e = schema_entity_named(app_schema(app_of(v)), STR("certificate"));
    const struct schema_field *via = e ? schema_field_named(e, STR("policy")) : NULL;
    if (!via)
        return;
    struct params list = params_entity(e->number);
    struct param_filter f = {.field = {.number = via->tag}, .value = VALUE_INT(d->policy.id)};
    list.present |= 1u << PARAM_FILTERS | 1u << PARAM_LIMIT;
    list.filters = &f;
    list.nfilters = 1;
    list.limit = MOST_CERTIFICATES;
    app_ask(
        v, &(struct ask){.method = METHOD_LIST, .params = &list, .tag = TAG_CERTIFICATE, .barrier = barrier});
}

static void
ask_text(struct view *v)
{
    struct sold *d = v->data;
    struct params p = params_record(d->certificate.e->number, d->certificate.id);
    p.present |= 1u << PARAM_FORMAT;
    p.format = STR("text");
    app_ask(v, &(struct ask){.method = METHOD_PRINT, .params = &p, .tag = TAG_TEXT, .may_fail = true});
}

static void
take_certificate(struct view *v, struct answer *a)
{
    struct sold *d = v->data;
    const struct body_page *p = &a->body->page;
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), p->entity);
    const struct schema_field *key = e ? schema_key_field(e) : NULL;
    if (p->nrows == 0 || !key)
        return;
    d->certificate.e = e;
    d->certificate.id = p->rows[0].id;
    d->ncertificates = p->nrows;
    for (size_t i = 0; i < p->ncolumns; i++)
        if (p->columns[i] == key->tag)
            d->certificate.label = str_dup(&v->arena, p->rows[0].cells[i].text);
    if (d->ncertificates > 1)
        d->certificate.label = str_printf(&v->arena, _("%.*s and %zu more"), STR_ARG(d->certificate.label),
                                          d->ncertificates - 1);
    ask_text(v);
}

static void
take_text(struct view *v, struct answer *a)
{
    struct sold *d = v->data;
    if (a->code != RC_OK || !body_has(a->body, BODY_FILE))
        return; /* it can be opened all the same */
    struct str text = a->body->file.bytes;
    answer_keep(a, &d->text);
    d->pager = (struct pager){.text = text};
}

static void
answer(struct view *v, struct answer *a)
{
    if (a->tag == TAG_TEXT) {
        take_text(v, a);
        return;
    }
    if (a->code != RC_OK) {
        app_say_error(v, a);
        return;
    }
    if (a->tag == TAG_CERTIFICATE && body_has(a->body, BODY_PAGE))
        take_certificate(v, a);
    else if (body_has(a->body, BODY_RECORD))
        take_record(v, &a->body->record);
    if (a->tag == TAG_VERIFY) {
        ((struct sold *)v->data)->verified = true;
        ask_policy(v, true);
    }
}

/* ---- what can be done next ---- */

struct next {
    uint32_t code;
    char digit;
    const char *label;
};

static size_t
nexts(const struct sold *d, struct next out[4])
{
    size_t n = 0;
    if (d->verify && !d->verified)
        out[n++] = (struct next){DO_VERIFY, '6', N_("Verify the receipt: the cover starts")};
    if (d->certificate.id)
        out[n++] = (struct next){DO_CERTIFICATE, '1', N_("Show and print the certificate")};
    out[n++] = (struct next){DO_POLICY, '5', N_("Open the policy")};
    if (d->receipt.id)
        out[n++] = (struct next){DO_RECEIPT, '7', N_("Open the receipt")};
    return n;
}

static void
run(struct view *v, uint32_t code, int64_t arg)
{
    struct sold *d = v->data;
    struct app *a = app_of(v);
    (void)arg;
    if (code == DO_VERIFY) {
        struct params p = params_record(d->receipt.e->number, d->receipt.id);
        p.present |= 1u << PARAM_ACTION;
        p.action.number = d->verify->number;
        app_ask(v, &(struct ask){.method = METHOD_ACT, .params = &p, .tag = TAG_VERIFY, .barrier = true});
    } else if (code == DO_CERTIFICATE) {
        document_open(a, d->certificate.e->number, d->certificate.id, d->certificate.label);
    } else if (code == DO_POLICY) {
        record_open(a, d->policy.e->number, d->policy.id);
    } else if (code == DO_RECEIPT) {
        record_open(a, d->receipt.e->number, d->receipt.id);
    }
}

static bool
command(struct view *v, enum cmd c)
{
    struct sold *d = v->data;
    struct app *a = app_of(v);
    struct next next[4];
    int n = (int)nexts(d, next);
    switch (c) {
    case CMD_UP:
        d->at = d->at > 0 ? d->at - 1 : 0;
        return true;
    case CMD_DOWN:
        d->at = d->at + 1 < n ? d->at + 1 : n - 1;
        return true;
    case CMD_ENTER:
        run(v, next[d->at < n ? d->at : 0].code, 0);
        return true;
    case CMD_NEW:
        view_pop(v);
        sell_open(a, STR_NONE);
        return true;
    case CMD_REFRESH:
        ask_policy(v, true);
        return true;
    default:
        return d->pager.text.n && pager_command(&d->pager, c);
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct next next[4];
    size_t n = nexts(v->data, next);
    for (size_t i = 0; i < n && k->code == K_CHAR; i++)
        if (k->cp == (uint32_t)next[i].digit) {
            run(v, next[i].code, 0);
            return true;
        }
    return false;
}

static void
offers(struct view *v, struct offers *o)
{
    struct next next[4];
    size_t n = nexts(v->data, next);
    for (size_t i = 0; i < n; i++)
        offer_add(o, next[i].code, 0, str_from(_(next[i].label)));
}

/* ---- paint ---- */

static void
paint_pair(const struct area *a, int y, const char *label, struct str text)
{
    paint_text(a, y, 2, ROLE_DIM, label);
    paint(a, (struct spot){.y = y, .x = 16, .role = ROLE_TEXT}, text);
}

static void
paint_state(const struct area *a, int y, const struct sold_record *r)
{
    struct tone_look look = tone_look(r->tone);
    int x = 16 + (int)utf8_width(r->label) + 3;
    if (look.mark[0])
        x += paint_text(a, y, x, look.role, look.mark) + 1;
    paint(a, (struct spot){.y = y, .x = x, .role = look.role}, r->state);
}

static int
paint_facts(struct sold *d, const struct area *a, int y)
{
    paint_pair(a, y, _("Policy"), d->policy.label);
    paint_state(a, y++, &d->policy);
    if (d->vehicle.n)
        paint_pair(a, y++, _("Vehicle"), d->vehicle);
    else if (d->vehicles.n)
        paint_pair(a, y++, _("Vehicles"), d->vehicles);
    paint_pair(a, y++, _("Holder"), d->holder);
    paint_pair(a, y++, _("To pay"), d->total);
    if (d->receipt.id) {
        paint_pair(a, y, _("Receipt"), d->receipt.label);
        paint_state(a, y++, &d->receipt);
    }
    if (d->certificate.id)
        paint_pair(a, y++, _("Certificate"), d->certificate.label);
    else if (d->receipt.id && !d->verified)
        paint_pair(a, y++, _("Certificate"), str_from(_("waiting for verification of the receipt")));
    else if (!d->receipt.id)
        paint_pair(a, y++, _("Certificate"), str_from(_("waiting for payment")));
    return y;
}

static int
paint_nexts(struct sold *d, const struct area *a, int y)
{
    struct next next[4];
    int n = (int)nexts(d, next);
    if (d->at >= n)
        d->at = n - 1;
    for (int i = 0; i < n; i++, y++) {
        if (i == d->at) {
            paint_text(a, y, 0, ROLE_FOCUS, ">");
            paint_cursor(a, y, 0);
        }
        paint_format(a, (struct spot){.y = y, .x = 2, .role = ROLE_KEY}, "%c", next[i].digit);
        paint_text(a, y, 4, ROLE_TEXT, _(next[i].label));
    }
    return y;
}

static void
paint_preview(struct sold *d, const struct area *a, int y)
{
    bool beside = a->cols >= BESIDE;
    int top = beside ? 1 : y + 1, left = beside ? LEFT_HALF : 2;
    if (!d->pager.text.n || a->rows - top < LEAST_ROWS)
        return;
    struct area in = area_sub(a, top, left, a->rows - top, a->cols - left - 1);
    pager_paint(&d->pager, &in);
    if (d->pager.lines > d->pager.top + in.rows)
        paint_text(a, a->rows - 1, a->cols - 8, ROLE_DIM, _("more ↓"));
}

static void
paint_sold(struct view *v, const struct area *a)
{
    struct sold *d = v->data;
    int y = a->rows > 14;
    paint_text(a, y, 2, ROLE_HEAD, d->verified ? _("Done: the cover is in force") : _("Saved"));
    y = paint_facts(d, a, y + 2);
    y = paint_nexts(d, a, y + 1);
    paint_preview(d, a, y);
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("New business"));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL         },
        {CMD_PALETTE,      NULL         },
        {CMD_HOME,         NULL         },
        {CMD_PAGE_FORWARD, NULL         },
        {CMD_NEW,          N_("Another")},
        {CMD_BACK,         NULL         }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static bool
may(struct view *v, enum cmd c)
{
    const struct sold *d = v->data;
    return (c != CMD_PAGE_FORWARD && c != CMD_PAGE_BACK) || d->pager.text.n;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("What was sold. The digits do what stands beside them, Enter the first. As soon as the receipt "
          "is verified the certificate is shown here; 1 opens it to print or save."));
}

static void
close_view(struct view *v)
{
    kept_drop(&((struct sold *)v->data)->text);
}

static const struct view_ops ops = {.name = "sold",
                                    .context = IN_RECORD,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .paint = paint_sold,
                                    .title = title,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .close = close_view,
                                    .offers = offers,
                                    .run = run};

void
sold_open(struct app *a, const struct body *results, size_t n)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct sold));
    struct sold *d = v->data;
    for (size_t i = 0; i < n; i++)
        if (body_has(&results[i], BODY_RECORD))
            take_record(v, &results[i].record);
    if (!d->policy.e) {
        view_pop(v);
        return;
    }
    if (d->verified) /* else there is none yet */
        ask_policy(v, false);
}
