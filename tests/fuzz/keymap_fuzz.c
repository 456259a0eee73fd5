#include <string.h>

#include "client/tui/cmd.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* A person's file of keys: what is taken leaves no place without a way out, and texts can name its keys. */

static void
check_place(size_t in)
{
    for (int c = CMD_NONE + 1; c < CMDS; c++) {
        const enum key_code *keys = cmd_keys(1u << in, (enum cmd)c);
        for (size_t i = 0; i < CMD_KEYS && keys[i] != K_NONE; i++)
            ASSERT(cmd_of_key(1u << in, keys[i]) == (enum cmd)c);
    }
    size_t n;
    bool had = false;
    const struct command *table = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        had = had || (table[i].id == CMD_BACK && cmd_is_for(&table[i], in) && table[i].keys[0] != K_NONE);
    ASSERT(!had || cmd_keys(1u << in, CMD_BACK)[0] != K_NONE);
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct err err = {0};
    if (cmd_remap(data, "keys", &err)) {
        ASSERT(err.code == RC_USAGE && str_starts(str_from(err.text), STR("keys, line ")));
    } else {
        for (size_t in = 0; in < CONTEXTS; in++) {
            check_place(in);
            struct str text = cmd_text(1u << in, data, a);
            ASSERT(text.n > 0 || data.n == 0);
        }
    }
    cmd_unmap();
}
