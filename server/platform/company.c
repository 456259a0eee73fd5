/* Companies as the platform sees them: made, suspended, reached; never their business. */
#include "server/catalog/company.h"

#include "common/base/buf.h"
#include "common/crypt/totp.h"
#include "server/account/slip.h"
#include "server/platform/platform.h"
#include "server/rule/contact.h"
#include "server/rule/entry/domain.h"
#include "server/rule/finding.h"

/* ------------------------------------------------------------------ making one */

/* Domains with one blank between; each is looked at. */
static enum rc
check_domains(struct op_ctx *ctx, struct company *c, struct err *reterr)
{
    struct buf b;
    struct str rest = str_trim(c->domains);
    buf_init(&b, ctx->arena, rest.n + 1);
    enum rc rc = RC_OK;
    while (rc == RC_OK && rest.n) {
        struct str domain = str_split(&rest, ' ');
        rest = str_trim(rest);
        rc = contact_domain(ctx, "domains", &domain, reterr);
        buf_printf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(domain));
    }
    c->domains = buf_str(&b);
    return rc;
}

static void
check_start(struct op_ctx *ctx, struct company *c)
{
    if (row_has(&c->row, COMPANY_CODE))
        contact_code(ctx, "code", c->code);
    if (row_has(&c->row, COMPANY_BRANCH_CODE))
        contact_code(ctx, "branch_code", c->branch_code);
    if (row_has(&c->row, COMPANY_ADMIN_LOGIN))
        contact_login(ctx, "admin_login", &c->admin_login);
    if (row_has(&c->row, COMPANY_ADMIN_EMAIL))
        contact_email(ctx, "admin_email", &c->admin_email);
    if (row_has(&c->row, COMPANY_CURRENCY) && !currency_fits(c->currency))
        op_issue(ctx, ISSUE_REFUSE, "currency",
                 "a currency is three capital letters of ISO 4217, such as TZS");
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct company *c = row;
    enum rc rc = RC_OK;
    if (row_has(&c->row, COMPANY_EMAIL))
        contact_email(ctx, "email", &c->email);
    if (row_has(&c->row, COMPANY_PHONE))
        contact_phone(ctx, "phone", c->phone);
    if (old)
        return RC_OK;
    check_start(ctx, c);
    if (row_has(&c->row, COMPANY_TIMEZONE))
        rc = contact_timezone(ctx, "timezone", c->timezone, reterr);
    if (rc == RC_OK && row_has(&c->row, COMPANY_DOMAINS))
        rc = check_domains(ctx, c, reterr);
    return rc;
}

static enum rc
tell_next(struct op_ctx *ctx, const void *row, const void *old, struct err *reterr)
{
    (void)row, (void)reterr;
    if (!old)
        op_issue(
            ctx, ISSUE_WARN, NULL,
            "nobody can sign in to it yet: give its administrator a one-time token (action admin_token)");
    return RC_OK;
}

/* ------------------------------------------------------------------ actions */

static enum rc
run(struct op_ctx *ctx, const char *sql, const struct company *c, const struct value *params, size_t nparams,
    struct err *reterr)
{
    struct value all[4] = {VALUE_INT(c->row.id)};
    ASSERT(nparams < COUNTOF(all));
    for (size_t i = 0; i < nparams; i++)
        all[i + 1] = params[i];
    return op_query(ctx, "company", sql, all, nparams + 1, NULL, reterr);
}

static enum rc
suspend(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct value params[] = {VALUE_TEXT(ctx->reason)};
    (void)args, (void)ret;
    return run(ctx, "select app.company_suspend($1, $2)", row, params, COUNTOF(params), reterr);
}

static enum rc
activate(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct value params[] = {VALUE_TEXT(ctx->reason)};
    (void)args, (void)ret;
    return run(ctx, "select app.company_activate($1, $2)", row, params, COUNTOF(params), reterr);
}

static enum rc
add_domain(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct company_domain_args *a = args;
    (void)ret;
    enum rc rc = contact_domain(ctx, "domain", &a->domain, reterr);
    if (rc != RC_OK || ctx->nissues)
        return rc; /* the issue refuses it */
    const struct value params[] = {VALUE_TEXT(a->domain)};
    return run(ctx, "select app.company_add_domain($1, $2)", row, params, COUNTOF(params), reterr);
}

static enum rc
drop_domain(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct company_domain_args *a = args;
    const struct value params[] = {VALUE_TEXT(domain_fold(ctx->arena, a->domain))};
    (void)ret;
    return run(ctx, "select app.company_drop_domain($1, $2)", row, params, COUNTOF(params), reterr);
}

static enum rc
switch_user(struct op_ctx *ctx, const struct company *c, struct str login, bool active, struct err *reterr)
{
    const struct value params[] = {
        VALUE_TEXT(login), {.type = VT_BOOL, .yes = active},
         VALUE_TEXT(ctx->reason)
    };
    return run(ctx, "select app.company_switch_user($1, $2, $3, $4)", c, params, COUNTOF(params), reterr);
}

static enum rc
disable_user(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)ret;
    return switch_user(ctx, row, ((struct company_user_args *)args)->login, false, reterr);
}

static enum rc
enable_user(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)ret;
    return switch_user(ctx, row, ((struct company_user_args *)args)->login, true, reterr);
}

static enum rc
admin_token(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct company *c = row;
    struct str login = domain_fold(ctx->arena, ((struct company_user_args *)args)->login),
               domains = c->domains;
    char token[CODE_TEXT];
    unsigned char hash[CODE_HASH];
    struct pg_rows rows;
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const struct value params[] = {
        VALUE_INT(c->row.id),
        VALUE_TEXT(login),
        {.type = VT_BYTES, .text = {(const char *)hash, sizeof hash}},
    };
    enum rc rc = op_query(ctx, "admin_token", "select app.company_admin_token($1, $2, $3::bytea)", params,
                          COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    struct str whole = str_printf(ctx->arena, "%.*s@%.*s", STR_ARG(login), STR_ARG(str_split(&domains, ' ')));
    return slip_token(ctx, whole, token, pg_cell(&rows, 0, 0)->stamp, &ret->file, reterr);
}

static const struct rule_action actions[] = {
    {.number = COMPANY_SUSPEND,      .run = suspend     },
    {.number = COMPANY_ACTIVATE,     .run = activate    },
    {.number = COMPANY_ADD_DOMAIN,   .run = add_domain  },
    {.number = COMPANY_DROP_DOMAIN,  .run = drop_domain },
    {.number = COMPANY_ADMIN_TOKEN,  .run = admin_token },
    {.number = COMPANY_DISABLE_USER, .run = disable_user},
    {.number = COMPANY_ENABLE_USER,  .run = enable_user },
};

const struct rule company_rule = {
    .entity = ENTITY_COMPANY,
    .prepare = prepare,
    .after = tell_next,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
