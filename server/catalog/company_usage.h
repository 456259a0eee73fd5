#ifndef CATALOG_COMPANY_USAGE_H
#define CATALOG_COMPANY_USAGE_H

#include "server/catalog/entity.h"

enum company_usage_tag {
    COMPANY_USAGE_DAY = 1,
    COMPANY_USAGE_COMPANY = 2,
    COMPANY_USAGE_REQUESTS = 3,
    COMPANY_USAGE_REFUSALS = 4,
    COMPANY_USAGE_ERRORS = 5,
    COMPANY_USAGE_SIGN_INS = 6,
    COMPANY_USAGE_MEAN_US = 7,
    COMPANY_USAGE_MAX_US = 8,
};

struct company_usage {
    struct row_head row;
    date_t day;
    struct ref company;
    int64_t requests, refusals, errors, sign_ins;
    int64_t mean_us, max_us; /* microseconds */
};

extern const struct entity company_usage_entity;

#endif
