#include "client/tui/list.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"

enum { FIRST_PAGE = 15 /* before it was ever painted */ };

void
list_reset(struct list *l)
{
    l->nrows = l->at = l->top = 0;
    l->more = l->before = false;
    memset(l->ops, 0, sizeof l->ops);
    memset(l->notes, 0, sizeof l->notes);
}

static size_t
moved(size_t at, long rows, size_t nrows)
{
    long to = (long)at + rows;
    return to < 0 || nrows == 0 ? 0 : (size_t)to < nrows ? (size_t)to : nrows - 1;
}

void
list_shift(struct list *l, long rows)
{
    const size_t from = rows < 0 ? (size_t)-rows : 0, to = rows > 0 ? (size_t)rows : 0;
    const size_t room = LIST_ROWS - to, have = l->nrows > from ? l->nrows - from : 0,
                 n = have < room ? have : room;
    memmove(l->ops + to, l->ops + from, n * sizeof l->ops[0]);
    memmove(l->notes + to, l->notes + from, n * sizeof l->notes[0]);
    memmove(l->bad + to, l->bad + from, n * sizeof l->bad[0]);
    memset(l->ops, 0, to * sizeof l->ops[0]);
    memset(l->notes, 0, to * sizeof l->notes[0]);
    memset(l->ops + to + n, 0, (LIST_ROWS - to - n) * sizeof l->ops[0]);
    memset(l->notes + to + n, 0, (LIST_ROWS - to - n) * sizeof l->notes[0]);
    l->nrows = to + n;
    l->at = moved(l->at, rows, l->nrows);
    l->top = moved(l->top, rows, l->nrows);
}

void
list_note(struct list *l, size_t row, const char *text, bool bad)
{
    l->notes[row] = text;
    l->bad[row] = bad;
}

static void
go(struct list *l, long step)
{
    long at = (long)l->at + step, last = (long)l->nrows - 1;
    l->at = (size_t)(at < 0 || last < 0 ? 0 : at > last ? last : at);
}

bool
list_command(struct list *l, enum cmd c)
{
    long page = l->page > 1 ? (long)l->page - 1 : FIRST_PAGE;
    switch (c) {
    case CMD_UP:
        go(l, -1);
        return true;
    case CMD_DOWN:
        go(l, 1);
        return true;
    case CMD_PAGE_BACK:
        go(l, -page);
        return true;
    case CMD_PAGE_FORWARD:
        go(l, page);
        return true;
    case CMD_TOP:
        go(l, -(long)l->nrows);
        return true;
    case CMD_BOTTOM:
        go(l, (long)l->nrows);
        return true;
    default:
        return false;
    }
}

bool
list_digit(struct list *l, const struct key *k)
{
    if (!l->options || l->at >= l->nrows)
        return false;
    if (k->code == K_BACKSPACE && l->ops[l->at]) {
        l->ops[l->at] = 0;
        return true;
    }
    if (k->code != K_CHAR || k->cp < '1' || k->cp > '9')
        return false;
    l->ops[l->at] = (char)k->cp;
    return true;
}

bool
list_take_option(struct list *l, size_t *ret_row, char *ret_option)
{
    for (size_t i = 0; i < l->nrows; i++)
        if (l->ops[i]) {
            *ret_row = i;
            *ret_option = l->ops[i];
            l->ops[i] = 0;
            return true;
        }
    return false;
}

static void
paint_heads(const struct list *l, const struct area *a)
{
    if (l->options)
        paint_text(a, 0, LIST_MARKER, ROLE_HEAD, _("Op"));
    for (size_t i = 0; i < l->ncolumns; i++) {
        const struct list_column *c = &l->columns[i];
        if (!c->shown)
            continue;
        const char *mark = i != l->sort ? "" : l->desc ? " v" : " ^";
        char text[80];
        snprintf(text, sizeof text, "%.*s%s", STR_ARG(c->label), mark);
        paint(a, (struct spot){.x = c->x, .width = c->shown, .role = ROLE_HEAD, .right = c->right},
              str_from(text));
    }
}

static void
paint_row(const struct list *l, const struct area *a, int y, size_t row)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    int x = LIST_MARKER;
    if (l->options) {
        paint_text(a, y, x, ROLE_FRAME, "__");
        if (l->ops[row])
            paint_format(a, (struct spot){.y = y, .x = x, .role = ROLE_TEXT}, "%c", l->ops[row]);
        x += LIST_OPTION;
    } else {
        x++;
    }
    if (l->marks && l->tone) {
        struct tone_look look = tone_look(l->tone(l->ctx, row));
        paint_text(a, y, x, look.role, look.mark);
    }
    for (size_t i = 0; i < (l->notes[row] ? 1 : l->ncolumns); i++) {
        const struct list_column *c = &l->columns[i];
        if (!c->shown)
            continue;
        struct list_cell cell = l->cell(l->ctx, &arena, row, i);
        struct tone_look look = tone_look(cell.tone);
        paint(a, (struct spot){.y = y, .x = c->x, .width = c->shown, .role = look.role, .right = c->right},
              cell.text);
    }
    if (l->notes[row] && l->ncolumns)
        paint(a,
              (struct spot){.y = y,
                            .x = l->columns[0].x + l->columns[0].shown + LIST_GAP,
                            .role = l->bad[row] ? ROLE_BAD : ROLE_GOOD},
              str_from(l->notes[row]));
    arena_done(&arena);
}

void
list_paint(struct list *l, const struct area *a, bool focused)
{
    if (a->rows < 2)
        return;
    list_fit(l, a->cols);
    paint_heads(l, a);
    l->page = (size_t)(a->rows - 1);
    if (l->at < l->top)
        l->top = l->at;
    if (l->at >= l->top + l->page)
        l->top = l->at - l->page + 1;
    for (size_t i = 0; i < l->page && l->top + i < l->nrows; i++)
        paint_row(l, a, (int)i + 1, l->top + i);
    if (!focused)
        return;
    int y = l->nrows ? (int)(l->at - l->top) + 1 : 1;
    if (l->nrows)
        paint_text(a, y, 0, ROLE_FOCUS, ">");
    paint_cursor(a, y, l->nrows ? (l->options ? LIST_MARKER : 0) : 0);
}
