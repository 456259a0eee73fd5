#include "server/rule/entry/vehicle_list.h"

#include "common/base/attr.h"

enum { GROUP = 3 }; /* digits between the commas of an amount */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "61,000,000": is the comma at `at` inside an amount? Exactly three digits follow, and then no more of a
 * word. */
static bool
groups_digits(struct str s, size_t at)
{
    size_t end = at + 1;
    while (end < s.n && is_digit(s.p[end]))
        end++;
    bool word = end < s.n && ((s.p[end] >= 'A' && s.p[end] <= 'Z') || (s.p[end] >= 'a' && s.p[end] <= 'z'));
    return at > 0 && is_digit(s.p[at - 1]) && end - at - 1 == GROUP && !word;
}

/* Takes one entry off the front of *rest. */
static struct str
next_entry(struct str *rest)
{
    bool amount = false;
    size_t i = 0;
    for (; i < rest->n; i++) {
        char c = rest->p[i];
        amount = amount || c == '=';
        if (c == ';' || c == '\n' || (c == ',' && !(amount && groups_digits(*rest, i))))
            break;
    }
    struct str entry = {rest->p, i};
    *rest = i < rest->n ? str_slice(*rest, i + 1, rest->n) : STR_NONE;
    return str_trim(entry);
}

static enum rc
read_entry(struct str text, struct vehicle_entry *ret, struct err *reterr)
{
    struct str sum = text, name = str_split(&sum, '=');
    bool has_sum = name.n < text.n;
    *ret = (struct vehicle_entry){str_trim(name), has_sum ? str_trim(sum) : STR_NONE};
    if (!ret->name.n)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles",
                       "name a vehicle before \"%.*s\": its plate or chassis number", STR_ARG(text));
    if (has_sum && !ret->sum.n)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles",
                       "say what %.*s is insured for, behind the =", STR_ARG(ret->name));
    return RC_OK;
}

enum rc
vehicle_list_read(struct arena *a, struct str text, size_t max, struct vehicle_entry **ret, size_t *ret_n,
                  struct err *reterr)
{
    size_t n = 0, room = 1;
    for (size_t i = 0; i < text.n; i++)
        room += text.p[i] == ';' || text.p[i] == ',' || text.p[i] == '\n';
    struct vehicle_entry *rows = arena_new(a, struct vehicle_entry, room);
    while (text.n) {
        struct str entry = next_entry(&text);
        if (!entry.n)
            continue;
        enum rc rc = read_entry(entry, &rows[n], reterr);
        if (rc)
            return rc;
        n++;
    }
    if (!n)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles",
                       "name the vehicles of the fleet: T337DSE=61m; T338DSE=40m");
    if (n > max)
        return err_set(reterr, RC_BAD_PARAMS, "vehicles", "a fleet has %zu vehicles at most", max);
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}
