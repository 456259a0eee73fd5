#include "server/rule/activate.h"

#include "common/base/lang.h"
#include "server/catalog/certificate.h"
#include "server/catalog/customer.h"
#include "server/catalog/vehicle.h"
#include "server/catalog/vehicle_type.h"

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
load_facts(struct op_ctx *ctx, const struct policy *policy, struct certificate_facts *ret, struct err *reterr)
{
    struct vehicle v;
    enum rc rc = op_load(ctx, ENTITY_VEHICLE, policy->vehicle.id, OP_READ, &v, reterr);
    if (rc)
        return rc;
    *ret = (struct certificate_facts){
        .company = ctx->who.tenant_name,
        .vehicle_class = v.vehicle_type.label,
        .plate = row_has(&v.row, VEHICLE_PLATE) ? v.plate : STR_NONE,
        .chassis = row_has(&v.row, VEHICLE_CHASSIS) ? v.chassis : STR_NONE,
        .usage = usage_text(&v),
        .holder = policy->customer.label,
    };
    return RC_OK;
}

static enum rc
issue_certificate(struct op_ctx *ctx, const struct policy *policy, const struct term *term, int64_t cover,
                  struct term_dates days, struct err *reterr)
{
    struct certificate k = {0};
    struct certificate_facts facts;
    struct numbered number;
    if (!ctx->signer)
        return err_log(reterr, RC_INTERNAL, "no key to sign certificates with is configured");
    enum rc rc = load_facts(ctx, policy, &facts, reterr);
    if (!rc)
        rc = numbering_next(ctx, NUMBERING_CERTIFICATE, policy->branch, &number, reterr);
    if (rc)
        return rc;
    facts.number = number.number;
    facts.from = days.start;
    facts.to = days.end;
    rc = certificate_seal(ctx->arena, &facts, ctx->signer, &k.payload, reterr);
    if (rc)
        return rc;
    row_put(&k.row, CERTIFICATE_PAYLOAD);
    ROW_SET(&k, CERTIFICATE_NUMBER, number, number.number);
    ROW_SET(&k, CERTIFICATE_POLICY, policy, ((struct ref){.id = policy->row.id}));
    ROW_SET(&k, CERTIFICATE_TERM, term, ((struct ref){.id = term->row.id}));
    ROW_SET(&k, CERTIFICATE_COVER, cover, ((struct ref){.id = cover}));
    ROW_SET(&k, CERTIFICATE_VEHICLE, vehicle, policy->vehicle);
    ROW_SET(&k, CERTIFICATE_FROM_DATE, from_date, days.start);
    ROW_SET(&k, CERTIFICATE_TO_DATE, to_date, days.end);
    ROW_SET(&k, CERTIFICATE_STATE, state, CERTIFICATE_VALID);
    ROW_SET(&k, CERTIFICATE_ISSUED_BY, issued_by, ((struct ref){.id = ctx->who.user}));
    return op_insert(ctx, ENTITY_CERTIFICATE, &k, reterr);
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

enum rc
activate_term(struct op_ctx *ctx, const struct policy *policy, struct term *term, struct err *reterr)
{
    struct term_dates days;
    int64_t cover;
    if (term->paid.minor < term->total.minor)
        return err_set(reterr, RC_REFUSED, "policy", "no cover before it is paid: %s of %s",
                       finding_money(ctx, term->paid), finding_money(ctx, term->total));
    enum rc rc = days_of(ctx, term, &days, reterr);
    if (!rc)
        rc = cover_check_free(ctx, policy->vehicle.id, days, policy->row.id, reterr);
    if (rc)
        return rc;
    ROW_SET(term, TERM_STATE, state, TERM_ACTIVE);
    row_drop(&term->row, TERM_REASON);
    rc = op_update(ctx, ENTITY_TERM, term, reterr);
    if (!rc)
        rc = cover_start(ctx, term, days, &cover, reterr);
    return rc ? rc : issue_certificate(ctx, policy, term, cover, days, reterr);
}
