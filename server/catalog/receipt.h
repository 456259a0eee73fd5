#ifndef CATALOG_RECEIPT_H
#define CATALOG_RECEIPT_H

#include "server/catalog/entity.h"

enum receipt_state { RECEIPT_RECORDED = 1, RECEIPT_VERIFIED = 2, RECEIPT_REJECTED = 3, RECEIPT_REVERSED = 4 };
enum receipt_method { PAID_CASH = 1, PAID_MOBILE = 2, PAID_BANK = 3, PAID_CHEQUE = 4, PAID_CARD = 5 };

enum receipt_tag {
    RECEIPT_NUMBER = 1,
    RECEIPT_BRANCH = 2,
    RECEIPT_POLICY = 3,
    RECEIPT_TERM = 4,
    RECEIPT_AMOUNT = 5,
    RECEIPT_METHOD = 6,
    RECEIPT_REFERENCE = 7,
    RECEIPT_STATE = 8,
    RECEIPT_PAID_ON = 9,
    RECEIPT_TAKEN_BY = 10,
    RECEIPT_VERIFIED_BY = 11,
    RECEIPT_VERIFIED_AT = 12,
    RECEIPT_REASON = 13,
    RECEIPT_CREATED_AT = 14,
    RECEIPT_UPDATED_AT = 15,
    RECEIPT_YEAR = 50,
    RECEIPT_SERIAL = 51,
};

enum receipt_view { RECEIPT_VIEW_TO_VERIFY = 2 }; /* that home opens */

enum receipt_action { RECEIPT_VERIFY = 1, RECEIPT_REJECT = 2, RECEIPT_REVERSE = 3 };

struct receipt {
    struct row_head row;
    struct str number;
    struct ref branch;
    int64_t year, serial;
    struct ref policy, term;
    money_t amount;
    choice_t method;
    struct str reference;
    choice_t state;
    date_t paid_on;
    struct ref taken_by, verified_by;
    stamp_t verified_at;
    struct str reason;
    stamp_t created_at, updated_at;
};

extern const struct entity receipt_entity;

#endif
