#ifndef RULE_TERM_DATES_H
#define RULE_TERM_DATES_H

#include "common/base/err.h"
#include "common/value/date.h"

/* When terms start and end. Both days are inclusive; "today" is the tenant's day, always passed in. */
struct term_dates {
    date_t start, end;
};

enum { TERM_MONTHS_MAX = 36, TERM_AHEAD_DAYS = 366 };

/* The first term. Fails: RC_BAD_PARAMS naming "start" (too far back, too far ahead) or "months". */
enum rc term_first(date_t start, int64_t months, date_t today, int backdate_days, struct term_dates *ret,
                   struct err *reterr) NODISCARD;

/*
 * A renewal starts the day after the last term ended or, after a gap, today; never in the past. The last
 * term's own days decide, so a cover that began on 29 February goes on from 1 March. Fails: RC_REFUSED when
 * today is more than ahead_days before the last end; RC_BAD_PARAMS naming "months".
 */
enum rc term_renewal(date_t last_end, int64_t months, date_t today, int ahead_days, struct term_dates *ret,
                     struct err *reterr) NODISCARD;

/* On the day it is paid: a term whose start lies before `earliest` moves there, its length kept. */
struct term_dates term_on_payment(struct term_dates planned, int months, date_t earliest);

#endif
