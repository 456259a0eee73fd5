#ifndef RULE_NUMBERING_H
#define RULE_NUMBERING_H

#include "server/op/op.h"

enum numbering_kind { NUMBERING_POLICY, NUMBERING_RECEIPT, NUMBERING_CERTIFICATE };

struct numbered {
    struct str number;
    int64_t year, serial;
};

/* The next number of a kind at `branch` (label: its code) by the tenant's pattern. Its counter stays locked
   until the transaction ends and is given back when it fails: so numbers have no gaps. Take it last. */
enum rc numbering_next(struct op_ctx *ctx, enum numbering_kind kind, struct ref branch, struct numbered *ret,
                       struct err *reterr) NODISCARD;

#endif
