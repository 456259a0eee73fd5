#include "client/cli/suggest.h"
#include "client/plain/private.h"

/* What came of a new business, and what comes next: verify, certificate, policy, receipt, another one. */

enum next { NEXT_VERIFY, NEXT_CERTIFICATE, NEXT_POLICY, NEXT_RECEIPT, NEXT_ANOTHER, NEXTS };

struct sold {
    struct plain *p;
    const struct schema_entity *policies, *receipts, *certificates;
    int64_t policy, receipt, certificate;
    bool may_verify;
};

static const struct schema_field *
state_field(const struct schema_entity *e)
{
    return schema_field_named(e, STR("state"));
}

static void
say_record(struct sold *d, const struct schema_entity *e, const struct body_record *r)
{
    static const char *const more[] = {"vehicle", "customer", "total", "outstanding"};
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 128);
    buf_printf(&b, "%.*s %.*s", STR_ARG(e->label), STR_ARG(r->label));
    const struct value *state = record_named(e, r, "state");
    if (state != NULL)
        buf_printf(&b, ", %.*s", STR_ARG(plain_value(d->p, &a, state_field(e), state)));
    for (size_t i = 0; i < COUNTOF(more); i++) {
        const struct schema_field *f = schema_field_named(e, str_from(more[i]));
        const struct value *v = record_named(e, r, more[i]);
        bool nothing = v != NULL && v->type == VT_MONEY && v->money.minor == 0;
        if (v != NULL && !nothing)
            buf_printf(&b, ", %.*s %.*s", STR_ARG(f->label), STR_ARG(plain_value(d->p, &a, f, v)));
    }
    say(d->p, "%.*s.", (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static void
take_record(struct sold *d, const struct body_record *r)
{
    const struct schema_entity *e = schema_entity(plain_schema(d->p), r->entity);
    if (e == NULL || (e != d->policies && e != d->receipts))
        return;
    if (e == d->policies) {
        d->policy = r->id;
        return;
    }
    const struct schema_action *verify = schema_action_named(e, STR("verify"));
    d->receipt = r->id;
    d->may_verify = verify != NULL && plain_fits(verify, record_value(r, verify->state_tag));
    say_record(d, e, r);
}

/* The policy as it stands now, and its certificate when there is one. */
static void
look(struct sold *d)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(d->policies->number, d->policy);
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_RECORD))
        say_record(d, d->policies, &body.record);
    const struct schema_field *via =
        d->certificates != NULL ? schema_field_named(d->certificates, STR("policy")) : NULL;
    if (via != NULL) {
        struct param_filter f = {.field = {.number = via->tag}, .value = VALUE_INT(d->policy)};
        params = params_of_entity(d->certificates->number);
        params.present |= 1u << PARAM_FILTERS | 1u << PARAM_LIMIT;
        params.filters = &f;
        params.nfilters = 1;
        params.limit = 1;
        r.method = METHOD_LIST;
        if (plain_call(d->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_PAGE) && body.page.nrows > 0)
            d->certificate = body.page.rows[0].id;
    }
    if (d->certificate != 0)
        say(d->p, "%s", _("The certificate is there."));
    else
        say(d->p, "%s",
            d->receipt != 0 ? _("The certificate waits for verification of the receipt.")
                            : _("The certificate waits for payment."));
    arena_done(&a);
}

static enum go
verify(struct sold *d)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(d->receipts->number, d->receipt);
    params.present |= 1u << PARAM_ACTION;
    params.action.number = schema_action_named(d->receipts, STR("verify"))->number;
    struct wish r = {.method = METHOD_ACT, .params = &params, .arena = &a};
    if (plain_call(d->p, &r, &body, &err) != RC_OK) {
        say_error(d->p, d->receipts, &err, &body);
    } else {
        take_record(d, &body.record);
        look(d);
    }
    arena_done(&a);
    return GO_ON;
}

static size_t
nexts(const struct sold *d, enum next out[NEXTS], struct str rows[NEXTS])
{
    static const char *const texts[] = {N_("Verify the receipt: the cover starts"), N_("Say the certificate"),
                                        N_("Open the policy"), N_("Open the receipt"),
                                        N_("Another new business")};
    bool is[NEXTS] = {[NEXT_VERIFY] = d->may_verify,
                      [NEXT_CERTIFICATE] = d->certificate != 0,
                      [NEXT_POLICY] = true,
                      [NEXT_RECEIPT] = d->receipt != 0,
                      [NEXT_ANOTHER] = true};
    size_t n = 0;
    for (int i = 0; i < NEXTS; i++)
        if (is[i]) {
            out[n] = (enum next)i;
            rows[n++] = str_from(_(texts[i]));
        }
    return n;
}

static enum go
do_next(struct sold *d, enum next next)
{
    switch (next) {
    case NEXT_VERIFY:
        return verify(d);
    case NEXT_CERTIFICATE:
        return plain_document(d->p, d->certificates, d->certificate);
    case NEXT_POLICY:
        return plain_record(d->p, d->policies, d->policy);
    case NEXT_RECEIPT:
        return plain_record(d->p, d->receipts, d->receipt);
    default:
        return plain_sell(d->p, STR_NONE) == GO_QUIT ? GO_QUIT : GO_HOME;
    }
}

/* A number of the choices, or any words that are understood elsewhere. */
static enum go
take_next(struct sold *d, const enum next *means, size_t n)
{
    struct arena a;
    struct str typed = STR_NONE;
    enum go go = GO_HOME;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    enum heard heard = hear(d->p, &a, str_from(_("What next? Number, or Enter for home: ")), &typed);
    size_t chosen = heard == HEARD_LINE ? number_typed(typed, n) : 0;
    if (heard == HEARD_END)
        go = GO_QUIT;
    else if (chosen > 0)
        go = do_next(d, means[chosen - 1]);
    else if (heard == HEARD_LINE && typed.n > 0)
        go = plain_common(d->p, typed, _("The number of what comes next. Enter or home, quit."));
    arena_done(&a);
    return go == GO_BACK && chosen == 0 ? GO_HOME : go;
}

enum go
plain_sold(struct plain *p, const struct body *results, size_t n)
{
    const struct schema *s = plain_schema(p);
    struct sold d = {.p = p,
                     .policies = schema_entity_named(s, STR("policy")),
                     .receipts = schema_entity_named(s, STR("receipt")),
                     .certificates = schema_entity_named(s, STR("certificate"))};
    enum go go = GO_ON;
    say(p, "%s", _("Saved."));
    for (size_t i = 0; i < n; i++) {
        if (body_has(&results[i], BODY_RECORD))
            take_record(&d, &results[i].record);
        if (body_has(&results[i], BODY_ISSUES))
            say_issues(p, NULL, results[i].issues, results[i].nissues);
    }
    p->it = (struct made){.saved = d.policy != 0, .entity = d.policies->number, .id = d.policy};
    size_t said = 0;
    enum next first = NEXTS;
    look(&d);
    while ((go == GO_ON || go == GO_BACK) && !p->over) {
        enum next means[NEXTS];
        struct str rows[NEXTS];
        size_t n_now = nexts(&d, means, rows);
        for (size_t i = 0; (n_now != said || means[0] != first) && i < n_now; i++)
            say(p, "%zu %.*s", i + 1, STR_ARG(rows[i])); /* the same choices are not said again and again */
        said = n_now;
        first = means[0];
        go = take_next(&d, means, n_now);
    }
    return go;
}
