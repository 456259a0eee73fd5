#ifndef SCREEN_AS_OF_H
#define SCREEN_AS_OF_H

#include "client/screen/app.h"

/*
 * A record as it was at a moment, beside what it is now, and the way to bring it back: as a new change, with
 * a reason. The view below hears of that as of any change (outcome `purpose`, choice 1).
 */
void as_of_open(struct app *a, const struct body_ref *record, stamp_t at, uint32_t purpose);

/* Asks the person for the moment; the outcome comes to the view under `purpose`. */
void as_of_prompt(struct view *v, uint32_t purpose);
/* The moment that was typed: 2026-02-14 11:30, or a day as in a form, which means its end. Says what is wrong
   with it and returns false when it is none. */
bool as_of_typed(struct view *v, struct str text, stamp_t *ret);

#endif
