#include <string.h>

#include "common/base/utf8.h"
#include "server/rule/entry/domain.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/idnum.h"
#include "server/rule/entry/name.h"
#include "server/rule/entry/pattern.h"
#include "server/rule/entry/phone.h"
#include "server/rule/entry/plate.h"
#include "server/rule/entry/vehicle_list.h"
#include "server/rule/entry/vin.h"
#include "server/rule/number.h"
#include "server/rule/setting_words.h"
#include "server/rule/token.h"
#include "tests/fuzz/fuzz.h"

/*
 * Plates, numbers, names, lists and patterns as people write them: what is taken has one form, and that form
 * is its own.
 */
typedef enum rc key_fn(struct arena *a, struct str typed, struct str *ret, struct err *reterr);

static void
check_key(struct arena *a, key_fn *key, struct str typed)
{
    struct str first = STR_NONE, again = STR_NONE;
    struct err err = {0};
    if (key(a, typed, &first, &err)) {
        ASSERT(err.code != RC_OK && err.text[0]);
        return;
    }
    ASSERT(utf8_valid(first) && key(a, first, &again, NULL) == RC_OK);
    ASSERT(str_eq(first, again));
}

/* What is kept of a number names its country: with a + before it, it is the same number. */
static void
check_phone(struct arena *a, struct str typed)
{
    struct str first = STR_NONE, again = STR_NONE;
    if (phone_key(a, typed, STR("255"), &first, NULL))
        return;
    (void)phone_is_odd(first, STR("255"));
    ASSERT(phone_key(a, str_printf(a, "+%.*s", STR_ARG(first)), STR("255"), &again, NULL) == RC_OK);
    ASSERT(str_eq(first, again));
}

static void
check_folds(struct arena *a, struct str typed)
{
    unsigned other;
    struct str words = fold_words(a, typed);
    ASSERT(str_eq(words, fold_words(a, words)));
    ASSERT(str_eq(fold_joined(a, words), fold_joined(a, typed)));
    ASSERT(str_eq(fold_tidy(a, fold_tidy(a, typed)), fold_tidy(a, typed)));
    (void)fold_code(a, typed, &other);
    struct token_query q;
    token_query(a, typed, &q);
    ASSERT(q.nwords <= TOKEN_WORDS_MAX);
    struct str domain = domain_fold(a, typed);
    ASSERT(domain_problem(domain) || !utf8_has_control(domain));
    (void)(email_fits(typed) && login_fits(typed) && code_fits(typed) && currency_fits(typed));
}

static void
check_lists(struct arena *a, struct str typed)
{
    enum { MOST = 16 };
    struct vehicle_entry *list = NULL;
    struct str first = STR_NONE, again = STR_NONE;
    size_t n = 0;
    if (vehicle_list_read(a, typed, MOST, &list, &n, NULL) == RC_OK)
        ASSERT(n <= MOST);
    if (setting_reminders(a, typed, &first, NULL) == RC_OK) {
        ASSERT(setting_reminders(a, first, &again, NULL) == RC_OK);
        ASSERT(str_eq(first, again));
    }
    (void)!setting_modules(a, typed, &first, NULL);
    const struct number_parts parts = {STR("P"), STR("KK"), 2026, 1841};
    struct str number = STR_NONE;
    if (number_make(a, typed, &parts, &number, NULL) == RC_OK)
        ASSERT(number.n <= NUMBER_MAX);
    (void)(number_by_branch(typed) && number_by_year(typed));
}

void
fuzz_one(struct arena *a, struct str data)
{
    static key_fn *const keys[] = {plate_key, chassis_key, idnum_key, name_tidy};
    if (!utf8_valid(data) || memchr(data.p, 0, data.n))
        return;
    for (size_t i = 0; i < COUNTOF(keys); i++)
        check_key(a, keys[i], data);
    check_phone(a, data);
    check_folds(a, data);
    check_lists(a, data);
    struct str text = data, pattern = str_split(&text, '\n');
    (void)pattern_match(pattern, text);
}
