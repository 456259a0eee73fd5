#include "client/screen/rows.h"

#include <string.h>

#include "client/text.h"
#include "common/base/buf.h"

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct rows *r = ctx;
    const struct body_row *b = rows_at(r, row);
    const struct schema_field *f = schema_field(r->entity, r->tags[column]);
    if (!b || !f)
        return (struct list_cell){.text = STR_NONE};
    const struct value *v = &b->cells[r->index[column]];
    if (v->type == VT_NULL)
        return (struct list_cell){.text = STR_NONE};
    struct list_cell ret = {.text = value_text(a, f, v, app_locale(r->app))};
    const struct schema_choice *c = f->type == VT_CHOICE ? schema_choice(f, v->i) : NULL;
    ret.tone = c && c->tone != TONE_PLAIN ? c->tone : 0;
    return ret;
}

/* The most pressing of its choices. */
static int
row_tone(void *ctx, size_t row)
{
    struct rows *r = ctx;
    const struct body_row *b = rows_at(r, row);
    int worst = TONE_PLAIN;
    for (size_t i = 0; b && i < r->list.ncolumns; i++) {
        const struct schema_field *f = schema_field(r->entity, r->tags[i]);
        const struct value *v = &b->cells[r->index[i]];
        const struct schema_choice *c = f && v->type == VT_CHOICE ? schema_choice(f, v->i) : NULL;
        if (c && c->tone >= TONE_SOON && c->tone <= TONE_BAD && c->tone > worst)
            worst = c->tone;
    }
    return worst;
}

void
rows_init(struct rows *r, struct app *a, const struct schema_entity *e)
{
    if (r->entity != e) /* other columns, though they may have the same numbers */
        memset(r->tags, 0, sizeof r->tags);
    r->app = a;
    r->entity = e;
    r->total = -1;
    r->list.cell = cell;
    r->list.tone = row_tone;
    r->list.ctx = r;
    r->list.options = true;
    r->list.marks = true;
}

void
rows_clear(struct rows *r)
{
    for (size_t i = 0; i < r->npages; i++)
        kept_drop(&r->kept[r->slot[i]]);
    r->npages = r->nsums = 0;
    r->total = -1;
    r->first = 0;
    list_reset(&r->list);
}

static int
column_width(const struct schema_field *f)
{
    switch (f->type) {
    case VT_DATE:
        return 10;
    case VT_STAMP:
        return 16;
    default:
        return f->width ? (int)f->width : 12;
    }
}

/* Names, addresses: not numbers, plates and codes, which say nothing when cut. */
static bool
is_prose(const struct schema_field *f)
{
    enum { LONGEST_CODE = 18 };
    return (f->type == VT_TEXT || f->type == VT_REF) && column_width(f) > LONGEST_CODE;
}

struct list_column
rows_column(const struct schema_field *f)
{
    return (struct list_column){.label = f->label,
                                .width = column_width(f),
                                .right = f->type == VT_MONEY || f->type == VT_INT || f->type == VT_RATE,
                                .narrow = f->flags & SCHEMA_NARROW,
                                .firm = f->type == VT_DATE || f->type == VT_STAMP,
                                .prose = is_prose(f),
                                .grows = f->type == VT_CHOICE || f->type == VT_BOOL};
}

static void
make_columns(struct rows *r, const struct body_page *p)
{
    struct list *l = &r->list;
    l->ncolumns = 0;
    for (size_t i = 0; i < p->ncolumns && l->ncolumns < LIST_COLUMNS; i++) {
        const struct schema_field *f = schema_field(r->entity, p->columns[i]);
        if (!f || f->tag == r->without)
            continue;
        r->index[l->ncolumns] = i;
        const int need = r->tags[l->ncolumns] == f->tag ? l->columns[l->ncolumns].need : 0;
        r->tags[l->ncolumns] = f->tag;
        l->columns[l->ncolumns] = rows_column(f);
        l->columns[l->ncolumns++].need = need; /* seen before: asked again, in another order */
    }
    l->sort = l->ncolumns;
}

/* Rows of the page at one end of the window. */
static bool
is_free(const struct rows *r, bool front)
{
    const size_t n = r->pages[front ? 0 : r->npages - 1]->nrows, from = front ? 0 : r->list.nrows - n;
    for (size_t i = from; i < from + n; i++)
        if (r->list.ops[i] || r->list.notes[i])
            return false;
    return true;
}

static void
let_go(struct rows *r, bool front)
{
    const size_t at = front ? 0 : r->npages - 1, n = r->pages[at]->nrows;
    kept_drop(&r->kept[r->slot[at]]);
    r->npages--;
    if (!front) {
        r->list.nrows -= n;
        return;
    }
    memmove(r->pages, r->pages + 1, r->npages * sizeof r->pages[0]);
    memmove(r->slot, r->slot + 1, r->npages * sizeof r->slot[0]);
    list_shift(&r->list, -(long)n);
    r->first = r->first < 0 ? -1 : r->first + (int64_t)n;
}

static unsigned char
free_slot(const struct rows *r)
{
    unsigned char s = 0;
    for (size_t i = 0; i < r->npages; i++)
        if (r->slot[i] == s) {
            s++;
            i = (size_t)-1;
        }
    return s;
}

void
rows_totals(struct rows *r, const struct body_page *p)
{
    if (p->total < 0)
        return;
    r->total = p->total;
    r->capped = p->total_capped;
    r->nsums = 0;
    for (size_t i = 0; i < p->nsums && r->nsums < LIST_COLUMNS; i++)
        r->sums[r->nsums++] = p->sums[i];
}

/* A page's worth of room, at one end or the other. */
static bool
is_full(const struct rows *r)
{
    return r->npages == ROWS_PAGES || r->list.nrows + LIMIT_PAGE > LIST_ROWS;
}

bool
rows_full(const struct rows *r)
{
    return is_full(r) && !is_free(r, true);
}

bool
rows_full_before(const struct rows *r)
{
    return is_full(r) && !is_free(r, false);
}

static void
add(struct rows *r, struct answer *a, size_t at)
{
    const struct body_page *p = &a->body->page;
    const unsigned char slot = free_slot(r);
    answer_keep(a, &r->kept[slot]);
    memmove(r->pages + at + 1, r->pages + at, (r->npages - at) * sizeof r->pages[0]);
    memmove(r->slot + at + 1, r->slot + at, (r->npages - at) * sizeof r->slot[0]);
    r->pages[at] = p;
    r->slot[at] = slot;
    if (++r->npages == 1)
        make_columns(r, p);
    rows_totals(r, p);
}

/* Where the window stands in the list. */
static void
place(struct rows *r)
{
    r->list.more = rows_next(r).n > 0;
    r->list.before = rows_prev(r).n > 0;
    if (!r->list.before)
        r->first = 0;
    else if (r->npages == 1)
        r->first = -1;
}

void
rows_add(struct rows *r, struct answer *a)
{
    if (!body_has(a->body, BODY_PAGE) || rows_full(r))
        return;
    const size_t n = a->body->page.nrows;
    if (is_full(r))
        let_go(r, true);
    add(r, a, r->npages);
    list_measure(&r->list, r->list.nrows, n);
    r->list.nrows += n;
    place(r);
}

void
rows_add_before(struct rows *r, struct answer *a)
{
    if (!body_has(a->body, BODY_PAGE) || rows_full_before(r))
        return;
    const size_t n = a->body->page.nrows;
    if (is_full(r))
        let_go(r, false);
    add(r, a, 0);
    list_shift(&r->list, (long)n);
    list_measure(&r->list, 0, n);
    r->first = r->first < 0 ? -1 : r->first - (int64_t)n;
    place(r);
}

/* The page a row is of, and its place there. */
static size_t
page_of(const struct rows *r, size_t *row)
{
    size_t i = 0;
    while (i < r->npages && *row >= r->pages[i]->nrows)
        *row -= r->pages[i++]->nrows;
    return i;
}

const struct body_row *
rows_at(const struct rows *r, size_t row)
{
    const size_t at = page_of(r, &row);
    return at < r->npages ? &r->pages[at]->rows[row] : NULL;
}

struct str
rows_next(const struct rows *r)
{
    return r->npages ? r->pages[r->npages - 1]->next : STR_NONE;
}

struct str
rows_again(const struct rows *r, size_t row, size_t *ret_before)
{
    size_t in_page = row;
    const size_t at = page_of(r, &in_page);
    if (at == 0 || at == r->npages)
        return STR_NONE;
    *ret_before = row - in_page;
    return r->pages[at - 1]->next;
}

struct str
rows_prev(const struct rows *r)
{
    return r->npages ? r->pages[0]->prev : STR_NONE;
}

void
rows_update(struct rows *r, size_t row, const struct body_record *record)
{
    const size_t at = page_of(r, &row);
    if (at == r->npages || r->pages[at]->rows[row].id != record->id)
        return;
    struct body_row *to = &r->pages[at]->rows[row];
    struct arena *a = &r->kept[r->slot[at]].arena;
    for (size_t c = 0; c < r->pages[at]->ncolumns; c++) {
        struct value v = VALUE_NULL;
        for (size_t i = 0; i < record->nfields; i++)
            if (record->fields[i].tag == r->pages[at]->columns[c])
                v = record->fields[i].value;
        if (v.type == VT_TEXT || v.type == VT_BYTES)
            v.text = str_dup(a, v.text);
        if (v.type == VT_REF)
            v.label = str_dup(a, v.label);
        to->cells[c] = v;
    }
    to->version = record->version;
}

const struct schema_action *
option_action(const struct schema_entity *e, char option)
{
    for (size_t i = 0; i < e->nactions; i++) {
        const struct schema_action *act = &e->actions[i];
        bool needs = act->prints || !act->on_record || act->option != option;
        for (size_t f = 0; f < act->nfields && !needs; f++)
            needs = act->fields[f].flags & SCHEMA_REQUIRED;
        if (!needs)
            return act;
    }
    return NULL;
}

const struct schema_tab *
entity_adds_to(struct app *app, const struct schema_entity *e)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == '7')
            return NULL;
    for (size_t i = 0; i < e->ntabs; i++) {
        const struct schema_entity *to = schema_entity(app_schema(app), e->tabs[i].entity);
        if (to && to->may_add)
            return &e->tabs[i];
    }
    return NULL;
}

struct str
rows_legend(struct app *app, const struct schema_entity *e, struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 160);
    buf_printf(&b, "5=%s", _("Display"));
    if (e->may_set)
        buf_printf(&b, "  2=%s", _("Change"));
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option && e->actions[i].on_record)
            buf_printf(&b, "  %c=%.*s", e->actions[i].option, STR_ARG(e->actions[i].label));
    const struct schema_tab *t = entity_adds_to(app, e);
    const struct schema_entity *to = t ? schema_entity(app_schema(app), t->entity) : NULL;
    if (to)
        buf_printf(&b, _("  7=New %.*s"), STR_ARG(to->label));
    return buf_str(&b);
}

bool
option_run(struct app *a, const struct schema_entity *e, int64_t id, char option)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == option && e->actions[i].on_record) {
            act_open(a, e->number, e->actions[i].number, id, 0);
            return true;
        }
    if (option == '5') {
        record_open(a, e->number, id);
        return true;
    }
    if (option == '2' && e->may_set) {
        edit_set_id(a, e->number, id);
        return true;
    }
    const struct schema_tab *t = option == '7' ? entity_adds_to(a, e) : NULL;
    if (t) {
        edit_add_under_id(a, t, e->number, id);
        return true;
    }
    tui_say(&a->tui, ROLE_WARN, _("There is no option %c here."), option);
    return false;
}
