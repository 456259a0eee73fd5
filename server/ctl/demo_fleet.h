#ifndef CTL_DEMO_FLEET_H
#define CTL_DEMO_FLEET_H

#include "server/ctl/demo_fill.h"

/* Sells a fleet in each demo company, paid and covered on the day of the demo: row by row, under the guards
   of the database. Expects the companies filled and the triggers at work. Fails: RC_INTERNAL. */
enum rc demo_fleets(struct demo_fill *f, struct err *reterr) NODISCARD;

#endif
