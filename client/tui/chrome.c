#include "client/tui/chrome.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/loop.h"
#include "client/tui/term.h"
#include "common/base/utf8.h"

static const struct bar_key common_bar[] = {
    {CMD_HELP,    NULL},
    {CMD_PALETTE, NULL},
    {CMD_BACK,    NULL}
};

/* Where one is, then the title. What is left of the former where both don't fit: its first words, up to a
   comma or an arrow; the title is cut rather than these, while something of it is left. */
static struct str
title_path(struct arena *a, struct str where, struct str title, int room)
{
    enum { LEAST_TITLE = 6, ARROW = 3 };
    if (!title.n || !where.n)
        return title.n ? title : where;
    struct str path = str_printf(a, "%.*s › %.*s", STR_ARG(where), STR_ARG(title));
    if ((int)utf8_width(path) <= room)
        return path;
    size_t n = 0;
    while (n < where.n && where.p[n] != ',' && !str_starts(str_slice(where, n, where.n), STR(" ›")))
        n++;
    struct str first = str_slice(where, 0, n);
    if (room - (int)utf8_width(first) - ARROW < LEAST_TITLE)
        return title;
    return str_printf(a, "%.*s › %.*s", STR_ARG(first), STR_ARG(title));
}

static void
paint_bar_top(struct tui *t, const struct area *row)
{
    char left[160] = "", right[96] = "";
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    t->host->bar(t->ctx, left, right, sizeof right);
    struct view *base = NULL;
    for (int i = t->depth - 1; i >= 0 && !base; i--)
        if (!t->stack[i]->ops->box)
            base = t->stack[i];
    struct str title = base && base->ops->title ? base->ops->title(base, &a) : STR_NONE;
    int rw = (int)utf8_width(str_from(right));
    paint_run(row, (struct spot){.role = ROLE_TITLE}, ' ', row->cols);
    int x = paint_text(row, 0, 0, ROLE_BRAND, " Bima ");
    int room = row->cols - x - 1 - (rw ? rw + 2 : 0);
    struct str path = title_path(&a, str_from(left), title, room);
    if (room > 0)
        paint(row, (struct spot){.x = x + 1, .width = room, .role = ROLE_TITLE}, path);
    if (rw && rw + 8 < row->cols)
        paint_text(row, 0, row->cols - rw - 1, ROLE_TITLE, right);
    arena_done(&a);
}

/* Cuts what fits a row off *rest, at a blank where there is one. */
static struct str
cut_row(struct str *rest, int cols)
{
    struct str fit = utf8_fit(*rest, (size_t)(cols > 1 ? cols : 1));
    size_t n = fit.n;
    if (fit.n < rest->n)
        while (n > 0 && fit.p[n - 1] != ' ')
            n--;
    n = n ? n : fit.n ? fit.n : rest->n;
    *rest = str_trim(str_slice(*rest, n, rest->n));
    return str_slice(fit, 0, n);
}

static unsigned
context_of(const struct view *top)
{
    return top ? top->ops->context : IN_ALL;
}

/* "!! …": the mark first. */
static struct str
message_text(const struct tui *t, struct arena *a)
{
    const char *mark = t->message_role == ROLE_BAD ? "!! " : t->message_role == ROLE_WARN ? "! " : "";
    struct str text = cmd_text(context_of(t->depth ? t->stack[t->depth - 1] : NULL), str_from(t->message), a);
    return str_printf(a, "%s%.*s", mark, STR_ARG(text));
}

/* A long message takes rows of the screen above it rather than being cut. */
static int
message_rows(const struct tui *t, int cols, int64_t waited_ms)
{
    enum { MOST = 4 };
    int rows = 0;
    if (waited_ms >= 0 || !t->message[0])
        return 1;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (struct str rest = message_text(t, &a); rest.n && rows < MOST; rows++)
        (void)cut_row(&rest, cols - 1);
    arena_done(&a);
    return rows;
}

/* The first line of the help of what has the focus; what does not fit is under F1. */
static void
paint_hint(struct tui *t, const struct area *row)
{
    struct view *top = view_top(t);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str hint = top && top->ops->help ? top->ops->help(top, &a) : STR_NONE;
    struct str first = cmd_text(context_of(top), str_split(&hint, '\n'), &a);
    if ((int)utf8_width(first) > row->cols - 1) {
        char key[KEY_NAME];
        const char *more = key_label(cmd_keys(top->ops->context, CMD_HELP)[0], key);
        struct str rest = first;
        struct str start = cut_row(&rest, row->cols - 5 - (int)strlen(more));
        first = str_printf(&a, "%.*s… %s", STR_ARG(start), more);
    }
    if (first.n)
        paint(row, (struct spot){.x = 1, .role = ROLE_DIM}, first);
    arena_done(&a);
}

static void
paint_waiting(struct tui *t, const struct area *area, int64_t waited_ms)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str text = str_printf(&a, _("Waiting %lld s, Ctrl-C cancels"), (long long)(waited_ms / 1000));
    paint(area, (struct spot){.x = 1, .role = ROLE_WARN}, cmd_text(context_of(view_top(t)), text, &a));
    arena_done(&a);
}

static void
paint_message(struct tui *t, const struct area *area, int64_t waited_ms)
{
    struct arena a;
    if (waited_ms >= 0) {
        paint_waiting(t, area, waited_ms);
        return;
    }
    if (!t->message[0]) {
        if (!theme_is_lean() && !t->hints_hidden)
            paint_hint(t, area);
        return;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str rest = message_text(t, &a);
    for (int y = 0; y < area->rows && rest.n; y++) {
        struct str line = y + 1 < area->rows ? cut_row(&rest, area->cols - 1) : rest;
        paint(area, (struct spot){.y = y, .x = 1, .role = t->message_role}, line);
    }
    arena_done(&a);
}

static int
entry_width(const struct bar_key *k, unsigned context)
{
    char key[KEY_NAME];
    key_label(cmd_keys(context, k->cmd)[0], key);
    return (int)(strlen(key) + 1 + utf8_width(str_from(_(k->label ? k->label : cmd_info(k->cmd)->label))));
}

/* What is never left out: saving, and the last one, Back. */
static bool
is_firm(const struct bar_key *bar, size_t n, size_t i)
{
    return i + 1 == n || bar[i].cmd == CMD_SAVE;
}

static bool
is_shown(struct view *top, unsigned context, enum cmd c)
{
    return cmd_keys(context, c)[0] != K_NONE && (!top || view_may(top, c));
}

/* Columns of the firm ones behind entry i. */
static int
reserved(struct view *top, unsigned context, const struct bar_key *bar, size_t n, size_t i)
{
    int sum = 0;
    for (size_t k = i + 1; k < n; k++)
        if (is_firm(bar, n, k) && is_shown(top, context, bar[k].cmd))
            sum += entry_width(&bar[k], context) + 2;
    return sum;
}

/* "F1 Help  F2 Commands …": whole entries only, from the left as they fit; the firm ones always. */
static void
paint_key_bar(struct tui *t, const struct area *row)
{
    struct view *top = view_top(t);
    size_t n = sizeof common_bar / sizeof common_bar[0];
    const struct bar_key *bar = top && top->ops->bar ? top->ops->bar(top, &n) : common_bar;
    unsigned context = context_of(top);
    int x = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(top, context, bar[i].cmd))
            continue;
        if (x + entry_width(&bar[i], context) + reserved(top, context, bar, n, i) >= row->cols)
            continue;
        char key[KEY_NAME];
        key_label(cmd_keys(context, bar[i].cmd)[0], key);
        const char *label = _(bar[i].label ? bar[i].label : cmd_info(bar[i].cmd)->label);
        x += paint_text(row, 0, x, ROLE_KEY, key) + 1;
        x += paint_text(row, 0, x, ROLE_KEYBAR, label) + 2;
    }
}

static void
paint_views(struct tui *t, const struct area *body)
{
    int from = t->depth - 1;
    while (from > 0 && t->stack[from]->ops->box)
        from--;
    for (int i = from < 0 ? 0 : from; i < t->depth; i++)
        t->stack[i]->ops->paint(t->stack[i], body);
}

void
chrome_paint(struct tui *t, int64_t waited_ms)
{
    int rows, cols;
    term_size(&rows, &cols);
    struct area all = {0, 0, rows, cols};
    term_begin();
    if (rows < CHROME_MIN_ROWS || cols < CHROME_MIN_COLS) {
        paint_text(&all, 0, 0, ROLE_TEXT, _("Terminal too small: 40x10 at least"));
        term_cursor(0, 0);
        term_show();
        return;
    }
    struct area top = area_sub(&all, 0, 0, 1, cols);
    int said = message_rows(t, cols, waited_ms);
    struct area body = area_sub(&all, 1, 0, rows - 2 - said, cols);
    struct area message = area_sub(&all, rows - 1 - said, 0, said, cols);
    struct area keys = area_sub(&all, rows - 1, 0, 1, cols);
    term_cursor(rows - 1, 0);
    paint_bar_top(t, &top);
    paint_message(t, &message, waited_ms);
    paint_key_bar(t, &keys);
    paint_views(t, &body);
    term_show();
}
