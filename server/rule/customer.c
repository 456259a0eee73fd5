/* Customers: one key per phone and identity number; duplicates come first. */
#include "server/catalog/customer.h"
#include "server/catalog/id_type.h"

#include "common/base/lang.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/idnum.h"
#include "server/rule/entry/name.h"
#include "server/rule/entry/phone.h"
#include "server/rule/finding.h"
#include "server/rule/retention.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

static bool
is_new(const struct customer *c, const struct customer *old, uint32_t tag, struct str value, struct str was)
{
    return row_has(&c->row, tag) && (!old || !row_has(&old->row, tag) || !str_eq(value, was));
}

static enum rc
prepare_name(struct op_ctx *ctx, struct customer *c, struct err *reterr)
{
    struct err err = {0};
    if (!row_has(&c->row, CUSTOMER_NAME))
        return RC_OK;
    return finding_refuse(ctx, name_tidy(ctx->arena, c->name, &c->name, &err), &err, reterr);
}

static enum rc
prepare_phone(struct op_ctx *ctx, struct customer *c, const struct customer *old, struct err *reterr)
{
    static const struct finding_like alike = {
        ISSUE_CONFIRM, ENTITY_CUSTOMER, "phone",
        N_("another customer has this phone number; open that one, or save with a reason"),
        "select id, name || ' · ' || phone from app.customer where tenant_id = $1::int and phone_key = $2"
        " and id <> $3 and status = 1 order by id limit 5"};
    struct err err = {0};
    struct str key;
    if (!row_has(&c->row, CUSTOMER_PHONE))
        return RC_OK;
    enum rc rc = phone_key(ctx->arena, c->phone, ctx->who.country_prefix, &key, &err);
    if (rc)
        return finding_refuse(ctx, rc, &err, reterr);
    ROW_SET(c, CUSTOMER_PHONE_KEY, phone_key, key);
    c->phone = fold_tidy(ctx->arena, c->phone);
    if (phone_is_odd(key, ctx->who.country_prefix))
        op_issue(ctx, ISSUE_WARN, "phone",
                 "a phone number of this country has 9 digits after the 0; read it once more");
    if (!is_new(c, old, CUSTOMER_PHONE_KEY, key, old ? old->phone_key : STR_NONE))
        return RC_OK;
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(key), VALUE_INT(c->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
    return RC_OK;
}

static void
warn_birth(struct op_ctx *ctx, const struct customer *c, struct str code, const struct id_type *type)
{
    date_t birth;
    char text[DATE_TEXT];
    if (row_has(&type->row, ID_TYPE_BIRTH_AT) && row_has(&c->row, CUSTOMER_BIRTH_DATE) &&
        idnum_birth(code, (int)type->birth_at, &birth) && date_cmp(birth, c->birth_date) != 0)
        op_issue(ctx, ISSUE_WARN, "birth_date",
                 "the ID number says born on %s, the form says otherwise; check which is right",
                 date_text(birth, text));
}

static enum rc
check_id_number(struct op_ctx *ctx, struct customer *c, struct str code, const struct customer *old,
                struct err *reterr)
{
    static const struct finding_like alike = {
        ISSUE_REFUSE, ENTITY_CUSTOMER, "id_number", N_("a customer with this ID number is already on record"),
        "select id, name || ' · ' || phone from app.customer where tenant_id = $1::int and id_type_id = $2"
        " and id_key = $3 and id <> $4 and status <> 2 limit 1"};
    struct err err = {0};
    struct id_type type;
    enum rc rc = op_load(ctx, ENTITY_ID_TYPE, c->id_type.id, OP_READ, &type, reterr);
    if (rc)
        return rc;
    bool same = old && row_has(&old->row, CUSTOMER_ID_KEY) && old->id_type.id == c->id_type.id &&
                str_eq(old->id_key, c->id_key);
    if (!same)
        rc = finding_refuse(ctx, idnum_fits(code, type.pattern, type.name, &err), &err, reterr);
    if (rc)
        return rc;
    warn_birth(ctx, c, code, &type);
    const struct value params[] = {tenant_value(ctx), VALUE_INT(c->id_type.id), VALUE_TEXT(c->id_key),
                                   VALUE_INT(c->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
    return RC_OK;
}

static enum rc
prepare_id(struct op_ctx *ctx, struct customer *c, const struct customer *old, struct err *reterr)
{
    struct err err = {0};
    struct str code, mark;
    row_drop(&c->row, CUSTOMER_ID_KEY);
    if (!row_has(&c->row, CUSTOMER_ID_NUMBER)) {
        if (row_has(&c->row, CUSTOMER_ID_TYPE))
            op_issue(ctx, ISSUE_REFUSE, "id_number", "give the number of the ID, or leave the ID type empty");
        return RC_OK;
    }
    enum rc rc = idnum_key(ctx->arena, c->id_number, &code, &err);
    if (rc)
        return finding_refuse(ctx, rc, &err, reterr);
    rc = op_mark(ctx, MARK_CODE, code, &mark, reterr);
    if (rc)
        return rc;
    ROW_SET(c, CUSTOMER_ID_KEY, id_key, mark);
    if (row_has(&c->row, CUSTOMER_ID_TYPE))
        return check_id_number(ctx, c, code, old, reterr);
    op_issue(ctx, ISSUE_REFUSE, "id_type", "say what kind of ID the number is of");
    return RC_OK;
}

static enum rc
prepare_birth(struct op_ctx *ctx, struct customer *c, const struct customer *old, struct err *reterr)
{
    static const struct finding_like alike = {
        ISSUE_CONFIRM, ENTITY_CUSTOMER, "name",
        N_("another customer has this name and birth date; open that one, or save with a reason"),
        "select id, name || ' · ' || phone from app.customer where tenant_id = $1::int and birth_key = $2"
        " and id <> $3 and status = 1 order by id limit 5"};
    row_drop(&c->row, CUSTOMER_BIRTH_KEY);
    if (!row_has(&c->row, CUSTOMER_BIRTH_DATE) || !row_has(&c->row, CUSTOMER_NAME))
        return RC_OK;
    if (date_cmp(c->birth_date, ctx->who.today) > 0) {
        op_issue(ctx, ISSUE_REFUSE, "birth_date", "the birth date lies in the future");
        return RC_OK;
    }
    if (row_has(&c->row, CUSTOMER_KIND) && c->kind == CUSTOMER_COMPANY)
        op_issue(ctx, ISSUE_WARN, "birth_date", "a company has no birth date");
    enum rc rc =
        op_mark(ctx, MARK_BIRTH, name_birth(ctx->arena, c->name, c->birth_date), &c->birth_key, reterr);
    if (rc)
        return rc;
    row_put(&c->row, CUSTOMER_BIRTH_KEY);
    if (old && row_has(&old->row, CUSTOMER_BIRTH_KEY) && str_eq(old->birth_key, c->birth_key))
        return RC_OK;
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(c->birth_key), VALUE_INT(c->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
    return RC_OK;
}

/* Entered in error, but others rely on it. */
static void
prepare_void(struct op_ctx *ctx, const struct customer *c, const struct customer *old)
{
    static const struct finding_like owns = {
        ISSUE_REFUSE, ENTITY_VEHICLE, "status", N_("the customer owns a vehicle; transfer it first"),
        "select id, coalesce(plate, chassis) from app.vehicle where tenant_id = $1::int and owner_id = $2"
        " and status = 1 order by id limit 5"};
    static const struct finding_like holds = {
        ISSUE_REFUSE, ENTITY_POLICY, "status", N_("the customer holds a policy that is not over"),
        "select id, number from app.policy where tenant_id = $1::int and customer_id = $2"
        " and state in (2, 3, 4, 5) order by id limit 5"};
    if (row_has(&c->row, CUSTOMER_STATUS) && c->status == CUSTOMER_FORGOTTEN)
        op_issue(ctx, ISSUE_REFUSE, "status", "a customer is forgotten by the action forget, for ever");
    if (!old || !row_has(&c->row, CUSTOMER_STATUS) || c->status != CUSTOMER_VOID ||
        old->status == CUSTOMER_VOID)
        return;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(c->row.id)};
    finding_alike(ctx, &owns, params, COUNTOF(params));
    finding_alike(ctx, &holds, params, COUNTOF(params));
}

static enum rc
customer_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct customer *c = row;
    if (!old && !row_has(&c->row, CUSTOMER_BRANCH))
        ROW_SET(c, CUSTOMER_BRANCH, branch, ctx->who.branch);
    enum rc rc = prepare_name(ctx, c, reterr);
    if (!rc)
        rc = prepare_phone(ctx, c, old, reterr);
    if (!rc)
        rc = prepare_id(ctx, c, old, reterr);
    if (!rc)
        rc = prepare_birth(ctx, c, old, reterr);
    if (!rc)
        prepare_void(ctx, c, old);
    if (!rc && row_has(&c->row, CUSTOMER_EMAIL) && !memchr(c->email.p, '@', c->email.n))
        op_issue(ctx, ISSUE_REFUSE, "email", "an e-mail address is written like salma@example.com");
    return rc;
}

static void
customer_tokens(struct op_ctx *ctx, const void *row, struct rule_tokens *ret)
{
    const struct customer *c = row;
    token_name(ctx->arena, ret, c->name);
    token_phone(ctx->arena, ret, c->phone_key, ctx->who.country_prefix);
    if (row_has(&c->row, CUSTOMER_ID_KEY))
        token_id(ctx->arena, ret, c->id_key);
}

const struct rule customer_rule = {
    .entity = ENTITY_CUSTOMER,
    .prepare = customer_prepare,
    .tokens = customer_tokens,
    .actions = retention_actions,
    .nactions = RETENTION_ACTIONS,
};
