#ifndef RULE_ACTIVATE_H
#define RULE_ACTIVATE_H

#include "server/catalog/policy.h"
#include "server/catalog/term.h"
#include "server/op/op.h"

/*
 * The only way a cover comes into force: the term's verified receipts are its total. A first activation fixes
 * the days (a start that has passed moves to today); a suspended term comes back within its days, from today
 * on. The certificate is made in the same transaction.
 *
 * Expects: vehicle, policy and term locked, the term loaded after the money was written; `asked_covers` of
 * cover_ask.
 *
 * Fails:   RC_REFUSED when it is not paid, when the vehicle is covered by another policy, when a suspended
 * term's days are over.
 */
enum rc activate_term(struct op_ctx *ctx, const struct policy *policy, struct term *term,
                      const struct pg_rows *asked_covers, struct err *reterr) NODISCARD;

/*
 * A vehicle that is insured was given another plate, as one in transit is: its certificates of covers that
 * have not run out are withdrawn, new ones name the plate. Nothing is paid for it. Each is told as a warning
 * that refers to the new one. Expects: the vehicle locked and written.
 */
enum rc activate_certify_again(struct op_ctx *ctx, int64_t vehicle, struct err *reterr) NODISCARD;

#endif
