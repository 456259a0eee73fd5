#ifndef RULE_PRICING_H
#define RULE_PRICING_H

#include "server/catalog/vehicle.h"
#include "server/op/op.h"
#include "server/rule/premium.h"

struct pricing_want {
    int64_t product;
    const struct vehicle *vehicle;
    date_t start;
    int months;
    money_t sum_insured;
};
struct pricing {
    int64_t rate;
    struct due due;
};

/* Prices a term by the rate book as it holds on its first day. Fails: RC_REFUSED naming "product" (not sold,
   no rate holds) or "sum_insured" (needed). */
enum rc pricing_find(struct op_ctx *ctx, const struct pricing_want *want, struct pricing *ret,
                     struct err *reterr) NODISCARD;

#endif
