#include "client/cli/args.h"

#include <string.h>

#include "client/cli/command.h"
#include "client/cli/describe.h"
#include "common/base/limits.h"
#include "common/base/words.h"
#include "common/wire/cbor.h"
#include "tests/fuzz/catalog.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz.h"

/*
 * The words behind "ssh HOST": split as a front does it, put behind its own words, read by the client it
 * starts and understood against the whole catalog. What comes out is a request that is read again as it was
 * meant. The first byte says whether it is that, or words somebody typed at home, a line each.
 */
enum { OURS = 3, LINES = 1 };

static bool
split(struct arena *a, struct str data, bool lines, struct str **ret, size_t *ret_n)
{
    if (!lines)
        return words_split(a, data, ret, ret_n, NULL) == RC_OK;
    struct str *words = arena_new(a, struct str, LIMIT_EXEC_WORDS);
    size_t n = 0;
    while (data.n && n < LIMIT_EXEC_WORDS) {
        struct str line = str_split(&data, '\n');
        size_t end = 0;
        while (end < line.n && line.p[end])
            end++;
        words[n++] = str_dup(a, str_slice(line, 0, end));
    }
    *ret = words;
    *ret_n = n;
    return true;
}

static void
check_command(struct arena *a, const struct cli_args *args)
{
    struct cli_command c;
    struct err err = {0};
    struct buf b;
    if (command_read(a, the_schema(), &here, args, &c, &err)) {
        ASSERT(err.code == RC_USAGE || err.code == RC_BAD_PARAMS);
        ASSERT(err.text[0]);
        return;
    }
    buf_init(&b, a, 512);
    if (c.kind == COMMAND_DESCRIBE || c.kind == COMMAND_HELP) {
        const struct style st = {.schema = the_schema(), .locale = &here, .utf8 = true};
        describe_text(&b, &st, c.entity);
        help_text(&b, &st, &c);
        return;
    }
    struct params again;
    struct rbuf r;
    params_encode(&b, &c.params);
    rbuf_init(&r, buf_str(&b));
    ASSERT(params_decode(a, &r, &again, NULL) == RC_OK);
    check_params(a, buf_str(&b));
}

void
fuzz_one(struct arena *a, struct str data)
{
    char *argv[OURS + LIMIT_EXEC_WORDS + 1] = {(char[]){"bima"}, (char[]){"--link-fd"}, (char[]){"3"}};
    struct str *words = NULL;
    size_t n = 0;
    int argc = OURS;
    if (!data.n)
        return;
    const bool lines = data.p[0] & LINES;
    if (!split(a, str_slice(data, 1, data.n), lines, &words, &n))
        return;
    if (lines)
        argc = 1;
    for (size_t i = 0; i < n; i++)
        argv[argc++] = (char *)(uintptr_t)words[i].p;
    struct cli_args args;
    struct err err = {0};
    if (cli_args_read(a, argc, argv, &args, &err)) {
        ASSERT(err.code == RC_USAGE && err.text[0]);
        return;
    }
    ASSERT(lines || args.link_fd == 3);
    if (lines && cli_take_host(a, &args, false, &err)) {
        ASSERT(err.code == RC_USAGE && err.text[0]);
        return;
    }
    check_command(a, &args);
}
