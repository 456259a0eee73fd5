#ifndef CTL_DEMO_FILL_H
#define CTL_DEMO_FILL_H

#include <time.h>

#include "server/ctl/demo_load.h"

/*
 * Fills the companies that the open transaction has made, then proves that every rule holds.
 *
 * A small demo goes in with that transaction. A large one, where the role allows it, is loaded by two hands:
 * a process of its own writes the records in a transaction of its own while this one writes search and
 * history. It commits first; should this side fail afterwards, what it wrote is taken out again.
 */
struct demo_fill {
    const char *conninfo;
    struct admin *db; /* in the transaction that made the companies */
    struct arena *a;
    struct demo_book *book;
    const struct signer *signer;
    struct timespec started;
    int64_t rows; /* out: written by COPY */
    bool hands;   /* out: a second hand was at work */
};

/* Fails: RC_INTERNAL. The caller commits, or ends the connection and calls demo_fill_undo. */
enum rc demo_fill(struct demo_fill *f, struct err *reterr) NODISCARD;
/* Nothing when no second hand was at work. */
void demo_fill_undo(struct demo_fill *f);

double demo_fill_seconds(const struct demo_fill *f); /* since `started` */

#endif
