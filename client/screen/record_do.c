#include "client/screen/record.h"

#include <stdio.h>

#include "client/screen/as_of.h"
#include "client/screen/offers.h"
#include "client/text.h"
#include "client/tui/choice.h"

/* What can be done with a record, and what comes of it. */
enum { PURPOSE_DO = 1, PURPOSE_CHANGED = 2, PURPOSE_AS_OF = 3 };

static void
change(struct view *v)
{
    struct record *d = v->data;
    if (!d->record)
        return;
    if (d->e->may_set)
        edit_set(app_of(v), d->record, PURPOSE_CHANGED);
    else
        tui_say(v->tui, ROLE_WARN, _("This %.*s can't be changed by hand."), STR_ARG(d->e->label));
}

void
record_add(struct view *v, const struct schema_tab *t)
{
    struct record *d = v->data;
    if (t && d->record)
        edit_add_under(app_of(v), t->entity, t->via, d->record, PURPOSE_CHANGED);
}

static void
act(struct view *v, uint32_t number)
{
    struct record *d = v->data;
    const struct schema_action *a = schema_action(d->e, number);
    if (!a || !d->record)
        return;
    if (a->prints)
        document_open(app_of(v), d->entity, d->id, d->record->label);
    else if (!action_fits(a, d->record))
        tui_say(v->tui, ROLE_WARN, _("%.*s is not possible in this state."), STR_ARG(a->label));
    else
        act_open_with(app_of(v), d->e, a, d->record, PURPOSE_CHANGED);
}

/* As the change one stands on left it, or found it. */
static void
show_as_then(struct view *v, bool before)
{
    struct record *d = v->data;
    const struct body_event *event = record_on_history(d) ? events_current(&d->events) : NULL;
    if (!event)
        return;
    stamp_t at = {.usec = event->at.usec - before};
    as_of_open(app_of(v), &event->record, at, PURPOSE_CHANGED);
}

void
record_do(struct view *v, uint32_t code, int64_t arg)
{
    struct record *d = v->data;
    if (code == DO_CHANGE)
        change(v);
    else if (code == DO_ADD && arg >= 0 && (size_t)arg < d->e->ntabs)
        record_add(v, &d->e->tabs[arg]);
    else if (code == DO_ACTION)
        act(v, (uint32_t)arg);
    else if (code == DO_AS_OF)
        as_of_prompt(v, PURPOSE_AS_OF);
    else if (code == DO_AS_THEN || code == DO_AS_BEFORE)
        show_as_then(v, code == DO_AS_BEFORE);
    else if (code == DO_SELL && d->record)
        sell_open_with(app_of(v), d->entity, d->id);
}

void
record_offers(struct view *v, struct offers *o)
{
    struct record *d = v->data;
    char text[80];
    struct offer *row;
    if (!d->record)
        return;
    for (size_t i = 0; i < d->e->nactions; i++)
        if (action_fits(&d->e->actions[i], d->record) &&
            (row = offer_add(o, DO_ACTION, d->e->actions[i].number, d->e->actions[i].label)))
            snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(d->e->actions[i].help));
    if (d->e->may_set && (row = offer_add(o, DO_CHANGE, 0, str_from(_("Change")))))
        snprintf(row->help, sizeof row->help, "%s", _("Changes the fields of this record."));
    if (sell_fits(app_of(v), d->entity) &&
        (row = offer_add(o, DO_SELL, 0, str_from(_("Insure: new business")))))
        snprintf(row->help, sizeof row->help, "%s", _("New business with this record filled in."));
    for (size_t i = 0; i < d->e->ntabs; i++) {
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), d->e->tabs[i].entity);
        if (!e || !e->may_add)
            continue;
        snprintf(text, sizeof text, _("New %.*s for this"), STR_ARG(e->label));
        if ((row = offer_add(o, DO_ADD, (int64_t)i, str_from(text))))
            snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
    }
    if (record_on_history(d) &&
        (row = offer_add(o, DO_AS_THEN, 0, str_from(_("As it was after this change")))))
        snprintf(row->help, sizeof row->help, "%s",
                 _("The whole record as this change left it; F10 there restores it."));
    if (record_on_history(d) &&
        (row = offer_add(o, DO_AS_BEFORE, 0, str_from(_("As it was before this change")))))
        snprintf(row->help, sizeof row->help, "%s",
                 _("The whole record as this change found it; F10 there takes the change back."));
    if (d->e->has_history && d->id && (row = offer_add(o, DO_AS_OF, 0, str_from(_("As it was on a day")))))
        snprintf(row->help, sizeof row->help, "%s",
                 _("The whole record as it was at a moment you name; F10 there restores it."));
}

/* F4: what can be done with it, to pick from. */
void
record_prompt(struct view *v)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct offers *o = arena_new(&a, struct offers, 1);
    record_offers(v, o);
    struct choice_row *rows = arena_new(&a, struct choice_row, o->n ? o->n : 1);
    for (size_t i = 0; i < o->n; i++)
        rows[i] = (struct choice_row){.label = str_from(o->rows[i].label),
                                      .detail = str_from(o->rows[i].help),
                                      .entity = o->rows[i].code,
                                      .id = o->rows[i].arg};
    choice_open(v->tui, &(struct choice_spec){.purpose = PURPOSE_DO,
                                              .title = str_from(_("What to do with it")),
                                              .rows = rows,
                                              .nrows = o->n});
    arena_done(&a);
}

void
record_outcome(struct view *v, const struct outcome *o)
{
    if (o->choice == 0)
        return;
    if (o->purpose == PURPOSE_DO) {
        record_do(v, o->entity, o->id);
        return;
    }
    if (o->purpose == PURPOSE_AS_OF) {
        struct record *d = v->data;
        stamp_t at;
        if (as_of_typed(v, o->text, &at))
            as_of_open(app_of(v), &(struct body_ref){.entity = d->entity, .id = d->id}, at, PURPOSE_CHANGED);
        return;
    }
    record_reload(v);
}

bool
record_option(struct view *v, uint32_t digit)
{
    struct record *d = v->data;
    for (size_t i = 0; i < d->e->nactions; i++)
        if ((uint32_t)d->e->actions[i].option == digit && d->e->actions[i].on_record) {
            act(v, d->e->actions[i].number);
            return true;
        }
    if (digit == '2')
        change(v);
    else if (digit == '7' && entity_adds_to(app_of(v), d->e))
        record_add(v, entity_adds_to(app_of(v), d->e));
    else
        return false;
    return true;
}
