#include "client/tui/form.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

/* Columns of one item: marker, blank, label with its dots, blank, input, blank, mark. */
enum {
    MARKER = 2,
    AROUND = 3,
    MARK = 3,
    LEAST_NOTE = 18,
    NARROWED = 20,
    WIDEST_NARROWED = 24,
    WIDEST_LABEL = 20
};

static bool
needs(const struct form_item *i)
{
    return (i->field->flags & SCHEMA_REQUIRED) && !i->optional && !i->readonly;
}

static int
label_width(const struct form_item *i)
{
    return (int)utf8_width(i->field->label) + (needs(i) ? 2 : 0);
}

static bool
has_note(const struct form_item *i)
{
    return i->note[0] != 0;
}

/* Does an item fit half the width? A little too wide is fine: what is typed scrolls. */
static bool
is_narrow(const struct form *f, const struct form_item *i)
{
    int width = form_width(i);
    if (width > NARROWED && width <= WIDEST_NARROWED)
        width = NARROWED;
    return MARKER + f->label + AROUND + width + MARK <= f->half && !(i->field->flags & SCHEMA_MULTILINE);
}

/* Under its field a note goes from the left as far as there is room, and on the next line then. */
static int
note_lines(const struct form_item *i, int cols)
{
    int room = cols - MARKER - 2 - 4;
    int wants = (int)utf8_width(str_from(i->shown));
    return wants <= room || room < LEAST_NOTE ? 1 : 2;
}

static void
lay_item(struct form *f, struct form_item *i, int cols, int *row, int *column)
{
    if (i->group.n) {
        *row += *column > 0;
        *column = 0;
        (*row)++;
    }
    bool narrow = f->columns == 2 && is_narrow(f, i);
    if (!narrow && *column > 0) {
        (*row)++;
        *column = 0;
    }
    i->row = *row;
    i->column = *column;
    i->note_row = -1;
    int beside = cols - (i->column * f->half + MARKER + f->label + AROUND + form_width(i) + MARK);
    int wants = (int)utf8_width(str_from(i->shown)) + 3; /* with its mark */
    bool below = has_note(i) && (narrow || beside < LEAST_NOTE || beside < wants);
    i->note_rows = below ? note_lines(i, cols) : 0;
    if (below)
        i->note_row = *row + 1;
    if (narrow && *column == 0 && !below) {
        *column = 1;
        return;
    }
    *row += 1 + i->note_rows;
    *column = 0;
}

static int
lay_out(struct form *f, int cols)
{
    int row = 0, column = 0;
    for (size_t k = 0; k < f->n; k++)
        if (!f->items[k].hidden)
            lay_item(f, &f->items[k], cols, &row, &column);
    return row + (column > 0);
}

static void
name_keys(struct form *f)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t k = 0; k < f->n; k++) {
        const struct str text = cmd_text(f->context, str_from(f->items[k].note), &a);
        snprintf(f->items[k].shown, sizeof f->items[k].shown, "%.*s", STR_ARG(text));
    }
    arena_done(&a);
}

/* A note under the left item of a pair would lie over the right one: that row is one lower for both. */
static void
measure(struct form *f, const struct area *a)
{
    name_keys(f);
    f->label = 0;
    for (size_t k = 0; k < f->n; k++)
        if (!f->items[k].hidden && label_width(&f->items[k]) > f->label)
            f->label = label_width(&f->items[k]);
    int most = a->cols / 4 > 12 ? a->cols / 4 : 12, widest = f->label;
    if (most < widest + 1 && most < WIDEST_LABEL) /* rather than cut them */
        most = widest + 1 < WIDEST_LABEL ? widest + 1 : WIDEST_LABEL;
    f->label = f->label + 3 < most ? f->label + 3 : most;
    f->half = a->cols;
    f->columns = 1;
    f->rows = lay_out(f, a->cols);
    if (f->rows <= a->rows || a->cols < 72)
        return;
    f->columns = 2;
    f->half = a->cols / 2;
    f->label = widest + 1 < f->half / 2 - 6 ? widest + 1 : f->half / 2 - 6;
    f->rows = lay_out(f, a->cols);
}

static void
scroll(struct form *f, const struct area *a)
{
    const struct form_item *i = &f->items[f->at];
    int first = i->row - (i->group.n ? 1 : 0),
        last = i->note_row > i->row ? i->note_row + i->note_rows - 1 : i->row;
    if (f->top > f->rows - a->rows)
        f->top = f->rows - a->rows;
    if (first < f->top)
        f->top = first;
    if (last >= f->top + a->rows)
        f->top = last - a->rows + 1;
    if (f->top < 0)
        f->top = 0;
}

static int
paint_label(struct form *f, const struct form_item *i, const struct area *a, int y, int x)
{
    int used =
        paint(a, (struct spot){.y = y, .x = x, .width = f->label, .role = ROLE_LABEL}, i->field->label);
    if (needs(i) && used + 2 <= f->label) {
        paint_text(a, y, x + used + 1, i->missing ? ROLE_BAD : ROLE_HEAD, "*");
        used += 2;
    }
    for (int at = used + 1; at < f->label + 1; at++)
        if ((x + at) % 2 == 0)
            paint_text(a, y, x + at, ROLE_FRAME, ".");
    return x + f->label + AROUND - 1;
}

static void
paint_note(const struct form_item *i, const struct area *a, struct spot at)
{
    struct tone_look look = tone_look(i->note_tone);
    at.role = look.role;
    paint_format(a, at, "%s%s%s", look.mark, look.mark[0] ? " " : "", i->shown);
}

/* Below its field, on two lines where it is long. */
static void
paint_note_below(const struct form_item *i, const struct area *a, int y, int x)
{
    struct tone_look look = tone_look(i->note_tone);
    struct str text = str_from(i->shown), rest = STR_NONE;
    int marked = (int)strlen(look.mark) + (look.mark[0] != 0), room = a->cols - x - marked;
    struct str first = utf8_fit(text, (size_t)(room > 0 ? room : 0));
    if (i->note_rows > 1 && first.n < text.n) {
        while (first.n > 1 && first.p[first.n - 1] != ' ')
            first.n--;
        rest = str_trim(str_slice(text, first.n, text.n));
    }
    paint_text(a, y, x, look.role, look.mark);
    paint(a, (struct spot){.y = y, .x = x + marked, .role = look.role}, rest.n ? first : text);
    if (rest.n)
        paint(a, (struct spot){.y = y + 1, .x = x + marked, .role = look.role}, rest);
}

/* A long note of the right column begins further left. */
static int
note_column(const struct form_item *i, const struct area *a, int x)
{
    int wants = (int)utf8_width(str_from(i->shown)) + 4;
    if (x + wants > a->cols)
        x = a->cols - wants;
    return x > 0 ? x : 0;
}

static void
paint_marks(const struct form_item *i, const struct area *a, int y, int x)
{
    bool choices = i->field->type == VT_CHOICE || i->field->type == VT_REF || i->field->type == VT_DATE;
    if (i->missing)
        paint_text(a, y, x, ROLE_BAD, "?");
    else if (choices && !i->readonly)
        paint_text(a, y, x, ROLE_FRAME, i->field->type == VT_DATE ? " " : "+");
}

static void
paint_item(struct form *f, size_t k, const struct area *a)
{
    struct form_item *i = &f->items[k];
    int y = i->row - f->top, left = i->column * f->half;
    if (i->group.n)
        paint(a, (struct spot){.y = y - 1, .x = 1, .role = ROLE_HEAD}, i->group);
    bool here = k == f->at;
    int right = f->columns == 2 && i->column == 0 && is_narrow(f, i) ? f->half : a->cols;
    if (y >= 0 && y < a->rows) {
        int x = paint_label(f, i, a, y, left + MARKER);
        int width = form_width(i);
        if (x + width + MARK > right)
            width = right - x - MARK;
        if (here && !theme_is_lean()) /* there the cursor alone says it: half the bytes of a move */
            paint_text(a, y, left, ROLE_FOCUS, ">");
        bool right_side = i->readonly && i->field->type == VT_MONEY;
        struct spot at = {.y = y, .x = x, .width = width, .role = ROLE_TEXT, .right = right_side};
        if (!here)
            i->edit.pos = 0; /* shows its beginning */
        int cursor = field_paint(&i->edit, a, at, !i->readonly);
        if (here)
            paint_cursor(a, y, cursor);
        paint_marks(i, a, y, x + width + 1);
        if (has_note(i) && i->note_row < 0)
            paint_note(i, a, (struct spot){.y = y, .x = x + width + MARK});
    }
    if (has_note(i) && i->note_row >= 0)
        paint_note_below(i, a, i->note_row - f->top, note_column(i, a, left + MARKER + 2));
}

void
form_paint(struct form *f, const struct area *a)
{
    if (f->n == 0)
        return;
    measure(f, a);
    scroll(f, a);
    if (f->top + a->rows < f->rows)
        paint_text(a, a->rows - 1, a->cols - 1, ROLE_DIM, "↓");
    if (f->top > 0)
        paint_text(a, 0, a->cols - 1, ROLE_DIM, "↑");
    for (size_t k = 0; k < f->n; k++)
        if (!f->items[k].hidden)
            paint_item(f, k, a);
}

static const char *
type_help(const struct schema_field *s)
{
    switch (s->type) {
    case VT_DATE:
        return N_("A day: 2026-02-14, 14/2, t for today, +3d, +1m, +1y. F4 shows some.");
    case VT_MONEY:
        return N_("An amount: 15000000, 15,000,000, 61k, 1.5m.");
    case VT_CHOICE:
        return N_("One of a list: its first letters, or F4 shows it.");
    case VT_REF:
        return N_("A record: its number, code or name; F4 finds it.");
    case VT_BOOL:
        return N_("yes or no.");
    case VT_RATE:
        return N_("A percentage: 3.5");
    default:
        return "";
    }
}

struct str
form_help(struct form *f, struct arena *a)
{
    const struct form_item *i = f->n ? &f->items[f->at] : NULL;
    if (!i)
        return STR_NONE;
    const struct schema_field *s = i->field;
    struct buf b;
    buf_init(&b, a, 256);
    const char *type = type_help(s);
    if (s->help.n)
        buf_printf(&b, "%.*s", STR_ARG(s->help));
    else
        buf_printf(&b, "%s", type[0] ? _(type) : "");
    buf_printf(&b, "\n\n# %.*s%s\n", STR_ARG(s->label), s->flags & SCHEMA_REQUIRED ? _(" (required)") : "");
    if (type[0])
        buf_printf(&b, "%s\n", _(type));
    if (s->type == VT_TEXT && s->max)
        buf_printf(&b, _("At most %u characters.\n"), s->max);
    if (has_note(i))
        buf_printf(&b, "%s\n", i->note);
    buf_printf(&b, "%s", _("F5 puts back what stood here, F9 takes it from the last record saved."));
    return buf_str(&b);
}
