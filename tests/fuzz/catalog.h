#ifndef FUZZ_CATALOG_H
#define FUZZ_CATALOG_H

#include "common/wire/schema.h"

/* The whole description, as for somebody who may do everything; made once. And where he is. */
const struct schema *the_schema(void);
extern const struct locale_info here;

#endif
