#include "client/screen/browse.h"
#include "client/screen/filter.h"
#include "client/screen/thin.h"
#include "client/text.h"

/* Which rows of a list are asked for, and what is done with them when they come. */
enum { PAGE = 50 };

/* Where the person wants the first page to begin: a value of the field it is sorted by. */
static bool
take_position(struct view *v, struct arena *a, struct params *p)
{
    struct browse *d = v->data;
    char text[FIELD_TEXT];
    struct str typed = field_text(&d->position, text);
    const struct schema_field *s = schema_field(d->rows.entity, d->sort);
    struct err err = {.code = RC_OK};
    if (!typed.n || !s)
        return true;
    p->from = VALUE_TEXT(str_dup(a, typed));
    if (s->type != VT_TEXT && value_read(a, s, typed, app_locale(app_of(v)), &p->from, &err) != RC_OK) {
        tui_say(v->tui, ROLE_WARN, "%s", err.text);
        return false;
    }
    p->present |= 1u << PARAM_FROM;
    return true;
}

bool
browse_params(struct view *v, struct arena *a, struct param_filter *filters, struct params *ret)
{
    struct browse *d = v->data;
    char text[FIELD_TEXT];
    struct err err = {.code = RC_OK};
    struct params p = params_entity(d->entity);
    if (filter_read(a, d->rows.entity, field_text(&d->filter, text), app_locale(app_of(v)), filters,
                    LIMIT_FILTERS, &p.nfilters, &err) != RC_OK) {
        tui_say(v->tui, ROLE_BAD, "%s", err.text);
        tui_flush(v->tui);
        return false;
    }
    p.filters = filters;
    p.view.number = d->view;
    p.sort.number = d->sort;
    p.desc = d->desc;
    p.present |= (d->view ? 1u << PARAM_VIEW : 0) | (p.nfilters ? 1u << PARAM_FILTERS : 0) |
                 (d->sort ? 1u << PARAM_SORT | 1u << PARAM_DESC : 0);
    if (d->ncolumns) {
        p.columns = arena_new(a, struct name_or_number, d->ncolumns);
        for (size_t i = 0; i < d->ncolumns; i++)
            p.columns[p.ncolumns++].number = d->columns[i];
        p.present |= 1u << PARAM_COLUMNS;
    }
    *ret = p;
    return true;
}

static bool
set_page(struct view *v, struct arena *a, enum browse_page which, struct params *p)
{
    struct browse *d = v->data;
    const struct schema_view *sv = browse_view(d);
    size_t before = 0;
    if (which != PAGE_TOTALS && (d->ncolumns || sv))
        d->width = thin_list(d->rows.entity, d->ncolumns ? d->columns : sv->columns,
                             d->ncolumns ? d->ncolumns : sv->ncolumns, a, p);
    p->limit = which == PAGE_TOTALS ? 1 : PAGE;
    p->present |= 1u << PARAM_LIMIT;
    switch (which) {
    case PAGE_FIRST:
    case PAGE_LAST:
        p->total = true;
        p->back = which == PAGE_LAST;
        p->present |= 1u << PARAM_TOTAL | (p->back ? 1u << PARAM_BACK : 0);
        return which == PAGE_LAST || take_position(v, a, p);
    case PAGE_MORE:
    case PAGE_BEFORE:
        p->back = which == PAGE_BEFORE;
        p->cursor = p->back ? rows_prev(&d->rows) : rows_next(&d->rows);
        p->present |= 1u << PARAM_CURSOR | (p->back ? 1u << PARAM_BACK : 0);
        return p->cursor.n > 0;
    case PAGE_AGAIN:
        p->cursor = rows_again(&d->rows, d->rows.list.at, &before);
        p->total = true;
        p->present |= 1u << PARAM_TOTAL | 1u << PARAM_CURSOR;
        return p->cursor.n > 0;
    case PAGE_TOTALS:
        p->sums = true;
        p->present |= 1u << PARAM_SUMS;
        return true;
    case PAGE_DONE:
        break;
    }
    return false;
}

bool
browse_ask(struct view *v, enum browse_page which, bool barrier)
{
    struct browse *d = v->data;
    struct arena a;
    struct params p;
    struct param_filter filters[LIMIT_FILTERS];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    bool good = browse_params(v, &a, filters, &p) && set_page(v, &a, which, &p) &&
                app_ask(v, &(struct ask){.method = METHOD_LIST,
                                         .params = &p,
                                         .tag = which,
                                         .barrier = barrier,
                                         .remember = which == PAGE_FIRST,
                                         .early = !d->rows.npages && !d->position.n});
    d->asked = d->asked || (good && which != PAGE_TOTALS);
    arena_done(&a);
    return good;
}

void
browse_load(struct view *v, bool barrier)
{
    (void)browse_ask(v, PAGE_FIRST, barrier);
}

void
browse_again(struct view *v, bool barrier)
{
    struct browse *d = v->data;
    size_t before = 0;
    d->stale = true;
    (void)browse_ask(v, rows_again(&d->rows, d->rows.list.at, &before).n ? PAGE_AGAIN : PAGE_FIRST, barrier);
}

void
browse_want(struct view *v, int way)
{
    struct browse *d = v->data;
    const bool full = way > 0 ? rows_full(&d->rows) : rows_full_before(&d->rows);
    if (d->asked || !(way > 0 ? d->rows.list.more : d->rows.list.before))
        return;
    if (full)
        tui_say(v->tui, ROLE_WARN, "%s",
                _("Run the options first, or take them away: so many rows are kept for them."));
    else
        (void)browse_ask(v, way > 0 ? PAGE_MORE : PAGE_BEFORE, true);
}

/* ---- answers ---- */

static void
mark_sort(struct browse *d)
{
    d->rows.list.sort = d->rows.list.ncolumns;
    for (size_t i = 0; i < d->rows.list.ncolumns; i++)
        if (d->rows.tags[i] == d->sort)
            d->rows.list.sort = i;
    d->rows.list.desc = d->desc;
}

/* What stood before rows and beside them, by their ids: they may have moved. */
struct mark {
    int64_t id;
    const char *note;
    char option;
    bool bad;
};

static struct mark *
marks_of(const struct browse *d, struct arena *a, size_t *ret_n)
{
    const struct list *l = &d->rows.list;
    struct mark *marks = arena_new(a, struct mark, l->nrows + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->nrows; i++) {
        const struct body_row *r = l->ops[i] || l->notes[i] ? rows_at(&d->rows, i) : NULL;
        if (r)
            marks[n++] = (struct mark){r->id, l->notes[i], l->ops[i], l->bad[i]};
    }
    *ret_n = n;
    return marks;
}

static void
put_marks(struct browse *d, const struct mark *marks, size_t n)
{
    struct list *l = &d->rows.list;
    for (size_t i = 0; n && i < l->nrows; i++) {
        const struct body_row *r = rows_at(&d->rows, i);
        for (size_t k = 0; k < n; k++)
            if (r->id == marks[k].id) {
                l->ops[i] = marks[k].option;
                list_note(l, i, marks[k].note, marks[k].bad);
            }
    }
}

/* The same rows once more: the cursor and what was marked stay. */
static void
replace(struct browse *d, struct answer *a)
{
    struct arena arena;
    size_t n = 0, before = 0, at = d->rows.list.at;
    const int64_t first = d->rows.first;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    const struct mark *marks = marks_of(d, &arena, &n);
    if (a->tag == PAGE_AGAIN)
        (void)rows_again(&d->rows, at, &before);
    rows_clear(&d->rows);
    rows_add(&d->rows, a);
    put_marks(d, marks, n);
    at = at > before ? at - before : 0;
    d->rows.list.at = at < d->rows.list.nrows ? at : 0;
    if (d->rows.list.before)
        d->rows.first = first < 0 || !before ? -1 : first + (int64_t)before;
    arena_done(&arena);
}

static void
begin(struct view *v, struct answer *a)
{
    struct browse *d = v->data;
    const bool last = a->tag == PAGE_LAST;
    const bool past = a->tag == PAGE_FIRST && a->body->page.nrows == 0 && d->position.n;
    if (d->stale || a->tag == PAGE_AGAIN) {
        replace(d, a);
    } else {
        rows_clear(&d->rows);
        rows_add(&d->rows, a);
    }
    d->stale = false;
    if (last && d->rows.list.nrows) {
        d->rows.list.at = d->rows.list.nrows - 1;
        d->rows.first = d->rows.total >= 0 && !d->rows.capped ? d->rows.total - (int64_t)d->rows.list.nrows
                                                              : d->rows.first;
    }
    if (past) {
        tui_say(v->tui, ROLE_DIM, "%s", _("No row from there on: this is the end of the list."));
        (void)browse_ask(v, PAGE_LAST, true);
    }
}

static void
say_totals(struct view *v)
{
    struct browse *d = v->data;
    const long long n = (long long)d->rows.total;
    if (d->rows.capped)
        tui_say(v->tui, ROLE_WARN, _("More than %lld rows, at least these amounts. Filter for exact ones."),
                n);
    else if (d->rows.nsums == 0)
        tui_say(v->tui, ROLE_GOOD, _("%lld rows. No column of this list is an amount."), n);
    else
        tui_say(v->tui, ROLE_GOOD, _("%lld rows."), n);
}

void
browse_answer(struct view *v, struct answer *a)
{
    struct browse *d = v->data;
    if (a->tag == PAGE_DONE) {
        browse_ran(v, a);
        return;
    }
    if (a->tag != PAGE_TOTALS)
        d->asked = false;
    if (a->code != RC_OK) {
        app_say_error(v, a);
        return;
    }
    switch ((enum browse_page)a->tag) {
    case PAGE_MORE:
        rows_add(&d->rows, a);
        break;
    case PAGE_BEFORE:
        rows_add_before(&d->rows, a);
        (void)list_command(&d->rows.list, d->then);
        break;
    case PAGE_TOTALS:
        rows_totals(&d->rows, &a->body->page);
        say_totals(v);
        break;
    case PAGE_FIRST:
    case PAGE_LAST:
    case PAGE_AGAIN:
    case PAGE_DONE:
        begin(v, a);
        break;
    }
    mark_sort(d);
}
