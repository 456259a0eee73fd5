#ifndef REPORT_LOGO_H
#define REPORT_LOGO_H

#include "common/base/err.h"
#include "common/base/str.h"

enum { LOGO_BYTES = 256 * 1024, LOGO_SIDE = 2000 }; /* most bytes, most pixels a side */

/* Is it a PNG picture that can be put on a certificate? Fails: RC_BAD_PARAMS saying what is expected. */
enum rc logo_check(struct str png, struct err *reterr) NODISCARD;

#endif
