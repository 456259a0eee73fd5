#ifndef CATALOG_PLATFORM_AUDIT_H
#define CATALOG_PLATFORM_AUDIT_H

#include "server/catalog/entity.h"

enum platform_audit_tag {
    PLATFORM_AUDIT_AT = 1,
    PLATFORM_AUDIT_COMPANY = 2,
    PLATFORM_AUDIT_KIND = 3,
    PLATFORM_AUDIT_WHAT = 4,
    PLATFORM_AUDIT_OUTCOME = 5,
    PLATFORM_AUDIT_LOGIN = 6,
    PLATFORM_AUDIT_ADDRESS = 7,
    PLATFORM_AUDIT_COUNT = 8,
};

struct platform_audit {
    struct row_head row;
    stamp_t at;
    struct ref company;
    choice_t kind;
    struct str what;
    choice_t outcome;
    struct str login, address;
    int64_t count;
};

extern const struct entity platform_audit_entity;

#endif
