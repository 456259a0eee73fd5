#ifndef ENTRY_PATTERN_H
#define ENTRY_PATTERN_H

#include "common/base/str.h"

/* Patterns are data a tenant loads: regular expressions (PCRE2) over normalised text, whole text only. */
enum pattern_match { PATTERN_NO, PATTERN_YES, PATTERN_BROKEN };

/* PATTERN_BROKEN: the pattern itself is no regular expression, or to say whether the text fits would take the
 * machine. */
enum pattern_match pattern_match(struct str pattern, struct str text);

#endif
