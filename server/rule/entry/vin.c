#include "server/rule/entry/vin.h"

#include "server/rule/entry/fold.h"

enum { CHECK_AT = 8, CHECK_MODULUS = 11, CHECK_TEN = 10, NEAR_MISS = 2 };

enum rc
chassis_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    unsigned other;
    struct str key = fold_code(a, typed, &other);
    if (other)
        return err_set(reterr, RC_BAD_PARAMS, "chassis",
                       "a chassis number has only letters, digits and dashes");
    if (key.n < CHASSIS_MIN || key.n > CHASSIS_MAX)
        return err_set(reterr, RC_BAD_PARAMS, "chassis",
                       "a chassis number has %d to %d letters and digits; this one has %zu", CHASSIS_MIN,
                       CHASSIS_MAX, key.n);
    for (size_t i = 0; key.n == VIN_LENGTH && i < key.n; i++)
        if (strchr("IOQ", key.p[i]))
            return err_set(
                reterr, RC_BAD_PARAMS, "chassis",
                "a VIN of 17 characters never has the letters I, O and Q: place %zu is %c; look for 1 or 0",
                i + 1, key.p[i]);
    *ret = key;
    return RC_OK;
}

/* Letters count as the digit they share a column with in the standard's table: A-I 1-9, J-R 1-9, S-Z 2-9. */
static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c <= 'I')
        return c - 'A' + 1;
    if (c <= 'R')
        return c - 'J' + 1;
    return c - 'S' + 2;
}

bool
vin_check_digit_fits(struct str key)
{
    static const int weights[VIN_LENGTH] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    if (key.n != VIN_LENGTH)
        return false;
    for (size_t i = 0; i < VIN_LENGTH; i++)
        sum += weights[i] * digit_of(key.p[i]);
    int rest = sum % CHECK_MODULUS;
    return key.p[CHECK_AT] == (rest == CHECK_TEN ? 'X' : (char)('0' + rest));
}

static bool
is_one_character(struct str key)
{
    for (size_t i = 1; i < key.n; i++)
        if (key.p[i] != key.p[0])
            return false;
    return true;
}

const char *
chassis_warning(struct str key)
{
    if (is_one_character(key))
        return "the chassis number is one character again and again; check it against the vehicle";
    if (key.n == VIN_LENGTH && !vin_check_digit_fits(key))
        return "the chassis number's check digit does not fit; many makers do not use it, so compare it once "
               "more";
    if (key.n != VIN_LENGTH && key.n + NEAR_MISS >= VIN_LENGTH && key.n <= VIN_LENGTH + NEAR_MISS)
        return "a VIN has 17 characters; this is close to it but not that long; kept as a frame number";
    return NULL;
}
