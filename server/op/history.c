#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/lang.h"
#include "common/base/limits.h"
#include "common/value/number.h"
#include "server/catalog/schema.h"
#include "server/catalog/term.h"
#include "server/op/ops.h"
#include "server/op/parts.h"

enum { HISTORY_DEFAULT = 40 };

/* Columns of the statement below. */
enum { H_ID, H_AT, H_TBL, H_ROW, H_OP, H_ACTION, H_ACTOR, H_ADDRESS, H_CLIENT, H_REASON, H_BEFORE, H_AFTER };
#define HISTORY_COLUMNS                                                                                      \
    "select id, at, tbl, row_id, op, action, actor, address, client, reason, before, after from app.history"

/* References met while the events are read; their labels are looked up together at the end. */
struct refs {
    struct body_ref *rows;
    struct str **places; /* where each label goes */
    size_t n, cap;
};

static void
refs_add(struct refs *r, uint32_t entity, int64_t id, struct str *place)
{
    if (r->n == r->cap)
        return;
    r->rows[r->n] = (struct body_ref){entity, id, STR_NONE};
    r->places[r->n++] = place;
}

static struct str
cell_text(const struct pg_rows *rows, size_t row, size_t col)
{
    const struct value *v = pg_cell(rows, row, col);
    return v->type == VT_TEXT ? v->text : STR_NONE;
}

/* A value as people read it. A reference reads as its id until its label is known. */
static void
put_text(struct op_ctx *ctx, const struct field *f, const struct value *v, struct refs *refs, struct str *ret)
{
    const struct locale_info locale = op_locale(ctx);
    if (v->type == VT_NULL)
        return;
    if (f->flags & SCHEMA_SECRET) {
        *ret = str_from(_("hidden"));
        return;
    }
    const struct schema_field sf = catalog_field(ctx->arena, f);
    *ret = value_text(ctx->arena, &sf, v, &locale);
    if (v->type == VT_REF)
        refs_add(refs, f->ref, v->i, ret);
}

static bool
is_shown(const struct op_ctx *ctx, const struct entity *e, const struct field *f)
{
    return (field_is_stored(f) || (f->flags & FF_SEALED)) && rights_see(&ctx->who.rights, e, f) &&
           !(f->flags & FF_INTERNAL) && strcmp(f->name, "updated_at") != 0 &&
           strcmp(f->name, "created_at") != 0;
}

/* A changed password shows as a change of the field people know, without a value. */
static bool
secret_changed(struct op_ctx *ctx, const struct entity *e, const json_t *before, const json_t *after)
{
    for (size_t i = 0; i < e->nfields; i++) {
        const struct field *f = &e->fields[i];
        if ((f->flags & FF_INTERNAL) && (f->flags & SCHEMA_SECRET)) {
            struct value a = before ? op_json_value(ctx, f, before) : VALUE_NULL,
                         b = op_json_value(ctx, f, after);
            return !value_eq(&a, &b);
        }
    }
    return false;
}

/* Did a value that can't be opened change? All of them were sealed together. */
static bool
change_of_sealed(const struct field *f, const struct op_past *before, const struct op_past *after,
                 struct body_change *c)
{
    c->before = op_past_instead(f, before);
    c->after = op_past_instead(f, after);
    return c->after.n && !str_eq(before->sealed, after->sealed);
}

static bool
change_of(struct op_ctx *ctx, const struct entity *e, const struct field *f, const struct op_past versions[2],
          struct refs *refs, struct body_change *c)
{
    if (op_past_instead(f, &versions[1]).n)
        return change_of_sealed(f, &versions[0], &versions[1], c);
    struct value was = op_past_value(ctx, f, &versions[0]), is = op_past_value(ctx, f, &versions[1]);
    if (value_eq(&was, &is))
        return false;
    was = op_seen(ctx, e, f, &was);
    is = op_seen(ctx, e, f, &is);
    if (was.type == VT_NULL && is.type == VT_NULL)
        c->after = str_from(_("hidden"));
    put_text(ctx, f, &was, refs, &c->before);
    put_text(ctx, f, &is, refs, &c->after);
    return true;
}

static void
add_changes(struct op_ctx *ctx, const struct entity *e, const struct op_past versions[2], struct refs *refs,
            struct body_event *ev)
{
    ev->changes = arena_new(ctx->arena, struct body_change, e->nfields + 1);
    for (size_t i = 0; i < e->nfields; i++) {
        const struct field *f = &e->fields[i];
        struct body_change *c = &ev->changes[ev->nchanges];
        *c = (struct body_change){.tag = f->tag, .name = str_from(lang_text(f->label))};
        if ((f->flags & FF_PSEUDO) && (f->flags & SCHEMA_SECRET) &&
            secret_changed(ctx, e, versions[0].doc, versions[1].doc)) {
            c->after = str_from(_("hidden"));
            ev->nchanges++;
        }
        if (is_shown(ctx, e, f) && change_of(ctx, e, f, versions, refs, c))
            ev->nchanges++;
    }
}

/* What to call the record of an event: its own key as it was then. */
static struct str
event_label(struct op_ctx *ctx, const struct entity *e, const struct op_past *after)
{
    if (e->number == ENTITY_TERM) {
        struct value seq = op_past_value(ctx, entity_field(e, TERM_SEQ), after);
        return str_printf(ctx->arena, "#%lld", (long long)seq.i);
    }
    for (size_t i = 0; i < e->nfields; i++)
        if ((e->fields[i].flags & SCHEMA_KEY) && e->fields[i].type == VT_TEXT) {
            struct value v = op_past_value(ctx, &e->fields[i], after);
            return v.type == VT_TEXT ? v.text : op_past_instead(&e->fields[i], after);
        }
    return STR_NONE;
}

/* What a row's table is: the entity asked about, or one of those around it. */
static const struct entity *
entity_of(const struct entity *asked, struct str table)
{
    return str_eq_c(table, entity_history(asked)) ? asked : entity_by_table(table);
}

/* Where the events of one answer are read to. */
struct reader {
    struct op_ctx *ctx;
    const struct entity *asked;
    struct refs refs;
    struct op_past_key key; /* of the record asked about */
};

static enum rc
read_versions(struct reader *reader, const struct entity *e, const struct pg_rows *rows, size_t r,
              struct body_event *ev, struct err *reterr)
{
    struct op_past versions[2];
    struct op_past_key other = {.entity = e, .id = ev->record.id};
    struct op_past_key *key = e == reader->asked && ev->record.id == reader->key.id ? &reader->key : &other;
    struct str before_text = cell_text(rows, r, H_BEFORE), after_text = cell_text(rows, r, H_AFTER);
    json_t *before = before_text.n ? json_loadb(before_text.p, before_text.n, 0, NULL) : NULL;
    json_t *after = json_loadb(after_text.p, after_text.n, 0, NULL);
    enum rc rc = op_past(reader->ctx, key, before, &versions[0], reterr);
    if (rc == RC_OK)
        rc = op_past(reader->ctx, key, after, &versions[1], reterr);
    if (rc == RC_OK && after) {
        ev->record.label = event_label(reader->ctx, e, &versions[1]);
        add_changes(reader->ctx, e, versions, &reader->refs, ev);
    }
    json_decref(before);
    json_decref(after);
    return rc;
}

/* *ret_seen false: not for this person to see. Where staff sit is no business of a self-service user. */
static enum rc
read_event(struct reader *reader, const struct pg_rows *rows, size_t r, struct body_event *ev, bool *ret_seen,
           struct err *reterr)
{
    struct op_ctx *ctx = reader->ctx;
    const struct entity *e = entity_of(reader->asked, cell_text(rows, r, H_TBL));
    const bool inside = ctx->who.customer == 0;
    *ret_seen = !e || rights_may(&ctx->who.rights, e, "read");
    if (!*ret_seen)
        return RC_OK;
    struct str action = cell_text(rows, r, H_ACTION);
    struct str added = cell_text(rows, r, H_OP);
    *ev = (struct body_event){
        .id = pg_cell(rows, r, H_ID)->i,
        .at = pg_cell(rows, r, H_AT)->stamp,
        .who = cell_text(rows, r, H_ACTOR),
        .address = inside ? cell_text(rows, r, H_ADDRESS) : STR_NONE,
        .client = inside ? cell_text(rows, r, H_CLIENT) : STR_NONE,
        .reason = cell_text(rows, r, H_REASON),
        .op = action.n               ? action
              : str_eq_c(added, "I") ? STR("added")
                                     : STR("changed"),
        .record = {e ? e->number : 0, pg_cell(rows, r, H_ROW)->i, STR_NONE},
    };
    return e ? read_versions(reader, e, rows, r, ev, reterr) : RC_OK;
}

/* Who sees a part of the company is not told the ids of what lies outside it. */
static enum rc
fill_labels(struct op_ctx *ctx, struct refs *refs, struct err *reterr)
{
    const bool part = ctx->who.customer != 0 || ctx->who.branch_only;
    enum rc rc = op_labels(ctx, refs->rows, refs->n, reterr);
    for (size_t i = 0; rc == RC_OK && i < refs->n; i++)
        if (refs->rows[i].label.n || part)
            *refs->places[i] = refs->rows[i].label.n ? refs->rows[i].label : str_from(_("hidden"));
    return rc;
}

static enum rc
read_cursor(const struct params *p, int64_t *ret, struct err *reterr)
{
    *ret = INT64_MAX;
    if (!p->cursor.n)
        return RC_OK;
    return number_parse(p->cursor, 1, INT64_MAX, "cursor", ret, reterr);
}

/* Around a policy, a vehicle or a customer all rows that point to it are its history; else its own. */
static struct pg_stmt
history_stmt(struct op_ctx *ctx, const struct entity *e, int64_t id, int64_t before, size_t limit)
{
    struct value *params = arena_new(ctx->arena, struct value, 4);
    params[0] = VALUE_INT(id);
    params[1] = VALUE_INT(before);
    params[2] = VALUE_INT((int64_t)limit + 1);
    params[3] = VALUE_TEXT(str_from(entity_history(e)));
    struct str sql =
        e->history_column
            ? str_printf(ctx->arena, HISTORY_COLUMNS " where %s = $1 and id < $2 order by id desc limit $3",
                         e->history_column)
            : STR(HISTORY_COLUMNS " where tbl = $4 and row_id = $1 and id < $2 order by id desc limit $3");
    return (struct pg_stmt){sql.p, params, e->history_column ? 3 : 4};
}

enum rc
op_history(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    int64_t id, before;
    size_t limit = params_has(p, PARAM_LIMIT) && p->limit > 0 ? (size_t)p->limit : HISTORY_DEFAULT;
    limit = limit > LIMIT_HISTORY ? LIMIT_HISTORY : limit;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc == RC_OK)
        rc = op_resolve(ctx, e, p, &id, reterr);
    if (rc == RC_OK)
        rc = read_cursor(p, &before, reterr);
    if (rc != RC_OK)
        return rc;
    struct pg_rows rows;
    const struct pg_stmt stmt = history_stmt(ctx, e, id, before, limit);
    rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (!rows.nrows && !p->cursor.n)
        return err_set(reterr, RC_NOT_FOUND, NULL, "no such %s", e->name);
    struct reader reader = {
        .ctx = ctx, .asked = e, .refs = {.cap = 2048},
                .key = { .entity = e,   .id = id}
    };
    reader.refs.rows = arena_new(ctx->arena, struct body_ref, reader.refs.cap);
    reader.refs.places = arena_new(ctx->arena, struct str *, reader.refs.cap);
    size_t n = rows.nrows > limit ? limit : rows.nrows;
    ret->events.rows = arena_new(ctx->arena, struct body_event, n + 1);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        bool seen = false;
        rc = read_event(&reader, &rows, i, &ret->events.rows[ret->events.nrows], &seen, reterr);
        ret->events.nrows += seen;
    }
    if (rows.nrows > limit)
        ret->events.next = str_printf(ctx->arena, "%lld", (long long)pg_cell(&rows, n - 1, H_ID)->i);
    ret->present |= 1u << BODY_EVENTS;
    return rc == RC_OK ? fill_labels(ctx, &reader.refs, reterr) : rc;
}

/* ------------------------------------------------------------------ as of */

static enum rc
labels_into(struct op_ctx *ctx, const struct entity *e, void *row, struct err *reterr)
{
    struct body_ref *refs = arena_new(ctx->arena, struct body_ref, e->nfields + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->nfields; i++) {
        struct value v = field_get(&e->fields[i], row);
        if (v.type == VT_REF)
            refs[n++] = (struct body_ref){e->fields[i].ref, v.i, STR_NONE};
    }
    enum rc rc = op_labels(ctx, refs, n, reterr);
    n = 0;
    for (size_t i = 0; rc == RC_OK && i < e->nfields; i++) {
        struct value v = field_get(&e->fields[i], row);
        if (v.type != VT_REF)
            continue;
        v.label = refs[n++].label;
        field_put(&e->fields[i], row, &v);
    }
    return rc;
}

enum rc
op_as_of(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    int64_t id;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc == RC_OK)
        rc = op_resolve(ctx, e, p, &id, reterr);
    if (rc != RC_OK)
        return rc;
    const struct value params[] = {
        VALUE_TEXT(str_from(entity_history(e))), VALUE_INT(id), {.type = VT_STAMP, .stamp = p->at}
    };
    const struct pg_stmt stmt = {"select after, (after ->> 'version')::bigint from app.history where tbl = "
                                 "$1 and row_id = $2 and at <= $3"
                                 " order by id desc limit 1",
                                 params, 3};
    struct pg_rows rows;
    rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return err_set(reterr, RC_NOT_FOUND, NULL, "there was no such %s at that moment", e->name);
    if (rc != RC_OK)
        return rc;
    struct str text = cell_text(&rows, 0, 0);
    json_t *after = json_loadb(text.p, text.n, 0, NULL);
    struct row_head *row = arena_alloc(ctx->arena, e->size);
    struct op_past past;
    struct op_past_key key = {.entity = e, .id = id};
    rc = op_past(ctx, &key, after, &past, reterr);
    for (size_t i = 0; rc == RC_OK && i < e->nfields; i++) {
        const struct field *f = &e->fields[i];
        struct value v = op_past_value(ctx, f, &past);
        if (f->type == VT_TEXT && op_past_instead(f, &past).n)
            v = VALUE_TEXT(op_past_instead(f, &past));
        field_put(f, row, &v);
    }
    struct str label = rc == RC_OK && after ? event_label(ctx, e, &past) : STR_NONE;
    json_decref(after);
    if (rc != RC_OK)
        return rc;
    row->id = id;
    row->version = pg_cell(&rows, 0, 1)->i;
    rc = labels_into(ctx, e, row, reterr);
    ret->record = op_record(ctx, e, row, label);
    ret->present |= 1u << BODY_RECORD;
    return rc;
}
