#ifndef METRICS_STATE_H
#define METRICS_STATE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "server/front/stats.h"
#include "server/metrics/metrics.h"
#include "server/page.h"

/* What the metrics process has. */
struct metrics {
    const struct metrics_config *config;
    const struct page *page;
    const struct front_stats *fronts[METRICS_FRONTS];
    uint64_t scrapes;
    struct arena arena; /* of one answer */
};

/* -- text.c: the exposition format. A family's head first, then its samples. */
enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };
void text_family(struct buf *b, const char *name, enum metric_type type, const char *help);
struct text_label {
    const char *name, *value;
};
enum { TEXT_LABELS = 3 };
/* Up to TEXT_LABELS labels; the first without a name ends them. */
void text_int(struct buf *b, const char *name, const struct text_label *labels, uint64_t value);
void text_seconds(struct buf *b, const char *name, const struct text_label *labels, uint64_t us);
void text_latency(struct buf *b, const char *name, const struct text_label labels[2],
                  const struct latency *l);

/* -- families.c: everything there is to tell. */
void families_write(const struct metrics *m, struct buf *b);

/* -- health.c: NULL when it is so, or a sentence why not. */
const char *health_why_not(const struct metrics *m); /* does this set of processes run? */
const char *ready_why_not(const struct metrics *m);  /* could a request be served? */
/* The database answered when the service last looked. */
bool database_is_up(const struct metrics *m);

#endif
