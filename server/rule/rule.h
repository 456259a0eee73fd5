#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "server/op/op.h"

/*
 * What a table can't say about an entity. One const struct rule per entity that has rules, each in the file
 * of its aggregate; rule_for() finds it. Every hook may be NULL.
 */
struct rule_token {
    struct str token; /* normalised: letters a-z and digits; "=" and a mark for a number that is sealed */
    uint32_t why; /* search_token.why: 1 plate 2 phone 3 id 4 chassis 5 name 6 policy 7 receipt 8 certificate
                     9 engine */
};
enum { RULE_TOKENS_MAX = 64 };
struct rule_tokens {
    struct rule_token rows[RULE_TOKENS_MAX];
    size_t n;
};

struct rule_action {
    uint32_t number; /* of the catalog's action */
    /*
     * row      the record, locked and loaded, of the entity's struct; NULL for an action that needs none
     * args     the action's parameter struct, decoded; presence by its row_head
     * ret      comes in as the record itself; an action that makes another record changes it
     * The permission, the states it is offered in and the reason have been checked.
     */
    enum rc (*run)(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr);
    /* Actions that print: gives the file; `format` is "pdf", "text" or empty for the default. */
    enum rc (*print)(struct op_ctx *ctx, const void *row, struct str format, struct body_file *ret,
                     struct err *reterr);
    /* Asks ahead, behind the locks of record `id`, what `run` will want; NULL: nothing. */
    void (*ahead)(struct op_ctx *ctx, int64_t id);
};

struct rule {
    uint32_t entity;
    /*
     * Before a record is added (old NULL) or changed by hand, and by `check`, which saves nothing: normalise,
     * derive, validate. Required fields and types have been checked. Findings go to op_issue; an error is for
     * what can't go on. Must not write. On check, required fields may still be missing: look before use.
     */
    enum rc (*prepare)(struct op_ctx *ctx, void *row, const void *old, struct err *reterr);
    /* Just before the row is inserted (old NULL) or updated, inside the transaction and not on check: what
       must lock or count, such as a gap-free number. */
    enum rc (*before)(struct op_ctx *ctx, void *row, const void *old, struct err *reterr);
    /* After it was written, in the same transaction: what follows from it. `row` is what was stored. */
    enum rc (*after)(struct op_ctx *ctx, const void *row, const void *old, struct err *reterr);
    /* Which words the record is found by. References carry labels only after a load. */
    void (*tokens)(struct op_ctx *ctx, const void *row, struct rule_tokens *ret);
    const struct rule_action *actions;
    size_t nactions;
};

/* NULL when it has none. The table (server/rule/registry.c) also names user_rule and user_key_rule of
   server/account/account.h. */
const struct rule *rule_for(uint32_t entity);

#endif
