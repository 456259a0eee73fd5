#include "common/wire/cbor.h"

#include "common/base/limits.h"
#include "common/base/utf8.h"

enum major {
    MAJOR_UINT,
    MAJOR_NINT,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_TAG,
    MAJOR_SIMPLE
};
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };

void
rbuf_init(struct rbuf *r, struct str bytes)
{
    static const unsigned char nothing[1];
    const unsigned char *p = bytes.n ? (const unsigned char *)bytes.p : nothing;
    *r = (struct rbuf){.p = p, .end = p + bytes.n};
}

static size_t
left(const struct rbuf *r)
{
    return (size_t)(r->end - r->p);
}

static void
fail(struct rbuf *r)
{
    r->bad = true;
    r->p = r->end;
}

enum cbor_kind
rbuf_peek(const struct rbuf *r)
{
    static const enum cbor_kind kinds[] = {CBOR_UINT,  CBOR_NINT, CBOR_BYTES, CBOR_TEXT,
                                           CBOR_ARRAY, CBOR_MAP,  CBOR_BAD,   CBOR_BAD};
    if (r->bad)
        return CBOR_BAD;
    if (!left(r))
        return CBOR_END;
    switch (*r->p) {
    case MAJOR_SIMPLE << 5 | SIMPLE_FALSE:
    case MAJOR_SIMPLE << 5 | SIMPLE_TRUE:
        return CBOR_BOOL;
    case MAJOR_SIMPLE << 5 | SIMPLE_NULL:
        return CBOR_NULL;
    default:
        return kinds[*r->p >> 5];
    }
}

/* Reads an item's head of the wanted major type and gives its argument, which must be in its shortest form.
 */
static bool
head(struct rbuf *r, enum major want, uint64_t *ret)
{
    if (r->bad || !left(r) || *r->p >> 5 != want) {
        fail(r);
        return false;
    }
    unsigned info = *r->p & 0x1Fu;
    if (info < 24) {
        r->p++;
        *ret = info;
        return true;
    }
    size_t n = info > 27 ? 0 : (size_t)1 << (info - 24);
    if (n == 0 || left(r) < 1 + n) {
        fail(r);
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 1; i <= n; i++)
        value = value << 8 | r->p[i];
    bool shortest = n == 1 ? value >= 24 : value >> (n * 4) != 0;
    if (!shortest) {
        fail(r);
        return false;
    }
    r->p += 1 + n;
    *ret = value;
    return true;
}

uint64_t
rbuf_uint(struct rbuf *r)
{
    uint64_t n = 0;
    return head(r, MAJOR_UINT, &n) ? n : 0;
}

int64_t
rbuf_int(struct rbuf *r)
{
    uint64_t n = 0;
    bool minus = rbuf_peek(r) == CBOR_NINT;
    if (!head(r, minus ? MAJOR_NINT : MAJOR_UINT, &n))
        return 0;
    if (n > INT64_MAX) {
        fail(r);
        return 0;
    }
    return minus ? -1 - (int64_t)n : (int64_t)n;
}

bool
rbuf_bool(struct rbuf *r)
{
    if (rbuf_peek(r) != CBOR_BOOL) {
        fail(r);
        return false;
    }
    return (*r->p++ & 0x1F) == SIMPLE_TRUE;
}

void
rbuf_null(struct rbuf *r)
{
    if (rbuf_peek(r) == CBOR_NULL)
        r->p++;
    else
        fail(r);
}

static struct str
run(struct rbuf *r, enum major want)
{
    uint64_t n = 0;
    if (!head(r, want, &n))
        return STR_NONE;
    if (n > left(r)) {
        fail(r);
        return STR_NONE;
    }
    struct str s = {(const char *)r->p, (size_t)n};
    r->p += n;
    return s;
}

struct str
rbuf_text(struct rbuf *r)
{
    struct str s = run(r, MAJOR_TEXT);
    if (!utf8_valid(s)) {
        fail(r);
        return STR_NONE;
    }
    return s;
}

struct str
rbuf_bytes(struct rbuf *r)
{
    return run(r, MAJOR_BYTES);
}

static size_t
enter(struct rbuf *r, enum major want, size_t bytes_per_item)
{
    uint64_t n = 0;
    if (!head(r, want, &n))
        return 0;
    if (n > left(r) / bytes_per_item || r->depth == LIMIT_DEPTH) {
        fail(r);
        return 0;
    }
    r->depth++;
    return (size_t)n;
}

size_t
rbuf_array(struct rbuf *r)
{
    return enter(r, MAJOR_ARRAY, 1);
}

size_t
rbuf_map(struct rbuf *r)
{
    return enter(r, MAJOR_MAP, 2);
}

void
rbuf_leave(struct rbuf *r)
{
    if (r->depth)
        r->depth--;
}

uint64_t
rbuf_key(struct rbuf *r, int64_t *last)
{
    uint64_t key = rbuf_uint(r);
    if (r->bad || key > INT64_MAX || (int64_t)key <= *last) {
        fail(r);
        return 0;
    }
    *last = (int64_t)key;
    return key;
}

static void
skip_items(struct rbuf *r, size_t items)
{
    for (size_t i = 0; i < items && !r->bad; i++)
        rbuf_skip(r);
    rbuf_leave(r);
}

void
rbuf_skip(struct rbuf *r)
{
    switch (rbuf_peek(r)) {
    case CBOR_UINT:
        (void)rbuf_uint(r);
        break;
    case CBOR_NINT:
        (void)rbuf_int(r);
        break;
    case CBOR_BYTES:
        (void)rbuf_bytes(r);
        break;
    case CBOR_TEXT:
        (void)rbuf_text(r);
        break;
    case CBOR_ARRAY:
        skip_items(r, rbuf_array(r));
        break;
    case CBOR_MAP:
        skip_items(r, 2 * rbuf_map(r));
        break;
    case CBOR_BOOL:
        (void)rbuf_bool(r);
        break;
    case CBOR_NULL:
        rbuf_null(r);
        break;
    case CBOR_END:
    case CBOR_BAD:
        fail(r);
        break;
    }
}

struct str
rbuf_raw(struct rbuf *r)
{
    const unsigned char *from = r->p;
    rbuf_skip(r);
    if (r->bad)
        return STR_NONE;
    return (struct str){(const char *)from, (size_t)(r->p - from)};
}

bool
rbuf_done(const struct rbuf *r)
{
    return !r->bad && r->p == r->end;
}

static void
put_head(struct buf *b, enum major major, uint64_t n)
{
    unsigned char bytes[9];
    size_t size = n < 24 ? 0 : n <= UINT8_MAX ? 1 : n <= UINT16_MAX ? 2 : n <= UINT32_MAX ? 4 : 8;
    static const unsigned char infos[] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
    unsigned info = size ? infos[size] : (unsigned)n;
    bytes[0] = (unsigned char)((unsigned)major << 5 | info);
    for (size_t i = size; i > 0; i--) {
        bytes[i] = (unsigned char)(n & 0xFF);
        n >>= 8;
    }
    buf_add(b, bytes, 1 + size);
}

void
wbuf_uint(struct buf *b, uint64_t n)
{
    put_head(b, MAJOR_UINT, n);
}

void
wbuf_int(struct buf *b, int64_t n)
{
    if (n < 0)
        put_head(b, MAJOR_NINT, (uint64_t)(-1 - n));
    else
        put_head(b, MAJOR_UINT, (uint64_t)n);
}

void
wbuf_bool(struct buf *b, bool v)
{
    put_head(b, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void
wbuf_null(struct buf *b)
{
    put_head(b, MAJOR_SIMPLE, SIMPLE_NULL);
}

void
wbuf_text(struct buf *b, struct str s)
{
    put_head(b, MAJOR_TEXT, s.n);
    buf_add_str(b, s);
}

void
wbuf_bytes(struct buf *b, struct str s)
{
    put_head(b, MAJOR_BYTES, s.n);
    buf_add_str(b, s);
}

void
wbuf_array(struct buf *b, size_t items)
{
    put_head(b, MAJOR_ARRAY, items);
}

void
wbuf_map(struct buf *b, size_t pairs)
{
    put_head(b, MAJOR_MAP, pairs);
}

void
wbuf_raw(struct buf *b, struct str encoded)
{
    buf_add_str(b, encoded);
}
