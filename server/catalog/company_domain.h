#ifndef CATALOG_COMPANY_DOMAIN_H
#define CATALOG_COMPANY_DOMAIN_H

#include "server/catalog/entity.h"

enum company_domain_tag {
    COMPANY_DOMAIN_DOMAIN = 1,
    COMPANY_DOMAIN_COMPANY = 2,
    COMPANY_DOMAIN_CREATED_AT = 3
};

struct company_domain {
    struct row_head row;
    struct str domain;
    struct ref company;
    stamp_t created_at;
};

extern const struct entity company_domain_entity;

#endif
