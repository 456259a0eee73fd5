#ifndef WIRE_PART_H
#define WIRE_PART_H

#include <stddef.h>
#include <stdint.h>

#include "common/wire/cbor.h"

/*
 * Reading the positional arrays of schema.c and body.c. A newer peer may append items to one: they are passed
 * over.
 */

/* Enters an array of at least `items`; returns how many more there are, for part_leave. */
size_t part_enter(struct rbuf *r, size_t items);
void part_leave(struct rbuf *r, size_t extra);

/* Enters an array of parts that take at least `least_bytes` each, so that what is allocated for them stays in
   proportion to what was sent; 0 and a sticky error when that can't be. */
size_t part_count(struct rbuf *r, size_t least_bytes);

uint32_t part_u32(struct rbuf *r);
int32_t part_i32(struct rbuf *r);
unsigned part_enum(struct rbuf *r, unsigned last); /* 0..last */

#endif
