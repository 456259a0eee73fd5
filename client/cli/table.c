/* Aligned columns. On a terminal the widest columns give way until a row fits; what is cut ends in '>'. */
#include "client/cli/write.h"
#include "common/base/arena.h"
#include "common/base/utf8.h"

enum { GAP = 2, LEAST = 6 };

struct table {
    struct arena *a;
    size_t columns, ncells, cap;
    struct str *heads;
    bool *right;
    struct str *cells;
};

struct table *
table_new(struct arena *a, size_t columns)
{
    struct table *t = arena_new(a, struct table, 1);
    t->a = a;
    t->columns = columns;
    t->heads = arena_new(a, struct str, columns + 1);
    t->right = arena_new(a, bool, columns + 1);
    return t;
}

void
table_head(struct table *t, size_t column, struct str text, bool right)
{
    t->heads[column] = text;
    t->right[column] = right;
}

void
table_cell(struct table *t, struct str text)
{
    if (t->ncells == t->cap) {
        size_t cap = t->cap > 0 ? t->cap * 2 : 64;
        struct str *cells = arena_new(t->a, struct str, cap);
        if (t->ncells > 0)
            memcpy(cells, t->cells, t->ncells * sizeof(*cells));
        t->cells = cells;
        t->cap = cap;
    }
    t->cells[t->ncells++] = text;
}

struct str
clean(struct arena *a, const struct style *st, struct str s)
{
    struct buf b;
    buf_init(&b, a, s.n + 1);
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(s, &at);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            buf_add_char(&b, ' ');
        else if (cp >= 0x80 && !st->utf8)
            buf_add_char(&b, '?');
        else
            buf_add(&b, s.p + from, at - from);
    }
    return buf_str(&b);
}

static void
blanks(struct buf *out, size_t n)
{
    while (n-- > 0)
        buf_add_char(out, ' ');
}

static void
put_cell(struct buf *out, struct str s, size_t width, bool right, bool last)
{
    size_t w = utf8_width(s);
    if (w > width) {
        s = utf8_fit(s, width - 1);
        w = utf8_width(s) + 1;
        if (right) /* a cut number must not look like a smaller one */
            blanks(out, width - w);
        buf_add_str(out, s);
        buf_add_char(out, '>');
        blanks(out, right || last ? 0 : width - w);
        return;
    }
    if (right)
        blanks(out, width - w);
    buf_add_str(out, s);
    if (!right && !last)
        blanks(out, width - w);
}

static void
put_row(struct buf *out, const struct table *t, const struct str *cells, const size_t *widths)
{
    for (size_t c = 0; c < t->columns; c++) {
        if (c > 0)
            blanks(out, GAP);
        put_cell(out, cells[c], widths[c], t->right[c], c + 1 == t->columns);
    }
    buf_add_char(out, '\n');
}

static size_t
total(const size_t *widths, size_t n)
{
    size_t sum = n > 0 ? GAP * (n - 1) : 0;
    for (size_t c = 0; c < n; c++)
        sum += widths[c];
    return sum;
}

static void
shrink(const struct table *t, size_t *widths, size_t columns)
{
    while (total(widths, t->columns) > columns) {
        size_t widest = t->columns;
        for (size_t c = 0; c < t->columns; c++)
            if (widths[c] > LEAST && !t->right[c] && (widest == t->columns || widths[c] > widths[widest]))
                widest = c;
        if (widest == t->columns)
            return;
        widths[widest]--;
    }
}

void
table_write(struct buf *out, const struct style *st, const struct table *t)
{
    size_t *widths = arena_new(t->a, size_t, t->columns + 1);
    struct str *texts = arena_new(t->a, struct str, t->ncells + 1);
    bool headed = false;
    for (size_t c = 0; c < t->columns; c++) {
        widths[c] = utf8_width(t->heads[c]);
        headed = headed || t->heads[c].n > 0;
    }
    for (size_t i = 0; i < t->ncells; i++) {
        texts[i] = clean(t->a, st, t->cells[i]);
        size_t w = utf8_width(texts[i]);
        if (w > widths[i % t->columns])
            widths[i % t->columns] = w;
    }
    if (st->terminal)
        shrink(t, widths, st->columns);
    if (headed)
        put_row(out, t, t->heads, widths);
    for (size_t i = 0; i + t->columns <= t->ncells; i += t->columns)
        put_row(out, t, texts + i, widths);
}
