#include "common/value/value.h"

#include "common/base/attr.h"

const char *
value_type_name(enum value_type t)
{
    static const char *const names[] = {
        [VT_NULL] = "null",     [VT_TEXT] = "text", [VT_INT] = "int",     [VT_BOOL] = "bool",
        [VT_MONEY] = "money",   [VT_RATE] = "rate", [VT_DATE] = "date",   [VT_STAMP] = "stamp",
        [VT_CHOICE] = "choice", [VT_REF] = "ref",   [VT_BYTES] = "bytes",
    };
    return (size_t)t < COUNTOF(names) ? names[t] : "unknown";
}

bool
value_eq(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VT_NULL:
        return true;
    case VT_TEXT:
    case VT_BYTES:
        return str_eq(a->text, b->text);
    case VT_INT:
    case VT_CHOICE:
    case VT_REF:
        return a->i == b->i;
    case VT_BOOL:
        return a->yes == b->yes;
    case VT_MONEY:
        return a->money.minor == b->money.minor;
    case VT_RATE:
        return a->rate.ppm == b->rate.ppm;
    case VT_DATE:
        return a->date.days == b->date.days;
    case VT_STAMP:
        return a->stamp.usec == b->stamp.usec;
    }
    return false;
}
