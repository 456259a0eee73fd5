/* The platform from the server machine: its first people, companies, requests to join. What is done here goes
   by the same functions of the database as what a super admin does, and stands in the same history and audit,
   as done by bimactl. */
#include <string.h>

#include "common/crypt/crypt.h"
#include "common/crypt/totp.h"
#include "server/ctl/ctl.h"
#include "server/rule/entry/domain.h"

enum { PARAMS_MOST = 5 };

/* The words of a command are the text parameters of one statement, in their order. */
struct task {
    const char *action, *sql;
    int least, most; /* words */
    const char *usage;
};

static enum rc
open_platform(struct ctl *ctl, const char *action, struct admin **ret, struct err *reterr)
{
    const char *params[] = {action};
    enum rc rc = ctl_database_ready(ctl, ret, reterr);
    return rc == RC_OK
               ? admin_run(*ret, &ctl->arena, "select app.platform_operator($1)", params, 1, NULL, reterr)
               : rc;
}

/* Rows as lines, cells between tabs. */
static void
print_rows(const struct admin_rows *rows)
{
    for (size_t r = 0; r < rows->nrows; r++)
        for (size_t c = 0; c < rows->ncols; c++)
            (void)printf("%.*s%c", STR_ARG(rows->cells[r * rows->ncols + c]),
                         c + 1 < rows->ncols ? '\t' : '\n');
}

static enum rc
run_words(struct ctl *ctl, const struct task *t, const char *const *params, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct admin_rows rows = {0};
    enum rc rc = open_platform(ctl, t->action, &db, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, &ctl->arena, t->sql, params, (size_t)t->most, &rows, reterr);
    if (rc == RC_OK && t->least && !rows.nrows)
        return err_set(reterr, RC_NOT_FOUND, NULL, "there is no \"%.100s\"", params[0]);
    if (rc == RC_OK)
        print_rows(&rows);
    return rc;
}

static enum rc
run(struct ctl *ctl, const struct task *t, struct err *reterr)
{
    const char *params[PARAMS_MOST] = {NULL};
    if (ctl->argc < t->least || ctl->argc > t->most)
        return err_set(reterr, RC_USAGE, NULL, "%s", t->usage);
    for (int i = 0; i < ctl->argc; i++)
        params[i] = ctl->argv[i];
    return run_words(ctl, t, params, reterr);
}

/* ------------------------------------------------------------------ super admins */

#define DOMAIN "@platform"

/* "sara" or "sara@platform" */
static enum rc
platform_login(struct ctl *ctl, const char **ret, struct err *reterr)
{
    if (ctl->argc != 1)
        return err_set(reterr, RC_USAGE, NULL, "expected one login");
    struct str login = str_from(ctl->argv[0]);
    if (login.n > strlen(DOMAIN) && strcmp(login.p + login.n - strlen(DOMAIN), DOMAIN) == 0)
        login.n -= strlen(DOMAIN);
    if (memchr(login.p, '@', login.n))
        return err_set(reterr, RC_BAD_PARAMS, "login", "people of the platform sign in as LOGIN" DOMAIN);
    login = domain_fold(&ctl->arena, login);
    if (!login_fits(login))
        return err_set(reterr, RC_BAD_PARAMS, "login",
                       "a login has small letters, digits, dot, dash and underscore only");
    *ret = str_dup(&ctl->arena, login).p;
    return RC_OK;
}

static enum rc
make_admin(struct ctl *ctl, const char *login, const char *name, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    char token[CODE_TEXT], hex[2 * CODE_HASH + 1];
    unsigned char hash[CODE_HASH];
    enum rc rc = open_platform(ctl, "add", &db, reterr);
    if (rc != RC_OK)
        return rc;
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const char *params[] = {login, name ? name : login, crypt_hex(hash, sizeof hash, hex)};
    rc = admin_run(db, &ctl->arena, "select app.platform_admin($1, $2, decode($3, 'hex'))", params,
                   COUNTOF(params), NULL, reterr);
    if (rc == RC_DUPLICATE)
        rc = err_set(reterr, RC_DUPLICATE, "login", "there is a user %s" DOMAIN " already", login);
    if (rc == RC_OK)
        (void)printf("login=%s" DOMAIN "\ntoken=%s\n", login, token);
    crypt_wipe(token, sizeof token);
    return rc;
}

static enum rc
admin_add(struct ctl *ctl, struct err *reterr)
{
    const char *name = NULL, *login = NULL;
    const struct ctl_option options[] = {
        {"--name", &name},
    };
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc == RC_OK)
        rc = platform_login(ctl, &login, reterr);
    return rc == RC_OK ? make_admin(ctl, login, name, reterr) : rc;
}

static enum rc
admin_list(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "list",
        "select u.login || '" DOMAIN "', r.code, case when u.is_active then 'active' else 'off' end,"
        " case when exists (select from app.user_factor f where f.tenant_id = 0 and f.user_id = u.id"
        " and f.confirmed_at is not null and f.dropped_at is null) then 'factor' else 'no factor' end, u.name"
        " from app.user_account u join app.role r on r.tenant_id = 0 and r.id = u.role_id"
        " where u.tenant_id = 0 order by u.login",
        0, 0, "expected nothing more"};
    return run(ctl, &t, reterr);
}

static enum rc
admin_disable(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "disable",
        "with u as (update app.user_account set is_active = false where tenant_id = 0 and login = lower($1)"
        " returning id, login) select u.login || '" DOMAIN " is switched off' from u, lateral (select"
        " app.platform_note(null, 'platform_user.disable', 'platform_user', u.id, null) offset 0) x",
        1, 1, "expected one login"};
    const char *login = NULL;
    enum rc rc = platform_login(ctl, &login, reterr);
    return rc == RC_OK ? run_words(ctl, &t, &login, reterr) : rc;
}

const struct ctl_command ctl_admin[CTL_ADMIN] = {
    {"admin add",     "LOGIN [--name NAME]", "make a super admin of the platform; prints a one-time token once",
     admin_add                                                                                                                },
    {"admin list",    "",                    "list the people of the platform",                                  admin_list   },
    {"admin disable", "LOGIN",               "switch an account of the platform off",                            admin_disable},
};

/* ------------------------------------------------------------------ companies */

static enum rc
company_list(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "list",
        "select code, case status when 1 then 'active' else 'suspended' end, domains, name from app.company"
        " order by code",
        0, 0, "expected nothing more"};
    return run(ctl, &t, reterr);
}

static enum rc
company_suspend(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "suspend",
        "select c.code || ' is suspended' from app.company c,"
        " lateral (select app.company_suspend(c.id, $2) offset 0) x where c.code = upper($1)",
        2, 2, "a company is suspended by its code and a reason"};
    return run(ctl, &t, reterr);
}

static enum rc
company_activate(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "activate",
        "select c.code || ' is active' from app.company c,"
        " lateral (select app.company_activate(c.id, $2) offset 0) x where c.code = upper($1)",
        1, 2, "a company is activated by its code"};
    return run(ctl, &t, reterr);
}

static enum rc
domain_add(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "add_domain",
        "select c.code || ' has ' || lower($2) from app.company c,"
        " lateral (select app.company_add_domain(c.id, lower($2)) offset 0) x where c.code = upper($1)",
        2, 2, "expected the company's code and the domain"};
    return run(ctl, &t, reterr);
}

static enum rc
domain_drop(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "drop_domain",
        "select c.code || ' has no more ' || lower($2) from app.company c,"
        " lateral (select app.company_drop_domain(c.id, lower($2)) offset 0) x where c.code = upper($1)",
        2, 2, "expected the company's code and the domain"};
    return run(ctl, &t, reterr);
}

const struct ctl_command ctl_company[CTL_COMPANY] = {
    {"company list",        "",              "list the companies: code, status, domains, name",      company_list    },
    {"company suspend",     "CODE REASON",   "let nobody of a company in; nothing of it is lost",    company_suspend },
    {"company activate",    "CODE [REASON]", "let the people of a suspended company in again",       company_activate},
    {"company domain add",  "CODE DOMAIN",   "one more domain the people of a company sign in with", domain_add      },
    {"company domain drop", "CODE DOMAIN",   "take a domain away from a company; never the last",    domain_drop     },
};

/* ------------------------------------------------------------------ requests to join */

static enum rc
request_list(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "list",
        "select id::text, case state when 1 then 'pending' when 2 then 'approved' else 'rejected' end,"
        " to_char(created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI\"Z\"'), domain, name, email, phone"
        " from app.company_request where tenant_id = 0 order by state, created_at",
        0, 0, "expected nothing more"};
    return run(ctl, &t, reterr);
}

static enum rc
approve(struct ctl *ctl, const char *const branch[2], struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    char token[CODE_TEXT], hex[2 * CODE_HASH + 1];
    unsigned char hash[CODE_HASH];
    struct admin_rows rows = {0};
    enum rc rc = open_platform(ctl, "approve", &db, reterr);
    if (rc != RC_OK)
        return rc;
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const char *params[] = {ctl->argv[0], ctl->argv[1], branch[0], branch[1],
                            crypt_hex(hash, sizeof hash, hex)};
    rc = admin_run(
        db, &ctl->arena,
        "select r.admin_login || '@' || r.domain from app.company_request r,"
        " lateral app.request_approve(r.id, upper($2), upper($3), $4, decode($5, 'hex')) x"
        " where r.tenant_id = 0 and r.id = (case when $1 ~ '^[0-9]{1,10}$' then $1 else '0' end)::bigint",
        params, COUNTOF(params), &rows, reterr);
    if (rc == RC_DUPLICATE)
        rc = err_set(reterr, RC_DUPLICATE, NULL, "the code %.20s or the domain is taken", ctl->argv[1]);
    if (rc == RC_OK && !rows.nrows)
        rc = err_set(reterr, RC_NOT_FOUND, NULL, "there is no request %.20s", ctl->argv[0]);
    if (rc == RC_OK)
        (void)printf("login=%.*s\ntoken=%s\n", STR_ARG(rows.cells[0]), token);
    crypt_wipe(token, sizeof token);
    return rc;
}

static enum rc
request_approve(struct ctl *ctl, struct err *reterr)
{
    const char *branch[2] = {"HQ", "Head office"};
    const struct ctl_option options[] = {
        {"--branch",      &branch[0]},
        {"--branch-name", &branch[1]},
    };
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc != RC_OK)
        return rc;
    if (ctl->argc != 2)
        return err_set(reterr, RC_USAGE, NULL, "expected the request's number and a code for the company");
    return approve(ctl, branch, reterr);
}

static enum rc
request_reject(struct ctl *ctl, struct err *reterr)
{
    static const struct task t = {
        "reject",
        "select r.name || ' is rejected' from app.company_request r,"
        " lateral (select app.request_reject(r.id, $2) offset 0) x where r.tenant_id = 0"
        " and r.id = (case when $1 ~ '^[0-9]{1,10}$' then $1 else '0' end)::bigint",
        2, 2, "expected the request's number and a reason"};
    return run(ctl, &t, reterr);
}

const struct ctl_command ctl_request[CTL_REQUEST] = {
    {"request list",    "",                                                 "list the requests of companies that want to join", request_list   },
    {"request approve", "NUMBER CODE [--branch CODE] [--branch-name NAME]",
     "make the company of a request; prints its administrator's one-time token once",                                           request_approve},
    {"request reject",  "NUMBER REASON",                                    "decline a request",                                request_reject },
};
