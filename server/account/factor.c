#include "server/account/factor.h"

#include <string.h>

static struct seal_about
about(const struct factor_place *at)
{
    return (struct seal_about){SEAL_FACTOR, at->tenant, ENTITY_USER, at->user};
}

enum rc
factor_seal(const struct factor_place *at, const unsigned char secret[TOTP_SECRET], struct str *ret,
            struct err *reterr)
{
    const struct seal_about what = about(at);
    return personal_seal(at->keys, at->pg, at->arena, &what, (struct str){(const char *)secret, TOTP_SECRET},
                         ret, reterr);
}

enum rc
factor_open(const struct factor_place *at, struct str sealed, unsigned char secret[TOTP_SECRET],
            struct err *reterr)
{
    const struct seal_about what = about(at);
    CLEANUP(secret_free) struct secret opened = {0};
    secret_new(&opened, TOTP_SECRET);
    enum rc rc = personal_unseal_secret(at->keys, at->pg, at->arena, &what, sealed, &opened, reterr);
    if (rc == RC_OK && opened.n != TOTP_SECRET)
        rc = err_log(reterr, RC_INTERNAL, "a second factor has %zu bytes", opened.n);
    if (rc == RC_OK)
        memcpy(secret, opened.p, TOTP_SECRET);
    return rc;
}
