#ifndef CATALOG_PRODUCT_H
#define CATALOG_PRODUCT_H

#include "server/catalog/entity.h"

enum product_basis { BASIS_SUM_INSURED = 1, BASIS_FLAT = 2 };

enum product_tag {
    PRODUCT_CODE = 1,
    PRODUCT_NAME = 2,
    PRODUCT_BASIS = 3,
    PRODUCT_IS_ACTIVE = 4,
    PRODUCT_CREATED_AT = 5,
    PRODUCT_UPDATED_AT = 6,
};

struct product {
    struct row_head row;
    struct str code, name;
    choice_t basis;
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity product_entity;

#endif
