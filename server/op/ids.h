#ifndef OP_IDS_H
#define OP_IDS_H

#include <stddef.h>
#include <stdint.h>

enum { OP_IDS_DRAWN = 32, OP_IDS_ENTITIES = 64 };

/* Ids that were drawn and are not used yet, by the entity's number. A worker's: any company may use them. */
struct op_ids {
    struct op_id_stock {
        int64_t ids[OP_IDS_DRAWN];
        size_t n;
    } of[OP_IDS_ENTITIES];
};

#endif
