#ifndef CATALOG_PERSON_KEY_H
#define CATALOG_PERSON_KEY_H

#include "server/catalog/entity.h"

enum person_key_tag {
    PERSON_KEY_CUSTOMER = 1,
    PERSON_KEY_LEGAL_HOLD = 2,
    PERSON_KEY_HOLD_REASON = 3,
    PERSON_KEY_DESTROYED_AT = 4,
    PERSON_KEY_DESTROY_REASON = 5,
    PERSON_KEY_CREATED_AT = 6,
    PERSON_KEY_UPDATED_AT = 7,
    PERSON_KEY_GENERATION = 50,
    PERSON_KEY_WRAPPED = 51,
};

struct person_key {
    struct row_head row;
    struct ref customer;
    bool legal_hold;
    struct str hold_reason, destroy_reason;
    stamp_t destroyed_at, created_at, updated_at;
    int64_t generation;
    struct str wrapped;
};

extern const struct entity person_key_entity;

#endif
