#ifndef SCREEN_THIN_H
#define SCREEN_THIN_H

#include "client/screen/rows.h"

/*
 * Asking for no more than is shown: of a list's columns those that have room on the terminal as it is, and
 * references as their labels. Choices that mark a row are asked for all the same.
 *
 * `tags`: the columns of the view, or those a person has chosen. Adds to `p`; its new parts live in `a`.
 * Returns the width it was made for: a wider terminal has to ask again.
 */
int thin_list(const struct schema_entity *e, const uint32_t *tags, size_t n, struct arena *a,
              struct params *p);

/* How wide a list is now. */
int thin_width(void);

#endif
