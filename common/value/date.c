#include "common/value/date.h"

/*
 * The civil calendar counted from 1 March of year 0, where a leap day ends its year and a 400-year cycle
 * always has 146097 days. 2000-01-01 is day 730425 of that count.
 */
enum { CYCLE_YEARS = 400, CYCLE_DAYS = 146097, EPOCH = 730425 };

static const int64_t USEC_PER_DAY = INT64_C(86400000000);

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool
is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int64_t year, int month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool
civil_valid(struct civil c)
{
    return c.year >= DATE_MIN_YEAR && c.year <= DATE_MAX_YEAR && c.month >= 1 && c.month <= 12 &&
           c.day >= 1 && c.day <= month_days(c.year, c.month);
}

/* Days before the first of a month, counted from March = 0. */
static int
days_before(int march_month)
{
    return (153 * march_month + 2) / 5;
}

static int64_t
days_of(int64_t year, int month, int day)
{
    int march_month = (month + 9) % 12;
    int64_t march_year = year - (month <= 2);
    int64_t cycle = floor_div(march_year, CYCLE_YEARS);
    int64_t in_cycle = march_year - cycle * CYCLE_YEARS;
    return cycle * CYCLE_DAYS + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + days_before(march_month) +
           day - 1 - EPOCH;
}

static date_t
clamped(int64_t days)
{
    if (days > INT32_MAX)
        days = INT32_MAX;
    if (days < INT32_MIN)
        days = INT32_MIN;
    return (date_t){(int32_t)days};
}

date_t
date_of(struct civil c)
{
    ASSERT(civil_valid(c));
    return clamped(days_of(c.year, c.month, c.day));
}

struct civil
civil_of(date_t d)
{
    int64_t days = (int64_t)d.days + EPOCH;
    int64_t cycle = floor_div(days, CYCLE_DAYS);
    int64_t in_cycle = days - cycle * CYCLE_DAYS;
    /* Every 4th year is a day longer, every 100th not, the 400th again: take those days out first. */
    int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / (CYCLE_DAYS - 1)) / 365;
    int in_year = (int)(in_cycle - (365 * year + year / 4 - year / 100));
    int march_month = (5 * in_year + 2) / 153;
    int month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct civil){
        .year = (int)(year + cycle * CYCLE_YEARS + (month <= 2)),
        .month = month,
        .day = in_year - days_before(march_month) + 1,
    };
}

date_t
date_add_days(date_t d, int days)
{
    return clamped((int64_t)d.days + days);
}

/* The month n months on; its year in *ret_year. */
static int
month_on(struct civil c, int months, int64_t *ret_year)
{
    int64_t count = (int64_t)c.year * 12 + (c.month - 1) + months;
    *ret_year = floor_div(count, 12);
    return (int)(count - *ret_year * 12) + 1;
}

date_t
date_add_months(date_t d, int months)
{
    struct civil c = civil_of(d);
    int64_t year = 0;
    int month = month_on(c, months, &year);
    int last = month_days(year, month);
    return clamped(days_of(year, month, c.day < last ? c.day : last));
}

int
date_cmp(date_t a, date_t b)
{
    return (a.days > b.days) - (a.days < b.days);
}

int
date_weekday(date_t d)
{
    /* 2000-01-01 was a Saturday. */
    int64_t n = (int64_t)d.days + 5;
    return (int)(n - floor_div(n, 7) * 7);
}

date_t
date_term_end(date_t start, int months)
{
    date_t same = date_add_months(start, months);
    bool exists = civil_of(same).day == civil_of(start).day;
    return exists ? date_add_days(same, -1) : same;
}

date_t
stamp_day(stamp_t t, int offset_minutes)
{
    int64_t local = 0;
    if (__builtin_add_overflow(t.usec, offset_minutes * INT64_C(60000000), &local))
        local = t.usec;
    return clamped(floor_div(local, USEC_PER_DAY));
}
