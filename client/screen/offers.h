#ifndef SCREEN_OFFERS_H
#define SCREEN_OFFERS_H

#include "client/tui/view.h"
#include "common/wire/schema.h"

struct app;

/* What can be done from everywhere: lists and new records of every entity, new business, sign out. */
void app_offers(void *ctx, struct offers *o);
void app_run(void *ctx, uint32_t code, int64_t arg);
/* The offer a person typed in full ("customers", "new vehicle"), run; false when there is none. */
bool app_run_words(struct app *a, struct str typed);

/* Whether an action is offered for a record in its state. */
bool action_fits(const struct schema_action *act, const struct body_record *r);
/* The state of a row of a list, for the same question; `state` of no value: unknown, offered. */
bool action_fits_state(const struct schema_action *act, const struct value *state);

#endif
