#include "client/cli/suggest.h"

enum { WORD_MAX = 40 };

static char
fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c == '-' || c == ' ' ? '_' : c;
}

bool
same_word(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i]))
            return false;
    return true;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein with neighbours swapped counting as one. */
static size_t
distance(struct str a, struct str b)
{
    size_t row[3][WORD_MAX + 1] = {0};
    for (size_t j = 0; j <= b.n; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = fold(a.p[i - 1]), y = fold(b.p[j - 1]);
            now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold(b.p[j - 2]) && fold(a.p[i - 2]) == y)
                now[j] = least(now[j], upup[j - 2] + 1);
        }
    }
    return row[a.n % 3][b.n];
}

void
suggest(struct suggestion *s, struct str word)
{
    if (s->typed.n == 0 || s->typed.n > WORD_MAX || word.n == 0 || word.n > WORD_MAX)
        return;
    size_t d = distance(s->typed, word);
    size_t near = s->typed.n < 4 ? 1 : s->typed.n / 3 + 1;
    if (d > near || (s->best.n > 0 && d >= s->distance))
        return;
    s->best = word;
    s->distance = d;
}
