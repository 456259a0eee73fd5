#include <stdio.h>
#include <string.h>

#include "client/screen/batch.h"
#include "client/screen/browse.h"
#include "client/screen/filter.h"
#include "client/screen/thin.h"
#include "client/text.h"

/* The list of an entity: position-to and filter on top, options by digit, sorted and paged by the service. */
enum { TAG_FIRST = 1, TAG_MORE = 2, PAGE = 50, NEAR = 16 };

static const struct schema_entity *
entity_of(struct view *v)
{
    return ((struct browse *)v->data)->rows.entity;
}

static const struct schema_view *
view_of(const struct browse *d)
{
    for (size_t i = 0; i < d->rows.entity->nviews; i++)
        if (d->rows.entity->views[i].number == d->view)
            return &d->rows.entity->views[i];
    return NULL;
}

/* ---- asking ---- */

/* The position is one more condition: rows from there on. */
static size_t
add_position(struct view *v, struct arena *a, struct param_filter *f)
{
    struct browse *d = v->data;
    char text[FIELD_TEXT];
    struct str typed = field_text(&d->position, text);
    const struct schema_field *s = schema_field(d->rows.entity, d->sort);
    if (!typed.n || !s)
        return 0;
    struct value val = VALUE_TEXT(str_dup(a, typed));
    struct err err = {.code = RC_OK};
    if (s->type != VT_TEXT && value_read(a, s, typed, app_locale(app_of(v)), &val, &err) != RC_OK) {
        tui_say(v->tui, ROLE_WARN, "%s", err.text);
        return 0;
    }
    *f = (struct param_filter){
        .field = {.number = d->sort}, .op = d->desc ? FILTER_LE : FILTER_GE, .value = val};
    return 1;
}

static bool
ask_page(struct view *v, struct str cursor, bool barrier)
{
    struct browse *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct param_filter filters[LIMIT_FILTERS];
    char text[FIELD_TEXT];
    struct err err = {.code = RC_OK};
    size_t n = 0;
    enum rc rc = filter_read(&a, d->rows.entity, field_text(&d->filter, text), app_locale(app_of(v)), filters,
                             LIMIT_FILTERS - 1, &n, &err);
    if (rc != RC_OK) {
        tui_say(v->tui, ROLE_BAD, "%s", err.text);
        tui_flush(v->tui);
        arena_done(&a);
        return false;
    }
    n += add_position(v, &a, &filters[n]);
    struct params p = params_entity(d->entity);
    p.present |= 1u << PARAM_VIEW | 1u << PARAM_LIMIT | 1u << PARAM_TOTAL;
    p.view.number = d->view;
    p.limit = PAGE;
    p.total = !cursor.n;
    p.filters = filters;
    p.nfilters = n;
    p.sort.number = d->sort;
    p.desc = d->desc;
    p.cursor = cursor;
    p.present |= (n ? 1u << PARAM_FILTERS : 0) | (cursor.n ? 1u << PARAM_CURSOR : 0);
    if (d->sort)
        p.present |= 1u << PARAM_SORT | 1u << PARAM_DESC;
    if (!d->view)
        p.present &= ~(1u << PARAM_VIEW);
    const struct schema_view *sv = view_of(d);
    if (sv)
        d->width = thin_list(d->rows.entity, sv->columns, sv->ncolumns, &a, &p);
    app_ask(v, &(struct ask){.method = METHOD_LIST,
                             .params = &p,
                             .tag = cursor.n ? TAG_MORE : TAG_FIRST,
                             .barrier = barrier});
    d->asked_more = cursor.n > 0;
    arena_done(&a);
    return true;
}

void
browse_load(struct view *v, bool barrier)
{
    ask_page(v, STR_NONE, barrier);
}

/* Near the end of what is here: the next page. */
static void
want_more(struct view *v)
{
    struct browse *d = v->data;
    struct str next = rows_next(&d->rows);
    if (next.n && !d->asked_more && !rows_full(&d->rows))
        ask_page(v, next, true);
}

/* Wider than it was when the columns were asked for: there may be room for more of them. */
static void
resized(struct view *v)
{
    struct browse *d = v->data;
    if (!d->rows.npages || thin_width() <= d->width)
        return;
    d->stale = true;
    if (view_top(v->tui) == v)
        browse_load(v, false);
}

static void
mark_sort(struct browse *d)
{
    d->rows.list.sort = d->rows.list.ncolumns;
    for (size_t i = 0; i < d->rows.list.ncolumns; i++)
        if (d->rows.tags[i] == d->sort)
            d->rows.list.sort = i;
    d->rows.list.desc = d->desc;
}

static void
answer(struct view *v, struct answer *a)
{
    struct browse *d = v->data;
    d->asked_more = false;
    if (a->code != RC_OK) {
        app_say_error(v, a);
        return;
    }
    if (a->tag == TAG_FIRST) {
        size_t at = d->stale ? d->rows.list.at : 0;
        rows_clear(&d->rows);
        rows_add(&d->rows, a);
        d->rows.list.at = at < d->rows.list.nrows ? at : 0;
        d->stale = false;
    } else {
        rows_add(&d->rows, a);
    }
    mark_sort(d);
}

/* ---- options ---- */

static void
run_options(struct view *v)
{
    struct browse *d = v->data;
    size_t row;
    char option;
    d->running = batch_take_rows(&d->rows);
    d->stale |= d->running;
    while (!d->running && list_take_option(&d->rows.list, &row, &option)) {
        const struct body_row *r = rows_at(&d->rows, row);
        if (r && option_run(app_of(v), d->rows.entity, r->id, option)) {
            d->running = true;
            return;
        }
    }
}

static void
enter(struct view *v)
{
    struct browse *d = v->data;
    for (size_t i = 0; i < d->rows.list.nrows; i++)
        if (d->rows.list.ops[i]) {
            run_options(v);
            return;
        }
    const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
    if (r)
        record_open(app_of(v), d->entity, r->id);
    else
        tui_say(v->tui, ROLE_DIM, "%s",
                entity_of(v)->may_add ? _("No row here. F6 adds one, / filters.")
                                      : _("No row here. / filters."));
}

static void
shown(struct view *v)
{
    struct browse *d = v->data;
    if (d->running)
        run_options(v);
    if (!d->running && d->stale)
        browse_load(v, false);
}

/* ---- lines on top ---- */

static void
leave_line(struct browse *d)
{
    d->place = IN_ROWS;
}

void
browse_enter_line(struct browse *d, enum place place)
{
    d->place = place;
    field_enter(place == IN_POSITION ? &d->position : &d->filter);
}

static struct field *
line_of(struct browse *d)
{
    return d->place == IN_POSITION ? &d->position : d->place == IN_FILTER ? &d->filter : NULL;
}

static bool
line_command(struct view *v, enum cmd c)
{
    struct browse *d = v->data;
    struct field *f = line_of(d);
    switch (c) {
    case CMD_ENTER:
    case CMD_DOWN:
        if (ask_page(v, STR_NONE, true))
            leave_line(d);
        return true;
    case CMD_UP:
    case CMD_BACK:
    case CMD_CANCEL:
        leave_line(d);
        return true;
    case CMD_TOP:
        return field_command(f, CMD_LINE_START);
    case CMD_BOTTOM:
        return field_command(f, CMD_LINE_END);
    default:
        return field_command(f, c);
    }
}

/* ---- sort, fields ---- */

static void
next_sort(struct view *v)
{
    struct browse *d = v->data;
    size_t n = d->rows.list.ncolumns, at = d->rows.list.sort < n ? d->rows.list.sort + 1 : 0;
    for (size_t k = 0; k < n; k++) {
        const struct schema_field *f = schema_field(d->rows.entity, d->rows.tags[(at + k) % n]);
        if (!f || !(f->flags & SCHEMA_SORT))
            continue;
        d->sort = f->tag;
        d->desc = false;
        field_set(&d->position, STR_NONE);
        browse_load(v, true);
        return;
    }
    tui_say(v->tui, ROLE_DIM, "%s", _("This list has no other order."));
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    if (o->choice == 0)
        return;
    if (o->purpose == PURPOSE_FIELD)
        browse_take_field(v, o);
    else if (o->purpose == PURPOSE_VALUE)
        browse_take_value(v, o->id);
    else
        d->stale = true;
    if (d->stale)
        browse_load(v, false);
}

static void
next_view(struct view *v)
{
    struct browse *d = v->data;
    const struct schema_entity *e = d->rows.entity;
    size_t at = 0;
    while (at < e->nviews && e->views[at].number != d->view)
        at++;
    if (e->nviews < 2) {
        tui_say(v->tui, ROLE_DIM, "%s", _("There is only one view of this list."));
        return;
    }
    const struct schema_view *next = &e->views[(at + 1) % e->nviews];
    d->view = next->number;
    d->sort = next->sort;
    d->desc = next->desc;
    field_set(&d->position, STR_NONE);
    browse_load(v, true);
}

static bool
command(struct view *v, enum cmd c)
{
    struct browse *d = v->data;
    if (d->place != IN_ROWS && line_command(v, c))
        return true;
    switch (c) {
    case CMD_ENTER:
        enter(v);
        return true;
    case CMD_REFRESH:
        d->stale = true;
        browse_load(v, true);
        return true;
    case CMD_NEW:
        if (!d->rows.entity->may_add) {
            tui_say(v->tui, ROLE_WARN, _("A new %.*s can't be added here."), STR_ARG(d->rows.entity->label));
            return true;
        }
        edit_add(app_of(v), d->entity, PURPOSE_RECORD);
        return true;
    case CMD_FILTER:
        browse_enter_line(d, IN_FILTER);
        return true;
    case CMD_PROMPT:
        browse_prompt(v);
        return true;
    case CMD_SORT:
        next_sort(v);
        return true;
    case CMD_SORT_TURN:
        d->desc = !d->desc;
        browse_load(v, true);
        return true;
    case CMD_VIEW:
        next_view(v);
        return true;
    case CMD_CLEAR:
        field_set(&d->filter, STR_NONE);
        field_set(&d->position, STR_NONE);
        browse_load(v, true);
        return true;
    default:
        break;
    }
    if (!list_command(&d->rows.list, c))
        return false;
    if (c != CMD_UP && c != CMD_TOP && d->rows.list.at + 2 * d->rows.list.page + NEAR >= d->rows.list.nrows)
        want_more(v);
    return true;
}

static bool
key(struct view *v, const struct key *k)
{
    struct browse *d = v->data;
    struct field *f = line_of(d);
    if (f) {
        if (k->code == K_TAB) {
            browse_enter_line(d, d->place == IN_POSITION ? IN_FILTER : IN_POSITION);
            return true;
        }
        return field_key(f, k);
    }
    if (list_digit(&d->rows.list, k))
        return true;
    if (k->code == K_TAB || (k->code == K_CHAR && k->cp == '/')) {
        browse_enter_line(d, k->code == K_TAB ? IN_POSITION : IN_FILTER);
        return true;
    }
    if (k->code != K_CHAR || k->cp < '0')
        return false;
    browse_enter_line(d, IN_POSITION);
    return field_key(&d->position, k);
}

/* ---- paint ---- */

static void
paint_lines(struct browse *d, const struct area *a)
{
    const struct schema_field *s = schema_field(d->rows.entity, d->sort);
    char label[80];
    snprintf(label, sizeof label, _("From %.*s"), STR_ARG(s ? s->label : str_from(_("row"))));
    int x = paint_text(a, 0, 1, ROLE_LABEL, label) + 2;
    int half = a->cols / 2 - x - 2 > 8 ? a->cols / 2 - x - 2 : 8;
    int at = field_paint(&d->position, a, (struct spot){.x = x, .width = half}, true);
    if (d->place == IN_POSITION)
        paint_cursor(a, 0, at);
    x += half + 2;
    x += paint_text(a, 0, x, ROLE_LABEL, _("/ Filter")) + 1;
    at = field_paint(&d->filter, a, (struct spot){.x = x, .width = a->cols - x - 1}, true);
    if (d->place == IN_FILTER)
        paint_cursor(a, 0, at);
}

static void
paint_foot(struct browse *d, const struct area *a, int y)
{
    const struct list *l = &d->rows.list;
    if (l->nrows == 0)
        return;
    size_t last = l->top + l->page < l->nrows ? l->top + l->page : l->nrows;
    const char *end = l->more || last < l->nrows ? _("more ↓") : _("bottom");
    if (d->rows.total >= 0)
        paint_format(a, (struct spot){.y = y, .width = a->cols - 1, .role = ROLE_DIM, .right = true},
                     _("%zu-%zu of %lld%s  %s"), l->top + 1, last, (long long)d->rows.total,
                     d->rows.capped ? "+" : "", end);
    else
        paint_format(a, (struct spot){.y = y, .width = a->cols - 1, .role = ROLE_DIM, .right = true},
                     _("%zu-%zu  %s"), l->top + 1, last, end);
}

static void
paint_browse(struct view *v, const struct area *a)
{
    struct browse *d = v->data;
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    paint_lines(d, a);
    int y = 1;
    if (a->rows > 10)
        paint(a, (struct spot){.y = y++, .x = 1, .role = ROLE_DIM},
              rows_legend(app_of(v), d->rows.entity, &arena));
    struct area list = area_sub(a, y, 0, a->rows - y - 1, a->cols);
    if (d->rows.npages == 0)
        paint_text(&list, 1, 1, ROLE_DIM, _("Loading …"));
    else
        list_paint(&d->rows.list, &list, d->place == IN_ROWS);
    if (d->rows.npages && d->rows.list.nrows == 0)
        paint_text(&list, 1, 4, ROLE_DIM, _("Nothing here."));
    paint_foot(d, a, a->rows - 1);
    arena_done(&arena);
}

static struct str
title(struct view *v, struct arena *a)
{
    const struct browse *d = v->data;
    const struct schema_view *sv = view_of(d);
    if (sv && d->rows.entity->nviews > 1)
        return str_printf(a, "%.*s: %.*s", STR_ARG(d->rows.entity->plural), STR_ARG(sv->label));
    return d->rows.entity->plural;
}

static struct str
help(struct view *v, struct arena *a)
{
    struct browse *d = v->data;
    (void)a;
    if (d->place == IN_FILTER)
        return str_from(
            _("Conditions: state=active end_date<=+30d at>=-7d at=14/2 plate~T33; F4 on the list shows the "
              "fields."));
    if (d->place == IN_POSITION)
        return str_from(_("Enter shows the rows from there on."));
    return str_from(
        _("Digits give the row an option, letters go to a position, Enter opens or runs the options."));
}

static struct str
about(struct view *v, struct arena *a)
{
    const struct schema_entity *e = entity_of(v);
    return str_printf(
        a, "%.*s\n\n%s", STR_ARG(e->help),
        _("Letters go to \"From\": Enter shows the rows from there on. / or Ctrl-X is the filter. Digits "
          "stand before rows until Enter runs them all. Ctrl-T sorts by the next column, Ctrl-R turns "
          "the order, Ctrl-U takes filter and position away. F11 shows the next view."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL        },
        {CMD_PALETTE,      NULL        },
        {CMD_HOME,         NULL        },
        {CMD_PROMPT,       N_("Filter")},
        {CMD_NEW,          NULL        },
        {CMD_PAGE_FORWARD, NULL        },
        {CMD_VIEW,         N_("View")  },
        {CMD_BACK,         NULL        }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static bool
may(struct view *v, enum cmd c)
{
    const struct schema_entity *e = entity_of(v);
    return (c != CMD_NEW || e->may_add) && (c != CMD_VIEW || e->nviews > 1);
}

/* For a record that was opened from here. */
static bool
neighbour(struct view *v, int step, struct body_ref *ret)
{
    struct browse *d = v->data;
    size_t before = d->rows.list.at;
    command(v, step > 0 ? CMD_DOWN : CMD_UP);
    const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
    if (!r || d->rows.list.at == before)
        return false;
    *ret = (struct body_ref){.entity = d->rows.entity->number, .id = r->id};
    return true;
}

static void
close_view(struct view *v)
{
    rows_clear(&((struct browse *)v->data)->rows);
}

static const struct view_ops ops = {.name = "list",
                                    .context = IN_LIST,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_browse,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .resized = resized,
                                    .shown = shown,
                                    .neighbour = neighbour,
                                    .close = close_view};

void
browse_open(struct app *a, uint32_t entity, uint32_t view)
{
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    if (!e)
        return;
    struct view *v = view_push(&a->tui, &ops, sizeof(struct browse));
    struct browse *d = v->data;
    d->entity = entity;
    rows_init(&d->rows, a, e);
    field_init(&d->position, &v->arena, 60);
    field_init(&d->filter, &v->arena, 200);
    d->view = view ? view : e->nviews ? e->views[0].number : 0;
    const struct schema_view *sv = view_of(d);
    d->sort = sv ? sv->sort : 0;
    d->desc = sv && sv->desc;
    browse_load(v, true);
}
