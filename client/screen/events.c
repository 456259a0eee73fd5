#include "client/screen/events.h"

#include "client/text.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

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

/* "Amina Hassan (amina)": where that does not fit the login alone, which names her too. */
static struct str
who_in(struct str who, int columns)
{
    size_t at = who.n;
    while (at > 0 && who.p[at - 1] != '(')
        at--;
    bool has_login = at > 0 && who.p[who.n - 1] == ')';
    return has_login && (int)utf8_width(who) > columns ? str_slice(who, at, who.n - 1) : who;
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
        return (struct list_cell){.text =
                                      str_dup(a, str_from(locale_stamp(app_locale(e->app), ev->at, when)))};
    case 1:
        return (struct list_cell){.text = who_in(ev->who, e->list.columns[1].shown)};
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
    e->list.columns[0] = (struct list_column){.label = str_from(_("When")), .width = 18, .firm = true};
    e->list.columns[1] = (struct list_column){.label = str_from(_("Who")), .width = 20};
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
