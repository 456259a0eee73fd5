#include "client/screen/difference.h"

#include "client/text.h"
#include "client/tui/pager.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

enum { NAME_WIDE = 18, NAME_SMALL = 12, WIDE = 64, MARK = 2, COLUMNS = 3 };

struct columns {
    int x[COLUMNS], width[COLUMNS];
};

static struct columns
columns_of(int cols)
{
    int name = cols >= WIDE ? NAME_WIDE : NAME_SMALL;
    int half = (cols - name - 2 * MARK) / 2;
    return (struct columns){
        {0,    name,     name + half + MARK},
        {name, half - 1, half              }
    };
}

/* Cuts the next line of a text off, at a blank where there is one. */
static struct str
next_line(struct str *rest, int cols)
{
    struct str fit = utf8_fit(*rest, (size_t)(cols > 1 ? cols : 1));
    size_t at = fit.n;
    if (fit.n < rest->n)
        while (at > 0 && fit.p[at - 1] != ' ')
            at--;
    if (at == 0)
        at = fit.n ? fit.n : rest->n;
    struct str line = str_slice(*rest, 0, at);
    *rest = str_trim(str_slice(*rest, at, rest->n));
    return line;
}

/* One change from row `y` on, as many rows as its longest text needs; returns how many. */
static int
paint_change(const struct body_change *c, const struct area *a, const struct columns *cols, int y)
{
    struct str empty = str_from(_("(empty)"));
    struct str rest[COLUMNS] = {c->name, c->before.n ? c->before : empty, c->after.n ? c->after : empty};
    static const enum role roles[COLUMNS] = {ROLE_TEXT, ROLE_DIM, ROLE_TEXT};
    int rows = 0;
    for (; rest[0].n || rest[1].n || rest[2].n; rows++)
        for (int k = 0; k < COLUMNS; k++) {
            struct str line = rest[k].n ? next_line(&rest[k], cols->width[k]) : STR_NONE;
            if (y + rows < 0 || y + rows >= a->rows)
                continue;
            if (k == 2 && rows == 0)
                paint_text(a, y, cols->x[k] - MARK, ROLE_HEAD, "*");
            paint(a, (struct spot){.y = y + rows, .x = cols->x[k], .role = roles[k]}, line);
        }
    return rows;
}

static void
paint_heads(const struct area *a, const struct columns *c)
{
    paint_text(a, 0, c->x[0], ROLE_HEAD, _("Field"));
    paint_text(a, 0, c->x[1], ROLE_HEAD, _("Before"));
    paint_text(a, 0, c->x[2], ROLE_HEAD, _("After"));
}

/* Scrolled down by `top`; returns the rows of all. */
static int
paint_changes(const struct body_change *changes, size_t n, const struct area *a, int top)
{
    struct columns c = columns_of(a->cols);
    int y = -top;
    for (size_t i = 0; i < n; i++)
        y += paint_change(&changes[i], a, &c, y);
    return y + top;
}

static struct str
what(struct app *app, struct arena *a, const struct body_event *ev)
{
    const struct schema_entity *e = schema_entity(app_schema(app), ev->record.entity);
    return str_printf(a, "%.*s%s%.*s %.*s", STR_ARG(e ? e->label : STR_NONE), ev->record.label.n ? " " : "",
                      STR_ARG(ev->record.label), STR_ARG(ev->op));
}

/* "from 10.1.2.3  bima tui  reason: customer asked" */
static struct str
foot(struct arena *a, const struct body_event *ev)
{
    struct buf b;
    buf_init(&b, a, 120);
    if (ev->address.n)
        buf_printf(&b, _("from %.*s"), STR_ARG(ev->address));
    if (ev->client.n)
        buf_printf(&b, "%s%.*s", b.n ? "  " : "", STR_ARG(ev->client));
    if (ev->reason.n) {
        buf_add_str(&b, b.n ? STR("  ") : STR_NONE);
        buf_printf(&b, _("reason: %.*s"), STR_ARG(ev->reason));
    }
    return buf_str(&b);
}

void
difference_pane(struct app *app, const struct body_event *ev, const struct area *area)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str last = foot(&a, ev);
    paint_rule(area, 0, 0, 2);
    int x = 4 + paint(area, (struct spot){.x = 3, .role = ROLE_HEAD}, what(app, &a, ev));
    paint_rule(area, 0, x, area->cols - x);
    int rows = area->rows - 1 - (last.n > 0);
    struct area in = area_sub(area, 1, 1, rows, area->cols - 1);
    int all = paint_changes(ev->changes, ev->nchanges, &in, 0);
    if (last.n)
        paint(area, (struct spot){.y = area->rows - 1, .x = 1, .role = ROLE_DIM}, last);
    if (all > rows)
        paint_text(area, area->rows - 1, area->cols - 7, ROLE_DIM, _("more ↓"));
    if (ev->nchanges == 0)
        paint_text(&in, 0, 0, ROLE_DIM, _("No field that is shown here."));
    arena_done(&a);
}

/* ---- as a box ---- */

struct difference {
    struct str title, foot;
    struct body_change *changes;
    size_t n;
    struct pager at; /* its scrolling alone */
};

static bool
command(struct view *v, enum cmd c)
{
    struct difference *d = v->data;
    if (c == CMD_ENTER) {
        view_pop(v);
        return true;
    }
    return pager_command(&d->at, c);
}

static void
paint_box_of(struct view *v, const struct area *a)
{
    struct difference *d = v->data;
    struct area probe = {0, 0, 0, a->cols - 4};
    d->at.lines = paint_changes(d->changes, d->n, &probe, 0);
    int rows = d->at.lines + 5 < a->rows ? d->at.lines + 5 : a->rows;
    struct area frame = area_sub(a, a->rows - rows, 0, rows, a->cols);
    struct area in = paint_box(&frame, d->title);
    struct columns c = columns_of(in.cols);
    paint_heads(&in, &c);
    struct area list = area_sub(&in, 1, 0, in.rows - 3, in.cols);
    d->at.rows = list.rows;
    paint_changes(d->changes, d->n, &list, d->at.top);
    if (d->at.lines > d->at.top + list.rows)
        pager_more(&frame, IN_TEXT);
    paint(&in, (struct spot){.y = in.rows - 1, .role = ROLE_DIM}, d->foot);
    paint_cursor(&in, 1, 0);
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("What one change did: each field before and after, who changed it, when, from where "
                      "and why. * marks what differs."));
}

static const struct view_ops ops = {.name = "difference",
                                    .context = IN_TEXT,
                                    .box = true,
                                    .command = command,
                                    .about = about,
                                    .paint = paint_box_of};

void
difference_open(struct app *app, const struct body_event *ev)
{
    struct view *v = view_push(&app->tui, &ops, sizeof(struct difference));
    struct difference *d = v->data;
    struct arena *a = &v->arena;
    char when[STAMP_TEXT];
    locale_stamp(app_locale(app), ev->at, when);
    d->title = str_printf(a, _("%.*s: %s by %.*s"), STR_ARG(what(app, a, ev)), when, STR_ARG(ev->who));
    d->foot = foot(a, ev);
    d->n = ev->nchanges;
    d->changes = arena_new(a, struct body_change, d->n ? d->n : 1);
    for (size_t i = 0; i < d->n; i++)
        d->changes[i] = (struct body_change){.name = str_dup(a, ev->changes[i].name),
                                             .before = str_dup(a, ev->changes[i].before),
                                             .after = str_dup(a, ev->changes[i].after)};
}
