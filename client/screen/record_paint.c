#include "client/screen/record.h"

#include "client/screen/difference.h"
#include "client/screen/offers.h"
#include "client/text.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

enum {
    LABEL_COLUMNS = 20, /* label, margins and a mark beside a value in half a screen */
    BESIDE = 110,       /* from so many columns on the difference stands beside the history … */
    BELOW = 13,         /* … and from so many rows on below it */
    PANE_LEAST = 5,
    PANE_MOST = 10
};

static struct str
tab_label(const struct record *d, size_t tab)
{
    if (tab == 0)
        return str_from(_("Details"));
    return tab <= d->e->ntabs ? d->e->tabs[tab - 1].label : str_from(_("History"));
}

static int
tab_width(const struct record *d, size_t tab)
{
    return (int)utf8_width(tab_label(d, tab)) + 3;
}

/* As many as fit; those before the one shown go first when they don't. */
static size_t
first_tab(const struct record *d, int cols)
{
    int width = 1;
    size_t first = d->tab;
    for (size_t i = 0; i < record_ntabs(d) && i <= d->tab + 1; i++)
        width += i >= d->tab ? tab_width(d, i) : 0;
    while (first > 0 && width + tab_width(d, first - 1) + 2 <= cols)
        width += tab_width(d, --first);
    return first;
}

static void
paint_tabs(const struct record *d, const struct area *a)
{
    int x = 1;
    size_t first = first_tab(d, a->cols);
    if (first > 0)
        paint_text(a, 0, 0, ROLE_DIM, "<");
    for (size_t i = first; i < record_ntabs(d); i++) {
        if (x + tab_width(d, i) > a->cols) {
            paint_text(a, 0, a->cols - 1, ROLE_DIM, ">");
            break;
        }
        bool here = i == d->tab;
        x += paint_text(a, 0, x, ROLE_FOCUS, here ? "[" : " ");
        x += paint(a, (struct spot){.x = x, .role = here ? ROLE_HEAD : ROLE_LABEL}, tab_label(d, i));
        x += paint_text(a, 0, x, ROLE_FOCUS, here ? "]" : " ") + 1;
    }
}

struct place {
    int row, x, width;
};

static int
value_width(const struct value *v)
{
    return (int)utf8_width(v->type == VT_TEXT ? v->text : v->type == VT_REF ? v->label : STR_NONE);
}

/* The heading a field stands under: its own or that of one before it in the description. */
static struct str
group_of(const struct record *d, size_t i)
{
    struct str group = STR_NONE;
    for (size_t k = 0; k < d->e->nfields; k++) {
        group = d->e->fields[k].group.n ? d->e->fields[k].group : group;
        if (d->e->fields[k].tag == d->record->fields[i].tag)
            return group;
    }
    return STR_NONE;
}

/* The heading that is painted above it: fields without a value are not here, the first of a group may be one.
 */
static struct str
heading_of(const struct record *d, size_t i)
{
    struct str group = group_of(d, i);
    return i > 0 && str_eq(group, group_of(d, i - 1)) ? STR_NONE : group;
}

/* Two columns while they fit; long texts and headings take a row of their own. */
static struct place
place_field(const struct record *d, size_t i, int cols, struct place *at)
{
    const struct schema_field *s = schema_field(d->e, d->record->fields[i].tag);
    bool headed = s && heading_of(d, i).n > 0;
    bool two = cols >= 72;
    bool wide = s && ((s->flags & SCHEMA_MULTILINE) || s->width > 36 ||
                      value_width(&d->record->fields[i].value) > cols / 2 - LABEL_COLUMNS);
    if (headed && i > 0) {
        at->row += at->x > 0;
        at->x = 0;
    }
    if (wide && at->x > 0) {
        at->row++;
        at->x = 0;
    }
    if (headed)
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
    int y = p.row - d->top, label = 17;
    if (heading_of(d, i).n)
        paint(a, (struct spot){.y = y - 1, .x = 1, .role = ROLE_HEAD}, heading_of(d, i));
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
    const struct schema_tab *t = entity_adds_to(app_of(v), d->e);
    const struct schema_entity *e = t ? schema_entity(app_schema(app_of(v)), t->entity) : NULL;
    if (e)
        buf_printf(&b, _("%s7=New %.*s"), gap, STR_ARG(e->label));
    return buf_str(&b);
}

/* The history, and beside or below it what the change one stands on did. */
static void
paint_history(struct view *v, const struct area *in)
{
    struct record *d = v->data;
    struct area list = *in, pane = {0};
    if (in->cols >= BESIDE) {
        list = area_sub(in, 0, 0, in->rows, in->cols * 11 / 20);
        pane = area_sub(in, 0, list.cols + 1, in->rows, in->cols - list.cols - 2);
    } else if (in->rows >= BELOW) {
        int rows = in->rows / 3;
        rows = rows < PANE_LEAST ? PANE_LEAST : rows > PANE_MOST ? PANE_MOST : rows;
        list = area_sub(in, 0, 0, in->rows - rows, in->cols);
        pane = area_sub(in, in->rows - rows, 1, rows, in->cols - 2);
    }
    list_paint(&d->events.list, &list, true);
    const struct body_event *ev = events_current(&d->events);
    if (ev && pane.rows > 0)
        difference_pane(app_of(v), ev, &pane);
}

void
record_paint(struct view *v, const struct area *a)
{
    struct record *d = v->data;
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    paint_tabs(d, a);
    struct area in = area_sub(a, 2, 0, a->rows - 2, a->cols);
    if (!d->record) {
        paint_text(&in, 0, 1, ROLE_DIM, _("Loading …"));
    } else if (record_related(d)) {
        paint(a, (struct spot){.y = 1, .x = 2, .role = ROLE_DIM},
              rows_legend(app_of(v), d->rows.entity, &arena));
        list_paint(&d->rows.list, &in, true);
        if (d->rows.npages && d->rows.list.nrows == 0)
            paint_text(&in, 1, 4, ROLE_DIM, _("Nothing here."));
    } else if (record_on_history(d)) {
        paint_text(a, 1, 2, ROLE_DIM, _("Enter=Whole change  5=As it was after  6=Before, to undo it"));
        paint_history(v, &in);
    } else {
        paint(a, (struct spot){.y = 1, .x = 2, .role = ROLE_DIM}, legend(v, &arena));
        paint_details(v, &in);
    }
    arena_done(&arena);
}
