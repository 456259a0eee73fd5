#ifndef RULE_COVER_LIFE_H
#define RULE_COVER_LIFE_H

#include "server/catalog/cover.h"
#include "server/catalog/term.h"
#include "server/op/op.h"
#include "server/rule/term_dates.h"

/*
 * A term's covers, one for each vehicle: made with the term, in force while the term is paid for, taken out
 * of force or cut short when it is not. Here and in activate.c is all that changes a cover or a certificate.
 */

/* Vehicles whose days are asked about: ids as text, "1,2,3". A fleet's are named in errors. */
struct cover_of {
    struct str vehicles;
    bool fleet;
};

/* Are the vehicles free of other policies' cover in these days? Asked with what is asked next, which fails then:
   RC_REFUSED naming "vehicle" or, of a fleet, "vehicles" and which, the policy that covers it and its last day,
   with a reference to it. Lock the vehicles first. */
void cover_check_free(struct op_ctx *ctx, const struct cover_of *of, struct term_dates days,
                      int64_t but_policy);

/* The cover of a vehicle in a new term, not in force. */
enum rc cover_plan(struct op_ctx *ctx, const struct term *term, struct ref vehicle,
                   struct err *reterr) NODISCARD;

/* Of a term, locked, in the order of its lines. */
struct covers {
    struct cover *rows;
    size_t n;
};
enum rc cover_load(struct op_ctx *ctx, const struct term *term, struct covers *ret,
                   struct err *reterr) NODISCARD;
/* The same in two: asked with what is asked next, *asked then names them. */
void cover_ask(struct op_ctx *ctx, const struct term *term, struct pg_rows *asked);
enum rc cover_take(struct op_ctx *ctx, const struct term *term, const struct pg_rows *asked, struct covers *ret,
                   struct err *reterr) NODISCARD;
/* They follow a term whose days moved before it was active. */
enum rc cover_replan(struct op_ctx *ctx, const struct term *term, struct err *reterr) NODISCARD;
/* In force for the days given. */
enum rc cover_start(struct op_ctx *ctx, struct cover *cover, struct term_dates days,
                    struct err *reterr) NODISCARD;

enum cover_end {
    COVER_SUSPEND, /* out of force at once */
    COVER_CUT,     /* its last day is today; one that has not begun goes out of force */
};
/* Ends the term's covers and withdraws its certificates. */
enum rc cover_end(struct op_ctx *ctx, const struct term *term, enum cover_end how,
                  struct err *reterr) NODISCARD;

#endif
