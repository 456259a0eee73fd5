#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/cmd.h"
#include "common/base/arena.h"
#include "common/base/attr.h"

/* Which key means what where: the table, changed by the person's keys file. */

enum { ANYWHERE = (1 << CONTEXTS) - 1 };

struct keymap {
    enum key_code keys[CONTEXTS][CMDS][CMD_KEYS + 1]; /* K_NONE behind the last */
    enum cmd of[CONTEXTS][K_CODES];
    int given[CONTEXTS][K_CODES]; /* line of the file that gave the key; 0: the table */
    int set[CONTEXTS][CMDS];      /* line that gave the command its keys */
    int robbed[CONTEXTS][CMDS];   /* line that took a key of the table away */
};

static struct {
    struct keymap map;
    bool ready, own; /* own: some are a person's */
} now;

static const char *const context_words[CONTEXTS] = {"home",   "list", "record", "form",
                                                    "choice", "text", "line",   "sell"};

const char *
cmd_context_word(size_t i)
{
    return i < CONTEXTS ? context_words[i] : NULL;
}

bool
cmd_is_for(const struct command *row, size_t context)
{
    unsigned mask = 1u << context;
    return (row->contexts & (mask == IN_SELL ? mask | IN_FORM : mask)) != 0;
}

bool
cmd_is_place(unsigned contexts, size_t in)
{
    return contexts >> in & 1u && (!(contexts & IN_SELL) || contexts == ANYWHERE || 1u << in == IN_SELL);
}

static void
add_key(struct keymap *m, size_t in, enum cmd c, enum key_code code)
{
    enum key_code *keys = m->keys[in][c];
    size_t n = 0;
    while (n < CMD_KEYS && keys[n] != K_NONE)
        n++;
    if (n == CMD_KEYS)
        return;
    keys[n] = code;
    m->of[in][code] = c;
}

static void
take_key(struct keymap *m, size_t in, enum key_code code)
{
    enum key_code *keys = m->keys[in][m->of[in][code]];
    size_t to = 0;
    for (size_t i = 0; i < CMD_KEYS; i++)
        if (keys[i] != code)
            keys[to++] = keys[i];
    while (to < CMD_KEYS)
        keys[to++] = K_NONE;
    m->of[in][code] = CMD_NONE;
    m->given[in][code] = 0;
}

static void
from_table(struct keymap *m)
{
    size_t n;
    const struct command *table = cmd_table(&n);
    memset(m, 0, sizeof *m);
    for (size_t i = 0; i < n; i++)
        for (size_t in = 0; in < CONTEXTS; in++)
            for (size_t k = 0; k < CMD_KEYS && cmd_is_for(&table[i], in); k++)
                if (table[i].keys[k] != K_NONE)
                    add_key(m, in, table[i].id, table[i].keys[k]);
}

static const struct keymap *
map(void)
{
    if (!now.ready)
        from_table(&now.map);
    now.ready = true;
    return &now.map;
}

bool
cmd_is_mapped(void)
{
    return now.own;
}

void
cmd_unmap(void)
{
    now.ready = now.own = false;
}

enum cmd
cmd_of_key(unsigned context, enum key_code code)
{
    const struct keymap *m = map();
    enum cmd found = CMD_NONE;
    for (size_t in = 0; in < CONTEXTS && found == CMD_NONE; in++)
        if (cmd_is_place(context, in))
            found = m->of[in][code];
    return found;
}

const enum key_code *
cmd_keys(unsigned context, enum cmd c)
{
    static const enum key_code none[CMD_KEYS + 1] = {K_NONE};
    const struct keymap *m = map();
    for (size_t in = 0; in < CONTEXTS; in++)
        if (cmd_is_place(context, in) && m->keys[in][c][0] != K_NONE)
            return m->keys[in][c];
    return none;
}

char *
cmd_key_name(unsigned context, enum cmd c, char out[KEY_NAME])
{
    return key_label(cmd_keys(context, c)[0], out);
}

/* ---- the file ---- */

/* Where a command of this name can be given; 0: there is none. A bit a context. */
static unsigned
contexts_of(struct str name, enum cmd *ret)
{
    size_t n;
    unsigned contexts = 0;
    const struct command *table = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        if (str_eq_c(name, table[i].name)) {
            for (size_t in = 0; in < CONTEXTS; in++)
                contexts |= (unsigned)cmd_is_for(&table[i], in) << in;
            *ret = table[i].id;
        }
    return contexts;
}

/* Those that edit text, and those that are another key on every terminal. */
static bool
may_be_given(enum key_code code)
{
    static const enum key_code kept[] = {K_NONE,  K_BACKSPACE, K_DELETE,    K_INSERT,    K_LEFT,
                                         K_RIGHT, K_CTRL('H'), K_CTRL('I'), K_CTRL('J'), K_CTRL('M')};
    for (size_t i = 0; i < COUNTOF(kept); i++)
        if (code == kept[i])
            return false;
    return true;
}

static enum rc
read_contexts(struct str word, struct str name, unsigned *io, struct err *reterr)
{
    for (size_t in = 0; in < CONTEXTS; in++) {
        if (!str_eq_c(word, context_words[in]))
            continue;
        if (!(*io >> in & 1u))
            return err_set(reterr, RC_USAGE, NULL, _("\"%.*s\" can't be given in \"%.*s\""), STR_ARG(name),
                           STR_ARG(word));
        *io &= 1u << in == IN_FORM ? IN_FORM | IN_SELL : 1u << in;
        return RC_OK;
    }
    return err_set(
        reterr, RC_USAGE, NULL,
        _("\"%.*s\" is no place; places are home, list, record, form, choice, text, line and sell"),
        STR_ARG(word));
}

static enum rc
read_keys(struct str text, enum key_code out[CMD_KEYS], size_t *ret_n, struct err *reterr)
{
    size_t n = 0;
    if (str_eq_c(text, "none")) {
        *ret_n = 0;
        return RC_OK;
    }
    do {
        char name[KEY_NAME] = "";
        struct str word = str_trim(str_split(&text, ','));
        if (word.n < sizeof name)
            snprintf(name, sizeof name, "%.*s", STR_ARG(word));
        enum key_code code = key_by_name(name);
        if (!may_be_given(code))
            return err_set(reterr, RC_USAGE, NULL,
                           _("\"%.*s\" is no key that can be given; keys are F1 to F12, Ctrl-A to Ctrl-Z "
                             "without H, I, J and M, Enter, Tab, Shift-Tab, Esc, Up, Down, PgUp, PgDn, Home "
                             "and End"),
                           STR_ARG(word));
        if (n == CMD_KEYS)
            return err_set(reterr, RC_USAGE, NULL, _("a command has %d keys at most"), CMD_KEYS);
        out[n++] = code;
    } while (text.n);
    *ret_n = n;
    return RC_OK;
}

static const char *
name_of(enum cmd c)
{
    return cmd_info(c)->name;
}

static enum rc
give(struct keymap *m, size_t in, enum cmd c, enum key_code code, int line, struct err *reterr)
{
    char name[KEY_NAME];
    enum cmd had = m->of[in][code];
    if (had != CMD_NONE && m->given[in][code])
        return err_set(reterr, RC_USAGE, NULL, _("%s is \"%s\" by line %d already"), key_label(code, name),
                       name_of(had), m->given[in][code]);
    if (had != CMD_NONE) {
        take_key(m, in, code);
        m->robbed[in][had] = line;
    }
    add_key(m, in, c, code);
    m->given[in][code] = line;
    return RC_OK;
}

static enum rc
remap_in(struct keymap *m, size_t in, enum cmd c, const enum key_code *keys, size_t n, int line,
         struct err *reterr)
{
    enum rc rc = RC_OK;
    if (m->set[in][c])
        return err_set(reterr, RC_USAGE, NULL, _("\"%s\" has its keys by line %d already"), name_of(c),
                       m->set[in][c]);
    m->set[in][c] = line;
    while (m->keys[in][c][0] != K_NONE)
        take_key(m, in, m->keys[in][c][0]);
    m->robbed[in][c] = line;
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = give(m, in, c, keys[i], line, reterr);
    return rc;
}

/* "command [in place] = key, key" */
static enum rc
read_line(struct keymap *m, struct str line, int number, struct err *reterr)
{
    struct str rest = line;
    struct str left = str_trim(str_split(&rest, '='));
    struct str name = str_split(&left, ' '), in_word = str_split(&left, ' '), place = str_trim(left);
    enum cmd c = CMD_NONE;
    enum key_code keys[CMD_KEYS];
    size_t n = 0;
    unsigned contexts = contexts_of(name, &c);
    if (!contexts)
        return err_set(reterr, RC_USAGE, NULL, _("\"%.*s\" is no command"), STR_ARG(name));
    if (in_word.n && (!str_eq_c(in_word, "in") || !place.n))
        return err_set(reterr, RC_USAGE, NULL,
                       _("a line is: command = key, key   or: command in form = key"));
    enum rc rc = place.n ? read_contexts(place, name, &contexts, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = read_keys(str_trim(rest), keys, &n, reterr);
    for (size_t in = 0; in < CONTEXTS && rc == RC_OK; in++)
        if (contexts >> in & 1u)
            rc = remap_in(m, in, c, keys, n, number, reterr);
    return rc;
}

/* What leads out of the palette, and what leads into it, is needed by key. */
static bool
needs_key(enum cmd c)
{
    size_t n;
    const struct command *table = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        if (table[i].id == c)
            return !table[i].in_palette || c == CMD_BACK;
    return false;
}

static enum rc
all_reachable(const struct keymap *m, int *ret_line, struct err *reterr)
{
    for (size_t in = 0; in < CONTEXTS; in++)
        for (int c = CMD_NONE + 1; c < CMDS; c++) {
            if (!m->robbed[in][c] || m->keys[in][c][0] != K_NONE || !needs_key((enum cmd)c))
                continue;
            *ret_line = m->robbed[in][c];
            return err_set(reterr, RC_USAGE, NULL, _("this leaves \"%s\" without a key in \"%s\""),
                           name_of((enum cmd)c), context_words[in]);
        }
    return RC_OK;
}

static enum rc
read_text(struct keymap *m, struct str text, int *ret_line, struct err *reterr)
{
    enum rc rc = RC_OK;
    while (text.n && rc == RC_OK) {
        struct str line = str_split(&text, '\n');
        line = str_trim(str_split(&line, '#'));
        ++*ret_line;
        if (line.n)
            rc = read_line(m, line, *ret_line, reterr);
    }
    return rc == RC_OK ? all_reachable(m, ret_line, reterr) : rc;
}

enum rc
cmd_remap(struct str text, const char *file, struct err *reterr)
{
    struct err why = {0};
    struct arena a;
    int number = 0;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct keymap *m = arena_new(&a, struct keymap, 1);
    from_table(m);
    enum rc rc = read_text(m, text, &number, &why);
    if (rc == RC_OK) {
        now.map = *m;
        now.ready = now.own = true;
    } else {
        (void)err_set(reterr, rc, NULL, _("%s, line %d: %s"), file, number, why.text);
    }
    arena_done(&a);
    return rc;
}

enum rc
cmd_remap_file(const char *path, struct err *reterr)
{
    enum { FILE_LARGEST = 64 * 1024 };
    FILE *f = fopen(path, "re");
    if (!f)
        return errno == ENOENT || errno == ENOTDIR
                   ? RC_OK
                   : err_set(reterr, RC_USAGE, NULL, _("%s can't be read"), path);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    char *text = arena_alloc(&a, FILE_LARGEST);
    size_t n = fread(text, 1, FILE_LARGEST, f);
    (void)fclose(f);
    enum rc rc = n == FILE_LARGEST
                     ? err_set(reterr, RC_USAGE, NULL, _("%s is too long for a file of keys"), path)
                     : cmd_remap((struct str){text, n}, path, reterr);
    arena_done(&a);
    return rc;
}
