#include "server/store/page.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "server/store/row.h"
#include "server/store/sql.h"

enum { CURSOR_HASH = 8, PARAMS_MAX = LIMIT_FILTERS + 4 };

/* SQL under construction, with its parameters. */
struct query {
    struct buf sql;
    struct value params[PARAMS_MAX];
    size_t nparams;
};

static const char *
param(struct query *q, const struct value *v)
{
    q->params[q->nparams++] = *v;
    return str_printf(q->sql.a, "$%zu", q->nparams).p;
}

static const char *
column_of(struct arena *a, const struct field *f)
{
    char column[FIELD_COLUMN];
    return str_printf(a, "t.%s", field_column(f, column)).p;
}

/* ------------------------------------------------------------------ filters */

static void
add_null_filter(struct query *q, const char *column, enum filter_op op)
{
    buf_printf(&q->sql, "%s is %snull", column, op == FILTER_NE ? "not " : "");
}

static void
add_filter(struct query *q, const struct page_filter *f)
{
    static const char *const operators[] = {
        [FILTER_EQ] = "=", [FILTER_NE] = "is distinct from",
        [FILTER_LT] = "<", [FILTER_LE] = "<=",
        [FILTER_GT] = ">", [FILTER_GE] = ">=",
    };
    const char *column = column_of(q->sql.a, f->field);
    buf_add_str(&q->sql, STR(" and "));
    if (f->value.type == VT_NULL) {
        add_null_filter(q, column, f->op);
        return;
    }
    const char *place = param(q, &f->value);
    /* Numbers and codes are kept in capitals and compared by their index; other texts do not mind capitals.
     */
    bool is_key =
        f->field->type == VT_TEXT && (f->field->flags & SCHEMA_KEY) && (f->field->flags & SCHEMA_UPPER);
    if (is_key && f->op == FILTER_PREFIX)
        buf_printf(&q->sql, "%s >= upper(%s) and %s < upper(%s) || U&'\\+10FFFF'", column, place, column,
                   place);
    else if (f->op == FILTER_PREFIX)
        buf_printf(&q->sql, "starts_with(lower(%s), lower(%s))", column, place);
    else if (f->field->type == VT_TEXT)
        buf_printf(&q->sql, is_key ? "%s %s upper(%s)" : "lower(%s) %s lower(%s)", column, operators[f->op],
                   place);
    else
        buf_printf(&q->sql, "%s %s %s", column, operators[f->op], place);
}

static void
add_conditions(struct query *q, const struct page_query *pq)
{
    buf_add_str(&q->sql, STR(" where "));
    if (pq->where) {
        buf_add_char(&q->sql, '(');
        sql_alias(&q->sql, pq->where, "t");
        buf_add_char(&q->sql, ')');
    } else {
        buf_add_str(&q->sql, STR("true"));
    }
    for (size_t i = 0; i < pq->nfilters; i++)
        add_filter(q, &pq->filters[i]);
}

/* ------------------------------------------------------------------ cursor */

/* What a cursor must have been made for. */
static void
cursor_hash(struct arena *a, const struct page_query *pq, struct str payload, unsigned char out[CURSOR_HASH])
{
    struct buf b;
    buf_init(&b, a, 128);
    buf_printf(&b, "%u %u %d %s ", pq->entity->number, pq->sort->tag, pq->desc, pq->where ? pq->where : "");
    for (size_t i = 0; i < pq->nfilters; i++) {
        wbuf_uint(&b, pq->filters[i].field->tag);
        wbuf_uint(&b, (uint64_t)pq->filters[i].op);
        value_encode(&b, &pq->filters[i].value);
    }
    buf_add_str(&b, payload);
    unsigned char hash[CRYPT_HASH];
    crypt_hash(buf_str(&b), hash);
    memcpy(out, hash, CURSOR_HASH);
}

static struct str
cursor_make(struct arena *a, const struct page_query *pq, const struct value *at, int64_t id)
{
    struct buf payload, out;
    buf_init(&payload, a, 64);
    wbuf_int(&payload, id);
    value_encode(&payload, at);
    unsigned char hash[CURSOR_HASH];
    cursor_hash(a, pq, buf_str(&payload), hash);
    buf_init(&out, a, 64);
    buf_add(&out, hash, sizeof hash);
    buf_add_str(&out, buf_str(&payload));
    return buf_str(&out);
}

static enum rc
cursor_read(struct arena *a, const struct page_query *pq, struct value *ret_at, int64_t *ret_id,
            struct err *reterr)
{
    unsigned char hash[CURSOR_HASH];
    struct str payload = str_slice(pq->cursor, CURSOR_HASH, pq->cursor.n);
    cursor_hash(a, pq, payload, hash);
    struct rbuf r;
    rbuf_init(&r, payload);
    int64_t id = rbuf_int(&r);
    struct value at = VALUE_NULL;
    if (rbuf_peek(&r) == CBOR_NULL)
        rbuf_null(&r);
    else
        at = value_decode(&r, pq->sort->type);
    if (pq->cursor.n < CURSOR_HASH || memcmp(hash, pq->cursor.p, CURSOR_HASH) != 0 || !rbuf_done(&r))
        return err_set(reterr, RC_BAD_PARAMS, "cursor",
                       "the cursor is not one of this list: start again without it");
    *ret_at = at;
    *ret_id = id;
    return RC_OK;
}

/* Rows after the cursor. Ascending lists end with the rows that have no value, descending ones begin with
   them: the order an index has by itself. */
static void
add_cursor(struct query *q, const struct page_query *pq, const struct value *at, int64_t id)
{
    const char *column = column_of(q->sql.a, pq->sort);
    bool nullable = !(pq->sort->flags & (SCHEMA_REQUIRED | FF_FILLED));
    struct value id_value = VALUE_INT(id);
    const char *past = pq->desc ? "<" : ">";
    if (at->type == VT_NULL) {
        const char *place = param(q, &id_value);
        buf_printf(&q->sql, " and ((%s is null and t.id %s %s)%s", column, past, place,
                   pq->desc ? " or " : ")");
        if (pq->desc)
            buf_printf(&q->sql, "%s is not null)", column);
        return;
    }
    const char *value_place = param(q, at);
    const char *id_place = param(q, &id_value);
    buf_printf(&q->sql, " and ((%s, t.id) %s (%s, %s)", column, past, value_place, id_place);
    if (nullable && !pq->desc)
        buf_printf(&q->sql, " or %s is null", column);
    buf_add_char(&q->sql, ')');
}

/* ------------------------------------------------------------------ the page */

static enum rc
build_page(struct query *q, struct arena *a, const struct page_query *pq, const struct field *const *fields,
           struct err *reterr)
{
    buf_init(&q->sql, a, 2048);
    q->nparams = 0;
    sql_select(&q->sql, pq->entity, NULL, fields, pq->nfields + 1);
    add_conditions(q, pq);
    if (pq->cursor.n) {
        struct value at = VALUE_NULL;
        int64_t id = 0;
        enum rc rc = cursor_read(a, pq, &at, &id, reterr);
        if (rc != RC_OK)
            return rc;
        add_cursor(q, pq, &at, id);
    }
    const char *dir = pq->desc ? "desc" : "asc";
    struct value limit = VALUE_INT((int64_t)pq->limit + 1);
    buf_printf(&q->sql, " order by %s %s, t.id %s limit %s", column_of(a, pq->sort), dir, dir,
               param(q, &limit));
    buf_add_char(&q->sql, '\0');
    return RC_OK;
}

static void
build_count(struct query *q, struct arena *a, const struct page_query *pq)
{
    buf_init(&q->sql, a, 512);
    q->nparams = 0;
    buf_printf(&q->sql, "select count(*) from (select 1 from app.%s t", pq->entity->table);
    add_conditions(q, pq);
    buf_printf(&q->sql, " limit %d) x", PAGE_COUNT_CAP + 1);
    buf_add_char(&q->sql, '\0');
}

static enum rc
read_page(struct arena *a, const struct page_query *pq, const struct field *const *fields,
          const struct pg_rows *rows, struct body_page *ret, struct err *reterr)
{
    struct body_page page = {.entity = pq->entity->number, .ncolumns = pq->nfields, .total = -1};
    page.columns = arena_new(a, uint32_t, pq->nfields + 1);
    for (size_t i = 0; i < pq->nfields; i++)
        page.columns[i] = fields[i]->tag;
    page.nrows = rows->nrows > pq->limit ? pq->limit : rows->nrows;
    page.rows = arena_new(a, struct body_row, page.nrows + 1);
    for (size_t r = 0; r < page.nrows; r++) {
        struct value *cells = arena_new(a, struct value, pq->nfields + 1);
        enum rc rc = row_values(fields, pq->nfields + 1, rows, r, cells, reterr);
        if (rc != RC_OK)
            return rc;
        page.rows[r] =
            (struct body_row){.id = row_id(rows, r), .version = row_version(rows, r), .cells = cells};
        if (r + 1 == page.nrows && rows->nrows > pq->limit)
            page.next = cursor_make(a, pq, &cells[pq->nfields], page.rows[r].id);
    }
    *ret = page;
    return RC_OK;
}

enum rc
page_run(struct tx *tx, struct arena *a, const struct page_query *pq, struct body_page *ret,
         struct err *reterr)
{
    /* the sort field rides along as one column more, for the cursor */
    const struct field **fields = arena_new(a, const struct field *, pq->nfields + 1);
    for (size_t i = 0; i < pq->nfields; i++)
        fields[i] = pq->fields[i];
    fields[pq->nfields] = pq->sort;
    struct query rows_query, count_query;
    enum rc rc = build_page(&rows_query, a, pq, fields, reterr);
    if (rc != RC_OK)
        return rc;
    build_count(&count_query, a, pq);
    struct pg_stmt stmts[2] = {
        {(const char *)rows_query.sql.p,  rows_query.params,  rows_query.nparams },
        {(const char *)count_query.sql.p, count_query.params, count_query.nparams},
    };
    struct pg_rows rows[2] = {{0}};
    rc = tx_run(tx, a, stmts, pq->count ? 2 : 1, rows, reterr);
    if (rc == RC_OK)
        rc = read_page(a, pq, fields, &rows[0], ret, reterr);
    if (rc != RC_OK || !pq->count)
        return rc;
    int64_t total = pg_cell(&rows[1], 0, 0)->i;
    ret->total_capped = total > PAGE_COUNT_CAP;
    ret->total = ret->total_capped ? PAGE_COUNT_CAP : total;
    return RC_OK;
}
