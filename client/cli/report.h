#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "client/cli/write.h"
#include "common/base/err.h"
#include "common/wire/params.h"

/* What is told on the standard error. */

/* "bima: field: sentence", the records it is about, and everything else that was found. */
void report_error(const struct style *st, const struct err *err, const struct body *body);
/* "bima: warning: field: sentence" for what was saved all the same. */
void report_warnings(const struct style *st, const struct body *body);
/* Field by field what the person wanted and what stands there now. */
void report_conflict(struct arena *a, const struct style *st, const struct params *mine,
                     const struct body *body);
void report_note(const char *fmt, ...) PRINTF(1, 2);

#endif
