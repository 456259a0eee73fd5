#include <stdio.h>
#include <string.h>

#include "server/account/account.h"
#include "server/account/user_check.h"
#include "server/catalog/user_key.h"

/* The kinds of key that may open the door: what is still considered strong. */
static const char *const kinds[] = {
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
};
/* bytes; blobs of RSA keys below about 2048 bits are shorter */
enum { RSA_LEAST = 256 + 20 };

char *
account_fingerprint(struct str blob, char out[ACCOUNT_FINGERPRINT])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char hash[CRYPT_HASH + 1] = {0};
    crypt_sha256(blob, hash);
    size_t n = (size_t)snprintf(out, ACCOUNT_FINGERPRINT, "SHA256:");
    /* base64 without padding: 32 bytes give 43 digits */
    for (size_t bit = 0; bit < (size_t)CRYPT_HASH * 8; bit += 6) {
        unsigned pair = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        out[n++] = digits[pair >> (10 - bit % 8) & 63];
    }
    out[n] = '\0';
    return out;
}

static bool
known_kind(struct str kind)
{
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        if (str_eq_c(kind, kinds[i]))
            return true;
    return false;
}

/* The kind is written inside the blob once more: the two must agree. */
static bool
blob_is_of(struct str blob, struct str kind)
{
    if (blob.n < 4 + kind.n)
        return false;
    const unsigned char *p = (const unsigned char *)blob.p;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n != kind.n || memcmp(blob.p + 4, kind.p, kind.n) != 0)
        return false;
    return !str_eq_c(kind, "ssh-rsa") || blob.n >= RSA_LEAST;
}

static enum rc
parse(struct op_ctx *ctx, struct user_key *k, struct str *ret_comment, struct err *reterr)
{
    struct str rest = str_trim(k->public_key), blob;
    struct str kind = str_split(&rest, ' ');
    rest = str_trim(rest);
    struct str text = str_split(&rest, ' ');
    *ret_comment = str_trim(rest);
    if (!known_kind(kind))
        return err_set(reterr, RC_BAD_PARAMS, "public_key",
                       "a public key is one line of a .pub file: ssh-ed25519 AAAA... comment");
    struct err ignored;
    if (crypt_unbase64(ctx->arena, text, false, &blob, &ignored) != RC_OK || !blob_is_of(blob, kind))
        return err_set(reterr, RC_BAD_PARAMS, "public_key",
                       "the key is damaged or too weak: copy the whole .pub line");
    char fingerprint[ACCOUNT_FINGERPRINT];
    account_fingerprint(blob, fingerprint);
    ROW_SET(k, USER_KEY_PUBLIC_KEY, public_key,
            str_printf(ctx->arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(text)));
    ROW_SET(k, USER_KEY_FINGERPRINT, fingerprint, str_dup(ctx->arena, str_from(fingerprint)));
    return RC_OK;
}

/* Whose key it is: one's own when nobody is named; somebody else's only for who looks after users. */
static enum rc
check_owner(struct op_ctx *ctx, struct user_key *k, struct err *reterr)
{
    if (!row_has(&k->row, USER_KEY_USER))
        ROW_SET(k, USER_KEY_USER, user, ((struct ref){.id = ctx->who.user}));
    if (k->user.id == ctx->who.user)
        return RC_OK;
    if (ctx->who.rights.limited || !rights_cover(ctx->who.rights.words, STR("user_key.add")))
        return err_set(reterr, RC_FORBIDDEN, "user", "you can add keys for yourself only");
    return user_check_rank(ctx, k->user.id, 0, "user", reterr);
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct user_key *k = row;
    struct str comment = STR_NONE;
    enum rc owner = check_owner(ctx, k, reterr);
    if (owner != RC_OK)
        return owner;
    if (!old && row_has(&k->row, USER_KEY_PUBLIC_KEY)) {
        enum rc rc = parse(ctx, k, &comment, reterr);
        if (rc != RC_OK)
            return rc;
    }
    if (!row_has(&k->row, USER_KEY_NAME))
        ROW_SET(k, USER_KEY_NAME, name, comment.n ? comment : STR("key"));
    return RC_OK;
}

const struct rule user_key_rule = {.entity = ENTITY_USER_KEY, .prepare = prepare};
