#include "server/rule/setting_words.h"

#include "common/base/buf.h"
#include "common/value/number.h"
#include "server/catalog/entity.h"
#include "server/rule/number.h"

enum { REMINDERS_MOST = 12, DAYS_MOST = 366, PREFIX_MOST = 4 };

/* The next word between blanks and commas; false at the end. */
static bool
next_word(struct str *rest, struct str *ret)
{
    size_t from = 0, to;
    while (from < rest->n && strchr(" ,;\t\n", rest->p[from]))
        from++;
    for (to = from; to < rest->n && !strchr(" ,;\t\n", rest->p[to]);)
        to++;
    *ret = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->n);
    return ret->n > 0;
}

enum rc
setting_reminders(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    int64_t days[REMINDERS_MOST];
    size_t n = 0;
    struct str word, rest = typed;
    while (next_word(&rest, &word)) {
        int64_t day;
        if (n == REMINDERS_MOST || number_parse(word, 0, DAYS_MOST, NULL, &day, NULL) != RC_OK)
            return err_set(reterr, RC_REFUSED, NULL,
                           "expected up to %d numbers of days from 0 to %d, blanks between: 60 30 14 7 1",
                           REMINDERS_MOST, DAYS_MOST);
        size_t at = n++;
        for (; at > 0 && days[at - 1] < day; at--)
            days[at] = days[at - 1];
        days[at] = day;
    }
    struct buf b;
    buf_init(&b, a, 64);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || days[i] != days[i - 1])
            buf_printf(&b, "%s%lld", b.n ? " " : "", (long long)days[i]);
    *ret = buf_str(&b);
    return RC_OK;
}

bool
setting_next_reminder(struct str days, date_t ends, date_t today, date_t *ret)
{
    struct str word;
    int64_t before;
    while (next_word(&days, &word)) {
        if (number_parse(word, 0, DAYS_MOST, NULL, &before, NULL) != RC_OK)
            return false;
        date_t day = date_add_days(ends, -(int)before);
        if (date_cmp(day, today) > 0) {
            *ret = day;
            return true;
        }
    }
    return false;
}

enum rc
setting_pattern(struct arena *a, struct str pattern, struct err *reterr)
{
    enum { SAMPLE_YEAR = 2026, SAMPLE_SEQ = 123456 };
    const struct number_parts sample = {STR("WWWWWWWW"), STR("WWWWWWWW"), SAMPLE_YEAR, SAMPLE_SEQ};
    struct str ignored;
    return number_make(a, pattern, &sample, &ignored, reterr);
}

static bool
module_known(struct str word)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    for (size_t i = 0; i < n; i++)
        if (e[i]->module && str_eq_c(word, e[i]->module))
            return true;
    return false;
}

static struct str
module_words(struct arena *a)
{
    size_t n;
    const struct entity *const *e = entity_table(&n);
    struct buf b;
    buf_init(&b, a, 64);
    for (size_t i = 0; i < n; i++) {
        bool before = false;
        for (size_t k = 0; k < i && !before && e[i]->module; k++)
            before = e[k]->module && strcmp(e[k]->module, e[i]->module) == 0;
        if (e[i]->module && !before)
            buf_printf(&b, "%s%s", b.n ? ", " : "", e[i]->module);
    }
    return buf_str(&b);
}

enum rc
setting_modules(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    struct buf b;
    struct str word, rest = typed, kept, other;
    buf_init(&b, a, 64);
    while (next_word(&rest, &word)) {
        bool twice = false;
        if (!module_known(word))
            return err_set(reterr, RC_REFUSED, NULL,
                           "there is no module \"%.*s\": what can be switched off is %.*s", STR_ARG(word),
                           STR_ARG(module_words(a)));
        for (kept = buf_str(&b); !twice && next_word(&kept, &other);)
            twice = str_eq(other, word);
        if (!twice)
            buf_printf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(word));
    }
    *ret = buf_str(&b);
    return RC_OK;
}

bool
setting_prefix_fits(struct str prefix)
{
    bool fits = prefix.n > 0 && prefix.n <= PREFIX_MOST && prefix.p[0] != '0';
    for (size_t i = 0; fits && i < prefix.n; i++)
        fits = prefix.p[i] >= '0' && prefix.p[i] <= '9';
    return fits;
}

bool
setting_colour_fits(struct str colour)
{
    static const char *const colours[] = {"", "blue", "cyan", "green", "magenta", "red", "yellow", "white"};
    for (size_t i = 0; i < COUNTOF(colours); i++)
        if (str_eq_c(colour, colours[i]))
            return true;
    return false;
}
