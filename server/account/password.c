#include "server/account/password.h"

#include "common/base/limits.h"

/* What is tried first, of ten letters and more, in small letters and without what is put at the end. */
static const char *const common[] = {
    "password", "passw0rd",    "p@ssword",      "p@ssw0rd",      "qwertyuiop",     "qwerty",     "qwertz",
    "azerty",   "1q2w3e4r5t",  "1qaz2wsx3e",    "1qaz2wsx",      "q1w2e3r4t5",     "asdfghjkl",  "zxcvbnm",
    "letmein",  "iloveyou",    "welcome",       "administrator", "administration", "admin",      "sunshine",
    "princess", "football",    "basketball",    "baseball",      "superman",       "batman",     "dragon",
    "monkey",   "master",      "trustno",       "whatever",      "changeme",       "secret",     "default",
    "tanzania", "daressalaam", "dar es salaam", "kilimanjaro",   "insurance",      "bima",       "karibu",
    "nenosiri", "nywila",      "arsenal",       "liverpool",     "chelsea",        "manchester", "manunited",
    "yanga",    "simbasc",     "mwanza",        "jesuschrist",   "jesus",          "christian",  "computer",
    "internet", "michael",     "jordan",        "abcdefghij",    "abcdef",         "abc",        "company",
    "samsung",
};

static char
small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_letter(char c)
{
    return (small(c) >= 'a' && small(c) <= 'z') || (unsigned char)c >= 0x80;
}

/* The same but for capitals? */
static bool
alike(struct str a, struct str b)
{
    bool same = a.n == b.n;
    for (size_t i = 0; same && i < a.n; i++)
        same = small(a.p[i]) == small(b.p[i]);
    return same;
}

/* Without digits and signs at both ends: people add them to a word. */
static struct str
core(struct str s)
{
    while (s.n && !is_letter(s.p[s.n - 1]))
        s.n--;
    while (s.n && !is_letter(s.p[0]))
        s = str_slice(s, 1, s.n);
    return s;
}

/* How far two signs lie apart on a keyboard's row of digits, or in the alphabet. */
static int
distance(char from, char to)
{
    if (from == '9' && to == '0')
        return 1;
    return from == '0' && to == '9' ? -1 : to - from;
}

/* One step from sign to sign all along: "aaaaaaaaaa", "1234567890", "9876543210". */
static bool
is_row(struct str s)
{
    int step = distance(s.p[0], s.p[1]);
    bool row = step >= -1 && step <= 1;
    for (size_t i = 1; row && i < s.n; i++)
        row = distance(s.p[i - 1], s.p[i]) == step;
    return row;
}

static bool
is_repeated(struct str s, size_t period)
{
    bool repeated = period < s.n;
    for (size_t i = period; repeated && i < s.n; i++)
        repeated = s.p[i] == s.p[i - period];
    return repeated;
}

static bool
is_common(struct str password)
{
    struct str word = core(password);
    if (is_row(password))
        return true;
    for (size_t period = 1; period <= 4; period++)
        if (is_repeated(password, period))
            return true;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        struct str c = str_from(common[i]);
        if (alike(password, c) || alike(word, c))
            return true;
    }
    return false;
}

/* Digits and signs only around the login or a part of the name. */
static bool
is_oneself(struct str password, struct str login, struct str name)
{
    struct str word = core(password), rest = name;
    if (alike(password, login) || alike(word, login) || alike(password, name) || alike(word, name))
        return true;
    while (rest.n) {
        struct str part = str_split(&rest, ' ');
        if (part.n > 2 && alike(word, part))
            return true;
    }
    return false;
}

const char *
password_weakness(struct str password, struct str login, struct str name)
{
    if (password.n < PASSWORD_LEAST)
        return "Password has at least 10 characters";
    if (password.n > LIMIT_PASSWORD)
        return "Password has at most 256 characters";
    if (is_oneself(password, login, name))
        return "Password must not be your login or name with something added";
    if (is_common(password))
        return "Password is one of the first that are tried: take several words that have nothing to do with "
               "each other";
    return NULL;
}
