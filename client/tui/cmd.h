#ifndef TUI_CMD_H
#define TUI_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "client/tui/key.h"
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"

/* Every command of the keyboard is a row of one table: keys, key bar, help, palette and tests read it. */
enum context {
    IN_HOME = 1 << 0,
    IN_LIST = 1 << 1,
    IN_RECORD = 1 << 2,
    IN_FORM = 1 << 3,
    IN_CHOICE = 1 << 4, /* a box to pick from */
    IN_TEXT = 1 << 5,   /* something to read */
    IN_LINE = 1 << 6,   /* one line to type: reasons, passwords, the palette */
    IN_ALL = (1 << 7) - 1,
    IN_SELL = 1 << 7 /* new business, which is a form too */
};
enum { CONTEXTS = 8 };

enum cmd {
    CMD_NONE = 0,
    CMD_HELP,
    CMD_PALETTE,
    CMD_HOME,
    CMD_PROMPT,
    CMD_REFRESH,
    CMD_UNDO,
    CMD_NEW,
    CMD_PAGE_BACK,
    CMD_PAGE_FORWARD,
    CMD_DUP,
    CMD_SAVE,
    CMD_VIEW,
    CMD_BACK,
    CMD_ENTER,
    CMD_NEXT,
    CMD_PREV,
    CMD_UP,
    CMD_DOWN,
    CMD_TOP,
    CMD_BOTTOM,
    CMD_SORT,
    CMD_SORT_TURN,
    CMD_FILTER,
    CMD_COLUMNS,
    CMD_TOTALS,
    CMD_EXPORT,
    CMD_REPAINT,
    CMD_LOCK,
    CMD_SUSPEND,
    CMD_CANCEL,
    CMD_CLEAR,
    CMD_CLEAR_END,
    CMD_ERASE_WORD,
    CMD_LINE_START,
    CMD_LINE_END,
    CMD_TAKE,
    CMD_MORE,
    CMD_ANOTHER,
    CMDS
};

enum { CMD_KEYS = 4 };

struct command {
    enum cmd id;
    const char *name;  /* a word: for the keys file */
    const char *label; /* key bar and palette; translated when shown */
    const char *help;
    unsigned contexts;
    bool in_palette;
    enum key_code keys[CMD_KEYS];
};

const struct command *cmd_info(enum cmd c);
const struct command *cmd_table(size_t *ret_count);
/* What a key means there; CMD_NONE when it is just a key. */
enum cmd cmd_of_key(unsigned context, enum key_code code);
/* Its keys there, the first for showing, K_NONE behind the last; all K_NONE where it has none. */
const enum key_code *cmd_keys(unsigned context, enum cmd c);
/* The name of the first of them, "F2"; "" where it has none. Returns out. */
char *cmd_key_name(unsigned context, enum cmd c, char out[KEY_NAME]);
/* The same as the table has it, for a text that goes through cmd_text. */
char *cmd_table_key(unsigned context, enum cmd c, char out[KEY_NAME]);
/* A text with the keys it names (F1 to F12, Ctrl and a letter, as the table has them) as the person has
   them there. The text itself where nobody gave keys, else in *a. */
struct str cmd_text(unsigned context, struct str text, struct arena *a);

/*
 * The keys of a person take the place of those of the table, until the program ends. A line each:
 *
 *     save = F10, Ctrl-S          # wherever "save" can be given
 *     next in form = Tab, Down    # only there
 *     sort = none                 # by the commands (F2) alone
 *
 * A key goes from the command that had it by the table to the one it is given to; a command that is in the
 * palette may be left without, any other may not. Fails, changing nothing: RC_USAGE with "FILE, line N: " and
 * what is wrong.
 */
enum rc cmd_remap(struct str text, const char *file, struct err *reterr) NODISCARD;
/* Has a person keys of their own? */
bool cmd_is_mapped(void);
/* As the table has them; for tests. */
void cmd_unmap(void);
/* The same from a file; none is fine. */
enum rc cmd_remap_file(const char *path, struct err *reterr) NODISCARD;

/* The word of one context in the keys file ("form"), by its number from 0; NULL behind the last. */
const char *cmd_context_word(size_t i);
/* Is a row of the table for that context? */
bool cmd_is_for(const struct command *row, size_t context);
/* Is a view of these contexts asked about in that one? New business is asked about in its own alone. */
bool cmd_is_place(unsigned contexts, size_t context);

#endif
