#include "common/wire/filter.h"

#include "common/base/err.h"

static const int64_t usec_of_minute = INT64_C(60000000);

static struct param_filter
from_day(const struct schema_field *f, enum filter_op op, date_t day, int offset_minutes)
{
    stamp_t first = {((int64_t)day.days * 1440 - offset_minutes) * usec_of_minute};
    return (struct param_filter){
        .field = {.number = f->tag},
          .op = op, .value = { .type = VT_STAMP,  .stamp = first}
    };
}

size_t
filter_days(const struct schema_field *f, enum filter_op op, struct str typed, const struct locale_info *l,
            struct param_filter out[FILTER_DAYS_MOST])
{
    date_t day;
    if (f->type != VT_STAMP || date_parse_typed(typed, l->today, "day", &day, NULL) != RC_OK)
        return 0;
    date_t next = date_add_days(day, 1);
    switch (op) {
    case FILTER_EQ:
        out[0] = from_day(f, FILTER_GE, day, l->offset_minutes);
        out[1] = from_day(f, FILTER_LT, next, l->offset_minutes);
        return 2;
    case FILTER_LT:
    case FILTER_GE:
        out[0] = from_day(f, op, day, l->offset_minutes);
        return 1;
    case FILTER_LE:
        out[0] = from_day(f, FILTER_LT, next, l->offset_minutes);
        return 1;
    case FILTER_GT:
        out[0] = from_day(f, FILTER_GE, next, l->offset_minutes);
        return 1;
    case FILTER_NE:
    case FILTER_PREFIX:
        break;
    }
    return 0;
}
