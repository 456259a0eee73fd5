#ifndef CATALOG_VEHICLE_TYPE_H
#define CATALOG_VEHICLE_TYPE_H

#include "server/catalog/entity.h"

enum vehicle_type_tag {
    VEHICLE_TYPE_CODE = 1,
    VEHICLE_TYPE_NAME = 2,
    VEHICLE_TYPE_IS_ACTIVE = 3,
    VEHICLE_TYPE_CREATED_AT = 4,
    VEHICLE_TYPE_UPDATED_AT = 5,
};

struct vehicle_type {
    struct row_head row;
    struct str code, name;
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity vehicle_type_entity;

#endif
