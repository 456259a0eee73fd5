#include "common/crypt/seal.h"

#include <sodium.h>

#include "common/base/arena.h"

enum { VERSION = 1, NONCE_AT = 5, BOUND = 5 + 1 + 4 + 4 + 8 };

_Static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "size of a key");
_Static_assert(SEAL_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "size of a nonce");
_Static_assert(SEAL_HEAD == NONCE_AT + SEAL_NONCE, "size of the head");
_Static_assert(SEAL_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "size of the authentication");

static void
put_big(unsigned char *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(v >> (8 * (n - 1 - i)));
}

/* `head` is the first five bytes of what is sealed. */
static void
bind(unsigned char out[BOUND], const unsigned char *head, const struct seal_about *about)
{
    memcpy(out, head, NONCE_AT);
    out[5] = (unsigned char)about->purpose;
    put_big(out + 6, (uint32_t)about->tenant, 4);
    put_big(out + 10, about->entity, 4);
    put_big(out + 14, (uint64_t)about->record, 8);
}

struct str
seal_close_with(struct arena *a, const unsigned char key[SEAL_KEY], uint32_t generation,
                const struct seal_about *about, const unsigned char nonce[SEAL_NONCE], struct str plain)
{
    unsigned char *out = arena_alloc(a, plain.n + SEAL_OVERHEAD), bound[BOUND];
    out[0] = VERSION;
    put_big(out + 1, generation, 4);
    memcpy(out + NONCE_AT, nonce, SEAL_NONCE);
    bind(bound, out, about);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_HEAD, NULL, (const unsigned char *)plain.p, plain.n,
                                               bound, BOUND, NULL, nonce, key);
    return (struct str){(const char *)out, plain.n + SEAL_OVERHEAD};
}

struct str
seal_close(struct arena *a, const unsigned char key[SEAL_KEY], uint32_t generation,
           const struct seal_about *about, struct str plain)
{
    unsigned char nonce[SEAL_NONCE];
    crypt_random(nonce, sizeof nonce);
    return seal_close_with(a, key, generation, about, nonce, plain);
}

bool
seal_generation(struct str sealed, uint32_t *ret)
{
    const unsigned char *p = (const unsigned char *)sealed.p;
    if (sealed.n < SEAL_OVERHEAD || p[0] != VERSION)
        return false;
    *ret = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    return true;
}

bool
seal_open_into(const unsigned char key[SEAL_KEY], const struct seal_about *about, struct str sealed,
               unsigned char *out, size_t cap, size_t *ret_n)
{
    const unsigned char *p = (const unsigned char *)sealed.p;
    unsigned char bound[BOUND];
    if (sealed.n < SEAL_OVERHEAD || p[0] != VERSION || sealed.n - SEAL_OVERHEAD > cap)
        return false;
    bind(bound, p, about);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, p + SEAL_HEAD, sealed.n - SEAL_HEAD,
                                                   bound, BOUND, p + NONCE_AT, key) != 0)
        return false;
    *ret_n = sealed.n - SEAL_OVERHEAD;
    return true;
}

bool
seal_open(struct arena *a, const unsigned char key[SEAL_KEY], const struct seal_about *about,
          struct str sealed, struct str *ret)
{
    size_t cap = sealed.n > SEAL_OVERHEAD ? sealed.n - SEAL_OVERHEAD : 0, n;
    unsigned char *out = arena_alloc(a, cap + 1);
    if (!seal_open_into(key, about, sealed, out, cap, &n))
        return false;
    *ret = (struct str){(const char *)out, n};
    return true;
}

char *
seal_blind(const unsigned char key[SEAL_KEY], const char *what, struct str text, char out[SEAL_BLIND + 1])
{
    crypto_generichash_state state;
    unsigned char mark[SEAL_BLIND / 2];
    crypto_generichash_init(&state, key, SEAL_KEY, sizeof mark);
    /* the NUL ends what it is of */
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, (const unsigned char *)text.p, text.n);
    crypto_generichash_final(&state, mark, sizeof mark);
    sodium_memzero(&state, sizeof state);
    return crypt_hex(mark, sizeof mark, out);
}

void
seal_derive(const unsigned char key[SEAL_KEY], const char *what, int64_t n, unsigned char out[SEAL_KEY])
{
    crypto_generichash_state state;
    unsigned char number[8];
    put_big(number, (uint64_t)n, sizeof number);
    crypto_generichash_init(&state, key, SEAL_KEY, SEAL_KEY);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, number, sizeof number);
    crypto_generichash_final(&state, out, SEAL_KEY);
    sodium_memzero(&state, sizeof state);
}

char *
seal_key_name(const unsigned char key[SEAL_KEY], char out[SEAL_KEY_NAME + 1])
{
    static const char what[] = "bima key name";
    unsigned char name[crypto_generichash_BYTES_MIN];
    crypto_generichash(name, sizeof name, (const unsigned char *)what, sizeof what, key, SEAL_KEY);
    return crypt_hex(name, SEAL_KEY_NAME / 2, out);
}
