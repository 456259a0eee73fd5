#ifndef CATALOG_COVER_H
#define CATALOG_COVER_H

#include "server/catalog/entity.h"

enum cover_tag {
    COVER_POLICY = 1,
    COVER_TERM = 2,
    COVER_VEHICLE = 3,
    COVER_FROM_DATE = 4,
    COVER_TO_DATE = 5,
    COVER_IN_FORCE = 6,
    COVER_CREATED_AT = 7,
    COVER_UPDATED_AT = 8,
};

struct cover {
    struct row_head row;
    struct ref policy, term, vehicle;
    date_t from_date, to_date; /* both inclusive */
    bool in_force;
    stamp_t created_at, updated_at;
};

extern const struct entity cover_entity;

#endif
