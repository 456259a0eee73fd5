#include <stdio.h>

#include "client/link/upload.h"
#include "client/screen/edit.h"
#include "client/screen/lookup.h"
#include "client/secret.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"

/* ---- saving ---- */

static struct str
reason_typed(struct edit *d, char text[FIELD_TEXT])
{
    struct form_item *i = form_find(&d->form, PART_REASON, "reason");
    return i ? field_text(&i->edit, text) : STR_NONE;
}

static void
wipe_secrets(const struct edit *d, struct params *p)
{
    for (size_t k = 0; k < d->form.n; k++)
        for (size_t i = 0; d->form.items[k].edit.secret && i < p->nfields; i++)
            if (p->fields[i].field.number == d->form.items[k].field->tag &&
                p->fields[i].value.type == VT_TEXT)
                crypt_wipe((char *)(uintptr_t)p->fields[i].value.text.p, p->fields[i].value.text.n);
}

/* Secrets are kept nowhere, and files are where they are. */
static bool
is_kept(const struct edit *d)
{
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].edit.secret || d->form.items[k].field->type == VT_BYTES)
            return false;
    return true;
}

static struct upload
files_of(struct view *v)
{
    const struct edit *d = v->data;
    return (struct upload){.fields = d->act ? d->act->fields : d->e->fields,
                           .nfields = d->act ? d->act->nfields : d->e->nfields,
                           .spawned = app_of(v)->config->spawned};
}

/* What paths stand for; false: said at the field. */
static bool
take_files(struct view *v, struct arena *a, struct params *p)
{
    struct edit *d = v->data;
    const struct upload u = files_of(v);
    struct err err = {0};
    if (upload_files(a, &u, p, &err) == RC_OK)
        return true;
    struct form_item *i = form_find(&d->form, PART_FIELDS, err.field);
    if (i) {
        form_note(i, TONE_BAD, str_from(err.text));
        form_focus(&d->form, (size_t)(i - d->form.items));
    }
    tui_flush(v->tui);
    return false;
}

void
edit_send(struct view *v, struct str reason)
{
    struct edit *d = v->data;
    static const enum method methods[] = {METHOD_ADD, METHOD_SET, METHOD_ACT};
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    char text[FIELD_TEXT];
    struct params p = d->id ? params_record(d->e->number, d->id) : params_entity(d->e->number);
    if (!d->id && d->e->single) {
        p.present |= 1u << PARAM_KEY;
        p.key = STR("me");
    }
    p.nfields = form_fields(&d->form, &a, PART_FIELDS, d->mode == MODE_SET, &p.fields);
    if (!take_files(v, &a, &p)) {
        arena_done(&a);
        return;
    }
    if (p.nfields || d->mode != MODE_ACT)
        p.present |= 1u << PARAM_FIELDS;
    if (d->mode == MODE_SET) {
        p.present |= 1u << PARAM_VERSION;
        p.version = d->version;
    }
    if (d->act) {
        p.present |= 1u << PARAM_ACTION;
        p.action.number = d->act->number;
    }
    p.reason = reason.n ? reason : reason_typed(d, text);
    if (p.reason.n)
        p.present |= 1u << PARAM_REASON;
    if (!d->sent)
        app_new_idem(d->idem);
    d->sent = true;
    draft_sending(v, &d->slot, methods[d->mode], &p, !is_kept(d));
    d->slot.typed = draft_typed(&d->form);
    edit_keep(v);
    app_ask(v,
            &(struct ask){
                .method = methods[d->mode], .params = &p, .tag = TAG_SAVE, .barrier = true, .idem = d->idem});
    wipe_secrets(d, &p);
    arena_done(&a);
}

/* Secrets that are chosen are typed twice: nobody sees what was typed. */
static bool
typed_alike(struct form *f)
{
    char one[FIELD_TEXT], two[FIELD_TEXT];
    bool ok = true;
    for (size_t k = 1; ok && k < f->n; k++) {
        if (f->items[k].part != PART_AGAIN)
            continue;
        ok = str_eq(field_text(&f->items[k - 1].edit, one), field_text(&f->items[k].edit, two));
        if (ok)
            continue;
        field_wipe(&f->items[k].edit);
        form_note(&f->items[k], TONE_BAD, str_from(_("not the same: type both again")));
        form_focus(f, k - 1);
        tui_say(f->tui, ROLE_BAD, "%s", _("The two are not the same."));
    }
    crypt_wipe(one, sizeof one);
    crypt_wipe(two, sizeof two);
    return ok;
}

void
edit_choose_record(struct view *v, struct form_item *i)
{
    struct edit *d = v->data;
    char text[FIELD_TEXT];
    form_focus(&d->form, (size_t)(i - d->form.items));
    d->save_after_choice = true;
    tui_flush(v->tui);
    refer_open(v, PURPOSE_REF, i->field, field_text(&i->edit, text));
}

/* A name several records have: only a person can say which is meant. */
static bool
choosing_one(struct view *v)
{
    struct form *f = &((struct edit *)v->data)->form;
    for (size_t k = 0; k < f->n; k++) {
        struct form_item *i = &f->items[k];
        if (!i->several || i->ref_id || i->hidden || i->readonly)
            continue;
        edit_choose_record(v, i);
        return true;
    }
    return false;
}

/* The reference the service could not make out: still a text. */
static struct form_item *
unclear_reference(struct edit *d, const struct err *err)
{
    struct form_item *i = err->field[0] ? form_find(&d->form, PART_FIELDS, err->field) : NULL;
    bool text = i && i->field->type == VT_REF && !i->ref_id && !i->readonly && !i->hidden && form_filled(i);
    return text ? i : NULL;
}

void
edit_save(struct view *v)
{
    struct edit *d = v->data;
    edit_keep(v);
    if (!form_check(&d->form) || !typed_alike(&d->form)) {
        tui_flush(v->tui);
        return;
    }
    if (choosing_one(v))
        return;
    if (d->mode == MODE_SET && !form_dirty(&d->form)) {
        tui_say(v->tui, ROLE_DIM, "%s", _("Nothing was changed."));
        view_finish(v, (struct outcome){.choice = d->overtaken, .entity = d->e->number, .id = d->id});
        return;
    }
    edit_send(v, STR_NONE);
}

/* "Renew done: KK/26/000001, awaiting payment." */
static void
tell(struct view *v, const struct body *body)
{
    struct edit *d = v->data;
    const struct body_record *r = body_has(body, BODY_RECORD) ? &body->record : NULL;
    if (body_has(body, BODY_FILE))
        return; /* what there is to say stands in the file */
    struct str what = d->act ? d->act->label : str_from(_("Saved"));
    struct str state = STR_NONE;
    const struct schema_entity *e = r ? schema_entity(app_schema(app_of(v)), r->entity) : NULL;
    for (size_t i = 0; r && d->act && e == d->e && i < r->nfields; i++) {
        const struct schema_field *f = schema_field(e, r->fields[i].tag);
        if (r->fields[i].tag == d->act->state_tag && f && r->fields[i].value.type == VT_CHOICE) {
            const struct schema_choice *c = schema_choice(f, r->fields[i].value.i);
            state = c ? c->label : STR_NONE;
        }
    }
    const struct schema_field *due = e ? schema_field_named(e, STR("outstanding")) : NULL;
    char owed[MONEY_TEXT + 24] = "", money[MONEY_TEXT];
    for (size_t i = 0; due && i < r->nfields; i++)
        if (r->fields[i].tag == due->tag && r->fields[i].value.money.minor > 0)
            snprintf(owed, sizeof owed, _(", to pay %s"),
                     locale_money(app_locale(app_of(v)), r->fields[i].value.money, money));
    const struct body_issue *warn = body_has(body, BODY_ISSUES) && body->nissues ? &body->issues[0] : NULL;
    tui_say(v->tui, warn ? ROLE_WARN : ROLE_GOOD, "%.*s: %.*s %.*s%s%.*s%s. %.*s", STR_ARG(what),
            STR_ARG(e ? e->label : STR_NONE), STR_ARG(r ? r->label : d->label), state.n ? ", " : "",
            STR_ARG(state), owed, STR_ARG(warn ? warn->text : STR_NONE));
}

/* Lines that are opened from now on want the password just chosen. */
static void
keep_password(struct app *app, struct edit *d)
{
    char text[FIELD_TEXT];
    for (size_t k = 0; d->act && str_eq_c(d->e->name, "account") && k < d->form.n; k++)
        if (d->form.items[k].part == PART_FIELDS && secret_is_chosen(d->form.items[k].field))
            link_keep_password(app->link, field_text(&d->form.items[k].edit, text));
    crypt_wipe(text, sizeof text);
}

static void
saved(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    struct app *app = app_of(v);
    const struct body_record *r = body_has(a->body, BODY_RECORD) ? &a->body->record : NULL;
    struct outcome o = {.choice = 1, .entity = r ? r->entity : d->e->number, .id = r ? r->id : d->id};
    d->saved = true;
    draft_drop(v, &d->slot);
    form_remember(&d->form);
    keep_password(app, d);
    tell(v, a->body);
    bool go = d->go_to_record && r;
    const struct body_file *file = body_has(a->body, BODY_FILE) ? &a->body->file : NULL;
    struct str what = d->act ? d->act->label : d->e->label;
    view_finish(v, o);
    if (go)
        record_open(app, o.entity, o.id);
    if (file) {
        document_show(app, what, file);
        crypt_wipe((char *)(uintptr_t)file->bytes.p, file->bytes.n);
    }
}

/* ---- answers ---- */

/* The reference to the parent, and what is still to be paid for it. */
void
edit_put_parent(struct view *v, const struct body_record *parent)
{
    struct edit *d = v->data;
    const struct schema_entity *pe = schema_entity(app_schema(app_of(v)), parent->entity);
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].field->tag == d->via) {
            form_put_ref(&d->form.items[k], parent->id, parent->label);
            d->form.items[k].readonly = true;
        }
    struct form_item *amount = form_find(&d->form, PART_FIELDS, "amount");
    const struct schema_field *due = pe ? schema_field_named(pe, STR("outstanding")) : NULL;
    for (size_t i = 0; amount && due && i < parent->nfields; i++)
        if (parent->fields[i].tag == due->tag)
            form_put(&d->form, amount, &parent->fields[i].value, true);
    form_start(&d->form);
}

static void
refused(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    if (a->code == RC_CONFLICT && body_has(a->body, BODY_RECORD) && d->mode == MODE_SET) {
        edit_ask_conflict(v, a);
        return;
    }
    if (a->code == RC_CONFIRM || a->code == RC_DUPLICATE) {
        objection_take(&d->objection, &d->form, a);
        objection_ask(v->tui, &d->objection, PURPOSE_OBJECTION, NULL);
        return;
    }
    if (!a->err->field[0] || !form_blame(&d->form, str_from(a->err->field), TONE_BAD, str_from(a->err->text)))
        app_say_error(v, a);
    else
        tui_say(v->tui, ROLE_BAD, "%s", a->err->text);
    if (unclear_reference(d, a->err))
        edit_choose_record(v, unclear_reference(d, a->err));
    if (d->form.n == 0)
        view_finish(v, (struct outcome){.choice = 0});
}

static void
loaded(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    if (a->code != RC_OK || !body_has(a->body, BODY_RECORD)) {
        app_say_error(v, a);
        view_pop(v);
        return;
    }
    d->version = a->body->record.version;
    d->label = str_dup(&v->arena, a->body->record.label);
    if (d->mode == MODE_SET)
        edit_put_record(d, &a->body->record);
    form_focus(&d->form, d->form.at);
}

void
edit_answer(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    if (lookup_answer(v, &d->form, a))
        return;
    switch (a->tag) {
    case TAG_SAVE:
        d->sent = !draft_settles(a->code);
        if (!d->sent)
            draft_answered(&d->slot);
        if (a->code == RC_OK) {
            saved(v, a);
            break;
        }
        refused(v, a);
        edit_keep(v);
        break;
    case TAG_CHECK:
        if (a->code != RC_OK)
            break;
        form_clear_told(&d->form, PART_FIELDS);
        form_issues(&d->form, PART_FIELDS, a->body->issues,
                    body_has(a->body, BODY_ISSUES) ? a->body->nissues : 0);
        break;
    case TAG_PARENT:
        if (a->code == RC_OK && body_has(a->body, BODY_RECORD))
            edit_put_parent(v, &a->body->record);
        else
            app_say_error(v, a);
        break;
    default:
        loaded(v, a);
    }
}
