#ifndef CATALOG_COMPANY_H
#define CATALOG_COMPANY_H

#include "server/catalog/entity.h"

enum company_status { COMPANY_ACTIVE = 1, COMPANY_SUSPENDED = 2 };

enum company_tag {
    COMPANY_CODE = 1,
    COMPANY_NAME = 2,
    COMPANY_STATUS = 3,
    COMPANY_STATUS_REASON = 4,
    COMPANY_DOMAINS = 5,
    COMPANY_BUSINESS_TYPE = 6,
    COMPANY_PHONE = 7,
    COMPANY_EMAIL = 8,
    COMPANY_ADDRESS = 9,
    COMPANY_CURRENCY = 10,
    COMPANY_TIMEZONE = 11,
    COMPANY_REGULATOR_ACCESS = 12,
    COMPANY_BRANCH_CODE = 13,
    COMPANY_BRANCH_NAME = 14,
    COMPANY_ADMIN_LOGIN = 15,
    COMPANY_ADMIN_NAME = 16,
    COMPANY_ADMIN_EMAIL = 17,
    COMPANY_CREATED_AT = 18,
    COMPANY_UPDATED_AT = 19,
};

enum company_action {
    COMPANY_SUSPEND = 1,
    COMPANY_ACTIVATE = 2,
    COMPANY_ADD_DOMAIN = 3,
    COMPANY_DROP_DOMAIN = 4,
    COMPANY_ADMIN_TOKEN = 5,
    COMPANY_DISABLE_USER = 6,
    COMPANY_ENABLE_USER = 7,
};

struct company {
    struct row_head row;
    struct str code, name;
    choice_t status;
    struct str status_reason;
    struct str domains; /* blanks between */
    struct str business_type, phone, email, address, currency, timezone;
    bool regulator_access;
    struct str branch_code, branch_name, admin_login, admin_name, admin_email; /* given once, never read */
    stamp_t created_at, updated_at;
};

enum { COMPANY_DOMAIN_NAME = 1 };
struct company_domain_args {
    struct row_head row;
    struct str domain;
};
enum { COMPANY_USER_LOGIN = 1 };
struct company_user_args {
    struct row_head row;
    struct str login;
};

extern const struct entity company_entity;

#endif
