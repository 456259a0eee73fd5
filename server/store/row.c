#include "server/store/row.h"

/* id and version stand before the fields */
enum { FIRST_FIELD = 2 };

static enum rc
from_int(const struct field *f, int64_t i, struct value *ret, struct err *reterr)
{
    *ret = (struct value){.type = f->type};
    switch (f->type) {
    case VT_INT:
    case VT_CHOICE:
    case VT_REF:
        ret->i = i;
        return RC_OK;
    case VT_MONEY:
        ret->money.minor = i;
        return RC_OK;
    case VT_RATE:
        ret->rate.ppm = (int32_t)i;
        return RC_OK;
    case VT_NULL:
    case VT_TEXT:
    case VT_BOOL:
    case VT_DATE:
    case VT_STAMP:
    case VT_BYTES:
        break;
    }
    return err_log(reterr, RC_INTERNAL, "field %s: a number where %s is expected", f->name,
                   value_type_name(f->type));
}

enum rc
row_convert(const struct field *f, const struct value *cell, struct value *ret, struct err *reterr)
{
    if (cell->type == VT_NULL || cell->type == f->type) {
        *ret = *cell;
        return RC_OK;
    }
    if (cell->type == VT_INT)
        return from_int(f, cell->i, ret, reterr);
    return err_log(reterr, RC_INTERNAL, "field %s: %s where %s is expected", f->name,
                   value_type_name(cell->type), value_type_name(f->type));
}

enum rc
row_values(const struct field *const *fields, size_t n, const struct pg_rows *rows, size_t row,
           struct value *ret, struct err *reterr)
{
    size_t col = FIRST_FIELD;
    for (size_t i = 0; i < n; i++) {
        ret[i] = VALUE_NULL;
        enum rc rc = row_convert(fields[i], pg_cell(rows, row, col++), &ret[i], reterr);
        if (rc != RC_OK)
            return rc;
        if (fields[i]->type != VT_REF)
            continue;
        const struct value *label = pg_cell(rows, row, col++);
        if (ret[i].type == VT_REF && label->type == VT_TEXT)
            ret[i].label = label->text;
    }
    return RC_OK;
}

enum rc
row_decode(const struct field *const *fields, size_t n, const struct pg_rows *rows, size_t row,
           void *ret_record, struct err *reterr)
{
    struct value values[64];
    ASSERT(n <= COUNTOF(values));
    enum rc rc = row_values(fields, n, rows, row, values, reterr);
    if (rc != RC_OK)
        return rc;
    struct row_head *head = ret_record;
    *head = (struct row_head){.id = row_id(rows, row), .version = row_version(rows, row)};
    for (size_t i = 0; i < n; i++)
        field_put(fields[i], ret_record, &values[i]);
    return RC_OK;
}

int64_t
row_id(const struct pg_rows *rows, size_t row)
{
    return pg_cell(rows, row, 0)->i;
}

int64_t
row_version(const struct pg_rows *rows, size_t row)
{
    return pg_cell(rows, row, 1)->i;
}
