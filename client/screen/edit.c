#include <stdio.h>

#include "client/screen/app.h"
#include "client/screen/lookup.h"
#include "client/screen/objection.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "common/base/buf.h"

/* A form over one entity: a new record, changes to one, or the parameters of an action. */
enum { TAG_SAVE = 1, TAG_CHECK = 2, TAG_LOAD = 3 };
enum { PURPOSE_OBJECTION = 1, PURPOSE_REASON = 2, PURPOSE_LEAVE = 3, PURPOSE_REF = 4, PURPOSE_CONFLICT = 5 };
enum mode { MODE_ADD, MODE_SET, MODE_ACT };

struct edit {
    enum mode mode;
    const struct schema_entity *e;
    const struct schema_action *act;
    int64_t id, version;
    struct str label; /* of the record it is about */
    struct form form;
    struct kept conflict;
    const struct body_record *theirs;
    struct objection objection;
    bool go_to_record, sent, saved;
    unsigned char idem[IDEM_BYTES];
};

static const struct schema_field reason_field = {
    .name = {"reason",                                     6 },
    .label = {N_("Reason"),                                 6 },
    .help = {N_("Why this is done. Kept in the history."), 39},
    .type = VT_TEXT,
    .flags = SCHEMA_REQUIRED,
    .max = 240,
    .width = 40
};
enum { PART_FIELDS = 0, PART_REASON = 1 };

/* ---- saving ---- */

static struct str
reason_typed(struct edit *d, char text[FIELD_TEXT])
{
    struct form_item *i = form_find(&d->form, PART_REASON, "reason");
    return i ? field_text(&i->edit, text) : STR_NONE;
}

static void
send(struct view *v, struct str reason)
{
    struct edit *d = v->data;
    static const enum method methods[] = {METHOD_ADD, METHOD_SET, METHOD_ACT};
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    char text[FIELD_TEXT];
    struct params p = d->id ? params_record(d->e->number, d->id) : params_entity(d->e->number);
    p.nfields = form_fields(&d->form, &a, PART_FIELDS, d->mode == MODE_SET, &p.fields);
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
    app_ask(v,
            &(struct ask){
                .method = methods[d->mode], .params = &p, .tag = TAG_SAVE, .barrier = true, .idem = d->idem});
    arena_done(&a);
}

static void
save(struct view *v)
{
    struct edit *d = v->data;
    if (!form_check(&d->form)) {
        tui_flush(v->tui);
        return;
    }
    if (d->mode == MODE_SET && !form_dirty(&d->form)) {
        tui_say(v->tui, ROLE_DIM, "%s", _("Nothing was changed."));
        view_finish(v, (struct outcome){.choice = 0});
        return;
    }
    send(v, STR_NONE);
}

/* "Renew done: KK/26/000001, awaiting payment." */
static void
tell(struct view *v, const struct body *body)
{
    struct edit *d = v->data;
    const struct body_record *r = body_has(body, BODY_RECORD) ? &body->record : NULL;
    struct str what = d->act ? d->act->label : str_from(_("Saved"));
    struct str state = STR_NONE;
    const struct schema_entity *e = r ? schema_entity(app_schema(app_of(v)), r->entity) : NULL;
    for (size_t i = 0; d->act && e == d->e && i < r->nfields; i++) {
        const struct schema_field *f = schema_field(e, r->fields[i].tag);
        if (r->fields[i].tag == d->act->state_tag && f && r->fields[i].value.type == VT_CHOICE) {
            const struct schema_choice *c = schema_choice(f, r->fields[i].value.i);
            state = c ? c->label : STR_NONE;
        }
    }
    const struct body_issue *warn = body_has(body, BODY_ISSUES) && body->nissues ? &body->issues[0] : NULL;
    tui_say(v->tui, warn ? ROLE_WARN : ROLE_GOOD, "%.*s: %.*s %.*s%s%.*s. %.*s", STR_ARG(what),
            STR_ARG(e ? e->label : STR_NONE), STR_ARG(r ? r->label : d->label), state.n ? ", " : "",
            STR_ARG(state), STR_ARG(warn ? warn->text : STR_NONE));
}

static void
saved(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    struct app *app = app_of(v);
    const struct body_record *r = body_has(a->body, BODY_RECORD) ? &a->body->record : NULL;
    struct outcome o = {.choice = 1, .entity = r ? r->entity : d->e->number, .id = r ? r->id : d->id};
    d->saved = true;
    form_remember(&d->form);
    tell(v, a->body);
    bool go = d->go_to_record && r;
    view_finish(v, o);
    if (go)
        record_open(app, o.entity, o.id);
}

/* ---- conflict: mine and theirs ---- */

static void
ask_conflict(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    struct buf b;
    buf_init(&b, &t, 256);
    const struct body_record *theirs = &a->body->record;
    answer_keep(a, &d->conflict);
    d->theirs = theirs;
    buf_printf(&b, "%s\n", _("Someone else changed this record since you opened it."));
    for (size_t i = 0; i < theirs->nfields; i++) {
        const struct schema_field *s = schema_field(d->e, theirs->fields[i].tag);
        if (!s)
            continue;
        char name[64], text[FIELD_TEXT];
        snprintf(name, sizeof name, "%.*s", STR_ARG(s->name));
        struct form_item *item = form_find(&d->form, PART_FIELDS, name);
        if (!item || !item_changed(item))
            continue;
        struct str now = value_text(&t, s, &theirs->fields[i].value, app_locale(app_of(v)));
        buf_printf(&b, _("\n%.*s: yours %.*s, theirs %.*s"), STR_ARG(s->label),
                   STR_ARG(field_text(&item->edit, text)), STR_ARG(now));
    }
    box_ask(v->tui, &(struct question){
                        .purpose = PURPOSE_CONFLICT,
                        .title = str_from(_("Changed meanwhile")),
                        .text = buf_str(&b),
                        .answers = {str_from(_("Keep what I typed, take the rest from theirs")),
                                    str_from(_("Take theirs, drop what I typed"))},
                        .nanswers = 2
    });
    arena_done(&t);
    tui_flush(v->tui);
}

static void
put_record(struct edit *d, const struct body_record *r, bool keep_mine)
{
    for (size_t k = 0; k < d->form.n; k++) {
        struct form_item *i = &d->form.items[k];
        struct value v = VALUE_NULL;
        for (size_t n = 0; n < r->nfields; n++)
            if (r->fields[n].tag == i->field->tag)
                v = r->fields[n].value;
        if (i->part != PART_FIELDS || (keep_mine && item_changed(i)))
            continue;
        form_put(&d->form, i, &v, true);
        i->by_hand = false;
    }
}

static void
resolve_conflict(struct view *v, int choice)
{
    struct edit *d = v->data;
    if (choice == 0 || !d->theirs)
        return;
    d->version = d->theirs->version;
    put_record(d, d->theirs, choice == 1);
    tui_say(v->tui, ROLE_WARN, "%s", _("The form has their version now. F10 saves yours over it."));
}

/* ---- answers ---- */

static void
refused(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    if (a->code == RC_CONFLICT && body_has(a->body, BODY_RECORD) && d->mode == MODE_SET) {
        ask_conflict(v, a);
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
        put_record(d, &a->body->record, false);
    form_focus(&d->form, d->form.at);
}

static void
answer(struct view *v, struct answer *a)
{
    struct edit *d = v->data;
    if (lookup_answer(v, &d->form, a))
        return;
    switch (a->tag) {
    case TAG_SAVE:
        d->sent = false;
        if (a->code == RC_OK)
            saved(v, a);
        else
            refused(v, a);
        break;
    case TAG_CHECK:
        if (a->code != RC_OK)
            break;
        form_clear_told(&d->form, PART_FIELDS);
        form_issues(&d->form, PART_FIELDS, a->body->issues,
                    body_has(a->body, BODY_ISSUES) ? a->body->nissues : 0);
        break;
    default:
        loaded(v, a);
    }
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct edit *d = v->data;
    struct app *app = app_of(v);
    switch (o->purpose) {
    case PURPOSE_OBJECTION:
        if (objection_choice(&d->objection, o->choice) == OBJECTION_OPEN) {
            d->saved = true;
            view_pop(v);
            record_open(app, d->objection.entity, d->objection.id);
        } else if (objection_choice(&d->objection, o->choice) == OBJECTION_REASON) {
            objection_reason(v->tui, PURPOSE_REASON);
        }
        break;
    case PURPOSE_REASON:
        if (o->choice)
            send(v, o->text);
        break;
    case PURPOSE_LEAVE:
        if (o->choice == 2) {
            d->saved = true;
            view_finish(v, (struct outcome){.choice = 0});
        }
        break;
    case PURPOSE_CONFLICT:
        resolve_conflict(v, o->choice);
        break;
    default:
        form_outcome(&d->form, o);
    }
}

/* ---- keys ---- */

static void
left_field(struct view *v)
{
    struct edit *d = v->data;
    struct form_item *i = &d->form.items[d->form.left];
    lookup_ref(v, &d->form, d->form.left);
    if (d->mode != MODE_ACT && i->part == PART_FIELDS && (i->field->flags & SCHEMA_CHECK) && form_filled(i) &&
        i->edit.gen != i->asked_gen) {
        i->asked_gen = i->edit.gen;
        lookup_check(v, &d->form, PART_FIELDS, d->e->number, d->id, TAG_CHECK);
    }
}

static bool
handle(struct view *v, enum form_event event)
{
    struct edit *d = v->data;
    char text[FIELD_TEXT];
    switch (event) {
    case FORM_UNUSED:
        return false;
    case FORM_LEFT:
        left_field(v);
        break;
    case FORM_SAVE:
        save(v);
        break;
    case FORM_PROMPT:
        refer_open(v, PURPOSE_REF, form_here(&d->form)->field, field_text(&form_here(&d->form)->edit, text));
        break;
    default:
        break;
    }
    return true;
}

static bool
command(struct view *v, enum cmd c)
{
    return handle(v, form_command(&((struct edit *)v->data)->form, c));
}

static bool
key(struct view *v, const struct key *k)
{
    return handle(v, form_key(&((struct edit *)v->data)->form, k));
}

static void
paste(struct view *v, struct str text)
{
    form_paste(&((struct edit *)v->data)->form, text);
}

static bool
may_leave(struct view *v)
{
    struct edit *d = v->data;
    if (d->saved || !form_dirty(&d->form))
        return true;
    box_ask(v->tui, &(struct question){
                        .purpose = PURPOSE_LEAVE,
                        .title = str_from(_("Not saved")),
                        .text = str_from(_("What you typed here is not saved yet.")),
                        .answers = {str_from(_("Stay and go on")), str_from(_("Leave and drop it"))},
                        .nanswers = 2
    });
    return false;
}

/* ---- paint ---- */

static void
paint_edit(struct view *v, const struct area *a)
{
    struct edit *d = v->data;
    struct area in = area_sub(a, 1, 0, a->rows - 1, a->cols);
    if (d->form.n == 0)
        paint_text(&in, 0, 1, ROLE_DIM, _("Under way …"));
    else
        form_paint(&d->form, &in);
}

static struct str
title(struct view *v, struct arena *a)
{
    struct edit *d = v->data;
    if (d->mode == MODE_ADD)
        return str_printf(a, _("New %.*s"), STR_ARG(d->e->label));
    if (d->mode == MODE_SET)
        return str_printf(a, _("Change %.*s %.*s"), STR_ARG(d->e->label), STR_ARG(d->label));
    return str_printf(a, "%.*s: %.*s %.*s", STR_ARG(d->act->label), STR_ARG(d->e->label), STR_ARG(d->label));
}

static struct str
help(struct view *v, struct arena *a)
{
    return form_help(&((struct edit *)v->data)->form, a);
}

static struct str
about(struct view *v, struct arena *a)
{
    struct edit *d = v->data;
    struct str what = d->act ? d->act->help : d->e->help;
    return str_printf(
        a, "%.*s\n\n%s", STR_ARG(what),
        _("Enter and Tab go on, Shift-Tab and Up back; Enter on the last field saves, F10 saves from "
          "anywhere. * must be filled, + has a list (F4), ? is missing, !! is wrong, ! needs a look."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL            },
        {CMD_PALETTE,      NULL            },
        {CMD_PROMPT,       NULL            },
        {CMD_UNDO,         N_("Undo")      },
        {CMD_PAGE_FORWARD, N_("Next error")},
        {CMD_SAVE,         NULL            },
        {CMD_BACK,         NULL            }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static void
close_view(struct view *v)
{
    struct edit *d = v->data;
    kept_drop(&d->conflict);
    objection_drop(&d->objection);
}

static const struct view_ops ops = {.name = "form",
                                    .context = IN_FORM,
                                    .command = command,
                                    .key = key,
                                    .paste = paste,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_edit,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .may_leave = may_leave,
                                    .close = close_view};

/* ---- opening ---- */

static struct view *
open_form(struct app *a, const struct schema_entity *e, enum mode mode, uint32_t purpose)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct edit));
    struct edit *d = v->data;
    v->purpose = purpose;
    d->mode = mode;
    d->e = e;
    form_init(&d->form, &a->tui, &v->arena, app_locale(a));
    d->form.last = &a->last;
    return v;
}

static struct edit *
open_add(struct app *a, uint32_t entity, uint32_t purpose, struct view **ret)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e || !e->may_add)
        return NULL;
    *ret = open_form(a, e, MODE_ADD, purpose);
    struct edit *d = (*ret)->data;
    form_add(&d->form,
             &(struct form_source){
                 .entity = entity, .fields = e->fields, .nfields = e->nfields, .flags = SCHEMA_CREATE});
    form_start(&d->form);
    return d;
}

void
edit_add(struct app *a, uint32_t entity, uint32_t purpose)
{
    struct view *v;
    struct edit *d = open_add(a, entity, purpose, &v);
    if (d)
        d->go_to_record = true;
}

void
edit_add_under(struct app *a, uint32_t entity, uint32_t via, const struct body_record *parent,
               uint32_t purpose)
{
    struct view *v;
    const struct schema_entity *pe = schema_entity(app_schema(a), parent->entity);
    struct edit *d = open_add(a, entity, purpose, &v);
    if (!d || !pe)
        return;
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].field->tag == via) {
            form_put_ref(&d->form.items[k], parent->id, parent->label);
            d->form.items[k].readonly = true;
        }
    struct form_item *amount = form_find(&d->form, PART_FIELDS, "amount");
    const struct schema_field *due = schema_field_named(pe, STR("outstanding"));
    for (size_t i = 0; amount && due && i < parent->nfields; i++)
        if (parent->fields[i].tag == due->tag)
            form_put(&d->form, amount, &parent->fields[i].value, true);
    form_start(&d->form);
}

static struct edit *
open_set(struct app *a, uint32_t entity, int64_t id, uint32_t purpose, struct view **ret)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e || !e->may_set)
        return NULL;
    *ret = open_form(a, e, MODE_SET, purpose);
    struct edit *d = (*ret)->data;
    d->id = id;
    form_add(&d->form,
             &(struct form_source){
                 .entity = entity, .fields = e->fields, .nfields = e->nfields, .flags = SCHEMA_EDIT});
    return d;
}

void
edit_set(struct app *a, const struct body_record *record, uint32_t purpose)
{
    struct view *v;
    struct edit *d = open_set(a, record->entity, record->id, purpose, &v);
    if (!d)
        return;
    d->version = record->version;
    d->label = str_dup(&v->arena, record->label);
    put_record(d, record, false);
    form_start(&d->form);
}

void
edit_set_id(struct app *a, uint32_t entity, int64_t id)
{
    struct view *v;
    if (!open_set(a, entity, id, 0, &v))
        return;
    struct edit *d = v->data;
    form_start(&d->form);
    struct params p = params_record(entity, id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_LOAD, .barrier = true});
}

static struct view *
open_action(struct app *a, const struct schema_entity *e, const struct schema_action *act, int64_t id,
            uint32_t purpose)
{
    struct view *v = open_form(a, e, MODE_ACT, purpose);
    struct edit *d = v->data;
    d->act = act;
    d->id = id;
    d->go_to_record = !act->on_record;
    form_add(&d->form,
             &(struct form_source){.entity = e->number, .fields = act->fields, .nfields = act->nfields});
    if (act->needs_reason)
        form_add(&d->form, &(struct form_source){.part = PART_REASON, .fields = &reason_field, .nfields = 1});
    form_start(&d->form);
    if (d->form.n == 0)
        send(v, STR_NONE);
    return v;
}

void
act_open_with(struct app *a, const struct schema_entity *e, const struct schema_action *act,
              const struct body_record *on, uint32_t purpose)
{
    struct view *v = open_action(a, e, act, on->id, purpose);
    ((struct edit *)v->data)->label = str_dup(&v->arena, on->label);
}

void
act_open(struct app *a, uint32_t entity, uint32_t action, int64_t id, uint32_t purpose)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    const struct schema_action *act = e ? schema_action(e, action) : NULL;
    if (!act)
        return;
    if (act->prints && id) {
        document_open(a, entity, id, STR_NONE);
        return;
    }
    struct view *v = open_action(a, e, act, id, purpose);
    struct edit *d = v->data;
    if (!id || d->form.n == 0)
        return;
    struct params p = params_record(entity, id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_LOAD});
}
