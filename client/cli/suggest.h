#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/str.h"

/* The nearest of the words offered one by one, by letters to change, add, drop or swap. `best` is empty when
   none is near enough to be meant. */
struct suggestion {
    struct str typed;
    struct str best;
    size_t distance;
};

void suggest(struct suggestion *s, struct str word);

/* The same word for a person: case does not count, and ' ', '-' and '_' are one. */
bool same_word(struct str a, struct str b);

#endif
