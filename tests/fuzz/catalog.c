#include "tests/fuzz/catalog.h"

#include <stdint.h>

#include "common/base/arena.h"
#include "server/catalog/schema.h"

const struct locale_info here = {.exponent = 2, .offset_minutes = 180, .today = {20500}};

static bool
may_all(const void *rights, const struct entity *e, const char *verb)
{
    (void)rights;
    (void)e;
    (void)verb;
    return true;
}

const struct schema *
the_schema(void)
{
    static struct arena a;
    static struct schema s;
    if (s.nentities)
        return &s;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    catalog_schema(&a, NULL, may_all, &s);
    s.hash = schema_hash(&a, &s);
    return &s;
}
