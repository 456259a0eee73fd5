#include <string.h>

#include "server/account/account.h"
#include "server/catalog/user.h"

enum { PASSWORD_LEAST = 10 };

static bool
login_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!first && (c == '.' || c == '-' || c == '_'));
}

static enum rc
check_login(struct op_ctx *ctx, struct user *u, struct err *reterr)
{
    char *p = arena_alloc(ctx->arena, u->login.n + 1);
    for (size_t i = 0; i < u->login.n; i++) {
        char c = u->login.p[i];
        p[i] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
        if (!login_char(p[i], i == 0))
            return err_set(reterr, RC_BAD_PARAMS, "login",
                           "Login has small letters, digits, dot, dash and underscore only, without the @ "
                           "and what follows");
    }
    u->login.p = p;
    return RC_OK;
}

static void
check_language(struct op_ctx *ctx, const struct user *u)
{
    if (row_has(&u->row, USER_LANGUAGE) && !str_eq_c(u->language, "en") && !str_eq_c(u->language, "sw"))
        op_issue(ctx, ISSUE_REFUSE, "language", "Language is en or sw");
}

/* Nobody locks the door behind himself. */
static void
check_self(struct op_ctx *ctx, const struct user *u, const struct user *old)
{
    if (!old || u->row.id != ctx->who.user)
        return;
    if (old->is_active && !u->is_active)
        op_issue(ctx, ISSUE_REFUSE, "is_active", "You can't switch your own account off");
    if (old->role.id != u->role.id)
        op_issue(ctx, ISSUE_REFUSE, "role", "You can't change your own role");
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct user *u = row;
    if (row_has(&u->row, USER_LOGIN)) {
        enum rc rc = check_login(ctx, u, reterr);
        if (rc != RC_OK)
            return rc;
    }
    if (row_has(&u->row, USER_PASSWORD) && u->password.n < PASSWORD_LEAST)
        op_issue(ctx, ISSUE_REFUSE, "password", "Password has at least %d characters", PASSWORD_LEAST);
    check_language(ctx, u);
    check_self(ctx, u, old);
    return RC_OK;
}

/* Hashing is slow by intent: done once, when the user is really saved. */
static enum rc
hash_password(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct user *u = row;
    char hash[CRYPT_PASSWORD_TEXT];
    (void)old;
    if (!row_has(&u->row, USER_PASSWORD))
        return RC_OK;
    enum rc rc = crypt_password_hash(u->password, hash, reterr);
    if (rc != RC_OK)
        return rc;
    ROW_SET(u, USER_PASSWORD_HASH, password_hash, str_dup(ctx->arena, str_from(hash)));
    row_drop(&u->row, USER_PASSWORD);
    return RC_OK;
}

const struct rule user_rule = {.entity = ENTITY_USER, .prepare = prepare, .before = hash_password};
