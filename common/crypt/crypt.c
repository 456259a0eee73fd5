#include "common/crypt/crypt.h"

#include <sodium.h>

#include "common/base/arena.h"
#include "common/base/limits.h"

_Static_assert(CRYPT_PASSWORD_TEXT >= crypto_pwhash_STRBYTES, "room for a password hash");
_Static_assert(CRYPT_HASH == crypto_generichash_BYTES, "size of a BLAKE2b-256 hash");

enum rc
crypt_start(struct err *reterr)
{
    if (sodium_init() < 0)
        return err_log(reterr, RC_INTERNAL, "libsodium could not start");
    return RC_OK;
}

void
crypt_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

void
crypt_hash(struct str data, unsigned char out[CRYPT_HASH])
{
    crypto_generichash(out, CRYPT_HASH, (const unsigned char *)data.p, data.n, NULL, 0);
}

void
crypt_sha256(struct str data, unsigned char out[CRYPT_HASH])
{
    _Static_assert(CRYPT_HASH == crypto_hash_sha256_BYTES, "size of a SHA-256 hash");
    crypto_hash_sha256(out, (const unsigned char *)data.p, data.n);
}

char *
crypt_hex(const unsigned char *bytes, size_t n, char *out)
{
    return sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

bool
crypt_unhex(struct str hex, unsigned char *out, size_t n)
{
    size_t got = 0;
    return hex.n == 2 * n && sodium_hex2bin(out, n, hex.p, hex.n, NULL, &got, NULL) == 0 && got == n;
}

static struct str
to_base64(struct arena *a, struct str bytes, int variant)
{
    size_t n = sodium_base64_encoded_len(bytes.n, variant);
    char *out = arena_alloc(a, n);
    sodium_bin2base64(out, n, (const unsigned char *)bytes.p, bytes.n, variant);
    return (struct str){out, n - 1};
}

struct str
crypt_base64(struct arena *a, struct str bytes)
{
    return to_base64(a, bytes, sodium_base64_VARIANT_ORIGINAL);
}

struct str
crypt_base64url(struct arena *a, struct str bytes)
{
    return to_base64(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum rc
crypt_unbase64(struct arena *a, struct str text, bool url, struct str *ret, struct err *reterr)
{
    int variant = url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL;
    size_t cap = text.n / 4 * 3 + 3, n = 0;
    unsigned char *out = arena_alloc(a, cap);
    const char *end = NULL;
    bool good = text.n == 0 || (sodium_base642bin(out, cap, text.p, text.n, NULL, &n, &end, variant) == 0 &&
                                end == text.p + text.n);
    if (!good)
        return err_set(reterr, RC_BAD_PARAMS, NULL, "this is not base64 text");
    *ret = (struct str){(const char *)out, n};
    return RC_OK;
}

void
secret_new(struct secret *s, size_t cap)
{
    /* One byte more: the NUL that lets the secret go to C APIs. */
    s->p = sodium_malloc(cap + 1);
    ASSERT(s->p);
    s->n = 0;
    s->cap = cap;
    s->p[0] = '\0';
}

void
secret_set(struct secret *s, const void *p, size_t n)
{
    s->n = n < s->cap ? n : s->cap;
    if (s->n)
        memcpy(s->p, p, s->n);
    s->p[s->n] = '\0';
}

void
secret_free(struct secret *s)
{
    if (!s || !s->p)
        return;
    sodium_free(s->p); /* wipes */
    *s = (struct secret){0};
}

void
crypt_wipe(void *p, size_t n)
{
    if (n)
        sodium_memzero(p, n);
}

enum rc
crypt_password_hash(struct str password, char out[CRYPT_PASSWORD_TEXT], struct err *reterr)
{
    if (password.n == 0 || password.n > LIMIT_PASSWORD)
        return err_set(reterr, RC_BAD_PARAMS, "password", "password must have 1 to %d bytes", LIMIT_PASSWORD);
    if (crypto_pwhash_str(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE))
        return err_log(reterr, RC_INTERNAL, "no memory to hash a password");
    return RC_OK;
}

bool
crypt_password_matches(const char *hash, struct str password)
{
    if (password.n > LIMIT_PASSWORD)
        return false;
    return crypto_pwhash_str_verify(hash, password.n ? password.p : "", password.n) == 0;
}

bool
crypt_password_decoy(struct str password)
{
    char hash[crypto_pwhash_STRBYTES];
    size_t n = password.n <= LIMIT_PASSWORD ? password.n : 0;
    /* The same work as a match; the result is of no use to anybody. */
    int done = crypto_pwhash_str(hash, n ? password.p : "", n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                 crypto_pwhash_MEMLIMIT_INTERACTIVE);
    sodium_memzero(hash, sizeof(hash));
    (void)done;
    return false;
}
