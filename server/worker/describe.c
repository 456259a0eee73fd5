#include "server/catalog/schema.h"
#include "server/worker/permit.h"
#include "server/worker/state.h"

const struct described *
worker_describe(struct worker *w, enum user_role role)
{
    struct described *d = &w->described[(unsigned)role % ROLES_MAX];
    if (d->schema.entities)
        return d;
    struct buf b;
    catalog_schema(&w->memory, role, permit_may, &d->schema);
    d->schema.hash = schema_hash(&w->memory, &d->schema);
    buf_init(&b, &w->memory, (size_t)32 * 1024);
    schema_encode(&b, &d->schema);
    d->raw = buf_str(&b);
    return d;
}
