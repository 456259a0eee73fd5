#include <stdio.h>

#include "client/screen/browse.h"
#include "client/text.h"
#include "common/base/buf.h"

/* How a list looks: the lines on top, the rows, where one is, and what is said about it. */

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

/* "Premium 61,950,000  Levy 1,000" as far as there is room; `more`: at least so much. */
static void
paint_sums(struct browse *d, const struct area *a, int y, int width)
{
    struct arena arena;
    struct buf b;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    buf_init(&b, &arena, 160);
    for (size_t i = 0; i < d->rows.nsums; i++) {
        const struct schema_field *f = schema_field(d->rows.entity, d->rows.sums[i].tag);
        const struct value v = {.type = VT_MONEY, .money = {d->rows.sums[i].sum}};
        if (f)
            buf_printf(&b, "%s%.*s %s%.*s", i ? "  " : "", STR_ARG(f->label), d->rows.capped ? ">" : "",
                       STR_ARG(value_text(&arena, f, &v, app_locale(d->rows.app))));
    }
    paint(a, (struct spot){.y = y, .x = 1, .width = width, .role = ROLE_TEXT}, buf_str(&b));
    arena_done(&arena);
}

/* "1-15 of 1000+": numbers where they are known. */
static void
paint_foot(struct browse *d, const struct area *a, int y)
{
    enum { FOOT = 30 };
    const struct list *l = &d->rows.list;
    if (l->nrows == 0)
        return;
    const size_t end = l->top + l->page < l->nrows ? l->top + l->page : l->nrows;
    const bool up = l->before || l->top > 0, down = l->more || end < l->nrows;
    const char *on = up && down ? _("more ↑↓") : down ? _("more ↓") : _("bottom");
    const struct spot at = {.y = y, .width = a->cols - 1, .role = ROLE_DIM, .right = true};
    if (d->rows.nsums && a->cols > FOOT + 2)
        paint_sums(d, a, y, a->cols - FOOT - 2);
    const long long first = (long long)d->rows.first + (long long)l->top + 1,
                    last = (long long)d->rows.first + (long long)end;
    const char *plus = d->rows.capped ? "+" : "";
    if (d->rows.first >= 0 && d->rows.total >= 0)
        paint_format(a, at, _("%lld-%lld of %lld%s  %s"), first, last,
                     last > d->rows.total ? last : (long long)d->rows.total, plus, on);
    else if (d->rows.first >= 0)
        paint_format(a, at, _("%lld-%lld  %s"), first, last, on);
    else if (d->rows.total >= 0)
        paint_format(a, at, _("of %lld%s  %s"), (long long)d->rows.total, plus, on);
    else
        paint(a, at, str_from(on));
}

void
browse_paint(struct view *v, const struct area *a)
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

struct str
browse_title(struct view *v, struct arena *a)
{
    const struct browse *d = v->data;
    const struct schema_view *sv = browse_view(d);
    if (sv && d->rows.entity->nviews > 1)
        return str_printf(a, "%.*s: %.*s", STR_ARG(d->rows.entity->plural), STR_ARG(sv->label));
    return d->rows.entity->plural;
}

struct str
browse_help(struct view *v, struct arena *a)
{
    struct browse *d = v->data;
    (void)a;
    if (d->place == IN_FILTER)
        return str_from(
            _("Conditions: state=active end_date<=+30d at>=-7d at=14/2 plate~T33; F4 on the list shows the "
              "fields."));
    if (d->place == IN_POSITION)
        return str_from(_("Enter shows the rows from there on; those before it are above."));
    const struct list *l = &d->rows.list;
    if (l->at < l->nrows && l->notes[l->at])
        return str_from(l->notes[l->at]);
    return str_from(
        _("Digits give the row an option, letters go to a position, Enter opens or runs the options."));
}

struct str
browse_about(struct view *v, struct arena *a)
{
    const struct schema_entity *e = ((struct browse *)v->data)->rows.entity;
    return str_printf(
        a, "%.*s\n\n%s", STR_ARG(e->help),
        _("Letters go to \"From\": Enter shows the rows from there on. / or Ctrl-X is the filter. Digits "
          "stand before rows until Enter runs them all. Ctrl-T sorts by the next column, Ctrl-R turns "
          "the order, Ctrl-U takes filter and position away. F11 shows the next view. F4 puts a condition "
          "together, chooses the columns, adds up the amounts and writes the list to a file."));
}
