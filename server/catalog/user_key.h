#ifndef CATALOG_USER_KEY_H
#define CATALOG_USER_KEY_H

#include "server/catalog/entity.h"

enum user_key_tag {
    USER_KEY_USER = 1,
    USER_KEY_NAME = 2,
    USER_KEY_PUBLIC_KEY = 3,
    USER_KEY_FINGERPRINT = 4,
    USER_KEY_IS_ACTIVE = 5,
    USER_KEY_CREATED_AT = 6,
    USER_KEY_UPDATED_AT = 7,
    USER_KEY_LAST_USED_AT = 8,
};

struct user_key {
    struct row_head row;
    struct ref user;
    struct str name;
    struct str public_key;  /* "ssh-ed25519 AAAA…" */
    struct str fingerprint; /* "SHA256:…" */
    bool is_active;
    stamp_t last_used_at, created_at, updated_at;
};

extern const struct entity user_key_entity;

#endif
