#ifndef ENTRY_VIN_H
#define ENTRY_VIN_H

#include "common/base/err.h"
#include "common/base/str.h"

enum { VIN_LENGTH = 17, CHASSIS_MIN = 4, CHASSIS_MAX = 25 };

/* The one key of a chassis number: upper case letters and digits. 17 of them are a VIN, any other number a
   frame number ("GJ7-123456" -> "GJ7123456"). Lives in `a`. Fails: RC_BAD_PARAMS naming "chassis": other
   characters, length, I, O or Q in a VIN. */
enum rc chassis_key(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* What looks wrong with a key but may be right, as a sentence; NULL when nothing does. */
const char *chassis_warning(struct str key);
/* ISO 3779 / FMVSS 115 check digit in place 9. */
bool vin_check_digit_fits(struct str key);

#endif
