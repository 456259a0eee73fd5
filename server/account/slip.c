#include "server/account/slip.h"

#include "common/base/buf.h"

#include "server/report/qr_text.h"

static struct body_file
file_of(const char *name, struct str text)
{
    return (struct body_file){str_from(name), STR("text/plain; charset=utf-8"), text};
}

enum rc
slip_login(struct op_ctx *ctx, struct str login, struct str *ret, struct err *reterr)
{
    struct pg_rows rows;
    enum rc rc = op_query(ctx, "login_domain", "select app.login_domain()", NULL, 0, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    const struct value *domain = pg_cell(&rows, 0, 0);
    *ret = str_printf(ctx->arena, "%.*s@%.*s", STR_ARG(login),
                      STR_ARG(domain->type == VT_TEXT ? domain->text : STR_NONE));
    return RC_OK;
}

enum rc
slip_token(struct op_ctx *ctx, struct str login, const char token[CODE_TEXT], stamp_t until,
           struct body_file *ret, struct err *reterr)
{
    char when[STAMP_TEXT];
    struct str code;
    enum rc rc = qr_text(ctx->arena, str_printf(ctx->arena, "%.*s %s", STR_ARG(login), token), &code, reterr);
    if (rc != RC_OK)
        return rc;
    struct str text =
        str_printf(ctx->arena,
                   "login   %.*s\n"
                   "token   %s\n"
                   "until   %s\n\n"
                   "Sign in with this login and type the token where the password is asked.\n"
                   "It works once. You then choose a password of your own.\n\n%.*s",
                   STR_ARG(login), token, stamp_local(until, ctx->who.offset_minutes, when), STR_ARG(code));
    *ret = file_of("token.txt", text);
    return RC_OK;
}

enum rc
slip_factor(struct op_ctx *ctx, struct str login, const unsigned char secret[TOTP_SECRET],
            struct body_file *ret, struct err *reterr)
{
    struct str uri = totp_uri(ctx->arena, secret, ctx->who.brand.n ? ctx->who.brand : STR("Bima"), login),
               code;
    enum rc rc = qr_text(ctx->arena, uri, &code, reterr);
    if (rc != RC_OK)
        return rc;
    struct str text =
        str_printf(ctx->arena,
                   "%.*s\n"
                   "Take this into an authenticator on your phone, or type the key:\n\n"
                   "key     %.*s\n"
                   "for     %.*s\n\n"
                   "Then confirm with the six digits it shows. Until then nothing has changed.\n\n%.*s\n",
                   STR_ARG(code), STR_ARG(totp_text(ctx->arena, secret)), STR_ARG(login), STR_ARG(uri));
    *ret = file_of("second-factor.txt", text);
    return RC_OK;
}

void
recovery_new(struct recovery *ret)
{
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        code_new(ret->codes[i]);
}

struct str
recovery_hashes(struct arena *a, const struct recovery *r)
{
    struct buf b;
    buf_init(&b, a, RECOVERY_CODES * (2 * CODE_HASH + 1) + 2);
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        unsigned char hash[CODE_HASH];
        char hex[2 * CODE_HASH + 1];
        (void)code_hash(str_from(r->codes[i]), hash);
        buf_printf(&b, "%c%s", i ? ',' : '{', crypt_hex(hash, CODE_HASH, hex));
    }
    buf_add_char(&b, '}');
    return buf_str(&b);
}

void
slip_recovery(struct op_ctx *ctx, struct str login, const struct recovery *r, struct body_file *ret)
{
    struct buf b;
    buf_init(&b, ctx->arena, 1024);
    buf_printf(&b, "Recovery codes of %.*s\n\n", STR_ARG(login));
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        buf_printf(&b, "  %2zu   %s\n", i + 1, r->codes[i]);
    buf_add_str(&b, STR("\nEach opens once, in place of the six digits, when the phone is not at\n"
                        "hand. Keep them where the phone is not. They are shown only now.\n"));
    *ret = file_of("recovery-codes.txt", buf_str(&b));
}
