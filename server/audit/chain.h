#ifndef AUDIT_CHAIN_H
#define AUDIT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/crypt/crypt.h"

/*
 * How rows are made evidence. The rows of a stream of a company stand in a chain; each link's hash is over
 * the one before and the row's digest, so that no row can be changed, taken out, put in or moved without
 * every later hash changing. Every so often a hash is signed (a checkpoint) with a key that is not in the
 * database: who can rewrite the tables can't make new signatures. db/migrations/0015_audit.sql computes the
 * same.
 */
enum audit_stream { STREAM_AUDIT = 1, STREAM_HISTORY = 2 };
const char *audit_stream_name(int stream); /* "audit", "history" */

struct chain_link {
    int32_t tenant;
    int stream;
    int64_t seq; /* from 1 */
    int64_t row;
    unsigned char digest[CRYPT_HASH]; /* SHA-256 of the row's text */
};
/* The hash of a link; `before` is that of the link before, zeroes for the first. `out` may be `before`. */
void chain_hash(const unsigned char before[CRYPT_HASH], const struct chain_link *l,
                unsigned char out[CRYPT_HASH]);

struct checkpoint {
    int32_t tenant;
    int stream;
    int64_t seq;
    unsigned char hash[CRYPT_HASH];
    int64_t at; /* microseconds since 1970 */
    unsigned char signature[CRYPT_SIGNATURE];
};
void checkpoint_sign(const struct signer *s, struct checkpoint *c);
bool checkpoint_valid(const unsigned char public_key[CRYPT_SIGN_PUBLIC], const struct checkpoint *c);

#endif
