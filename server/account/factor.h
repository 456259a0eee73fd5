#ifndef ACCOUNT_FACTOR_H
#define ACCOUNT_FACTOR_H

#include "common/crypt/totp.h"
#include "server/op/op.h"

/* The secret of an authenticator as the table keeps it, and back. Fails: RC_INTERNAL when it can't be opened.
 */
struct str factor_seal(struct arena *a, int32_t tenant, const unsigned char secret[TOTP_SECRET]);
enum rc factor_open(int32_t tenant, struct str sealed, unsigned char secret[TOTP_SECRET],
                    struct err *reterr) NODISCARD;

#endif
