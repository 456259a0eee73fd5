#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H

#include "server/store/pg.h"

/*
 * The numbers of home: what falls due, what waits, what was done today. Counted as it happens (due_count,
 * day_figure), so reading them scans nothing. Asked by home itself and by the jobs process that tells homes
 * of changes: one text, so that both say the same. To be run behind the preamble.
 */
enum figures_part {
    FIGURES_DUE,      /* two rows: policies, unpaid; see figures_span */
    FIGURES_RECEIPTS, /* one row: receipts that wait to be verified */
    FIGURES_DAY,      /* three rows: issued, renewed, receipts of today at branch $1: number, minor units */
    FIGURES_SPARK,    /* a row per day from today: policies that end */
    FIGURES_PARTS
};

/* What a counter shows: today, within 7 days, within 30 days. */
struct figures_span {
    int64_t today, week, month;
    int64_t all; /* with what is overdue */
};

/* The statements; `branch` must live until they have run. `part`: for who sees a part of the company: the
   figures kept for the whole are not his, his own part is counted. */
void figures_ask(const struct value *branch, bool part, struct pg_stmt ret[FIGURES_PARTS]);

struct figures_span figures_policies(const struct pg_rows rows[FIGURES_PARTS]);
struct figures_span figures_unpaid(const struct pg_rows rows[FIGURES_PARTS]);
struct figures_span figures_receipts(const struct pg_rows rows[FIGURES_PARTS]);

#endif
