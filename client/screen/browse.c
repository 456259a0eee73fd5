#include <string.h>

#include "client/screen/browse.h"
#include "client/screen/columns.h"
#include "client/screen/thin.h"
#include "client/text.h"

/* The list of an entity: position-to and filter on top, options by digit, sorted and paged by the service. */
enum { NEAR = 16 };

static const struct schema_entity *
entity_of(struct view *v)
{
    return ((struct browse *)v->data)->rows.entity;
}

const struct schema_view *
browse_view(const struct browse *d)
{
    for (size_t i = 0; i < d->rows.entity->nviews; i++)
        if (d->rows.entity->views[i].number == d->view)
            return &d->rows.entity->views[i];
    return NULL;
}

/* Wider than it was when the columns were asked for: there may be room for more of them. */
static void
resized(struct view *v)
{
    struct browse *d = v->data;
    const bool wider = d->rows.npages && thin_width() > d->width;
    if (wider && view_top(v->tui) == v && d->place == IN_ROWS) /* what is half typed is not asked for */
        browse_again(v, false);
    else if (wider)
        d->stale = true;
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
        if (browse_ask(v, PAGE_FIRST, true))
            leave_line(d);
        return true;
    case CMD_UP:
    case CMD_BACK:
    case CMD_CANCEL:
        leave_line(d);
        return true;
    case CMD_TOP:
    case CMD_TOTALS:
        return field_command(f, CMD_LINE_START);
    case CMD_BOTTOM:
    case CMD_EXPORT: /* its key is that of a line's end */
        return field_command(f, CMD_LINE_END);
    case CMD_COLUMNS:
        return field_command(f, CMD_CLEAR_END);
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
shown(struct view *v)
{
    struct browse *d = v->data;
    if (d->running)
        browse_run_on(v);
    if (!d->running && d->stale)
        browse_again(v, false);
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    if (o->choice == 0)
        return;
    switch ((enum browse_purpose)o->purpose) {
    case PURPOSE_FIELD:
        browse_take_field(v, o);
        break;
    case PURPOSE_CONDITION:
        browse_take_condition(v, o);
        break;
    case PURPOSE_VALUE:
        browse_take_value(v, o);
        break;
    case PURPOSE_COLUMNS:
        d->ncolumns = columns_of(app_of(v), d->rows.entity, browse_view(d), d->columns);
        browse_load(v, true);
        break;
    case PURPOSE_FILE:
        browse_write(v, o->text);
        break;
    case PURPOSE_RUN:
    case PURPOSE_REASON:
        browse_take_run(v, o);
        break;
    case PURPOSE_RECORD:
        browse_again(v, false);
        break;
    }
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
    d->ncolumns = columns_of(app_of(v), e, next, d->columns);
    field_set(&d->position, STR_NONE);
    browse_load(v, true);
}

/* Through the rows; the very first and the very last are asked for when they are not here. */
static bool
walk(struct view *v, enum cmd c)
{
    struct browse *d = v->data;
    struct list *l = &d->rows.list;
    if (c == CMD_TOP && l->before) {
        field_set(&d->position, STR_NONE);
        return browse_ask(v, PAGE_FIRST, true);
    }
    if (c == CMD_BOTTOM && l->more)
        return browse_ask(v, PAGE_LAST, true);
    d->then = l->at == 0 ? c : CMD_NONE;
    if (!list_command(l, c))
        return false;
    if (c != CMD_UP && c != CMD_PAGE_BACK && l->at + 2 * l->page + NEAR >= l->nrows)
        browse_want(v, 1);
    if ((c == CMD_UP || c == CMD_PAGE_BACK) && l->at < 2 * l->page + NEAR)
        browse_want(v, -1);
    return true;
}

static bool
command(struct view *v, enum cmd c)
{
    struct browse *d = v->data;
    if (d->place != IN_ROWS && line_command(v, c))
        return true;
    switch (c) {
    case CMD_ENTER:
        browse_enter(v);
        return true;
    case CMD_COLUMNS:
        browse_columns(v);
        return true;
    case CMD_TOTALS:
        browse_totals(v);
        return true;
    case CMD_EXPORT:
        browse_export(v);
        return true;
    case CMD_REFRESH:
        memset(d->rows.list.notes, 0, sizeof d->rows.list.notes);
        browse_again(v, true);
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
    return walk(v, c);
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
    const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
    int64_t before = r ? r->id : 0;
    command(v, step > 0 ? CMD_DOWN : CMD_UP);
    r = rows_at(&d->rows, d->rows.list.at);
    if (!r || r->id == before)
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
                                    .answer = browse_answer,
                                    .outcome = outcome,
                                    .paint = browse_paint,
                                    .title = browse_title,
                                    .help = browse_help,
                                    .about = browse_about,
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
    field_init(&d->filter, &v->arena, FILTER_CHARS);
    d->view = view ? view : e->nviews ? e->views[0].number : 0;
    const struct schema_view *sv = browse_view(d);
    d->sort = sv ? sv->sort : 0;
    d->desc = sv && sv->desc;
    d->ncolumns = columns_of(a, e, sv, d->columns);
    browse_load(v, true);
}
