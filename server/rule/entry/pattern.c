#include "server/rule/entry/pattern.h"

#include <regex.h>

enum pattern_match
pattern_match(struct arena *a, struct str pattern, struct str text)
{
    regex_t re;
    regmatch_t at[1];
    struct str p = str_dup(a, pattern);
    struct str t = str_dup(a, text);
    if (regcomp(&re, p.p, REG_EXTENDED) != 0)
        return PATTERN_BROKEN;
    int rc = regexec(&re, t.p, 1, at, 0);
    regfree(&re);
    return rc == 0 && at[0].rm_so == 0 && (size_t)at[0].rm_eo == t.n ? PATTERN_YES : PATTERN_NO;
}
