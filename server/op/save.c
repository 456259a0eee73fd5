#include <string.h>

#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/rule/rule.h"

/* add, set and check: the same path, so that what check says is what add and set do. */

static enum rc
prepare(struct op_ctx *ctx, const struct entity *e, void *row, const void *old, struct err *reterr)
{
    const struct rule *rule = rule_for(e->number);
    return rule && rule->prepare ? rule->prepare(ctx, row, old, reterr) : RC_OK;
}

static enum rc
before(struct op_ctx *ctx, const struct entity *e, void *row, const void *old, struct err *reterr)
{
    const struct rule *rule = rule_for(e->number);
    return rule && rule->before ? rule->before(ctx, row, old, reterr) : RC_OK;
}

static enum rc
after(struct op_ctx *ctx, const struct entity *e, const void *row, const void *old, struct err *reterr)
{
    const struct rule *rule = rule_for(e->number);
    return rule && rule->after ? rule->after(ctx, row, old, reterr) : RC_OK;
}

static enum rc
show_saved(struct op_ctx *ctx, const struct entity *e, int64_t id, struct body *ret, struct err *reterr)
{
    op_show_later(e, id, ret);
    enum rc rc = op_issues_known(ctx, reterr);
    if (rc == RC_OK && ctx->nissues)
        op_issues_show(ctx, ret);
    return rc;
}

enum rc
op_add(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc != RC_OK)
        return rc;
    if (!(e->flags & EF_ADD))
        return err_set(reterr, RC_BAD_PARAMS, "entity",
                       "%s are not added by hand; see the actions of describe", e->plural);
    const struct op_table table = {e->fields, e->nfields, SCHEMA_CREATE, e};
    void *row = arena_alloc(ctx->arena, e->size);
    op_seal_ahead(ctx, e);
    rc = op_fields(ctx, &table, p, row, reterr);
    if (rc == RC_OK)
        rc = op_fallbacks(ctx, &table, row, reterr);
    if (rc == RC_OK)
        rc = op_required(ctx, &table, row, reterr);
    if (rc == RC_OK)
        rc = prepare(ctx, e, row, NULL, reterr);
    if (rc == RC_OK)
        rc = op_verdict(ctx, reterr);
    if (rc == RC_OK)
        rc = before(ctx, e, row, NULL, reterr);
    if (rc == RC_OK)
        rc = op_insert(ctx, e->number, row, reterr);
    if (rc == RC_OK)
        rc = after(ctx, e, row, NULL, reterr);
    return rc == RC_OK ? show_saved(ctx, e, ((const struct row_head *)row)->id, ret, reterr) : rc;
}

/* Loads what is to be changed and checks that the caller has seen its latest version. */
static enum rc
load_for_set(struct op_ctx *ctx, const struct entity *e, const struct params *p, void *row, struct body *ret,
             struct err *reterr)
{
    int64_t id;
    struct str label;
    enum rc rc = op_resolve(ctx, e, p, &id, reterr);
    if (rc == RC_OK)
        rc = op_load_labelled(ctx, e, id, OP_LOCK, row, &label, reterr);
    if (rc != RC_OK)
        return rc;
    const struct row_head *head = row;
    if (head->version == p->version)
        return RC_OK;
    ret->record = op_record(ctx, e, row, label);
    ret->present |= 1u << BODY_RECORD;
    return err_set(reterr, RC_CONFLICT, NULL, "%.*s was changed by someone else meanwhile", STR_ARG(label));
}

enum rc
op_set(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc != RC_OK)
        return rc;
    if (!(e->flags & EF_SET))
        return err_set(reterr, RC_BAD_PARAMS, "entity",
                       "%s are not changed by hand; see the actions of describe", e->plural);
    void *row = arena_alloc(ctx->arena, e->size), *old = arena_alloc(ctx->arena, e->size);
    rc = load_for_set(ctx, e, p, row, ret, reterr);
    if (rc != RC_OK)
        return rc;
    memcpy(old, row, e->size);
    const struct op_table table = {e->fields, e->nfields, SCHEMA_EDIT, e};
    rc = op_fields(ctx, &table, p, row, reterr);
    if (rc == RC_OK)
        rc = op_required(ctx, &table, row, reterr);
    if (rc == RC_OK)
        rc = prepare(ctx, e, row, old, reterr);
    if (rc == RC_OK)
        rc = op_verdict(ctx, reterr);
    if (rc == RC_OK)
        rc = before(ctx, e, row, old, reterr);
    if (rc == RC_OK)
        rc = op_update(ctx, e->number, row, reterr);
    if (rc == RC_OK)
        rc = after(ctx, e, row, old, reterr);
    return rc == RC_OK ? show_saved(ctx, e, ((const struct row_head *)row)->id, ret, reterr) : rc;
}

/* A finding is an answer of check; what the service can't do is an error. */
static bool
is_finding(enum rc rc)
{
    return rc == RC_BAD_PARAMS || rc == RC_REFUSED || rc == RC_DUPLICATE || rc == RC_CONFIRM ||
           rc == RC_NOT_FOUND;
}

static enum rc
check_fields(struct op_ctx *ctx, const struct entity *e, const struct params *p, void *row, const void *old,
             struct err *reterr)
{
    const struct op_table table = {e->fields, e->nfields, old ? SCHEMA_EDIT : SCHEMA_CREATE, e};
    enum rc rc = op_fields(ctx, &table, p, row, reterr); /* its findings are issues already */
    if (rc != RC_OK && !is_finding(rc))
        return rc;
    rc = old ? RC_OK : op_fallbacks(ctx, &table, row, reterr);
    if (rc == RC_OK)
        rc = prepare(ctx, e, row, old, reterr);
    if (rc == RC_OK || !is_finding(rc))
        return rc;
    op_issue_of(ctx, reterr);
    return RC_OK;
}

enum rc
op_check(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc != RC_OK)
        return rc;
    void *row = arena_alloc(ctx->arena, e->size), *old = NULL;
    if (params_has(p, PARAM_ID)) {
        rc = op_load(ctx, e->number, p->id, OP_READ, row, reterr);
        if (rc != RC_OK)
            return rc;
        old = arena_alloc(ctx->arena, e->size);
        memcpy(old, row, e->size);
    }
    rc = check_fields(ctx, e, p, row, old, reterr);
    if (rc == RC_OK)
        rc = op_issues_known(ctx, reterr);
    if (rc == RC_OK)
        op_issues_show(ctx, ret);
    return rc;
}
