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
    ACCOUNT_PASSWORD_CHANGED_AT = 10,
    ACCOUNT_FACTOR_AT = 11,
    ACCOUNT_RECOVERY_LEFT = 12,
    ACCOUNT_WANTS = 13,
    ACCOUNT_SCREEN_THEME = 14,
    ACCOUNT_SCREEN_ENTER = 15,
    ACCOUNT_SCREEN_HINTS = 16,
    ACCOUNT_SCREEN_DATES = 17,
    ACCOUNT_SCREEN_AMOUNTS = 18,
};

enum account_action {
    ACCOUNT_PASSWORD = 1,
    ACCOUNT_FACTOR = 2,
    ACCOUNT_CONFIRM = 3,
    ACCOUNT_RECOVERY = 4,
    ACCOUNT_ADD_KEY = 5,
};
enum account_password_tag { ACCOUNT_PASSWORD_CURRENT = 1, ACCOUNT_PASSWORD_NEW = 2 };
struct account_password {
    struct row_head row;
    struct str current, password;
};
enum account_code_tag { ACCOUNT_CODE = 1 };
struct account_code {
    struct row_head row;
    struct str code;
};
enum account_key_tag { ACCOUNT_KEY_PUBLIC_KEY = 1, ACCOUNT_KEY_NAME = 2 };
struct account_key {
    struct row_head row;
    struct str public_key, name;
};

struct account {
    struct row_head row;
    struct str login, name, email, phone;
    struct ref role, branch;
    struct str language;
    stamp_t password_changed_at;
    stamp_t factor_at;     /* of a second factor; of one that waits for its first code as well */
    int64_t recovery_left; /* codes that were not used */
    struct str wants; /* what is to be done before the session opens: "password", "factor", both, or "" */
    stamp_t created_at, updated_at;
    choice_t screen_theme, screen_enter, screen_hints, screen_dates, screen_amounts; /* struct me_screens */
};

extern const struct entity account_entity;

#endif
