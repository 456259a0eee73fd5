#ifndef CTL_DEMO_CHECK_H
#define CTL_DEMO_CHECK_H

#include "server/ctl/demo_book.h"
#include "server/store/admin.h"

/* Proves that what was loaded keeps every rule and lacks nothing. Fails: RC_INTERNAL naming the broken rule
   and how many rows break it. */
enum rc demo_check(struct admin *db, struct arena *a, const struct demo_book *book,
                   struct err *reterr) NODISCARD;

#endif
