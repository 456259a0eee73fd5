#ifndef VALUE_VALUE_H
#define VALUE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/value/date.h"
#include "common/value/money.h"

/* What a field can hold. Numbers stand on the wire in descriptions: never reused. */
enum value_type {
    VT_NULL = 0,
    VT_TEXT = 1,
    VT_INT = 2,
    VT_BOOL = 3,
    VT_MONEY = 4,
    VT_RATE = 5,
    VT_DATE = 6,
    VT_STAMP = 7,
    VT_CHOICE = 8, /* i: the choice's number */
    VT_REF = 9,    /* i: the record's id; label: what to show for it, may be empty */
    VT_BYTES = 10, /* text: the bytes */
};

struct value {
    enum value_type type;
    union {
        int64_t i;       /* INT, CHOICE, REF */
        bool yes;        /* BOOL */
        money_t money;   /* MONEY */
        rate_t rate;     /* RATE */
        date_t date;     /* DATE */
        stamp_t stamp;   /* STAMP */
        struct str text; /* TEXT, BYTES */
    };
    struct str label; /* REF only */
};

const char *value_type_name(enum value_type t);              /* "text", "int", "bool", "money" ... */
bool value_eq(const struct value *a, const struct value *b); /* labels do not count */

#define VALUE_NULL ((struct value){.type = VT_NULL})
#define VALUE_TEXT(s) ((struct value){.type = VT_TEXT, .text = (s)})
#define VALUE_INT(n) ((struct value){.type = VT_INT, .i = (n)})

#endif
