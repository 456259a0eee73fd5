#ifndef STORE_PG_ERROR_H
#define STORE_PG_ERROR_H

#include <libpq-fe.h>

#include "common/base/err.h"

/* What a failed statement means: the one place where SQLSTATEs and names of constraints become codes, fields
   and sentences. Returns the code it filled in. */
enum rc pg_error(const PGresult *failed, struct err *reterr);

#endif
