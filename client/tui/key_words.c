#include <ctype.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/cmd.h"
#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"

/* Texts name keys as the table has them; where a person has other ones, these are put in their place. */

/* What the key is by the table, there; the place it was found in, a bit. */
static enum cmd
table_command(unsigned context, enum key_code code, unsigned *ret_place)
{
    size_t n;
    const struct command *table = cmd_table(&n);
    enum cmd found = CMD_NONE;
    for (size_t in = 0; in < CONTEXTS && found == CMD_NONE; in++) {
        *ret_place = 1u << in;
        for (size_t i = 0; i < n && cmd_is_place(context, in); i++)
            for (size_t k = 0; k < CMD_KEYS && cmd_is_for(&table[i], in); k++)
                if (table[i].keys[k] == code)
                    found = table[i].id;
    }
    return found;
}

/* The same, and where the key is nothing there: what it is anywhere else ("F10 there restores it"). */
static enum cmd
meant(unsigned context, enum key_code code, unsigned *ret_place)
{
    enum cmd c = table_command(context, code, ret_place);
    for (size_t in = 0; in < CONTEXTS && c == CMD_NONE; in++)
        c = table_command(1u << in, code, ret_place);
    return c;
}

/* A key of the text as it is now; one whose command has none is the palette's and the command's words. */
static void
add_key(struct buf *b, unsigned context, struct str word)
{
    char name[KEY_NAME];
    unsigned place = 0;
    memcpy(name, word.p, word.n);
    name[word.n] = 0;
    const enum key_code code = key_by_name(name);
    const enum cmd c = code == K_NONE ? CMD_NONE : meant(context, code, &place);
    if (c == CMD_NONE || cmd_of_key(place, code) == c)
        buf_printf(b, "%.*s", STR_ARG(word));
    else if (cmd_key_name(place, c, name)[0])
        buf_printf(b, "%s", name);
    else
        buf_printf(b, "%s \"%s\"", cmd_key_name(place, CMD_PALETTE, name), _(cmd_info(c)->label));
}

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 128;
}

/* How long the name of a key is that begins there: F1 to F12, Ctrl- and a letter; 0: none does. */
static size_t
key_at(struct str text, size_t at)
{
    const struct str rest = str_slice(text, at, text.n), ctrl = STR("Ctrl-");
    size_t n = 0;
    if (at > 0 && is_word(text.p[at - 1]))
        return 0;
    if (rest.p[0] == 'F')
        for (n = 1; n < rest.n && n < 3 && isdigit((unsigned char)rest.p[n]);)
            n++;
    else if (str_starts(rest, ctrl) && rest.n > ctrl.n && isupper((unsigned char)rest.p[ctrl.n]))
        n = ctrl.n + 1;
    return n > 1 && (n == rest.n || !is_word(rest.p[n])) ? n : 0;
}

struct str
cmd_text(unsigned context, struct str text, struct arena *a)
{
    struct buf b;
    if (!cmd_is_mapped())
        return text;
    buf_init(&b, a, text.n + 64);
    size_t done = 0;
    for (size_t i = 0; i < text.n; i++) {
        const size_t n = key_at(text, i);
        if (!n)
            continue;
        const struct str before = str_slice(text, done, i);
        buf_printf(&b, "%.*s", STR_ARG(before));
        add_key(&b, context, str_slice(text, i, i + n));
        done = i + n;
        i = done - 1;
    }
    const struct str rest = str_slice(text, done, text.n);
    buf_printf(&b, "%.*s", STR_ARG(rest));
    return buf_str(&b);
}

char *
cmd_table_key(unsigned context, enum cmd c, char out[KEY_NAME])
{
    size_t n;
    const struct command *table = cmd_table(&n);
    out[0] = 0;
    for (size_t in = 0; in < CONTEXTS; in++)
        for (size_t i = 0; i < n && !out[0] && context >> in & 1u; i++)
            if (table[i].id == c && cmd_is_for(&table[i], in))
                key_label(table[i].keys[0], out);
    return out;
}
