#include "server/rule/entry/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/base/attr.h"

/*
 * A company's own pattern must not take the machine, whoever wrote it: so long at most, groups so deep at
 * most, and a comparison gives up after so many steps. What a plate or a number wants is far below all of
 * them.
 */
enum { LENGTH_MOST = 500, NESTED_MOST = 16, STEPS_MOST = 20000, HEAP_KB_MOST = 1024 };

static pcre2_code *
compile(struct str pattern)
{
    int error;
    PCRE2_SIZE at;
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    ASSERT(limits != NULL);
    (void)pcre2_set_max_pattern_length(limits, LENGTH_MOST);
    (void)pcre2_set_parens_nest_limit(limits, NESTED_MOST);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""), pattern.n,
                                     PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
                                         PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C,
                                     &error, &at, limits);
    pcre2_compile_context_free(limits);
    return code;
}

static enum pattern_match
compare(const pcre2_code *code, struct str text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *where = pcre2_match_data_create(1, NULL);
    ASSERT(limits != NULL && where != NULL);
    (void)pcre2_set_match_limit(limits, STEPS_MOST);
    (void)pcre2_set_heap_limit(limits, HEAP_KB_MOST);
    int rc = pcre2_match(code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, where, limits);
    pcre2_match_data_free(where);
    pcre2_match_context_free(limits);
    if (rc >= 0)
        return PATTERN_YES;
    return rc == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_BROKEN;
}

enum pattern_match
pattern_match(struct str pattern, struct str text)
{
    pcre2_code *code = compile(pattern);
    enum pattern_match found = code ? compare(code, text) : PATTERN_BROKEN;
    pcre2_code_free(code);
    return found;
}
