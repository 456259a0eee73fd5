#include "server/ctl/demo_dice.h"

struct demo_dice
demo_dice(uint64_t seed, uint64_t stream)
{
    struct demo_dice d = {seed * UINT64_C(0xD1342543DE82EF95) + stream};
    d.state = demo_throw(&d);
    return d;
}

uint64_t
demo_throw(struct demo_dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int
demo_below(struct demo_dice *d, int n)
{
    return (int)(((demo_throw(d) >> 32) * (uint64_t)n) >> 32);
}

int
demo_between(struct demo_dice *d, int least, int most)
{
    return least + demo_below(d, most - least + 1);
}

bool
demo_chance(struct demo_dice *d, int per_mille)
{
    return demo_below(d, 1000) < per_mille;
}

size_t
demo_weighed(struct demo_dice *d, const int *weights, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    int at = demo_below(d, sum);
    for (size_t i = 0; i + 1 < n; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return n - 1;
}

uint64_t
demo_scatter(uint64_t i, uint64_t factor, uint64_t n)
{
    return (i % n * factor + factor / 3) % n;
}
