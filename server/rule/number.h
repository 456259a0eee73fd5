#ifndef RULE_NUMBER_H
#define RULE_NUMBER_H

#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/*
 * Numbers of policies, receipts and certificates from a tenant's pattern: {prefix} {branch} {year} {year:2}
 * {seq} {seq:6}, and any other characters as they are. "{branch}/{year}/{seq:6}" -> "KK/2026/000001".
 */
struct number_parts {
    struct str prefix, branch;
    int year;
    int64_t seq;
};

enum { NUMBER_MAX = 40 };

/* Lives in `a`. Fails: RC_REFUSED naming "pattern" when the pattern is no such pattern, has no {seq}, or
   gives more than NUMBER_MAX bytes. */
enum rc number_make(struct arena *a, struct str pattern, const struct number_parts *parts, struct str *ret,
                    struct err *reterr) NODISCARD;
/* Does the pattern tell branches (years) apart? If not, all of them share one counter. */
bool number_by_branch(struct str pattern);
bool number_by_year(struct str pattern);

#endif
