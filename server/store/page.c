#include "server/store/page.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "server/store/row.h"
#include "server/store/sql.h"

enum { CURSOR_HASH = 8, PARAMS_MAX = LIMIT_FILTERS + 4, LIMIT_STEP = 20 };

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

/* Is it put in order as people do? Keys in capitals and what is not a text have one order anyway. */
static bool
is_collated(const struct field *f)
{
    return f->type == VT_TEXT && !(f->flags & (SCHEMA_UPPER | FF_INTERNAL));
}

/* What rows are ordered by, and compared with where a page begins. */
static const char *
order_of(struct arena *a, const struct field *f)
{
    const char *column = column_of(a, f);
    return is_collated(f) ? str_printf(a, "%s collate \"und-x-icu\"", column).p : column;
}

static void
add_null_filter(struct query *q, const char *column, enum filter_op op)
{
    buf_printf(&q->sql, "%s is %snull", column, op == FILTER_NE ? "not " : "");
}

/* The range is what an index can find; U+FFFF stands behind every letter. Small letters come first of their
   kind. */
static void
add_begins(struct query *q, const struct field *f, const char *place)
{
    const char *column = column_of(q->sql.a, f), *order = order_of(q->sql.a, f);
    buf_printf(&q->sql,
               "%s >= lower(%s) and %s < lower(%s) || U&'\\FFFF' and starts_with(lower(%s), lower(%s))",
               order, place, order, place, column, place);
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
    const uint32_t flags = f->field->flags;
    bool is_key = f->field->type == VT_TEXT &&
                  ((flags & FF_INTERNAL) || ((flags & SCHEMA_KEY) && (flags & SCHEMA_UPPER)));
    if (is_key && f->op == FILTER_PREFIX)
        buf_printf(&q->sql, "%s >= upper(%s) and %s < upper(%s) || U&'\\+10FFFF'", column, place, column,
                   place);
    else if (f->op == FILTER_PREFIX)
        add_begins(q, f->field, place);
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

/* ------------------------------------------------------------------ where a page begins */

/* Rows go one way: `down` when descending in the order of the index, which has the rows without a value last
   and so first when it is read backward. */
struct place {
    bool down, given, inclusive;
    struct value at;
    int64_t id;
};

static enum rc
find_place(struct arena *a, const struct page_query *pq, struct place *ret, struct err *reterr)
{
    struct place p = {.down = pq->desc != pq->back};
    if (pq->cursor.n) {
        enum rc rc = cursor_read(a, pq, &p.at, &p.id, reterr);
        if (rc != RC_OK)
            return rc;
        p.given = true;
    } else if (pq->has_from) {
        p.given = p.inclusive = true;
        p.at = pq->from;
    }
    *ret = p;
    return RC_OK;
}

static bool
is_nullable(const struct field *f)
{
    return !(f->flags & (SCHEMA_REQUIRED | FF_FILLED));
}

/* Rows with a value and rows without are two ranges of the index. The second one is read as well where the
   first may run out: after the values when ascending, after the empty ones when descending. */
static bool
has_second_range(const struct page_query *pq, const struct place *p)
{
    return p->given && is_nullable(pq->sort) && p->down == (p->at.type == VT_NULL);
}

static void
add_second_range(struct query *q, const struct page_query *pq, const struct place *p)
{
    buf_printf(&q->sql, " and %s is %snull", column_of(q->sql.a, pq->sort), p->down ? "not " : "");
}

static void
add_place(struct query *q, const struct page_query *pq, const struct place *p)
{
    const char *order = order_of(q->sql.a, pq->sort), *past = p->down ? "<" : ">";
    const struct value id = VALUE_INT(p->id);
    if (!p->given)
        return;
    if (p->at.type == VT_NULL) {
        buf_printf(&q->sql, " and %s is null and t.id %s %s", column_of(q->sql.a, pq->sort), past,
                   param(q, &id));
        return;
    }
    const char *at = param(q, &p->at);
    if (!p->inclusive)
        buf_printf(&q->sql, " and (%s, t.id) %s (%s, %s)", order, past, at, param(q, &id));
    else if (!is_collated(pq->sort))
        buf_printf(&q->sql, " and %s %s= %s", order, past, at);
    else if (p->down)
        buf_printf(&q->sql, " and %s < lower(%s) || U&'\\FFFF'", order, at);
    else
        buf_printf(&q->sql, " and %s >= lower(%s)", order, at);
}

/* ------------------------------------------------------------------ the page */

/* The same rows in the order of an index for everybody: filters are what makes another way worth it. */
static bool
is_settled(const struct tx *tx, const struct page_query *pq)
{
    return !tx->open && pq->nfilters == 0 && !pq->where;
}

static void
build_page(struct query *q, struct arena *a, const struct page_query *pq, const struct field *const *fields,
           const struct place *p, bool second, bool settled)
{
    buf_init(&q->sql, a, 2048);
    q->nparams = 0;
    sql_select(&q->sql, pq->entity, NULL, fields, pq->nfields + 1);
    add_conditions(q, pq);
    if (second)
        add_second_range(q, pq, p);
    else
        add_place(q, pq, p);
    const char *dir = p->down ? "desc" : "asc";
    struct value limit = VALUE_INT((int64_t)pq->limit + 1);
    buf_printf(&q->sql, " order by %s %s, t.id %s limit ", order_of(a, pq->sort), dir, dir);
    if (settled) /* with room to spare, so that screens of all heights share a statement; what is over is left
                    out */
        buf_printf(&q->sql, "%zu", (pq->limit + LIMIT_STEP) / LIMIT_STEP * LIMIT_STEP);
    else
        buf_add_str(&q->sql, str_from(param(q, &limit)));
    buf_add_char(&q->sql, '\0');
}

static bool
adds_up(const struct field *f)
{
    return f->type == VT_MONEY && field_is_stored(f);
}

static void
build_count(struct query *q, struct arena *a, const struct page_query *pq)
{
    char column[FIELD_COLUMN];
    buf_init(&q->sql, a, 512);
    q->nparams = 0;
    buf_add_str(&q->sql, STR("select count(*)"));
    for (size_t i = 0; pq->sums && i < pq->nfields; i++)
        if (adds_up(pq->fields[i]))
            buf_printf(&q->sql, ", coalesce(sum(x.%s), 0)::bigint", field_column(pq->fields[i], column));
    buf_add_str(&q->sql, STR(" from (select 1"));
    for (size_t i = 0; pq->sums && i < pq->nfields; i++)
        if (adds_up(pq->fields[i]))
            buf_printf(&q->sql, ", t.%s", field_column(pq->fields[i], column));
    buf_printf(&q->sql, " from app.%s t", pq->entity->table);
    add_conditions(q, pq);
    buf_printf(&q->sql, " limit %d) x", (pq->sums ? PAGE_SUMS_CAP : PAGE_COUNT_CAP) + 1);
    buf_add_char(&q->sql, '\0');
}

/* Rows of both ranges, one after the other; `nth` counts from 0. */
static enum rc
read_row(struct arena *a, const struct page_query *pq, const struct field *const *fields,
         const struct pg_rows *ranges, size_t nth, struct body_row *ret, struct err *reterr)
{
    const struct pg_rows *rows = nth < ranges[0].nrows ? &ranges[0] : &ranges[1];
    const size_t r = nth < ranges[0].nrows ? nth : nth - ranges[0].nrows;
    struct value *cells = arena_new(a, struct value, pq->nfields + 1);
    enum rc rc = row_values(fields, pq->nfields + 1, rows, r, cells, reterr);
    if (rc == RC_OK)
        *ret = (struct body_row){.id = row_id(rows, r), .version = row_version(rows, r), .cells = cells};
    return rc;
}

/* Where the list goes on at either end. Before a page nobody asked to begin anywhere there is nothing. */
static void
add_cursors(struct arena *a, const struct page_query *pq, const struct place *p, bool more,
            struct body_page *page)
{
    if (page->nrows == 0)
        return;
    const struct body_row *first = &page->rows[0], *last = &page->rows[page->nrows - 1];
    if (pq->back ? p->given : more)
        page->next = cursor_make(a, pq, &last->cells[pq->nfields], last->id);
    if (pq->back ? more : p->given)
        page->prev = cursor_make(a, pq, &first->cells[pq->nfields], first->id);
}

static enum rc
read_page(struct arena *a, const struct page_query *pq, const struct field *const *fields,
          const struct place *p, const struct pg_rows *ranges, struct body_page *ret, struct err *reterr)
{
    struct body_page page = {.entity = pq->entity->number, .ncolumns = pq->nfields, .total = -1};
    const size_t found = ranges[0].nrows + ranges[1].nrows;
    page.columns = arena_new(a, uint32_t, pq->nfields + 1);
    for (size_t i = 0; i < pq->nfields; i++)
        page.columns[i] = fields[i]->tag;
    page.nrows = found > pq->limit ? pq->limit : found;
    page.rows = arena_new(a, struct body_row, page.nrows + 1);
    for (size_t r = 0; r < page.nrows; r++) {
        size_t to = pq->back ? page.nrows - 1 - r : r;
        enum rc rc = read_row(a, pq, fields, ranges, r, &page.rows[to], reterr);
        if (rc != RC_OK)
            return rc;
    }
    add_cursors(a, pq, p, found > pq->limit, &page);
    *ret = page;
    return RC_OK;
}

static void
read_count(struct arena *a, const struct page_query *pq, const struct pg_rows *rows, struct body_page *page)
{
    const int64_t cap = pq->sums ? PAGE_SUMS_CAP : PAGE_COUNT_CAP, total = pg_cell(rows, 0, 0)->i;
    page->total_capped = total > cap;
    page->total = page->total_capped ? cap : total;
    page->sums = arena_new(a, struct body_sum, pq->nfields + 1);
    for (size_t i = 0; pq->sums && i < pq->nfields; i++)
        if (adds_up(pq->fields[i])) {
            page->sums[page->nsums] =
                (struct body_sum){pq->fields[i]->tag, pg_cell(rows, 0, page->nsums + 1)->i};
            page->nsums++;
        }
}

enum rc
page_run(struct tx *tx, struct arena *a, const struct page_query *pq, struct body_page *ret,
         struct err *reterr)
{
    enum { FIRST, SECOND, COUNT, STATEMENTS };
    /* the sort field rides along as one column more, for the cursor */
    const struct field **fields = arena_new(a, const struct field *, pq->nfields + 1);
    for (size_t i = 0; i < pq->nfields; i++)
        fields[i] = pq->fields[i];
    fields[pq->nfields] = pq->sort;
    struct query *queries = arena_new(a, struct query, STATEMENTS);
    struct pg_stmt stmts[STATEMENTS];
    struct pg_rows rows[STATEMENTS] = {{0}}, ranges[2] = {{0}};
    struct place place;
    size_t n = 0;
    enum rc rc = find_place(a, pq, &place, reterr);
    if (rc != RC_OK)
        return rc;
    const bool second = has_second_range(pq, &place), counts = pq->count || pq->sums,
               settled = is_settled(tx, pq);
    build_page(&queries[n++], a, pq, fields, &place, false, settled);
    if (second)
        build_page(&queries[n++], a, pq, fields, &place, true, settled);
    if (counts)
        build_count(&queries[n++], a, pq);
    for (size_t i = 0; i < n; i++)
        stmts[i] = (struct pg_stmt){(const char *)queries[i].sql.p, queries[i].params, queries[i].nparams};
    rc = settled ? tx_run_settled(tx, a, stmts, n, rows, reterr) : tx_run(tx, a, stmts, n, rows, reterr);
    ranges[0] = rows[0];
    if (second)
        ranges[1] = rows[1];
    if (rc == RC_OK)
        rc = read_page(a, pq, fields, &place, ranges, ret, reterr);
    if (rc == RC_OK && counts)
        read_count(a, pq, &rows[n - 1], ret);
    return rc;
}
