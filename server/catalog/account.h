#ifndef CATALOG_ACCOUNT_H
#define CATALOG_ACCOUNT_H

#include "server/catalog/entity.h"

enum account_tag {
    ACCOUNT_LOGIN = 1,
    ACCOUNT_NAME = 2,
    ACCOUNT_EMAIL = 3,
    ACCOUNT_PHONE = 4,
    ACCOUNT_ROLE = 5,
    ACCOUNT_BRANCH = 6,
    ACCOUNT_LANGUAGE = 7,
    ACCOUNT_CREATED_AT = 8,
    ACCOUNT_UPDATED_AT = 9,
};

struct account {
    struct row_head row;
    struct str login, name, email, phone;
    struct ref role, branch;
    struct str language;
    stamp_t created_at, updated_at;
};

extern const struct entity account_entity;

#endif
