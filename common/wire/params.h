#ifndef WIRE_PARAMS_H
#define WIRE_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/value/value.h"

/*
 * What a request says. One struct for every method: each method (method.h) names the parts it takes.
 * On the wire a map with the keys below; in the JSON twin an object with the names beside them.
 */
enum param_key {
    PARAM_ENTITY = 1,  /* "entity": number or name */
    PARAM_ID = 2,      /* "id" */
    PARAM_KEY = 3,     /* "key": what a person calls the record (plate, policy number …) instead of an id */
    PARAM_ACTION = 4,  /* "action": number or name */
    PARAM_FIELDS = 5,  /* "fields": {tag or name: value} */
    PARAM_FILTERS = 6, /* "filters": [[tag or name, op, value], …]; JSON also {"name": value} for equality */
    PARAM_SORT = 7,    /* "sort": tag or name */
    PARAM_DESC = 8,    /* "desc": bool */
    PARAM_LIMIT = 9,   /* "limit" */
    PARAM_CURSOR = 10,  /* "cursor": bytes from the page before */
    PARAM_TEXT = 11,    /* "text": what to find */
    PARAM_AT = 12,      /* "at": stamp, for as-of */
    PARAM_REASON = 13,  /* "reason": why; confirms soft duplicates; kept in history */
    PARAM_VIEW = 14,    /* "view": number or name of a list view */
    PARAM_STEPS = 15,   /* "steps": [[method, params], …] for batch */
    PARAM_VERSION = 16, /* "version": if_match of an update */
    PARAM_HASH = 17,    /* "hash": of the schema, or of the list's page, the client has */
    PARAM_FORMAT = 18,  /* "format": document format, "pdf" or "text" */
    PARAM_TOTAL = 19,   /* "total": bool, count the rows of a list (capped) */
    PARAM_COLUMNS = 23, /* "columns": [tag or name, …]: these instead of the view's */
    PARAM_FROM = 25,    /* "from": a value of the sort field; the page begins there */
    PARAM_BACK = 26,    /* "back": bool, the page that ends before the cursor; without one the last page */
    PARAM_SUMS = 27,    /* "sums": bool, count all rows and add up the amounts among the columns */
    PARAM_BARE = 28,    /* "bare": bool, references in the rows as their labels alone */
    PARAM_END           /* one past the last; numbers between may be nobody's */
};

/* A number or a name: wire clients send numbers, people and scripts names. */
struct name_or_number {
    struct str name; /* n == 0: use number */
    uint32_t number;
};

/*
 * A field with a value as it came: NULL, TEXT, INT, BOOL or BYTES. The server turns it into the field's own
 * type: an INT is taken as is (minor units, ppm, days, microseconds, choice number, id), a TEXT is read as a
 * person would write it. A reference may also be a record's human key, or "$K" in a batch: the id of the
 * record that step K (from 0) of the same batch returned.
 */
struct param_field {
    struct name_or_number field;
    struct value value;
};

enum filter_op {
    FILTER_EQ = 0,
    FILTER_NE = 1,
    FILTER_LT = 2,
    FILTER_LE = 3,
    FILTER_GT = 4,
    FILTER_GE = 5,
    FILTER_PREFIX = 6
};

struct param_filter {
    struct name_or_number field;
    enum filter_op op;
    struct value value;
};

struct params {
    uint32_t present; /* bit (1 << key) for each key that was sent */
    struct name_or_number entity, action, sort, view;
    int64_t id;
    struct str key, cursor, text, reason, hash, format;
    stamp_t at;
    int64_t limit, version;
    bool desc, total;
    struct param_field *fields;
    size_t nfields;
    struct param_filter *filters;
    size_t nfilters;
    struct param_step *steps;
    size_t nsteps;
    struct name_or_number *columns;
    size_t ncolumns;
    struct value from; /* as it came, like a field's */
    bool back, sums, bare;
};

struct param_step {
    struct name_or_number method;
    struct params params;
};

static inline bool
params_has(const struct params *p, enum param_key k)
{
    return (p->present >> k) & 1u;
}

/* The wire names of keys and operators, for the twin and the protocol page. NULL / -1 when unknown or
 * nobody's. */
const char *param_key_name(enum param_key k);
int param_key_by_name(struct str name);
const char *filter_op_name(enum filter_op op); /* "=", "!=", "<", "<=", ">", ">=", "~" */
int filter_op_by_name(struct str name);

struct buf;
struct rbuf;
void params_encode(struct buf *b, const struct params *p);
/* Fails: RC_BAD_PARAMS naming the part, RC_BAD_FRAME, RC_TOO_LARGE over a limit. Texts are borrowed from r.
 */
enum rc params_decode(struct arena *a, struct rbuf *r, struct params *ret, struct err *reterr) NODISCARD;

#endif
