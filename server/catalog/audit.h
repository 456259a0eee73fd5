#ifndef CATALOG_AUDIT_H
#define CATALOG_AUDIT_H

#include "server/catalog/entity.h"

enum audit_tag {
    AUDIT_AT = 1,
    AUDIT_KIND = 2,
    AUDIT_WHAT = 3,
    AUDIT_OUTCOME = 4,
    AUDIT_USER = 5,
    AUDIT_ACTOR = 6,
    AUDIT_ENTITY = 7,
    AUDIT_ROW = 8,
    AUDIT_COUNT = 9,
    AUDIT_DETAIL = 10,
    AUDIT_ADDRESS = 11,
    AUDIT_CLIENT = 12,
    AUDIT_SESSION = 13,
    AUDIT_REQUEST = 14,
    AUDIT_PLACE = 15,
};

struct audit_record {
    struct row_head row;
    stamp_t at;
    choice_t kind, outcome;
    struct str what;
    struct ref user;
    struct str actor, entity;
    int64_t row_id, count;
    struct str detail, address, client;
    int64_t session_id;
    struct str request_id;
    int64_t place;
};

/* app.audit.kind and .outcome */
enum audit_kind {
    AUDIT_SIGN_IN = 1,
    AUDIT_REFUSAL = 2,
    AUDIT_READ = 3, /* of personal data, in bulk */
    AUDIT_CHANGE = 4,
    AUDIT_TAKEN = 5, /* prints and exports */
    AUDIT_PLATFORM = 6,
    AUDIT_ACCOUNT = 7,
};
enum audit_outcome { AUDIT_DONE = 1, AUDIT_REFUSED = 2 };

enum { AUDIT_EXPORT = 1 };
enum audit_export_tag {
    AUDIT_EXPORT_FROM = 1,
    AUDIT_EXPORT_TO = 2,
    AUDIT_EXPORT_FORMAT = 3,
    AUDIT_EXPORT_AFTER = 4
};
enum audit_format { AUDIT_JSON = 1, AUDIT_CSV = 2 };
struct audit_export {
    struct row_head row;
    date_t from, to;
    choice_t format;
    int64_t after;
};

extern const struct entity audit_entity;

#endif
