#include "client/tui/box.h"

#include <ctype.h>

#include "client/text.h"
#include "client/tui/field.h"
#include "client/tui/loop.h"
#include "client/tui/pager.h"
#include "common/base/utf8.h"

/* ---- a question ---- */

struct box {
    struct str title, answers[BOX_ANSWERS];
    struct pager pager;
    int n, at;
};

static void
answered(struct view *v, int choice)
{
    view_finish(v, (struct outcome){.choice = choice});
}

static bool
box_command(struct view *v, enum cmd c)
{
    struct box *d = v->data;
    if (c == CMD_UP)
        d->at = (d->at + d->n - 1) % d->n;
    else if (c == CMD_DOWN)
        d->at = (d->at + 1) % d->n;
    else if (c == CMD_ENTER)
        answered(v, d->at + 1);
    else
        return false;
    return true;
}

static bool
box_key(struct view *v, const struct key *k)
{
    struct box *d = v->data;
    if (k->code == K_TAB) {
        d->at = (d->at + 1) % d->n;
        return true;
    }
    if (k->code != K_CHAR)
        return false;
    if (k->cp >= '1' && k->cp < '1' + (uint32_t)d->n) {
        answered(v, (int)(k->cp - '0'));
        return true;
    }
    for (int i = 0; i < d->n; i++)
        if (d->answers[i].n && k->cp < 128 &&
            tolower((int)k->cp) == tolower((unsigned char)d->answers[i].p[0])) {
            answered(v, i + 1);
            return true;
        }
    return false;
}

static void
box_paint(struct view *v, const struct area *a)
{
    struct box *d = v->data;
    int cols = a->cols < 66 ? a->cols : 66;
    struct area probe = {0, 0, 0, cols - 4};
    pager_paint(&d->pager, &probe);
    int text = d->pager.lines, rows = text + d->n + 3;
    struct area frame = area_centre(a, rows, cols);
    struct area inside = paint_box(&frame, d->title);
    int room = inside.rows - d->n - 1;
    struct area top = area_sub(&inside, 0, 0, room < text ? room : text, inside.cols);
    pager_paint(&d->pager, &top);
    for (int i = 0; i < d->n; i++) {
        int y = inside.rows - d->n + i;
        bool here = i == d->at;
        paint_text(&inside, y, 0, ROLE_FOCUS, here ? ">" : " ");
        paint_format(&inside, (struct spot){.y = y, .x = 2, .role = ROLE_KEY}, "%d", i + 1);
        paint(&inside, (struct spot){.y = y, .x = 4, .role = ROLE_TEXT}, d->answers[i]);
        if (here)
            paint_cursor(&inside, y, 0);
    }
}

static struct str
box_about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("A question. Its digit or its first letter gives an answer, Enter the one that is "
                      "marked. Going back answers nothing: it is as it was before."));
}

static const struct view_ops box_ops = {.name = "question",
                                        .context = IN_CHOICE,
                                        .box = true,
                                        .command = box_command,
                                        .key = box_key,
                                        .about = box_about,
                                        .paint = box_paint};

void
box_ask(struct tui *t, const struct question *q)
{
    struct view *v = view_push(t, &box_ops, sizeof(struct box));
    struct box *d = v->data;
    v->purpose = q->purpose;
    d->title = str_dup(&v->arena, q->title);
    d->pager.text = str_dup(&v->arena, q->text);
    d->n = q->nanswers;
    for (int i = 0; i < q->nanswers; i++)
        d->answers[i] = str_dup(&v->arena, q->answers[i]);
}

/* ---- one line ---- */

struct line {
    struct str title, label;
    struct pager pager;
    struct field field;
    bool required;
};

static bool
line_command(struct view *v, enum cmd c)
{
    struct line *d = v->data;
    if (field_command(&d->field, c))
        return true;
    if (c != CMD_ENTER && c != CMD_SAVE)
        return false;
    char text[FIELD_TEXT];
    struct str typed = field_text(&d->field, text);
    if (!typed.n && d->required) {
        tui_say(v->tui, ROLE_WARN, _("Type something here, or Esc to go back."));
        return true;
    }
    view_finish(v, (struct outcome){.choice = 1, .text = str_dup(&v->arena, typed)});
    return true;
}

static bool
line_key(struct view *v, const struct key *k)
{
    return field_key(&((struct line *)v->data)->field, k);
}

static void
line_paste(struct view *v, struct str text)
{
    field_paste(&((struct line *)v->data)->field, str_trim(text));
}

static void
line_paint(struct view *v, const struct area *a)
{
    struct line *d = v->data;
    int cols = a->cols < 70 ? a->cols : 70;
    struct area probe = {0, 0, 0, cols - 4};
    pager_paint(&d->pager, &probe);
    int text = d->pager.lines;
    struct area frame = area_centre(a, text + (text ? 4 : 3), cols);
    struct area inside = paint_box(&frame, d->title);
    struct area top = area_sub(&inside, 0, 0, text, inside.cols);
    if (text)
        pager_paint(&d->pager, &top);
    int y = inside.rows - 1;
    int x = d->label.n ? paint(&inside, (struct spot){.y = y, .role = ROLE_LABEL}, d->label) + 1 : 0;
    int at = field_paint(&d->field, &inside, (struct spot){.y = y, .x = x, .width = inside.cols - x}, true);
    paint_cursor(&inside, y, at);
}

static void
line_close(struct view *v)
{
    field_wipe(&((struct line *)v->data)->field); /* it may have been a password */
}

static struct str
line_about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("One line to type. Enter takes it; going back takes nothing."));
}

static const struct view_ops line_ops = {.name = "line",
                                         .context = IN_LINE,
                                         .box = true,
                                         .command = line_command,
                                         .key = line_key,
                                         .paste = line_paste,
                                         .about = line_about,
                                         .paint = line_paint,
                                         .close = line_close};

void
line_ask(struct tui *t, const struct line_prompt *p)
{
    struct view *v = view_push(t, &line_ops, sizeof(struct line));
    struct line *d = v->data;
    v->purpose = p->purpose;
    d->title = str_dup(&v->arena, p->title);
    d->label = str_dup(&v->arena, p->label);
    d->pager.text = str_dup(&v->arena, p->text);
    d->required = p->required;
    field_init(&d->field, &v->arena, 250);
    field_set(&d->field, p->initial);
    d->field.secret = p->secret;
}
