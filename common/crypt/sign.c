#include <sodium.h>

#include "common/crypt/crypt.h"
#include "common/crypt/key_file.h"

_Static_assert(CRYPT_SIGN_SEED == (int)KEY_FILE_KEY, "a seed is one key of a file");
_Static_assert(CRYPT_SIGN_SEED == crypto_sign_SEEDBYTES, "size of an Ed25519 seed");
_Static_assert(CRYPT_SIGN_PUBLIC == crypto_sign_PUBLICKEYBYTES, "size of an Ed25519 public key");
_Static_assert(CRYPT_SIGNATURE == crypto_sign_BYTES, "size of an Ed25519 signature");

enum rc
signer_load(struct signer *s, const char *path, bool make, struct err *reterr)
{
    struct key_file seeds CLEANUP(key_file_done) = {0};
    enum rc rc = key_file_load(&seeds, "signing seed", path, make, reterr);
    if (rc != RC_OK)
        return rc;
    if (seeds.n != 1)
        return err_log(reterr, RC_INTERNAL, "the signing seed %s must be %d hex digits", path,
                       2 * CRYPT_SIGN_SEED);
    secret_new(&s->key, crypto_sign_SECRETKEYBYTES);
    s->key.n = crypto_sign_SECRETKEYBYTES;
    crypto_sign_seed_keypair(s->public_key, s->key.p, seeds.keys[0].p);
    return RC_OK;
}

void
signer_done(struct signer *s)
{
    secret_free(&s->key);
}

void
signer_sign(const struct signer *s, struct str data, unsigned char out[CRYPT_SIGNATURE])
{
    crypto_sign_detached(out, NULL, (const unsigned char *)data.p, data.n, s->key.p);
}

bool
signature_valid(const unsigned char public_key[CRYPT_SIGN_PUBLIC], struct str data,
                const unsigned char signature[CRYPT_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)data.p, data.n, public_key) == 0;
}
