#include "server/front/stats.h"

#include <stddef.h>
#include <time.h>

const uint32_t latency_bounds_us[LATENCY_BOUNDS] = {
    500,    1000,   2000,    5000,    10000,   20000,    50000,    100000,
    200000, 500000, 1000000, 2000000, 5000000, 10000000, 30000000,
};

void
latency_note(struct latency *l, uint64_t took_us)
{
    size_t i = 0;
    while (i < LATENCY_BOUNDS && took_us > latency_bounds_us[i]) {
        i++;
    }
    STAT_ADD(l, counts[i], 1);
    STAT_ADD(l, sum_us, took_us);
}

uint64_t
stats_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
