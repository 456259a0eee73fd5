#include "server/platform/sheet.h"

#include "common/base/utf8.h"

static void
put_line(struct buf *b, const struct sheet *s, const struct str *cells, const size_t *widths)
{
    size_t pad = 0;
    for (size_t c = 0; c < s->ncols; c++) {
        for (; pad; pad--)
            buf_add_char(b, ' ');
        buf_add_str(b, cells[c]);
        pad = widths[c] - (size_t)utf8_width(cells[c]) + 2;
    }
    buf_add_char(b, '\n');
}

void
sheet_put(struct buf *b, const struct sheet *s)
{
    size_t widths[SHEET_COLUMNS];
    for (size_t c = 0; c < s->ncols; c++) {
        widths[c] = (size_t)utf8_width(s->heads[c]);
        for (size_t r = 0; r < s->nrows; r++) {
            size_t width = (size_t)utf8_width(s->cells[r * s->ncols + c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    put_line(b, s, s->heads, widths);
    for (size_t r = 0; r < s->nrows; r++)
        put_line(b, s, s->cells + r * s->ncols, widths);
}
