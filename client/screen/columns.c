#include "client/screen/columns.h"

#include <string.h>

#include "client/text.h"

/* The box in which the columns of a list are chosen and put in order. */

struct chosen {
    const struct schema_entity *entity;
    const struct schema_view *view;
    uint32_t tags[LIMIT_FIELDS]; /* those shown first, in their order, then the others */
    size_t n, nshown, at, top, page;
};

static struct str
name_of(const struct schema_view *view)
{
    return view ? view->name : STR("all");
}

size_t
columns_of(struct app *a, const struct schema_entity *e, const struct schema_view *view,
           uint32_t out[LIST_COLUMNS])
{
    return layout_columns(&a->layout, e, name_of(view), out);
}

void
columns_keep(struct app *a, const struct schema_entity *e, const struct schema_view *view,
             const uint32_t *tags, size_t n)
{
    if (!layout_keep(&a->layout, e, name_of(view), tags, n))
        tui_say(&a->tui, ROLE_WARN, "%s",
                _("The columns could not be written to the disk: they hold until you leave."));
}

static bool
is_taken(const struct chosen *d, uint32_t tag)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->tags[i] == tag)
            return true;
    return false;
}

static void
fill(struct chosen *d, const uint32_t *tags, size_t n)
{
    d->n = 0;
    for (size_t i = 0; i < n; i++)
        d->tags[d->n++] = tags[i];
    d->nshown = d->n;
    for (size_t i = 0; i < d->entity->nfields && d->n < LIMIT_FIELDS; i++)
        if ((d->entity->fields[i].flags & SCHEMA_LIST) && !is_taken(d, d->entity->fields[i].tag))
            d->tags[d->n++] = d->entity->fields[i].tag;
}

static void
fill_standard(struct chosen *d)
{
    if (d->view)
        fill(d, d->view->columns, d->view->ncolumns < LIST_COLUMNS ? d->view->ncolumns : LIST_COLUMNS);
}

/* Moves the column under the cursor to another place, the cursor with it. */
static void
move_to(struct chosen *d, size_t to)
{
    const uint32_t tag = d->tags[d->at];
    memmove(d->tags + d->at, d->tags + d->at + 1, (d->n - d->at - 1) * sizeof tag);
    memmove(d->tags + to + 1, d->tags + to, (d->n - to - 1) * sizeof tag);
    d->tags[to] = tag;
    d->at = to;
}

/* The cursor stays: next is the one that moved up. */
static void
toggle(struct view *v)
{
    struct chosen *d = v->data;
    const size_t at = d->at;
    if (at < d->nshown) {
        move_to(d, d->nshown - 1);
        d->nshown--;
    } else if (d->nshown == LIST_COLUMNS) {
        tui_say(v->tui, ROLE_WARN, _("%d columns at most."), LIST_COLUMNS);
    } else {
        move_to(d, d->nshown);
        d->nshown++;
    }
    d->at = at;
}

static void
shift(struct chosen *d, int way)
{
    if (d->at >= d->nshown || (way < 0 && d->at == 0) || (way > 0 && d->at + 1 >= d->nshown))
        return;
    move_to(d, way < 0 ? d->at - 1 : d->at + 1);
}

static bool
is_standard(const struct chosen *d)
{
    return d->view && d->nshown == d->view->ncolumns &&
           memcmp(d->tags, d->view->columns, d->nshown * sizeof d->tags[0]) == 0;
}

static void
take(struct view *v)
{
    struct chosen *d = v->data;
    if (!d->nshown) {
        tui_say(v->tui, ROLE_WARN, "%s", _("A list has one column at least."));
        return;
    }
    columns_keep(app_of(v), d->entity, d->view, d->tags, is_standard(d) ? 0 : d->nshown);
    view_finish(v, (struct outcome){.choice = 1});
}

static bool
command(struct view *v, enum cmd c)
{
    struct chosen *d = v->data;
    const size_t last = d->n ? d->n - 1 : 0, page = d->page ? d->page : 1;
    switch (c) {
    case CMD_UP:
        d->at -= d->at > 0;
        return true;
    case CMD_DOWN:
        d->at += d->at < last;
        return true;
    case CMD_PAGE_BACK:
    case CMD_TOP:
        d->at = c == CMD_TOP || d->at < page ? 0 : d->at - page;
        return true;
    case CMD_PAGE_FORWARD:
    case CMD_BOTTOM:
        d->at = c == CMD_BOTTOM || d->at + page > last ? last : d->at + page;
        return true;
    case CMD_ENTER:
        take(v);
        return true;
    default:
        return false;
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct chosen *d = v->data;
    if (k->code == K_BACKSPACE) {
        fill_standard(d);
        d->at = 0;
        return true;
    }
    if (k->code != K_CHAR)
        return false;
    if (k->cp == ' ')
        toggle(v);
    else if (k->cp == '+' || k->cp == '-')
        shift(d, k->cp == '+' ? 1 : -1);
    else
        return false;
    return true;
}

static void
paint_columns(struct view *v, const struct area *a)
{
    enum { WIDE = 60, AROUND = 4 };
    struct chosen *d = v->data;
    struct area frame = area_centre(a, (int)d->n + AROUND, a->cols < WIDE ? a->cols : WIDE);
    struct area in = paint_box(&frame, str_from(_("Columns")));
    paint_text(&in, 0, 0, ROLE_DIM, _("Space shows or hides, + and - move, Backspace: as it was"));
    d->page = in.rows > 2 ? (size_t)in.rows - 1 : 1;
    if (d->at < d->top)
        d->top = d->at;
    if (d->at >= d->top + d->page)
        d->top = d->at - d->page + 1;
    for (size_t i = d->top; i < d->n && i < d->top + d->page; i++) {
        const int y = (int)(i - d->top) + 1;
        const struct schema_field *f = schema_field(d->entity, d->tags[i]);
        paint_text(&in, y, 0, ROLE_FOCUS, i == d->at ? ">" : " ");
        if (i < d->nshown)
            paint_format(&in, (struct spot){.y = y, .x = 1, .role = ROLE_TEXT}, "%2zu", i + 1);
        if (f)
            paint(&in, (struct spot){.y = y, .x = 5, .role = i < d->nshown ? ROLE_TEXT : ROLE_DIM}, f->label);
        if (i == d->at)
            paint_cursor(&in, y, 0);
    }
}

static struct str
help(struct view *v, struct arena *a)
{
    const struct chosen *d = v->data;
    const struct schema_field *f = d->at < d->n ? schema_field(d->entity, d->tags[d->at]) : NULL;
    (void)a;
    return f && f->help.n ? f->help : str_from(_("Space shows or hides the column, Enter takes them all."));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("The columns of this list, in their order. What is marked is shown, as far as there is "
                      "room; it is kept for this list."));
}

static const struct view_ops ops = {.name = "columns",
                                    .context = IN_CHOICE,
                                    .box = true,
                                    .command = command,
                                    .key = key,
                                    .help = help,
                                    .about = about,
                                    .paint = paint_columns};

void
columns_open(struct app *a, const struct schema_entity *e, const struct schema_view *view, uint32_t purpose)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct chosen));
    struct chosen *d = v->data;
    uint32_t tags[LIST_COLUMNS];
    const size_t n = columns_of(a, e, view, tags);
    v->purpose = purpose;
    d->entity = e;
    d->view = view;
    fill_standard(d);
    if (n || !view)
        fill(d, tags, n);
}
