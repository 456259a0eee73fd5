#include <string.h>

#include "common/base/lang.h"
#include "common/base/limits.h"
#include "common/wire/cbor.h"
#include "server/catalog/schema.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/report/sheet.h"

/*
 * The rows of a list as a file, a piece for each request. Nothing is kept between them: the cursor holds
 * where the rows go on and what the file must know of itself. Who asks may see each row when he asks for it.
 */
enum { PIECE_ROWS = 500, PIECE_LEAST = 20, PIECE_BYTES = 160 * 1024 };

enum format { FORMAT_CSV, FORMAT_XLSX };
static const struct {
    const char *name, *media_type;
} formats[] = {
    [FORMAT_CSV] = {"csv",  "text/csv"                                                         },
    [FORMAT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

static enum rc
choose_format(const struct params *p, enum format *ret, struct err *reterr)
{
    for (size_t i = 0; i < COUNTOF(formats); i++)
        if (str_eq_c(p->format, formats[i].name)) {
            *ret = (enum format)i;
            return RC_OK;
        }
    return err_set(reterr, RC_BAD_PARAMS, "format", "a list can be exported as csv or xlsx");
}

/* ------------------------------------------------------------------ the cursor: rows, then the file so far
 */

static struct str
cursor_make(struct arena *a, const struct sheet_state *s, struct str page)
{
    struct buf b;
    buf_init(&b, a, 128);
    wbuf_int(&b, s->rows);
    wbuf_int(&b, s->plain);
    wbuf_int(&b, s->packed);
    wbuf_uint(&b, s->sum);
    wbuf_bytes(&b, page);
    return buf_str(&b);
}

static enum rc
cursor_read(struct str cursor, struct sheet_state *ret, struct str *ret_page, struct err *reterr)
{
    struct rbuf r;
    struct sheet_state s = {0};
    if (!cursor.n) {
        *ret = s;
        return RC_OK;
    }
    rbuf_init(&r, cursor);
    s.rows = rbuf_int(&r);
    s.plain = rbuf_int(&r);
    s.packed = rbuf_int(&r);
    const uint64_t sum = rbuf_uint(&r);
    const struct str page = rbuf_bytes(&r);
    if (!rbuf_done(&r) || s.rows < 1 || s.plain < 0 || s.packed < 0 || sum > UINT32_MAX || !page.n)
        return err_set(reterr, RC_BAD_PARAMS, "cursor",
                       "the cursor is not one of this list: start again without it");
    s.sum = (uint32_t)sum;
    *ret = s;
    *ret_page = page;
    return RC_OK;
}

/* ------------------------------------------------------------------ cells */

static struct sheet_cell
cell_of(struct arena *a, const struct locale_info *l, const struct schema_field *f, const struct value *v)
{
    struct sheet_cell c = {.kind = SHEET_TEXT};
    char text[MONEY_TEXT];
    switch (v->type) {
    case VT_NULL:
        c.kind = SHEET_EMPTY;
        break;
    case VT_INT:
        c.kind = SHEET_NUMBER;
        c.text = value_text(a, f, v, l);
        break;
    case VT_MONEY:
        c.kind = SHEET_MONEY;
        c.text = str_dup(a, str_from(money_plain(v->money, l->exponent, text)));
        break;
    case VT_RATE:
        c.kind = SHEET_NUMBER;
        c.text = str_dup(a, str_from(rate_text(v->rate, text)));
        break;
    case VT_DATE:
        c.kind = SHEET_DAY;
        c.day = v->date;
        break;
    case VT_STAMP:
        c.kind = SHEET_MOMENT;
        c.moment.usec = v->stamp.usec + INT64_C(60000000) * l->offset_minutes;
        break;
    case VT_TEXT:
    case VT_BOOL:
    case VT_CHOICE:
    case VT_REF:
    case VT_BYTES:
        c.text = value_text(a, f, v, l);
        break;
    }
    return c;
}

static struct sheet
sheet_of(struct op_ctx *ctx, const struct page_query *q)
{
    enum { NARROWEST = 10, WIDEST = 60 };
    struct sheet_column *columns = arena_new(ctx->arena, struct sheet_column, q->nfields + 1);
    for (size_t i = 0; i < q->nfields; i++) {
        const int width = (int)q->fields[i]->width;
        columns[i] =
            (struct sheet_column){str_from(lang_text(q->fields[i]->label)), width < NARROWEST ? NARROWEST
                                                                            : width > WIDEST  ? WIDEST
                                                                                              : width};
    }
    return (struct sheet){str_from(q->entity->plural), columns, q->nfields, op_locale(ctx).exponent};
}

/* ------------------------------------------------------------------ a piece */

static enum rc
write_piece(struct op_ctx *ctx, const struct page_query *q, enum format format, const struct body_page *page,
            struct sheet_state *state, struct str *ret, struct err *reterr)
{
    const struct sheet sheet = sheet_of(ctx, q);
    struct sheet_cell *cells = arena_new(ctx->arena, struct sheet_cell, page->nrows * q->nfields + 1);
    const struct locale_info locale = op_locale(ctx);
    for (size_t c = 0; c < q->nfields; c++) {
        const struct schema_field f = catalog_field(ctx->arena, q->fields[c]);
        for (size_t r = 0; r < page->nrows; r++)
            cells[r * q->nfields + c] = cell_of(ctx->arena, &locale, &f, &page->rows[r].cells[c]);
    }
    const struct sheet_piece piece = {cells, page->nrows, !page->next.n};
    struct buf out;
    buf_init(&out, ctx->arena, PIECE_BYTES / 2);
    enum rc rc = RC_OK;
    if (format == FORMAT_XLSX)
        rc = xlsx_piece(&out, &sheet, state, &piece, reterr);
    else
        csv_piece(&out, &sheet, state, &piece);
    if (rc == RC_OK)
        *ret = buf_str(&out);
    return rc;
}

/* "policies-2026-03-01.csv" */
static struct str
file_name(struct op_ctx *ctx, const struct entity *e, enum format format)
{
    char day[DATE_TEXT];
    struct str s =
        str_printf(ctx->arena, "%s-%s.%s", e->plural, date_text(ctx->who.today, day), formats[format].name);
    char *p = arena_alloc(ctx->arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] == ' ' || s.p[i] == '/'   ? '_'
               : s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20)
                                                : s.p[i];
    return (struct str){p, s.n};
}

enum rc
op_export(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    enum format format = FORMAT_CSV;
    struct page_query q;
    struct sheet_state before;
    struct str from = STR_NONE;
    enum rc rc = choose_format(p, &format, reterr);
    if (rc == RC_OK)
        rc = op_list_query(ctx, p, &q, reterr);
    if (rc == RC_OK)
        rc = cursor_read(p->cursor, &before, &from, reterr);
    if (rc != RC_OK)
        return rc;
    q.cursor = from;
    /* rows of long texts: fewer of them make a piece */
    for (q.limit = PIECE_ROWS;; q.limit /= 5) {
        struct body_page page = {0};
        struct sheet_state state = before;
        rc = op_list_run(ctx, &q, &page, reterr);
        if (rc == RC_OK)
            rc = write_piece(ctx, &q, format, &page, &state, &ret->file.bytes, reterr);
        if (rc != RC_OK)
            return rc;
        if (ret->file.bytes.n > PIECE_BYTES && q.limit > PIECE_LEAST)
            continue;
        ret->page = (struct body_page){.entity = q.entity->number, .total = state.rows};
        if (page.next.n)
            ret->page.next = cursor_make(ctx->arena, &state, page.next);
        break;
    }
    ret->file.name = file_name(ctx, q.entity, format);
    ret->file.media_type = str_from(formats[format].media_type);
    ret->present |= 1u << BODY_FILE | 1u << BODY_PAGE;
    return RC_OK;
}
