#include "server/rule/entry/pattern.h"

#include <regex.h>

/*
 * The library builds repetitions out: "((a{1,99}){1,99}){1,99}" is a million copies and as many bytes a
 * hundred times. What is larger than any number or plate wants is no pattern here. Neither is what refers
 * back to a group, which takes ever longer to refuse.
 */
enum { COPIES_MOST = 200, NESTED_MOST = 16, REPEAT_MOST = 1000 };

/* Copies of what stands in the groups that are open, and of the last thing, which a repetition is of. */
struct size {
    size_t copies[NESTED_MOST + 1], depth, last;
};

/* "{2}", "{2,}", "{2,5}" behind p[at]: the most it asks for; 0 when it is none. Moves *at to its end. */
static size_t
repetition(struct str p, size_t *at)
{
    size_t n = 0, most = 0, i = *at + 1;
    for (; i < p.n && p.p[i] != '}'; i++) {
        if (p.p[i] == ',')
            n = 0;
        else if (p.p[i] < '0' || p.p[i] > '9')
            return 0;
        else if (n < REPEAT_MOST)
            n = n * 10 + (size_t)(p.p[i] - '0');
        most = n > most ? n : most;
    }
    *at = i;
    return most + 1;
}

/* A bracket expression ends at the first ] that is not its first character, nor of a class: []a],
 * [[:digit:]]. */
static size_t
bracket_end(struct str p, size_t at)
{
    size_t i = at + 1;
    i += i < p.n && p.p[i] == '^';
    i += i < p.n && p.p[i] == ']';
    for (; i < p.n && p.p[i] != ']'; i++) {
        const char kind = p.p[i] == '[' && i + 1 < p.n ? p.p[i + 1] : '\0';
        if (kind != ':' && kind != '.' && kind != '=')
            continue;
        for (i += 2; i + 1 < p.n && !(p.p[i] == kind && p.p[i + 1] == ']');)
            i++;
        i++;
    }
    return i;
}

static bool
count_one(struct size *s, struct str p, size_t *at)
{
    size_t times = 1;
    switch (p.p[*at]) {
    case '(':
        if (++s->depth > NESTED_MOST)
            return false;
        s->copies[s->depth] = s->last = 0;
        return true;
    case ')':
        if (s->depth > 0) {
            s->last = s->copies[s->depth--] + 1;
            s->copies[s->depth] += s->last;
        }
        return s->copies[s->depth] <= COPIES_MOST;
    case '{':
        times = repetition(p, at);
        s->copies[s->depth] += times ? s->last * (times - 1) : 1;
        s->last *= times ? times : 1;
        return s->copies[s->depth] <= COPIES_MOST;
    case '*':
    case '?':
        return true;
    case '+':
        s->copies[s->depth] += s->last;
        s->last *= 2;
        return s->copies[s->depth] <= COPIES_MOST;
    case '[':
        *at = bracket_end(p, *at);
        break;
    case '\\':
        if (++*at < p.n && p.p[*at] >= '1' && p.p[*at] <= '9')
            return false;
        break;
    default:
        break;
    }
    s->last = 1;
    return ++s->copies[s->depth] <= COPIES_MOST;
}

static bool
is_small(struct str pattern)
{
    struct size s = {.last = 1};
    bool good = true;
    for (size_t at = 0; at < pattern.n && good; at++)
        good = count_one(&s, pattern, &at);
    return good;
}

enum pattern_match
pattern_match(struct arena *a, struct str pattern, struct str text)
{
    regex_t re;
    regmatch_t at[1];
    struct str p = str_dup(a, pattern);
    struct str t = str_dup(a, text);
    if (!is_small(pattern) || regcomp(&re, p.p, REG_EXTENDED) != 0)
        return PATTERN_BROKEN;
    int rc = regexec(&re, t.p, 1, at, 0);
    regfree(&re);
    return rc == 0 && at[0].rm_so == 0 && (size_t)at[0].rm_eo == t.n ? PATTERN_YES : PATTERN_NO;
}
