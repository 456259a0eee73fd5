#ifndef ENTRY_NAME_H
#define ENTRY_NAME_H

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/value/date.h"

/* A name as it is kept: single blanks, no control characters. Lives in `a`.
   Fails: RC_BAD_PARAMS naming "name" when it has fewer than two letters. */
enum rc name_tidy(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* What two spellings of one name share: folded words joined by one blank. Lives in `a`. */
struct str name_key(struct arena *a, struct str name);
/* Name and birth date as one text: what two records of one person share. Lives in `a`. */
struct str name_birth(struct arena *a, struct str name, date_t born);

#endif
