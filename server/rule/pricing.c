#include "server/rule/pricing.h"

#include "server/rule/finding.h"

enum { COL_ID, COL_TYPE, COL_USAGE, COL_FROM, COL_TO, COL_RATE, COL_FLAT, COL_MINIMUM, COL_LEVY, COL_TAX };

static bool
is_null(const struct pg_rows *rows, size_t row, size_t col)
{
    return pg_cell(rows, row, col)->type == VT_NULL;
}

static struct rate
rate_of(const struct pg_rows *rows, size_t i)
{
    struct rate r = {0};
    r.row.id = pg_cell(rows, i, COL_ID)->i;
    if (!is_null(rows, i, COL_TYPE))
        ROW_SET(&r, RATE_VEHICLE_TYPE, vehicle_type, ((struct ref){.id = pg_cell(rows, i, COL_TYPE)->i}));
    if (!is_null(rows, i, COL_USAGE))
        ROW_SET(&r, RATE_USAGE, usage, (choice_t)pg_cell(rows, i, COL_USAGE)->i);
    r.from_date = pg_cell(rows, i, COL_FROM)->date;
    if (!is_null(rows, i, COL_TO))
        ROW_SET(&r, RATE_TO_DATE, to_date, pg_cell(rows, i, COL_TO)->date);
    r.rate.ppm = (int32_t)pg_cell(rows, i, COL_RATE)->i;
    r.flat.minor = pg_cell(rows, i, COL_FLAT)->i;
    r.minimum.minor = pg_cell(rows, i, COL_MINIMUM)->i;
    r.levy.ppm = (int32_t)pg_cell(rows, i, COL_LEVY)->i;
    r.tax.ppm = (int32_t)pg_cell(rows, i, COL_TAX)->i;
    return r;
}

/* The rows of the product that hold on the day: a handful. */
static void
ask_rates(struct op_ctx *ctx, int64_t product, date_t day, struct pg_rows *ret)
{
    static const char sql[] =
        "select id, vehicle_type_id, usage, from_date, to_date, rate, flat, minimum, levy, tax"
        " from app.rate where tenant_id = $1::int and product_id = $2 and from_date <= $3"
        " and (to_date is null or to_date >= $3)";
    const struct value params[] = {tenant_value(ctx), VALUE_INT(product), VALUE_DATE(day)};
    op_ask(ctx, sql, params, COUNTOF(params), ret);
}

static enum rc
check_product(const struct product *p, const struct pricing_want *want, struct err *reterr)
{
    if (!p->is_active)
        return err_set(reterr, RC_REFUSED, "product", "%.*s is not sold any more", STR_ARG(p->name));
    if (p->basis == BASIS_SUM_INSURED && want->sum_insured.minor <= 0)
        return err_set(reterr, RC_REFUSED, "sum_insured",
                       "say what the vehicle is insured for: %.*s is priced by it", STR_ARG(p->name));
    return RC_OK;
}

static enum rc
open_book(struct op_ctx *ctx, const struct pricing_want *want, struct price_book *ret, struct err *reterr)
{
    struct price_book b = {.of = want->product, .day = want->start};
    if (ret->of == b.of && date_cmp(ret->day, b.day) == 0)
        return RC_OK;
    struct pg_rows rows = {0};
    ask_rates(ctx, want->product, want->start, &rows);
    enum rc rc = op_load(ctx, ENTITY_PRODUCT, want->product, OP_READ, &b.product, reterr);
    if (!rc)
        rc = op_settle(ctx, reterr);
    if (rc)
        return rc;
    b.n = rows.nrows;
    b.rates = arena_new(ctx->arena, struct rate, rows.nrows + 1);
    for (size_t i = 0; i < rows.nrows; i++)
        b.rates[i] = rate_of(&rows, i);
    *ret = b;
    return RC_OK;
}

enum rc
pricing_find(struct op_ctx *ctx, const struct pricing_want *want, struct pricing *ret, struct err *reterr)
{
    struct price_book own = {0}, *book = want->book ? want->book : &own;
    struct pricing p;
    const struct vehicle *v = want->vehicle;
    enum rc rc = open_book(ctx, want, book, reterr);
    if (!rc)
        rc = check_product(&book->product, want, reterr);
    if (rc)
        return rc;
    const struct rate_want by = {.vehicle_type = v->vehicle_type.id, .usage = v->usage, .day = want->start};
    const struct rate *rate = rate_select(book->rates, book->n, &by);
    if (!rate)
        return err_set(reterr, RC_REFUSED, "product",
                       "the rate book has no price of %.*s for %.*s on %s; ask an administrator to add one",
                       STR_ARG(book->product.name), STR_ARG(v->vehicle_type.label),
                       finding_day(ctx, want->start));
    rc = premium_due(rate, want->sum_insured, want->months, &p.due, reterr);
    if (rc)
        return rc;
    if (p.due.total.minor <= 0)
        return err_set(reterr, RC_REFUSED, "product",
                       "the rate book prices this at nothing; ask an administrator to mend it");
    p.rate = rate->row.id;
    *ret = p;
    return RC_OK;
}
