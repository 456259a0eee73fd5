#ifndef CRYPT_SEAL_H
#define CRYPT_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/crypt/crypt.h"

/*
 * Sealing: XChaCha20-Poly1305 with a random nonce. What is sealed opens only with its key and only as what it
 * was sealed as: the purpose, the company, the entity and the record are bound to it, so a value that is
 * moved to another row, another column or another company does not open.
 *
 * Byte by byte:
 *   0        1, the version of this form
 *   1 …  4   generation of the key, big-endian; 0 where the key has none
 *   5 … 28   nonce
 *  29 …      what was sealed, as long as it was, then 16 bytes of authentication
 * Bound to it, not stored: bytes 0 … 4 as above, then purpose (1 byte), tenant (4), entity (4), record (8),
 * big-endian.
 */
enum { SEAL_KEY = 32, SEAL_HEAD = 29, SEAL_TAG = 16, SEAL_OVERHEAD = SEAL_HEAD + SEAL_TAG };

/* Numbers are part of what is sealed: never reused. */
enum seal_purpose {
    SEAL_TENANT_KEY = 1, /* a company's key, under the master key; record: its generation */
    SEAL_PERSON_KEY = 2, /* a person's key, under the company's */
    SEAL_PERSON = 3,     /* a person's fields, under his key */
    SEAL_FACTOR = 4,     /* secret of an authenticator, under the company's key */
    SEAL_REPLY = 5,      /* a kept answer, under the company's key */
};

struct seal_about {
    enum seal_purpose purpose;
    int32_t tenant;
    uint32_t entity; /* catalog number, or 0 */
    int64_t record;  /* id, or 0 */
};

/* Lives in `a`: SEAL_OVERHEAD bytes longer than `plain`. */
struct str seal_close(struct arena *a, const unsigned char key[SEAL_KEY], uint32_t generation,
                      const struct seal_about *about, struct str plain);
/* The same with a nonce of the caller's, for who seals one thing twice and needs the same bytes twice. Never
   one nonce for two things under one key. */
enum { SEAL_NONCE = 24 };
struct str seal_close_with(struct arena *a, const unsigned char key[SEAL_KEY], uint32_t generation,
                           const struct seal_about *about, const unsigned char nonce[SEAL_NONCE],
                           struct str plain);
/* The generation of the key it was sealed with. False: this is nothing sealed. */
bool seal_generation(struct str sealed, uint32_t *ret);
/* False: another key, another place, or changed meanwhile. `ret` lives in `a`. */
bool seal_open(struct arena *a, const unsigned char key[SEAL_KEY], const struct seal_about *about,
               struct str sealed, struct str *ret);
/* A sealed key, or another secret of up to `cap` bytes, without a copy in any arena. *ret_n: its length. */
bool seal_open_into(const unsigned char key[SEAL_KEY], const struct seal_about *about, struct str sealed,
                    unsigned char *out, size_t cap, size_t *ret_n);

/*
 * Blind index: equal texts have equal marks, and without the key a mark says nothing. `what` keeps the marks
 * of different fields apart. 128 bits as hex digits.
 */
enum { SEAL_BLIND = 32 };
char *seal_blind(const unsigned char key[SEAL_KEY], const char *what, struct str text,
                 char out[SEAL_BLIND + 1]);

/* A key that follows from another one: the n-th of a kind. */
void seal_derive(const unsigned char key[SEAL_KEY], const char *what, int64_t n, unsigned char out[SEAL_KEY]);

/* Names a key without telling it: what was wrapped with which master key. */
enum { SEAL_KEY_NAME = 16 };
char *seal_key_name(const unsigned char key[SEAL_KEY], char out[SEAL_KEY_NAME + 1]);

#endif
