#include "server/rule/number.h"

#include "common/base/buf.h"

enum { WIDTH_MAX = 12, CENTURY = 100 };

/* Splits "seq:6" into its word and width; false when the width is no number from 1 to WIDTH_MAX. */
static bool
read_slot(struct str slot, struct str *ret_word, int *ret_width)
{
    struct str digits = slot;
    struct str word = str_split(&digits, ':');
    int width = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9' || width > WIDTH_MAX)
            return false;
        width = width * 10 + (digits.p[i] - '0');
    }
    *ret_word = word;
    *ret_width = width;
    return width <= WIDTH_MAX && (digits.n == 0 || width > 0);
}

static bool
put_slot(struct buf *b, struct str slot, const struct number_parts *parts, bool *has_seq)
{
    struct str word;
    int width;
    if (!read_slot(slot, &word, &width))
        return false;
    if (str_eq(word, STR("seq"))) {
        buf_printf(b, "%0*lld", width, (long long)parts->seq);
        *has_seq = true;
    } else if (str_eq(word, STR("year"))) {
        buf_printf(b, "%0*d", width, width == 2 ? parts->year % CENTURY : parts->year);
    } else if (str_eq(word, STR("prefix"))) {
        buf_add_str(b, parts->prefix);
    } else if (str_eq(word, STR("branch"))) {
        buf_add_str(b, parts->branch);
    } else {
        return false;
    }
    return true;
}

enum rc
number_make(struct arena *a, struct str pattern, const struct number_parts *parts, struct str *ret,
            struct err *reterr)
{
    struct buf b;
    bool has_seq = false, good = true;
    struct str rest = pattern;
    buf_init(&b, a, NUMBER_MAX);
    while (good && rest.n > 0) {
        const char *close = memchr(rest.p, '}', rest.n);
        if (rest.p[0] != '{') {
            buf_add_char(&b, rest.p[0]);
            rest = str_slice(rest, 1, rest.n);
        } else if (close) {
            size_t end = (size_t)(close - rest.p);
            good = put_slot(&b, str_slice(rest, 1, end), parts, &has_seq);
            rest = str_slice(rest, end + 1, rest.n);
        } else {
            good = false;
        }
    }
    if (!good || !has_seq || b.n > NUMBER_MAX)
        return err_set(reterr, RC_REFUSED, "pattern",
                       "the company's number pattern \"%.*s\" can't be used: it is made of {prefix}, "
                       "{branch}, {year} and {seq:6}, has {seq}, and gives at most %d characters",
                       STR_ARG(pattern), NUMBER_MAX);
    *ret = buf_str(&b);
    return RC_OK;
}

static bool
has_slot(struct str pattern, struct str word)
{
    for (size_t i = 0; i < pattern.n; i++) {
        struct str at = str_slice(pattern, i + 1, pattern.n);
        if (pattern.p[i] == '{' && str_starts(at, word) && at.n > word.n &&
            (at.p[word.n] == '}' || at.p[word.n] == ':'))
            return true;
    }
    return false;
}

bool
number_by_branch(struct str pattern)
{
    return has_slot(pattern, STR("branch"));
}

bool
number_by_year(struct str pattern)
{
    return has_slot(pattern, STR("year"));
}
