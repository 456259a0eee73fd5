#ifndef CATALOG_ALERT_H
#define CATALOG_ALERT_H

#include "server/catalog/entity.h"

/* Something that needs a person: a cover that ends, a term that is not paid, a receipt that waits. It comes
   and goes with what it is about; what somebody did with it (app.alert_mark) is his own. */
enum alert_tag {
    ALERT_KIND = 1,
    ALERT_DUE_DATE = 2,
    ALERT_POLICY = 3,
    ALERT_RECEIPT = 4,
    ALERT_VEHICLE = 5,
    ALERT_HOLDER = 6,
    ALERT_BRANCH = 7,
    ALERT_URGENCY = 8,
    ALERT_STATE = 9,
    ALERT_UNTIL = 10,
    ALERT_AT = 11,
};

enum alert_kind { ALERT_ENDS = 1, ALERT_UNPAID = 2, ALERT_WAITS = 3 }; /* as due_item.kind */
enum alert_urgency { ALERT_OVERDUE = 1, ALERT_TODAY = 2, ALERT_SOON = 3 };
enum alert_state { ALERT_OPEN = 1, ALERT_ACKNOWLEDGED = 2, ALERT_SNOOZED = 3 };
enum alert_action { ALERT_ACKNOWLEDGE = 1, ALERT_SNOOZE = 2, ALERT_WAKE = 3, ALERT_SEEN = 4 };

/* Days before something is due from which it is an alert. */
#define ALERT_AHEAD "30"
/* SQL: has who asks put away the alert `d` for now? */
#define ALERT_HIDDEN(d)                                                                                      \
    "exists (select from app.alert_mark m where m.tenant_id = " d ".tenant_id"                               \
    " and m.user_id = (select app.user_id()) and m.alert_id = " d ".id and m.due_date = " d ".due_date"      \
    " and (m.until is null or m.until > (select app.today())))"

struct alert {
    struct row_head row;
    choice_t kind, urgency, state;
    date_t due_date, until;
    struct ref policy, receipt, branch;
    struct str vehicle, holder;
    stamp_t at;
};

enum alert_snooze_tag { SNOOZE_UNTIL = 1 };
struct alert_snooze {
    struct row_head row;
    date_t until;
};

extern const struct entity alert_entity;

#endif
