#ifndef CRYPT_TOTP_H
#define CRYPT_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/*
 * Codes of an authenticator (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), and codes people type once:
 * one-time tokens and recovery codes. The only file that includes liboath.
 */
enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_SECONDS = 30 };

/* A new secret, random. */
void totp_new(unsigned char secret[TOTP_SECRET]);
/* The secret as people type it into an authenticator: base32 in groups of four. In `a`. */
struct str totp_text(struct arena *a, const unsigned char secret[TOTP_SECRET]);
/* "otpauth://totp/…" for an authenticator's camera; issuer and account are escaped. In `a`. */
struct str totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET], struct str issuer,
                    struct str account);
/*
 * Is `code` (blanks in it are left out) the one of now, or of the step before or after? `now` in seconds
 * since 1970. *ret_step is the step it belongs to: the caller takes each step once. Costs the same whatever
 * was typed.
 */
bool totp_matches(const unsigned char secret[TOTP_SECRET], struct str code, int64_t now, int64_t *ret_step);
/* The code of a moment, for tests and tools. */
enum rc totp_code(const unsigned char secret[TOTP_SECRET], int64_t now, char out[TOTP_DIGITS + 1],
                  struct err *reterr) NODISCARD;

/* Four groups of four letters and digits that look like nothing else: 79 bits, easy to read out and to type.
 */
enum { CODE_TEXT = 20, CODE_HASH = 32 };
void code_new(char out[CODE_TEXT]);
/* What is kept of such a code: the same for every way of typing it (capitals, blanks, no dashes). False when
   `typed` has not the form of one; `out` is then the hash of nothing anybody has. */
bool code_hash(struct str typed, unsigned char out[CODE_HASH]);

#endif
