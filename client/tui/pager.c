#include "client/tui/pager.h"

#include "client/text.h"
#include "client/tui/loop.h"
#include "common/base/utf8.h"

/* U+2580 … U+259F: e2 96 80 … e2 96 9f */
bool
pager_draws(struct str line)
{
    for (size_t i = 0; i + 2 < line.n; i++)
        if ((unsigned char)line.p[i] == 0xe2 && (unsigned char)line.p[i + 1] == 0x96 &&
            (unsigned char)line.p[i + 2] <= 0x9f)
            return true;
    return false;
}

void
pager_drawing(struct str text, int *ret_rows, int *ret_cols)
{
    *ret_rows = *ret_cols = 0;
    while (text.n) {
        struct str line = str_split(&text, '\n');
        if (!pager_draws(line))
            continue;
        (*ret_rows)++;
        if ((int)utf8_width(line) > *ret_cols)
            *ret_cols = (int)utf8_width(line);
    }
}

static bool
is_table(struct str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ')
        i++;
    for (; i + 1 < line.n; i++)
        if (line.p[i] == ' ' && line.p[i + 1] == ' ')
            return true;
    return false;
}

/* Cuts the next line of at most `cols` columns off *rest, at a blank where there is one. */
static struct str
next_line(const struct pager *p, struct str *rest, int cols)
{
    size_t end = 0;
    while (end < rest->n && rest->p[end] != '\n')
        end++;
    struct str line = {rest->p, end};
    if ((int)utf8_width(line) <= cols || pager_draws(line) || (p->tables && is_table(line))) {
        size_t take = end < rest->n ? end + 1 : end;
        *rest = str_slice(*rest, take, rest->n);
        return line;
    }
    struct str fit = utf8_fit(line, (size_t)(cols > 0 ? cols : 1));
    size_t at = fit.n;
    while (at > 0 && line.p[at] != ' ' && line.p[at - 1] != ' ')
        at--;
    if (at == 0)
        at = fit.n ? fit.n : 1;
    *rest = str_slice(*rest, at, rest->n);
    while (rest->n && rest->p[0] == ' ')
        *rest = str_slice(*rest, 1, rest->n);
    return str_slice(line, 0, at);
}

/* Where the second column of a line begins; 0 where it has none or too little room. */
static int
second_column(struct str text, int cols)
{
    struct str line = str_split(&text, '\n');
    size_t gap = 0;
    while (gap + 1 < line.n && (line.p[gap] != ' ' || line.p[gap + 1] != ' '))
        gap++;
    size_t at = gap;
    while (at < line.n && line.p[at] == ' ')
        at++;
    int column = (int)utf8_width(str_slice(line, 0, at));
    return gap > 0 && at < line.n && column <= cols / 2 ? column : 0;
}

void
pager_paint(struct pager *p, const struct area *a)
{
    struct str rest = p->text;
    int lines = 0, under = 0;
    p->rows = a->rows;
    p->widest = 0;
    while (rest.n) {
        bool begins = rest.p == p->text.p || rest.p[-1] == '\n';
        if (begins)
            under = p->hang ? second_column(rest, a->cols) : 0;
        int x = begins ? 0 : under;
        struct str line = next_line(p, &rest, a->cols - x);
        if (p->tables && is_table(line)) {
            int width = (int)utf8_width(line) - a->cols;
            p->widest = width > p->widest ? width : p->widest;
            line = str_slice(line, utf8_fit(line, (size_t)p->left).n, line.n);
        }
        bool draws = pager_draws(line);
        if (draws && !paint_has_blocks())
            continue;
        int y = lines++ - p->top;
        if (y < 0 || y >= a->rows)
            continue;
        bool head = str_starts(line, STR("# "));
        paint(a,
              (struct spot){.y = y,
                            .x = x,
                            .role = head    ? ROLE_HEAD
                                    : draws ? ROLE_DRAWING
                                            : ROLE_TEXT},
              head ? str_slice(line, 2, line.n) : line);
    }
    p->lines = lines;
    paint_cursor(a, 0, 0);
}

bool
pager_pan(struct pager *p, int step)
{
    int left = p->left + step;
    left = left > p->widest ? p->widest : left;
    left = left < 0 ? 0 : left;
    bool moved = left != p->left;
    p->left = left;
    return moved;
}

bool
pager_command(struct pager *p, enum cmd c)
{
    int last = p->lines > p->rows ? p->lines - p->rows : 0;
    int page = p->rows > 1 ? p->rows - 1 : 1;
    switch (c) {
    case CMD_UP:
        p->top--;
        break;
    case CMD_DOWN:
        p->top++;
        break;
    case CMD_PAGE_BACK:
        p->top -= page;
        break;
    case CMD_PAGE_FORWARD:
        p->top += page;
        break;
    case CMD_TOP:
        p->top = 0;
        break;
    case CMD_BOTTOM:
        p->top = last;
        break;
    default:
        return false;
    }
    p->top = p->top < 0 ? 0 : p->top > last ? last : p->top;
    return true;
}

void
pager_more(const struct area *frame, unsigned context)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str text = cmd_text(context, str_from(_(" more F8 ")), &a);
    const int width = (int)utf8_width(text), x = frame->cols - 3 - width;
    paint(frame, (struct spot){.y = frame->rows - 1, .x = x, .role = ROLE_DIM}, text);
    arena_done(&a);
}

struct pager_view {
    struct pager pager;
    struct str title;
};

static void
paint_screen(struct view *v, const struct area *a)
{
    struct pager_view *d = v->data;
    struct area inside = area_sub(a, 1, 1, a->rows - 1, a->cols - 2);
    pager_paint(&d->pager, &inside);
}

static void
paint_boxed(struct view *v, const struct area *a)
{
    struct pager_view *d = v->data;
    int cols = a->cols < 76 ? a->cols : 76;
    struct area probe = {0, 0, 0, cols - 4};
    pager_paint(&d->pager, &probe); /* to count its lines */
    int rows = d->pager.lines + 2 < a->rows ? d->pager.lines + 2 : a->rows;
    struct area frame = area_centre(a, rows, cols);
    struct area inside = paint_box(&frame, d->title);
    pager_paint(&d->pager, &inside);
    if (d->pager.lines > d->pager.top + inside.rows)
        pager_more(&frame, IN_TEXT);
}

static bool
command(struct view *v, enum cmd c)
{
    struct pager_view *d = v->data;
    if (pager_command(&d->pager, c))
        return true;
    if (c != CMD_ENTER)
        return false;
    view_finish(v, (struct outcome){.choice = 0});
    return true;
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)a;
    return ((struct pager_view *)v->data)->title;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Text to read. Up, Down and the pages go through it."));
}

static const struct view_ops screen_ops = {.name = "text",
                                           .context = IN_TEXT,
                                           .command = command,
                                           .about = about,
                                           .paint = paint_screen,
                                           .title = title};
static const struct view_ops box_ops = {.name = "text-box",
                                        .context = IN_TEXT,
                                        .box = true,
                                        .command = command,
                                        .about = about,
                                        .paint = paint_boxed,
                                        .title = title};

struct view *
pager_open(struct tui *t, struct str title_text, struct str text, bool box)
{
    struct view *v = view_push(t, box ? &box_ops : &screen_ops, sizeof(struct pager_view));
    struct pager_view *d = v->data;
    d->title = str_dup(&v->arena, title_text);
    d->pager.text = str_dup(&v->arena, text);
    return v;
}
