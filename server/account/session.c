#include "server/catalog/session.h"

#include "server/account/account.h"
#include "server/account/user_check.h"

/* Ending sessions: one's own, or anybody's for who looks after users; row-level security shows nobody else
 * others. */

static enum rc
end_one(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct session_record *s = row;
    const struct value params[] = {VALUE_INT(s->row.id)};
    (void)args;
    (void)ret;
    enum rc rc = s->user.id == ctx->who.user ? RC_OK : user_check_rank(ctx, s->user.id, 0, NULL, reterr);
    if (rc != RC_OK)
        return rc;
    return op_query(ctx, "session_end", "select app.end_session($1)", params, COUNTOF(params), NULL, reterr);
}

static enum rc
end_all(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct session_end_all *a = args;
    bool other = row_has(&a->row, SESSION_END_ALL_USER) && a->user.id != ctx->who.user;
    const struct value params[] = {VALUE_INT(other ? a->user.id : ctx->who.user)};
    struct pg_rows rows;
    (void)row;
    if (other && !rights_cover(ctx->who.rights.words, STR("session.end_all")))
        return err_set(reterr, RC_FORBIDDEN, "user",
                       "your role does not allow to end the sessions of others");
    enum rc rc = other ? user_check_rank(ctx, a->user.id, 0, "user", reterr) : RC_OK;
    if (rc != RC_OK)
        return rc;
    rc = op_query(ctx, "session_end_all", "select app.end_sessions($1)", params, COUNTOF(params), &rows,
                  reterr);
    if (rc != RC_OK)
        return rc;
    op_issue(ctx, ISSUE_WARN, NULL, "%lld sessions were ended", (long long)pg_cell(&rows, 0, 0)->i);
    *ret = (struct op_result){ENTITY_SESSION, ctx->who.session, ret->file};
    return RC_OK;
}

static const struct rule_action actions[] = {
    {.number = SESSION_END,     .run = end_one},
    {.number = SESSION_END_ALL, .run = end_all},
};

const struct rule session_rule = {.entity = ENTITY_SESSION, .actions = actions, .nactions = COUNTOF(actions)};
