#ifndef ENTRY_PATTERN_H
#define ENTRY_PATTERN_H

#include "common/base/str.h"

/* Patterns are data a tenant loads: POSIX extended regular expressions over normalised text, whole text only.
 */
enum pattern_match { PATTERN_NO, PATTERN_YES, PATTERN_BROKEN };

/* PATTERN_BROKEN: the pattern itself is no regular expression, or one so large that it would take the
 * machine. */
enum pattern_match pattern_match(struct arena *a, struct str pattern, struct str text);

#endif
