#include <stdio.h>

#include "client/screen/browse.h"
#include "client/text.h"
#include "client/tui/choice.h"

/* F4 on a list: what to filter and sort by, and what can be done beside its rows. */
enum { PROMPT_FILTER = 0, PROMPT_SORT, PROMPT_DO };

void
browse_prompt(struct view *v)
{
    struct browse *d = v->data;
    const struct schema_entity *e = d->rows.entity;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct choice_row *rows = arena_new(&a, struct choice_row, e->nfields * 2 + e->nactions + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->nactions; i++)
        if (!e->actions[i].on_record)
            rows[n++] = (struct choice_row){.label = e->actions[i].label,
                                            .detail = e->actions[i].help,
                                            .entity = PROMPT_DO,
                                            .id = e->actions[i].number};
    for (size_t i = 0; i < e->nfields; i++)
        if (e->fields[i].flags & SCHEMA_FILTER)
            rows[n++] =
                (struct choice_row){.label = str_printf(&a, _("Filter by %.*s"), STR_ARG(e->fields[i].label)),
                                    .detail = e->fields[i].help,
                                    .id = e->fields[i].tag};
    for (size_t i = 0; i < e->nfields; i++)
        if (e->fields[i].flags & SCHEMA_SORT)
            rows[n++] =
                (struct choice_row){.label = str_printf(&a, _("Sort by %.*s"), STR_ARG(e->fields[i].label)),
                                    .entity = PROMPT_SORT,
                                    .id = e->fields[i].tag};
    choice_open(v->tui, &(struct choice_spec){.purpose = PURPOSE_FIELD,
                                              .title = str_from(_("Filter, sort or do")),
                                              .rows = rows,
                                              .nrows = n});
    arena_done(&a);
}

/* One more condition on the line; without a value it is to be typed. */
static void
add_condition(struct browse *d, const struct schema_field *f, struct str value)
{
    char old[FIELD_TEXT], text[FIELD_TEXT + 128];
    struct str now = field_text(&d->filter, old);
    snprintf(text, sizeof text, "%.*s%s%.*s=%.*s", STR_ARG(now), now.n ? " " : "", STR_ARG(f->name),
             STR_ARG(value));
    field_set(&d->filter, str_from(text));
}

/* What a field can be is picked, where it is known. */
static void
prompt_values(struct view *v, const struct schema_field *f)
{
    struct browse *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct choice_row *rows = arena_new(&a, struct choice_row, f->nchoices);
    for (size_t i = 0; i < f->nchoices; i++)
        rows[i] = (struct choice_row){.label = f->choices[i].label,
                                      .detail = f->choices[i].code,
                                      .id = f->choices[i].number,
                                      .tone = f->choices[i].tone};
    d->asked_field = f->tag;
    choice_open(v->tui, &(struct choice_spec){
                            .purpose = PURPOSE_VALUE, .title = f->label, .rows = rows, .nrows = f->nchoices});
    arena_done(&a);
}

void
browse_take_value(struct view *v, int64_t number)
{
    struct browse *d = v->data;
    const struct schema_field *f = schema_field(d->rows.entity, d->asked_field);
    const struct schema_choice *c = f ? schema_choice(f, number) : NULL;
    if (!c)
        return;
    add_condition(d, f, c->code);
    browse_load(v, true);
}

void
browse_take_field(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    if (o->entity == PROMPT_DO) {
        act_open(app_of(v), d->entity, (uint32_t)o->id, 0, PURPOSE_RECORD);
        return;
    }
    if (o->entity == PROMPT_SORT) {
        d->sort = (uint32_t)o->id;
        d->desc = false;
        field_set(&d->position, STR_NONE);
        browse_load(v, true);
        return;
    }
    const struct schema_field *f = schema_field(d->rows.entity, (uint32_t)o->id);
    if (f->nchoices) {
        prompt_values(v, f);
        return;
    }
    add_condition(d, f, STR_NONE);
    browse_enter_line(d, IN_FILTER);
    d->filter.fresh = false;
}
