#include <stdio.h>

#include "client/screen/home.h"
#include "client/text.h"

/* Numbers from here on are entities of the platform alone; rows the alerts keep below the menu. */
enum { PLATFORM_ENTITIES = 32, LEAST_ALERTS = 5 };

bool
home_on_platform(struct view *v)
{
    return link_me(app_of(v)->link)->platform;
}

/* Counters of one number each need no heads. */
static bool
has_spans(const struct body_home *h)
{
    for (size_t i = 0; i < h->ncounters; i++)
        if (h->counters[i].week >= 0 || h->counters[i].month >= 0)
            return true;
    return false;
}

/* A long label goes as far as the number to its right lets it. */
static int
label_room(int64_t number)
{
    enum { LABEL = 14, NUMBER = 7 };
    return number < 0 ? LABEL : LABEL + NUMBER - 1 - snprintf(NULL, 0, "%lld", (long long)number);
}

static void
paint_counters(struct view *v, const struct area *a)
{
    static const char *const heads[] = {N_("today"), N_("7 days"), N_("30 days")};
    const struct home *d = v->data;
    if (d->home->ncounters)
        paint_text(a, 0, 1, ROLE_HEAD, home_on_platform(v) ? _("At a glance") : _("Running out"));
    for (int i = 0; i < 3 && has_spans(d->home); i++)
        paint(a, (struct spot){.x = 17 + i * 8, .width = 7, .role = ROLE_DIM, .right = true},
              str_from(_(heads[i])));
    for (size_t i = 0; i < d->home->ncounters && (int)i + 1 < a->rows; i++) {
        const struct body_counter *c = &d->home->counters[i];
        const int64_t n[] = {c->today, c->week, c->month};
        int y = (int)i + 1;
        paint_format(a, (struct spot){.y = y, .x = 1, .role = ROLE_KEY}, "%zu", i + 1);
        paint(a, (struct spot){.y = y, .x = 3, .width = label_room(n[0]), .role = ROLE_TEXT}, c->label);
        for (int k = 0; k < 3; k++) {
            enum role role = k == 0 && n[k] > 0 && !home_on_platform(v) ? ROLE_WARN : ROLE_TEXT;
            if (n[k] >= 0)
                paint_format(a,
                             (struct spot){.y = y, .x = 17 + k * 8, .width = 7, .role = role, .right = true},
                             "%lld", (long long)n[k]);
        }
    }
}

static void
paint_figures(struct view *v, const struct area *a)
{
    const struct home *d = v->data;
    if (d->home->nfigures)
        paint_text(a, 0, 0, ROLE_HEAD, home_on_platform(v) ? _("Today") : _("Today at this branch"));
    for (size_t i = 0; i < d->home->nfigures && (int)i + 1 < a->rows; i++) {
        const struct body_figure *f = &d->home->figures[i];
        char text[MONEY_TEXT];
        int y = (int)i + 1;
        paint(a, (struct spot){.y = y, .width = 12, .role = ROLE_TEXT}, f->label);
        paint_format(a, (struct spot){.y = y, .x = 12, .width = 6, .role = ROLE_TEXT, .right = true}, "%lld",
                     (long long)f->count);
        if (f->has_amount)
            paint(a, (struct spot){.y = y, .x = 19, .width = 15, .role = ROLE_TEXT, .right = true},
                  str_from(locale_money(app_locale(app_of(v)), f->amount, text)));
    }
}

static void
paint_line(struct view *v, const struct area *a)
{
    struct home *d = v->data;
    struct area in = paint_box(a, str_from(home_on_platform(v) ? _("do") : _("find or do")));
    int at = field_paint(&d->line, &in, (struct spot){.width = in.cols}, false);
    if (!d->in_alerts)
        paint_cursor(&in, 0, at);
}

static int64_t
extreme(const struct body_home *h, bool most)
{
    int64_t n = h->nspark ? h->spark[0] : 0;
    for (size_t i = 1; i < h->nspark; i++)
        if (most ? h->spark[i] > n : h->spark[i] < n)
            n = h->spark[i];
    return n;
}

static void
paint_bars(const struct home *d, const struct area *a, int y)
{
    const struct body_home *h = d->home;
    if (h->nspark == 0)
        return;
    int x = 1 + paint(a, (struct spot){.y = y, .x = 1, .role = ROLE_LABEL}, h->spark_label) + 2;
    paint_spark(a, (struct spot){.y = y, .x = x, .role = ROLE_CHART}, h->spark, (int)h->nspark);
    x += (int)h->nspark + 3;
    paint_format(a, (struct spot){.y = y, .x = x, .role = ROLE_DIM}, _("low %lld   high %lld   today %lld"),
                 (long long)extreme(h, false), (long long)extreme(h, true), (long long)h->spark[0]);
}

/* "3 new since 08:00" in the head of the list. */
static void
paint_fresh(struct view *v, const struct area *a)
{
    const struct home *d = v->data;
    const struct locale_info *l = app_locale(app_of(v));
    char when[STAMP_TEXT];
    enum { TIME_AT = 11, FRESH_AT = 14 };
    if (d->home->fresh <= 0 || a->cols < 60)
        return;
    locale_stamp(l, d->home->fresh_since, when);
    bool today = date_cmp(stamp_day(d->home->fresh_since, l->offset_minutes), l->today) == 0;
    paint_format(a, (struct spot){.x = FRESH_AT, .role = ROLE_WARN}, _("%lld new since %s"),
                 (long long)d->home->fresh, today ? when + TIME_AT : when);
}

static void
paint_alerts(struct view *v, const struct area *a)
{
    struct home *d = v->data;
    if (d->alerts.nrows == 0) {
        paint_text(a, 0, 1, ROLE_HEAD, _("Alerts"));
        paint_text(a, 1, 1, ROLE_DIM, _("Nothing needs you now."));
        return;
    }
    bool wide = a->cols >= 70;
    d->alerts.columns[0] = (struct list_column){
        .label = str_from(_("Alert")), .width = a->cols - (wide ? 33 : 20), .prose = true};
    d->alerts.columns[1] =
        (struct list_column){.label = STR_NONE, .width = 10, .narrow = true, .grows = true};
    d->alerts.columns[2] = (struct list_column){.label = str_from(_("When")), .width = 11, .grows = true};
    d->alerts.ncolumns = d->alerts.sort = 3;
    list_measure(&d->alerts, 0, d->alerts.nrows);
    list_paint(&d->alerts, a, d->in_alerts);
    paint_fresh(v, a);
    size_t below =
        d->alerts.nrows -
        (d->alerts.top + d->alerts.page < d->alerts.nrows ? d->alerts.top + d->alerts.page : d->alerts.nrows);
    long long more = (long long)below + (long long)d->home->more_alerts;
    if (more > 0 && wide)
        paint_format(a, (struct spot){.x = a->cols - 30, .width = 10, .role = ROLE_DIM}, _("%lld more"),
                     more);
}

static bool
in_menu(const struct schema_entity *e)
{
    return e->single || (e->in_menu && e->may_list);
}

static void
paint_menu_row(const struct schema_entity *e, const struct area *a, int y, bool helped)
{
    paint(a, (struct spot){.y = y, .x = 3, .width = 22, .role = ROLE_KEY}, e->single ? e->label : e->plural);
    if (helped)
        paint(a, (struct spot){.y = y, .x = 26, .width = a->cols - 27, .role = ROLE_DIM}, e->help);
}

/* Nothing is found by typing here, so what can be opened stands there to be typed, the platform's own first:
   with what it is, or in columns where there is no room for a row each. Returns its rows. */
static int
paint_menu(struct view *v, const struct area *a, int from)
{
    enum { COLUMN = 25 };
    const struct schema *s = app_schema(app_of(v));
    const struct home *d = v->data;
    int room = a->rows - from - 1 - (d->alerts.nrows ? LEAST_ALERTS : 0), n = 0, at = 0;
    for (size_t i = 0; i < s->nentities; i++)
        n += in_menu(&s->entities[i]);
    int columns = n > room && a->cols >= 2 * COLUMN ? a->cols / COLUMN : 1;
    int rows = (n + columns - 1) / columns;
    if (rows > room)
        rows = room;
    if (rows <= 0)
        return 0;
    paint_text(a, from, 1, ROLE_HEAD, _("To open, type"));
    for (size_t k = 0; k < 2 * s->nentities && at < rows * columns; k++) {
        const struct schema_entity *e = &s->entities[k % s->nentities];
        bool own = e->number >= PLATFORM_ENTITIES;
        if (!in_menu(e) || own != (k < s->nentities))
            continue;
        struct area place = area_sub(a, 0, at / rows * COLUMN, a->rows, columns > 1 ? COLUMN : a->cols);
        paint_menu_row(e, &place, from + 1 + at % rows, columns == 1);
        at++;
    }
    return rows + 2;
}

void
home_paint(struct view *v, const struct area *a)
{
    struct home *d = v->data;
    struct area line = area_sub(a, 0, 1, 3, a->cols - 2);
    paint_line(v, &line);
    if (!d->home) {
        paint_text(a, 4, 1, ROLE_DIM, _("Loading …"));
        return;
    }
    size_t most = d->home->ncounters > d->home->nfigures ? d->home->ncounters : d->home->nfigures;
    int y = 3;
    size_t drafts = app_of(v)->ndrafts;
    if (drafts)
        paint_format(a, (struct spot){.y = y++, .x = 1, .role = ROLE_WARN},
                     ngettext("! %zu draft: F2 drafts", "! %zu drafts: F2 drafts", drafts), drafts);
    if (a->rows >= 14 && most > 0) {
        int rows = (int)most + 1;
        struct area left = area_sub(a, y, 0, rows, 42), right = area_sub(a, y, 44, rows, a->cols - 45);
        paint_counters(v, &left);
        if (right.cols >= 30)
            paint_figures(v, &right);
        y += rows + 1;
    }
    if (home_on_platform(v))
        y += paint_menu(v, a, y);
    bool bars = a->rows >= 18 && d->home->nspark;
    struct area alerts = area_sub(a, y, 0, a->rows - y - (bars ? 2 : 0), a->cols);
    if (d->alerts.nrows || !home_on_platform(v))
        paint_alerts(v, &alerts);
    if (bars)
        paint_bars(d, a, a->rows - 1);
}
