#ifndef TUI_MATCH_H
#define TUI_MATCH_H

#include <stdbool.h>

#include "common/base/str.h"

/* True when every word typed begins some word of `text`, in any order and case (ASCII); "" matches all. */
bool match_words(struct str text, struct str typed);
/* True when `text` begins with `typed`, in any case (ASCII). */
bool match_prefix(struct str text, struct str typed);

#endif
