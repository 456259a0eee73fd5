#ifndef CATALOG_COMPANY_REQUEST_H
#define CATALOG_COMPANY_REQUEST_H

#include "server/catalog/entity.h"

enum company_request_state { REQUEST_PENDING = 1, REQUEST_APPROVED = 2, REQUEST_REJECTED = 3 };

enum company_request_tag {
    REQUEST_NAME = 1,
    REQUEST_BUSINESS_TYPE = 2,
    REQUEST_PHONE = 3,
    REQUEST_EMAIL = 4,
    REQUEST_ADDRESS = 5,
    REQUEST_DOMAIN = 6,
    REQUEST_ADMIN_NAME = 7,
    REQUEST_ADMIN_LOGIN = 8,
    REQUEST_ADMIN_EMAIL = 9,
    REQUEST_STATE = 10,
    REQUEST_REASON = 11,
    REQUEST_DECIDED_BY = 12,
    REQUEST_DECIDED_AT = 13,
    REQUEST_COMPANY = 14,
    REQUEST_SOURCE = 15,
    REQUEST_CREATED_AT = 16,
    REQUEST_UPDATED_AT = 17,
};

enum company_request_action { REQUEST_APPROVE = 1, REQUEST_REJECT = 2 };

struct company_request {
    struct row_head row;
    struct str name, business_type, phone, email, address, domain;
    struct str admin_name, admin_login, admin_email;
    choice_t state;
    struct str reason;
    struct ref decided_by;
    stamp_t decided_at;
    struct ref company;
    struct str source;
    stamp_t created_at, updated_at;
};

enum { APPROVE_CODE = 1, APPROVE_BRANCH_CODE = 2, APPROVE_BRANCH_NAME = 3 };
struct company_request_approve {
    struct row_head row;
    struct str code, branch_code, branch_name;
};

extern const struct entity company_request_entity;

#endif
