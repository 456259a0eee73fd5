#ifndef CATALOG_PLATFORM_DEFAULT_H
#define CATALOG_PLATFORM_DEFAULT_H

#include "server/catalog/entity.h"

enum platform_default_tag {
    DEFAULT_CODE = 1,
    DEFAULT_LABEL = 2,
    DEFAULT_VALUE = 3,
    DEFAULT_CREATED_AT = 4,
    DEFAULT_UPDATED_AT = 5,
};

struct platform_default {
    struct row_head row;
    struct str code, label, value;
    stamp_t created_at, updated_at;
};

extern const struct entity platform_default_entity;

#endif
