#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/choice.h"

/*
 * Choosing the record a reference points to. A table of few rows (branches, products, kinds) is listed
 * whole and narrowed; one of many is searched by what is typed.
 */
enum { TAG_ROWS = 1, TAG_HITS = 2, ROWS = 60 };

struct refer {
    uint32_t entity, asked;
};

static bool
search(struct view *v, struct str typed)
{
    struct refer *r = choice_context(v);
    if (typed.n < 2)
        return false;
    r->asked++;
    struct params p = {.present = 1u << PARAM_TEXT | 1u << PARAM_LIMIT, .text = typed, .limit = 40};
    app_ask(v, &(struct ask){.method = METHOD_FIND, .params = &p, .tag = TAG_HITS + r->asked});
    return true;
}

static void
take_hits(struct view *v, struct answer *a)
{
    struct refer *r = choice_context(v);
    const struct body_hits *hits = &a->body->hits;
    struct choice_row *rows = arena_new(a->arena, struct choice_row, hits->nrows + 1);
    size_t n = 0;
    for (size_t i = 0; i < hits->nrows; i++)
        if (hits->rows[i].record.entity == r->entity)
            rows[n++] = (struct choice_row){.label = hits->rows[i].record.label,
                                            .detail = hits->rows[i].detail,
                                            .entity = r->entity,
                                            .id = hits->rows[i].record.id};
    choice_fill(v, rows, n);
}

/* The key column is what is taken, the next text what explains it. */
static void
take_rows(struct view *v, struct answer *a)
{
    struct refer *r = choice_context(v);
    const struct body_page *p = &a->body->page;
    const struct schema_entity *e = schema_entity(app_schema(app_of(v)), r->entity);
    const struct schema_field *key = e ? schema_key_field(e) : NULL;
    size_t at = 0, other = p->ncolumns;
    for (size_t i = 0; i < p->ncolumns; i++)
        if (key && p->columns[i] == key->tag)
            at = i;
    for (size_t i = p->ncolumns; i-- > 0;) {
        const struct schema_field *f = e ? schema_field(e, p->columns[i]) : NULL;
        if (i != at && f && f->type == VT_TEXT)
            other = i;
    }
    struct choice_row *rows = arena_new(a->arena, struct choice_row, p->nrows + 1);
    for (size_t i = 0; i < p->nrows && p->ncolumns; i++) {
        const struct schema_field *f = e ? schema_field(e, p->columns[at]) : NULL;
        rows[i].label = f ? value_text(a->arena, f, &p->rows[i].cells[at], app_locale(app_of(v))) : STR_NONE;
        if (other < p->ncolumns && p->rows[i].cells[other].type == VT_TEXT)
            rows[i].detail = p->rows[i].cells[other].text;
        rows[i].entity = r->entity;
        rows[i].id = p->rows[i].id;
    }
    choice_fill(v, rows, p->ncolumns ? p->nrows : 0);
}

static void
answer(struct view *v, struct answer *a)
{
    struct refer *r = choice_context(v);
    bool page = body_has(a->body, BODY_PAGE);
    if (a->code != RC_OK) {
        app_say_error(v, a);
        choice_fill(v, NULL, 0);
    } else if (a->tag == TAG_ROWS && page && a->body->page.next.n) {
        choice_start_search(v, search);
    } else if (a->tag == TAG_ROWS && page) {
        take_rows(v, a);
    } else if (a->tag == TAG_HITS + r->asked && body_has(a->body, BODY_HITS)) {
        take_hits(v, a);
    }
}

void
refer_open(struct view *owner, uint32_t purpose, const struct schema_field *f, struct str typed)
{
    const struct schema_entity *e = schema_entity(app_schema(app_of(owner)), f->ref);
    if (!e)
        return;
    struct view *v = choice_open(
        owner->tui,
        &(struct choice_spec){.purpose = purpose, .title = f->label, .initial = typed, .answer = answer});
    struct refer *r = arena_alloc(&v->arena, sizeof *r);
    r->entity = f->ref;
    choice_set_context(v, r);
    struct params p = params_entity(f->ref);
    p.present |= 1u << PARAM_LIMIT;
    p.limit = ROWS;
    app_ask(v, &(struct ask){.method = METHOD_LIST, .params = &p, .tag = TAG_ROWS, .barrier = true});
}
