#include "server/report/logo.h"

#include "tests/fuzz/fuzz.h"

/* A picture somebody wants on his certificates. */
void
fuzz_one(struct arena *a, struct str data)
{
    struct err err = {0};
    (void)a;
    if (logo_check(data, &err))
        ASSERT(err.code == RC_BAD_PARAMS && err.text[0]);
}
