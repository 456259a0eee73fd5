#include "client/tui/field.h"

#include <string.h>
#include <wctype.h>

#include "common/base/utf8.h"

void
field_init(struct field *f, struct arena *a, size_t max_chars)
{
    memset(f, 0, sizeof *f);
    f->cap = max_chars > 0 && max_chars <= FIELD_LONGEST ? max_chars : FIELD_TEXT / 4;
    f->cp = arena_new(a, uint32_t, f->cap);
    f->before = arena_new(a, uint32_t, f->cap);
}

void
field_wipe(struct field *f)
{
    volatile uint32_t *now = f->cp, *before = f->before;
    for (size_t i = 0; i < f->cap; i++)
        now[i] = before[i] = 0;
    f->n = f->nbefore = f->pos = f->off = 0;
    f->gen++;
}

static bool
is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0;
}

void
field_fill(struct field *f, struct str text)
{
    f->n = 0;
    for (size_t pos = 0; pos < text.n && f->n < f->cap;) {
        uint32_t cp = utf8_next(text, &pos);
        f->cp[f->n++] = cp < 32 || cp == 127 ? ' ' : cp;
    }
    f->pos = f->n;
    f->off = 0;
    f->fresh = true;
}

void
field_set(struct field *f, struct str text)
{
    field_fill(f, text);
    memcpy(f->before, f->cp, f->n * sizeof *f->cp);
    f->nbefore = f->n;
}

void
field_enter(struct field *f)
{
    f->pos = f->n;
    f->fresh = f->n > 0;
}

static struct str
text_of(const uint32_t *cp, size_t to, bool whole, char out[FIELD_TEXT])
{
    size_t from = 0, n = 0;
    while (!whole && from < to && is_blank(cp[from]))
        from++;
    while (!whole && to > from && is_blank(cp[to - 1]))
        to--;
    for (size_t i = from; i < to && n + 5 < FIELD_TEXT; i++)
        n += utf8_put(cp[i], out + n);
    out[n] = 0;
    return (struct str){out, n};
}

struct str
field_text(const struct field *f, char out[FIELD_TEXT])
{
    return text_of(f->cp, f->n, f->secret, out);
}

struct str
field_before(const struct field *f, char out[FIELD_TEXT])
{
    return text_of(f->before, f->nbefore, f->secret, out);
}

bool
field_changed(const struct field *f)
{
    return f->n != f->nbefore || (f->n && memcmp(f->cp, f->before, f->n * sizeof *f->cp) != 0);
}

static void
cut(struct field *f, size_t from, size_t to)
{
    memmove(f->cp + from, f->cp + to, (f->n - to) * sizeof *f->cp);
    f->n -= to - from;
    f->pos = from;
    f->gen++;
}

static bool
insert(struct field *f, uint32_t cp)
{
    if (f->fresh) {
        f->n = f->pos = 0;
        f->fresh = false;
        f->gen++;
    }
    if (f->upper && cp < 0x10000)
        cp = (uint32_t)towupper((wint_t)cp);
    if (f->overwrite && f->pos < f->n) {
        f->cp[f->pos++] = cp;
        f->gen++;
        return true;
    }
    if (f->n == f->cap)
        return false;
    memmove(f->cp + f->pos + 1, f->cp + f->pos, (f->n - f->pos) * sizeof *f->cp);
    f->cp[f->pos++] = cp;
    f->n++;
    f->gen++;
    return true;
}

bool
field_key(struct field *f, const struct key *k)
{
    if (k->code == K_CHAR)
        return insert(f, k->cp);
    bool was_fresh = f->fresh;
    f->fresh = false;
    switch (k->code) {
    case K_LEFT:
        if (f->pos == 0)
            return false;
        f->pos--;
        return true;
    case K_RIGHT:
        if (f->pos == f->n)
            return was_fresh;
        f->pos++;
        return true;
    case K_BACKSPACE:
        if (f->pos == 0)
            return false;
        cut(f, f->pos - 1, f->pos);
        return true;
    case K_DELETE:
        if (was_fresh && f->n) {
            cut(f, 0, f->n);
            return true;
        }
        if (f->pos == f->n)
            return false;
        cut(f, f->pos, f->pos + 1);
        return true;
    case K_INSERT:
        f->overwrite = !f->overwrite;
        return true;
    default:
        f->fresh = was_fresh;
        return false;
    }
}

static void
erase_word(struct field *f)
{
    size_t from = f->pos;
    while (from > 0 && is_blank(f->cp[from - 1]))
        from--;
    while (from > 0 && !is_blank(f->cp[from - 1]))
        from--;
    cut(f, from, f->pos);
}

bool
field_command(struct field *f, enum cmd c)
{
    switch (c) {
    case CMD_LINE_START:
        f->pos = 0;
        break;
    case CMD_LINE_END:
        f->pos = f->n;
        break;
    case CMD_CLEAR:
        cut(f, 0, f->n);
        break;
    case CMD_CLEAR_END:
        cut(f, f->pos, f->n);
        break;
    case CMD_ERASE_WORD:
        erase_word(f);
        break;
    case CMD_UNDO:
        memcpy(f->cp, f->before, f->nbefore * sizeof *f->cp);
        f->n = f->pos = f->nbefore;
        f->gen++;
        f->fresh = true;
        return true;
    default:
        return false;
    }
    f->fresh = false;
    return true;
}

void
field_paste(struct field *f, struct str text)
{
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = utf8_next(text, &pos);
        if (!insert(f, cp < 32 || cp == 127 ? ' ' : cp))
            return;
    }
}

/* Keeps the cursor inside the window; one column at the end is left for it. */
static void
scroll(struct field *f, int width)
{
    size_t w = width > 1 ? (size_t)width : 1;
    if (f->pos < f->off)
        f->off = f->pos;
    if (f->pos >= f->off + w)
        f->off = f->pos - w + 1;
    if (f->n < w)
        f->off = 0;
}

int
field_paint(struct field *f, const struct area *a, struct spot at, bool open)
{
    scroll(f, at.width);
    char text[FIELD_TEXT];
    size_t n = 0;
    int columns = 0, cursor = 0;
    for (size_t i = f->off; i <= f->n; i++) {
        if (i == f->pos)
            cursor = columns;
        if (i == f->n)
            break;
        uint32_t cp = f->secret ? '*' : f->cp[i];
        int w = utf8_width_cp(cp);
        if (columns + w > at.width || n + 5 >= sizeof text)
            break;
        n += utf8_put(cp, text + n);
        columns += w;
    }
    paint(a, at, (struct str){text, n});
    if (open)
        paint_run(a, (struct spot){.y = at.y, .x = at.x + columns, .role = ROLE_TEXT}, '_',
                  at.width - columns);
    bool more = f->off + (size_t)at.width < f->n;
    if (f->off > 0)
        paint_run(a, (struct spot){.y = at.y, .x = at.x, .role = ROLE_DIM}, '<', 1);
    if (more)
        paint_run(a, (struct spot){.y = at.y, .x = at.x + at.width - 1, .role = ROLE_DIM}, '>', 1);
    return at.x + (cursor < at.width ? cursor : at.width - 1);
}
