#include "server/rule/activate.h"

#include "common/base/lang.h"
#include "server/catalog/certificate.h"
#include "server/catalog/customer.h"
#include "server/catalog/vehicle.h"
#include "server/catalog/vehicle_type.h"

#include "common/base/buf.h"
#include "common/certificate/certificate.h"
#include "server/rule/cover_life.h"
#include "server/rule/finding.h"
#include "server/rule/numbering.h"

static struct str
usage_text(const struct vehicle *v)
{
    const struct choice *c = field_choice(entity_field(&vehicle_entity, VEHICLE_USAGE), v->usage);
    return str_from(c ? lang_text(c->label) : "");
}

static enum rc
load_facts(struct op_ctx *ctx, const struct policy *policy, const struct cover *cover,
           struct certificate_facts *ret, struct err *reterr)
{
    struct vehicle v;
    enum rc rc = op_load(ctx, ENTITY_VEHICLE, cover->vehicle.id, OP_READ, &v, reterr);
    if (rc)
        return rc;
    *ret = (struct certificate_facts){
        .company = ctx->who.tenant_name,
        .vehicle_class = v.vehicle_type.label,
        .plate = row_has(&v.row, VEHICLE_PLATE) ? v.plate : STR_NONE,
        .chassis = row_has(&v.row, VEHICLE_CHASSIS) ? v.chassis : STR_NONE,
        .usage = usage_text(&v),
        .holder = policy->customer.label,
        .from = cover->from_date,
        .to = cover->to_date,
    };
    return RC_OK;
}

static enum rc
issue_certificate(struct op_ctx *ctx, const struct policy *policy, const struct cover *cover,
                  const struct numbering *asked, struct certificate *ret, struct err *reterr)
{
    struct certificate k = {0};
    struct certificate_facts facts;
    struct numbered number;
    if (!ctx->signer)
        return err_log(reterr, RC_INTERNAL, "no key to sign certificates with is configured");
    enum rc rc = load_facts(ctx, policy, cover, &facts, reterr);
    if (!rc)
        rc = numbering_take(ctx, asked, &number, reterr);
    if (rc)
        return rc;
    facts.number = number.number;
    rc = certificate_seal(ctx->arena, &facts, ctx->signer, &k.payload, reterr);
    if (rc)
        return rc;
    row_put(&k.row, CERTIFICATE_PAYLOAD);
    ROW_SET(&k, CERTIFICATE_NUMBER, number, number.number);
    ROW_SET(&k, CERTIFICATE_POLICY, policy, ((struct ref){.id = policy->row.id}));
    ROW_SET(&k, CERTIFICATE_TERM, term, cover->term);
    ROW_SET(&k, CERTIFICATE_COVER, cover, ((struct ref){.id = cover->row.id}));
    ROW_SET(&k, CERTIFICATE_VEHICLE, vehicle, cover->vehicle);
    ROW_SET(&k, CERTIFICATE_FROM_DATE, from_date, cover->from_date);
    ROW_SET(&k, CERTIFICATE_TO_DATE, to_date, cover->to_date);
    ROW_SET(&k, CERTIFICATE_STATE, state, CERTIFICATE_VALID);
    ROW_SET(&k, CERTIFICATE_ISSUED_BY, issued_by, ((struct ref){.id = ctx->who.user}));
    rc = op_insert(ctx, ENTITY_CERTIFICATE, &k, reterr);
    if (!rc)
        *ret = k;
    return rc;
}

/* The days of the cover that starts now, and of the term as it stands from now on. */
static enum rc
days_of(struct op_ctx *ctx, struct term *term, struct term_dates *ret, struct err *reterr)
{
    struct term_dates days = {term->start_date, term->end_date};
    date_t today = ctx->who.today;
    if (term->state == TERM_SUSPENDED) {
        if (date_cmp(days.end, today) < 0)
            return err_set(reterr, RC_REFUSED, "policy",
                           "the term this pays for ended on %s; sell a new policy",
                           finding_day(ctx, days.end));
        days.start = date_cmp(days.start, today) < 0 ? today : days.start;
    } else {
        date_t earliest = term->seq == 1 ? date_add_days(today, -ctx->who.backdate_days) : today;
        days = term_on_payment(days, (int)term->months, earliest);
        ROW_SET(term, TERM_START_DATE, start_date, days.start);
        ROW_SET(term, TERM_END_DATE, end_date, days.end);
    }
    *ret = days;
    return RC_OK;
}

static void
check_free(struct op_ctx *ctx, const struct policy *policy, const struct covers *covers,
           struct term_dates days)
{
    struct buf ids;
    buf_init(&ids, ctx->arena, 16 * (covers->n + 1));
    for (size_t i = 0; i < covers->n; i++)
        buf_printf(&ids, "%s%lld", i ? "," : "", (long long)covers->rows[i].vehicle.id);
    const struct cover_of of = {buf_str(&ids), !row_has(&policy->row, POLICY_VEHICLE)};
    cover_check_free(ctx, &of, days, policy->row.id);
}

enum rc
activate_term(struct op_ctx *ctx, const struct policy *policy, struct term *term,
              const struct pg_rows *asked_covers, struct err *reterr)
{
    struct term_dates days;
    struct covers covers;
    struct certificate made;
    if (term->paid.minor < term->total.minor)
        return err_set(reterr, RC_REFUSED, "policy", "no cover before it is paid: %s of %s",
                       finding_money(ctx, term->paid), finding_money(ctx, term->total));
    enum rc rc = days_of(ctx, term, &days, reterr);
    if (!rc)
        rc = cover_take(ctx, term, asked_covers, &covers, reterr);
    if (rc)
        return rc;
    struct numbering *numbers = arena_new(ctx->arena, struct numbering, covers.n);
    check_free(ctx, policy, &covers, days);
    for (size_t i = 0; i < covers.n; i++)
        op_load_ahead(ctx, ENTITY_VEHICLE, covers.rows[i].vehicle.id, OP_READ);
    for (size_t i = 0; i < covers.n; i++)
        numbering_ask(ctx, NUMBERING_CERTIFICATE, policy->branch, &numbers[i]);
    rc = op_settle(ctx, reterr);
    if (rc)
        return rc;
    ROW_SET(term, TERM_STATE, state, TERM_ACTIVE);
    row_drop(&term->row, TERM_REASON);
    rc = op_update(ctx, ENTITY_TERM, term, reterr);
    for (size_t i = 0; !rc && i < covers.n; i++)
        rc = cover_start(ctx, &covers.rows[i], days, reterr);
    for (size_t i = 0; !rc && i < covers.n; i++)
        rc = issue_certificate(ctx, policy, &covers.rows[i], &numbers[i], &made, reterr);
    return rc;
}

/* ------------------------------------------------------------------ a plate that came later */

static enum rc
certify_again(struct op_ctx *ctx, int64_t certificate, struct err *reterr)
{
    struct certificate was, now;
    struct cover cover;
    struct policy policy;
    struct numbering number;
    enum rc rc = op_load(ctx, ENTITY_CERTIFICATE, certificate, OP_LOCK, &was, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_COVER, was.cover.id, OP_READ, &cover, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_POLICY, was.policy.id, OP_READ, &policy, reterr);
    if (rc)
        return rc;
    ROW_SET(&was, CERTIFICATE_STATE, state, CERTIFICATE_WITHDRAWN);
    rc = op_update(ctx, ENTITY_CERTIFICATE, &was, reterr);
    if (rc)
        return rc;
    numbering_ask(ctx, NUMBERING_CERTIFICATE, policy.branch, &number);
    rc = op_settle(ctx, reterr);
    if (!rc)
        rc = issue_certificate(ctx, &policy, &cover, &number, &now, reterr);
    if (rc)
        return rc;
    op_issue(ctx, ISSUE_WARN, "plate",
             "certificate %.*s, with the new plate, takes the place of %.*s; print it", STR_ARG(now.number),
             STR_ARG(was.number));
    op_issue_ref(ctx, ENTITY_CERTIFICATE, now.row.id, now.number);
    return RC_OK;
}

enum rc
activate_certify_again(struct op_ctx *ctx, int64_t vehicle, struct err *reterr)
{
    static const char sql[] =
        "select k.id from app.certificate k where k.tenant_id = $1::int and k.vehicle_id = $2 and k.state = 1"
        " and k.to_date >= $3 order by k.from_date, k.id";
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(vehicle), VALUE_DATE(ctx->who.today)};
    enum rc rc = op_query(ctx, "certificates_again", sql, params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; !rc && i < rows.nrows; i++)
        rc = certify_again(ctx, pg_cell(&rows, i, 0)->i, reterr);
    return rc;
}
