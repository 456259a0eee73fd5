#ifndef WIRE_FILTER_H
#define WIRE_FILTER_H

#include "common/wire/params.h"
#include "common/wire/schema.h"

/*
 * A condition on a moment with a day typed for it ("2026-03-02", "t", "-7d", "14/2") is about that whole day,
 * by the locale's clock: `=` becomes from its first to before the next day's first instant, `<=` includes it,
 * `>` begins after it. Returns how many conditions were put in `out`; 0 when the field is no moment, the text
 * no day, or the operator says nothing of days (!=, ~): then it is to be read as any other condition.
 */
enum { FILTER_DAYS_MOST = 2 };
size_t filter_days(const struct schema_field *f, enum filter_op op, struct str typed,
                   const struct locale_info *l, struct param_filter out[FILTER_DAYS_MOST]);

#endif
