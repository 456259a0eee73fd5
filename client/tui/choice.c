#include "client/tui/choice.h"

#include <ctype.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/field.h"
#include "client/tui/loop.h"
#include "client/tui/match.h"
#include "client/tui/pager.h"
#include "common/base/utf8.h"

struct choice {
    struct str title;
    struct choice_row *rows;
    size_t nrows;
    uint32_t *shown; /* indexes of the rows that match */
    size_t nshown, at, top, page;
    struct field typed;
    bool filled;
    bool asked, pick_later; /* rows for what is typed are on their way; Enter was typed before they came */
    bool (*search)(struct view *v, struct str typed);
    void (*answer)(struct view *v, struct answer *a);
    void *context;
};

static void
narrow(struct view *v)
{
    struct choice *d = v->data;
    char text[FIELD_TEXT];
    struct str typed = d->search ? STR_NONE : field_text(&d->typed, text);
    d->nshown = 0;
    for (size_t i = 0; i < d->nrows; i++)
        if (match_words(d->rows[i].label, typed) || match_words(d->rows[i].detail, typed))
            d->shown[d->nshown++] = (uint32_t)i;
    d->at = d->top = 0;
    tui_touch(v->tui);
}

static void
typed_changed(struct view *v)
{
    struct choice *d = v->data;
    char text[FIELD_TEXT];
    if (d->search)
        d->asked = d->search(v, field_text(&d->typed, text));
    else
        narrow(v);
}

static void
pick(struct view *v)
{
    struct choice *d = v->data;
    if (d->asked) {
        d->pick_later = true;
        tui_barrier(v->tui);
        return;
    }
    if (d->at >= d->nshown) {
        tui_say(v->tui, ROLE_WARN, _("Nothing here to choose."));
        return;
    }
    struct choice_row r = d->rows[d->shown[d->at]];
    view_finish(v, (struct outcome){.choice = 1, .entity = r.entity, .id = r.id, .text = r.label});
}

static void
go(struct choice *d, long step)
{
    long at = (long)d->at + step, last = (long)d->nshown - 1;
    d->at = (size_t)(at < 0 || last < 0 ? 0 : at > last ? last : at);
}

static bool
command(struct view *v, enum cmd c)
{
    struct choice *d = v->data;
    long page = d->page > 1 ? (long)d->page - 1 : 1;
    switch (c) {
    case CMD_UP:
        go(d, -1);
        return true;
    case CMD_DOWN:
        go(d, 1);
        return true;
    case CMD_PAGE_BACK:
        go(d, -page);
        return true;
    case CMD_PAGE_FORWARD:
        go(d, page);
        return true;
    case CMD_TOP:
        go(d, -(long)d->nshown);
        return true;
    case CMD_BOTTOM:
        go(d, (long)d->nshown);
        return true;
    case CMD_ENTER:
        pick(v);
        return true;
    default:
        return false;
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct choice *d = v->data;
    if (k->code == K_TAB) {
        pick(v);
        return true;
    }
    uint32_t gen = d->typed.gen;
    bool used = field_key(&d->typed, k);
    if (d->typed.gen != gen)
        typed_changed(v);
    return used;
}

static void
paint_row(struct choice *d, const struct area *a, int y, size_t i)
{
    const struct choice_row *r = &d->rows[d->shown[i]];
    struct tone_look look = tone_look(r->tone);
    int label = a->cols / 2;
    paint_text(a, y, 0, ROLE_FOCUS, i == d->at ? ">" : " ");
    paint_text(a, y, 1, look.role, look.mark);
    paint(a, (struct spot){.y = y, .x = 4, .width = r->detail.n ? label - 5 : 0, .role = ROLE_TEXT},
          r->label);
    if (r->detail.n)
        paint(a, (struct spot){.y = y, .x = label, .role = ROLE_DIM}, r->detail);
}

static void
paint_choice(struct view *v, const struct area *a)
{
    struct choice *d = v->data;
    int cols = a->cols < 72 ? a->cols : 72;
    size_t most = d->search || d->nrows > 12 ? 12 : d->nrows ? d->nrows : 1;
    struct area frame = area_centre(a, (int)most + 4, cols);
    struct area in = paint_box(&frame, d->title);
    int x = paint_text(&in, 0, 0, ROLE_LABEL, d->search ? _("Find") : _("Type to narrow")) + 1;
    int cursor = field_paint(&d->typed, &in, (struct spot){.x = x, .width = in.cols - x}, true);
    d->page = in.rows > 1 ? (size_t)in.rows - 1 : 1;
    if (d->at < d->top)
        d->top = d->at;
    if (d->at >= d->top + d->page)
        d->top = d->at - d->page + 1;
    for (size_t i = 0; i < d->page && d->top + i < d->nshown; i++)
        paint_row(d, &in, (int)i + 1, d->top + i);
    if (d->nshown == 0)
        paint_text(&in, 1, 4, ROLE_DIM,
                   d->filled   ? _("nothing found")
                   : d->search ? _("type what to find")
                               : "");
    if (d->top + d->page < d->nshown)
        pager_more(&frame, IN_CHOICE);
    paint_cursor(&in, 0, cursor);
}

static void
answer(struct view *v, struct answer *a)
{
    struct choice *d = v->data;
    if (d->answer)
        d->answer(v, a);
}

static struct str
help(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Type to find, Up and Down to move, Enter to take it, Esc to go back."));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("What can be chosen. Typing narrows the list to what has these words; Enter takes the "
                      "row that is marked."));
}

static const struct view_ops ops = {.name = "choice",
                                    .context = IN_CHOICE,
                                    .box = true,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .help = help,
                                    .about = about,
                                    .paint = paint_choice};

void
choice_fill(struct view *v, const struct choice_row *rows, size_t nrows)
{
    struct choice *d = v->data;
    d->rows = arena_new(&v->arena, struct choice_row, nrows ? nrows : 1);
    d->shown = arena_new(&v->arena, uint32_t, nrows ? nrows : 1);
    d->nrows = nrows;
    d->filled = true;
    for (size_t i = 0; i < nrows; i++) {
        d->rows[i] = rows[i];
        d->rows[i].label = str_dup(&v->arena, rows[i].label);
        d->rows[i].detail = str_dup(&v->arena, rows[i].detail);
    }
    narrow(v);
    d->asked = false;
    if (d->pick_later) {
        d->pick_later = false;
        tui_unbarrier(v->tui);
        pick(v);
    }
}

void
choice_start_search(struct view *v, bool (*search)(struct view *v, struct str typed))
{
    struct choice *d = v->data;
    d->search = search;
    choice_fill(v, NULL, 0);
    d->filled = false;
    typed_changed(v);
}

void
choice_set_context(struct view *v, void *context)
{
    ((struct choice *)v->data)->context = context;
}

void *
choice_context(struct view *v)
{
    return ((struct choice *)v->data)->context;
}

struct view *
choice_open(struct tui *t, const struct choice_spec *spec)
{
    struct view *v = view_push(t, &ops, sizeof(struct choice));
    struct choice *d = v->data;
    v->purpose = spec->purpose;
    d->title = str_dup(&v->arena, spec->title);
    d->search = spec->search;
    d->answer = spec->answer;
    field_init(&d->typed, &v->arena, 60);
    field_set(&d->typed, spec->initial);
    choice_fill(v, spec->rows, spec->nrows);
    d->filled = !spec->search;
    return v;
}
