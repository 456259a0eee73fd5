#include "client/tui/match.h"

#include <ctype.h>

static int
low(char c)
{
    return tolower((unsigned char)c);
}

bool
match_prefix(struct str text, struct str typed)
{
    if (typed.n > text.n)
        return false;
    for (size_t i = 0; i < typed.n; i++)
        if (low(text.p[i]) != low(typed.p[i]))
            return false;
    return true;
}

static bool
begins_a_word(struct str text, struct str word)
{
    for (size_t i = 0; i < text.n; i++) {
        bool start = i == 0 || !isalnum((unsigned char)text.p[i - 1]);
        if (start && match_prefix(str_slice(text, i, text.n), word))
            return true;
    }
    return false;
}

bool
match_words(struct str text, struct str typed)
{
    struct str rest = str_trim(typed);
    while (rest.n) {
        struct str word = str_split(&rest, ' ');
        if (word.n && !begins_a_word(text, word))
            return false;
    }
    return true;
}
