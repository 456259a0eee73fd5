#include "common/value/money.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/base/attr.h"

enum { PPM = 1000000, EXPONENT_MAX = 6 };

enum rc
money_add(money_t a, money_t b, money_t *ret, struct err *reterr)
{
    int64_t sum = 0;
    if (__builtin_add_overflow(a.minor, b.minor, &sum))
        return err_set(reterr, RC_REFUSED, NULL, "the sum of the amounts is too large");
    ret->minor = sum;
    return RC_OK;
}

__extension__ typedef __int128 int128;

enum rc
money_scale(money_t amount, rate_t rate, money_t *ret, struct err *reterr)
{
    int128 product = (int128)amount.minor * rate.ppm;
    /* C division cuts towards zero, so half a unit away from zero is added first. */
    int128 scaled = (product + (product < 0 ? -PPM / 2 : PPM / 2)) / PPM;
    if (scaled > INT64_MAX || scaled < INT64_MIN)
        return err_set(reterr, RC_REFUSED, NULL, "the amount is too large for this rate");
    ret->minor = (int64_t)scaled;
    return RC_OK;
}

/* An unsigned decimal as written: digits as one integer, how many of them stood behind the point. */
struct decimal {
    int64_t digits;
    int decimals;
};

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
push_digit(struct decimal *d, char c)
{
    return !__builtin_mul_overflow(d->digits, 10, &d->digits) &&
           !__builtin_add_overflow(d->digits, c - '0', &d->digits);
}

/* Digits in groups of three behind the first separator; the same separator throughout. */
static bool
read_whole(struct str *s, bool grouped, struct decimal *d)
{
    char sep = '\0';
    int group = 0;
    while (s->n && s->p[0] != '.') {
        char c = s->p[0];
        if (is_digit(c)) {
            if (!push_digit(d, c))
                return false;
            group++;
        } else if (grouped && (c == ',' || c == ' ')) {
            bool first = sep == '\0';
            if ((!first && c != sep) || group == 0 || group > 3 || (!first && group != 3))
                return false;
            sep = c;
            group = 0;
        } else {
            break;
        }
        *s = (struct str){s->p + 1, s->n - 1};
    }
    return group > 0 && (sep == '\0' || group == 3);
}

/* Reads "1,234.5" off the front of *s. */
static bool
read_decimal(struct str *s, bool grouped, struct decimal *ret)
{
    struct decimal d = {0};
    if (!read_whole(s, grouped, &d))
        return false;
    if (s->n && s->p[0] == '.') {
        *s = (struct str){s->p + 1, s->n - 1};
        for (; s->n && is_digit(s->p[0]); d.decimals++) {
            if (!push_digit(&d, s->p[0]))
                return false;
            *s = (struct str){s->p + 1, s->n - 1};
        }
        if (d.decimals == 0)
            return false;
    }
    *ret = d;
    return true;
}

/* digits x 10^(places - decimals), exactly or not at all */
static bool
scale_decimal(const struct decimal *d, int places, int64_t *ret)
{
    if (d->decimals > places)
        return false;
    int64_t n = d->digits;
    for (int i = d->decimals; i < places; i++) {
        if (__builtin_mul_overflow(n, 10, &n))
            return false;
    }
    *ret = n;
    return true;
}

static int
suffix_places(struct str *s)
{
    int places = 0;
    if (s->n == 1 && (s->p[0] == 'k' || s->p[0] == 'K'))
        places = 3;
    else if (s->n == 1 && (s->p[0] == 'm' || s->p[0] == 'M'))
        places = 6;
    if (places)
        *s = STR_NONE;
    return places;
}

/* `digits`: it is an amount, but for its decimals. */
static enum rc
bad_money(int exponent, bool digits, const char *field, struct err *reterr)
{
    const char *name = field && *field ? field : "the amount";
    if (!digits)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s must be an amount, such as 15,000,000 or 61k", name);
    if (exponent == 0)
        return err_set(reterr, RC_BAD_PARAMS, field,
                       "%s must be an amount without decimals, such as 15,000,000 or 61k", name);
    return err_set(reterr, RC_BAD_PARAMS, field,
                   "%s must be an amount with at most %d decimals, such as 15,000,000 or 61k", name,
                   exponent);
}

enum rc
money_parse(struct str text, int exponent, const char *field, money_t *ret, struct err *reterr)
{
    struct str s = str_trim(text);
    bool minus = s.n && s.p[0] == '-';
    if (minus)
        s = str_slice(s, 1, s.n);
    struct decimal d;
    if (!read_decimal(&s, true, &d))
        return bad_money(exponent, false, field, reterr);
    int places = exponent + suffix_places(&s);
    int64_t minor = 0;
    if (s.n || d.decimals > places)
        return bad_money(exponent, s.n == 0, field, reterr);
    if (!scale_decimal(&d, places, &minor) || minor > MONEY_MAX)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s is too large",
                       field && *field ? field : "the amount");
    ret->minor = minus ? -minor : minor;
    return RC_OK;
}

static uint64_t
magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

static uint64_t
power_of_ten(int exponent)
{
    ASSERT(exponent >= 0 && exponent <= EXPONENT_MAX);
    uint64_t unit = 1;
    for (int i = 0; i < exponent; i++)
        unit *= 10;
    return unit;
}

char *
money_text(money_t m, int exponent, char out[MONEY_TEXT])
{
    uint64_t unit = power_of_ten(exponent);
    uint64_t whole = magnitude(m.minor) / unit, part = magnitude(m.minor) % unit;
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%" PRIu64, whole);
    char *p = out;
    if (m.minor < 0)
        *p++ = '-';
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *p++ = ',';
        *p++ = digits[i];
    }
    *p = '\0';
    if (part)
        snprintf(p, (size_t)(out + MONEY_TEXT - p), ".%0*" PRIu64, exponent, part);
    return out;
}

char *
money_plain(money_t m, int exponent, char out[MONEY_TEXT])
{
    uint64_t unit = power_of_ten(exponent);
    const char *minus = m.minor < 0 ? "-" : "";
    uint64_t whole = magnitude(m.minor) / unit, part = magnitude(m.minor) % unit;
    if (exponent == 0)
        snprintf(out, MONEY_TEXT, "%s%" PRIu64, minus, whole);
    else
        snprintf(out, MONEY_TEXT, "%s%" PRIu64 ".%0*" PRIu64, minus, whole, exponent, part);
    return out;
}

enum rc
rate_parse(struct str text, const char *field, rate_t *ret, struct err *reterr)
{
    struct str s = str_trim(text);
    struct decimal d;
    int64_t ppm = 0;
    bool good = read_decimal(&s, false, &d);
    s = str_trim(s);
    if (s.n == 1 && s.p[0] == '%')
        s = STR_NONE;
    if (!good || s.n || !scale_decimal(&d, 4, &ppm) || ppm > 10 * PPM)
        return err_set(reterr, RC_BAD_PARAMS, field,
                       "%s must be a percentage from 0 to 1000 with at most 4 decimals, such as 3.5",
                       field && *field ? field : "the rate");
    ret->ppm = (int32_t)ppm;
    return RC_OK;
}

char *
rate_text(rate_t r, char out[MONEY_TEXT])
{
    uint64_t ppm = magnitude(r.ppm);
    const char *minus = r.ppm < 0 ? "-" : "";
    uint64_t whole = ppm / 10000, part = ppm % 10000;
    int places = 4;
    while (part && part % 10 == 0) {
        part /= 10;
        places--;
    }
    if (part)
        snprintf(out, MONEY_TEXT, "%s%" PRIu64 ".%0*" PRIu64, minus, whole, places, part);
    else
        snprintf(out, MONEY_TEXT, "%s%" PRIu64, minus, whole);
    return out;
}
