#ifndef RULE_PREMIUM_H
#define RULE_PREMIUM_H

#include "server/catalog/rate.h"

/* What a term costs. Rates are data with dates; here is only how they are chosen and applied. */

struct rate_want {
    int64_t vehicle_type;
    choice_t usage;
    date_t day; /* first day of the term */
};

/*
 * The rate that holds: its days include `day`, its vehicle type and usage are the wanted ones or not named. A
 * row that names the vehicle type beats one that does not, then one that names the usage, then the later one.
 * `rates` are of one product. NULL when none holds.
 */
const struct rate *rate_select(const struct rate *rates, size_t n, const struct rate_want *want);

/* Lines of a term's due; total is their sum. Minor units. */
struct due {
    money_t premium, levy, tax, total;
};

/*
 * premium = (sum insured x rate + flat) x months / 12, at least the minimum; levy on the premium; tax on
 * both. Each line is rounded once, half away from zero. Fails: RC_REFUSED when an amount is too large.
 */
enum rc premium_due(const struct rate *rate, money_t sum_insured, int months, struct due *ret,
                    struct err *reterr) NODISCARD;

#endif
