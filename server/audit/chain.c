#include "server/audit/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
audit_stream_name(int stream)
{
    return stream == STREAM_AUDIT ? "audit" : stream == STREAM_HISTORY ? "history" : "unknown";
}

static size_t
put_be(unsigned char *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(v >> (8 * (n - 1 - i)));
    return n;
}

void
chain_hash(const unsigned char before[CRYPT_HASH], const struct chain_link *l, unsigned char out[CRYPT_HASH])
{
    unsigned char in[CRYPT_HASH + 4 + 2 + 8 + 8 + CRYPT_HASH];
    size_t n = CRYPT_HASH;
    memcpy(in, before, CRYPT_HASH);
    n += put_be(in + n, (uint32_t)l->tenant, 4);
    n += put_be(in + n, (uint16_t)l->stream, 2);
    n += put_be(in + n, (uint64_t)l->seq, 8);
    n += put_be(in + n, (uint64_t)l->row, 8);
    memcpy(in + n, l->digest, CRYPT_HASH);
    crypt_sha256((struct str){(const char *)in, sizeof in}, out);
}

/* What is signed: one line of text, so that any tool that knows Ed25519 can check it. */
enum { SIGNED_TEXT = 192 };

static struct str
signed_text(const struct checkpoint *c, char out[SIGNED_TEXT])
{
    char hex[2 * CRYPT_HASH + 1];
    int n = snprintf(out, SIGNED_TEXT, "bima-checkpoint-1 %" PRId32 " %d %" PRId64 " %s %" PRId64, c->tenant,
                     c->stream, c->seq, crypt_hex(c->hash, CRYPT_HASH, hex), c->at);
    return (struct str){out, (size_t)n};
}

void
checkpoint_sign(const struct signer *s, struct checkpoint *c)
{
    char text[SIGNED_TEXT];
    signer_sign(s, signed_text(c, text), c->signature);
}

bool
checkpoint_valid(const unsigned char public_key[CRYPT_SIGN_PUBLIC], const struct checkpoint *c)
{
    char text[SIGNED_TEXT];
    return signature_valid(public_key, signed_text(c, text), c->signature);
}
