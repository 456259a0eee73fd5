#include "server/rule/entry/idnum.h"

#include "server/rule/entry/fold.h"
#include "server/rule/entry/pattern.h"

enum { BIRTH_DIGITS = 8 };

enum rc
idnum_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    unsigned other;
    struct str key = fold_code(a, typed, &other);
    if (other)
        return err_set(reterr, RC_BAD_PARAMS, "id_number",
                       "an ID number has only letters, digits, blanks and dashes");
    if (key.n == 0 || key.n > IDNUM_MAX)
        return err_set(reterr, RC_BAD_PARAMS, "id_number", "an ID number has 1 to %d letters and digits",
                       IDNUM_MAX);
    *ret = key;
    return RC_OK;
}

enum rc
idnum_fits(struct str key, struct str pattern, struct str type_name, struct err *reterr)
{
    if (pattern.n > 0 && pattern_match(pattern, key) == PATTERN_NO)
        return err_set(reterr, RC_BAD_PARAMS, "id_number",
                       "the ID number does not have the form of a %.*s; check the number and the ID type",
                       STR_ARG(type_name));
    return RC_OK;
}

static int
digits_at(struct str s, size_t from, size_t n)
{
    int value = 0;
    for (size_t i = from; i < from + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        value = value * 10 + (s.p[i] - '0');
    }
    return value;
}

bool
idnum_birth(struct str key, int birth_at, date_t *ret)
{
    if (birth_at < 1 || key.n < (size_t)birth_at - 1 + BIRTH_DIGITS)
        return false;
    size_t at = (size_t)birth_at - 1;
    struct civil c = {digits_at(key, at, 4), digits_at(key, at + 4, 2), digits_at(key, at + 6, 2)};
    if (!civil_valid(c))
        return false;
    *ret = date_of(c);
    return true;
}
