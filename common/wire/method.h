#ifndef WIRE_METHOD_H
#define WIRE_METHOD_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/wire/params.h"

/* The methods of the protocol. Numbers are never reused. */
enum method {
    METHOD_DESCRIBE = 1, /* hash? -> schema, or NOT_MODIFIED */
    METHOD_ME = 2,       /* -> me */
    METHOD_HOME = 3,     /* -> home */
    METHOD_FIND = 4,     /* text, limit? -> hits */
    METHOD_LIST = 5,     /* entity, view?, filters?, sort?, desc?, columns?, limit?, cursor? or from?, back?,
                            total?,     sums? -> page */
    METHOD_GET = 6,      /* entity, id|key -> record */
    METHOD_CHECK = 7,    /* entity, id?, fields -> issues; saves nothing */
    METHOD_ADD = 8,      /* entity, fields, reason? -> record, issues */
    METHOD_SET = 9,      /* entity, id|key, version, fields, reason? -> record, issues */
    METHOD_ACT = 10,     /* entity, action, id|key?, version?, fields?, reason? -> record, issues */
    METHOD_HISTORY = 11, /* entity, id|key, limit?, cursor? -> events */
    METHOD_AS_OF = 12,   /* entity, id|key, at -> record */
    METHOD_PRINT = 13,   /* entity, id|key, format -> file */
    METHOD_BATCH = 14,   /* steps (add, set, act) -> results, all or nothing */
    METHOD_STATUS = 15,  /* -> status of the service as this user may see it (version, today, latency) */
    METHOD_TRIAL = 16,  /* steps as of a batch -> the results they would have; all undone, nothing is saved */
    METHOD_SUBSCRIBE = 18, /* -> home, and from then on events about it until the request is cancelled */
    METHOD_EXPORT = 19, /* entity, format, and as list: view?, filters?, … cursor? -> file (a piece), page
                           (next, rows so far) */
};

enum method_flag {
    METHOD_WRITES = 1, /* must carry an idempotency key */
    METHOD_BULK = 2,   /* goes to the bulk workers */
};

struct method_info {
    enum method number;
    const char *name;
    unsigned flags;
    uint32_t takes; /* bits (1 << PARAM_…) */
    uint32_t needs; /* subset of takes; ID stands for "id or key" */
    const char *help;
};

const struct method_info *method_by_number(uint64_t number); /* NULL when unknown */
const struct method_info *method_by_name(struct str name);
const struct method_info *method_table(size_t *ret_count);

/* Checks what a request must and may carry. Fails: RC_BAD_PARAMS naming the part. */
enum rc method_check_params(const struct method_info *m, const struct params *p,
                            struct err *reterr) NODISCARD;

#endif
