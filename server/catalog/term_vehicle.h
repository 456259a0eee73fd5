#ifndef CATALOG_TERM_VEHICLE_H
#define CATALOG_TERM_VEHICLE_H

#include "server/catalog/entity.h"

enum term_vehicle_tag {
    LINE_POLICY = 1,
    LINE_TERM = 2,
    LINE_VEHICLE = 3,
    LINE_SEQ = 4,
    LINE_SUM_INSURED = 5,
    LINE_RATE = 6,
    LINE_PREMIUM = 7,
    LINE_LEVY = 8,
    LINE_TAX = 9,
    LINE_TOTAL = 10,
    LINE_CREATED_AT = 11,
    LINE_UPDATED_AT = 12,
};

/* A vehicle of a fleet's term: what it is insured for and what that costs. The lines of a term add up to it.
 */
struct term_vehicle {
    struct row_head row;
    struct ref policy, term, vehicle;
    int64_t seq; /* 1, 2 … in the order they were given */
    money_t sum_insured;
    struct ref rate;
    money_t premium, levy, tax, total;
    stamp_t created_at, updated_at;
};

extern const struct entity term_vehicle_entity;

#endif
