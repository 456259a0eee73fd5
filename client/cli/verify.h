#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "client/cli/args.h"
#include "common/base/buf.h"

/* `certificate verify FILE-or-TEXT --key PUBLIC`: needs no service and no login. */
bool is_verify(const struct cli_args *args);
/* Writes what the certificate says. With `files` false (someone else's machine) only text is taken. Fails:
   RC_USAGE, RC_BAD_PARAMS (no certificate in it), RC_REFUSED (not signed with that key). */
enum rc verify_certificate(struct buf *out, const struct cli_args *args, bool files,
                           struct err *reterr) NODISCARD;

#endif
