#include "client/tui/quick.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LETTERS = 48 };

static bool
is_taken(const struct offers *o, const char *code)
{
    for (size_t i = 0; i < o->n; i++)
        if (!strcmp(o->rows[i].quick, code))
            return true;
    return false;
}

/* The letters of a stem, small; where its words begin. */
struct letters {
    char of[LETTERS];
    bool begins[LETTERS];
    size_t n;
};

static struct letters
letters_of(const char *stem)
{
    struct letters l = {.n = 0};
    bool begins = true;
    for (; *stem && l.n < LETTERS; stem++) {
        unsigned char c = (unsigned char)*stem;
        if (isalpha(c)) {
            l.begins[l.n] = begins;
            l.of[l.n++] = (char)tolower(c);
        }
        begins = !isalpha(c);
    }
    return l;
}

/* How the second and third letter are chosen, the best first: each begins a word; the beginning of a word;
 * any. */
enum way { WORDS, WORD, ANY };

static bool
fits_way(const struct letters *l, enum way way, size_t i, size_t j)
{
    if (way == WORDS)
        return l->begins[i] && l->begins[j];
    return way == ANY || (l->begins[i] && j == i + 1);
}

/* The first letter, then two that come later. */
static bool
take(const struct offers *o, const struct letters *l, char out[QUICK_CODE])
{
    for (enum way way = WORDS; way <= ANY; way++)
        for (size_t i = 1; i < l->n; i++)
            for (size_t j = i + 1; j < l->n; j++) {
                if (!fits_way(l, way, i, j))
                    continue;
                snprintf(out, QUICK_CODE, "%c%c%c", l->of[0], l->of[i], l->of[j]);
                if (!is_taken(o, out))
                    return true;
            }
    for (char a = 'a'; a <= 'z' && l->n; a++) /* names that say nothing new */
        for (char b = 'a'; b <= 'z'; b++) {
            snprintf(out, QUICK_CODE, "%c%c%c", l->of[0], a, b);
            if (!is_taken(o, out))
                return true;
        }
    return false;
}

void
quick_codes(struct offers *o, size_t from)
{
    for (size_t i = from; i < o->n; i++) {
        struct offer *row = &o->rows[i];
        char code[QUICK_CODE] = "";
        if (row->quick[0])
            continue;
        struct letters l = letters_of(row->stem[0] ? row->stem : row->label);
        if (take(o, &l, code))
            memcpy(row->quick, code, sizeof row->quick);
    }
}

const struct offer *
quick_find(const struct offers *o, struct str typed)
{
    for (size_t i = 0; i < o->n; i++)
        if (typed.n && strlen(o->rows[i].quick) == typed.n &&
            strncasecmp(o->rows[i].quick, typed.p, typed.n) == 0)
            return &o->rows[i];
    return NULL;
}
