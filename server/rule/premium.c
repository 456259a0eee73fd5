#include "server/rule/premium.h"

enum { YEAR_MONTHS = 12, MILLION = 1000000 };

__extension__ typedef __int128 wide_t;

static bool
holds(const struct rate *r, const struct rate_want *want)
{
    if (row_has(&r->row, RATE_VEHICLE_TYPE) && r->vehicle_type.id != want->vehicle_type)
        return false;
    if (row_has(&r->row, RATE_USAGE) && r->usage != want->usage)
        return false;
    return date_cmp(r->from_date, want->day) <= 0 &&
           (!row_has(&r->row, RATE_TO_DATE) || date_cmp(want->day, r->to_date) <= 0);
}

static bool
beats(const struct rate *r, const struct rate *best)
{
    bool type = row_has(&r->row, RATE_VEHICLE_TYPE), best_type = row_has(&best->row, RATE_VEHICLE_TYPE);
    bool usage = row_has(&r->row, RATE_USAGE), best_usage = row_has(&best->row, RATE_USAGE);
    if (type != best_type)
        return type;
    if (usage != best_usage)
        return usage;
    return date_cmp(r->from_date, best->from_date) > 0;
}

const struct rate *
rate_select(const struct rate *rates, size_t n, const struct rate_want *want)
{
    const struct rate *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (holds(&rates[i], want) && (!best || beats(&rates[i], best)))
            best = &rates[i];
    return best;
}

static enum rc
too_large(struct err *reterr)
{
    return err_set(reterr, RC_REFUSED, "sum_insured",
                   "the sum insured is too large for a premium to be worked out");
}

/* One division for the whole line, so that it is rounded once. */
static enum rc
base_premium(const struct rate *rate, money_t sum, int months, money_t *ret, struct err *reterr)
{
    const wide_t divisor = (wide_t)MILLION * YEAR_MONTHS;
    wide_t value = ((wide_t)sum.minor * rate->rate.ppm + (wide_t)rate->flat.minor * MILLION) * months;
    wide_t half = value < 0 ? -divisor / 2 : divisor / 2;
    value = (value + half) / divisor;
    if (value > MONEY_MAX || value < -MONEY_MAX)
        return too_large(reterr);
    *ret = (money_t){(int64_t)value};
    return RC_OK;
}

enum rc
premium_due(const struct rate *rate, money_t sum_insured, int months, struct due *ret, struct err *reterr)
{
    struct due due;
    money_t taxed;
    enum rc rc = base_premium(rate, sum_insured, months, &due.premium, reterr);
    if (rc)
        return rc;
    if (due.premium.minor < rate->minimum.minor)
        due.premium = rate->minimum;
    if (money_scale(due.premium, rate->levy, &due.levy, NULL) ||
        money_add(due.premium, due.levy, &taxed, NULL) || money_scale(taxed, rate->tax, &due.tax, NULL) ||
        money_add(taxed, due.tax, &due.total, NULL) || due.total.minor > MONEY_MAX)
        return too_large(reterr);
    *ret = due;
    return RC_OK;
}
