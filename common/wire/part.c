#include "common/wire/part.h"

size_t
part_enter(struct rbuf *r, size_t items)
{
    size_t n = rbuf_array(r);
    if (n < items) {
        r->bad = true;
        return 0;
    }
    return n - items;
}

void
part_leave(struct rbuf *r, size_t extra)
{
    for (size_t i = 0; i < extra && !r->bad; i++)
        rbuf_skip(r);
    rbuf_leave(r);
}

size_t
part_count(struct rbuf *r, size_t least_bytes)
{
    size_t n = rbuf_array(r);
    if (r->bad || n > (size_t)(r->end - r->p) / least_bytes) {
        r->bad = true;
        return 0;
    }
    return n;
}

uint32_t
part_u32(struct rbuf *r)
{
    uint64_t n = rbuf_uint(r);
    if (n > UINT32_MAX) {
        r->bad = true;
        return 0;
    }
    return (uint32_t)n;
}

int32_t
part_i32(struct rbuf *r)
{
    int64_t n = rbuf_int(r);
    if (n > INT32_MAX || n < INT32_MIN) {
        r->bad = true;
        return 0;
    }
    return (int32_t)n;
}

unsigned
part_enum(struct rbuf *r, unsigned last)
{
    uint64_t n = rbuf_uint(r);
    if (n > last) {
        r->bad = true;
        return 0;
    }
    return (unsigned)n;
}
