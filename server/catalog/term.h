#ifndef CATALOG_TERM_H
#define CATALOG_TERM_H

#include "server/catalog/entity.h"
#include "server/catalog/policy.h"
enum term_tag {
    TERM_POLICY = 1,
    TERM_SEQ = 2,
    TERM_STATE = 3,
    TERM_START_DATE = 4,
    TERM_END_DATE = 5,
    TERM_MONTHS = 6,
    TERM_SUM_INSURED = 7,
    TERM_RATE = 8,
    TERM_PREMIUM = 9,
    TERM_LEVY = 10,
    TERM_TAX = 11,
    TERM_TOTAL = 12,
    TERM_PAID = 13,
    TERM_ACTIVATED_AT = 14,
    TERM_REASON = 15,
    TERM_CREATED_AT = 16,
    TERM_UPDATED_AT = 17,
    TERM_OUTSTANDING = 18,
};

struct term {
    struct row_head row;
    struct ref policy;
    int64_t seq;
    choice_t state;              /* enum term_state */
    date_t start_date, end_date; /* both inclusive */
    int64_t months;
    money_t sum_insured;
    struct ref rate;
    money_t premium, levy, tax, total, paid;
    money_t outstanding; /* computed */
    stamp_t activated_at;
    struct str reason;
    stamp_t created_at, updated_at;
};

extern const struct entity term_entity;

#endif
