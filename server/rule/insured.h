#ifndef RULE_INSURED_H
#define RULE_INSURED_H

#include "server/catalog/policy.h"
#include "server/catalog/term.h"
#include "server/catalog/vehicle.h"
#include "server/op/op.h"
#include "server/rule/premium.h"
#include "server/rule/term_dates.h"

/*
 * What a term insures: one vehicle, or those of a fleet, each with its own sum and price. Used in this order:
 * the vehicles are found (one of insured_…), locked and looked at, then priced, and written after their term.
 */
struct insured {
    struct ref vehicle; /* label: its plate or chassis number */
    money_t sum_insured;
    struct vehicle record; /* from insured_lock on */
    int64_t rate;          /* from insured_price on */
    struct due due;
};
struct insured_set {
    struct insured *rows;
    size_t n;
    bool fleet;  /* errors name the vehicle and the field "vehicles" instead of "vehicle" */
    money_t sum; /* of all, from insured_price on, as are the next two */
    struct due due;
    int64_t only_rate; /* of one vehicle; 0: of a fleet, whose lines have theirs */
};

struct insured_set insured_one(struct op_ctx *ctx, struct ref vehicle, money_t sum_insured);

/*
 * The vehicles a person named (server/catalog/policy.h). Those that name no sum have that of `known` when
 * they are in it (NULL: none is), else `sum_insured`. Fails: RC_BAD_PARAMS, RC_NOT_FOUND naming "vehicles".
 */
enum rc insured_named(struct op_ctx *ctx, struct str text, money_t sum_insured,
                      const struct insured_set *known, struct insured_set *ret, struct err *reterr) NODISCARD;

/* Those of a term: of its policy's vehicle, or of its lines. */
enum rc insured_of_term(struct op_ctx *ctx, const struct policy *policy, int64_t term, money_t sum_insured,
                        struct insured_set *ret, struct err *reterr) NODISCARD;

/* Locks the vehicles in the order of their ids and loads them. Fails: RC_REFUSED for a deregistered one. */
enum rc insured_lock(struct op_ctx *ctx, struct insured_set *set, struct err *reterr) NODISCARD;
/* The vehicle of a policy over one, before it is known what for. */
void insured_lock_ahead(struct op_ctx *ctx, const struct policy *policy);

/* Is each free of other policies' cover in these days? As cover_check_free. */
void insured_check_free(struct op_ctx *ctx, const struct insured_set *set, struct term_dates days,
                        int64_t but_policy);

/* Prices each by the rate book as it holds on the first day. Fails: as pricing_find, naming the vehicle of a
   fleet; RC_REFUSED when all together are too much. */
enum rc insured_price(struct op_ctx *ctx, struct insured_set *set, int64_t product, date_t start, int months,
                      struct err *reterr) NODISCARD;

/* The lines of a fleet's term, numbered from `first` on; nothing for one vehicle. */
enum rc insured_write_lines(struct op_ctx *ctx, const struct insured_set *set, const struct term *term,
                            int64_t first, struct err *reterr) NODISCARD;

bool insured_has(const struct insured_set *set, int64_t vehicle);
/* Adds what a term costs to the sums of a priced set. Fails: RC_REFUSED when it is too much. */
enum rc insured_add_term(const struct term *term, struct insured_set *set, struct err *reterr) NODISCARD;

/* The ids as text, "1,2,3", for string_to_array. */
struct str insured_ids(struct op_ctx *ctx, const struct insured_set *set);

#endif
