#ifndef RULE_PRICING_H
#define RULE_PRICING_H

#include "server/catalog/product.h"
#include "server/catalog/vehicle.h"
#include "server/op/op.h"
#include "server/rule/premium.h"

/* What several prices of one product on one day share: begins as {0}, filled by the first. */
struct price_book {
    int64_t of; /* product; 0: not read yet */
    date_t day;
    struct product product;
    struct rate *rates;
    size_t n;
};

struct pricing_want {
    int64_t product;
    const struct vehicle *vehicle;
    date_t start;
    int months;
    money_t sum_insured;
    struct price_book *book; /* NULL: read for this one */
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
