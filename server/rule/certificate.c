/* Certificates: made by activate.c, printed here from what was sealed then, whatever changed since. */
#include "server/catalog/certificate.h"
#include "server/catalog/policy.h"
#include "server/catalog/vehicle.h"

#include "common/certificate/certificate.h"
#include "server/report/certificate_page.h"
#include "server/rule/finding.h"
#include "server/rule/rules.h"
#include "server/rule/token.h"

static struct str
describe_vehicle(struct op_ctx *ctx, const struct vehicle *v)
{
    struct arena *a = ctx->arena;
    struct str text = v->make;
    if (row_has(&v->row, VEHICLE_MODEL))
        text = str_printf(a, "%.*s %.*s", STR_ARG(text), STR_ARG(v->model));
    if (row_has(&v->row, VEHICLE_YEAR))
        text = str_printf(a, "%.*s %lld", STR_ARG(text), (long long)v->year);
    if (row_has(&v->row, VEHICLE_COLOUR))
        text = str_printf(a, "%.*s, %.*s", STR_ARG(text), STR_ARG(v->colour));
    return text;
}

static enum rc
find_logo(struct op_ctx *ctx, struct str *ret, struct err *reterr)
{
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx)};
    enum rc rc =
        op_query(ctx, "certificate_logo", "select certificate_logo from app.tenant where id = $1::int",
                 params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows && pg_cell(&rows, 0, 0)->type == VT_BYTES)
        *ret = pg_cell(&rows, 0, 0)->text;
    return rc;
}

static enum rc
make_page(struct op_ctx *ctx, const struct certificate *k, struct certificate_page *ret, struct err *reterr)
{
    struct policy p;
    struct vehicle v;
    struct certificate_page page = {
        .sealed = k->payload,
        .header = ctx->who.certificate_header,
        .policy = k->policy.label,
        .issued_by = k->issued_by.label,
        .issued_at = k->created_at,
        .offset_minutes = ctx->who.offset_minutes,
        .withdrawn = k->state == CERTIFICATE_WITHDRAWN,
    };
    enum rc rc = certificate_read(ctx->arena, k->payload, &page.facts, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_POLICY, k->policy.id, OP_READ, &p, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_VEHICLE, k->vehicle.id, OP_READ, &v, reterr);
    if (!rc)
        rc = find_logo(ctx, &page.logo, reterr);
    if (rc)
        return rc;
    page.product = p.product.label;
    page.branch = p.branch.label;
    page.vehicle = describe_vehicle(ctx, &v);
    *ret = page;
    return RC_OK;
}

/* C/KK/2026/000001 as a file's name */
static struct str
file_name(struct arena *a, struct str number, const char *ending)
{
    char *out = arena_alloc(a, number.n + 1);
    for (size_t i = 0; i < number.n; i++)
        out[i] = (char)(number.p[i] == '/' || number.p[i] == ' ' ? '-' : number.p[i]);
    return str_printf(a, "certificate-%s.%s", out, ending);
}

static enum rc
print(struct op_ctx *ctx, const void *row, struct str format, struct body_file *ret, struct err *reterr)
{
    const struct certificate *k = row;
    struct certificate_page page;
    struct str bytes;
    bool text = str_eq(format, STR("text"));
    if (!text && format.n > 0 && !str_eq(format, STR("pdf")))
        return err_set(reterr, RC_BAD_PARAMS, "format", "a certificate is printed as pdf or text");
    enum rc rc = make_page(ctx, k, &page, reterr);
    if (rc)
        return rc;
    if (text)
        bytes = certificate_text(ctx->arena, &page);
    else
        rc = certificate_pdf(ctx->arena, &page, &bytes, reterr);
    if (rc)
        return rc;
    *ret = (struct body_file){
        .name = file_name(ctx->arena, k->number, text ? "txt" : "pdf"),
        .media_type = text ? STR("text/plain; charset=utf-8") : STR("application/pdf"),
        .bytes = bytes,
    };
    return RC_OK;
}

static void
certificate_tokens(struct op_ctx *ctx, const void *row, struct rule_tokens *ret)
{
    token_number(ctx->arena, ret, TOKEN_CERTIFICATE, ((const struct certificate *)row)->number);
}

static const struct rule_action actions[] = {
    {.number = CERTIFICATE_PRINT, .print = print},
};

const struct rule certificate_rule = {
    .entity = ENTITY_CERTIFICATE,
    .tokens = certificate_tokens,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
