#ifndef CATALOG_RATE_H
#define CATALOG_RATE_H

#include "server/catalog/entity.h"

enum rate_tag {
    RATE_PRODUCT = 1,
    RATE_VEHICLE_TYPE = 2,
    RATE_USAGE = 3,
    RATE_FROM_DATE = 4,
    RATE_TO_DATE = 5,
    RATE_RATE = 6,
    RATE_FLAT = 7,
    RATE_MINIMUM = 8,
    RATE_LEVY = 9,
    RATE_TAX = 10,
    RATE_CREATED_AT = 11,
    RATE_UPDATED_AT = 12,
};

struct rate {
    struct row_head row;
    struct ref product, vehicle_type;
    choice_t usage;
    date_t from_date, to_date; /* both inclusive */
    rate_t rate;
    money_t flat, minimum;
    rate_t levy, tax;
    stamp_t created_at, updated_at;
};

extern const struct entity rate_entity;

#endif
