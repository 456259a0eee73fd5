#ifndef CATALOG_POLICY_H
#define CATALOG_POLICY_H

#include "server/catalog/entity.h"

/*
 * A policy is over one vehicle or it is a fleet: `vehicle` is empty then, and each of its terms has one line
 * (term_vehicle) per vehicle with what that vehicle is insured for and costs. Each vehicle has its own cover
 * and certificate.
 *
 * `quote` of a fleet takes `vehicles` instead of `vehicle`. It is there (in the description) where the
 * company has fleet policies switched on:
 *
 *     T337DSE=61,000,000; T338DSE=40m    each with what it is insured for
 *     T337DSE, T338DSE                   those that say nothing are insured for `sum_insured`
 *     $0=61m; $2                         in a batch: the vehicles that its steps 0 and 2 returned
 *     #3141592653                        a vehicle by its id
 *
 * A vehicle is named by plate, chassis number, #id or $step. Between them stands a semicolon, a new line or a
 * comma (a comma followed by exactly three digits belongs to the amount). A text is 4000 bytes at most:
 * `include` adds further vehicles to a quote in the same form, FLEET_MAX in all.
 * `customer` may be left out when all vehicles have one owner. Errors name the field "vehicles" and the
 * vehicle.
 *
 * `renew` of a fleet takes the vehicles of the last term with their own sums; `vehicles` says which instead,
 * and what for; one that was in the last term and names no sum keeps its own.
 */
enum { FLEET_MAX = 500 };

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
    POLICY_VEHICLES = 17,
    POLICY_LAST_TOTAL = 18,
    POLICY_CHANGE = 19,
    POLICY_TERM_END = 20,
};

enum policy_view { POLICY_VIEW_EXPIRING = 2, POLICY_VIEW_UNPAID = 5 }; /* those that home opens */

enum policy_action {
    POLICY_QUOTE = 1,
    POLICY_ISSUE = 2,
    POLICY_RENEW = 3,
    POLICY_CANCEL = 4,
    POLICY_VOID = 5,
    POLICY_INCLUDE = 6,
};

struct policy {
    struct row_head row;
    struct str number;
    struct ref customer, product, vehicle, branch, sold_by;
    choice_t state; /* enum term_state */
    date_t start_date, end_date;
    struct str note;
    money_t sum_insured, total, paid, outstanding; /* computed: of the latest term */
    money_t last_total, change; /* computed: of the run before it, and how much more the latest costs */
    date_t term_end;            /* computed: last day of the latest term, whether it ran or not */
    int64_t vehicles;                              /* computed: of a fleet, how many its latest term has */
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
    QUOTE_VEHICLES = 8,
};
struct policy_quote {
    struct row_head row;
    struct ref vehicle, customer, product; /* customer: the holder; default the vehicle's owner */
    money_t sum_insured;
    date_t start;
    int64_t months;
    struct str note;
    struct str vehicles;
};

enum policy_renew_tag { RENEW_MONTHS = 1, RENEW_SUM_INSURED = 2, RENEW_VEHICLES = 3 };
struct policy_renew {
    struct row_head row;
    int64_t months;
    money_t sum_insured;
    struct str vehicles;
};

enum policy_include_tag { INCLUDE_VEHICLES = 1, INCLUDE_SUM_INSURED = 2 };
struct policy_include {
    struct row_head row;
    struct str vehicles;
    money_t sum_insured;
};

extern const struct entity policy_entity;

#endif
