#include <string.h>

#include "tests/tui/fake_server.h"

/* Lists of the fake service, both ways, and as a file. Rows stand in the order they were made in. */

static struct str
label_of(struct fake_server *s, int64_t id)
{
    for (size_t i = 0; i < s->nrecords; i++)
        if (s->records[i].id == id)
            return fake_label(s, &s->records[i]);
    return STR_NONE;
}

static bool
row_fits(const struct fake_record *r, const struct params *p)
{
    for (size_t i = 0; i < p->nfilters; i++) {
        const struct param_filter *f = &p->filters[i];
        const struct value *v = &r->values[f->field.number];
        if (f->value.type == VT_TEXT && f->op == FILTER_GE && str_cmp(v->text, f->value.text) < 0)
            return false;
        if (f->value.type == VT_TEXT && f->op == FILTER_EQ && !str_eq(v->text, f->value.text))
            return false;
        if (f->value.type == VT_TEXT && f->op == FILTER_PREFIX && !str_starts(v->text, f->value.text))
            return false;
        if (f->value.type == VT_INT && v->type == VT_STAMP) {
            if (f->op == FILTER_GE ? v->stamp.usec < f->value.i : v->stamp.usec >= f->value.i)
                return false;
        } else if (f->value.type == VT_INT && v->i != f->value.i) {
            return false;
        }
    }
    return true;
}

/* The rows of a list in their order; `out` has room for all records. */
static size_t
list_rows(struct fake_server *s, const struct params *p, const struct fake_record **out)
{
    const struct schema_entity *e = schema_entity(&s->schema, p->entity.number);
    size_t n = 0;
    for (size_t i = 0; i < s->nrecords; i++) {
        const struct fake_record *r = &s->records[p->desc ? s->nrecords - 1 - i : i];
        if (r->entity == e->number && row_fits(r, p))
            out[n++] = r;
    }
    return n;
}

/* Where a page begins that is to begin at a value: rows here have the order they were made in. */
static size_t
list_from(const struct params *p, const struct fake_record **rows, size_t n)
{
    struct param_filter f = {p->sort, FILTER_PREFIX, p->from};
    const struct params at = {.filters = &f, .nfilters = 1};
    size_t i = 0;
    while (i < n && !row_fits(rows[i], &at))
        i++;
    return i;
}

static size_t
list_begin(const struct params *p, const struct fake_record **rows, size_t n, size_t limit)
{
    size_t at = p->back ? n : 0;
    if (p->cursor.n == sizeof at)
        memcpy(&at, p->cursor.p, sizeof at);
    else if (params_has(p, PARAM_FROM))
        at = list_from(p, rows, n);
    return !p->back ? at : at > limit ? at - limit : 0;
}

static struct str
list_cursor(struct arena *a, size_t at)
{
    return str_dup(a, (struct str){(const char *)&at, sizeof at});
}

static void
list_columns(const struct params *p, const struct schema_view *view, struct arena *a, struct body_page *page)
{
    page->columns = view->columns;
    page->ncolumns = view->ncolumns;
    if (!params_has(p, PARAM_COLUMNS))
        return;
    page->columns = arena_new(a, uint32_t, p->ncolumns);
    page->ncolumns = p->ncolumns;
    for (size_t i = 0; i < p->ncolumns; i++)
        page->columns[i] = p->columns[i].number;
}

static void
list_sums(const struct body_page *like, const struct fake_record **rows, size_t n, struct arena *a,
          struct body_page *page)
{
    page->sums = arena_new(a, struct body_sum, like->ncolumns);
    for (size_t c = 0; c < like->ncolumns; c++) {
        struct body_sum sum = {.tag = like->columns[c]};
        bool is_money = false;
        for (size_t i = 0; i < n; i++) {
            const struct value *v = &rows[i]->values[sum.tag];
            is_money = is_money || v->type == VT_MONEY;
            sum.sum += v->type == VT_MONEY ? v->money.minor : 0;
        }
        if (is_money)
            page->sums[page->nsums++] = sum;
    }
}

void
fake_list(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret)
{
    const struct schema_entity *e = schema_entity(&s->schema, p->entity.number);
    const struct schema_view *view = &e->views[0];
    const struct fake_record **rows = arena_new(a, const struct fake_record *, FAKE_RECORDS);
    for (size_t i = 0; i < e->nviews; i++)
        if (e->views[i].number == p->view.number)
            view = &e->views[i];
    struct body_page *page = &ret->page;
    const size_t limit = p->limit > 0 ? (size_t)p->limit : 50, n = list_rows(s, p, rows),
                 from = list_begin(p, rows, n, limit);
    size_t end = from + limit < n ? from + limit : n;
    if (p->back && p->cursor.n == sizeof end)
        memcpy(&end, p->cursor.p, sizeof end);
    *page = (struct body_page){.entity = e->number, .total = -1};
    list_columns(p, view, a, page);
    page->rows = arena_new(a, struct body_row, limit);
    for (size_t i = from; i < end; i++) {
        const struct fake_record *r = rows[i];
        struct body_row *row = &page->rows[page->nrows++];
        *row = (struct body_row){r->id, r->version, arena_new(a, struct value, page->ncolumns)};
        for (size_t c = 0; c < page->ncolumns; c++) {
            row->cells[c] = r->values[page->columns[c]];
            if (row->cells[c].type == VT_REF)
                row->cells[c].label = label_of(s, row->cells[c].i);
        }
    }
    if (end < n)
        page->next = list_cursor(a, end);
    if (from > 0)
        page->prev = list_cursor(a, from);
    if (p->total || p->sums)
        page->total = (int64_t)n;
    if (p->sums)
        list_sums(page, rows, n, a, page);
    ret->present |= 1u << BODY_PAGE;
}

/* A line for each row, ten rows a piece. */
void
fake_export(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret)
{
    enum { PIECE = 10 };
    struct params asked = *p;
    struct body page = {0};
    struct buf b;
    asked.limit = PIECE;
    fake_list(s, &asked, a, &page);
    buf_init(&b, a, 256);
    for (size_t i = 0; i < page.page.nrows; i++)
        buf_printf(&b, "%lld\r\n", (long long)page.page.rows[i].id);
    size_t so_far = 0;
    if (p->cursor.n == sizeof so_far)
        memcpy(&so_far, p->cursor.p, sizeof so_far);
    ret->file = (struct body_file){STR("rows.csv"), STR("text/csv"), buf_str(&b)};
    ret->page = (struct body_page){
        .entity = page.page.entity, .next = page.page.next, .total = (int64_t)(so_far + page.page.nrows)};
    ret->present |= 1u << BODY_FILE | 1u << BODY_PAGE;
}
