#ifndef SCREEN_COLUMNS_H
#define SCREEN_COLUMNS_H

#include "client/screen/app.h"
#include "client/tui/list.h"

/*
 * The columns a person chose for a list and view. They are kept in a file beside the drafts, a line for each
 * list ("policy all number state end_date"); where there are no files, until the program ends.
 */

/* Their tags, LIST_COLUMNS at most; 0: none were chosen, the view's are shown. `view` may be NULL. */
size_t columns_of(struct app *a, const struct schema_entity *e, const struct schema_view *view,
                  uint32_t out[LIST_COLUMNS]);
/* n 0: the view's again. */
void columns_keep(struct app *a, const struct schema_entity *e, const struct schema_view *view,
                  const uint32_t *tags, size_t n);

/* The box that chooses them. Outcome: choice 1 when they were changed. */
void columns_open(struct app *a, const struct schema_entity *e, const struct schema_view *view,
                  uint32_t purpose);

#endif
