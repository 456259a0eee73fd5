#include <stdio.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/value/number.h"
#include "server/op/parts.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/phone.h"
#include "server/store/sql.h"

enum rc
op_entity(const struct params *p, const struct entity **ret, struct err *reterr)
{
    const struct entity *e =
        p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
    if (!e)
        return err_set(reterr, RC_BAD_PARAMS, "entity", "there is nothing called \"%.*s\"; see describe",
                       STR_ARG(p->entity.name));
    *ret = e;
    return RC_OK;
}

enum rc
op_action(const struct entity *e, struct name_or_number action, const struct action **ret, struct err *reterr)
{
    const struct action *a =
        action.name.n ? entity_action_named(e, action.name) : entity_action(e, action.number);
    if (!a)
        return err_set(reterr, RC_BAD_PARAMS, "action", "%s has no action \"%.*s\"; see describe %s", e->name,
                       STR_ARG(action.name), e->name);
    *ret = a;
    return RC_OK;
}

const struct field *
op_field(const struct field *fields, size_t n, struct name_or_number given)
{
    const struct field *f =
        given.name.n ? fields_by_name(fields, n, given.name) : fields_by_tag(fields, n, given.number);
    return f && (f->flags & FF_INTERNAL) ? NULL : f;
}

/* ------------------------------------------------------------------ keys */

static struct str
change_case(struct arena *a, struct str s, char first, char last, int by)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)(s.p[i] >= first && s.p[i] <= last ? s.p[i] + by : s.p[i]);
    return (struct str){p, s.n};
}

/* What the key column would hold for what was typed; false when it can't be such a key at all. */
static bool
key_text(struct op_ctx *ctx, enum key_form form, struct str typed, struct str *ret)
{
    struct str s = str_trim(typed);
    if (utf8_has_control(s))
        return false;
    switch (form) {
    case KEY_PLAIN:
        *ret = s;
        return s.n > 0;
    case KEY_UPPER:
        *ret = change_case(ctx->arena, s, 'a', 'z', 'A' - 'a');
        return s.n > 0;
    case KEY_LOWER:
        *ret = change_case(ctx->arena, s, 'A', 'Z', 'a' - 'A');
        return s.n > 0;
    case KEY_CODE: {
        unsigned other = 0;
        *ret = fold_code(ctx->arena, s, &other);
        return ret->n > 0 && !other;
    }
    case KEY_MARK: {
        /* where the keys are missing nobody is found by a number; what reads the record says why */
        struct err ignored;
        unsigned other = 0;
        struct str code = fold_code(ctx->arena, s, &other);
        return code.n > 0 && !other && op_mark(ctx, MARK_CODE, code, ret, &ignored) == RC_OK;
    }
    case KEY_PHONE: {
        struct err ignored;
        return phone_key(ctx->arena, s, ctx->who.country_prefix, ret, &ignored) == RC_OK;
    }
    }
    return false;
}

/* `where` of a key with its $1 as $<place>. */
static void
add_where(struct buf *b, const char *where, size_t place)
{
    struct buf renumbered;
    buf_init(&renumbered, b->a, 256);
    for (const char *p = where; *p; p++) {
        if (p[0] == '$' && p[1] == '1') {
            buf_printf(&renumbered, "$%zu", place);
            p++;
        } else {
            buf_add_char(&renumbered, *p);
        }
    }
    buf_add_char(&renumbered, '\0');
    sql_alias(b, (const char *)renumbered.p, "t");
}

static void
add_form(struct buf *b, const struct entity *e, size_t form, const char *where, size_t place)
{
    buf_printf(b, "%s(select %zu::bigint, t.id, ", b->n ? " union all " : "", form);
    sql_alias(b, e->label_sql, "t");
    buf_printf(b, " from app.%s t where ", e->table);
    add_where(b, where, place);
    buf_add_str(b, STR(" limit 9)"));
}

/* One statement that tries every form of key: (form, id, label). Without any form that fits: nothing. */
static struct pg_stmt
look_up_stmt(struct op_ctx *ctx, const struct op_lookup *l)
{
    struct value *params = arena_new(ctx->arena, struct value, l->entity->nkeys + 1);
    size_t n = 0;
    struct buf b;
    buf_init(&b, ctx->arena, 512);
    if (l->by_id) {
        params[n++] = VALUE_INT(l->id);
        add_form(&b, l->entity, 0, "@.id = $1", n);
    }
    const bool personal = rights_may(&ctx->who.rights, l->entity, "personal");
    for (size_t i = 0; !l->by_id && i < l->entity->nkeys; i++) {
        struct str key;
        if (((l->entity->personal_keys >> i & 1u) && !personal) ||
            !key_text(ctx, l->entity->keys[i].form, l->key, &key))
            continue;
        params[n++] = VALUE_TEXT(key);
        add_form(&b, l->entity, i, l->entity->keys[i].where, n);
    }
    int64_t id;
    if (!l->by_id && number_parse(l->key, 1, UINT32_MAX, NULL, &id, NULL) == RC_OK) {
        params[n++] = VALUE_INT(id);
        add_form(&b, l->entity, l->entity->nkeys, "@.id = $1", n);
    }
    if (!n)
        buf_add_str(&b, STR("select 0::bigint, 0::bigint, ''::text where false"));
    buf_add_char(&b, '\0');
    return (struct pg_stmt){(const char *)b.p, params, n};
}

static enum rc
ambiguous(struct op_lookup *l, const struct pg_rows *rows, size_t from, size_t to)
{
    char label[64];
    enum rc rc = err_set(&l->why, RC_BAD_PARAMS, l->field, "\"%.*s\" fits %zu %s: say which one",
                         STR_ARG(l->key), to - from, l->entity->plural);
    for (size_t i = from; i < to; i++) {
        (void)snprintf(label, sizeof label, "%.*s", STR_ARG(pg_cell(rows, i, 2)->text));
        err_add_ref(&l->why, l->entity->number, pg_cell(rows, i, 1)->i, label);
    }
    return rc;
}

static enum rc
pick(struct op_lookup *l, const struct pg_rows *rows)
{
    if (rows->nrows == 0 && l->by_id)
        return err_set(&l->why, RC_NOT_FOUND, l->field, "no such %s", l->entity->name);
    if (rows->nrows == 0)
        return err_set(&l->why, RC_NOT_FOUND, l->field, "no %s \"%.*s\"", l->entity->name, STR_ARG(l->key));
    int64_t form = pg_cell(rows, 0, 0)->i;
    for (size_t i = 1; i < rows->nrows; i++)
        if (pg_cell(rows, i, 0)->i < form)
            form = pg_cell(rows, i, 0)->i;
    size_t first = rows->nrows, last = 0;
    for (size_t i = 0; i < rows->nrows; i++)
        if (pg_cell(rows, i, 0)->i == form) {
            first = i < first ? i : first;
            last = i + 1;
        }
    if (last - first > 1)
        return ambiguous(l, rows, first, last);
    const struct value *label = pg_cell(rows, first, 2);
    l->found = (struct ref){pg_cell(rows, first, 1)->i, label->type == VT_TEXT ? label->text : STR_NONE};
    return RC_OK;
}

enum rc
op_look_up(struct op_ctx *ctx, struct op_lookup *lookups, size_t n, struct err *reterr)
{
    struct pg_stmt *stmts = arena_new(ctx->arena, struct pg_stmt, n + 1);
    struct pg_rows *rows = arena_new(ctx->arena, struct pg_rows, n + 1);
    struct op_lookup **asked = arena_new(ctx->arena, struct op_lookup *, n + 1);
    size_t nasked = 0;
    for (size_t i = 0; i < n; i++) {
        struct op_lookup *l = &lookups[i];
        l->found.id = l->id;
        if (l->by_id && op_held_label(ctx, l->entity, l->id, &l->found.label))
            continue;
        stmts[nasked] = look_up_stmt(ctx, l);
        asked[nasked++] = l;
    }
    enum rc rc = nasked ? op_run(ctx, stmts, nasked, rows, reterr) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < nasked; i++)
        asked[i]->code = pick(asked[i], &rows[i]);
    return rc;
}

bool
op_step_made(const struct op_ctx *ctx, uint32_t entity, struct str s, int64_t *ret)
{
    int64_t step;
    struct err ignored;
    if (s.n < 2 || s.p[0] != '$' ||
        number_parse(str_slice(s, 1, s.n), 0, LIMIT_STEPS, "step", &step, &ignored) != RC_OK)
        return false;
    if ((uint64_t)step >= ctx->nmade || ctx->made[step].entity != entity)
        return false;
    *ret = ctx->made[step].id;
    return true;
}

enum rc
op_resolve(struct op_ctx *ctx, const struct entity *e, const struct params *p, int64_t *ret,
           struct err *reterr)
{
    if (params_has(p, PARAM_ID)) {
        *ret = p->id;
        return RC_OK;
    }
    if (op_step_made(ctx, e->number, p->key, ret))
        return RC_OK;
    struct op_lookup l = {.entity = e, .key = p->key};
    enum rc rc = op_look_up(ctx, &l, 1, reterr);
    if (rc == RC_OK && l.code != RC_OK) {
        *reterr = l.why;
        return l.code;
    }
    if (rc == RC_OK)
        *ret = l.found.id;
    return rc;
}

/* ------------------------------------------------------------------ labels */

static struct pg_stmt
labels_stmt(struct op_ctx *ctx, const struct entity *e, const struct body_ref *refs, size_t n)
{
    struct buf ids, b;
    buf_init(&ids, ctx->arena, 256);
    for (size_t i = 0; i < n; i++)
        if (refs[i].entity == e->number)
            buf_printf(&ids, "%s%lld", ids.n ? "," : "", (long long)refs[i].id);
    struct value *params = arena_new(ctx->arena, struct value, 1);
    params[0] = VALUE_TEXT(buf_str(&ids));
    buf_init(&b, ctx->arena, 256);
    buf_add_str(&b, STR("select t.id, "));
    sql_alias(&b, e->label_sql, "t");
    buf_printf(&b, " from app.%s t where t.id = any (string_to_array($1, ',')::bigint[])", e->table);
    buf_add_char(&b, '\0');
    return (struct pg_stmt){(const char *)b.p, params, 1};
}

static bool
has_entity(const struct body_ref *refs, size_t n, uint32_t entity)
{
    for (size_t i = 0; i < n; i++)
        if (refs[i].entity == entity)
            return true;
    return false;
}

enum rc
op_labels(struct op_ctx *ctx, struct body_ref *refs, size_t n, struct err *reterr)
{
    size_t count, used = 0;
    const struct entity *const *entities = entity_table(&count);
    struct pg_stmt *stmts = arena_new(ctx->arena, struct pg_stmt, count);
    uint32_t *of = arena_new(ctx->arena, uint32_t, count);
    struct pg_rows *rows = arena_new(ctx->arena, struct pg_rows, count);
    for (size_t i = 0; i < count; i++)
        if (has_entity(refs, n, entities[i]->number)) {
            of[used] = entities[i]->number;
            stmts[used++] = labels_stmt(ctx, entities[i], refs, n);
        }
    if (!used)
        return RC_OK;
    enum rc rc = op_run(ctx, stmts, used, rows, reterr);
    for (size_t u = 0; rc == RC_OK && u < used; u++)
        for (size_t r = 0; r < rows[u].nrows; r++)
            for (size_t i = 0; i < n; i++)
                if (refs[i].entity == of[u] && refs[i].id == pg_cell(&rows[u], r, 0)->i &&
                    pg_cell(&rows[u], r, 1)->type == VT_TEXT)
                    refs[i].label = pg_cell(&rows[u], r, 1)->text;
    return rc;
}
