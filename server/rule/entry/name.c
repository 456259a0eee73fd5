#include "server/rule/entry/name.h"

#include "common/base/utf8.h"

#include "server/rule/entry/fold.h"

enum { NAME_LETTERS = 2 };

static size_t
count_letters(struct str key)
{
    size_t n = 0;
    for (size_t pos = 0; pos < key.n;) {
        uint32_t cp = utf8_next(key, &pos);
        n += cp != ' ' && !(cp >= '0' && cp <= '9');
    }
    return n;
}

enum rc
name_tidy(struct arena *a, struct str typed, struct str *ret, struct err *reterr)
{
    if (!utf8_valid(typed) || utf8_has_control(typed))
        return err_set(reterr, RC_BAD_PARAMS, "name", "the name has characters that can't be shown");
    if (count_letters(name_key(a, typed)) < NAME_LETTERS)
        return err_set(reterr, RC_BAD_PARAMS, "name", "give the whole name, at least two letters");
    *ret = fold_tidy(a, typed);
    return RC_OK;
}

struct str
name_key(struct arena *a, struct str name)
{
    return fold_words(a, name);
}

struct str
name_birth(struct arena *a, struct str name, date_t born)
{
    char day[DATE_TEXT];
    return str_printf(a, "%.*s %s", STR_ARG(name_key(a, name)), date_text(born, day));
}
