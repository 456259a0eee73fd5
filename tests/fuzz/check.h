#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "common/base/str.h"

struct arena;

/* What more than one target asserts of decoded things: encoding and decoding again changes nothing. */
void check_params(struct arena *a, struct str encoded);
void check_body(struct arena *a, struct str encoded);

#endif
