/* Requests to join: what a stranger may say, and what the platform decides. */
#include "server/catalog/company_request.h"

#include <stdio.h>

#include "common/crypt/totp.h"
#include "server/account/slip.h"
#include "server/account/user_check.h"
#include "server/platform/platform.h"
#include "server/rule/contact.h"
#include "server/rule/entry/name.h"
#include "server/rule/finding.h"

static enum rc
check_name(struct op_ctx *ctx, const char *field, struct str *name, struct err *reterr)
{
    struct err e = {0};
    enum rc rc = name_tidy(ctx->arena, *name, name, &e);
    (void)snprintf(e.field, sizeof e.field, "%s", field);
    return finding_refuse(ctx, rc, &e, reterr);
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct company_request *r = row;
    enum rc rc = RC_OK;
    (void)old;
    if (row_has(&r->row, REQUEST_NAME))
        rc = check_name(ctx, "name", &r->name, reterr);
    if (rc == RC_OK && row_has(&r->row, REQUEST_ADMIN_NAME))
        rc = check_name(ctx, "admin_name", &r->admin_name, reterr);
    if (rc == RC_OK && !user_name_is_plain(r->admin_name))
        return err_set(reterr, RC_BAD_PARAMS, "admin_name", "a name has no brackets");
    if (rc == RC_OK && row_has(&r->row, REQUEST_DOMAIN))
        rc = contact_domain(ctx, "domain", &r->domain, reterr);
    if (rc != RC_OK)
        return rc;
    if (row_has(&r->row, REQUEST_PHONE))
        contact_phone(ctx, "phone", r->phone);
    if (row_has(&r->row, REQUEST_EMAIL))
        contact_email(ctx, "email", &r->email);
    if (row_has(&r->row, REQUEST_ADMIN_LOGIN))
        contact_login(ctx, "admin_login", &r->admin_login);
    if (row_has(&r->row, REQUEST_ADMIN_EMAIL))
        contact_email(ctx, "admin_email", &r->admin_email);
    return RC_OK;
}

static enum rc
thank(struct op_ctx *ctx, const void *row, const void *old, struct err *reterr)
{
    const struct company_request *r = row;
    (void)old, (void)reterr;
    op_issue(ctx, ISSUE_WARN, NULL, "your request has come in; the answer goes to %.*s", STR_ARG(r->email));
    return RC_OK;
}

static enum rc
approve(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct company_request *r = row;
    const struct company_request_approve *a = args;
    char token[CODE_TEXT];
    unsigned char hash[CODE_HASH];
    struct pg_rows rows;
    contact_code(ctx, "code", a->code);
    contact_code(ctx, "branch_code", a->branch_code);
    if (ctx->nissues)
        return RC_OK; /* the issues refuse it */
    code_new(token);
    (void)code_hash(str_from(token), hash);
    const struct value params[] = {
        VALUE_INT(r->row.id),
        VALUE_TEXT(a->code),
        VALUE_TEXT(a->branch_code),
        VALUE_TEXT(a->branch_name),
        {.type = VT_BYTES, .text = {(const char *)hash, sizeof hash}},
    };
    enum rc rc =
        op_query(ctx, "request_approve", "select ends from app.request_approve($1, $2, $3, $4, $5::bytea)",
                 params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    struct str login = str_printf(ctx->arena, "%.*s@%.*s", STR_ARG(r->admin_login), STR_ARG(r->domain));
    return slip_token(ctx, login, token, pg_cell(&rows, 0, 0)->stamp, &ret->file, reterr);
}

static enum rc
reject(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct company_request *r = row;
    const struct value params[] = {VALUE_INT(r->row.id), VALUE_TEXT(ctx->reason)};
    (void)args, (void)ret;
    return op_query(ctx, "request_reject", "select app.request_reject($1, $2)", params, COUNTOF(params), NULL,
                    reterr);
}

static const struct rule_action actions[] = {
    {.number = REQUEST_APPROVE, .run = approve},
    {.number = REQUEST_REJECT,  .run = reject },
};

const struct rule company_request_rule = {
    .entity = ENTITY_COMPANY_REQUEST,
    .prepare = prepare,
    .after = thank,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
