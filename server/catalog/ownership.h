#ifndef CATALOG_OWNERSHIP_H
#define CATALOG_OWNERSHIP_H

#include "server/catalog/entity.h"

enum ownership_tag {
    OWNERSHIP_VEHICLE = 1,
    OWNERSHIP_CUSTOMER = 2,
    OWNERSHIP_FROM_DATE = 3,
    OWNERSHIP_TO_DATE = 4,
    OWNERSHIP_REASON = 5,
    OWNERSHIP_CREATED_AT = 6,
    OWNERSHIP_UPDATED_AT = 7,
};

struct ownership {
    struct row_head row;
    struct ref vehicle, customer;
    date_t from_date, to_date; /* [from, to) */
    struct str reason;
    stamp_t created_at, updated_at;
};

extern const struct entity ownership_entity;

#endif
