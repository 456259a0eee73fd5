#ifndef CATALOG_USER_H
#define CATALOG_USER_H

#include "server/catalog/entity.h"

enum user_tag {
    USER_LOGIN = 1,
    USER_NAME = 2,
    USER_EMAIL = 3,
    USER_PHONE = 4,
    USER_ROLE = 5,
    USER_BRANCH = 6,
    USER_LANGUAGE = 7,
    USER_IS_ACTIVE = 8,
    USER_PASSWORD = 9,
    USER_CREATED_AT = 10,
    USER_UPDATED_AT = 11,
    USER_CUSTOMER = 12,
    USER_PASSWORD_HASH = 50,
};

struct user {
    struct row_head row;
    struct str login, name, email, phone;
    struct ref role, branch;
    struct ref customer; /* sees the records of this customer only */
    struct str language;
    bool is_active;
    struct str password; /* as given; never stored: the rule turns it into the hash */
    struct str password_hash;
    stamp_t created_at, updated_at;
};

extern const struct entity user_entity;
extern const struct entity platform_user_entity;

#endif
