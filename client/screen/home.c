#include <stdio.h>

#include "client/screen/batch.h"
#include "client/screen/draft.h"
#include "client/screen/home.h"
#include "client/screen/offers.h"
#include "client/screen/rows.h"
#include "client/text.h"
#include "client/tui/choice.h"
#include "client/tui/term.h"

/* Home: one line to find or do anything, what runs out, today's figures, what needs a person. */
enum { TAG_HOME = HOME_TAG, TAG_FIND = 2, TAG_SEEN = 3, PURPOSE_HIT = 1 };

static bool
sells(struct view *v)
{
    return (app_schema(app_of(v))->sell & FLOW_NEW_BUSINESS) != 0;
}

/* ---- the alert list ---- */

static struct list_cell
alert_cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct view *v = ctx;
    const struct home *d = v->data;
    const struct body_alert *al = &d->home->alerts[row];
    char day[DATE_TEXT];
    int days = al->due.days - app_locale(app_of(v))->today.days;
    switch (column) {
    case 0:
        return (struct list_cell){.text = al->text};
    case 1:
        return (struct list_cell){.text = al->note, .tone = (int)al->tone};
    default:
        if (days == 0)
            return (struct list_cell){.text = str_from(_("today")), .tone = (int)al->tone};
        if (days < 0 && days > -100)
            return (struct list_cell){
                .text = str_printf(a, ngettext("%d day ago", "%d days ago", (unsigned)-days), -days),
                .tone = (int)al->tone};
        if (days > 0 && days < 100)
            return (struct list_cell){
                .text = str_printf(a, ngettext("in %d day", "in %d days", (unsigned)days), days)};
        return (struct list_cell){.text =
                                      str_dup(a, str_from(locale_date(app_locale(app_of(v)), al->due, day)))};
    }
}

static int
alert_tone(void *ctx, size_t row)
{
    struct view *v = ctx;
    return (int)((struct home *)v->data)->home->alerts[row].tone;
}

/* ---- find or do ---- */

static void
show_hits(struct view *v, const struct body_hits *hits)
{
    struct home *d = v->data;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct choice_row *rows = arena_new(&a, struct choice_row, hits->nrows);
    for (size_t i = 0; i < hits->nrows; i++) {
        const struct body_hit *h = &hits->rows[i];
        const struct schema_entity *e = schema_entity(app_schema(app_of(v)), h->record.entity);
        rows[i] = (struct choice_row){
            .label = str_printf(&a, "%.*s  %.*s", STR_ARG(e ? e->label : STR_NONE), STR_ARG(h->record.label)),
            .detail = h->detail,
            .entity = h->record.entity,
            .id = h->record.id};
    }
    struct str title = str_printf(&a, _("%zu found for %s"), hits->nrows, d->asked);
    choice_open(v->tui, &(struct choice_spec){
                            .purpose = PURPOSE_HIT, .title = title, .rows = rows, .nrows = hits->nrows});
    arena_done(&a);
}

static void
take_hits(struct view *v, struct answer *a)
{
    struct home *d = v->data;
    if (a->code != RC_OK) {
        app_say_error(v, a);
        return;
    }
    const struct body_hits *hits = &a->body->hits;
    size_t n = body_has(a->body, BODY_HITS) ? hits->nrows : 0;
    if (n == 0) {
        tui_say(v->tui, ROLE_WARN,
                sells(v) ? _("Nothing found for %s. F6 starts a new business with it.")
                         : _("Nothing found for %s."),
                d->asked);
        tui_flush(v->tui);
        d->line.fresh = true;
    } else if (n == 1) {
        field_set(&d->line, STR_NONE);
        record_open(app_of(v), hits->rows[0].record.entity, hits->rows[0].record.id);
    } else {
        show_hits(v, hits);
    }
}

static void
answer(struct view *v, struct answer *a)
{
    if (a->tag == TAG_HOME)
        home_take(v, a);
    else if (a->tag == TAG_FIND)
        take_hits(v, a);
    else if (a->code != RC_OK)
        app_say_error(v, a);
}

static void
open_counter(struct view *v, size_t i)
{
    const struct body_counter *c = &((struct home *)v->data)->home->counters[i];
    if (c->entity)
        browse_open(app_of(v), c->entity, c->view);
}

static void
find_or_do(struct view *v)
{
    struct home *d = v->data;
    struct str typed = field_text(&d->line, d->asked);
    if (!typed.n) {
        tui_say(v->tui, ROLE_DIM, "%s",
                home_on_platform(v) ? _("Type what to open, or F2 for everything there is.")
                                    : _("Type a plate, phone, name or number to find it, or a command."));
        return;
    }
    if (typed.n == 1 && d->home && typed.p[0] >= '1' && (size_t)(typed.p[0] - '1') < d->home->ncounters) {
        size_t i = (size_t)(typed.p[0] - '1');
        field_set(&d->line, STR_NONE);
        open_counter(v, i);
        return;
    }
    if (app_run_words(app_of(v), typed)) {
        field_set(&d->line, STR_NONE);
        return;
    }
    if (home_on_platform(v)) {
        tui_say(v->tui, ROLE_WARN, _("There is no %s here. F2 shows what there is."), d->asked);
        tui_flush(v->tui);
        d->line.fresh = true;
        return;
    }
    struct params p = {.present = 1u << PARAM_TEXT, .text = typed};
    app_ask(v, &(struct ask){.method = METHOD_FIND, .params = &p, .tag = TAG_FIND, .barrier = true});
}

/* ---- alerts: options ---- */

/* What is done about alerts themselves is done to them as records, where the service has such. */
static const struct schema_entity *
alert_entity(struct view *v)
{
    const struct schema *s = app_schema(app_of(v));
    for (size_t i = 0; i < s->nentities; i++)
        if (str_eq_c(s->entities[i].name, "alert"))
            return &s->entities[i];
    return NULL;
}

static bool
has_option(const struct schema_entity *e, char option)
{
    for (size_t i = 0; e && i < e->nactions; i++)
        if (e->actions[i].option == option)
            return true;
    return false;
}

/* The record's own options come first. */
static bool
run_option(struct view *v, const struct body_alert *al, char option)
{
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), al->record.entity);
    const struct schema_entity *alert = alert_entity(v);
    if (al->id && !has_option(e, option) && has_option(alert, option))
        return option_run(app_of(v), alert, al->id, option);
    return e && option_run(app_of(v), e, al->record.id, option);
}

/* Of the alerts with an option, those about a record like the first one's. */
static int64_t
marked_id(void *ctx, size_t row, struct str *ret_label)
{
    const struct home *d = ((struct view *)ctx)->data;
    size_t first = 0;
    while (first < row && !d->alerts.ops[first])
        first++;
    const struct body_ref *r = &d->home->alerts[row].record;
    *ret_label = r->label;
    return r->entity == d->home->alerts[first].record.entity ? r->id : 0;
}

static bool
run_looked_at(struct view *v)
{
    struct home *d = v->data;
    for (size_t i = 0; i < d->alerts.nrows; i++) {
        const struct schema_entity *e =
            d->alerts.ops[i] ? schema_entity(app_schema(app_of(v)), d->home->alerts[i].record.entity) : NULL;
        if (e)
            return batch_take(app_of(v), e, &d->alerts, marked_id, v);
    }
    return false;
}

static void
run_options(struct view *v)
{
    struct home *d = v->data;
    size_t row;
    char option;
    d->running = run_looked_at(v);
    if (d->running)
        return;
    while (list_take_option(&d->alerts, &row, &option)) {
        d->running = run_option(v, &d->home->alerts[row], option);
        if (d->running)
            return;
    }
    d->running = false;
}

static void
enter_alert(struct view *v)
{
    struct home *d = v->data;
    bool any = false;
    for (size_t i = 0; i < d->alerts.nrows; i++)
        any |= d->alerts.ops[i] != 0;
    if (any) {
        run_options(v);
        return;
    }
    const struct body_ref *r = &d->home->alerts[d->alerts.at].record;
    record_open(app_of(v), r->entity, r->id);
}

/* All alerts, as a list; the new ones have been seen then. */
static void
open_alerts(struct view *v)
{
    const struct schema_entity *e = alert_entity(v);
    if (!e)
        return;
    for (size_t i = 0; i < e->nactions; i++)
        if (str_eq_c(e->actions[i].name, "seen")) {
            struct params p = params_entity(e->number);
            p.present |= 1u << PARAM_ACTION;
            p.action.number = e->actions[i].number;
            app_ask(v, &(struct ask){.method = METHOD_ACT, .params = &p, .tag = TAG_SEEN, .may_fail = true});
        }
    browse_open(app_of(v), e->number, 0);
}

static void
shown(struct view *v)
{
    struct home *d = v->data;
    if (d->running)
        run_options(v);
    if (view_top(v->tui) == v) {
        drafts_count(app_of(v));
        home_load(v, false);
    }
}

static void
new_business(struct view *v)
{
    struct home *d = v->data;
    char text[FIELD_TEXT];
    if (!sells(v)) {
        tui_say(v->tui, ROLE_WARN, "%s", _("New business is not open to you. F2 shows what is."));
        return;
    }
    struct str typed = field_text(&d->line, text);
    sell_open(app_of(v), typed);
    field_set(&d->line, STR_NONE);
}

static bool
go_alerts(struct home *d, bool into)
{
    if (into && !d->alerts.nrows)
        return false;
    d->in_alerts = into;
    if (!into)
        field_enter(&d->line);
    return true;
}

static bool
command(struct view *v, enum cmd c)
{
    struct home *d = v->data;
    switch (c) {
    case CMD_ENTER:
        if (d->in_alerts)
            enter_alert(v);
        else
            find_or_do(v);
        return true;
    case CMD_NEXT:
    case CMD_PREV:
        return go_alerts(d, !d->in_alerts);
    case CMD_UP:
        if (d->in_alerts && d->alerts.at == 0)
            return go_alerts(d, false);
        return d->in_alerts && list_command(&d->alerts, c);
    case CMD_PAGE_FORWARD:
        if (d->in_alerts && d->alerts.at + 1 >= d->alerts.nrows && alert_entity(v)) {
            open_alerts(v);
            return true;
        }
        return d->in_alerts ? list_command(&d->alerts, c) : go_alerts(d, true);
    case CMD_DOWN:
        return d->in_alerts ? list_command(&d->alerts, c) : go_alerts(d, true);
    case CMD_PAGE_BACK:
        return d->in_alerts && list_command(&d->alerts, c);
    case CMD_REFRESH:
        home_load(v, true);
        return true;
    case CMD_NEW:
        new_business(v);
        return true;
    case CMD_CLEAR:
        field_set(&d->line, STR_NONE);
        return true;
    case CMD_HOME:
        (void)go_alerts(d, false);
        field_set(&d->line, STR_NONE);
        return true;
    case CMD_BACK:
    case CMD_CANCEL:
        if (d->in_alerts)
            return go_alerts(d, false);
        if (!d->line.n)
            return false;
        field_set(&d->line, STR_NONE);
        return true;
    default:
        return false;
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct home *d = v->data;
    if (d->in_alerts) {
        if (list_digit(&d->alerts, k))
            return true;
        if (k->code != K_CHAR)
            return false;
        go_alerts(d, false); /* letters go to the line */
    }
    return field_key(&d->line, k);
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct home *d = v->data;
    if (o->purpose == PURPOSE_HIT && o->choice) {
        field_set(&d->line, STR_NONE);
        record_open(app_of(v), o->entity, o->id);
    }
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL              },
        {CMD_PALETTE,      NULL              },
        {CMD_NEXT,         N_("Alerts")      },
        {CMD_REFRESH,      NULL              },
        {CMD_NEW,          N_("New business")},
        {CMD_PAGE_FORWARD, NULL              }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static bool
may(struct view *v, enum cmd c)
{
    const struct home *d = v->data;
    switch (c) {
    case CMD_NEW:
        return sells(v);
    case CMD_NEXT:
    case CMD_PAGE_FORWARD:
        return d->alerts.nrows > 0;
    default:
        return true;
    }
}

/* "  1=Acknowledge  6=Put off": of the alert itself, where its record has no such option. */
static struct str
own_legend(struct view *v, const struct schema_entity *record, struct arena *a)
{
    const struct schema_entity *alert = alert_entity(v);
    enum { OPEN = 1 }; /* the state of alerts that home shows */
    struct buf b;
    buf_init(&b, a, 80);
    for (size_t i = 0; alert && i < alert->nactions; i++) {
        const struct schema_action *act = &alert->actions[i];
        bool open = !act->state_mask || (act->state_mask & 1u << OPEN) != 0;
        if (act->option && act->on_record && open && !has_option(record, act->option))
            buf_printf(&b, "  %c=%.*s", act->option, STR_ARG(act->label));
    }
    return buf_str(&b);
}

static struct str
help(struct view *v, struct arena *a)
{
    const struct home *d = v->data;
    if (!d->in_alerts && home_on_platform(v))
        return str_from(
            _("Type what to open and Enter. A digit opens a counter's list, F2 shows everything."));
    if (!d->in_alerts)
        return str_from(_("Type a plate, phone, name or number and Enter. A digit opens a counter's list."));
    const struct body_ref *r = &d->home->alerts[d->alerts.at].record;
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), r->entity);
    return e ? str_printf(a, "%.*s%.*s", STR_ARG(rows_legend(app_of(v), e, a)), STR_ARG(own_legend(v, e, a)))
             : STR_NONE;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)a;
    if (home_on_platform(v))
        return str_from(_("This is the platform above the companies: it sees counts, requests and the people "
                          "who run things, and no company's business. Type the name of what to open; F2 "
                          "finds every command by its words. A digit before a counter opens its list."));
    return str_from(
        _("The line on top finds anything: a plate, phone, name, policy or receipt number in any "
          "spelling. With one hit you "
          "are on the record. It also takes a command by its words: customers, new vehicle, new "
          "business.\n\nThe digits "
          "before the counters open their lists. Tab goes to the alerts: !! is overdue, ! today, "
          ". soon. There a digit "
          "and Enter does something for the row: 5 shows it, 9 renews a policy, 1 puts it away for "
          "you, 6 puts it off until a day. F8 at the last one opens the list of all alerts.\n\n"
          "The numbers keep themselves: what others do shows here by itself."));
}

static void
close_view(struct view *v)
{
    kept_drop(&((struct home *)v->data)->kept);
}

static const struct view_ops ops = {.name = "home",
                                    .context = IN_HOME,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = home_paint,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .shown = shown,
                                    .wake = home_wake,
                                    .event = home_event,
                                    .close = close_view};

void
home_open(struct app *a)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct home));
    struct home *d = v->data;
    field_init(&d->line, &v->arena, 120);
    d->alerts.cell = alert_cell;
    d->alerts.tone = alert_tone;
    d->alerts.ctx = v;
    d->alerts.options = d->alerts.marks = true;
    drafts_count(a);
    home_load(v, false);
}
