#ifndef ENTRY_PHONE_H
#define ENTRY_PHONE_H

#include "common/base/err.h"
#include "common/base/str.h"

enum { PHONE_MIN = 8, PHONE_MAX = 15 };

/* The one key of a phone number: country and number in digits. "0712 345 678", "+255 712 345 678",
   "712345678" and "00255712345678" are all 255712345678 where `country` is "255". Lives in `a`. Fails:
   RC_BAD_PARAMS naming "phone". */
enum rc phone_key(struct arena *a, struct str typed, struct str country, struct str *ret,
                  struct err *reterr) NODISCARD;

/* A key of `country` that has more or fewer digits than its numbers have. */
bool phone_is_odd(struct str key, struct str country);

#endif
