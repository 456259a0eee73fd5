#include "server/rule/entry/phone.h"

#include "common/base/buf.h"

/* A number without + or 0 in front is taken as one of this country up to this many digits. */
enum { LOCAL_DIGITS = 10 };

static enum rc
wrong(struct err *reterr)
{
    return err_set(reterr, RC_BAD_PARAMS, "phone",
                   "a phone number is written like 0712 345 678 or +255 712 345 678");
}

/* Digits only; *ret_abroad when a + or 00 says that the country is named. */
static enum rc
digits_of(struct arena *a, struct str typed, struct str *ret, bool *ret_abroad, struct err *reterr)
{
    struct buf b;
    bool plus = false;
    buf_init(&b, a, typed.n + 1);
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c >= '0' && c <= '9')
            buf_add_char(&b, c);
        else if (c == '+' && b.n == 0 && !plus)
            plus = true;
        else if (!strchr(" -./()\t", c) || c == '\0')
            return wrong(reterr);
    }
    struct str digits = buf_str(&b);
    if (!plus && str_starts(digits, STR("00"))) {
        digits = str_slice(digits, 2, digits.n);
        plus = true;
    }
    *ret = digits;
    *ret_abroad = plus;
    return RC_OK;
}

/* The part after the country, without the 0 one dials inside the country; false when it is of another
 * country. */
static bool
national_part(struct str digits, bool abroad, struct str country, struct str *ret)
{
    struct str rest = digits;
    bool named = abroad || digits.n > LOCAL_DIGITS;
    if (named) {
        if (!str_starts(digits, country))
            return false;
        rest = str_slice(digits, country.n, digits.n);
    }
    while (rest.n > 0 && rest.p[0] == '0')
        rest = str_slice(rest, 1, rest.n);
    *ret = rest;
    return true;
}

enum rc
phone_key(struct arena *a, struct str typed, struct str country, struct str *ret, struct err *reterr)
{
    struct str digits = STR_NONE, rest = STR_NONE;
    bool abroad = false;
    enum rc rc = digits_of(a, typed, &digits, &abroad, reterr);
    if (rc)
        return rc;
    struct str key = national_part(digits, abroad, country, &rest)
                         ? str_printf(a, "%.*s%.*s", STR_ARG(country), STR_ARG(rest))
                         : digits;
    if (key.n < PHONE_MIN || key.n > PHONE_MAX || key.p[0] == '0')
        return wrong(reterr);
    *ret = key;
    return RC_OK;
}

bool
phone_is_odd(struct str key, struct str country)
{
    /* Tanzania and its neighbours number alike; of other countries nothing is said. */
    static const char *const nine[] = {"250", "254", "255", "256", "258", "260"};
    enum { NINE = 9 };
    for (size_t i = 0; i < COUNTOF(nine); i++)
        if (str_eq_c(country, nine[i]))
            return str_starts(key, country) && key.n - country.n != NINE;
    return false;
}
