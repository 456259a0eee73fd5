#include "server/rule/entry/plate.h"

#include "common/base/buf.h"

#include "server/rule/entry/fold.h"

enum { PLATE_RUNS = 3 };

enum rc
plate_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    unsigned other;
    struct str key = fold_code(a, typed, &other);
    if (other)
        return err_set(reterr, RC_BAD_PARAMS, "plate", "a plate has only letters, digits, blanks and dashes");
    if (key.n < PLATE_KEY_MIN || key.n > PLATE_KEY_MAX)
        return err_set(reterr, RC_BAD_PARAMS, "plate", "a plate has %d to %d letters and digits",
                       PLATE_KEY_MIN, PLATE_KEY_MAX);
    *ret = key;
    return RC_OK;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct str
plate_display(struct arena *a, struct str key)
{
    struct buf b;
    int runs = 1;
    buf_init(&b, a, key.n + PLATE_RUNS);
    for (size_t i = 0; i < key.n; i++) {
        if (i > 0 && is_digit(key.p[i]) != is_digit(key.p[i - 1])) {
            runs++;
            buf_add_char(&b, ' ');
        }
        buf_add_char(&b, key.p[i]);
    }
    return runs <= PLATE_RUNS ? buf_str(&b) : key;
}
