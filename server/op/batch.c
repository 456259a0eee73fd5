#include <stdio.h>

#include "common/base/limits.h"
#include "common/wire/method.h"
#include "server/op/ops.h"
#include "server/op/parts.h"

/* Several writes in one transaction, all or nothing. A later step names what an earlier one made as "$K". */

static op_fn *
step_fn(enum method m)
{
    if (m == METHOD_ADD)
        return op_add;
    if (m == METHOD_SET)
        return op_set;
    return m == METHOD_ACT ? op_act : NULL;
}

/* History keeps the word and the reason of each step, not of the batch. */
static enum rc
enter_step(struct op_ctx *ctx, const struct method_info *m, const struct param_step *step, struct err *reterr)
{
    const struct entity *e;
    const struct action *a = NULL;
    enum rc rc = op_entity(&step->params, &e, reterr);
    if (rc == RC_OK && m->number == METHOD_ACT)
        rc = op_action(e, step->params.action, &a, reterr);
    if (rc != RC_OK)
        return rc;
    ctx->reason = step->params.reason;
    ctx->action = a ? str_from(a->name) : STR_NONE;
    ctx->issues = NULL;
    ctx->nissues = 0;
    ctx->seeks = false;
    const struct value params[] = {VALUE_TEXT(ctx->action), VALUE_TEXT(ctx->reason)};
    op_ask(ctx, "select set_config('app.action', $1, true), set_config('app.reason', $2, true)", params, 2,
           NULL);
    return RC_OK;
}

static enum rc
run_step(struct op_ctx *ctx, const struct param_step *step, struct body *ret, struct err *reterr)
{
    const struct method_info *m =
        step->method.name.n ? method_by_name(step->method.name) : method_by_number(step->method.number);
    op_fn *fn = m ? step_fn(m->number) : NULL;
    if (!fn)
        return err_set(reterr, RC_BAD_PARAMS, "steps", "a step is add, set or act");
    enum rc rc = method_check_params(m, &step->params, reterr);
    if (rc == RC_OK)
        rc = enter_step(ctx, m, step, reterr);
    return rc == RC_OK ? fn(ctx, &step->params, ret, reterr) : rc;
}

/* The form must know which step to mend. */
void
op_tell_step(const struct op_ctx *ctx, struct err *err)
{
    struct str field = str_printf(ctx->arena, "%zu.%s", ctx->step, err->field);
    (void)snprintf(err->field, sizeof err->field, "%s", field.p);
}

enum rc
op_batch(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    ret->results = arena_new(ctx->arena, struct body, p->nsteps + 1);
    ctx->made = arena_new(ctx->arena, struct body_ref, p->nsteps + 1);
    ctx->nmade = 0;
    for (size_t i = 0; i < p->nsteps; i++) {
        struct body *result = &ret->results[i];
        ctx->step = i;
        enum rc rc = run_step(ctx, &p->steps[i], result, reterr);
        if (rc == RC_CONFLICT && body_has(result, BODY_RECORD)) {
            ret->record = result->record;
            ret->present |= 1u << BODY_RECORD;
        }
        if (rc != RC_OK)
            return rc;
        ctx->made[ctx->nmade++] = (struct body_ref){result->record.entity, result->record.id, STR_NONE};
    }
    ret->nresults = p->nsteps;
    ret->present |= 1u << BODY_RESULTS;
    return RC_OK;
}
