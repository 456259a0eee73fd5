#include <string.h>

#include "client/link/upload.h"
#include "client/plain/form.h"
#include "common/crypt/crypt.h"

/* A form over one entity: a new record, changes to one, or the parameters of an action. */

enum mode { MODE_ADD, MODE_SET, MODE_ACT };
enum { PART_FIELDS = 0, PART_REASON = 1 };

struct edit {
    enum mode mode;
    const struct schema_entity *e;
    const struct schema_action *act;
    int64_t id, version;
    const char *key; /* instead of the id; NULL */
    struct str label, reason;
    struct form form;
    struct made made;
};

static const struct schema_field reason_field = {
    .name = {"reason",                                     6 },
    .label = {N_("Reason"),                                 6 },
    .help = {N_("Why this is done. Kept in the history."), 39},
    .type = VT_TEXT,
    .flags = SCHEMA_REQUIRED,
    .max = 240,
};

/* ---- what the service thinks while it is typed ---- */

static void
check_item(struct form *f, struct item *i, bool changed)
{
    struct edit *d = f->ctx;
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    if (!changed || d->mode == MODE_ACT || (i->field->flags & SCHEMA_CHECK) == 0 || i->text.n == 0)
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params =
        d->id != 0 ? params_of_record(d->e->number, d->id) : params_of_entity(d->e->number);
    params.nfields = pform_fields(f, &a, PART_FIELDS, false, &params.fields);
    params.present |= 1u << PARAM_FIELDS;
    struct wish r = {.method = METHOD_CHECK, .params = &params, .arena = &a};
    if (plain_call(f->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_ISSUES))
        for (size_t k = 0; k < body.nissues; k++)
            if (str_eq(body.issues[k].field, i->field->name)) /* the others were told at theirs */
                say_issues(f->p, d->e, &body.issues[k], 1);
    arena_done(&a);
}

/* ---- the save ---- */

static struct params
params_of_save(struct edit *d, struct arena *a)
{
    struct params p = d->id != 0 ? params_of_record(d->e->number, d->id) : params_of_entity(d->e->number);
    if (d->key != NULL) {
        p = params_of_entity(d->e->number);
        p.present |= 1u << PARAM_KEY;
        p.key = str_from(d->key);
    }
    p.nfields = pform_fields(&d->form, a, PART_FIELDS, d->mode == MODE_SET, &p.fields);
    if (p.nfields > 0 || d->mode != MODE_ACT)
        p.present |= 1u << PARAM_FIELDS;
    if (d->mode == MODE_SET) {
        p.present |= 1u << PARAM_VERSION;
        p.version = d->version;
    }
    if (d->act != NULL) {
        p.present |= 1u << PARAM_ACTION;
        p.action.number = d->act->number;
    }
    const struct item *reason = pform_item(&d->form, PART_REASON, "reason");
    p.reason = d->reason.n > 0 ? d->reason : reason != NULL ? reason->text : STR_NONE;
    if (p.reason.n > 0)
        p.present |= 1u << PARAM_REASON;
    return p;
}

/* "Renew: Policy KK/26/000001, awaiting payment, to pay 619,500." */
static void
say_saved(struct edit *d, const struct body *body)
{
    struct plain *p = d->form.p;
    const struct body_record *r = body_has(body, BODY_RECORD) ? &body->record : NULL;
    const struct schema_entity *e = r != NULL ? schema_entity(plain_schema(p), r->entity) : d->e;
    const struct schema_field *state =
        d->act != NULL && e == d->e && r != NULL ? schema_field(e, d->act->state_tag) : NULL;
    const struct value *owed = r != NULL && e != NULL ? record_named(e, r, "outstanding") : NULL;
    struct buf b;
    buf_init(&b, d->form.a, 128);
    if (d->act != NULL)
        buf_printf(&b, "%.*s: ", STR_ARG(d->act->label));
    else
        buf_printf(&b, "%s ", _("Saved:"));
    buf_printf(&b, "%.*s %.*s", STR_ARG(e != NULL ? e->label : STR_NONE),
               STR_ARG(r != NULL ? r->label : d->label));
    if (state != NULL && record_value(r, state->tag) != NULL)
        buf_printf(&b, ", %.*s", STR_ARG(plain_value(p, d->form.a, state, record_value(r, state->tag))));
    if (owed != NULL && owed->type == VT_MONEY && owed->money.minor > 0)
        buf_printf(&b, _(", to pay %.*s"), STR_ARG(plain_value(p, d->form.a, NULL, owed)));
    say(p, "%.*s.", (int)b.n, (const char *)b.p);
    if (body_has(body, BODY_ISSUES))
        say_issues(p, d->e, body->issues, body->nissues);
    if (body_has(body, BODY_FILE))
        say_file(p, &body->file);
}

/* ---- conflict: mine and theirs, field by field ---- */

static void
choose_one(struct edit *d, struct item *i, const struct value *theirs)
{
    struct plain *p = d->form.p;
    struct str now =
        theirs != NULL ? str_dup(d->form.a, plain_value(p, d->form.a, i->field, theirs)) : STR_NONE;
    if (str_eq(now, i->text))
        i->original = i->text;
    if (str_eq(now, i->original))
        return; /* they left it alone */
    struct str rows[] = {str_printf(d->form.a, _("yours, %.*s"), STR_ARG(i->text)),
                         str_printf(d->form.a, _("theirs, %.*s"), STR_ARG(now))};
    say(p, "%.*s:", STR_ARG(i->field->label));
    if (plain_choose(p, _("Which? Enter keeps yours:"), rows, COUNTOF(rows)) == 2) {
        struct value none = VALUE_NULL;
        pitem_put(&d->form, i, theirs != NULL ? theirs : &none, true);
    } else {
        i->original = now;
    }
}

static void
resolve_conflict(struct edit *d, const struct body_record *theirs)
{
    struct value none = VALUE_NULL;
    io_drop_typed(d->form.p);
    say(d->form.p, "%s", _("Someone else changed this record since you opened it."));
    d->version = theirs->version;
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        const struct value *v = record_value(theirs, i->field->tag);
        if (i->part != PART_FIELDS)
            continue;
        if (pitem_changed(i))
            choose_one(d, i, v);
        else
            pitem_put(&d->form, i, v != NULL ? v : &none, true);
    }
}

enum sent { SENT_SAVED, SENT_AGAIN, SENT_FIELDS, SENT_QUIT };

static enum sent
refused(struct edit *d, const struct err *err, const struct body *body)
{
    struct plain *p = d->form.p;
    if (err->code == RC_CONFLICT && body_has(body, BODY_RECORD) && d->mode == MODE_SET) {
        resolve_conflict(d, &body->record);
        return p->io.end && p->io.n == 0 ? SENT_QUIT : pform_changed(&d->form) ? SENT_AGAIN : SENT_FIELDS;
    }
    if (err->code == RC_CONFIRM || err->code == RC_DUPLICATE) {
        struct objected o = {.code = err->code, .body = body};
        say_error(p, d->e, err, body);
        enum objection what = objection_hear(&d->form, &o);
        pform_stand_at(&d->form, PART_FIELDS, str_from(err->field));
        d->reason = o.reason;
        p->failed = err->code;
        return what == OBJECTION_REASON ? SENT_AGAIN : what == OBJECTION_QUIT ? SENT_QUIT : SENT_FIELDS;
    }
    if (err->field[0] == '\0' || !pform_blame(&d->form, PART_FIELDS, str_from(err->field), err->text))
        say_error(p, d->e, err, body);
    io_drop_typed(p);
    return SENT_FIELDS;
}

/* A password chosen for oneself is what lost lines are opened with from now on. */
static void
keep_password(struct edit *d)
{
    const struct item *i = pform_item(&d->form, PART_FIELDS, "new");
    bool own = d->act != NULL && d->e->single && str_eq_c(d->act->name, "password");
    if (own && i != NULL && (i->field->flags & SCHEMA_SECRET) != 0)
        link_keep_password(d->form.p->link, i->text);
}

static enum rc
take_files(const struct edit *d, struct arena *a, struct params *p, struct err *reterr)
{
    const struct upload u = {.fields = d->act != NULL ? d->act->fields : d->e->fields,
                             .nfields = d->act != NULL ? d->act->nfields : d->e->nfields,
                             .spawned = d->form.p->config->spawned};
    return upload_files(a, &u, p, reterr);
}

static enum sent
send_once(struct edit *d, struct arena *a)
{
    static const enum method methods[] = {METHOD_ADD, METHOD_SET, METHOD_ACT};
    struct plain *p = d->form.p;
    unsigned char idem[IDEM_BYTES];
    struct body body = {0};
    struct err err = {0};
    enum rc rc;
    struct params params = params_of_save(d, a);
    if (take_files(d, a, &params, &err) != RC_OK)
        return refused(d, &err, &body);
    crypt_random(idem, sizeof(idem));
    do {
        struct wish r = {.method = methods[d->mode], .params = &params, .idem = idem, .arena = a};
        rc = plain_call(p, &r, &body, &err);
    } while (rc != RC_OK && outcome_unknown(rc) && send_again(&d->form, &err));
    if (p->over || (outcome_unknown(rc) && !p->io.tty_in))
        return SENT_QUIT;
    if (rc != RC_OK)
        return outcome_unknown(rc) ? SENT_FIELDS : refused(d, &err, &body);
    say_saved(d, &body);
    pform_remember(&d->form);
    keep_password(d);
    d->made = (struct made){.saved = true,
                            .entity = body_has(&body, BODY_RECORD) ? body.record.entity : d->e->number,
                            .id = body_has(&body, BODY_RECORD) ? body.record.id : d->id};
    p->it = d->made;
    return SENT_SAVED;
}

static enum sent
send(struct edit *d)
{
    enum sent sent;
    if (d->mode == MODE_SET && !pform_changed(&d->form)) {
        say(d->form.p, "%s", _("Nothing was changed."));
        return SENT_SAVED;
    }
    do {
        struct arena a;
        arena_init(&a, SIZE_MAX, NULL, NULL);
        sent = send_once(d, &a);
        arena_done(&a);
    } while (sent == SENT_AGAIN);
    return sent;
}

static enum go
run(struct edit *d)
{
    bool asks = d->form.n > 0;
    for (;;) {
        enum form_end end = asks ? pform_ask(&d->form) : FORM_SAVE;
        if (end == FORM_LEAVE)
            say(d->form.p, "%s", _("Left. Nothing was saved."));
        if (end != FORM_SAVE)
            return end == FORM_QUIT ? GO_QUIT : GO_BACK;
        enum sent sent = send(d);
        if (sent == SENT_QUIT)
            return GO_QUIT;
        if (sent == SENT_SAVED || !asks)
            return GO_ON;
    }
}

/* ---- opening ---- */

static struct edit *
edit_new(struct plain *p, struct arena *a, const struct schema_entity *e, enum mode mode)
{
    struct edit *d = arena_new(a, struct edit, 1);
    d->mode = mode;
    d->e = e;
    pform_open(&d->form, p, a);
    d->form.left = check_item;
    d->form.ctx = d;
    return d;
}

static struct edit *
edit_add(struct plain *p, struct arena *a, const struct schema_entity *e)
{
    struct edit *d = edit_new(p, a, e, MODE_ADD);
    pform_source(&d->form, &(struct form_source){.entity = e->number,
                                                 .fields = e->fields,
                                                 .nfields = e->nfields,
                                                 .flags = SCHEMA_CREATE});
    say(p, _("New %.*s."), STR_ARG(e->label));
    return d;
}

static enum go
finish(struct edit *d, struct arena *a, struct made *ret)
{
    enum go go = run(d);
    pform_done(&d->form);
    if (ret != NULL)
        *ret = d->made;
    arena_done(a);
    return go;
}

enum go
plain_add(struct plain *p, const struct schema_entity *e, const struct given *g, struct made *ret)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct edit *d = edit_add(p, &a, e);
    d->reason = g != NULL ? g->reason : STR_NONE;
    pform_give(&d->form, g);
    return finish(d, &a, ret);
}

/* The reference to the parent, and what is still to be paid for it. */
enum go
plain_add_under(struct plain *p, const struct schema_tab *tab, const struct body_record *parent)
{
    const struct schema_entity *e = schema_entity(plain_schema(p), tab->entity);
    const struct schema_entity *pe = schema_entity(plain_schema(p), parent->entity);
    struct arena a;
    if (e == NULL || !e->may_add) {
        say_usage(p, "%s", _("Your role adds nothing there."));
        return GO_BACK;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct edit *d = edit_add(p, &a, e);
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        if (i->field->tag != tab->via)
            continue;
        pitem_put_ref(&d->form, i, parent->id, parent->label);
        say(p, "%.*s: %.*s", STR_ARG(i->field->label), STR_ARG(parent->label));
    }
    struct item *amount = pform_item(&d->form, PART_FIELDS, "amount");
    const struct value *due = pe != NULL ? record_named(pe, parent, "outstanding") : NULL;
    if (amount != NULL && due != NULL)
        pitem_put(&d->form, amount, due, true);
    d->form.at = 0;
    for (size_t k = 0; k + 1 < d->form.n && d->form.items[k].field->tag == tab->via; k++)
        d->form.at = k + 1; /* the parent is known; < goes back to it */
    return finish(d, &a, NULL);
}

static struct edit *
edit_set(struct plain *p, struct arena *a, const struct schema_entity *e, const struct body_record *r)
{
    struct value none = VALUE_NULL;
    struct edit *d = edit_new(p, a, e, MODE_SET);
    d->id = r->id;
    d->version = r->version;
    d->label = str_dup(a, r->label);
    pform_source(&d->form,
                 &(struct form_source){
                     .entity = e->number, .fields = e->fields, .nfields = e->nfields, .flags = SCHEMA_EDIT});
    for (size_t k = 0; k < d->form.n; k++) {
        const struct value *v = record_value(r, d->form.items[k].field->tag);
        pitem_put(&d->form, &d->form.items[k], v != NULL ? v : &none, true);
    }
    return d;
}

static const struct schema_entity *
may_set(struct plain *p, const struct body_record *r)
{
    const struct schema_entity *e = schema_entity(plain_schema(p), r->entity);
    if (e != NULL && e->may_set)
        return e;
    say_usage(p, _("This %.*s can't be changed by hand."), STR_ARG(e != NULL ? e->label : STR_NONE));
    return NULL;
}

enum go
plain_set(struct plain *p, const struct body_record *r, const struct given *g)
{
    const struct schema_entity *e = may_set(p, r);
    struct arena a;
    if (e == NULL)
        return GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct edit *d = edit_set(p, &a, e, r);
    d->reason = g != NULL ? g->reason : STR_NONE;
    say(p, _("Change %.*s %.*s."), STR_ARG(e->label), STR_ARG(d->label));
    pform_give(&d->form, g);
    return finish(d, &a, NULL);
}

/* The old values into the form, each said beside the present one; how many are others. */
static size_t
bring_back(struct edit *d, const struct body_record *then)
{
    struct value none = VALUE_NULL;
    struct str nothing = str_from(_("nothing"));
    size_t n = 0;
    for (size_t k = 0; k < d->form.n; k++) {
        struct item *i = &d->form.items[k];
        const struct value *v = record_value(then, i->field->tag);
        if ((i->field->flags & SCHEMA_SECRET) != 0)
            continue;
        pitem_put(&d->form, i, v != NULL ? v : &none, false);
        if (!pitem_changed(i))
            continue;
        i->by_hand = true;
        n++;
        say(d->form.p, _("%.*s: now %.*s, then %.*s."), STR_ARG(i->field->label),
            STR_ARG(i->original.n > 0 ? i->original : nothing), STR_ARG(i->text.n > 0 ? i->text : nothing));
    }
    return n;
}

enum go
plain_restore(struct plain *p, const struct body_record *now, const struct body_record *then)
{
    const struct schema_entity *e = may_set(p, now);
    struct arena a;
    if (e == NULL)
        return GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct edit *d = edit_set(p, &a, e, now);
    say(p, _("Restore %.*s %.*s."), STR_ARG(e->label), STR_ARG(d->label));
    if (bring_back(d, then) == 0) {
        say(p, "%s", _("Nothing that can be changed by hand was another then."));
        arena_done(&a);
        return GO_BACK;
    }
    pform_source(&d->form, &(struct form_source){.part = PART_REASON, .fields = &reason_field, .nfields = 1});
    d->form.at = d->form.n - 1;
    return finish(d, &a, NULL);
}

enum go
plain_act(struct plain *p, const struct schema_entity *e, const struct schema_action *act,
          const struct body_record *on, const struct given *g)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct edit *d = edit_new(p, &a, e, MODE_ACT);
    d->act = act;
    d->id = on != NULL ? on->id : 0;
    d->label = on != NULL ? str_dup(&a, on->label) : STR_NONE;
    d->reason = g != NULL ? g->reason : STR_NONE;
    pform_source(&d->form,
                 &(struct form_source){.entity = e->number, .fields = act->fields, .nfields = act->nfields});
    d->key = g != NULL ? g->key : NULL;
    struct item *without =
        g != NULL && g->without != NULL ? pform_item(&d->form, PART_FIELDS, g->without) : NULL;
    if (without != NULL)
        without->hidden = true;
    if (act->needs_reason && d->reason.n == 0)
        pform_source(&d->form,
                     &(struct form_source){.part = PART_REASON, .fields = &reason_field, .nfields = 1});
    if (d->form.n > 0)
        say(p, "%.*s: %.*s %.*s.", STR_ARG(act->label), STR_ARG(e->label), STR_ARG(d->label));
    pform_give(&d->form, g);
    return finish(d, &a, NULL);
}
