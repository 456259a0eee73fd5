#ifndef RULE_COVER_LIFE_H
#define RULE_COVER_LIFE_H

#include "server/catalog/policy.h"
#include "server/catalog/term.h"
#include "server/op/op.h"
#include "server/rule/term_dates.h"

/*
 * A term's cover: made with the term, in force while the term is paid for, taken out of force or cut short
 * when it is not. Here and in activate.c is all that changes a cover or a certificate.
 */

/* Is the vehicle free of other policies' cover in these days? Fails: RC_REFUSED naming "vehicle", the policy
   that covers it and its last day, with a reference to it. Lock the vehicle first. */
enum rc cover_check_free(struct op_ctx *ctx, int64_t vehicle, struct term_dates days, int64_t but_policy,
                         struct err *reterr) NODISCARD;

/* The cover of a new term, not in force. */
enum rc cover_plan(struct op_ctx *ctx, const struct policy *policy, const struct term *term,
                   struct err *reterr) NODISCARD;
/* Follows a term whose days moved before it was active. */
enum rc cover_replan(struct op_ctx *ctx, const struct term *term, struct err *reterr) NODISCARD;
/* In force for the days given; *ret_cover is its id. */
enum rc cover_start(struct op_ctx *ctx, const struct term *term, struct term_dates days, int64_t *ret_cover,
                    struct err *reterr) NODISCARD;

enum cover_end {
    COVER_SUSPEND, /* out of force at once */
    COVER_CUT,     /* its last day is today; one that has not begun goes out of force */
};
/* Ends the term's cover and withdraws its certificates. */
enum rc cover_end(struct op_ctx *ctx, const struct term *term, enum cover_end how,
                  struct err *reterr) NODISCARD;

#endif
