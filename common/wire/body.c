#include "common/wire/body.h"

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/wire/body_part.h"
#include "common/wire/cbor.h"
#include "common/wire/part.h"

enum {
    REF_ITEMS = 3,
    ISSUE_ITEMS = 4,
    RECORD_ITEMS = 5,
    PAGE_ITEMS = 6,
    PAGE_MORE = 2,
    PAGE_IDS = 1,
    ID_BYTES = 4,
    SUM_PAIR = 2,
    FIELD_TRIPLE = 3,
    COLUMN_PAIR = 2
};

const char *
body_key_name(enum body_key k)
{
    static const char *const names[] = {
        [BODY_RECORD] = "record",   [BODY_PAGE] = "page",     [BODY_ISSUES] = "issues",
        [BODY_EVENTS] = "events",   [BODY_HITS] = "hits",     [BODY_HOME] = "home",
        [BODY_FILE] = "file",       [BODY_SCHEMA] = "schema", [BODY_ME] = "me",
        [BODY_RESULTS] = "results", [BODY_ERROR] = "error",   [BODY_HELLO] = "hello",
        [BODY_STATUS] = "status",
    };
    return (size_t)k < COUNTOF(names) ? names[k] : NULL;
}

void
value_encode(struct buf *b, const struct value *v)
{
    switch (v->type) {
    case VT_NULL:
        wbuf_null(b);
        break;
    case VT_TEXT:
        wbuf_text(b, v->text);
        break;
    case VT_INT:
    case VT_CHOICE:
        wbuf_int(b, v->i);
        break;
    case VT_BOOL:
        wbuf_bool(b, v->yes);
        break;
    case VT_MONEY:
        wbuf_int(b, v->money.minor);
        break;
    case VT_RATE:
        wbuf_int(b, v->rate.ppm);
        break;
    case VT_DATE:
        wbuf_int(b, v->date.days);
        break;
    case VT_STAMP:
        wbuf_int(b, v->stamp.usec);
        break;
    case VT_REF:
        if (v->label.n) {
            wbuf_array(b, 2);
            wbuf_int(b, v->i);
            wbuf_text(b, v->label);
        } else {
            wbuf_int(b, v->i);
        }
        break;
    case VT_BYTES:
        wbuf_bytes(b, v->text);
        break;
    }
}

static void
reference_decode(struct rbuf *r, struct value *ret)
{
    if (rbuf_peek(r) != CBOR_ARRAY) {
        ret->i = rbuf_int(r);
        return;
    }
    size_t extra = part_enter(r, 2);
    ret->i = rbuf_int(r);
    ret->label = rbuf_text(r);
    part_leave(r, extra);
}

struct value
value_decode(struct rbuf *r, enum value_type type)
{
    struct value v = {.type = type};
    if (rbuf_peek(r) == CBOR_NULL) {
        rbuf_null(r);
        return VALUE_NULL;
    }
    switch (type) {
    case VT_NULL:
        r->bad = true;
        break;
    case VT_TEXT:
        v.text = rbuf_text(r);
        break;
    case VT_INT:
    case VT_CHOICE:
        v.i = rbuf_int(r);
        break;
    case VT_BOOL:
        v.yes = rbuf_bool(r);
        break;
    case VT_MONEY:
        v.money.minor = rbuf_int(r);
        break;
    case VT_RATE:
        v.rate.ppm = part_i32(r);
        break;
    case VT_DATE:
        v.date.days = part_i32(r);
        break;
    case VT_STAMP:
        v.stamp.usec = rbuf_int(r);
        break;
    case VT_REF:
        reference_decode(r, &v);
        break;
    case VT_BYTES:
        v.text = rbuf_bytes(r);
        break;
    }
    return r->bad ? VALUE_NULL : v;
}

void
ref_encode(struct buf *b, const struct body_ref *ref)
{
    wbuf_array(b, REF_ITEMS);
    wbuf_uint(b, ref->entity);
    wbuf_int(b, ref->id);
    wbuf_text(b, ref->label);
}

void
ref_decode(struct rbuf *r, struct body_ref *ret)
{
    size_t extra = part_enter(r, REF_ITEMS);
    ret->entity = part_u32(r);
    ret->id = rbuf_int(r);
    ret->label = rbuf_text(r);
    part_leave(r, extra);
}

void
refs_encode(struct buf *b, const struct body_ref *refs, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++)
        ref_encode(b, &refs[i]);
}

struct body_ref *
refs_decode(struct arena *a, struct rbuf *r, size_t *ret_n)
{
    size_t n = part_count(r, 1 + REF_ITEMS);
    struct body_ref *refs = arena_new(a, struct body_ref, n);
    for (size_t i = 0; i < n; i++)
        ref_decode(r, &refs[i]);
    rbuf_leave(r);
    *ret_n = n;
    return refs;
}

void
issues_encode(struct buf *b, const struct body_issue *issues, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++) {
        wbuf_array(b, ISSUE_ITEMS);
        wbuf_uint(b, issues[i].level);
        wbuf_text(b, issues[i].field);
        wbuf_text(b, issues[i].text);
        refs_encode(b, issues[i].refs, issues[i].nrefs);
    }
}

struct body_issue *
issues_decode(struct arena *a, struct rbuf *r, size_t *ret_n)
{
    size_t n = part_count(r, 1 + ISSUE_ITEMS);
    struct body_issue *issues = arena_new(a, struct body_issue, n);
    for (size_t i = 0; i < n; i++) {
        size_t extra = part_enter(r, ISSUE_ITEMS);
        issues[i].level = (enum issue_level)part_enum(r, ISSUE_REFUSE);
        if (issues[i].level < ISSUE_WARN)
            r->bad = true;
        issues[i].field = rbuf_text(r);
        issues[i].text = rbuf_text(r);
        issues[i].refs = refs_decode(a, r, &issues[i].nrefs);
        part_leave(r, extra);
    }
    rbuf_leave(r);
    *ret_n = n;
    return issues;
}

/* Fields go as one flat array tag, type, value, tag …: a reader without the description understands them. */
static void
record_encode(struct buf *b, const struct body_record *rec)
{
    size_t filled = 0;
    for (size_t i = 0; i < rec->nfields; i++)
        filled += rec->fields[i].value.type != VT_NULL;
    wbuf_array(b, RECORD_ITEMS);
    wbuf_uint(b, rec->entity);
    wbuf_int(b, rec->id);
    wbuf_int(b, rec->version);
    wbuf_text(b, rec->label);
    wbuf_array(b, FIELD_TRIPLE * filled);
    for (size_t i = 0; i < rec->nfields; i++) {
        if (rec->fields[i].value.type == VT_NULL)
            continue;
        wbuf_uint(b, rec->fields[i].tag);
        wbuf_uint(b, rec->fields[i].value.type);
        value_encode(b, &rec->fields[i].value);
    }
}

static void
record_decode(struct arena *a, struct rbuf *r, struct body_record *ret)
{
    size_t extra = part_enter(r, RECORD_ITEMS);
    ret->entity = part_u32(r);
    ret->id = rbuf_int(r);
    ret->version = rbuf_int(r);
    ret->label = rbuf_text(r);
    size_t items = part_count(r, 1);
    if (items % FIELD_TRIPLE)
        r->bad = true;
    ret->nfields = items / FIELD_TRIPLE;
    ret->fields = arena_new(a, struct body_field, ret->nfields);
    for (size_t i = 0; i < ret->nfields; i++) {
        ret->fields[i].tag = part_u32(r);
        enum value_type type = (enum value_type)part_enum(r, VT_BYTES);
        ret->fields[i].value = value_decode(r, type);
    }
    rbuf_leave(r);
    part_leave(r, extra);
}

/* The type all filled cells of a column have; VT_NULL when there is none. */
static enum value_type
column_type(const struct body_page *p, size_t column)
{
    enum value_type type = VT_NULL;
    for (size_t i = 0; i < p->nrows; i++) {
        enum value_type cell = p->rows[i].cells[column].type;
        ASSERT(cell == VT_NULL || type == VT_NULL || cell == type);
        if (cell != VT_NULL)
            type = cell;
    }
    return type;
}

static void
ids_encode(struct buf *b, const struct body_page *p)
{
    unsigned char ids[LIMIT_PAGE * ID_BYTES];
    for (size_t i = 0; i < p->nrows; i++)
        for (size_t k = 0; k < ID_BYTES; k++)
            ids[i * ID_BYTES + k] = (unsigned char)(p->rows[i].id >> 8 * (ID_BYTES - 1 - k) & 0xFF);
    wbuf_bytes(b, (struct str){(const char *)ids, p->nrows * ID_BYTES});
}

static void
ids_decode(struct rbuf *r, struct body_page *ret)
{
    struct str ids = rbuf_bytes(r);
    if (ids.n != ret->nrows * ID_BYTES) {
        r->bad = true;
        return;
    }
    for (size_t i = 0; i < ids.n; i++) {
        int64_t before = i % ID_BYTES ? ret->rows[i / ID_BYTES].id : 0;
        ret->rows[i / ID_BYTES].id = before << 8 | (unsigned char)ids.p[i];
    }
    ret->ids_apart = true;
}

static void
page_encode(struct buf *b, const struct body_page *p)
{
    const bool more = p->prev.n || p->nsums || p->ids_apart;
    wbuf_array(b, PAGE_ITEMS + (more ? PAGE_MORE : 0u) + (p->ids_apart ? PAGE_IDS : 0u));
    wbuf_uint(b, p->entity);
    wbuf_array(b, COLUMN_PAIR * p->ncolumns);
    for (size_t i = 0; i < p->ncolumns; i++) {
        wbuf_uint(b, p->columns[i]);
        wbuf_uint(b, column_type(p, i));
    }
    wbuf_array(b, p->nrows);
    for (size_t i = 0; i < p->nrows; i++) {
        wbuf_array(b, 2 + p->ncolumns);
        wbuf_int(b, p->ids_apart ? 0 : p->rows[i].id);
        wbuf_int(b, p->rows[i].version);
        for (size_t k = 0; k < p->ncolumns; k++)
            value_encode(b, &p->rows[i].cells[k]);
    }
    wbuf_bytes(b, p->next);
    wbuf_int(b, p->total);
    wbuf_bool(b, p->total_capped);
    if (!more)
        return;
    wbuf_bytes(b, p->prev);
    wbuf_array(b, SUM_PAIR * p->nsums);
    for (size_t i = 0; i < p->nsums; i++) {
        wbuf_uint(b, p->sums[i].tag);
        wbuf_int(b, p->sums[i].sum);
    }
    if (p->ids_apart)
        ids_encode(b, p);
}

static void
row_decode(struct arena *a, struct rbuf *r, const enum value_type *types, size_t ncolumns,
           struct body_row *ret)
{
    size_t extra = part_enter(r, 2 + ncolumns);
    ret->id = rbuf_int(r);
    ret->version = rbuf_int(r);
    ret->cells = arena_new(a, struct value, ncolumns);
    for (size_t i = 0; i < ncolumns; i++)
        ret->cells[i] = value_decode(r, types[i]);
    part_leave(r, extra);
}

static void
sums_decode(struct arena *a, struct rbuf *r, struct body_page *ret)
{
    size_t items = part_count(r, 1);
    if (items % SUM_PAIR || items > SUM_PAIR * LIMIT_FIELDS)
        r->bad = true;
    ret->nsums = r->bad ? 0 : items / SUM_PAIR;
    ret->sums = arena_new(a, struct body_sum, ret->nsums);
    for (size_t i = 0; i < ret->nsums; i++) {
        ret->sums[i].tag = part_u32(r);
        ret->sums[i].sum = rbuf_int(r);
    }
    rbuf_leave(r);
}

static void
page_decode(struct arena *a, struct rbuf *r, struct body_page *ret)
{
    size_t extra = part_enter(r, PAGE_ITEMS);
    ret->entity = part_u32(r);
    size_t items = part_count(r, 1);
    if (items % COLUMN_PAIR || items > COLUMN_PAIR * LIMIT_FIELDS)
        r->bad = true;
    ret->ncolumns = r->bad ? 0 : items / COLUMN_PAIR;
    ret->columns = arena_new(a, uint32_t, ret->ncolumns);
    enum value_type *types = arena_new(a, enum value_type, ret->ncolumns);
    for (size_t i = 0; i < ret->ncolumns; i++) {
        ret->columns[i] = part_u32(r);
        types[i] = (enum value_type)part_enum(r, VT_BYTES);
    }
    rbuf_leave(r);
    ret->nrows = part_count(r, 1 + 2 + ret->ncolumns);
    if (ret->nrows > LIMIT_PAGE) {
        r->bad = true;
        ret->nrows = 0;
    }
    ret->rows = arena_new(a, struct body_row, ret->nrows);
    for (size_t i = 0; i < ret->nrows; i++)
        row_decode(a, r, types, ret->ncolumns, &ret->rows[i]);
    rbuf_leave(r);
    ret->next = rbuf_bytes(r);
    ret->total = rbuf_int(r);
    ret->total_capped = rbuf_bool(r);
    if (extra >= PAGE_MORE) {
        ret->prev = rbuf_bytes(r);
        sums_decode(a, r, ret);
        extra -= PAGE_MORE;
    }
    if (extra >= PAGE_IDS) {
        ids_decode(r, ret);
        extra -= PAGE_IDS;
    }
    part_leave(r, extra);
}

static void
schema_part_encode(struct buf *b, const struct body *body)
{
    if (body->schema_raw.n)
        wbuf_raw(b, body->schema_raw);
    else
        schema_encode(b, body->schema);
}

static void
schema_part_decode(struct arena *a, struct rbuf *r, struct body *ret)
{
    ret->schema_raw = rbuf_raw(r);
    struct rbuf inner;
    rbuf_init(&inner, ret->schema_raw);
    ret->schema = arena_new(a, struct schema, 1);
    if (r->bad || schema_decode(a, &inner, ret->schema, NULL))
        r->bad = true;
}

static void
results_encode(struct buf *b, const struct body *body)
{
    wbuf_array(b, body->nresults);
    for (size_t i = 0; i < body->nresults; i++)
        body_encode(b, &body->results[i]);
}

static void body_part_decode(struct arena *a, struct rbuf *r, struct body *ret);

static void
results_decode(struct arena *a, struct rbuf *r, struct body *ret)
{
    ret->nresults = part_count(r, 1);
    if (ret->nresults > LIMIT_STEPS) {
        r->bad = true;
        ret->nresults = 0;
    }
    ret->results = arena_new(a, struct body, ret->nresults);
    for (size_t i = 0; i < ret->nresults && !r->bad; i++)
        body_part_decode(a, r, &ret->results[i]);
    rbuf_leave(r);
}

static void
part_encode(struct buf *b, const struct body *body, enum body_key key)
{
    switch (key) {
    case BODY_RECORD:
        record_encode(b, &body->record);
        break;
    case BODY_PAGE:
        page_encode(b, &body->page);
        break;
    case BODY_ISSUES:
        issues_encode(b, body->issues, body->nissues);
        break;
    case BODY_EVENTS:
        events_encode(b, &body->events);
        break;
    case BODY_HITS:
        hits_encode(b, &body->hits);
        break;
    case BODY_HOME:
        home_encode(b, &body->home);
        break;
    case BODY_FILE:
        file_encode(b, &body->file);
        break;
    case BODY_SCHEMA:
        schema_part_encode(b, body);
        break;
    case BODY_ME:
        me_encode(b, &body->me);
        break;
    case BODY_RESULTS:
        results_encode(b, body);
        break;
    case BODY_ERROR:
        error_encode(b, &body->error);
        break;
    case BODY_HELLO:
        server_hello_encode(b, &body->hello);
        break;
    case BODY_STATUS:
        status_encode(b, body->status, body->nstatus);
        break;
    }
}

void
body_encode(struct buf *b, const struct body *body)
{
    size_t pairs = 0;
    for (unsigned key = BODY_RECORD; key <= BODY_STATUS; key++)
        pairs += body_has(body, (enum body_key)key);
    wbuf_map(b, pairs);
    for (unsigned key = BODY_RECORD; key <= BODY_STATUS; key++) {
        if (!body_has(body, (enum body_key)key))
            continue;
        wbuf_uint(b, key);
        part_encode(b, body, (enum body_key)key);
    }
}

/* False for a key of a newer server. */
static bool
part_decode(struct arena *a, struct rbuf *r, uint64_t key, struct body *ret)
{
    switch (key) {
    case BODY_RECORD:
        record_decode(a, r, &ret->record);
        return true;
    case BODY_PAGE:
        page_decode(a, r, &ret->page);
        return true;
    case BODY_ISSUES:
        ret->issues = issues_decode(a, r, &ret->nissues);
        return true;
    case BODY_EVENTS:
        events_decode(a, r, &ret->events);
        return true;
    case BODY_HITS:
        hits_decode(a, r, &ret->hits);
        return true;
    case BODY_HOME:
        home_decode(a, r, &ret->home);
        return true;
    case BODY_FILE:
        file_decode(r, &ret->file);
        return true;
    case BODY_SCHEMA:
        schema_part_decode(a, r, ret);
        return true;
    case BODY_ME:
        me_decode(r, &ret->me);
        return true;
    case BODY_RESULTS:
        results_decode(a, r, ret);
        return true;
    case BODY_ERROR:
        error_decode(a, r, &ret->error);
        return true;
    case BODY_HELLO:
        server_hello_decode(r, &ret->hello);
        return true;
    case BODY_STATUS:
        ret->status = status_decode(a, r, &ret->nstatus);
        return true;
    default:
        return false;
    }
}

static void
body_part_decode(struct arena *a, struct rbuf *r, struct body *ret)
{
    size_t pairs = rbuf_map(r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs && !r->bad; i++) {
        uint64_t key = rbuf_key(r, &last);
        if (part_decode(a, r, key, ret))
            ret->present |= 1u << key;
        else
            rbuf_skip(r);
    }
    rbuf_leave(r);
}

enum rc
body_decode(struct arena *a, struct rbuf *r, struct body *ret, struct err *reterr)
{
    struct body *body = arena_new(a, struct body, 1);
    body_part_decode(a, r, body);
    if (r->bad)
        return err_set(reterr, RC_BAD_FRAME, NULL, "the reply is not well formed");
    *ret = *body;
    return RC_OK;
}
