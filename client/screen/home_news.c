#include "client/screen/home.h"
#include "client/tui/term.h"

/* Where home's numbers come from: asked for once, then told. */
enum { ASK_EVERY_MS = 2000 };

void
home_load(struct view *v, bool barrier)
{
    struct home *d = v->data;
    enum method method = d->untold ? METHOD_HOME : METHOD_SUBSCRIBE;
    d->stale = false;
    d->asked_ms = term_now();
    app_ask(v, &(struct ask){.method = method, .tag = HOME_TAG, .barrier = barrier});
}

/* Soon, but not with every change of a busy day. */
static void
load_soon(struct view *v)
{
    struct home *d = v->data;
    int64_t due = d->asked_ms + ASK_EVERY_MS, now = term_now();
    d->stale = true;
    if (view_top(v->tui) != v)
        return;
    if (now >= due)
        home_load(v, false);
    else
        tui_wake(v->tui, (int)(due - now));
}

void
home_wake(struct view *v)
{
    if (((struct home *)v->data)->stale)
        home_load(v, false);
}

/* ---- what the service tells ---- */

static void
take_counter(struct home *d, const struct home_event *e)
{
    for (size_t i = 0; i < d->home->ncounters; i++) {
        struct body_counter *c = &d->home->counters[i];
        if (c->entity == e->entity && c->view == e->view) {
            c->today = e->today;
            c->week = e->week;
            c->month = e->month;
        }
    }
}

static void
take_figure(struct home *d, const struct home_event *e)
{
    if (e->place >= d->home->nfigures)
        return;
    d->home->figures[e->place].count = e->count;
    d->home->figures[e->place].amount.minor = e->minor;
}

/* Alerts are in order of their day: a change behind the last one shown is none that can be seen. */
static bool
shows_day(const struct home *d, date_t day)
{
    size_t n = d->home->nalerts;
    return n == 0 || d->home->more_alerts == 0 || date_cmp(day, d->home->alerts[n - 1].due) <= 0;
}

static void
take_event(struct view *v, const struct home_event *e)
{
    struct home *d = v->data;
    switch (e->kind) {
    case HOME_COUNTER:
        take_counter(d, e);
        break;
    case HOME_FIGURE:
        take_figure(d, e);
        break;
    case HOME_SPARK:
        for (size_t i = 0; i < e->nspark && i < d->home->nspark; i++)
            d->home->spark[i] = e->spark[i];
        break;
    case HOME_ALERTS:
        if (shows_day(d, e->day))
            load_soon(v);
        break;
    case HOME_CHANGED:
        load_soon(v);
        break;
    }
}

void
home_event(struct view *v, const struct wire_event *e)
{
    struct home *d = v->data;
    struct home_event h;
    if (!e) {
        load_soon(v);
    } else if (view_top(v->tui) !=
               v) { /* asked for again when it is looked at; until then not a byte of it */
        link_unsubscribe(app_of(v)->link);
        d->stale = true;
    } else if (d->home && home_event_decode(e, &h)) {
        take_event(v, &h);
        tui_touch(v->tui);
    }
}

/* What was typed before alerts, and the one the cursor is on: they stay where they were, though others come
 * and go. */
enum { TYPED = 64 };
struct typed {
    struct {
        uint32_t entity;
        int64_t id;
        char option;
        bool here;
    } rows[TYPED];
    size_t n;
};

static void
keep_typed(const struct home *d, struct typed *ret)
{
    ret->n = 0;
    for (size_t i = 0; d->home && i < d->alerts.nrows && ret->n < TYPED; i++) {
        const struct body_ref *r = &d->home->alerts[i].record;
        bool here = d->in_alerts && i == d->alerts.at;
        if (!d->alerts.ops[i] && !here)
            continue;
        ret->rows[ret->n].entity = r->entity;
        ret->rows[ret->n].id = r->id;
        ret->rows[ret->n].option = d->alerts.ops[i];
        ret->rows[ret->n++].here = here;
    }
}

static void
put_typed(struct home *d, const struct typed *typed)
{
    for (size_t i = 0; i < d->alerts.nrows; i++)
        for (size_t k = 0; k < typed->n; k++) {
            const struct body_ref *r = &d->home->alerts[i].record;
            if (r->entity != typed->rows[k].entity || r->id != typed->rows[k].id)
                continue;
            d->alerts.ops[i] = typed->rows[k].option;
            if (typed->rows[k].here)
                d->alerts.at = i;
        }
}

void
home_take(struct view *v, struct answer *a)
{
    struct home *d = v->data;
    if (a->code == RC_UNKNOWN_METHOD && !d->untold) {
        d->untold = true;
        home_load(v, false);
        return;
    }
    if (a->code != RC_OK || !body_has(a->body, BODY_HOME)) {
        app_say_error(v, a);
        return;
    }
    const struct body_home *home = &a->body->home;
    struct typed typed;
    keep_typed(d, &typed);
    answer_keep(a, &d->kept);
    d->home = home;
    size_t at = d->alerts.at;
    list_reset(&d->alerts);
    d->alerts.nrows = home->nalerts < LIST_ROWS ? home->nalerts : LIST_ROWS;
    d->alerts.at = at < d->alerts.nrows ? at : 0;
    put_typed(d, &typed);
    d->in_alerts = d->in_alerts && d->alerts.nrows;
}
