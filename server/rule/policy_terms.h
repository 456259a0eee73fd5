#ifndef RULE_POLICY_TERMS_H
#define RULE_POLICY_TERMS_H

#include "server/catalog/policy.h"
#include "server/catalog/term.h"
#include "server/op/op.h"

/* A policy's terms in short, by their number. */
struct term_brief {
    int64_t id;
    int64_t seq;
    enum term_state state;
    date_t start, end;
    money_t total, paid;
    money_t recorded; /* receipts that wait for verification */
};
struct term_briefs {
    struct term_brief *rows;
    size_t n;
};

enum rc policy_terms(struct op_ctx *ctx, int64_t policy, struct term_briefs *ret,
                     struct err *reterr) NODISCARD;
/* The same in two: *ret is filled with what is asked next. */
void policy_terms_ask(struct op_ctx *ctx, int64_t policy, struct term_briefs *ret);
/* Asked before it is known that policy_terms will want them. */
void policy_terms_ahead(struct op_ctx *ctx, int64_t policy);

/* The term that waits for something before it can run: draft, quoted or awaiting payment; NULL when none
 * does. */
const struct term_brief *policy_open_term(const struct term_briefs *terms);
/* The term money is taken for: the first that is suspended or awaits payment; NULL when none does. */
const struct term_brief *policy_payable_term(const struct term_briefs *terms);
/* The last term that ran to its end or runs: what a renewal follows; NULL when none did. */
const struct term_brief *policy_last_run(const struct term_briefs *terms);

#endif
