#include "server/catalog/role.h"

#include "server/op/rights.h"
#include "server/rule/rules.h"

/* Roles: what comes with the product stays as it is; nobody hands out a right he does not hold himself. */

enum { CODE_MOST = 32 };

static bool
is_code(struct str s)
{
    bool ok = s.n > 0 && s.n <= CODE_MOST && s.p[0] >= 'a' && s.p[0] <= 'z';
    for (size_t i = 0; ok && i < s.n; i++)
        ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_';
    return ok;
}

/* Words with one blank between, as the table wants them. */
static struct str
tidy(struct arena *a, struct str words)
{
    char *p = arena_alloc(a, words.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < words.n; i++) {
        bool blank = words.p[i] == ' ' || words.p[i] == '\n' || words.p[i] == '\t';
        if (!blank)
            p[n++] = words.p[i];
        else if (n && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    return str_trim((struct str){p, n});
}

/* Nobody hands out what he does not hold, unless giving roles is his work. */
static bool
may_give(struct op_ctx *ctx, struct str words)
{
    return rights_cover(ctx->who.rights.words, words) ||
           rights_cover(ctx->who.rights.words, STR("role.assign"));
}

static void
check_words(struct op_ctx *ctx, struct role *r)
{
    struct str word;
    r->permissions = tidy(ctx->arena, r->permissions);
    if (!rights_known(r->permissions, &word))
        op_issue(ctx, ISSUE_REFUSE, "permissions",
                 "\"%.*s\" is no right: write entity.verb, such as policy.renew or customer.read",
                 STR_ARG(word));
    else if (!may_give(ctx, r->permissions))
        op_issue(ctx, ISSUE_REFUSE, "permissions", "you can't give a right that you don't have");
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct role *r = row;
    const struct role *was = old;
    (void)reterr;
    if (was && was->builtin) {
        op_issue(ctx, ISSUE_REFUSE, "permissions", "%.*s comes with the product: copy it and change the copy",
                 STR_ARG(was->name));
        return RC_OK;
    }
    if (row_has(&r->row, ROLE_CODE) && !is_code(r->code))
        op_issue(ctx, ISSUE_REFUSE, "code", "a code has 1 to %d small letters, digits and underscores",
                 CODE_MOST);
    if (row_has(&r->row, ROLE_PERMISSIONS))
        check_words(ctx, r);
    if (ctx->who.branch_only && !r->branch_scope)
        op_issue(ctx, ISSUE_REFUSE, "branch_scope", "you see one branch: so do the roles you make");
    if (was && !r->is_active && was->row.id == ctx->who.role.id)
        op_issue(ctx, ISSUE_REFUSE, "is_active", "you can't switch your own role off");
    return RC_OK;
}

static enum rc
copy(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct role *from = row;
    const struct role_copy *to = args;
    struct role made = {.row = {.id = 0}};
    if (!is_code(to->code))
        return err_set(reterr, RC_BAD_PARAMS, "code",
                       "a code has 1 to %d small letters, digits and underscores", CODE_MOST);
    if (!may_give(ctx, from->permissions) || (ctx->who.branch_only && !from->branch_scope))
        return err_set(reterr, RC_FORBIDDEN, NULL, "you can't give a right that you don't have");
    ROW_SET(&made, ROLE_CODE, code, to->code);
    ROW_SET(&made, ROLE_NAME, name, to->name);
    ROW_SET(&made, ROLE_PERMISSIONS, permissions, from->permissions);
    ROW_SET(&made, ROLE_SECOND_FACTOR, second_factor, from->second_factor);
    ROW_SET(&made, ROLE_BRANCH_SCOPE, branch_scope, from->branch_scope);
    ROW_SET(&made, ROLE_OWN_RECORDS, own_records, from->own_records);
    enum rc rc = op_insert(ctx, ENTITY_ROLE, &made, reterr);
    if (rc == RC_OK)
        ret->id = made.row.id;
    return rc;
}

static const struct rule_action actions[] = {
    {.number = ROLE_COPY, .run = copy}
};

const struct rule role_rule = {
    .entity = ENTITY_ROLE, .prepare = prepare, .actions = actions, .nactions = COUNTOF(actions)};
