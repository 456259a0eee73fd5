#include "server/rule/entry/fold.h"

#include <stdint.h>

#include "common/base/utf8.h"

/* U+00C0 .. U+017F: the plain letters each stands for; NULL separates (× and ÷). */
static const char *const latin[] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e", "e", "e", "e", "i", "i", "i",  "i",  /* C0 */
    "d", "n", "o",  "o",  "o", "o", "o",  NULL, "o", "u", "u", "u", "u", "y", "th", "ss", /* D0 */
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e", "e", "e", "e", "i", "i", "i",  "i",  /* E0 */
    "d", "n", "o",  "o",  "o", "o", "o",  NULL, "o", "u", "u", "u", "u", "y", "th", "y",  /* F0 */
    "a", "a", "a",  "a",  "a", "a", "c",  "c",  "c", "c", "c", "c", "c", "c", "d",  "d",  /* 100 */
    "d", "d", "e",  "e",  "e", "e", "e",  "e",  "e", "e", "e", "e", "g", "g", "g",  "g",  /* 110 */
    "g", "g", "g",  "g",  "h", "h", "h",  "h",  "i", "i", "i", "i", "i", "i", "i",  "i",  /* 120 */
    "i", "i", "ij", "ij", "j", "j", "k",  "k",  "k", "l", "l", "l", "l", "l", "l",  "l",  /* 130 */
    "l", "l", "l",  "n",  "n", "n", "n",  "n",  "n", "n", "n", "n", "o", "o", "o",  "o",  /* 140 */
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r", "r", "s", "s", "s", "s", "s",  "s",  /* 150 */
    "s", "s", "t",  "t",  "t", "t", "t",  "t",  "u", "u", "u", "u", "u", "u", "u",  "u",  /* 160 */
    "u", "u", "u",  "u",  "w", "w", "y",  "y",  "y", "z", "z", "z", "z", "z", "z",  "s",  /* 170 */
};

enum fold_kind { FOLD_LETTER, FOLD_NOTHING, FOLD_GAP };

static bool
is_mark(uint32_t cp)
{
    return cp == '\'' || cp == '`' || cp == 0xB4 || cp == 0x2018 || cp == 0x2019 || cp == 0x2BC ||
           (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x200B && cp <= 0x200D) || cp == 0xAD;
}

/* Punctuation and blanks outside ASCII: the blocks where letters are not. */
static bool
is_gap(uint32_t cp)
{
    return cp < 0xC0 || (cp >= 0x2000 && cp <= 0x206F) || (cp >= 0x3000 && cp <= 0x303F) || cp == 0xFEFF ||
           cp == 0xFFFD;
}

static enum fold_kind
fold_cp(uint32_t cp, char out[5])
{
    if ((cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')) {
        out[0] = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
        out[1] = '\0';
        return FOLD_LETTER;
    }
    if (is_mark(cp))
        return FOLD_NOTHING;
    if (cp >= 0xC0 && cp < 0xC0 + COUNTOF(latin)) {
        const char *plain = latin[cp - 0xC0];
        if (!plain)
            return FOLD_GAP;
        memcpy(out, plain, strlen(plain) + 1);
        return FOLD_LETTER;
    }
    if (is_gap(cp))
        return FOLD_GAP;
    out[utf8_put(cp, out)] = '\0';
    return FOLD_LETTER;
}

static struct str
fold(struct arena *a, struct str text, const char *between)
{
    struct buf b;
    bool gap = false;
    buf_init(&b, a, text.n + 8);
    for (size_t pos = 0; pos < text.n;) {
        char out[5];
        enum fold_kind kind = fold_cp(utf8_next(text, &pos), out);
        if (kind == FOLD_GAP)
            gap = true;
        if (kind != FOLD_LETTER)
            continue;
        if (gap && b.n > 0)
            buf_add_str(&b, str_from(between));
        gap = false;
        buf_add_str(&b, str_from(out));
    }
    return buf_str(&b);
}

struct str
fold_words(struct arena *a, struct str text)
{
    return fold(a, text, " ");
}

struct str
fold_joined(struct arena *a, struct str text)
{
    return fold(a, text, "");
}

struct str
fold_code(struct arena *a, struct str text, unsigned *ret_other)
{
    struct buf b;
    unsigned other = 0;
    buf_init(&b, a, text.n + 1);
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = utf8_next(text, &pos);
        if (cp >= 'a' && cp <= 'z')
            cp -= 32;
        if ((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z'))
            buf_add_char(&b, (char)cp);
        else if (!(cp == ' ' || cp == '\t' || cp == '-' || cp == '.' || cp == '/' || cp == '_' ||
                   cp == 0xA0 || (cp >= 0x2010 && cp <= 0x2015)) &&
                 other == 0)
            other = cp;
    }
    *ret_other = other;
    return buf_str(&b);
}

struct str
fold_tidy(struct arena *a, struct str text)
{
    struct buf b;
    bool gap = false;
    buf_init(&b, a, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ' ' || text.p[i] == '\t') {
            gap = true;
            continue;
        }
        if (gap && b.n > 0)
            buf_add_char(&b, ' ');
        gap = false;
        buf_add_char(&b, text.p[i]);
    }
    return buf_str(&b);
}
