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
    USER_FACTOR_AT = 13,
    USER_LOCKED_UNTIL = 14,
    USER_SEEN_AT = 15,
    USER_PASSWORD_CHANGED_AT = 16,
    USER_MUST_CHANGE_PASSWORD = 17,
    USER_PASSWORD_HASH = 50,
};

enum user_action { USER_ENROL = 1, USER_RESET = 2, USER_UNLOCK = 3, USER_DROP_FACTOR = 4 };
enum { USER_ACTIONS = 4 };

struct user {
    struct row_head row;
    struct str login, name, email, phone;
    struct ref role, branch;
    struct ref customer; /* sees the records of this customer only */
    struct str language;
    bool is_active;
    struct str password, password_hash; /* never shown: only that they changed */
    bool must_change_password;
    stamp_t password_changed_at, factor_at, locked_until, seen_at;
    stamp_t created_at, updated_at;
};

extern const struct action user_actions[USER_ACTIONS]; /* of both */
extern const struct entity user_entity;
extern const struct entity platform_user_entity;

#endif
