#ifndef RULE_NUMBERING_H
#define RULE_NUMBERING_H

#include "server/op/op.h"

enum numbering_kind { NUMBERING_POLICY, NUMBERING_RECEIPT, NUMBERING_CERTIFICATE };

struct numbered {
    struct str number;
    int64_t year, serial;
};

/* A number that was asked for. */
struct numbering {
    enum numbering_kind kind;
    struct ref branch;
    int64_t year;
    struct pg_rows rows;
};

/* The next number of a kind at `branch` (label: its code) by the tenant's pattern: asked for with what is asked
   next, then taken. Its counter stays locked until the transaction ends and is given back when it fails: so
   numbers have no gaps. Ask for it last. *ret stays where it is until it is taken. */
void numbering_ask(struct op_ctx *ctx, enum numbering_kind kind, struct ref branch, struct numbering *ret);
enum rc numbering_take(struct op_ctx *ctx, const struct numbering *asked, struct numbered *ret,
                       struct err *reterr) NODISCARD;

#endif
