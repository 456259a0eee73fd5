#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/wire/cbor.h"
#include "common/wire/schema.h"
#include "tests/fuzz/fuzz.h"

/*
 * The description of a service that may mean harm, as a client takes it: what is accepted can be encoded
 * again to the same thing, and every field of it reads and shows values without a fault.
 */

static const char *const typed[] = {
    "",    "0",         "yes",      "61k", "1.5m", "t", "+3d", "14/2", "2026-02-14 11:30",
    "3.5", "T 337 DSE", "\xc3\xa9", "-1"};

static void
use_field(struct arena *a, const struct schema_field *f)
{
    static const struct locale_info here = {.exponent = 2, .offset_minutes = 180, .today = {20500}};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        struct value v = {0};
        struct err err = {0};
        if (value_read(a, f, str_from(typed[i]), &here, &v, &err))
            ASSERT(err.code != RC_OK && err.text[0]);
        else
            ASSERT(utf8_valid(value_text(a, f, &v, &here)));
    }
    for (size_t i = 0; i < f->nchoices; i++)
        ASSERT(schema_choice(f, f->choices[i].number) != NULL);
}

static void
use_entity(struct arena *a, const struct schema *s, const struct schema_entity *e)
{
    ASSERT(schema_entity(s, e->number) && schema_entity_named(s, e->name));
    (void)schema_key_field(e);
    for (size_t i = 0; i < e->nfields; i++) {
        ASSERT(schema_field(e, e->fields[i].tag) && schema_field_named(e, e->fields[i].name));
        use_field(a, &e->fields[i]);
    }
    for (size_t i = 0; i < e->nactions; i++) {
        ASSERT(schema_action(e, e->actions[i].number));
        for (size_t k = 0; k < e->actions[i].nfields; k++)
            use_field(a, &e->actions[i].fields[k]);
    }
    for (size_t i = 0; i < e->nviews; i++)
        for (size_t c = 0; c < e->views[i].ncolumns; c++)
            (void)schema_field(e, e->views[i].columns[c]);
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct schema s, again;
    struct err err = {0};
    struct rbuf r;
    struct buf b, c;
    rbuf_init(&r, data);
    if (schema_decode(a, &r, &s, &err)) {
        ASSERT(err.code != RC_OK);
        return;
    }
    for (size_t i = 0; i < s.nentities; i++)
        use_entity(a, &s, &s.entities[i]);
    buf_init(&b, a, 4096);
    schema_encode(&b, &s);
    rbuf_init(&r, buf_str(&b));
    ASSERT(schema_decode(a, &r, &again, &err) == RC_OK);
    buf_init(&c, a, 4096);
    schema_encode(&c, &again);
    ASSERT(str_eq(buf_str(&b), buf_str(&c)));
}
