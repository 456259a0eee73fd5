#ifndef CATALOG_PLATE_PATTERN_H
#define CATALOG_PLATE_PATTERN_H

#include "server/catalog/entity.h"

enum plate_pattern_tag {
    PLATE_PATTERN_CODE = 1,
    PLATE_PATTERN_NAME = 2,
    PLATE_PATTERN_PATTERN = 3,
    PLATE_PATTERN_VEHICLE_TYPE = 4,
    PLATE_PATTERN_IS_ACTIVE = 5,
    PLATE_PATTERN_CREATED_AT = 6,
    PLATE_PATTERN_UPDATED_AT = 7,
};

struct plate_pattern {
    struct row_head row;
    struct str code, name;
    struct str pattern; /* regular expression (PCRE2) over the normalised plate */
    struct ref vehicle_type;
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity plate_pattern_entity;

#endif
