#ifndef ACCOUNT_FACTOR_H
#define ACCOUNT_FACTOR_H

#include "common/crypt/totp.h"
#include "server/personal/personal.h"

/* The secret of a user's authenticator as the table keeps it, sealed under the company's key, and back. */
struct factor_place {
    struct keyring *keys;
    struct pg *pg;
    struct arena *arena;
    int32_t tenant;
    int64_t user;
};
/* Fail: as personal_seal; RC_INTERNAL when it was sealed for somebody else, or changed. */
enum rc factor_seal(const struct factor_place *at, const unsigned char secret[TOTP_SECRET], struct str *ret,
                    struct err *reterr) NODISCARD;
enum rc factor_open(const struct factor_place *at, struct str sealed, unsigned char secret[TOTP_SECRET],
                    struct err *reterr) NODISCARD;

#endif
