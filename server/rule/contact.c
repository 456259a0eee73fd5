#include "server/rule/contact.h"

#include "server/rule/entry/domain.h"
#include "server/rule/entry/phone.h"

void
contact_email(struct op_ctx *ctx, const char *field, struct str *email)
{
    *email = str_trim(*email);
    if (!email_fits(*email))
        op_issue(ctx, ISSUE_REFUSE, field,
                 "this is no e-mail address: expected something like salma@example.com");
}

void
contact_phone(struct op_ctx *ctx, const char *field, struct str phone)
{
    struct str key;
    struct err e;
    if (phone_key(ctx->arena, phone, ctx->who.country_prefix, &key, &e) != RC_OK)
        op_issue(ctx, ISSUE_REFUSE, field, "%s", e.text);
}

void
contact_login(struct op_ctx *ctx, const char *field, struct str *login)
{
    *login = domain_fold(ctx->arena, *login);
    if (!login_fits(*login))
        op_issue(ctx, ISSUE_REFUSE, field,
                 "a login has small letters, digits, dot, dash and underscore only, without the @ and what "
                 "follows");
}

void
contact_code(struct op_ctx *ctx, const char *field, struct str code)
{
    if (!code_fits(code))
        op_issue(ctx, ISSUE_REFUSE, field, "a code has 1 to 8 capital letters and digits");
}

enum rc
contact_domain(struct op_ctx *ctx, const char *field, struct str *domain, struct err *reterr)
{
    struct pg_rows rows;
    *domain = domain_fold(ctx->arena, *domain);
    const char *problem = domain_problem(*domain);
    if (problem) {
        op_issue(ctx, ISSUE_REFUSE, field, "%s", problem);
        return RC_OK;
    }
    const struct value params[] = {VALUE_TEXT(*domain)};
    enum rc rc =
        op_query(ctx, "domain_taken", "select app.domain_taken($1)", params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && pg_cell(&rows, 0, 0)->yes)
        op_issue(ctx, ISSUE_REFUSE, field, "that domain is taken");
    return rc;
}

enum rc
contact_timezone(struct op_ctx *ctx, const char *field, struct str timezone, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {VALUE_TEXT(timezone)};
    enum rc rc = op_query(ctx, "timezone_known", "select app.timezone_known($1)", params, COUNTOF(params),
                          &rows, reterr);
    if (rc == RC_OK && !pg_cell(&rows, 0, 0)->yes)
        op_issue(ctx, ISSUE_REFUSE, field, "there is no such time zone; an example is Africa/Dar_es_Salaam");
    return rc;
}
