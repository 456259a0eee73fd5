#include "server/catalog/user.h"

#include <string.h>

#include "server/account/account.h"
#include "server/account/slip.h"
#include "server/account/user_check.h"
#include "server/rule/contact.h"

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

void
user_check_language(struct op_ctx *ctx, struct str language)
{
    if (!str_eq_c(language, "en") && !str_eq_c(language, "sw"))
        op_issue(ctx, ISSUE_REFUSE, "language", "Language is en or sw");
}

void
user_check_email(struct op_ctx *ctx, struct str email)
{
    const char *at = email.n ? memchr(email.p, '@', email.n) : NULL;
    if (email.n && (!at || at == email.p || at == email.p + email.n - 1 || memchr(email.p, ' ', email.n)))
        op_issue(ctx, ISSUE_REFUSE, "email", "An e-mail address has the form name@example.org");
}

void
user_check_phone(struct op_ctx *ctx, struct str phone, struct str was)
{
    if (!str_eq(phone, was))
        contact_phone(ctx, "phone", phone);
}

bool
user_name_is_plain(struct str name)
{
    return !name.n || (!memchr(name.p, '(', name.n) && !memchr(name.p, ')', name.n));
}

void
user_check_name(struct op_ctx *ctx, struct str name, struct str was)
{
    if (!str_eq(name, was) && !user_name_is_plain(name))
        op_issue(ctx, ISSUE_REFUSE, "name",
                 "A name has no brackets: in the history they stand around the login");
}

/* Who may give any role: a company's administrator; on the platform, whose roles are few and fixed, who runs
 * it. */
static bool
gives_any_role(const struct rights *r)
{
    return rights_cover(r->words, r->platform ? STR("platform_user.*") : STR("role.assign"));
}

enum rc
user_check_rank(struct op_ctx *ctx, int64_t user, int64_t role, const char *field, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {VALUE_INT(user), VALUE_INT(role)};
    if (gives_any_role(&ctx->who.rights))
        return RC_OK;
    enum rc rc = op_query(ctx, "user_rank",
                          "select r.permissions from app.role r where r.id = $2 or ($2 = 0 and r.id ="
                          " (select u.role_id from app.user_account u where u.id = $1))",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK || !rows.nrows)
        return rc;
    if (rights_cover(ctx->who.rights.words, pg_cell(&rows, 0, 0)->text))
        return RC_OK;
    return err_set(reterr, RC_FORBIDDEN, field,
                   role ? "you can't give a role with rights that you don't have"
                        : "this user has rights that you don't have: ask an administrator");
}

static int64_t
customer_of(const struct user *u)
{
    return row_has(&u->row, USER_CUSTOMER) ? u->customer.id : 0;
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
    if (customer_of(old) != customer_of(u))
        op_issue(ctx, ISSUE_REFUSE, "customer", "You can't change whose records you see");
    if (ctx->who.branch_only && old->branch.id != u->branch.id)
        op_issue(ctx, ISSUE_REFUSE, "branch", "You can't change whose records you see");
}

/* Who sees one branch looks after those who see no more than that. */
static enum rc
check_reach(struct op_ctx *ctx, const struct user *u, const struct user *old, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {VALUE_INT(u->role.id)};
    if (!ctx->who.branch_only || u->row.id == ctx->who.user)
        return RC_OK;
    enum rc rc =
        op_query(ctx, "user_reach", "select r.branch_scope or r.own_records from app.role r where r.id = $1",
                 params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows && pg_cell(&rows, 0, 0)->yes && u->branch.id == ctx->who.branch.id &&
        (!old || old->branch.id == ctx->who.branch.id))
        return RC_OK;
    return err_set(reterr, RC_FORBIDDEN, "role",
                   "you see one branch: you look after its users, and their roles see one branch too");
}

static enum rc
check_rank(struct op_ctx *ctx, const struct user *u, const struct user *old, struct err *reterr)
{
    enum rc rc = old && u->row.id != ctx->who.user ? user_check_rank(ctx, u->row.id, 0, NULL, reterr) : RC_OK;
    bool given = row_has(&u->row, USER_ROLE) && (!old || old->role.id != u->role.id);
    return rc == RC_OK && given ? user_check_rank(ctx, 0, u->role.id, "role", reterr) : rc;
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct user *u = row;
    const struct user *was = old;
    if (row_has(&u->row, USER_LOGIN)) {
        enum rc rc = check_login(ctx, u, reterr);
        if (rc != RC_OK)
            return rc;
    }
    if (row_has(&u->row, USER_NAME))
        user_check_name(ctx, u->name, old ? ((const struct user *)old)->name : STR_NONE);
    if (row_has(&u->row, USER_LANGUAGE))
        user_check_language(ctx, u->language);
    if (row_has(&u->row, USER_EMAIL))
        user_check_email(ctx, u->email);
    if (row_has(&u->row, USER_PHONE))
        user_check_phone(ctx, u->phone, was && row_has(&was->row, USER_PHONE) ? was->phone : STR_NONE);
    check_self(ctx, u, old);
    enum rc rc = check_reach(ctx, u, old, reterr);
    return rc == RC_OK ? check_rank(ctx, u, old, reterr) : rc;
}

/* ------------------------------------------------------------------ actions */

/* A one-time token: told once, kept as its hash. */
static enum rc
give_token(struct op_ctx *ctx, const struct user *u, int purpose, struct op_result *ret, struct err *reterr)
{
    char token[CODE_TEXT];
    unsigned char hash[CODE_HASH];
    struct pg_rows rows;
    struct str login = STR_NONE;
    enum rc rc = user_check_rank(ctx, u->row.id, 0, NULL, reterr);
    if (rc != RC_OK)
        return rc;
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const struct value params[] = {
        VALUE_INT(u->row.id),
        {.type = VT_BYTES, .text = {(const char *)hash, CODE_HASH}},
        VALUE_INT(purpose)
    };
    rc = op_query(ctx, "user_token", "select app.user_token($1, $2, $3::int)", params, COUNTOF(params), &rows,
                  reterr);
    if (rc == RC_OK)
        rc = slip_login(ctx, u->login, &login, reterr);
    if (rc == RC_OK)
        rc = slip_token(ctx, login, token, pg_cell(&rows, 0, 0)->stamp, &ret->file, reterr);
    crypt_wipe(token, sizeof token);
    return rc;
}

enum { PURPOSE_ENROL = 1, PURPOSE_RESET = 2 };

static enum rc
enrol(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    return give_token(ctx, row, PURPOSE_ENROL, ret, reterr);
}

static enum rc
reset(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    return give_token(ctx, row, PURPOSE_RESET, ret, reterr);
}

static enum rc
unlock(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(((const struct user *)row)->row.id)};
    (void)args;
    (void)ret;
    return op_query(ctx, "user_unlock", "select app.user_unlock($1)", params, COUNTOF(params), NULL, reterr);
}

static enum rc
drop_factor(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct user *u = row;
    const struct value params[] = {VALUE_INT(u->row.id)};
    struct pg_rows rows;
    (void)args;
    (void)ret;
    enum rc rc = user_check_rank(ctx, u->row.id, 0, NULL, reterr);
    if (rc == RC_OK)
        rc = op_query(ctx, "user_drop_factor", "select app.user_drop_factor($1)", params, COUNTOF(params),
                      &rows, reterr);
    if (rc == RC_OK && !pg_cell(&rows, 0, 0)->yes)
        return err_set(reterr, RC_REFUSED, NULL, "this user has no second factor");
    return rc;
}

static const struct rule_action actions[] = {
    {.number = USER_ENROL,       .run = enrol      },
    {.number = USER_RESET,       .run = reset      },
    {.number = USER_UNLOCK,      .run = unlock     },
    {.number = USER_DROP_FACTOR, .run = drop_factor},
};

const struct rule user_rule = {
    .entity = ENTITY_USER, .prepare = prepare, .actions = actions, .nactions = COUNTOF(actions)};
const struct rule platform_user_rule = {
    .entity = ENTITY_PLATFORM_USER, .prepare = prepare, .actions = actions, .nactions = COUNTOF(actions)};
