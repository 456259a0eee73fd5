#ifndef VALUE_DATE_H
#define VALUE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* A civil day: days since 2000-01-01 (PostgreSQL's own epoch), proleptic Gregorian. */
typedef struct {
    int32_t days;
} date_t;

/* An instant: microseconds since 2000-01-01 00:00:00 UTC. */
typedef struct {
    int64_t usec;
} stamp_t;

struct civil {
    int year, month, day;
};

#define DATE_MIN_YEAR 1900
#define DATE_MAX_YEAR 2199

bool civil_valid(struct civil c); /* year within DATE_MIN_YEAR..DATE_MAX_YEAR, the day exists */
date_t date_of(struct civil c);   /* requires civil_valid */
struct civil civil_of(date_t d);
date_t date_add_days(date_t d, int days);
/* Same day of the month n months on; the last of the month when there is none (29 Feb + 12 = 28 Feb). */
date_t date_add_months(date_t d, int months);
int date_cmp(date_t a, date_t b);
int date_weekday(date_t d); /* 0 Monday .. 6 Sunday */
/* End of a cover of `months` that starts on d, inclusive: the day before the same day `months` on.
   From 29 February a year's cover ends on 28 February: the start day's anniversary does not exist. */
date_t date_term_end(date_t start, int months);

/* Strict "2026-02-14". Fails: RC_BAD_PARAMS, names `field`, says YYYY-MM-DD or that the day does not exist.
 */
enum rc date_parse(struct str text, const char *field, date_t *ret, struct err *reterr) NODISCARD;
/* What a person types: also t, +3d, -1w, +2m, +1y (from today), 14/2, 14/2/26, 14.2.2026. */
enum rc date_parse_typed(struct str text, date_t today, const char *field, date_t *ret,
                         struct err *reterr) NODISCARD;
#define DATE_TEXT 12
char *date_text(date_t d, char out[DATE_TEXT]); /* "2026-02-14" */

/* RFC 3339 UTC "2026-02-14T08:30:00Z" (seconds) */
#define STAMP_TEXT 32
char *stamp_text(stamp_t t, char out[STAMP_TEXT]);
/* As people read it where they are: "2026-02-14 11:30", offset in minutes east of UTC. */
char *stamp_local(stamp_t t, int offset_minutes, char out[STAMP_TEXT]);
/* RFC 3339 with Z or offset, or "YYYY-MM-DD[ HH:MM[:SS]]" taken in `offset_minutes`. */
enum rc stamp_parse(struct str text, int offset_minutes, const char *field, stamp_t *ret,
                    struct err *reterr) NODISCARD;
date_t stamp_day(stamp_t t, int offset_minutes);

#endif
