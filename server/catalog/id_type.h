#ifndef CATALOG_ID_TYPE_H
#define CATALOG_ID_TYPE_H

#include "server/catalog/entity.h"

enum id_type_tag {
    ID_TYPE_CODE = 1,
    ID_TYPE_NAME = 2,
    ID_TYPE_PATTERN = 3,
    ID_TYPE_BIRTH_AT = 4,
    ID_TYPE_IS_ACTIVE = 5,
    ID_TYPE_CREATED_AT = 6,
    ID_TYPE_UPDATED_AT = 7,
};

struct id_type {
    struct row_head row;
    struct str code, name;
    struct str pattern; /* regular expression (PCRE2) over the normalised number */
    int64_t birth_at;   /* 1-based position of an embedded YYYYMMDD */
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity id_type_entity;

#endif
