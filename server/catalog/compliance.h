#ifndef CATALOG_COMPLIANCE_H
#define CATALOG_COMPLIANCE_H

#include "server/catalog/entity.h"

enum compliance_tag { COMPLIANCE_CODE = 1, COMPLIANCE_NAME = 2, COMPLIANCE_TIMEZONE = 3 };

enum compliance_action { COMPLIANCE_INSURED = 1, COMPLIANCE_COUNTS = 2, COMPLIANCE_TRAIL = 3 };

/* A company that lets the regulator ask; no other is there. */
struct compliance {
    struct row_head row;
    struct str code, name, timezone;
};

enum { INSURED_VEHICLE = 1, INSURED_DAY = 2, INSURED_COMPANY = 3 };
struct compliance_insured {
    struct row_head row;
    struct str vehicle; /* plate or chassis number */
    date_t day;
    struct ref company;
};
enum { COUNTS_DAY = 1, COUNTS_COMPANY = 2 };
struct compliance_counts {
    struct row_head row;
    date_t day;
    struct ref company;
};
enum { TRAIL_COMPANY = 1, TRAIL_FROM = 2, TRAIL_TO = 3, TRAIL_AFTER = 4 };
struct compliance_trail {
    struct row_head row;
    struct ref company;
    date_t from_date, to_date;
    int64_t after; /* so many entries were read before */
};

extern const struct entity compliance_entity;

#endif
