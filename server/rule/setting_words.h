#ifndef RULE_SETTING_WORDS_H
#define RULE_SETTING_WORDS_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/value/date.h"

/* Settings that are words: what they may be and how they are kept. Pure. Fail: RC_REFUSED with the sentence,
 * naming no field. */

/* "60, 30 14" -> "60 30 14": days from 0 to 366, at most twelve, the latest last. */
enum rc setting_reminders(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* The first of the kept days behind `today` on which something that ends on `ends` is brought up; false: none
 * is left. */
bool setting_next_reminder(struct str days, date_t ends, date_t today, date_t *ret);
/* Does the pattern give numbers? */
enum rc setting_pattern(struct arena *a, struct str pattern, struct err *reterr) NODISCARD;
/* Words of modules, each known and once, blanks between. */
enum rc setting_modules(struct arena *a, struct str typed, struct str *ret, struct err *reterr) NODISCARD;
/* 1 to 4 digits, not beginning with 0. */
bool setting_prefix_fits(struct str prefix);
/* One of the seven words, or empty. */
bool setting_colour_fits(struct str colour);

#endif
