#include <string.h>

#include "common/base/lang.h"
#include "server/catalog/schema.h"
#include "server/worker/permit.h"
#include "server/worker/state.h"

/* bytes; one description, its encoding included */
enum { DESCRIPTION = 512 * 1024 };

static void
fingerprint(struct arena *a, const struct rights *r, unsigned char ret[CRYPT_HASH])
{
    crypt_hash(str_printf(a, "%s %d %d %d %d %d %.*s|%.*s", lang_now(), r->platform, r->limited, r->crowd,
                          r->customers, r->fleets, STR_ARG(r->words), STR_ARG(r->modules_off)),
               ret);
}

static struct described *
place(struct worker *w, const unsigned char rights[CRYPT_HASH])
{
    for (size_t i = 0; i < DESCRIBED; i++)
        if (w->described[i].memory.cap && memcmp(w->described[i].rights, rights, CRYPT_HASH) == 0)
            return &w->described[i];
    struct described *d = &w->described[w->next_described++ % DESCRIBED];
    if (d->memory.cap)
        arena_reset(&d->memory);
    else
        arena_init(&d->memory, DESCRIPTION, NULL, NULL);
    d->schema.entities = NULL;
    memcpy(d->rights, rights, CRYPT_HASH);
    return d;
}

const struct described *
worker_describe(struct worker *w, const struct rights *rights)
{
    unsigned char hash[CRYPT_HASH];
    struct buf b;
    fingerprint(&w->arena, rights, hash);
    struct described *d = place(w, hash);
    if (d->schema.entities)
        return d;
    catalog_schema(&d->memory, rights, permit_may, &d->schema);
    d->schema.hash = schema_hash(&d->memory, &d->schema);
    buf_init(&b, &d->memory, (size_t)32 * 1024);
    schema_encode(&b, &d->schema);
    d->raw = buf_str(&b);
    return d;
}
