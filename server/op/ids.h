#ifndef OP_IDS_H
#define OP_IDS_H

#include <stddef.h>
#include <stdint.h>

enum { OP_IDS_DRAWN = 32, OP_IDS_ENTITIES = 64 };

/*
 * Ids that were drawn and are not used yet, by the entity's number. A worker's: any company may use them, as long as
 * the connection they came over stands. A database that crashed forgets what it gave out and did not write down,
 * and gives it out again.
 */
struct op_ids {
    uint64_t connection; /* which it was: pg_tally */
    struct op_id_stock {
        int64_t ids[OP_IDS_DRAWN];
        size_t n;
    } of[OP_IDS_ENTITIES];
};

#endif
