#ifndef CATALOG_POLICY_H
#define CATALOG_POLICY_H

#include "server/catalog/entity.h"

/* Of a term; a policy shows that of its latest term. */
enum term_state {
    TERM_DRAFT = 1,
    TERM_QUOTED = 2,
    TERM_AWAITING_PAYMENT = 3,
    TERM_ACTIVE = 4,
    TERM_SUSPENDED = 5,
    TERM_EXPIRED = 6,
    TERM_CANCELLED = 7,
    TERM_VOID = 8,
};

enum policy_tag {
    POLICY_NUMBER = 1,
    POLICY_CUSTOMER = 2,
    POLICY_PRODUCT = 3,
    POLICY_VEHICLE = 4,
    POLICY_BRANCH = 5,
    POLICY_SOLD_BY = 6,
    POLICY_STATE = 7,
    POLICY_START_DATE = 8,
    POLICY_END_DATE = 9,
    POLICY_NOTE = 10,
    POLICY_CREATED_AT = 11,
    POLICY_UPDATED_AT = 12,
    POLICY_TOTAL = 13,
    POLICY_PAID = 14,
    POLICY_OUTSTANDING = 15,
    POLICY_SUM_INSURED = 16,
};

enum policy_action {
    POLICY_QUOTE = 1,
    POLICY_ISSUE = 2,
    POLICY_RENEW = 3,
    POLICY_CANCEL = 4,
    POLICY_VOID = 5
};

struct policy {
    struct row_head row;
    struct str number;
    struct ref customer, product, vehicle, branch, sold_by;
    choice_t state; /* enum term_state */
    date_t start_date, end_date;
    struct str note;
    money_t sum_insured, total, paid, outstanding; /* computed: of the latest term */
    stamp_t created_at, updated_at;
};

enum policy_quote_tag {
    QUOTE_VEHICLE = 1,
    QUOTE_CUSTOMER = 2,
    QUOTE_PRODUCT = 3,
    QUOTE_SUM_INSURED = 4,
    QUOTE_START = 5,
    QUOTE_MONTHS = 6,
    QUOTE_NOTE = 7,
};
struct policy_quote {
    struct row_head row;
    struct ref vehicle, customer, product; /* customer: the holder; default the vehicle's owner */
    money_t sum_insured;
    date_t start;
    int64_t months;
    struct str note;
};

enum policy_renew_tag { RENEW_MONTHS = 1, RENEW_SUM_INSURED = 2 };
struct policy_renew {
    struct row_head row;
    int64_t months;
    money_t sum_insured;
};

extern const struct entity policy_entity;

#endif
