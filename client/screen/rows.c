#include "client/screen/rows.h"

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
        kept_drop(&r->kept[i]);
    r->npages = 0;
    r->total = -1;
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

struct list_column
rows_column(const struct schema_field *f)
{
    return (struct list_column){.label = f->label,
                                .width = column_width(f),
                                .right = f->type == VT_MONEY || f->type == VT_INT || f->type == VT_RATE,
                                .narrow = f->flags & SCHEMA_NARROW,
                                .firm = f->type == VT_DATE || f->type == VT_STAMP};
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
        r->tags[l->ncolumns] = f->tag;
        r->index[l->ncolumns] = i;
        l->columns[l->ncolumns++] = rows_column(f);
    }
    l->sort = l->ncolumns;
}

void
rows_add(struct rows *r, struct answer *a)
{
    if (r->npages == ROWS_PAGES || !body_has(a->body, BODY_PAGE))
        return;
    const struct body_page *p = &a->body->page;
    answer_keep(a, &r->kept[r->npages]);
    r->pages[r->npages++] = p;
    if (r->npages == 1)
        make_columns(r, p);
    if (p->total >= 0) {
        r->total = p->total;
        r->capped = p->total_capped;
    }
    r->list.nrows += p->nrows;
    if (r->list.nrows > LIST_ROWS)
        r->list.nrows = LIST_ROWS;
    r->list.more = p->next.n > 0;
}

const struct body_row *
rows_at(const struct rows *r, size_t row)
{
    for (size_t i = 0; i < r->npages; i++) {
        if (row < r->pages[i]->nrows)
            return &r->pages[i]->rows[row];
        row -= r->pages[i]->nrows;
    }
    return NULL;
}

struct str
rows_next(const struct rows *r)
{
    return r->npages ? r->pages[r->npages - 1]->next : STR_NONE;
}

bool
rows_full(const struct rows *r)
{
    return r->npages == ROWS_PAGES || r->list.nrows >= LIST_ROWS;
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
