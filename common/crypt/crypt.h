#ifndef CRYPT_CRYPT_H
#define CRYPT_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* The only folder that includes libsodium. */

/* Once at start of every program, before anything else here. Fails: RC_INTERNAL. */
enum rc crypt_start(struct err *reterr) NODISCARD;

void crypt_random(void *out, size_t n);
enum { CRYPT_HASH = 32 };
/* BLAKE2b-256 */
void crypt_hash(struct str data, unsigned char out[CRYPT_HASH]);
/* SHA-256: for fingerprints of SSH keys, which OpenSSH prints that way */
void crypt_sha256(struct str data, unsigned char out[CRYPT_HASH]);
char *crypt_hex(const unsigned char *bytes, size_t n, char *out); /* out: 2n + 1 */
bool crypt_unhex(struct str hex, unsigned char *out, size_t n);   /* exactly 2n digits */
struct str crypt_base64(struct arena *a, struct str bytes);       /* standard, padded */
struct str crypt_base64url(struct arena *a, struct str bytes);    /* url-safe, no padding */
/* Either alphabet; fails RC_BAD_PARAMS. */
enum rc crypt_unbase64(struct arena *a, struct str text, bool url, struct str *ret,
                       struct err *reterr) NODISCARD;

/* Secret bytes: guarded, locked, wiped when freed. */
struct secret {
    unsigned char *p; /* NUL kept past the end */
    size_t n;
    size_t cap;
};
void secret_new(struct secret *s, size_t cap);
void secret_set(struct secret *s, const void *p, size_t n); /* cuts at cap */
void secret_free(struct secret *s);                         /* NULL-safe, for CLEANUP */
void crypt_wipe(void *p, size_t n);

/* Argon2id (interactive cost). `out` is the usual $argon2id$… text. Slow by intent: ~60 ms. */
enum { CRYPT_PASSWORD_TEXT = 128 };
enum rc crypt_password_hash(struct str password, char out[CRYPT_PASSWORD_TEXT], struct err *reterr) NODISCARD;
bool crypt_password_matches(const char *hash, struct str password);
/* Same work as a match, always false: unknown users cost the same time. */
bool crypt_password_decoy(struct str password);

/* Ed25519 */
enum { CRYPT_SIGN_SEED = 32, CRYPT_SIGN_PUBLIC = 32, CRYPT_SIGNATURE = 64 };
struct signer {
    struct secret key; /* libsodium's 64-byte secret key */
    unsigned char public_key[CRYPT_SIGN_PUBLIC];
};
/* Reads the seed file (hex, mode 0600), making it when there is none and `make` is set. Fails: RC_INTERNAL.
 */
enum rc signer_load(struct signer *s, const char *path, bool make, struct err *reterr) NODISCARD;
void signer_done(struct signer *s);
void signer_sign(const struct signer *s, struct str data, unsigned char out[CRYPT_SIGNATURE]);
bool signature_valid(const unsigned char public_key[CRYPT_SIGN_PUBLIC], struct str data,
                     const unsigned char signature[CRYPT_SIGNATURE]);

#endif
