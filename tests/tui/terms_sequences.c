#define _GNU_SOURCE
#include "tests/tui/terms_sequences.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPE = 27, SGR_COLOURS = 30 };

/* One sequence: "[" or "(" …, how it is known, how many bytes it has. */
struct sequence {
    char name[SEQUENCE_TEXT];
    size_t n;
};

/* An expression of a description (%p1%d, %{8}, %'a') or nothing. */
static size_t
expression(const char *p)
{
    if (p[0] != '%')
        return 0;
    if (p[1] == '{')
        return strcspn(p, "}") + 1;
    if (p[1] == '\'')
        return 4;
    if (p[1] == 'p' || p[1] == 'P' || p[1] == 'g')
        return 3;
    size_t n = 1;
    while (isdigit((unsigned char)p[n]))
        n++;
    return n + 1;
}

/* "[?25h" whole where it sets a mode; else "[" and its final byte, whatever numbers come between. */
static struct sequence
control(const char *p, const char *end)
{
    struct sequence ret = {"[", 2};
    char numbers[SEQUENCE_TEXT] = "";
    size_t k = 0;
    while (p + ret.n < end) {
        size_t skip = expression(p + ret.n);
        char c = p[ret.n];
        if (skip) {
            ret.n += skip;
            continue;
        }
        ret.n++;
        if (c >= '@' && c <= '~') {
            bool mode = c == 'h' || c == 'l';
            snprintf(ret.name, sizeof ret.name, "[%.*s%c", mode ? (int)k : (int)(numbers[0] == '?'), numbers,
                     c);
            return ret;
        }
        if (k + 1 < sizeof numbers - 3)
            numbers[k++] = c;
    }
    return ret;
}

/* What begins with ESC at p. */
static struct sequence
escape(const char *p, const char *end)
{
    if (p + 1 < end && p[1] == '[')
        return control(p, end);
    struct sequence ret = {"", 2};
    if (p + 2 < end && strchr("()*+#%", p[1]))
        ret.n = 3;
    snprintf(ret.name, sizeof ret.name, "%.*s", (int)ret.n - 1, p + 1);
    return ret;
}

static bool
is_known(const struct sequences *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (!strcmp(s->known[i], name))
            return true;
    return false;
}

static void
learn(struct sequences *s, const char *name)
{
    if (name[0] && !is_known(s, name) && s->n < SEQUENCES)
        snprintf(s->known[s->n++], SEQUENCE_TEXT, "%s", name);
}

/* "[?1h" of "[?1;3h" and "[?3h" too. */
static void
learn_modes(struct sequences *s, const char *name)
{
    char last = name[strlen(name) - 1];
    const char *numbers = name + 1 + (name[1] == '?');
    if (name[0] != '[' || (last != 'h' && last != 'l') || !strchr(name, ';')) {
        learn(s, name);
        return;
    }
    while (isdigit((unsigned char)*numbers)) {
        char one[SEQUENCE_TEXT];
        int n = (int)strspn(numbers, "0123456789");
        snprintf(one, sizeof one, "[%s%.*s%c", name[1] == '?' ? "?" : "", n, numbers, last);
        learn(s, one);
        numbers += n + (numbers[n] == ';');
    }
}

/* A line of infocmp: its \E is ESC, what follows "=" the capability. */
static void
learn_line(struct sequences *s, char *line)
{
    for (char *p; (p = strstr(line, "\\E"));) {
        p[0] = ESCAPE;
        memmove(p + 1, p + 2, strlen(p + 2) + 1);
    }
    s->colours |= strstr(line, "setaf=") != NULL;
    const char *end = line + strlen(line);
    for (const char *p = line; (p = strchr(p, ESCAPE)); p++)
        if (p + 1 < end)
            learn_modes(s, escape(p, end).name);
}

bool
sequences_key(const char *term, const char *key, char out[SEQUENCE_TEXT])
{
    char line[1024];
    bool found = false;
    size_t n = strlen(key);
    snprintf(line, sizeof line, "infocmp -1 %s", term);
    FILE *f = popen(line, "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line + 1, key, n) != 0 || strncmp(line + 1 + n, "=\\E", 3) != 0)
            continue;
        line[strcspn(line, ",")] = 0;
        char *control = strchr(line + 1 + n, '^');
        if (control) {
            control[0] = (char)(control[1] & 31);
            memmove(control + 1, control + 2, strlen(control + 2) + 1);
        }
        snprintf(out, SEQUENCE_TEXT, "%c%s", ESCAPE, line + 1 + n + 3);
        found = true;
    }
    if (f)
        pclose(f);
    return found;
}

bool
sequences_read(struct sequences *s, const char *term)
{
    char line[1024];
    memset(s, 0, sizeof *s);
    snprintf(line, sizeof line, "infocmp -1 -x %s", term);
    FILE *f = popen(line, "r");
    while (f && fgets(line, sizeof line, f))
        learn_line(s, line);
    return f && pclose(f) == 0 && s->n > 0;
}

/* Colours are told by numbers of a sequence that every terminal has for bold and reverse. */
static bool
has_colour(const char *p, size_t n)
{
    for (size_t i = 2; i + 1 < n;) {
        long number = strtol(p + i, NULL, 10);
        if (number >= SGR_COLOURS)
            return true;
        i += strspn(p + i, "0123456789") + 1;
    }
    return false;
}

const char *
sequences_unknown(struct sequences *s, const char *bytes, size_t n)
{
    static const char plain[] = "\r\n\b\t\a\016\017";
    const char *end = bytes + n;
    for (const char *p = bytes; p < end;) {
        if (*p != ESCAPE) {
            if ((unsigned char)*p < 32 && *p && !strchr(plain, *p))
                return "a control character";
            p++;
            continue;
        }
        struct sequence found = escape(p, end);
        if (!is_known(s, found.name) || (found.name[1] == 'm' && !s->colours && has_colour(p, found.n))) {
            snprintf(s->known[SEQUENCES - 1], SEQUENCE_TEXT, "%s", found.name);
            return s->known[SEQUENCES - 1];
        }
        p += found.n;
    }
    return NULL;
}
