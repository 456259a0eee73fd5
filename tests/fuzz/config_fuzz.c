#include "server/config.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* bimad.conf: what is accepted and written for another process is read there as the same. */

static void
see_pair(void *ctx, const char *key, const char *value)
{
    size_t *n = ctx;
    *n += strlen(key) + strlen(value);
}

static enum rc
read_from(struct str text, struct config *ret, struct err *reterr)
{
    size_t seen = 0;
    FILE *in = fmemopen((void *)(uintptr_t)text.p, text.n, "r");
    ASSERT(in);
    enum rc rc = config_read_stream(in, "bimad.conf", see_pair, &seen, ret, reterr);
    fclose(in);
    return rc;
}

static struct str
written(struct arena *a, const struct config *c, enum config_role role)
{
    enum { CAP = 16384 };
    char *text = arena_alloc(a, CAP);
    FILE *out = fmemopen(text, CAP, "w");
    ASSERT(out);
    config_write(out, c, role);
    long n = ftell(out);
    ASSERT(n > 0 && n < CAP);
    fclose(out);
    return (struct str){text, (size_t)n};
}

void
fuzz_one(struct arena *a, struct str data)
{
    static const enum config_role roles[] = {CONFIG_FRONT, CONFIG_WORKER, CONFIG_JOBS};
    struct config first, second;
    struct err err = {0};
    if (data.n == 0)
        return;
    if (read_from(data, &first, &err)) {
        ASSERT(err.code == RC_BAD_PARAMS && err.text[0]);
        return;
    }
    for (size_t i = 0; i < COUNTOF(roles); i++) {
        struct str text = written(a, &first, roles[i]);
        ASSERT(read_from(text, &second, NULL) == RC_OK);
        ASSERT(str_eq(text, written(a, &second, roles[i])));
    }
    config_fill_paths(&first);
    ASSERT(first.host_key[0] == '/' && first.signing_key[0] == '/');
}
