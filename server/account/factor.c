#include "server/account/factor.h"

#include <string.h>

/* The first byte says how it is kept. */
enum { KEPT_PLAIN = 0 };

struct str
factor_seal(struct arena *a, int32_t tenant, const unsigned char secret[TOTP_SECRET])
{
    char *p = arena_alloc(a, 1 + TOTP_SECRET);
    (void)tenant;
    p[0] = KEPT_PLAIN;
    memcpy(p + 1, secret, TOTP_SECRET);
    return (struct str){p, 1 + TOTP_SECRET};
}

enum rc
factor_open(int32_t tenant, struct str sealed, unsigned char secret[TOTP_SECRET], struct err *reterr)
{
    if (sealed.n != 1 + TOTP_SECRET || sealed.p[0] != KEPT_PLAIN)
        return err_log(reterr, RC_INTERNAL, "the second factor of a user of tenant %d can't be opened",
                       (int)tenant);
    memcpy(secret, sealed.p + 1, TOTP_SECRET);
    return RC_OK;
}
