#ifndef CATALOG_COMPANY_HEALTH_H
#define CATALOG_COMPANY_HEALTH_H

#include "server/catalog/company.h"

enum company_health_tag {
    HEALTH_CODE = 1,
    HEALTH_NAME = 2,
    HEALTH_STATUS = 3,
    HEALTH_USERS = 4,
    HEALTH_SESSIONS = 5,
    HEALTH_COVERS = 6,
    HEALTH_WAITING = 7,
    HEALTH_SEEN_AT = 8,
};

struct company_health {
    struct row_head row;
    struct str code, name;
    choice_t status;
    int64_t users, sessions, covers, waiting;
    stamp_t seen_at;
};

extern const struct entity company_health_entity;

#endif
