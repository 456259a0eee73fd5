/* Vehicles: plate, chassis and engine number, duplicates first; exactly one owner at any instant. */
#include "server/catalog/vehicle.h"
#include "server/catalog/customer.h"
#include "server/catalog/ownership.h"

#include "common/base/lang.h"
#include "server/rule/activate.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/pattern.h"
#include "server/rule/entry/plate.h"
#include "server/rule/entry/vin.h"
#include "server/rule/finding.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

enum { YEAR_FIRST = 1900, ENGINE_MAX = 30 };

/* What a plate is compared with, when the forms of plates are known. */
struct unusual {
    struct str plate, key;
    size_t place;
};

static enum rc
judge_pattern(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    const struct unusual *u = about;
    (void)reterr;
    for (size_t i = 0; i < rows->nrows; i++)
        if (pattern_match(pg_cell(rows, i, 0)->text, u->key) != PATTERN_NO)
            return RC_OK;
    if (rows->nrows)
        op_issue_at(ctx, u->place, ISSUE_WARN, "plate",
                    "the plate %.*s has none of the usual forms; check it against the vehicle",
                    STR_ARG(u->plate));
    return RC_OK;
}

static void
warn_pattern(struct op_ctx *ctx, const struct vehicle *v)
{
    static const char sql[] = "select pattern from app.plate_pattern where tenant_id = $1::int and is_active"
                              " and (vehicle_type_id is null or vehicle_type_id = $2 or $2 = 0)";
    struct unusual *u = arena_new(ctx->arena, struct unusual, 1);
    bool typed = row_has(&v->row, VEHICLE_TYPE);
    const struct value params[] = {tenant_value(ctx), VALUE_INT(typed ? v->vehicle_type.id : 0)};
    *u = (struct unusual){v->plate, v->plate_key, op_issue_sought(ctx)};
    op_ask_judged(ctx, sql, params, COUNTOF(params), judge_pattern, u);
    op_ask_harmless(ctx);
}

static enum rc
prepare_plate(struct op_ctx *ctx, struct vehicle *v, struct err *reterr)
{
    static const struct finding_like alike = {
        ISSUE_REFUSE, ENTITY_VEHICLE, "plate", N_("this plate is already on a registered vehicle"),
        "select id, concat_ws(' ', plate, make, model) from app.vehicle where tenant_id = $1::int"
        " and plate_key = $2 and status = 1 and id <> $3 limit 1"};
    struct err err = {0};
    struct str key;
    row_drop(&v->row, VEHICLE_PLATE_KEY);
    if (!row_has(&v->row, VEHICLE_PLATE))
        return RC_OK;
    enum rc rc = plate_key(ctx->arena, v->plate, &key, &err);
    if (rc)
        return finding_refuse(ctx, rc, &err, reterr);
    ROW_SET(v, VEHICLE_PLATE_KEY, plate_key, key);
    v->plate = plate_display(ctx->arena, key);
    if (row_has(&v->row, VEHICLE_STATUS) && v->status != VEHICLE_REGISTERED)
        return RC_OK;
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(key), VALUE_INT(v->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
    warn_pattern(ctx, v);
    return RC_OK;
}

static struct str
upper(struct arena *a, struct str text)
{
    struct str copy = fold_tidy(a, text);
    char *out = arena_alloc(a, copy.n + 1);
    for (size_t i = 0; i < copy.n; i++)
        out[i] = (char)(copy.p[i] >= 'a' && copy.p[i] <= 'z' ? copy.p[i] - 32 : copy.p[i]);
    return (struct str){out, copy.n};
}

static enum rc
prepare_chassis(struct op_ctx *ctx, struct vehicle *v, struct err *reterr)
{
    static const struct finding_like alike = {
        ISSUE_REFUSE, ENTITY_VEHICLE, "chassis", N_("this chassis number is already on a vehicle"),
        "select id, concat_ws(' ', coalesce(plate, chassis), make, model) from app.vehicle"
        " where tenant_id = $1::int and chassis_key = $2 and id <> $3 limit 1"};
    struct err err = {0};
    struct str key;
    row_drop(&v->row, VEHICLE_CHASSIS_KEY);
    if (!row_has(&v->row, VEHICLE_CHASSIS))
        return RC_OK;
    enum rc rc = chassis_key(ctx->arena, v->chassis, &key, &err);
    if (rc)
        return finding_refuse(ctx, rc, &err, reterr);
    ROW_SET(v, VEHICLE_CHASSIS_KEY, chassis_key, key);
    v->chassis = upper(ctx->arena, v->chassis);
    if (chassis_warning(key))
        op_issue(ctx, ISSUE_WARN, "chassis", "%s", chassis_warning(key));
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(key), VALUE_INT(v->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
    return RC_OK;
}

static void
prepare_engine(struct op_ctx *ctx, struct vehicle *v, const struct vehicle *old)
{
    static const struct finding_like alike = {
        ISSUE_CONFIRM, ENTITY_VEHICLE, "engine_no",
        N_("another vehicle has this engine number; open that one, or save with a reason"),
        "select id, concat_ws(' ', coalesce(plate, chassis), make, model) from app.vehicle"
        " where tenant_id = $1::int and engine_key = $2 and id <> $3 and status = 1 order by id limit 5"};
    unsigned other;
    row_drop(&v->row, VEHICLE_ENGINE_KEY);
    if (!row_has(&v->row, VEHICLE_ENGINE_NO))
        return;
    struct str key = fold_code(ctx->arena, v->engine_no, &other);
    if (other || key.n == 0 || key.n > ENGINE_MAX) {
        op_issue(ctx, ISSUE_REFUSE, "engine_no", "an engine number has 1 to %d letters, digits and dashes",
                 ENGINE_MAX);
        return;
    }
    ROW_SET(v, VEHICLE_ENGINE_KEY, engine_key, key);
    v->engine_no = upper(ctx->arena, v->engine_no);
    if (old && row_has(&old->row, VEHICLE_ENGINE_KEY) && str_eq(old->engine_key, key))
        return;
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(key), VALUE_INT(v->row.id)};
    finding_alike(ctx, &alike, params, COUNTOF(params));
}

static enum rc
prepare_owner(struct op_ctx *ctx, const struct vehicle *v, const struct vehicle *old, struct err *reterr)
{
    struct customer owner;
    if (old || !row_has(&v->row, VEHICLE_OWNER))
        return RC_OK;
    enum rc rc = op_load(ctx, ENTITY_CUSTOMER, v->owner.id, OP_READ, &owner, reterr);
    if (!rc && owner.status == CUSTOMER_VOID)
        op_issue(ctx, ISSUE_REFUSE, "owner", "the customer %.*s is void; choose another owner",
                 STR_ARG(owner.name));
    return rc;
}

static void
prepare_status(struct op_ctx *ctx, const struct vehicle *v, const struct vehicle *old)
{
    static const struct finding_like covered = {
        ISSUE_REFUSE, ENTITY_POLICY, "status", N_("the vehicle is insured; cancel the policy first"),
        "select p.id, p.number from app.cover c join app.policy p on p.tenant_id = c.tenant_id and p.id ="
        " c.policy_id where c.tenant_id = $1::int and c.vehicle_id = $2 and c.in_force and c.to_date > $3"
        " order by c.to_date limit 1"};
    if (!old || !row_has(&v->row, VEHICLE_STATUS) || v->status != VEHICLE_DEREGISTERED ||
        old->status == VEHICLE_DEREGISTERED)
        return;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(v->row.id), VALUE_DATE(ctx->who.today)};
    finding_alike(ctx, &covered, params, COUNTOF(params));
}

static void
prepare_rest(struct op_ctx *ctx, struct vehicle *v)
{
    int last = civil_of(ctx->who.today).year + 1;
    if (!row_has(&v->row, VEHICLE_PLATE) && !row_has(&v->row, VEHICLE_CHASSIS))
        op_issue(ctx, ISSUE_REFUSE, "chassis",
                 "give the plate, or the chassis number of a vehicle in transit");
    if (row_has(&v->row, VEHICLE_YEAR) && (v->year < YEAR_FIRST || v->year > last))
        op_issue(ctx, ISSUE_REFUSE, "year", "the year of manufacture lies between %d and %d", YEAR_FIRST,
                 last);
    if (row_has(&v->row, VEHICLE_SEATS) && v->seats < 1)
        op_issue(ctx, ISSUE_REFUSE, "seats", "a vehicle has at least one seat");
    if (row_has(&v->row, VEHICLE_MAKE))
        v->make = fold_tidy(ctx->arena, v->make);
}

static enum rc
vehicle_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct vehicle *v = row;
    enum rc rc = prepare_plate(ctx, v, reterr);
    if (!rc)
        rc = prepare_chassis(ctx, v, reterr);
    if (rc)
        return rc;
    prepare_engine(ctx, v, old);
    rc = prepare_owner(ctx, v, old, reterr);
    if (rc)
        return rc;
    prepare_status(ctx, v, old);
    prepare_rest(ctx, v);
    return RC_OK;
}

static enum rc
start_ownership(struct op_ctx *ctx, const struct vehicle *v, struct ref customer, date_t from,
                struct err *reterr)
{
    struct ownership o = {0};
    ROW_SET(&o, OWNERSHIP_VEHICLE, vehicle, ((struct ref){.id = v->row.id}));
    ROW_SET(&o, OWNERSHIP_CUSTOMER, customer, customer);
    ROW_SET(&o, OWNERSHIP_FROM_DATE, from_date, from);
    return op_insert(ctx, ENTITY_OWNERSHIP, &o, reterr);
}

static enum rc
vehicle_after(struct op_ctx *ctx, const void *row, const void *old, struct err *reterr)
{
    const struct vehicle *v = row, *was = old;
    if (!old)
        return start_ownership(ctx, v, v->owner, ctx->who.today, reterr);
    bool plated = row_has(&v->row, VEHICLE_PLATE_KEY) &&
                  !(row_has(&was->row, VEHICLE_PLATE_KEY) && str_eq(v->plate_key, was->plate_key));
    return plated ? activate_certify_again(ctx, v->row.id, reterr) : RC_OK;
}

static enum rc
end_ownership(struct op_ctx *ctx, const struct vehicle *v, date_t to, struct err *reterr)
{
    static const char sql[] = "select id from app.ownership where tenant_id = $1::int and vehicle_id = $2"
                              " and to_date is null";
    struct pg_rows rows;
    struct ownership o;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(v->row.id)};
    enum rc rc = op_query(ctx, "vehicle_ownership", sql, params, COUNTOF(params), &rows, reterr);
    if (rc)
        return rc;
    if (rows.nrows != 1)
        return err_log(reterr, RC_INTERNAL, "vehicle %lld has no open ownership", (long long)v->row.id);
    rc = op_load(ctx, ENTITY_OWNERSHIP, pg_cell(&rows, 0, 0)->i, OP_LOCK, &o, reterr);
    if (rc)
        return rc;
    if (date_cmp(to, o.from_date) < 0)
        return err_set(reterr, RC_REFUSED, "date",
                       "%.*s owns the vehicle since %s; the next owner can't start before",
                       STR_ARG(v->owner.label), finding_day(ctx, o.from_date));
    ROW_SET(&o, OWNERSHIP_TO_DATE, to_date, to);
    if (ctx->reason.n > 0)
        ROW_SET(&o, OWNERSHIP_REASON, reason, ctx->reason);
    return op_update(ctx, ENTITY_OWNERSHIP, &o, reterr);
}

/* The policy stays with its holder: whoever transfers should know. */
static void
warn_insured(struct op_ctx *ctx, const struct vehicle *v)
{
    static const struct finding_like insured = {
        ISSUE_WARN, ENTITY_POLICY, NULL,
        N_("the vehicle stays insured under the policy of its former owner; cancel it or sell a new one"),
        "select p.id, p.number from app.cover c join app.policy p on p.tenant_id = c.tenant_id and p.id ="
        " c.policy_id where c.tenant_id = $1::int and c.vehicle_id = $2 and c.in_force and c.to_date >= $3"
        " order by c.to_date limit 5"};
    const struct value params[] = {tenant_value(ctx), VALUE_INT(v->row.id), VALUE_DATE(ctx->who.today)};
    finding_alike(ctx, &insured, params, COUNTOF(params));
}

static enum rc
transfer(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    struct vehicle *v = row;
    struct vehicle_transfer *t = args;
    struct customer next;
    (void)ret;
    date_t date = row_has(&t->row, TRANSFER_DATE) ? t->date : ctx->who.today;
    enum rc rc = op_load(ctx, ENTITY_CUSTOMER, t->to.id, OP_READ, &next, reterr);
    if (rc)
        return rc;
    if (date_cmp(date, ctx->who.today) > 0)
        return err_set(reterr, RC_REFUSED, "date",
                       "a transfer can't be recorded before its day; it can be today");
    if (next.status == CUSTOMER_VOID)
        return err_set(reterr, RC_REFUSED, "to", "the customer %.*s is void; choose another owner",
                       STR_ARG(next.name));
    if (next.row.id == v->owner.id)
        return err_set(reterr, RC_REFUSED, "to", "%.*s already owns the vehicle", STR_ARG(next.name));
    rc = end_ownership(ctx, v, date, reterr);
    if (!rc)
        rc = start_ownership(ctx, v, t->to, date, reterr);
    op_look_again(ctx); /* the vehicle follows its ownership */
    if (!rc)
        warn_insured(ctx, v);
    return rc;
}

static void
vehicle_tokens(struct op_ctx *ctx, const void *row, struct rule_tokens *ret)
{
    const struct vehicle *v = row;
    if (row_has(&v->row, VEHICLE_PLATE_KEY))
        token_plate(ctx->arena, ret, v->plate_key);
    if (row_has(&v->row, VEHICLE_CHASSIS_KEY))
        token_chassis(ctx->arena, ret, v->chassis_key);
    if (row_has(&v->row, VEHICLE_ENGINE_KEY))
        token_engine(ctx->arena, ret, v->engine_key);
}

static const struct rule_action actions[] = {
    {.number = VEHICLE_TRANSFER, .run = transfer},
};

const struct rule vehicle_rule = {
    .entity = ENTITY_VEHICLE,
    .prepare = vehicle_prepare,
    .after = vehicle_after,
    .tokens = vehicle_tokens,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
