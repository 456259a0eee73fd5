#ifndef CATALOG_ROLE_H
#define CATALOG_ROLE_H

#include "server/catalog/entity.h"

enum role_tag {
    ROLE_CODE = 1,
    ROLE_NAME = 2,
    ROLE_PERMISSIONS = 3,
    ROLE_BUILTIN = 4,
    ROLE_SECOND_FACTOR = 5,
    ROLE_BRANCH_SCOPE = 6,
    ROLE_OWN_RECORDS = 7,
    ROLE_IS_ACTIVE = 8,
    ROLE_NOTE = 9,
    ROLE_CREATED_AT = 10,
    ROLE_UPDATED_AT = 11,
};

struct role {
    struct row_head row;
    struct str code, name;
    struct str permissions; /* words "entity.verb", see server/op/rights.h */
    bool builtin, second_factor, branch_scope, own_records, is_active;
    struct str note;
    stamp_t created_at, updated_at;
};

enum role_action { ROLE_COPY = 1 };
enum role_copy_tag { ROLE_COPY_CODE = 1, ROLE_COPY_NAME = 2 };
struct role_copy {
    struct row_head row;
    struct str code, name;
};

extern const struct entity role_entity;

#endif
