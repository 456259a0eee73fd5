#include "server/rule/term_dates.h"

static enum rc
check_months(int64_t months, struct err *reterr)
{
    if (months >= 1 && months <= TERM_MONTHS_MAX)
        return RC_OK;
    return err_set(reterr, RC_BAD_PARAMS, "months", "a cover lasts 1 to %d months", TERM_MONTHS_MAX);
}

enum rc
term_first(date_t start, int64_t months, date_t today, int backdate_days, struct term_dates *ret,
           struct err *reterr)
{
    char text[DATE_TEXT];
    date_t earliest = date_add_days(today, -backdate_days), latest = date_add_days(today, TERM_AHEAD_DAYS);
    enum rc rc = check_months(months, reterr);
    if (rc)
        return rc;
    if (date_cmp(start, earliest) < 0)
        return err_set(reterr, RC_BAD_PARAMS, "start", "the cover can't start before %s",
                       date_text(earliest, text));
    if (date_cmp(start, latest) > 0)
        return err_set(reterr, RC_BAD_PARAMS, "start", "the cover can't start later than %s",
                       date_text(latest, text));
    *ret = (struct term_dates){start, date_term_end(start, (int)months)};
    return RC_OK;
}

enum rc
term_renewal(date_t last_end, int64_t months, date_t today, int ahead_days, struct term_dates *ret,
             struct err *reterr)
{
    char text[DATE_TEXT], open[DATE_TEXT];
    date_t opens = date_add_days(last_end, -ahead_days), next = date_add_days(last_end, 1);
    enum rc rc = check_months(months, reterr);
    if (rc)
        return rc;
    if (date_cmp(today, opens) < 0)
        return err_set(reterr, RC_REFUSED, NULL, "the policy runs until %s; it can be renewed from %s on",
                       date_text(last_end, text), date_text(opens, open));
    date_t start = date_cmp(next, today) >= 0 ? next : today;
    *ret = (struct term_dates){start, date_term_end(start, (int)months)};
    return RC_OK;
}

struct term_dates
term_on_payment(struct term_dates planned, int months, date_t earliest)
{
    if (date_cmp(planned.start, earliest) >= 0)
        return planned;
    return (struct term_dates){earliest, date_term_end(earliest, months)};
}
