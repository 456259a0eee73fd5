#ifndef CATALOG_SESSION_H
#define CATALOG_SESSION_H

#include "server/catalog/entity.h"

enum session_tag {
    SESSION_USER = 1,
    SESSION_STATE = 2,
    SESSION_METHOD = 3,
    SESSION_ADDRESS = 4,
    SESSION_CLIENT = 5,
    SESSION_CREATED_AT = 6,
    SESSION_SEEN_AT = 7,
    SESSION_ENDS_AT = 8,
    SESSION_ENDED_AT = 9,
    SESSION_END_REASON = 10,
    SESSION_UPDATED_AT = 11,
};

enum session_state {
    SESSION_STATE_CODE = 1, /* wants its second factor */
    SESSION_STATE_OPEN = 2,
    SESSION_STATE_LIMITED = 3, /* account set-up only */
    SESSION_STATE_ENDED = 4,
};

enum session_action { SESSION_END = 1, SESSION_END_ALL = 2 };
enum session_end_all_tag { SESSION_END_ALL_USER = 1 };
struct session_end_all {
    struct row_head row;
    struct ref user;
};

struct session_record {
    struct row_head row;
    struct ref user;
    choice_t state;
    struct str method, address, client;
    stamp_t created_at, updated_at, seen_at, ends_at, ended_at;
    struct str end_reason;
};

extern const struct entity session_entity;

#endif
