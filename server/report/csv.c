#include "server/report/sheet.h"

/* RFC 4180. */

/* What a spreadsheet that opens the file would calculate instead of show. */
static bool
looks_like_formula(struct str s)
{
    return s.n && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@' || s.p[0] == '\t' ||
                   s.p[0] == '\r');
}

static bool
needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n')
            return true;
    return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

static void
put_text(struct buf *out, struct str s)
{
    const bool quotes = needs_quotes(s);
    if (quotes)
        buf_add_char(out, '"');
    if (looks_like_formula(s))
        buf_add_char(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, s.p[i]);
    }
    if (quotes)
        buf_add_char(out, '"');
}

static void
put_cell(struct buf *out, const struct sheet_cell *c)
{
    char text[STAMP_TEXT];
    switch (c->kind) {
    case SHEET_EMPTY:
        return;
    case SHEET_TEXT:
        put_text(out, c->text);
        return;
    case SHEET_NUMBER:
    case SHEET_MONEY:
        buf_add_str(out, c->text);
        return;
    case SHEET_DAY:
        buf_add_str(out, str_from(date_text(c->day, text)));
        return;
    case SHEET_MOMENT:
        buf_add_str(out, str_from(stamp_local(c->moment, 0, text)));
        return;
    }
}

void
csv_piece(struct buf *out, const struct sheet *s, struct sheet_state *state, const struct sheet_piece *p)
{
    for (size_t c = 0; state->rows == 0 && c < s->ncolumns; c++) {
        if (c)
            buf_add_char(out, ',');
        put_text(out, s->columns[c].label);
    }
    if (state->rows == 0)
        buf_add_str(out, STR("\r\n"));
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t c = 0; c < s->ncolumns; c++) {
            if (c)
                buf_add_char(out, ',');
            put_cell(out, &p->cells[r * s->ncolumns + c]);
        }
        buf_add_str(out, STR("\r\n"));
    }
    state->rows += (int64_t)p->rows;
}
