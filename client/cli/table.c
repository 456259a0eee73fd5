/* Aligned columns. On a terminal columns give way until a row fits: spare ones are left out, then the widest
   soft one is cut again and again, the firm ones at the very last. What is cut ends in '>'. */
#include "client/cli/write.h"
#include "common/base/arena.h"
#include "common/base/utf8.h"

enum { GAP = 2, LEAST = 6 };

struct table {
    struct arena *a;
    size_t columns, ncells, cap;
    struct str *heads;
    bool *right, *hidden;
    enum column_give *give;
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
    t->hidden = arena_new(a, bool, columns + 1);
    t->give = arena_new(a, enum column_give, columns + 1);
    return t;
}

void
table_head(struct table *t, size_t column, struct str text, bool right)
{
    t->heads[column] = text;
    t->right[column] = right;
}

void
table_give(struct table *t, size_t column, enum column_give give)
{
    t->give[column] = give;
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
    size_t last = t->columns;
    while (last > 0 && t->hidden[last - 1])
        last--;
    bool begun = false;
    for (size_t c = 0; c < last; c++) {
        if (t->hidden[c])
            continue;
        blanks(out, begun ? GAP : 0);
        begun = true;
        put_cell(out, cells[c], widths[c], t->right[c], c + 1 == last);
    }
    buf_add_char(out, '\n');
}

static size_t
total(const struct table *t, const size_t *widths)
{
    size_t sum = 0;
    for (size_t c = 0; c < t->columns; c++)
        if (!t->hidden[c])
            sum += widths[c] + (sum > 0 ? GAP : 0);
    return sum;
}

static void
leave_out(struct table *t, const size_t *widths, size_t columns)
{
    for (size_t c = t->columns; c > 1 && total(t, widths) > columns; c--)
        t->hidden[c - 1] = t->give[c - 1] == COLUMN_SPARE;
}

static void
cut(const struct table *t, size_t *widths, size_t columns, bool firm_too)
{
    while (total(t, widths) > columns) {
        size_t widest = t->columns;
        for (size_t c = 0; c < t->columns; c++) {
            bool firm = t->give[c] == COLUMN_FIRM || t->right[c];
            if (t->hidden[c] || widths[c] <= LEAST || (firm && !firm_too) || t->right[c])
                continue;
            if (widest == t->columns || widths[c] > widths[widest])
                widest = c;
        }
        if (widest == t->columns)
            return;
        widths[widest]--;
    }
}

static size_t *
measure(const struct table *t, const struct str *texts)
{
    size_t *widths = arena_new(t->a, size_t, t->columns + 1);
    for (size_t c = 0; c < t->columns; c++)
        widths[c] = utf8_width(t->heads[c]);
    for (size_t i = 0; i < t->ncells; i++) {
        size_t w = utf8_width(texts[i]);
        if (w > widths[i % t->columns])
            widths[i % t->columns] = w;
    }
    return widths;
}

/* Heads with or without what is hidden, joined; "" when there are none. */
static struct str
heads(const struct table *t, bool hidden)
{
    struct buf b;
    buf_init(&b, t->a, 64);
    for (size_t c = 0; c < t->columns; c++) {
        if (t->hidden[c] != hidden || t->heads[c].n == 0)
            continue;
        if (b.n > 0)
            buf_add_str(&b, STR(", "));
        buf_add_str(&b, t->heads[c]);
    }
    return buf_str(&b);
}

struct str
table_write(struct buf *out, const struct style *st, struct table *t)
{
    struct str *texts = arena_new(t->a, struct str, t->ncells + 1);
    for (size_t i = 0; i < t->ncells; i++)
        texts[i] = clean(t->a, st, t->cells[i]);
    size_t *widths = measure(t, texts);
    if (st->terminal) {
        leave_out(t, widths, st->columns);
        cut(t, widths, st->columns, false);
        cut(t, widths, st->columns, true);
    }
    if (heads(t, false).n > 0)
        put_row(out, t, t->heads, widths);
    for (size_t i = 0; i + t->columns <= t->ncells; i += t->columns)
        put_row(out, t, texts + i, widths);
    return heads(t, true);
}
