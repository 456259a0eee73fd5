#include "client/screen/events.h"

#include "client/text.h"
#include "common/base/buf.h"

static const struct body_event *
event_at(const struct events *e, size_t row)
{
    for (size_t i = 0; i < e->npages; i++) {
        if (row < e->pages[i]->nrows)
            return &e->pages[i]->rows[row];
        row -= e->pages[i]->nrows;
    }
    return NULL;
}

/* "State quoted → active, Paid 0 → 619,500": what fits. */
static struct str
summary(const struct body_event *ev, struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 120);
    if (ev->reason.n)
        buf_printf(&b, "“%.*s”  ", STR_ARG(ev->reason));
    for (size_t i = 0; i < ev->nchanges; i++) {
        const struct body_change *c = &ev->changes[i];
        buf_printf(&b, "%s%.*s ", i ? ", " : "", STR_ARG(c->name));
        if (c->before.n)
            buf_printf(&b, "%.*s → ", STR_ARG(c->before));
        buf_printf(&b, "%.*s", STR_ARG(c->after));
    }
    return buf_str(&b);
}

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct events *e = ctx;
    const struct body_event *ev = event_at(e, row);
    char when[STAMP_TEXT];
    if (!ev)
        return (struct list_cell){.text = STR_NONE};
    const struct schema_entity *se = schema_entity(app_schema(e->app), ev->record.entity);
    switch (column) {
    case 0:
        return (struct list_cell){
            .text = str_dup(a, str_from(stamp_local(ev->at, app_locale(e->app)->offset_minutes, when)))};
    case 1:
        return (struct list_cell){.text = ev->who};
    case 2:
        return (struct list_cell){
            .text = str_printf(a, "%.*s %.*s", STR_ARG(se ? se->label : STR_NONE), STR_ARG(ev->op))};
    default:
        return (struct list_cell){.text = summary(ev, a)};
    }
}

void
events_init(struct events *e, struct app *a)
{
    e->app = a;
    e->list.cell = cell;
    e->list.ctx = e;
    e->list.columns[0] = (struct list_column){.label = str_from(_("When")), .width = 16};
    e->list.columns[1] = (struct list_column){.label = str_from(_("Who")), .width = 10};
    e->list.columns[2] = (struct list_column){.label = str_from(_("What")), .width = 18};
    e->list.columns[3] = (struct list_column){.label = str_from(_("Change")), .width = 28};
    e->list.ncolumns = e->list.sort = 4;
}

void
events_clear(struct events *e)
{
    for (size_t i = 0; i < e->npages; i++)
        kept_drop(&e->kept[i]);
    e->npages = 0;
    list_reset(&e->list);
}

void
events_ask(struct view *v, uint32_t entity, int64_t id, struct str cursor, const struct ask *ask)
{
    struct params p = params_record(entity, id);
    p.present |= 1u << PARAM_LIMIT | (cursor.n ? 1u << PARAM_CURSOR : 0);
    p.limit = 50;
    p.cursor = cursor;
    app_ask(v,
            &(struct ask){.method = METHOD_HISTORY, .params = &p, .tag = ask->tag, .barrier = ask->barrier});
}

void
events_add(struct events *e, struct answer *a)
{
    if (e->npages == EVENTS_PAGES || !body_has(a->body, BODY_EVENTS))
        return;
    const struct body_events *page = &a->body->events;
    answer_keep(a, &e->kept[e->npages]);
    e->pages[e->npages++] = page;
    e->list.nrows += page->nrows;
    e->list.more = page->next.n > 0;
}

struct str
events_next(const struct events *e)
{
    return e->npages ? e->pages[e->npages - 1]->next : STR_NONE;
}

bool
events_wants_more(const struct events *e)
{
    return events_next(e).n && e->npages < EVENTS_PAGES && e->list.at + 2 * e->list.page >= e->list.nrows;
}

/* ---- the difference of one event ---- */

struct difference {
    struct str title, foot;
    struct {
        struct str name, before, after;
    } * rows;
    size_t n;
    struct list list;
};

static struct list_cell
difference_cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    const struct difference *d = ctx;
    struct str before = d->rows[row].before, after = d->rows[row].after;
    if (column == 0)
        return (struct list_cell){.text = d->rows[row].name};
    if (column == 1)
        return (struct list_cell){.text = before.n ? before : str_from(_("(empty)")), .tone = TONE_OFF};
    return (struct list_cell){.text =
                                  str_printf(a, "* %.*s", STR_ARG(after.n ? after : str_from(_("(empty)"))))};
}

static bool
difference_command(struct view *v, enum cmd c)
{
    struct difference *d = v->data;
    if (c == CMD_ENTER) {
        view_pop(v);
        return true;
    }
    return list_command(&d->list, c);
}

static void
difference_paint(struct view *v, const struct area *a)
{
    struct difference *d = v->data;
    int rows = (int)d->n + 5 < a->rows ? (int)d->n + 5 : a->rows;
    struct area frame = area_sub(a, a->rows - rows, 0, rows, a->cols);
    struct area in = paint_box(&frame, d->title);
    struct area list = area_sub(&in, 0, 0, in.rows - 2, in.cols);
    int third = (in.cols - 22) / 2;
    d->list.columns[0].width = 16;
    d->list.columns[1].width = third - 2;
    d->list.columns[2].width = third - 2;
    list_paint(&d->list, &list, true);
    paint(&in, (struct spot){.y = in.rows - 1, .role = ROLE_DIM}, d->foot);
}

static const struct view_ops difference_ops = {.name = "difference",
                                               .context = IN_TEXT,
                                               .box = true,
                                               .command = difference_command,
                                               .paint = difference_paint};

void
difference_open(struct app *app, const struct body_event *ev)
{
    struct view *v = view_push(&app->tui, &difference_ops, sizeof(struct difference));
    struct difference *d = v->data;
    struct arena *a = &v->arena;
    char when[STAMP_TEXT];
    stamp_local(ev->at, app_locale(app)->offset_minutes, when);
    const struct schema_entity *se = schema_entity(app_schema(app), ev->record.entity);
    d->title = str_printf(a, _("%.*s%s%.*s %.*s: %s by %.*s"), STR_ARG(se ? se->label : STR_NONE),
                          ev->record.label.n ? " " : "", STR_ARG(ev->record.label), STR_ARG(ev->op), when,
                          STR_ARG(ev->who));
    d->foot = str_printf(a, "%s%.*s  %.*s%s%.*s", ev->address.n ? _("from ") : "", STR_ARG(ev->address),
                         STR_ARG(ev->client), ev->reason.n ? _("  reason: ") : "", STR_ARG(ev->reason));
    d->n = ev->nchanges;
    d->rows = arena_alloc_array(a, d->n ? d->n : 1, sizeof *d->rows);
    for (size_t i = 0; i < d->n; i++) {
        d->rows[i].name = str_dup(a, ev->changes[i].name);
        d->rows[i].before = str_dup(a, ev->changes[i].before);
        d->rows[i].after = str_dup(a, ev->changes[i].after);
    }
    d->list.cell = difference_cell;
    d->list.ctx = d;
    d->list.nrows = d->n < LIST_ROWS ? d->n : LIST_ROWS;
    d->list.columns[0] = (struct list_column){.label = str_from(_("Field"))};
    d->list.columns[1] = (struct list_column){.label = str_from(_("Before"))};
    d->list.columns[2] = (struct list_column){.label = str_from(_("After"))};
    d->list.ncolumns = d->list.sort = 3;
}

const struct body_event *
events_current(const struct events *e)
{
    return event_at(e, e->list.at);
}

void
events_enter(struct events *e, struct app *a)
{
    const struct body_event *ev = events_current(e);
    if (ev)
        difference_open(a, ev);
}
