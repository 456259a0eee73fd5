#ifndef SCREEN_AS_OF_H
#define SCREEN_AS_OF_H

#include "client/screen/app.h"

/* A record as it was at a moment. */

/* Asks for it; the answer comes to the view under `tag`. */
void as_of_ask(struct view *v, const struct body_ref *record, stamp_t at, uint32_t tag);
/* Asks the person for the moment; the outcome comes to the view under `purpose`. */
void as_of_prompt(struct view *v, uint32_t purpose);
/* The moment that was typed; says what is wrong with it and returns false when it is none. */
bool as_of_typed(struct view *v, struct str text, stamp_t *ret);
/* Shows the answer as a text over the view. */
void as_of_show(struct app *a, const struct body_record *record, stamp_t at);

#endif
