#ifndef ENTRY_IDNUM_H
#define ENTRY_IDNUM_H

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/value/date.h"

enum { IDNUM_MAX = 32 };

/* The one key of an identity paper's number: upper case letters and digits. Lives in `a`.
   Fails: RC_BAD_PARAMS naming "id_number". */
enum rc idnum_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* The number against its type's pattern; a broken pattern refuses nothing.
   Fails: RC_BAD_PARAMS naming "id_number" and the type. */
enum rc idnum_fits(struct str key, struct str pattern, struct str type_name, struct err *reterr) NODISCARD;
/* The birth date in the number, as YYYYMMDD from the 1-based place `birth_at`; false when there is none. */
bool idnum_birth(struct str key, int birth_at, date_t *ret);

#endif
