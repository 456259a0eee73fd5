#ifndef CATALOG_SCHEMA_H
#define CATALOG_SCHEMA_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/wire/schema.h"
#include "server/catalog/entity.h"
#include "server/catalog/user.h"

/*
 * The catalog as a client sees it, filtered by what a role may do: entities it may not read are left out,
 * actions it may not take too. Texts are borrowed from the catalog, arrays live in `a`.
 */
typedef bool catalog_may(enum user_role role, const char *entity, const char *verb);

void catalog_schema(struct arena *a, enum user_role role, catalog_may *may, struct schema *ret);

/* One field as a client sees it. */
struct schema_field catalog_field(struct arena *a, const struct field *f);

/* The reference page of the catalog, bima-catalog(7), as troff. */
void catalog_page(FILE *out);

#endif
