#ifndef CATALOG_SERVICE_ERROR_H
#define CATALOG_SERVICE_ERROR_H

#include "server/catalog/entity.h"

enum service_error_tag {
    SERVICE_ERROR_AT = 1,
    SERVICE_ERROR_COMPANY = 2,
    SERVICE_ERROR_CODE = 3,
    SERVICE_ERROR_CAUSE = 4,
    SERVICE_ERROR_METHOD = 5,
    SERVICE_ERROR_REQUEST_ID = 6,
};

struct service_error {
    struct row_head row;
    stamp_t at;
    struct ref company;
    struct str code, cause, method, request_id;
};

extern const struct entity service_error_entity;

#endif
