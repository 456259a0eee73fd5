#include "tests/bench/load/load.h"

/* Values below HISTOGRAM_PER_OCTAVE have a bucket each; above, an octave has that many. */
static size_t
bucket(uint64_t us)
{
    unsigned shift = 0;
    while (us >> shift >= 2 * HISTOGRAM_PER_OCTAVE)
        shift++;
    size_t at = (size_t)(us >> shift) + (size_t)shift * HISTOGRAM_PER_OCTAVE;
    return at < HISTOGRAM ? at : HISTOGRAM - 1;
}

/* The largest value of a bucket. */
static uint64_t
top(size_t at)
{
    if (at < 2 * HISTOGRAM_PER_OCTAVE)
        return at;
    unsigned shift = (unsigned)(at / HISTOGRAM_PER_OCTAVE) - 1;
    uint64_t base = at - (uint64_t)shift * HISTOGRAM_PER_OCTAVE;
    return ((base + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t us)
{
    h->n++;
    h->buckets[bucket(us)]++;
    h->max = us > h->max ? us : h->max;
}

uint64_t
histogram_at(const struct histogram *h, double percent)
{
    uint64_t want = (uint64_t)((double)h->n * percent / 100.0), seen = 0;
    for (size_t i = 0; i < HISTOGRAM && h->n; i++) {
        seen += h->buckets[i];
        if (seen > want || seen == h->n)
            return top(i) < h->max ? top(i) : h->max;
    }
    return 0;
}
