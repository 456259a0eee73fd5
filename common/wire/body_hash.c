#include "common/crypt/crypt.h"
#include "common/wire/body.h"

void
body_hash(struct str encoded, char hex[BODY_HASH + 1])
{
    unsigned char hash[CRYPT_HASH];
    crypt_hash(encoded, hash);
    (void)crypt_hex(hash, BODY_HASH / 2, hex);
}
