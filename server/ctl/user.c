#include <string.h>

#include "common/crypt/crypt.h"
#include "common/crypt/totp.h"
#include "server/ctl/ctl.h"

/* Users from the server machine: the way back in when nobody of a company can help. What is done here stands
   in the history and in the audit as done by bimactl. */

struct named {
    const char *name, *domain;
    const char *tenant, *id; /* numbers as texts */
    bool has_password;
};

/* The one login of the command line. Fails: RC_USAGE, RC_BAD_PARAMS, RC_NOT_FOUND. */
static enum rc
find(struct ctl *ctl, const char *action, struct admin **ret_db, struct named *ret, struct err *reterr)
{
    struct admin_rows rows = {0};
    if (ctl->argc != 1)
        return err_set(reterr, RC_USAGE, NULL, "expected one login, name@company-domain");
    enum rc rc = ctl_login(ctl, ctl->argv[0], &ret->name, &ret->domain, reterr);
    if (rc == RC_OK)
        rc = ctl_database_ready(ctl, ret_db, reterr);
    const char *params[] = {ret->name, ret->domain, action};
    if (rc == RC_OK)
        rc = admin_run(
            *ret_db, &ctl->arena,
            "with told as (select set_config('app.actor', 'bimactl', false), set_config('app.action', $3, "
            "false)) select u.tenant_id, u.id, u.password_hash is not null from app.user_account u"
            " join app.tenant_domain d on d.tenant_id = u.tenant_id, told"
            " where d.domain = lower($2) and u.login = lower($1)",
            params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows != 1)
        rc = err_set(reterr, RC_NOT_FOUND, "login", "there is no user %s@%s", ret->name, ret->domain);
    if (rc != RC_OK)
        return rc;
    ret->tenant = str_dup(&ctl->arena, rows.cells[0]).p;
    ret->id = str_dup(&ctl->arena, rows.cells[1]).p;
    ret->has_password = str_eq_c(rows.cells[2], "t");
    return RC_OK;
}

/* A statement with the company ($1) and the user ($2). */
static enum rc
run(struct ctl *ctl, struct admin *db, const struct named *u, const char *sql, struct admin_rows *ret,
    struct err *reterr)
{
    const char *params[] = {u->tenant, u->id};
    return admin_run(db, &ctl->arena, sql, params, COUNTOF(params), ret, reterr);
}

/* What is done and that it was done, together. */
static enum rc
run_noted(struct ctl *ctl, struct admin *db, const struct named *u, const char *what, const char *sql,
          struct err *reterr)
{
    enum rc rc = admin_script(db, "begin", reterr);
    if (rc == RC_OK)
        rc = run(ctl, db, u, sql, NULL, reterr);
    if (rc == RC_OK)
        rc = ctl_note(db, u->tenant, what, "user", u->id, reterr);
    return rc == RC_OK ? admin_script(db, "commit", reterr) : rc;
}

static enum rc
user_token(struct ctl *ctl, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct named u;
    char token[CODE_TEXT], hex[2 * CODE_HASH + 1];
    unsigned char hash[CODE_HASH];
    struct admin_rows rows = {0};
    enum rc rc = find(ctl, "token", &db, &u, reterr);
    if (rc != RC_OK)
        return rc;
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const char *params[] = {u.tenant, u.id, crypt_hex(hash, sizeof hash, hex), u.has_password ? "2" : "1"};
    rc = ctl_note(db, u.tenant, "user token", "user", u.id, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, &ctl->arena,
                       "select to_char(app.issue_token($1::int, $2::bigint, decode($3, 'hex'), $4::int) at "
                       "time zone 'utc',"
                       " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                       params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK)
        (void)printf("login=%s@%s\ntoken=%s\nuntil=%.*s\n", u.name, u.domain, token, STR_ARG(rows.cells[0]));
    crypt_wipe(token, sizeof token);
    return rc;
}

static enum rc
switch_to(struct ctl *ctl, const char *action, const char *sql, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct named u;
    enum rc rc = find(ctl, action, &db, &u, reterr);
    if (rc == RC_OK)
        rc = run_noted(ctl, db, &u, str_printf(&ctl->arena, "user %s", action).p, sql, reterr);
    if (rc == RC_OK)
        (void)printf("login=%s@%s\n%s=yes\n", u.name, u.domain, action);
    return rc;
}

static enum rc
user_disable(struct ctl *ctl, struct err *reterr)
{
    return switch_to(
        ctl, "disabled",
        "update app.user_account set is_active = false where tenant_id = $1::int and id = $2::bigint and"
        " is_active",
        reterr);
}

static enum rc
user_enable(struct ctl *ctl, struct err *reterr)
{
    return switch_to(
        ctl, "enabled",
        "update app.user_account set is_active = true where tenant_id = $1::int and id = $2::bigint and"
        " not is_active",
        reterr);
}

static enum rc
user_unlock(struct ctl *ctl, struct err *reterr)
{
    return switch_to(
        ctl, "unlocked",
        "update app.sign_in_failure set failures = 0, locked_until = null where tenant_id = $1::int and"
        " user_id = $2::bigint",
        reterr);
}

static enum rc
user_drop_factor(struct ctl *ctl, struct err *reterr)
{
    return switch_to(
        ctl, "factor_dropped",
        "select app.drop_factor($1::int, $2::bigint, 'Your second factor was taken off by bimactl.')",
        reterr);
}

static void
print(const struct admin_rows *rows)
{
    for (size_t r = 0; r < rows->nrows; r++)
        for (size_t c = 0; c < rows->ncols; c++) {
            struct str cell = rows->cells[r * rows->ncols + c];
            (void)printf("%.*s%c", STR_ARG(cell), c + 1 == rows->ncols ? '\n' : '\t');
        }
}

static enum rc
user_sessions(struct ctl *ctl, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct named u;
    struct admin_rows rows = {0};
    enum rc rc = find(ctl, "sessions", &db, &u, reterr);
    if (rc == RC_OK)
        rc = run(
            ctl, db, &u,
            "select id, to_char(created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            " to_char(seen_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            " (array['code', 'open', 'limited'])[state], method, coalesce(address, ''), coalesce(client, '')"
            " from app.session where tenant_id = $1::int and user_id = $2::bigint and state < 4"
            " order by created_at desc",
            &rows, reterr);
    if (rc == RC_OK)
        print(&rows);
    return rc;
}

static enum rc
user_list(struct ctl *ctl, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct admin_rows rows = {0};
    if (ctl->argc > 1)
        return err_set(reterr, RC_USAGE, NULL, "expected one company domain, or nothing");
    enum rc rc = ctl_database_ready(ctl, &db, reterr);
    const char *params[] = {ctl->argc ? ctl->argv[0] : NULL};
    if (rc == RC_OK)
        rc = admin_run(
            db, &ctl->arena,
            "select u.login || '@' || d.domain, r.code, case when u.is_active then 'active' else 'off' end,"
            " case when f.id is null then 'no' else 'yes' end, u.name from app.user_account u"
            " join app.role r on r.tenant_id = u.tenant_id and r.id = u.role_id"
            " join lateral (select min(x.domain) as domain from app.tenant_domain x"
            "   where x.tenant_id = u.tenant_id and (x.domain = lower($1) or $1 is null)) d on d.domain is"
            " not null left join app.user_factor f on f.tenant_id = u.tenant_id and f.user_id = u.id"
            " and f.confirmed_at is not null and f.dropped_at is null order by d.domain, u.login",
            params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK)
        print(&rows);
    return rc;
}

const struct ctl_command ctl_user[CTL_USER] = {
    {"user list",        "[DOMAIN]", "login, role, active or off, second factor, name; one user a line",                user_list       },
    {"user token",       "LOGIN",    "a one-time token to sign in with and choose a password; the present one is void",
     user_token                                                                                                                         },
    {"user disable",     "LOGIN",    "switch an account off; its sessions end",                                         user_disable    },
    {"user enable",      "LOGIN",    "switch an account on again",                                                      user_enable     },
    {"user unlock",      "LOGIN",    "take the wait away that follows wrong passwords and codes",                       user_unlock     },
    {"user drop-factor", "LOGIN",    "a lost second factor counts no more; sessions end",                               user_drop_factor},
    {"user sessions",    "LOGIN",    "open sessions: id, since, last seen, state, method, address, program",
     user_sessions                                                                                                                      },
};
