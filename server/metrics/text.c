#include <inttypes.h>
#include <stdio.h>

#include "server/metrics/state.h"

static const char *const types[] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};

void
text_family(struct buf *b, const char *name, enum metric_type type, const char *help)
{
    buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

/* Quoted as the format wants it. */
static void
put_value(struct buf *b, const char *value)
{
    buf_add_char(b, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\') {
            buf_add_char(b, '\\');
        }
        buf_add_char(b, *value == '\n' ? ' ' : *value);
    }
    buf_add_char(b, '"');
}

static void
put_name(struct buf *b, const char *name, const char *ending, const struct text_label *labels,
         const char *bound)
{
    const char *before = "{";
    buf_printf(b, "%s%s", name, ending);
    for (size_t i = 0; labels != NULL && i < TEXT_LABELS && labels[i].name != NULL; i++) {
        buf_printf(b, "%s%s=", before, labels[i].name);
        put_value(b, labels[i].value);
        before = ",";
    }
    if (bound != NULL) {
        buf_printf(b, "%sle=\"%s\"", before, bound);
        before = ",";
    }
    buf_add_str(b, *before == ',' ? STR("} ") : STR(" "));
}

void
text_int(struct buf *b, const char *name, const struct text_label *labels, uint64_t value)
{
    put_name(b, name, "", labels, NULL);
    buf_printf(b, "%" PRIu64 "\n", value);
}

static void
put_seconds(struct buf *b, uint64_t us)
{
    buf_printf(b, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000, us % 1000000);
}

void
text_seconds(struct buf *b, const char *name, const struct text_label *labels, uint64_t us)
{
    put_name(b, name, "", labels, NULL);
    put_seconds(b, us);
}

/* The counts are read once each: the sum of them is the count that is told, so that both always agree. */
void
text_latency(struct buf *b, const char *name, const struct text_label labels[2], const struct latency *l)
{
    struct text_label kept[TEXT_LABELS] = {labels[0], labels[1]};
    uint64_t seen = 0;
    char bound[32];
    for (size_t i = 0; i < LATENCY_BOUNDS; i++) {
        uint32_t us = latency_bounds_us[i];
        seen += STAT_GET(l, counts[i]);
        (void)snprintf(bound, sizeof bound, "%u.%04u", us / 1000000, us % 1000000 / 100);
        put_name(b, name, "_bucket", kept, bound);
        buf_printf(b, "%" PRIu64 "\n", seen);
    }
    seen += STAT_GET(l, counts[LATENCY_BOUNDS]);
    put_name(b, name, "_bucket", kept, "+Inf");
    buf_printf(b, "%" PRIu64 "\n", seen);
    put_name(b, name, "_sum", kept, NULL);
    put_seconds(b, STAT_GET(l, sum_us));
    put_name(b, name, "_count", kept, NULL);
    buf_printf(b, "%" PRIu64 "\n", seen);
}
