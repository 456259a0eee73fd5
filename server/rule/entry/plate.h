#ifndef ENTRY_PLATE_H
#define ENTRY_PLATE_H

#include "common/base/err.h"
#include "common/base/str.h"

enum { PLATE_KEY_MIN = 2, PLATE_KEY_MAX = 12 };

/* The one key of a plate: upper case, no blanks or dashes ("t 337-dse" -> "T337DSE"). Lives in `a`.
   Fails: RC_BAD_PARAMS on other characters or an impossible length, names field "plate". */
enum rc plate_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* As people write it: up to three runs of letters and digits, set apart ("T 337 DSE"); else the key itself.
 */
struct str plate_display(struct arena *a, struct str key);

#endif
