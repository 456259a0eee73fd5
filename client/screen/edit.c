#include "client/screen/edit.h"

#include "client/screen/lookup.h"
#include "client/secret.h"
#include "client/text.h"
#include "client/tui/box.h"

static const struct schema_field reason_field = {
    .name = {"reason",                                     6 },
    .label = {N_("Reason"),                                 6 },
    .help = {N_("Why this is done. Kept in the history."), 39},
    .type = VT_TEXT,
    .flags = SCHEMA_REQUIRED,
    .max = 240,
    .width = 40
};
/* Optional and required. */
static const struct schema_field again_fields[] = {
    {.name = {"again", 5},
     .label = {N_("Once more"), 9},
     .help = {N_("The same again: nobody sees what was typed."), 43},
     .type = VT_TEXT,
     .flags = SCHEMA_SECRET,
     .max = 256,
     .width = 24},
    {.name = {"again", 5},
     .label = {N_("Once more"), 9},
     .help = {N_("The same again: nobody sees what was typed."), 43},
     .type = VT_TEXT,
     .flags = SCHEMA_SECRET | SCHEMA_REQUIRED,
     .max = 256,
     .width = 24}
};

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
            edit_send(v, o->text);
        break;
    case PURPOSE_LEAVE:
        if (o->choice == LEAVE_KEEP) {
            edit_keep(v);
            draft_release(v, &d->slot);
        }
        if (o->choice == LEAVE_DROP || o->choice == LEAVE_KEEP) {
            draft_drop(v, &d->slot);
            d->saved = true;
            view_finish(v, (struct outcome){.choice = 0});
        }
        break;
    case PURPOSE_CONFLICT:
        if (o->choice)
            edit_resolve_conflict(v, o->text);
        else
            tui_say(v->tui, ROLE_WARN, "%s", _("Not saved yet. F10 asks about the fields again."));
        break;
    default:
        form_outcome(&d->form, o);
        edit_keep(v);
        if (d->save_after_choice && o->purpose == PURPOSE_REF && o->choice)
            edit_save(v);
        d->save_after_choice = false;
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

/* No error further on: the next record of the list this one was opened from, if nothing would be lost. */
static void
go_record(struct view *v, int step)
{
    struct edit *d = v->data;
    struct view *below = view_below(v);
    struct body_ref to;
    if (d->mode != MODE_SET || !below || !below->ops->neighbour || form_find(&d->form, PART_REASON, "reason"))
        return;
    if (form_dirty(&d->form)) {
        tui_say(v->tui, ROLE_WARN, "%s", _("Save with F10 or undo with F5 before you go to another record."));
    } else if (!below->ops->neighbour(below, step, &to) || to.entity != d->e->number) {
        tui_say(v->tui, ROLE_DIM, "%s",
                step > 0 ? _("No field needs attention, and there is no next record.")
                         : _("No field needs attention, and there is no record before."));
    } else {
        struct params p = params_record(to.entity, to.id);
        d->id = to.id;
        app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_LOAD, .barrier = true});
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
        edit_keep(v);
        break;
    case FORM_SAVE:
        edit_save(v);
        break;
    case FORM_PAST_END:
        go_record(v, 1);
        break;
    case FORM_PAST_START:
        go_record(v, -1);
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
                        .answers = {str_from(_("Stay and go on")), str_from(_("Leave and drop it")),
                                    str_from(_("Leave and keep it as a draft"))},
                        .nanswers = app_of(v)->journal ? 3 : 2
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
    if (d->mode == MODE_SET && form_find(&d->form, PART_REASON, "reason"))
        return str_printf(a, _("Restore %.*s %.*s"), STR_ARG(d->e->label), STR_ARG(d->label));
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
        a, "%.*s\n\n%s\n\n%s", STR_ARG(what),
        _("Enter and Tab go on, Shift-Tab and Up back; Enter on the last field saves, F10 saves from "
          "anywhere. * must be filled, + has a list (F4), ? is missing, !! is wrong, ! needs a look."),
        drafts_about(app_of(v)));
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
    edit_keep(v);
    if (d->saved)
        draft_drop(v, &d->slot);
    draft_release(v, &d->slot);
    for (size_t k = 0; k < d->form.n; k++)
        if (d->form.items[k].edit.secret)
            field_wipe(&d->form.items[k].edit);
    kept_drop(&d->conflict);
    objection_drop(&d->objection);
}

static const struct view_ops ops = {.name = "form",
                                    .context = IN_FORM,
                                    .command = command,
                                    .key = key,
                                    .paste = paste,
                                    .answer = edit_answer,
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

/* One after the other, so that a secret that is chosen here is asked for twice in a row. */
static void
add_fields(struct edit *d, const struct schema_field *fields, size_t n, uint32_t flags)
{
    for (size_t i = 0; i < n; i++) {
        size_t before = d->form.n;
        form_add(&d->form, &(struct form_source){
                               .entity = d->e->number, .fields = &fields[i], .nfields = 1, .flags = flags});
        if (d->form.n == before || !secret_is_chosen(&fields[i]))
            continue;
        const struct schema_field *again = &again_fields[fields[i].flags & SCHEMA_REQUIRED ? 1 : 0];
        form_add(&d->form, &(struct form_source){
                               .entity = d->e->number, .part = PART_AGAIN, .fields = again, .nfields = 1});
    }
}

static struct edit *
open_add(struct app *a, uint32_t entity, uint32_t purpose, struct view **ret)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e || !e->may_add)
        return NULL;
    *ret = open_form(a, e, MODE_ADD, purpose);
    struct edit *d = (*ret)->data;
    add_fields(d, e->fields, e->nfields, SCHEMA_CREATE);
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
edit_add_plain(struct app *a, uint32_t entity, uint32_t purpose)
{
    struct view *v;
    (void)open_add(a, entity, purpose, &v);
}

void
edit_add_under(struct app *a, uint32_t entity, uint32_t via, const struct body_record *parent,
               uint32_t purpose)
{
    struct view *v;
    struct edit *d = open_add(a, entity, purpose, &v);
    if (!d)
        return;
    d->via = via;
    edit_put_parent(v, parent);
}

void
edit_add_under_id(struct app *a, const struct schema_tab *tab, uint32_t parent, int64_t id)
{
    struct view *v;
    struct edit *d = open_add(a, tab->entity, 0, &v);
    if (!d)
        return;
    d->via = tab->via;
    struct params p = params_record(parent, id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_PARENT, .barrier = true});
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
    add_fields(d, e->fields, e->nfields, SCHEMA_EDIT);
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
    edit_put_record(d, record);
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

void
edit_add_reason(struct edit *d)
{
    form_add(&d->form, &(struct form_source){.part = PART_REASON, .fields = &reason_field, .nfields = 1});
}

void
edit_restore(struct app *a, const struct body_record *now, const struct body_record *then, uint32_t purpose)
{
    struct view *v;
    struct edit *d = open_set(a, now->entity, now->id, purpose, &v);
    if (!d)
        return;
    d->version = now->version;
    d->label = str_dup(&v->arena, now->label);
    edit_add_reason(d);
    edit_put_record(d, now);
    form_start(&d->form);
    edit_restore_fields(v, then);
}

static void
add_parameters(struct edit *d)
{
    add_fields(d, d->act->fields, d->act->nfields, 0);
    if (d->act->needs_reason)
        edit_add_reason(d);
}

struct view *
edit_start(struct app *a, const struct schema_entity *e, const struct schema_action *act, enum mode mode)
{
    struct view *v = open_form(a, e, mode, 0);
    struct edit *d = v->data;
    d->act = act;
    if (act)
        add_parameters(d);
    else
        add_fields(d, e->fields, e->nfields, mode == MODE_ADD ? SCHEMA_CREATE : SCHEMA_EDIT);
    return v;
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
    add_parameters(d);
    form_start(&d->form);
    if (d->form.n == 0)
        edit_send(v, STR_NONE);
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
act_open_setup(struct app *a, const struct schema_entity *e, const struct schema_action *act,
               uint32_t purpose)
{
    struct view *v = open_action(a, e, act, 0, purpose);
    struct form *f = &((struct edit *)v->data)->form;
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].edit.secret && !(f->items[k].field->flags & SCHEMA_REQUIRED))
            form_hide(f, &f->items[k]);
    form_start(f);
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
