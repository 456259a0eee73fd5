#include "common/crypt/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"

/* Digits and letters none of which looks like another. */
static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789";
enum { SIGNS = sizeof signs - 1, GROUPS = 4, GROUP = 4, CODE_SIGNS = GROUPS * GROUP };
_Static_assert(CODE_TEXT == CODE_SIGNS + GROUPS, "room for the dashes and the end");

void
totp_new(unsigned char secret[TOTP_SECRET])
{
    crypt_random(secret, TOTP_SECRET);
}

/* 20 bytes are 32 base32 digits, without padding. */
static struct str
base32(struct arena *a, const unsigned char secret[TOTP_SECRET])
{
    char *text = NULL;
    size_t n = 0;
    int rc = oath_base32_encode((const char *)secret, TOTP_SECRET, &text, &n);
    ASSERT(rc == OATH_OK && text);
    struct str kept = str_dup(a, (struct str){text, n});
    crypt_wipe(text, n);
    free(text);
    return kept;
}

struct str
totp_text(struct arena *a, const unsigned char secret[TOTP_SECRET])
{
    struct str digits = base32(a, secret);
    struct buf b;
    buf_init(&b, a, digits.n * 2);
    for (size_t i = 0; i < digits.n; i++) {
        if (i && i % GROUP == 0)
            buf_add_char(&b, ' ');
        buf_add_char(&b, digits.p[i]);
    }
    return buf_str(&b);
}

static void
escape(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
            c == '.' || c == '_' || c == '@')
            buf_add_char(b, c);
        else
            buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
    }
}

struct str
totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET], struct str issuer, struct str account)
{
    struct buf b;
    buf_init(&b, a, 256);
    buf_add_str(&b, STR("otpauth://totp/"));
    escape(&b, issuer);
    buf_add_char(&b, ':');
    escape(&b, account);
    buf_add_str(&b, STR("?secret="));
    buf_add_str(&b, base32(a, secret));
    return buf_str(&b);
}

enum rc
totp_code(const unsigned char secret[TOTP_SECRET], int64_t now, char out[TOTP_DIGITS + 1], struct err *reterr)
{
    int rc = oath_totp_generate((const char *)secret, TOTP_SECRET, now, TOTP_SECONDS,
                                OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, out);
    return rc == OATH_OK
               ? RC_OK
               : err_log(reterr, RC_INTERNAL, "a code could not be computed: %s", oath_strerror(rc));
}

bool
totp_matches(const unsigned char secret[TOTP_SECRET], struct str code, int64_t now, int64_t *ret_step)
{
    char typed[TOTP_DIGITS] = {0}, right[TOTP_DIGITS + 1];
    size_t n = 0;
    bool found = false;
    struct err ignored;
    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] == ' ')
            continue;
        if (n < TOTP_DIGITS)
            typed[n] = code.p[i];
        n++;
    }
    for (int64_t step = now / TOTP_SECONDS - 1; step <= now / TOTP_SECONDS + 1; step++) {
        if (totp_code(secret, step * TOTP_SECONDS, right, &ignored) != RC_OK)
            return false;
        bool same = sodium_memcmp(typed, right, TOTP_DIGITS) == 0 && n == TOTP_DIGITS;
        if (same)
            *ret_step = step;
        found = found || same;
    }
    return found;
}

void
code_new(char out[CODE_TEXT])
{
    size_t at = 0;
    for (int i = 0; i < CODE_SIGNS; i++) {
        unsigned char byte;
        do {
            crypt_random(&byte, 1);
        } while (byte >= 256 / SIGNS * SIGNS); /* every sign equally often */
        if (i > 0 && i % GROUP == 0)
            out[at++] = '-';
        out[at++] = signs[byte % SIGNS];
    }
    out[at] = '\0';
}

bool
code_hash(struct str typed, unsigned char out[CODE_HASH])
{
    _Static_assert((int)CODE_HASH == (int)CRYPT_HASH, "a code is kept as its BLAKE2b-256");
    char plain[] = "bima code ................";
    enum { HEAD = sizeof plain - 1 - CODE_SIGNS };
    size_t n = 0;
    for (size_t i = 0; i < typed.n && n <= CODE_SIGNS; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-')
            continue;
        if (n < CODE_SIGNS)
            plain[HEAD + n] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        n++;
    }
    bool whole = n == CODE_SIGNS;
    if (!whole)
        crypt_random(plain, sizeof plain);
    crypt_hash((struct str){plain, sizeof plain - 1}, out);
    crypt_wipe(plain, sizeof plain);
    return whole;
}
