#ifndef CTL_DEMO_DICE_H
#define CTL_DEMO_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Chance that repeats: splitmix64. The same seed and stream give the same throws, whatever was thrown
 * elsewhere. */
struct demo_dice {
    uint64_t state;
};

struct demo_dice demo_dice(uint64_t seed, uint64_t stream);
uint64_t demo_throw(struct demo_dice *d);
int demo_below(struct demo_dice *d, int n);                 /* 0 .. n-1; n >= 1 */
int demo_between(struct demo_dice *d, int least, int most); /* both inclusive */
bool demo_chance(struct demo_dice *d, int per_mille);
/* Index of a weight, as likely as it is heavy. */
size_t demo_weighed(struct demo_dice *d, const int *weights, size_t n);

/* A one-to-one map of 0 .. n-1 onto itself that looks like chance: for numbers that must not repeat. `factor`
   shares no divisor with n. */
uint64_t demo_scatter(uint64_t i, uint64_t factor, uint64_t n);

#endif
