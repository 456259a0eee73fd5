#include "common/base/lang.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/rule/rule.h"

static const struct rule_action *
rule_action(const struct entity *e, const struct action *a)
{
    const struct rule *rule = rule_for(e->number);
    for (size_t i = 0; rule && i < rule->nactions; i++)
        if (rule->actions[i].number == a->number)
            return &rule->actions[i];
    return NULL;
}

/* The locks that must be taken before the record's own: every path takes them in the same order. */
static void
lock_first(struct op_ctx *ctx, const struct entity *e, int64_t id)
{
    for (size_t i = 0; i < e->nlocks; i++)
        op_ask(ctx, e->locks[i], &VALUE_INT(id), 1, NULL);
}

static enum rc
check_state(const struct action *a, const struct entity *e, const void *row, struct str label,
            struct err *reterr)
{
    if (!a->state_tag)
        return RC_OK;
    const struct field *f = entity_field(e, a->state_tag);
    struct value v = field_get(f, row);
    if (v.type == VT_CHOICE && (a->state_mask & ROW_BIT(v.i)))
        return RC_OK;
    const struct choice *c = field_choice(f, v.i);
    return err_set(reterr, RC_REFUSED, f->name, "\"%s\" is not possible: %.*s is %s", a->name, STR_ARG(label),
                   c ? lang_text(c->label) : _("in no known state"));
}

static enum rc
load_target(struct op_ctx *ctx, const struct entity *e, const struct action *a, const struct rule_action *run,
            const struct params *p, void *row, struct body *ret, struct err *reterr)
{
    int64_t id;
    struct str label;
    if (!params_has(p, PARAM_ID) && !params_has(p, PARAM_KEY))
        return err_set(reterr, RC_BAD_PARAMS, "key", "say which %s: its id or key is missing", e->name);
    enum rc rc = op_resolve(ctx, e, p, &id, reterr);
    if (rc != RC_OK)
        return rc;
    lock_first(ctx, e, id);
    op_load_ahead(ctx, e->number, id, OP_LOCK);
    if (run->ahead)
        run->ahead(ctx, id);
    rc = op_load_labelled(ctx, e, id, OP_LOCK, row, &label, reterr);
    if (rc != RC_OK)
        return rc;
    if (params_has(p, PARAM_VERSION) && p->version != ((const struct row_head *)row)->version) {
        ret->record = op_record(ctx, e, row, label);
        ret->present |= 1u << BODY_RECORD;
        return err_set(reterr, RC_CONFLICT, NULL, "%.*s was changed by someone else meanwhile",
                       STR_ARG(label));
    }
    return check_state(a, e, row, label, reterr);
}

static enum rc
read_args(struct op_ctx *ctx, const struct action *a, const struct params *p, void *args, struct err *reterr)
{
    const struct op_table table = {a->params, a->nparams, SCHEMA_CREATE, NULL};
    enum rc rc = op_fields(ctx, &table, p, args, reterr);
    if (rc == RC_OK)
        rc = op_fallbacks(ctx, &table, args, reterr);
    return rc == RC_OK ? op_required(ctx, &table, args, reterr) : rc;
}

static enum rc
show_result(struct op_ctx *ctx, const struct op_result *result, struct body *ret, struct err *reterr)
{
    if (result->id)
        op_show_later(entity_by_number(result->entity), result->id, ret);
    if (result->file.name.n) {
        ret->file = result->file;
        ret->present |= 1u << BODY_FILE;
    }
    enum rc rc = op_issues_known(ctx, reterr);
    if (rc == RC_OK && ctx->nissues)
        op_issues_show(ctx, ret);
    return rc;
}

enum rc
op_act(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    const struct action *a;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc == RC_OK)
        rc = op_action(e, p->action, &a, reterr);
    if (rc != RC_OK)
        return rc;
    const struct rule_action *run = rule_action(e, a);
    if (!run || !run->run)
        return err_set(reterr, RC_BAD_PARAMS, "action", "\"%s\" gives a document: ask for it with print",
                       a->name);
    if ((a->flags & AF_REASON) && !ctx->reason.n)
        return err_set(reterr, RC_BAD_PARAMS, "reason", "a reason is needed for \"%s\"", a->name);
    void *row = (a->flags & AF_ON_RECORD) ? arena_alloc(ctx->arena, e->size) : NULL;
    void *args = arena_alloc(ctx->arena, a->params_size > sizeof(struct row_head) ? a->params_size
                                                                                  : sizeof(struct row_head));
    if (row)
        rc = load_target(ctx, e, a, run, p, row, ret, reterr);
    if (rc == RC_OK)
        rc = read_args(ctx, a, p, args, reterr);
    if (rc != RC_OK)
        return rc;
    struct op_result result = {.entity = e->number, .id = row ? ((const struct row_head *)row)->id : 0};
    rc = run->run(ctx, row, args, &result, reterr);
    if (rc == RC_OK)
        rc = op_verdict(ctx, reterr);
    return rc == RC_OK ? show_result(ctx, &result, ret, reterr) : rc;
}

/* The action that prints, when the request does not say which: the entity's only one. */
static const struct action *
print_action(const struct entity *e)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].flags & AF_PRINTS)
            return &e->actions[i];
    return NULL;
}

enum rc
op_print(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    int64_t id;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc != RC_OK)
        return rc;
    const struct action *a = print_action(e);
    const struct rule_action *run = a ? rule_action(e, a) : NULL;
    if (!run || !run->print)
        return err_set(reterr, RC_BAD_PARAMS, "entity", "there is no document of a %s", e->name);
    void *row = arena_alloc(ctx->arena, e->size);
    rc = op_resolve(ctx, e, p, &id, reterr);
    if (rc == RC_OK)
        rc = op_load(ctx, e->number, id, OP_READ, row, reterr);
    if (rc == RC_OK)
        rc = run->print(ctx, row, p->format, &ret->file, reterr);
    if (rc == RC_OK)
        ret->present |= 1u << BODY_FILE;
    return rc;
}
