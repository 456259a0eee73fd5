#include <stdio.h>

#include "client/screen/app.h"
#include "client/screen/events.h"
#include "client/screen/offers.h"
#include "client/screen/rows.h"
#include "client/text.h"
#include "client/tui/choice.h"
#include "common/base/buf.h"

/* One record: its details, the lists that belong to it, its history: tabs, walked with F11 or Left and Right.
 */
enum { TAG_RECORD = 1, TAG_ROWS, TAG_MORE, TAG_EVENTS, TAG_EVENTS_MORE };
enum { PURPOSE_DO = 1, PURPOSE_CHANGED = 2 };
enum { DO_CHANGE = 1, DO_ADD, DO_ACTION };
enum { PAGE = 50 };

struct record {
    uint32_t entity;
    int64_t id;
    const struct schema_entity *e;
    struct kept kept;
    const struct body_record *record;
    size_t tab; /* 0 details, then the tabs, then history */
    size_t at;  /* field on the details */
    int top;
    struct rows rows;
    struct events events;
    bool asked_more, running;
};

static size_t
ntabs(const struct record *d)
{
    return 1 + d->e->ntabs + (d->e->has_history ? 1 : 0);
}

static bool
on_history(const struct record *d)
{
    return d->e->has_history && d->tab == ntabs(d) - 1;
}

static const struct schema_tab *
related(const struct record *d)
{
    return d->tab > 0 && d->tab <= d->e->ntabs ? &d->e->tabs[d->tab - 1] : NULL;
}

static struct str
tab_label(const struct record *d, size_t tab)
{
    if (tab == 0)
        return str_from(_("Details"));
    return tab <= d->e->ntabs ? d->e->tabs[tab - 1].label : str_from(_("History"));
}

/* ---- asking ---- */

static void
load_record(struct view *v, bool barrier)
{
    struct record *d = v->data;
    struct params p = params_record(d->entity, d->id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_RECORD, .barrier = barrier});
}

static void
load_rows(struct view *v, bool barrier, struct str cursor)
{
    struct record *d = v->data;
    const struct schema_tab *t = related(d);
    struct params p = params_entity(t->entity);
    struct param_filter f = {.field = {.number = t->via}, .op = FILTER_EQ, .value = VALUE_INT(d->id)};
    p.present |= 1u << PARAM_FILTERS | 1u << PARAM_LIMIT | (cursor.n ? 1u << PARAM_CURSOR : 0);
    p.filters = &f;
    p.nfilters = 1;
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
    if (related(d)) {
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), related(d)->entity);
        rows_clear(&d->rows);
        rows_init(&d->rows, app_of(v), e ? e : d->e);
        load_rows(v, barrier, STR_NONE);
    } else if (on_history(d)) {
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
    } else if ((a->tag == TAG_ROWS || a->tag == TAG_MORE) && related(d) && body_has(a->body, BODY_PAGE) &&
               a->body->page.entity == related(d)->entity) {
        rows_add(&d->rows, a);
    } else if ((a->tag == TAG_EVENTS || a->tag == TAG_EVENTS_MORE) && on_history(d)) {
        events_add(&d->events, a);
    }
    d->asked_more = false;
}

/* ---- doing ---- */

/* The first related list one may add to: option 7. */
static const struct schema_tab *
adds_to(struct view *v)
{
    struct record *d = v->data;
    for (size_t i = 0; i < d->e->nactions; i++)
        if (d->e->actions[i].option == '7')
            return NULL;
    for (size_t i = 0; i < d->e->ntabs; i++) {
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), d->e->tabs[i].entity);
        if (e && e->may_add)
            return &d->e->tabs[i];
    }
    return NULL;
}

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

static void
add_related(struct view *v, const struct schema_tab *t)
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

static void
run(struct view *v, uint32_t code, int64_t arg)
{
    struct record *d = v->data;
    if (code == DO_CHANGE)
        change(v);
    else if (code == DO_ADD && arg >= 0 && (size_t)arg < d->e->ntabs)
        add_related(v, &d->e->tabs[arg]);
    else if (code == DO_ACTION)
        act(v, (uint32_t)arg);
}

static void
offers(struct view *v, struct offers *o)
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
    for (size_t i = 0; i < d->e->ntabs; i++) {
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), d->e->tabs[i].entity);
        if (!e || !e->may_add)
            continue;
        snprintf(text, sizeof text, _("New %.*s for this"), STR_ARG(e->label));
        if ((row = offer_add(o, DO_ADD, (int64_t)i, str_from(text))))
            snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
    }
}

/* F4: what can be done with it, to pick from. */
static void
prompt(struct view *v)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct offers *o = arena_new(&a, struct offers, 1);
    offers(v, o);
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

static void
outcome(struct view *v, const struct outcome *o)
{
    if (o->choice == 0)
        return;
    if (o->purpose == PURPOSE_DO) {
        run(v, o->entity, o->id);
        return;
    }
    load_record(v, false);
    load_tab(v, false);
}

static bool
option(struct view *v, uint32_t digit)
{
    struct record *d = v->data;
    for (size_t i = 0; i < d->e->nactions; i++)
        if ((uint32_t)d->e->actions[i].option == digit && d->e->actions[i].on_record) {
            act(v, d->e->actions[i].number);
            return true;
        }
    if (digit == '2')
        change(v);
    else if (digit == '7' && adds_to(v))
        add_related(v, adds_to(v));
    else
        return false;
    return true;
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
    if (on_history(d)) {
        events_enter(&d->events, app_of(v));
        return;
    }
    if (related(d)) {
        size_t row;
        char digit;
        d->running = false;
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
    if (related(d) && rows_next(&d->rows).n && !rows_full(&d->rows) &&
        d->rows.list.at + 2 * d->rows.list.page >= d->rows.list.nrows)
        load_rows(v, true, rows_next(&d->rows));
    else if (on_history(d) && events_wants_more(&d->events))
        load_events(v, true, events_next(&d->events));
}

static bool
move(struct view *v, enum cmd c)
{
    struct record *d = v->data;
    bool moved;
    if (related(d)) {
        moved = list_command(&d->rows.list, c);
    } else if (on_history(d)) {
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
        default:
            return false;
        }
    }
    if (moved)
        more(v);
    return moved;
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
        go_tab(v, (d->tab + 1) % ntabs(d));
        return true;
    case CMD_PREV:
        go_tab(v, (d->tab + ntabs(d) - 1) % ntabs(d));
        return true;
    case CMD_REFRESH:
        load_record(v, true);
        load_tab(v, true);
        return true;
    case CMD_PROMPT:
        prompt(v);
        return true;
    case CMD_NEW:
        add_related(v, related(d) ? related(d) : adds_to(v));
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
        go_tab(v, (d->tab + (k->code == K_RIGHT ? 1 : ntabs(d) - 1)) % ntabs(d));
        return true;
    }
    if (related(d))
        return list_digit(&d->rows.list, k);
    if (k->code == K_CHAR && k->cp >= '1' && k->cp <= '9' && d->record)
        return option(v, k->cp);
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

/* ---- paint ---- */

static void
paint_tabs(const struct record *d, const struct area *a)
{
    int x = 1;
    for (size_t i = 0; i < ntabs(d); i++) {
        bool here = i == d->tab;
        x += paint_text(a, 0, x, ROLE_FOCUS, here ? "[" : " ");
        x += paint(a, (struct spot){.x = x, .role = here ? ROLE_HEAD : ROLE_LABEL}, tab_label(d, i));
        x += paint_text(a, 0, x, ROLE_FOCUS, here ? "]" : " ") + 1;
    }
}

struct place {
    int row, x, width;
};

/* Two columns while they fit; long texts and headings take a row of their own. */
static struct place
place_field(const struct record *d, size_t i, int cols, struct place *at)
{
    const struct schema_field *s = schema_field(d->e, d->record->fields[i].tag);
    bool two = cols >= 72, wide = s && ((s->flags & SCHEMA_MULTILINE) || s->width > 36);
    if (s && s->group.n && i > 0) {
        at->row += at->x > 0;
        at->x = 0;
    }
    if (wide && at->x > 0) {
        at->row++;
        at->x = 0;
    }
    if (s && s->group.n)
        at->row++;
    struct place ret = {at->row, at->x, two && !wide ? cols / 2 : cols};
    if (two && !wide && at->x == 0) {
        at->x = cols / 2;
    } else {
        at->x = 0;
        at->row++;
    }
    return ret;
}

static void
paint_value(struct view *v, const struct area *a, size_t i, struct place p)
{
    struct record *d = v->data;
    const struct body_field *f = &d->record->fields[i];
    const struct schema_field *s = schema_field(d->e, f->tag);
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    int y = p.row - d->top, label = p.width >= 60 ? 18 : 15;
    if (s->group.n)
        paint(a, (struct spot){.y = y - 1, .x = 1, .role = ROLE_HEAD}, s->group);
    paint(a, (struct spot){.y = y, .x = p.x + 2, .width = label - 1, .role = ROLE_DIM}, s->label);
    const struct schema_choice *c = s->type == VT_CHOICE ? schema_choice(s, f->value.i) : NULL;
    struct tone_look look = tone_look(c ? c->tone : TONE_PLAIN);
    bool money = s->type == VT_MONEY;
    struct str text = f->value.type == VT_REF && f->value.label.n
                          ? f->value.label
                          : value_text(&arena, s, &f->value, app_locale(app_of(v)));
    int x = p.x + 2 + label;
    if (look.mark[0])
        x += paint_text(a, y, x, look.role, look.mark) + 1;
    int width = p.x + p.width - x - 1;
    if (money && width > 18)
        width = 18;
    paint(a, (struct spot){.y = y, .x = x, .width = width, .role = look.role, .right = money}, text);
    if (i == d->at) {
        paint_text(a, y, p.x, ROLE_FOCUS, ">");
        paint_cursor(a, y, p.x);
    }
    arena_done(&arena);
}

static void
paint_details(struct view *v, const struct area *a)
{
    struct record *d = v->data;
    struct place at = {0, 0, 0};
    int here = 0, last = 0;
    for (size_t i = 0; i < d->record->nfields; i++) {
        last = place_field(d, i, a->cols, &at).row;
        if (i == d->at)
            here = last;
    }
    if (here <= d->top)
        d->top = here > 0 ? here - 1 : 0;
    if (here >= d->top + a->rows)
        d->top = here - a->rows + 1;
    at = (struct place){0, 0, 0};
    for (size_t i = 0; i < d->record->nfields; i++) {
        struct place p = place_field(d, i, a->cols, &at);
        if (schema_field(d->e, d->record->fields[i].tag) && p.row >= d->top && p.row <= d->top + a->rows)
            paint_value(v, a, i, p);
    }
    if (last >= d->top + a->rows)
        paint_text(a, a->rows - 1, a->cols - 7, ROLE_DIM, _("more ↓"));
}

static struct str
legend(struct view *v, struct arena *arena)
{
    struct record *d = v->data;
    struct buf b;
    buf_init(&b, arena, 160);
    const char *gap = "";
    if (d->e->may_set) {
        buf_printf(&b, "2=%s", _("Change"));
        gap = "  ";
    }
    for (size_t i = 0; i < d->e->nactions; i++) {
        const struct schema_action *act = &d->e->actions[i];
        if (act->option && action_fits(act, d->record)) {
            buf_printf(&b, "%s%c=%.*s", gap, act->option, STR_ARG(act->label));
            gap = "  ";
        }
    }
    const struct schema_tab *t = adds_to(v);
    const struct schema_entity *e = t ? schema_entity(app_schema(app_of(v)), t->entity) : NULL;
    if (e)
        buf_printf(&b, _("%s7=New %.*s"), gap, STR_ARG(e->label));
    return buf_str(&b);
}

static void
paint_record(struct view *v, const struct area *a)
{
    struct record *d = v->data;
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    paint_tabs(d, a);
    struct area in = area_sub(a, 2, 0, a->rows - 2, a->cols);
    if (!d->record) {
        paint_text(&in, 0, 1, ROLE_DIM, _("Loading …"));
    } else if (related(d)) {
        paint(a, (struct spot){.y = 1, .x = 2, .role = ROLE_DIM}, rows_legend(d->rows.entity, &arena));
        list_paint(&d->rows.list, &in, true);
        if (d->rows.npages && d->rows.list.nrows == 0)
            paint_text(&in, 1, 4, ROLE_DIM, _("Nothing here."));
    } else if (on_history(d)) {
        paint_text(a, 1, 2, ROLE_DIM, _("Enter shows what changed."));
        list_paint(&d->events.list, &in, true);
    } else {
        paint(a, (struct spot){.y = 1, .x = 2, .role = ROLE_DIM}, legend(v, &arena));
        paint_details(v, &in);
    }
    arena_done(&arena);
}

static struct str
title(struct view *v, struct arena *a)
{
    struct record *d = v->data;
    if (!d->record)
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
          "the list you look at."));
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
        {CMD_REFRESH, NULL         },
        {CMD_NEW,     NULL         },
        {CMD_VIEW,    N_("Tab")    },
        {CMD_BACK,    NULL         }
    };
    *ret_n = COUNTOF(keys);
    return keys;
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
                                    .outcome = outcome,
                                    .paint = paint_record,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .offers = offers,
                                    .run = run,
                                    .shown = shown,
                                    .close = close_view};

void
record_open(struct app *a, uint32_t entity, int64_t id)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e)
        return;
    struct view *v = view_push(&a->tui, &ops, sizeof(struct record));
    struct record *d = v->data;
    d->entity = entity;
    d->id = id;
    d->e = e;
    rows_init(&d->rows, a, e);
    events_init(&d->events, a);
    load_record(v, true);
}
