#ifndef RULE_ENTRY_VEHICLE_LIST_H
#define RULE_ENTRY_VEHICLE_LIST_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"

/*
 * The vehicles of a fleet as a person writes them: "T337DSE=61,000,000; T338DSE=40m". The form stands in
 * server/catalog/policy.h. Which vehicles they are and whether the amounts are amounts is not looked at here.
 */
struct vehicle_entry {
    struct str name, sum; /* trimmed; a sum of no bytes: none was given */
};

/* Reads at most `max` entries, borrowed from `text`. Fails: RC_BAD_PARAMS naming "vehicles". */
enum rc vehicle_list_read(struct arena *a, struct str text, size_t max, struct vehicle_entry **ret,
                          size_t *ret_n, struct err *reterr) NODISCARD;

#endif
