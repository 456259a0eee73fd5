#ifndef CATALOG_CERTIFICATE_H
#define CATALOG_CERTIFICATE_H

#include "server/catalog/entity.h"

enum certificate_state { CERTIFICATE_VALID = 1, CERTIFICATE_WITHDRAWN = 2 };

enum certificate_tag {
    CERTIFICATE_NUMBER = 1,
    CERTIFICATE_POLICY = 2,
    CERTIFICATE_TERM = 3,
    CERTIFICATE_COVER = 4,
    CERTIFICATE_VEHICLE = 5,
    CERTIFICATE_FROM_DATE = 6,
    CERTIFICATE_TO_DATE = 7,
    CERTIFICATE_STATE = 8,
    CERTIFICATE_PAYLOAD = 9,
    CERTIFICATE_ISSUED_BY = 10,
    CERTIFICATE_CREATED_AT = 11,
    CERTIFICATE_UPDATED_AT = 12,
};

enum certificate_action { CERTIFICATE_PRINT = 1 };

struct certificate {
    struct row_head row;
    struct str number;
    struct ref policy, term, cover, vehicle;
    date_t from_date, to_date; /* both inclusive */
    choice_t state;
    struct str payload;
    struct ref issued_by;
    stamp_t created_at, updated_at;
};

extern const struct entity certificate_entity;

#endif
