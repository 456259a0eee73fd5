#ifndef CATALOG_SCHEMA_H
#define CATALOG_SCHEMA_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/wire/schema.h"
#include "server/catalog/entity.h"

/*
 * The catalog as a client sees it, filtered by what the person may do: entities he may not read are left out
 * (a form stays when he may add), fields he may not see and actions he may not take too. Texts are borrowed
 * from the catalog, arrays live in `a`. `rights` is handed to `may` as it is.
 */
typedef bool catalog_may(const void *rights, const struct entity *e, const char *verb);

void catalog_schema(struct arena *a, const void *rights, catalog_may *may, struct schema *ret);

/* One field as a client sees it. */
struct schema_field catalog_field(struct arena *a, const struct field *f);

/* The reference page of the catalog, bima-catalog(7), as troff. */
void catalog_page(FILE *out);

/* Every text of the catalog that a person reads, as lines of C for xgettext. */
void catalog_texts(FILE *out);

#endif
