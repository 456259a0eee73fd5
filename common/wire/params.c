#include "common/wire/params.h"

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/wire/body.h"
#include "common/wire/cbor.h"

static const char *const key_names[] = {
    [PARAM_ENTITY] = "entity",   [PARAM_ID] = "id",           [PARAM_KEY] = "key",
    [PARAM_ACTION] = "action",   [PARAM_FIELDS] = "fields",   [PARAM_FILTERS] = "filters",
    [PARAM_SORT] = "sort",       [PARAM_DESC] = "desc",       [PARAM_LIMIT] = "limit",
    [PARAM_CURSOR] = "cursor",   [PARAM_TEXT] = "text",       [PARAM_AT] = "at",
    [PARAM_REASON] = "reason",   [PARAM_VIEW] = "view",       [PARAM_STEPS] = "steps",
    [PARAM_VERSION] = "version", [PARAM_HASH] = "hash",       [PARAM_FORMAT] = "format",
    [PARAM_TOTAL] = "total",     [PARAM_COLUMNS] = "columns", [PARAM_FROM] = "from",
    [PARAM_BACK] = "back",       [PARAM_SUMS] = "sums",       [PARAM_BARE] = "bare",
};

static const char *const op_names[] = {
    [FILTER_EQ] = "=", [FILTER_NE] = "!=", [FILTER_LT] = "<",     [FILTER_LE] = "<=",
    [FILTER_GT] = ">", [FILTER_GE] = ">=", [FILTER_PREFIX] = "~",
};

const char *
param_key_name(enum param_key k)
{
    return (size_t)k < COUNTOF(key_names) ? key_names[k] : NULL;
}

int
param_key_by_name(struct str name)
{
    for (size_t i = PARAM_ENTITY; i < COUNTOF(key_names); i++) {
        if (key_names[i] && str_eq_c(name, key_names[i]))
            return (int)i;
    }
    return -1;
}

const char *
filter_op_name(enum filter_op op)
{
    return (size_t)op < COUNTOF(op_names) ? op_names[op] : NULL;
}

int
filter_op_by_name(struct str name)
{
    for (size_t i = 0; i < COUNTOF(op_names); i++) {
        if (str_eq_c(name, op_names[i]))
            return (int)i;
    }
    return -1;
}

static void
name_encode(struct buf *b, const struct name_or_number *n)
{
    if (n->name.n)
        wbuf_text(b, n->name);
    else
        wbuf_uint(b, n->number);
}

/* A reference goes out as its id alone: the receiver knows the label. */
static void
loose_encode(struct buf *b, const struct value *v)
{
    if (v->type == VT_REF)
        wbuf_int(b, v->i);
    else
        value_encode(b, v);
}

static void
fields_encode(struct buf *b, const struct params *p)
{
    wbuf_map(b, p->nfields);
    for (size_t i = 0; i < p->nfields; i++) {
        name_encode(b, &p->fields[i].field);
        loose_encode(b, &p->fields[i].value);
    }
}

static void
filters_encode(struct buf *b, const struct params *p)
{
    wbuf_array(b, p->nfilters);
    for (size_t i = 0; i < p->nfilters; i++) {
        wbuf_array(b, 3);
        name_encode(b, &p->filters[i].field);
        wbuf_uint(b, p->filters[i].op);
        loose_encode(b, &p->filters[i].value);
    }
}

static void
steps_encode(struct buf *b, const struct params *p)
{
    wbuf_array(b, p->nsteps);
    for (size_t i = 0; i < p->nsteps; i++) {
        wbuf_array(b, 2);
        name_encode(b, &p->steps[i].method);
        params_encode(b, &p->steps[i].params);
    }
}

static void
columns_encode(struct buf *b, const struct params *p)
{
    wbuf_array(b, p->ncolumns);
    for (size_t i = 0; i < p->ncolumns; i++)
        name_encode(b, &p->columns[i]);
}

static struct str
text_of(const struct params *p, enum param_key key)
{
    return key == PARAM_KEY      ? p->key
           : key == PARAM_TEXT   ? p->text
           : key == PARAM_REASON ? p->reason
           : key == PARAM_HASH   ? p->hash
                                 : p->format;
}

static void
part_encode(struct buf *b, const struct params *p, enum param_key key)
{
    switch (key) {
    case PARAM_ENTITY:
        name_encode(b, &p->entity);
        break;
    case PARAM_ID:
        wbuf_int(b, p->id);
        break;
    case PARAM_KEY:
    case PARAM_TEXT:
    case PARAM_REASON:
    case PARAM_HASH:
    case PARAM_FORMAT:
        wbuf_text(b, text_of(p, key));
        break;
    case PARAM_ACTION:
        name_encode(b, &p->action);
        break;
    case PARAM_FIELDS:
        fields_encode(b, p);
        break;
    case PARAM_FILTERS:
        filters_encode(b, p);
        break;
    case PARAM_SORT:
        name_encode(b, &p->sort);
        break;
    case PARAM_DESC:
        wbuf_bool(b, p->desc);
        break;
    case PARAM_LIMIT:
        wbuf_int(b, p->limit);
        break;
    case PARAM_CURSOR:
        wbuf_bytes(b, p->cursor);
        break;
    case PARAM_AT:
        wbuf_int(b, p->at.usec);
        break;
    case PARAM_VIEW:
        name_encode(b, &p->view);
        break;
    case PARAM_STEPS:
        steps_encode(b, p);
        break;
    case PARAM_VERSION:
        wbuf_int(b, p->version);
        break;
    case PARAM_TOTAL:
        wbuf_bool(b, p->total);
        break;
    case PARAM_COLUMNS:
        columns_encode(b, p);
        break;
    case PARAM_FROM:
        loose_encode(b, &p->from);
        break;
    case PARAM_BACK:
        wbuf_bool(b, p->back);
        break;
    case PARAM_SUMS:
        wbuf_bool(b, p->sums);
        break;
    case PARAM_BARE:
        wbuf_bool(b, p->bare);
        break;
    case PARAM_END:
        break;
    }
}

void
params_encode(struct buf *b, const struct params *p)
{
    size_t pairs = 0;
    for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++)
        pairs += params_has(p, (enum param_key)key);
    wbuf_map(b, pairs);
    for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++) {
        if (!params_has(p, (enum param_key)key))
            continue;
        wbuf_uint(b, key);
        part_encode(b, p, (enum param_key)key);
    }
}

/* Where the decoder is: every error names the part. */
struct reading {
    struct arena *a;
    struct rbuf *r;
    const char *part;
    struct err *reterr;
    bool in_step;
};

static enum rc
bad_frame(const struct reading *d)
{
    return err_set(d->reterr, RC_BAD_FRAME, NULL, "the message is not well formed");
}

static enum rc
want(const struct reading *d, bool good, const char *expected)
{
    enum cbor_kind kind = rbuf_peek(d->r);
    if (kind == CBOR_BAD || kind == CBOR_END)
        return bad_frame(d);
    if (!good)
        return err_set(d->reterr, RC_BAD_PARAMS, d->part, "\"%s\" must be %s", d->part, expected);
    return RC_OK;
}

static enum rc
read_name(const struct reading *d, struct name_or_number *ret)
{
    struct rbuf *r = d->r;
    enum cbor_kind kind = rbuf_peek(r);
    enum rc rc = want(d, kind == CBOR_UINT || kind == CBOR_TEXT, "a number or a name");
    if (rc)
        return rc;
    struct name_or_number n = {0};
    uint64_t number = 0;
    if (kind == CBOR_TEXT)
        n.name = rbuf_text(r);
    else
        number = rbuf_uint(r);
    if (r->bad)
        return bad_frame(d);
    if (number > UINT32_MAX || (kind == CBOR_TEXT && n.name.n == 0))
        return err_set(d->reterr, RC_BAD_PARAMS, d->part, "\"%s\" must be a number or a name", d->part);
    n.number = (uint32_t)number;
    *ret = n;
    return RC_OK;
}

static enum rc
read_int(const struct reading *d, int64_t least, int64_t *ret)
{
    enum cbor_kind kind = rbuf_peek(d->r);
    enum rc rc = want(d, kind == CBOR_UINT || kind == CBOR_NINT, "a whole number");
    if (rc)
        return rc;
    int64_t n = rbuf_int(d->r);
    if (d->r->bad)
        return bad_frame(d);
    if (n < least)
        return err_set(d->reterr, RC_BAD_PARAMS, d->part, "\"%s\" must be %lld or more", d->part,
                       (long long)least);
    *ret = n;
    return RC_OK;
}

static enum rc
read_run(const struct reading *d, enum cbor_kind kind, struct str *ret)
{
    enum rc rc = want(d, rbuf_peek(d->r) == kind, kind == CBOR_TEXT ? "text" : "bytes");
    if (rc)
        return rc;
    struct str s = kind == CBOR_TEXT ? rbuf_text(d->r) : rbuf_bytes(d->r);
    if (d->r->bad)
        return bad_frame(d);
    if (s.n > LIMIT_TEXT)
        return err_set(d->reterr, RC_TOO_LARGE, d->part, "\"%s\" is longer than %d bytes", d->part,
                       LIMIT_TEXT);
    *ret = s;
    return RC_OK;
}

static enum rc
read_bool(const struct reading *d, bool *ret)
{
    enum rc rc = want(d, rbuf_peek(d->r) == CBOR_BOOL, "true or false");
    if (rc)
        return rc;
    *ret = rbuf_bool(d->r);
    return RC_OK;
}

static enum rc
read_loose(const struct reading *d, struct value *ret)
{
    struct rbuf *r = d->r;
    struct value v = VALUE_NULL;
    switch (rbuf_peek(r)) {
    case CBOR_NULL:
        rbuf_null(r);
        break;
    case CBOR_TEXT:
        v = VALUE_TEXT(rbuf_text(r));
        break;
    case CBOR_UINT:
    case CBOR_NINT:
        v = VALUE_INT(rbuf_int(r));
        break;
    case CBOR_BOOL:
        v = (struct value){.type = VT_BOOL, .yes = rbuf_bool(r)};
        break;
    case CBOR_BYTES:
        v = (struct value){.type = VT_BYTES, .text = rbuf_bytes(r)};
        break;
    case CBOR_ARRAY:
    case CBOR_MAP:
        return err_set(d->reterr, RC_BAD_PARAMS, d->part,
                       "a value in \"%s\" must be text, a number, true, false, bytes or null", d->part);
    case CBOR_END:
    case CBOR_BAD:
        return bad_frame(d);
    }
    if (r->bad)
        return bad_frame(d);
    if (v.type == VT_TEXT && v.text.n > LIMIT_TEXT)
        return err_set(d->reterr, RC_TOO_LARGE, d->part, "a text in \"%s\" is longer than %d bytes", d->part,
                       LIMIT_TEXT);
    if (v.type == VT_BYTES && v.text.n > LIMIT_PICTURE)
        return err_set(d->reterr, RC_TOO_LARGE, d->part, "a file in \"%s\" is longer than %u bytes", d->part,
                       LIMIT_PICTURE);
    *ret = v;
    return RC_OK;
}

static enum rc
read_count(const struct reading *d, enum cbor_kind kind, size_t limit, size_t *ret)
{
    enum rc rc = want(d, rbuf_peek(d->r) == kind, kind == CBOR_MAP ? "a map" : "an array");
    if (rc)
        return rc;
    size_t n = kind == CBOR_MAP ? rbuf_map(d->r) : rbuf_array(d->r);
    if (d->r->bad)
        return bad_frame(d);
    if (n > limit)
        return err_set(d->reterr, RC_TOO_LARGE, d->part, "\"%s\" has more than %zu entries", d->part, limit);
    *ret = n;
    return RC_OK;
}

static bool
same_name(const struct name_or_number *a, const struct name_or_number *b)
{
    return str_eq(a->name, b->name) && a->number == b->number;
}

static enum rc
read_fields(const struct reading *d, struct params *p)
{
    enum rc rc = read_count(d, CBOR_MAP, LIMIT_FIELDS, &p->nfields);
    if (rc)
        return rc;
    p->fields = arena_new(d->a, struct param_field, p->nfields);
    for (size_t i = 0; i < p->nfields; i++) {
        struct param_field *f = &p->fields[i];
        rc = read_name(d, &f->field);
        if (!rc)
            rc = read_loose(d, &f->value);
        if (rc)
            return rc;
        for (size_t k = 0; k < i; k++) {
            if (same_name(&p->fields[k].field, &f->field))
                return err_set(d->reterr, RC_BAD_PARAMS, d->part, "a field is given twice");
        }
    }
    rbuf_leave(d->r);
    return RC_OK;
}

static enum rc
read_filters(const struct reading *d, struct params *p)
{
    enum rc rc = read_count(d, CBOR_ARRAY, LIMIT_FILTERS, &p->nfilters);
    if (rc)
        return rc;
    p->filters = arena_new(d->a, struct param_filter, p->nfilters);
    for (size_t i = 0; i < p->nfilters; i++) {
        struct param_filter *f = &p->filters[i];
        size_t items = 0;
        int64_t op = 0;
        rc = read_count(d, CBOR_ARRAY, 3, &items);
        if (!rc && items != 3)
            rc = err_set(d->reterr, RC_BAD_PARAMS, d->part, "a filter is [field, operator, value]");
        if (!rc)
            rc = read_name(d, &f->field);
        if (!rc)
            rc = read_int(d, 0, &op);
        if (!rc && op > FILTER_PREFIX)
            rc = err_set(d->reterr, RC_BAD_PARAMS, d->part, "a filter has an unknown operator");
        if (!rc)
            rc = read_loose(d, &f->value);
        if (rc)
            return rc;
        f->op = (enum filter_op)op;
        rbuf_leave(d->r);
    }
    rbuf_leave(d->r);
    return RC_OK;
}

static enum rc
read_columns(const struct reading *d, struct params *p)
{
    enum rc rc = read_count(d, CBOR_ARRAY, LIMIT_FIELDS, &p->ncolumns);
    if (rc)
        return rc;
    p->columns = arena_new(d->a, struct name_or_number, p->ncolumns);
    for (size_t i = 0; i < p->ncolumns && !rc; i++)
        rc = read_name(d, &p->columns[i]);
    rbuf_leave(d->r);
    return rc;
}

static enum rc read_params(struct reading *d, struct params *ret);

static enum rc
read_steps(struct reading *d, struct params *p)
{
    if (d->in_step)
        return err_set(d->reterr, RC_BAD_PARAMS, d->part, "a step can't hold steps");
    enum rc rc = read_count(d, CBOR_ARRAY, LIMIT_STEPS, &p->nsteps);
    if (rc)
        return rc;
    p->steps = arena_new(d->a, struct param_step, p->nsteps);
    for (size_t i = 0; i < p->nsteps; i++) {
        struct reading inner = *d;
        inner.in_step = true;
        size_t items = 0;
        rc = read_count(d, CBOR_ARRAY, 2, &items);
        if (!rc && items != 2)
            rc = err_set(d->reterr, RC_BAD_PARAMS, d->part, "a step is [method, params]");
        if (!rc)
            rc = read_name(d, &p->steps[i].method);
        if (!rc)
            rc = read_params(&inner, &p->steps[i].params);
        if (rc)
            return rc;
        rbuf_leave(d->r);
    }
    rbuf_leave(d->r);
    return RC_OK;
}

static enum rc
read_part(struct reading *d, struct params *p, enum param_key key)
{
    switch (key) {
    case PARAM_ENTITY:
        return read_name(d, &p->entity);
    case PARAM_ID:
        return read_int(d, INT64_MIN, &p->id);
    case PARAM_KEY:
        return read_run(d, CBOR_TEXT, &p->key);
    case PARAM_ACTION:
        return read_name(d, &p->action);
    case PARAM_FIELDS:
        return read_fields(d, p);
    case PARAM_FILTERS:
        return read_filters(d, p);
    case PARAM_SORT:
        return read_name(d, &p->sort);
    case PARAM_DESC:
        return read_bool(d, &p->desc);
    case PARAM_LIMIT:
        return read_int(d, 1, &p->limit);
    case PARAM_CURSOR:
        return read_run(d, CBOR_BYTES, &p->cursor);
    case PARAM_TEXT:
        return read_run(d, CBOR_TEXT, &p->text);
    case PARAM_AT:
        return read_int(d, INT64_MIN, &p->at.usec);
    case PARAM_REASON:
        return read_run(d, CBOR_TEXT, &p->reason);
    case PARAM_VIEW:
        return read_name(d, &p->view);
    case PARAM_STEPS:
        return read_steps(d, p);
    case PARAM_VERSION:
        return read_int(d, 0, &p->version);
    case PARAM_HASH:
        return read_run(d, CBOR_TEXT, &p->hash);
    case PARAM_FORMAT:
        return read_run(d, CBOR_TEXT, &p->format);
    case PARAM_TOTAL:
        return read_bool(d, &p->total);
    case PARAM_COLUMNS:
        return read_columns(d, p);
    case PARAM_FROM:
        return read_loose(d, &p->from);
    case PARAM_BACK:
        return read_bool(d, &p->back);
    case PARAM_SUMS:
        return read_bool(d, &p->sums);
    case PARAM_BARE:
        return read_bool(d, &p->bare);
    case PARAM_END:
        break;
    }
    return bad_frame(d);
}

static enum rc
read_params(struct reading *d, struct params *ret)
{
    struct params p = {0};
    d->part = "params";
    enum rc rc = want(d, rbuf_peek(d->r) == CBOR_MAP, "a map");
    if (rc)
        return rc;
    size_t pairs = rbuf_map(d->r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs; i++) {
        uint64_t key = rbuf_key(d->r, &last);
        if (d->r->bad)
            return bad_frame(d);
        if (key >= PARAM_END || !param_key_name((enum param_key)key))
            return err_set(d->reterr, RC_BAD_PARAMS, NULL,
                           "the request has a part this service does not know");
        d->part = param_key_name((enum param_key)key);
        rc = read_part(d, &p, (enum param_key)key);
        if (rc)
            return rc;
        p.present |= 1u << key;
    }
    rbuf_leave(d->r);
    if (d->r->bad)
        return bad_frame(d);
    *ret = p;
    return RC_OK;
}

enum rc
params_decode(struct arena *a, struct rbuf *r, struct params *ret, struct err *reterr)
{
    struct reading d = {.a = a, .r = r, .part = "params", .reterr = reterr};
    return read_params(&d, ret);
}
