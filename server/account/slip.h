#ifndef ACCOUNT_SLIP_H
#define ACCOUNT_SLIP_H

#include "common/crypt/totp.h"
#include "server/op/op.h"

/* What is told once, as a text to print or to show: one-time tokens, authenticators, recovery codes. Texts
   are plain UTF-8 of at most 78 columns, in ctx->arena. */

/* The login as it is typed, with the company's domain. Fails: as op_query. */
enum rc slip_login(struct op_ctx *ctx, struct str login, struct str *ret, struct err *reterr) NODISCARD;

/* `login` with its domain. Fail: RC_TOO_LARGE. */
enum rc slip_token(struct op_ctx *ctx, struct str login, const char token[CODE_TEXT], stamp_t until,
                   struct body_file *ret, struct err *reterr) NODISCARD;
enum rc slip_factor(struct op_ctx *ctx, struct str login, const unsigned char secret[TOTP_SECRET],
                    struct body_file *ret, struct err *reterr) NODISCARD;

/* Recovery codes: made, told once, kept as their hashes. */
enum { RECOVERY_CODES = 10 };
struct recovery {
    char codes[RECOVERY_CODES][CODE_TEXT];
};
void recovery_new(struct recovery *ret);
/* {hex,hex,…}: as an array of the database. */
struct str recovery_hashes(struct arena *a, const struct recovery *r);
void slip_recovery(struct op_ctx *ctx, struct str login, const struct recovery *r, struct body_file *ret);

#endif
