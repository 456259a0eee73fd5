#ifndef CATALOG_BRANCH_H
#define CATALOG_BRANCH_H

#include "server/catalog/entity.h"

enum branch_tag {
    BRANCH_CODE = 1,
    BRANCH_NAME = 2,
    BRANCH_PHONE = 3,
    BRANCH_ADDRESS = 4,
    BRANCH_IS_ACTIVE = 5,
    BRANCH_CREATED_AT = 6,
    BRANCH_UPDATED_AT = 7,
};

struct branch {
    struct row_head row;
    struct str code, name, phone, address;
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity branch_entity;

#endif
