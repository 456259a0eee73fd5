#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz.h"

/* The map inside a reply, as a client reads it, and the same bytes taken as the map inside a request. */
void
fuzz_one(struct arena *a, struct str data)
{
    check_body(a, data);
    check_params(a, data);
}
