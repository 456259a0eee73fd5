#include "common/value/number.h"

#include <inttypes.h>

static const char *
named(const char *field)
{
    return field && *field ? field : "the value";
}

/* Digits with an optional minus, nothing else; false when it is no whole number or leaves int64. */
static bool
whole_number(struct str text, int64_t *ret)
{
    size_t pos = text.n && text.p[0] == '-' ? 1 : 0;
    bool minus = pos == 1;
    if (pos == text.n)
        return false;
    int64_t n = 0;
    for (; pos < text.n; pos++) {
        char c = text.p[pos];
        if (c < '0' || c > '9')
            return false;
        int digit = minus ? '0' - c : c - '0';
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
            return false;
    }
    *ret = n;
    return true;
}

enum rc
number_parse(struct str text, int64_t min, int64_t max, const char *field, int64_t *ret, struct err *reterr)
{
    int64_t n = 0;
    if (whole_number(text, &n) && n >= min && n <= max) {
        *ret = n;
        return RC_OK;
    }
    if (min == INT64_MIN && max == INT64_MAX)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s must be a whole number", named(field));
    if (min == INT64_MIN)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s must be a whole number, at most %" PRId64,
                       named(field), max);
    if (max == INT64_MAX)
        return err_set(reterr, RC_BAD_PARAMS, field, "%s must be a whole number, at least %" PRId64,
                       named(field), min);
    return err_set(reterr, RC_BAD_PARAMS, field, "%s must be a whole number from %" PRId64 " to %" PRId64,
                   named(field), min, max);
}

static bool
same_word(struct str text, const char *word)
{
    size_t i = 0;
    for (; i < text.n && word[i]; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != word[i])
            return false;
    }
    return i == text.n && !word[i];
}

enum rc
bool_parse(struct str text, const char *field, bool *ret, struct err *reterr)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {
        {"yes",    true },
        {"y",      true },
        {"true",   true },
        {"on",     true },
        {"1",      true },
        {"ndiyo",  true },
        {"no",     false},
        {"n",      false},
        {"false",  false},
        {"off",    false},
        {"0",      false},
        {"hapana", false},
    };
    for (size_t i = 0; i < COUNTOF(words); i++) {
        if (same_word(text, words[i].word)) {
            *ret = words[i].yes;
            return RC_OK;
        }
    }
    return err_set(reterr, RC_BAD_PARAMS, field, "%s must be yes or no", named(field));
}
