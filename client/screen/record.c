#include "client/screen/record.h"
#include "client/screen/batch.h"

#include <stdio.h>

#include "client/screen/offers.h"
#include "client/text.h"

/* One record: its details, the lists that belong to it, its history: tabs, walked with F11 or Left and Right.
 */
enum { TAG_RECORD = 1, TAG_ROWS, TAG_MORE, TAG_EVENTS, TAG_EVENTS_MORE };
enum { PAGE = 50 };

size_t
record_ntabs(const struct record *d)
{
    return 1 + d->e->ntabs + (d->e->has_history ? 1 : 0);
}

bool
record_on_history(const struct record *d)
{
    return d->e->has_history && d->tab == record_ntabs(d) - 1;
}

const struct schema_tab *
record_related(const struct record *d)
{
    return d->tab > 0 && d->tab <= d->e->ntabs ? &d->e->tabs[d->tab - 1] : NULL;
}

/* ---- asking ---- */

static void
load_record(struct view *v, bool barrier)
{
    struct record *d = v->data;
    struct params p = d->id ? params_record(d->entity, d->id) : params_entity(d->entity);
    if (!d->id) {
        p.present |= 1u << PARAM_KEY;
        p.key = STR("me");
    }
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_RECORD, .barrier = barrier});
}

static void
load_rows(struct view *v, bool barrier, struct str cursor)
{
    struct record *d = v->data;
    const struct schema_tab *t = record_related(d);
    struct params p = params_entity(t->entity);
    struct param_filter f = {.field = {.number = t->via}, .op = FILTER_EQ, .value = VALUE_INT(d->id)};
    p.present |= 1u << PARAM_FILTERS | 1u << PARAM_LIMIT | (cursor.n ? 1u << PARAM_CURSOR : 0);
    p.filters = &f;
    p.nfilters = 1;
    p.view.number = schema_view_all(d->rows.entity);
    p.present |= p.view.number ? 1u << PARAM_VIEW : 0;
    p.limit = PAGE;
    p.cursor = cursor;
    d->asked_more = cursor.n > 0;
    app_ask(v, &(struct ask){.method = METHOD_LIST,
                             .params = &p,
                             .tag = cursor.n ? TAG_MORE : TAG_ROWS,
                             .barrier = barrier});
}

static void
load_events(struct view *v, bool barrier, struct str cursor)
{
    struct record *d = v->data;
    events_ask(v, d->entity, d->id, cursor,
               &(struct ask){.tag = cursor.n ? TAG_EVENTS_MORE : TAG_EVENTS, .barrier = barrier});
    d->asked_more = cursor.n > 0;
}

static void
load_tab(struct view *v, bool barrier)
{
    struct record *d = v->data;
    if (record_related(d)) {
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), record_related(d)->entity);
        rows_clear(&d->rows);
        rows_init(&d->rows, app_of(v), e ? e : d->e);
        d->rows.without = record_related(d)->via;
        load_rows(v, barrier, STR_NONE);
    } else if (record_on_history(d)) {
        events_clear(&d->events);
        load_events(v, barrier, STR_NONE);
    }
}

static void
answer(struct view *v, struct answer *a)
{
    struct record *d = v->data;
    if (a->code != RC_OK) {
        app_say_error(v, a);
        if (a->tag == TAG_RECORD && !d->record)
            view_pop(v);
        return;
    }
    if (a->tag == TAG_RECORD && body_has(a->body, BODY_RECORD)) {
        const struct body_record *r = &a->body->record;
        answer_keep(a, &d->kept);
        d->record = r;
        d->id = r->id;
    } else if ((a->tag == TAG_ROWS || a->tag == TAG_MORE) && record_related(d) &&
               body_has(a->body, BODY_PAGE) && a->body->page.entity == record_related(d)->entity) {
        rows_add(&d->rows, a);
    } else if ((a->tag == TAG_EVENTS || a->tag == TAG_EVENTS_MORE) && record_on_history(d)) {
        events_add(&d->events, a);
    }
    d->asked_more = false;
}

/* ---- moving ---- */

static void
go_tab(struct view *v, size_t tab)
{
    struct record *d = v->data;
    d->tab = tab;
    load_tab(v, true);
}

/* Next or previous field that says something. */
static bool
go_field(struct record *d, int step)
{
    if (!d->record || d->record->nfields == 0)
        return false;
    size_t at = d->at + (size_t)step;
    if (at >= d->record->nfields)
        return false;
    d->at = at;
    return true;
}

static void
enter(struct view *v)
{
    struct record *d = v->data;
    if (record_on_history(d)) {
        events_enter(&d->events, app_of(v));
        return;
    }
    if (record_related(d)) {
        size_t row;
        char digit;
        d->running = batch_take_rows(&d->rows);
        if (d->running)
            return;
        while (list_take_option(&d->rows.list, &row, &digit)) {
            const struct body_row *r = rows_at(&d->rows, row);
            d->running = r && option_run(app_of(v), d->rows.entity, r->id, digit);
            if (d->running)
                return;
        }
        const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
        if (r)
            record_open(app_of(v), d->rows.entity->number, r->id);
        return;
    }
    if (!d->record || d->at >= d->record->nfields)
        return;
    const struct body_field *f = &d->record->fields[d->at];
    const struct schema_field *s = schema_field(d->e, f->tag);
    if (s && s->type == VT_REF && f->value.type == VT_REF)
        record_open(app_of(v), s->ref, f->value.i);
    else
        tui_say(v->tui, ROLE_DIM, "%s",
                _("Enter opens the record a field points to. F4 shows what can be done here."));
}

static void
more(struct view *v)
{
    struct record *d = v->data;
    if (d->asked_more)
        return;
    if (record_related(d) && rows_next(&d->rows).n && !rows_full(&d->rows) &&
        d->rows.list.at + 2 * d->rows.list.page >= d->rows.list.nrows)
        load_rows(v, true, rows_next(&d->rows));
    else if (record_on_history(d) && events_wants_more(&d->events))
        load_events(v, true, events_next(&d->events));
}

void
record_reload(struct view *v)
{
    load_record(v, false);
    load_tab(v, false);
}

/* The record before or after this one in the list it was opened from takes its place. */
static bool
step_record(struct view *v, int step, struct body_ref *ret)
{
    struct record *d = v->data;
    struct view *below = view_below(v);
    struct body_ref to;
    if (!below || !below->ops->neighbour || !below->ops->neighbour(below, step, &to))
        return false;
    if (to.entity != d->entity || to.id == d->id)
        return false;
    d->id = to.id;
    d->at = 0;
    d->top = 0;
    load_record(v, true);
    load_tab(v, true);
    *ret = to;
    return true;
}

static void
go_record(struct view *v, int step)
{
    struct body_ref to;
    if (step_record(v, step, &to))
        return;
    struct view *below = view_below(v);
    if (!below || !below->ops->neighbour)
        tui_say(v->tui, ROLE_DIM, "%s", _("This record was not opened from a list: there is no next one."));
    else
        tui_say(v->tui, ROLE_DIM, "%s",
                step > 0 ? _("This is the last one of the list.") : _("This is the first one of the list."));
}

static bool
move(struct view *v, enum cmd c)
{
    struct record *d = v->data;
    bool moved;
    if (record_related(d)) {
        moved = list_command(&d->rows.list, c);
    } else if (record_on_history(d)) {
        moved = list_command(&d->events.list, c);
    } else {
        switch (c) {
        case CMD_UP:
            return go_field(d, -1);
        case CMD_DOWN:
            return go_field(d, 1);
        case CMD_TOP:
            d->at = 0;
            return true;
        case CMD_BOTTOM:
            d->at = d->record && d->record->nfields ? d->record->nfields - 1 : 0;
            return true;
        case CMD_PAGE_FORWARD:
        case CMD_PAGE_BACK:
            go_record(v, c == CMD_PAGE_FORWARD ? 1 : -1);
            return true;
        default:
            return false;
        }
    }
    if (moved)
        more(v);
    return moved;
}

/* For what was opened from here: the next row of the list one looks at, else the next record itself. */
static bool
neighbour(struct view *v, int step, struct body_ref *ret)
{
    struct record *d = v->data;
    if (!record_related(d))
        return step_record(v, step, ret);
    const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
    int64_t before = r ? r->id : 0;
    (void)move(v, step > 0 ? CMD_DOWN : CMD_UP);
    r = rows_at(&d->rows, d->rows.list.at);
    if (!r || r->id == before)
        return false;
    *ret = (struct body_ref){.entity = d->rows.entity->number, .id = r->id};
    return true;
}

/* The list one looks at, else the first one may add to. */
static const struct schema_tab *
adds_to(struct view *v)
{
    struct record *d = v->data;
    const struct schema_tab *t = record_related(d);
    const struct schema_entity *e = t ? schema_entity(app_schema(app_of(v)), t->entity) : NULL;
    if (t)
        return e && e->may_add ? t : NULL;
    return entity_adds_to(app_of(v), d->e);
}

static void
add_new(struct view *v)
{
    if (adds_to(v))
        record_add(v, adds_to(v));
    else if (sell_fits(app_of(v), ((struct record *)v->data)->entity))
        record_do(v, DO_SELL, 0);
    else
        tui_say(v->tui, ROLE_WARN, "%s", _("There is nothing you may add here."));
}

static bool
command(struct view *v, enum cmd c)
{
    struct record *d = v->data;
    switch (c) {
    case CMD_ENTER:
        enter(v);
        return true;
    case CMD_VIEW:
    case CMD_NEXT:
        go_tab(v, (d->tab + 1) % record_ntabs(d));
        return true;
    case CMD_PREV:
        go_tab(v, (d->tab + record_ntabs(d) - 1) % record_ntabs(d));
        return true;
    case CMD_REFRESH:
        load_record(v, true);
        load_tab(v, true);
        return true;
    case CMD_PROMPT:
        record_prompt(v);
        return true;
    case CMD_NEW:
        add_new(v);
        return true;
    default:
        return move(v, c);
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct record *d = v->data;
    if (k->code == K_RIGHT || k->code == K_LEFT) {
        go_tab(v, (d->tab + (k->code == K_RIGHT ? 1 : record_ntabs(d) - 1)) % record_ntabs(d));
        return true;
    }
    if (record_related(d))
        return list_digit(&d->rows.list, k);
    if (record_on_history(d) && k->code == K_CHAR && (k->cp == '5' || k->cp == '6')) {
        record_do(v, k->cp == '5' ? DO_AS_THEN : DO_AS_BEFORE, 0);
        return true;
    }
    if (k->code == K_CHAR && k->cp >= '1' && k->cp <= '9' && d->record)
        return record_option(v, k->cp);
    return false;
}

static void
shown(struct view *v)
{
    struct record *d = v->data;
    if (!d->running)
        return;
    d->running = false;
    size_t row;
    char digit;
    while (list_take_option(&d->rows.list, &row, &digit)) {
        const struct body_row *r = rows_at(&d->rows, row);
        d->running = r && option_run(app_of(v), d->rows.entity, r->id, digit);
        if (d->running)
            return;
    }
    load_tab(v, false);
}

static struct str
title(struct view *v, struct arena *a)
{
    struct record *d = v->data;
    if (!d->record || d->e->single)
        return d->e->label;
    return str_printf(a, "%.*s %.*s", STR_ARG(d->e->label), STR_ARG(d->record->label));
}

static struct str
help(struct view *v, struct arena *a)
{
    struct record *d = v->data;
    if (d->tab != 0 || !d->record || d->at >= d->record->nfields)
        return STR_NONE;
    const struct schema_field *s = schema_field(d->e, d->record->fields[d->at].tag);
    return s ? str_printf(a, "%.*s: %.*s", STR_ARG(s->label), STR_ARG(s->help)) : STR_NONE;
}

static struct str
about(struct view *v, struct arena *a)
{
    struct record *d = v->data;
    return str_printf(
        a, "%.*s\n\n%s", STR_ARG(d->e->help),
        _("F11, Tab, Left and Right walk the tabs. Digits do what the line under the tabs says; F4 lists "
          "everything that can be done. Enter on a field that points to a record opens it. F6 adds to "
          "the list you look at. F7 and F8 go to the record before and after it in the list it was opened "
          "from. The history shows what each change did; 5 shows the record as the change left it, 6 as it "
          "found it, beside what it is now, and F10 there brings it back."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,    NULL         },
        {CMD_PALETTE, NULL         },
        {CMD_HOME,    NULL         },
        {CMD_PROMPT,  N_("Actions")},
        {CMD_VIEW,    N_("Tab")    },
        {CMD_NEW,     NULL         },
        {CMD_REFRESH, NULL         },
        {CMD_BACK,    NULL         }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static bool
may(struct view *v, enum cmd c)
{
    struct record *d = v->data;
    return (c != CMD_NEW || adds_to(v) || sell_fits(app_of(v), d->entity)) &&
           (c != CMD_VIEW || record_ntabs(d) > 1);
}

static void
close_view(struct view *v)
{
    struct record *d = v->data;
    kept_drop(&d->kept);
    rows_clear(&d->rows);
    events_clear(&d->events);
}

static const struct view_ops ops = {.name = "record",
                                    .context = IN_RECORD,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .outcome = record_outcome,
                                    .paint = record_paint,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .offers = record_offers,
                                    .run = record_do,
                                    .neighbour = neighbour,
                                    .shown = shown,
                                    .close = close_view};

void
record_open(struct app *a, uint32_t entity, int64_t id)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e) {
        tui_say(&a->tui, ROLE_WARN, "%s", _("Records of this kind are not open to you."));
        return;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct record));
    struct record *d = v->data;
    d->entity = entity;
    d->id = id;
    d->e = e;
    rows_init(&d->rows, a, e);
    events_init(&d->events, a);
    load_record(v, true);
}

void
record_open_mine(struct app *a, uint32_t entity)
{
    record_open(a, entity, 0);
}
