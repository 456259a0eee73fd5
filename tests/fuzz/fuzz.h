#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/base/str.h"

/* What every target shares: a target is fuzz_one; fuzz.c gives it an arena that a full request would have. */
void fuzz_one(struct arena *a, struct str data);

#endif
