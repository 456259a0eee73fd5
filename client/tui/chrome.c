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

static void
paint_message(struct tui *t, const struct area *row, int64_t waited_ms)
{
    if (waited_ms >= 0) {
        paint_format(row, (struct spot){.x = 1, .role = ROLE_WARN}, _("Waiting %lld s, Ctrl-C cancels"),
                     (long long)(waited_ms / 1000));
        return;
    }
    struct tone_look look = {"", t->message_role};
    if (t->message_role == ROLE_BAD)
        look.mark = "!! ";
    else if (t->message_role == ROLE_WARN)
        look.mark = "! ";
    if (t->message[0])
        paint_format(row, (struct spot){.x = 1, .role = look.role}, "%s%s", look.mark, t->message);
    else if (!theme_is_lean()) {
        struct view *top = view_top(t);
        struct arena a;
        arena_init(&a, SIZE_MAX, NULL, NULL);
        struct str hint = top && top->ops->help ? top->ops->help(top, &a) : STR_NONE;
        struct str first = str_split(&hint, '\n');
        if (first.n)
            paint(row, (struct spot){.x = 1, .role = ROLE_DIM}, first);
        arena_done(&a);
    }
}

static int
entry_width(const struct bar_key *k, unsigned context)
{
    char key[KEY_NAME];
    key_label(cmd_keys(context, k->cmd)[0], key);
    return (int)(strlen(key) + 1 + utf8_width(str_from(_(k->label ? k->label : cmd_info(k->cmd)->label))));
}

/* "F1 Help  F2 Commands …": whole entries only; the last one, Back, always keeps its place at the end. */
static void
paint_key_bar(struct tui *t, const struct area *row)
{
    struct view *top = view_top(t);
    size_t n = sizeof common_bar / sizeof common_bar[0];
    const struct bar_key *bar = top && top->ops->bar ? top->ops->bar(top, &n) : common_bar;
    unsigned context = top ? top->ops->context : IN_ALL;
    int x = 0, last = n ? entry_width(&bar[n - 1], context) + 2 : 0;
    for (size_t i = 0; i < n; i++) {
        const struct command *c = cmd_info(bar[i].cmd);
        enum key_code code = cmd_keys(context, bar[i].cmd)[0];
        if (code == K_NONE || (top && !view_may(top, bar[i].cmd)))
            continue;
        if (x + entry_width(&bar[i], context) + (i + 1 < n ? last : 0) >= row->cols)
            continue;
        char key[KEY_NAME];
        key_label(code, key);
        const char *label = _(bar[i].label ? bar[i].label : c->label);
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
    struct area body = area_sub(&all, 1, 0, rows - 3, cols);
    struct area message = area_sub(&all, rows - 2, 0, 1, cols);
    struct area keys = area_sub(&all, rows - 1, 0, 1, cols);
    term_cursor(rows - 1, 0);
    paint_bar_top(t, &top);
    paint_message(t, &message, waited_ms);
    paint_key_bar(t, &keys);
    paint_views(t, &body);
    term_show();
}
