#ifndef CATALOG_RENEWAL_H
#define CATALOG_RENEWAL_H

#include "server/catalog/entity.h"

/*
 * A renewal case: this term runs out, this person follows it up, this came of it. The database opens one for
 * every term that starts and closes it when a renewal is made, by whatever way, or the term is cancelled
 * (0020_renewals.sql); a renewal that is voided opens it again.
 */
enum renewal_state {
    RENEWAL_OPEN = 1,
    RENEWAL_CONTACTED = 2,
    RENEWAL_PROMISED = 3,
    RENEWAL_RENEWED = 4,
    RENEWAL_LOST = 5,
    RENEWAL_DISCONTINUED = 6,
};

/* Why it was lost. */
enum renewal_outcome {
    LOST_PRICE = 1,
    LOST_COMPETITOR = 2,
    LOST_SOLD = 3,
    LOST_OFF_ROAD = 4,
    LOST_SERVICE = 5,
    LOST_NOT_REACHED = 6,
    LOST_OTHER = 7,
};

/* How soon it ends: computed, never stored. */
enum renewal_when { WHEN_OVERDUE = 1, WHEN_TODAY = 2, WHEN_WEEK = 3, WHEN_LATER = 4, WHEN_CLOSED = 5 };

enum renewal_tag {
    RENEWAL_POLICY = 1,
    RENEWAL_VEHICLE = 2,
    RENEWAL_CUSTOMER = 3,
    RENEWAL_PRODUCT = 4,
    RENEWAL_BRANCH = 5,
    RENEWAL_DUE_DATE = 6,
    RENEWAL_STATE = 7,
    RENEWAL_ASSIGNED_TO = 8,
    RENEWAL_CONTACT_ON = 9,
    RENEWAL_PROMISED_ON = 10,
    RENEWAL_OUTCOME = 11,
    RENEWAL_REASON = 12,
    RENEWAL_TERM = 13,
    RENEWAL_RENEWED_TERM = 14,
    RENEWAL_UNPAID = 15,
    RENEWAL_CLOSED_AT = 16,
    RENEWAL_NOTE = 17,
    RENEWAL_CREATED_AT = 18,
    RENEWAL_UPDATED_AT = 19,
    RENEWAL_CONTACTED_AT = 20,
    RENEWAL_WHEN = 21,
    RENEWAL_PHONE = 22,
    RENEWAL_LAST_TOTAL = 23,
    RENEWAL_NEW_TOTAL = 24,
    RENEWAL_CHANGE = 25,
    RENEWAL_NEW_START = 26,
    RENEWAL_NEW_END = 27,
};

enum renewal_action {
    RENEWAL_RENEW = 1,
    RENEWAL_CONTACT = 2,
    RENEWAL_PROMISE = 3,
    RENEWAL_LOSE = 4,
    RENEWAL_DISCONTINUE = 5,
    RENEWAL_REOPEN = 6,
};

struct renewal {
    struct row_head row;
    struct ref policy, vehicle, customer, product, branch; /* vehicle: none of a fleet */
    date_t due_date;                                       /* last day of the term */
    choice_t state;                                        /* enum renewal_state */
    struct ref assigned_to;
    date_t contact_on, promised_on;
    choice_t outcome; /* enum renewal_outcome; of a lost one */
    struct str reason;
    struct ref term, renewed_term;
    bool unpaid; /* the term that renewed it waits for its payment */
    stamp_t closed_at, contacted_at;
    struct str note;
    choice_t when; /* computed from here on */
    struct str phone;
    money_t last_total, new_total, change;
    date_t new_start, new_end;
    stamp_t created_at, updated_at;
};

/* Those of `renew` are the policy's own: struct policy_renew. */
enum renewal_contact_tag { CONTACT_AGAIN_ON = 1, CONTACT_NOTE = 2 };
struct renewal_contact {
    struct row_head row;
    date_t again_on;
    struct str note;
};
enum renewal_promise_tag { PROMISE_ON = 1, PROMISE_NOTE = 2 };
struct renewal_promise {
    struct row_head row;
    date_t on;
    struct str note;
};
enum renewal_lose_tag { LOSE_OUTCOME = 1, LOSE_NOTE = 2 };
struct renewal_lose {
    struct row_head row;
    choice_t outcome;
    struct str note;
};

extern const struct entity renewal_entity;

#endif
