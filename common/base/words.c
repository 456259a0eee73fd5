#include "common/base/words.h"

#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"

/* The word being built: `out` is as large as the line, since splitting never adds a byte but the NULs. */
struct splitter {
    struct str line;
    size_t pos;
    char *out;
    size_t n;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static enum rc
quoted(struct splitter *s, char quote, struct err *reterr)
{
    while (s->pos < s->line.n) {
        char c = s->line.p[s->pos++];
        if (c == quote)
            return RC_OK;
        if (c == '\t')
            return err_set(reterr, RC_USAGE, NULL, "a value can't hold a tab");
        if (quote == '"' && c == '\\' && s->pos < s->line.n) {
            char next = s->line.p[s->pos];
            if (next == '"' || next == '\\') {
                c = next;
                s->pos++;
            }
        }
        s->out[s->n++] = c;
    }
    return err_set(reterr, RC_USAGE, NULL, "a quotation mark %c is not closed", quote);
}

static enum rc
word(struct splitter *s, struct err *reterr)
{
    while (s->pos < s->line.n && !is_blank(s->line.p[s->pos])) {
        char c = s->line.p[s->pos++];
        if (c == '\'' || c == '"') {
            enum rc rc = quoted(s, c, reterr);
            if (rc)
                return rc;
            continue;
        }
        if (c == '\\') {
            if (s->pos == s->line.n)
                return err_set(reterr, RC_USAGE, NULL, "the command ends in a backslash");
            c = s->line.p[s->pos++];
            if (c == '\t')
                return err_set(reterr, RC_USAGE, NULL, "a value can't hold a tab");
        }
        s->out[s->n++] = c;
    }
    return RC_OK;
}

static enum rc
check_line(struct str line, struct err *reterr)
{
    if (line.n > LIMIT_EXEC)
        return err_set(reterr, RC_USAGE, NULL, "the command is longer than %u bytes", LIMIT_EXEC);
    if (!utf8_valid(line))
        return err_set(reterr, RC_USAGE, NULL, "the command is not UTF-8 text");
    for (struct str rest = line; rest.n;) {
        if (utf8_has_control(str_split(&rest, '\t')))
            return err_set(reterr, RC_USAGE, NULL, "the command holds a control character");
    }
    return RC_OK;
}

enum rc
words_split(struct arena *a, struct str line, struct str **ret_words, size_t *ret_count, struct err *reterr)
{
    enum rc rc = check_line(line, reterr);
    if (rc)
        return rc;
    struct str *words = arena_new(a, struct str, LIMIT_EXEC_WORDS);
    size_t count = 0;
    /* Every word takes at least one byte of the line; each gets a NUL besides. */
    struct splitter s = {.line = line, .out = arena_alloc(a, 2 * line.n + 1)};
    for (;;) {
        while (s.pos < line.n && is_blank(line.p[s.pos]))
            s.pos++;
        if (s.pos == line.n)
            break;
        if (count == LIMIT_EXEC_WORDS)
            return err_set(reterr, RC_USAGE, NULL, "the command has more than %d words", LIMIT_EXEC_WORDS);
        size_t from = s.n;
        rc = word(&s, reterr);
        if (rc)
            return rc;
        words[count++] = (struct str){s.out + from, s.n - from};
        s.out[s.n++] = '\0';
    }
    *ret_words = words;
    *ret_count = count;
    return RC_OK;
}
