#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tui/harness.h"

static const char *
line_end(const char *p)
{
    const char *end = strchr(p, '\n');
    return end ? end : p + strlen(p);
}

/* Is this the last line but one? */
static bool
is_message_row(const char *line)
{
    const char *next = line_end(line);
    if (!*next || !next[1])
        return false;
    next = line_end(next + 1);
    return *next && !next[1];
}

char *
screen_words(struct screen *s)
{
    const char *text = screen_text(s);
    char *ret = calloc(1, strlen(text) + 1), *o = ret;
    if (!ret)
        harness_fail("no memory");
    for (const char *line = text; *line; line = line_end(line) + 1) {
        for (const char *p = line; p < line_end(line) && !is_message_row(line); p++)
            if (isalnum((unsigned char)*p))
                *o++ = *p;
            else if (o > ret && o[-1] != ' ' && o[-1] != '\n')
                *o++ = ' ';
        if (o > ret && o[-1] == ' ')
            o--;
        *o++ = '\n';
    }
    *o = 0;
    return ret;
}
