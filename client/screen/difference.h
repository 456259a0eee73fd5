#ifndef SCREEN_DIFFERENCE_H
#define SCREEN_DIFFERENCE_H

#include "client/screen/app.h"

/* What one event changed, field by field. difference_open (app.h) shows it in a box, whole. */

/* As a pane: a rule with what happened, the fields as far as they fit, who from where and why. */
void difference_pane(struct app *a, const struct body_event *ev, const struct area *area);

#endif
