#ifndef WIRE_CBOR_H
#define WIRE_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buf.h"
#include "common/base/str.h"

/*
 * The subset of CBOR (RFC 8949) we speak, read and written straight through with a sticky error.
 *
 * Accepted: unsigned and negative integers that fit int64/uint64, byte and text strings, arrays, maps,
 * false, true, null. Definite lengths only, shortest form only, text must be valid UTF-8, depth <=
 * LIMIT_DEPTH, map keys unsigned ascending and unique where a map is read with rbuf_key. No tags, no floats.
 * The reader never allocates and never trusts a length: strings are borrowed from the frame; an array or map
 * header larger than the bytes left is an error at once.
 */
struct rbuf {
    const unsigned char *p, *end;
    bool bad; /* sticky: every later read returns zero */
    uint8_t depth;
};

enum cbor_kind {
    CBOR_UINT,
    CBOR_NINT,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_BOOL,
    CBOR_NULL,
    CBOR_END,
    CBOR_BAD
};

void rbuf_init(struct rbuf *r, struct str bytes);
enum cbor_kind rbuf_peek(const struct rbuf *r);
uint64_t rbuf_uint(struct rbuf *r);
int64_t rbuf_int(struct rbuf *r);
bool rbuf_bool(struct rbuf *r);
void rbuf_null(struct rbuf *r);
struct str rbuf_text(struct rbuf *r);
struct str rbuf_bytes(struct rbuf *r);
/* Enter an array or map: returns the number of items (pairs). Leave with rbuf_leave after reading them. */
size_t rbuf_array(struct rbuf *r);
size_t rbuf_map(struct rbuf *r);
void rbuf_leave(struct rbuf *r);
/* Next unsigned key of a map; must be greater than *last (start with -1). Sticky error otherwise. */
uint64_t rbuf_key(struct rbuf *r, int64_t *last);
void rbuf_skip(struct rbuf *r);       /* one whole item, checked as strictly */
struct str rbuf_raw(struct rbuf *r);  /* one whole item, its encoded bytes, checked */
bool rbuf_done(const struct rbuf *r); /* no error and nothing left */

/* Writers append to an arena buffer and can't fail. */
void wbuf_uint(struct buf *b, uint64_t n);
void wbuf_int(struct buf *b, int64_t n);
void wbuf_bool(struct buf *b, bool v);
void wbuf_null(struct buf *b);
void wbuf_text(struct buf *b, struct str s);
void wbuf_bytes(struct buf *b, struct str s);
void wbuf_array(struct buf *b, size_t items);
void wbuf_map(struct buf *b, size_t pairs);
void wbuf_raw(struct buf *b, struct str encoded);

#endif
