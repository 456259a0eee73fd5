#include <stdio.h>

#include "common/base/lang.h"
#include "common/base/limits.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/rule/entry/fold.h"

static enum rc
choose_view(const struct entity *e, const struct params *p, const struct view **ret, struct err *reterr)
{
    const struct view *v = &e->views[0];
    if (params_has(p, PARAM_VIEW))
        v = p->view.name.n ? entity_view_named(e, p->view.name) : entity_view(e, p->view.number);
    if (!v)
        return err_set(reterr, RC_BAD_PARAMS, "view", "%s has no such view; see describe %s", e->name,
                       e->name);
    *ret = v;
    return RC_OK;
}

/* The field the rows are put in order by when a person says `f`. */
static const struct field *
ordering(const struct entity *e, const struct field *f)
{
    return f->order ? entity_field(e, f->order) : f;
}

static enum rc
choose_sort(struct op_ctx *ctx, const struct entity *e, const struct params *p, struct page_query *q,
            struct err *reterr)
{
    if (!params_has(p, PARAM_SORT))
        return RC_OK;
    const struct field *f = op_field(e->fields, e->nfields, p->sort);
    if (!f || !(f->flags & SCHEMA_SORT) || !rights_see(&ctx->who.rights, e, f))
        return err_set(reterr, RC_BAD_PARAMS, "sort", "%s can't be sorted by that; see describe %s",
                       lang_text(e->plural), e->name);
    q->sort = ordering(e, f);
    q->desc = false;
    return RC_OK;
}

static struct str
upper(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
    return (struct str){p, s.n};
}

/* How a field of that order is kept beside it. */
static struct str
folded(struct arena *a, struct str s)
{
    unsigned other = 0;
    return fold_code(a, s, &other);
}

/* The place a page begins at, for the field it is sorted by. */
static enum rc
choose_from(struct op_ctx *ctx, const struct params *p, struct page_query *q, struct err *reterr)
{
    if (!params_has(p, PARAM_FROM))
        return RC_OK;
    if (params_has(p, PARAM_CURSOR))
        return err_set(reterr, RC_BAD_PARAMS, "from",
                       "a page begins at \"from\" or at \"cursor\", not at both");
    enum rc rc = op_coerce(ctx, q->sort, &p->from, &q->from, reterr);
    if (rc != RC_OK)
        return rc;
    if (q->from.type == VT_TEXT && (q->sort->flags & FF_INTERNAL))
        q->from.text = folded(ctx->arena, q->from.text);
    else if (q->from.type == VT_TEXT && (q->sort->flags & SCHEMA_UPPER))
        q->from.text = upper(ctx->arena, q->from.text);
    q->has_from = q->from.type != VT_NULL;
    return RC_OK;
}

static enum rc
one_filter(struct op_ctx *ctx, const struct entity *e, const struct param_filter *given,
           struct page_filter *ret, struct op_lookup *lookup, struct err *reterr)
{
    const struct field *f = op_field(e->fields, e->nfields, given->field);
    if (!f || !(f->flags & SCHEMA_FILTER) || !rights_see(&ctx->who.rights, e, f))
        return err_set(reterr, RC_BAD_PARAMS, "filters", "%s can't be filtered by \"%.*s\"; see describe %s",
                       e->plural, STR_ARG(given->field.name), e->name);
    bool only_equal = f->type == VT_REF || f->type == VT_BOOL || f->type == VT_CHOICE;
    if ((only_equal && given->op != FILTER_EQ && given->op != FILTER_NE) ||
        (given->op == FILTER_PREFIX && f->type != VT_TEXT))
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s can't be compared with \"%s\"", f->label,
                       filter_op_name(given->op));
    *ret = (struct page_filter){ordering(e, f), given->op, VALUE_NULL};
    if (f->type == VT_REF && given->value.type == VT_TEXT && str_trim(given->value.text).n) {
        *lookup = (struct op_lookup){
            .entity = entity_by_number(f->ref), .field = f->name, .key = str_trim(given->value.text)};
        return RC_OK;
    }
    enum rc rc = op_coerce(ctx, f, &given->value, &ret->value, reterr);
    if (rc == RC_OK && f->order && ret->value.type == VT_TEXT)
        ret->value.text = folded(ctx->arena, ret->value.text);
    if (rc == RC_OK && ret->value.type == VT_NULL && given->op != FILTER_EQ && given->op != FILTER_NE)
        return err_set(reterr, RC_BAD_PARAMS, f->name, "%s needs a value to be compared with", f->label);
    return rc;
}

static enum rc
read_filters(struct op_ctx *ctx, const struct entity *e, const struct params *p, struct page_query *q,
             struct err *reterr)
{
    struct page_filter *filters = arena_new(ctx->arena, struct page_filter, p->nfilters + 1);
    struct op_lookup *lookups = arena_new(ctx->arena, struct op_lookup, p->nfilters + 1);
    size_t *of = arena_new(ctx->arena, size_t, p->nfilters + 1), nlookups = 0;
    for (size_t i = 0; i < p->nfilters; i++) {
        lookups[nlookups].entity = NULL;
        enum rc rc = one_filter(ctx, e, &p->filters[i], &filters[i], &lookups[nlookups], reterr);
        if (rc != RC_OK)
            return rc;
        if (lookups[nlookups].entity)
            of[nlookups++] = i;
    }
    enum rc rc = op_look_up(ctx, lookups, nlookups, reterr);
    for (size_t i = 0; rc == RC_OK && i < nlookups; i++) {
        if (lookups[i].code != RC_OK) {
            *reterr = lookups[i].why;
            return lookups[i].code;
        }
        filters[of[i]].value = (struct value){.type = VT_REF, .i = lookups[i].found.id};
    }
    q->filters = filters;
    q->nfilters = p->nfilters;
    return rc;
}

/* The fields a statement can read, and where something is sealed what it is opened with, at the end. */
static size_t
readable(const struct page_query *q, const struct field **out)
{
    size_t n = 0;
    bool sealed = false;
    for (size_t i = 0; i < q->nfields; i++)
        if (q->fields[i]->flags & FF_SEALED)
            sealed = true;
        else
            out[n++] = q->fields[i];
    if (sealed) {
        out[n++] = entity_field(q->entity, q->entity->sealed_document);
        out[n++] = entity_field(q->entity, q->entity->sealed_key);
    }
    return n;
}

/* One that does not open is told in its row; the others are read all the same. */
static void
open_row(struct op_ctx *ctx, const struct page_query *q, size_t nread, struct body_row *row)
{
    struct value *cells = arena_new(ctx->arena, struct value, q->nfields + 1);
    struct str document = STR_NONE;
    struct err e;
    const struct value *sealed = &row->cells[nread - 2], *key = &row->cells[nread - 1];
    const bool good =
        sealed->type != VT_BYTES || key->type != VT_BYTES ||
        op_sealed_document(ctx, q->entity, row->id, key->text, sealed->text, &document, &e) == RC_OK;
    if (!good) {
        ctx->unreadable = arena_new(ctx->arena, struct err, 1);
        *ctx->unreadable = e;
    }
    for (size_t i = 0, from = 0; i < q->nfields; i++) {
        const struct field *f = q->fields[i];
        if (!(f->flags & FF_SEALED))
            cells[i] = row->cells[from++];
        else if (!good)
            cells[i] = f->type == VT_TEXT ? VALUE_TEXT(STR("unreadable")) : VALUE_NULL;
        else
            cells[i] = document.n ? personal_value(f, document) : VALUE_NULL;
        if (good)
            cells[i] = op_seen(ctx, q->entity, f, &cells[i]);
    }
    row->cells = cells;
}

enum rc
op_list_run(struct op_ctx *ctx, const struct page_query *q, struct body_page *ret, struct err *reterr)
{
    struct page_query plain = *q;
    const struct field **fields = arena_new(ctx->arena, const struct field *, q->nfields + 2);
    plain.nfields = readable(q, fields);
    plain.fields = fields;
    enum rc rc = page_run(ctx->tx, ctx->arena, &plain, ret, reterr);
    if (rc != RC_OK || plain.nfields < 2 || !(fields[plain.nfields - 1]->tag == q->entity->sealed_key))
        return rc;
    for (size_t r = 0; r < ret->nrows; r++)
        open_row(ctx, q, plain.nfields, &ret->rows[r]);
    ret->ncolumns = q->nfields;
    ret->columns = arena_new(ctx->arena, uint32_t, q->nfields + 1);
    for (size_t i = 0; i < q->nfields; i++)
        ret->columns[i] = q->fields[i]->tag;
    return RC_OK;
}

/* The view's columns or those that were asked for, as far as this person may see them. */
static enum rc
choose_columns(struct op_ctx *ctx, const struct view *v, const struct params *p, struct page_query *q,
               struct err *reterr)
{
    const struct entity *e = q->entity;
    const bool own = params_has(p, PARAM_COLUMNS);
    const size_t n = own ? p->ncolumns : v->ncolumns;
    const struct field **fields = arena_new(ctx->arena, const struct field *, n + 1);
    uint64_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        const struct field *f =
            own ? op_field(e->fields, e->nfields, p->columns[i]) : entity_field(e, v->columns[i]);
        if (!f || (own && !(f->flags & SCHEMA_LIST)))
            return err_set(reterr, RC_BAD_PARAMS, "columns", "%s have no such column; see describe %s",
                           lang_text(e->plural), e->name);
        if (!rights_see(&ctx->who.rights, e, f) || (taken & ROW_BIT(f->tag)))
            continue;
        taken |= ROW_BIT(f->tag);
        fields[q->nfields++] = f;
    }
    q->fields = fields;
    return RC_OK;
}

enum rc
op_list_query(struct op_ctx *ctx, const struct params *p, struct page_query *ret, struct err *reterr)
{
    const struct entity *e;
    const struct view *v = NULL;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc == RC_OK)
        rc = choose_view(e, p, &v, reterr);
    if (rc != RC_OK)
        return rc;
    struct page_query q = {
        .entity = e,
        .where = v->where,
        .sort = ordering(e, entity_field(e, v->sort)),
        .desc = v->desc,
        .limit = params_has(p, PARAM_LIMIT) && p->limit > 0 ? (size_t)p->limit : LIMIT_PAGE_DEFAULT,
        .cursor = p->cursor,
        .back = p->back,
        .count = p->total,
        .sums = p->sums,
    };
    if (q.limit > LIMIT_PAGE)
        q.limit = LIMIT_PAGE;
    rc = choose_columns(ctx, v, p, &q, reterr);
    if (rc == RC_OK)
        rc = choose_sort(ctx, e, p, &q, reterr);
    if (params_has(p, PARAM_DESC))
        q.desc = p->desc;
    if (rc == RC_OK)
        rc = choose_from(ctx, p, &q, reterr);
    if (rc == RC_OK)
        rc = read_filters(ctx, e, p, &q, reterr);
    if (rc == RC_OK)
        *ret = q;
    return rc;
}

enum rc
op_list(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct page_query q;
    enum rc rc = op_list_query(ctx, p, &q, reterr);
    if (rc == RC_OK)
        rc = op_list_run(ctx, &q, &ret->page, reterr);
    if (rc == RC_OK)
        ret->present |= 1u << BODY_PAGE;
    return rc;
}
