#include <stdio.h>

#include "common/value/date.h"

static const int64_t USEC = INT64_C(1000000);

static const char *
named(const char *field)
{
    return field && *field ? field : "the date";
}

static enum rc
bad_date(const char *field, struct err *reterr)
{
    return err_set(reterr, RC_BAD_PARAMS, field, "%s must be a date such as 2026-02-14 (YYYY-MM-DD)",
                   named(field));
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes min..max digits off the front of *s; -1 when there are fewer. */
static int
take_digits(struct str *s, size_t min, size_t max)
{
    size_t n = 0;
    int value = 0;
    while (n < s->n && n < max && is_digit(s->p[n]))
        value = value * 10 + (s->p[n++] - '0');
    if (n < min)
        return -1;
    *s = str_slice(*s, n, s->n);
    return value;
}

static bool
take_char(struct str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static enum rc
date_checked(struct civil c, const char *field, date_t *ret, struct err *reterr)
{
    if (civil_valid(c)) {
        *ret = date_of(c);
        return RC_OK;
    }
    if (c.year < DATE_MIN_YEAR || c.year > DATE_MAX_YEAR)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s must lie between the years %d and %d", named(field),
                       DATE_MIN_YEAR, DATE_MAX_YEAR);
    return err_set(reterr, RC_BAD_PARAMS, field, "%s: there is no day %04d-%02d-%02d", named(field), c.year,
                   c.month, c.day);
}

/* Takes "YYYY-MM-DD" off the front. */
static bool
take_iso(struct str *s, struct civil *ret)
{
    struct civil c;
    c.year = take_digits(s, 4, 4);
    if (c.year < 0 || !take_char(s, '-'))
        return false;
    c.month = take_digits(s, 2, 2);
    if (c.month < 0 || !take_char(s, '-'))
        return false;
    c.day = take_digits(s, 2, 2);
    if (c.day < 0)
        return false;
    *ret = c;
    return true;
}

enum rc
date_parse(struct str text, const char *field, date_t *ret, struct err *reterr)
{
    struct civil c;
    struct str s = text;
    if (!take_iso(&s, &c) || s.n)
        return bad_date(field, reterr);
    return date_checked(c, field, ret, reterr);
}

/* "+3d", "-1w", "+2m", "+1y" */
static bool
relative(struct str s, date_t today, date_t *ret)
{
    bool minus = s.p[0] == '-';
    s = str_slice(s, 1, s.n);
    int n = take_digits(&s, 1, 4);
    if (n < 0 || s.n != 1)
        return false;
    n = minus ? -n : n;
    switch (s.p[0] | 0x20) {
    case 'd':
        *ret = date_add_days(today, n);
        return true;
    case 'w':
        *ret = date_add_days(today, 7 * n);
        return true;
    case 'm':
        *ret = date_add_months(today, n);
        return true;
    case 'y':
        *ret = date_add_months(today, 12 * n);
        return true;
    default:
        return false;
    }
}

/* Two digits mean the year nearest below 21 years from now: 26 is 2026, 85 is 1985. */
static int
full_year(int two_digits, int this_year)
{
    int year = this_year - this_year % 100 + two_digits;
    return year > this_year + 20 ? year - 100 : year;
}

/* "14/2", "14/2/26", "14.2.2026" */
static bool
day_first(struct str s, int this_year, struct civil *ret)
{
    struct civil c = {.year = this_year};
    c.day = take_digits(&s, 1, 2);
    if (c.day < 0 || !s.n || (s.p[0] != '/' && s.p[0] != '.'))
        return false;
    char sep = s.p[0];
    (void)take_char(&s, sep);
    c.month = take_digits(&s, 1, 2);
    if (c.month < 0)
        return false;
    if (s.n) {
        if (!take_char(&s, sep))
            return false;
        size_t digits = s.n;
        c.year = take_digits(&s, 2, 4);
        if (c.year < 0 || s.n || digits == 3)
            return false;
        if (digits == 2)
            c.year = full_year(c.year, this_year);
    }
    *ret = c;
    return true;
}

enum rc
date_parse_typed(struct str text, date_t today, const char *field, date_t *ret, struct err *reterr)
{
    struct str s = str_trim(text);
    struct civil c;
    if (s.n == 1 && (s.p[0] | 0x20) == 't') {
        *ret = today;
        return RC_OK;
    }
    if (s.n && (s.p[0] == '+' || s.p[0] == '-')) {
        date_t d;
        if (!relative(s, today, &d))
            return err_set(reterr, RC_BAD_PARAMS, field,
                           "%s: days from today are typed as +3d, weeks +1w, months +2m, years +1y",
                           named(field));
        return date_checked(civil_of(d), field, ret, reterr);
    }
    if (day_first(s, civil_of(today).year, &c))
        return date_checked(c, field, ret, reterr);
    return date_parse(s, field, ret, reterr);
}

char *
date_text(date_t d, char out[DATE_TEXT])
{
    struct civil c = civil_of(d);
    if (c.year < 0 || c.year > 9999)
        snprintf(out, DATE_TEXT, "no date");
    else
        snprintf(out, DATE_TEXT, "%04u-%02u-%02u", (unsigned)c.year % 10000u, (unsigned)c.month % 100u,
                 (unsigned)c.day % 100u);
    return out;
}

/* Second of the day of a stamp, never negative. */
static unsigned
second_of_day(stamp_t t)
{
    const int64_t day = 86400 * USEC;
    int64_t usec = (t.usec % day + day) % day;
    return (unsigned)(usec / USEC);
}

char *
stamp_text(stamp_t t, char out[STAMP_TEXT])
{
    char day[DATE_TEXT];
    unsigned s = second_of_day(t);
    snprintf(out, STAMP_TEXT, "%sT%02u:%02u:%02uZ", date_text(stamp_day(t, 0), day), s / 3600 % 24,
             s / 60 % 60, s % 60);
    return out;
}

char *
stamp_local(stamp_t t, int offset_minutes, char out[STAMP_TEXT])
{
    stamp_t local = t;
    if (__builtin_add_overflow(t.usec, INT64_C(60) * offset_minutes * USEC, &local.usec))
        local = t;
    char day[DATE_TEXT];
    unsigned s = second_of_day(local);
    snprintf(out, STAMP_TEXT, "%s %02u:%02u", date_text(stamp_day(local, 0), day), s / 3600 % 24,
             s / 60 % 60);
    return out;
}

/* "HH:MM[:SS[.ffffff]]" as microseconds; -1 when it is no time of day. Cuts what is finer. */
static int64_t
take_time(struct str *s)
{
    int hour = take_digits(s, 2, 2);
    if (hour < 0 || hour > 23 || !take_char(s, ':'))
        return -1;
    int minute = take_digits(s, 2, 2);
    if (minute < 0 || minute > 59)
        return -1;
    int64_t usec = (INT64_C(60) * hour + minute) * 60 * USEC;
    if (!take_char(s, ':'))
        return usec;
    int second = take_digits(s, 2, 2);
    if (second < 0 || second > 59)
        return -1;
    usec += second * USEC;
    if (!take_char(s, '.'))
        return usec;
    int64_t unit = USEC;
    size_t digits = 0;
    for (; s->n && is_digit(s->p[0]) && digits < 9; digits++) {
        unit /= 10;
        usec += (s->p[0] - '0') * unit;
        *s = str_slice(*s, 1, s->n);
    }
    return digits ? usec : -1;
}

/* "Z", "+03:00" or nothing (then *offset stays) */
static bool
take_zone(struct str *s, int *offset)
{
    if (!s->n)
        return true;
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        *offset = 0;
        return true;
    }
    bool minus = s->p[0] == '-';
    if (!take_char(s, '+') && !take_char(s, '-'))
        return false;
    int hours = take_digits(s, 2, 2);
    if (hours < 0 || hours > 23 || !take_char(s, ':'))
        return false;
    int minutes = take_digits(s, 2, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *offset = minus ? -(hours * 60 + minutes) : hours * 60 + minutes;
    return true;
}

enum rc
stamp_parse(struct str text, int offset_minutes, const char *field, stamp_t *ret, struct err *reterr)
{
    struct str s = text;
    struct civil c;
    int64_t time = 0;
    int offset = offset_minutes;
    bool good = take_iso(&s, &c);
    if (good && (take_char(&s, 'T') || take_char(&s, ' '))) {
        time = take_time(&s);
        good = time >= 0 && take_zone(&s, &offset);
    }
    if (!good || s.n)
        return err_set(reterr, RC_BAD_PARAMS, field,
                       "%s must be a moment such as 2026-02-14 11:30 or 2026-02-14T08:30:00Z", named(field));
    date_t day = {0};
    enum rc rc = date_checked(c, field, &day, reterr);
    if (rc)
        return rc;
    ret->usec = (int64_t)day.days * 86400 * USEC + time - INT64_C(60) * offset * USEC;
    return RC_OK;
}
