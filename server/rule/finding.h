#ifndef RULE_FINDING_H
#define RULE_FINDING_H

#include "server/op/op.h"

/* What the rules share: asking the database, and telling what was found. */

#define VALUE_DATE(d) ((struct value){.type = VT_DATE, .date = (d)})

/* The tenant as the first parameter of every statement: its plan must not depend on who asked first. */
static inline struct value
tenant_value(const struct op_ctx *ctx)
{
    return VALUE_INT(ctx->who.tenant);
}

/* A field that can't be as it is: kept as an issue, so that one check tells all of them. Other failures (the
   database …) are passed on. */
enum rc finding_refuse(struct op_ctx *ctx, enum rc rc, const struct err *found, struct err *reterr) NODISCARD;

/*
 * Records that look like the one entered: `sql` gives id and label per row. When there are any, adds an issue
 * of `level` on `field` with `text`, and refers to them. It is asked with what is asked next.
 */
struct finding_like {
    enum issue_level level;
    uint32_t entity;
    const char *field, *text;
    const char *sql;
};
void finding_alike(struct op_ctx *ctx, const struct finding_like *like, const struct value *params,
                   size_t nparams);

/* An amount as people read it, in the arena. */
const char *finding_money(struct op_ctx *ctx, money_t amount);
const char *finding_day(struct op_ctx *ctx, date_t day);

#endif
