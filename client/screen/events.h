#ifndef SCREEN_EVENTS_H
#define SCREEN_EVENTS_H

#include "client/screen/app.h"
#include "client/tui/list.h"

/* The history of a record: who, when, what, and the difference of one event. */
enum { EVENTS_PAGES = 20 };

struct events {
    struct app *app;
    struct kept kept[EVENTS_PAGES];
    const struct body_events *pages[EVENTS_PAGES];
    size_t npages;
    struct list list;
};

void events_init(struct events *e, struct app *a);
void events_clear(struct events *e);
/* Asks for a page; `ask` gives tag and barrier. */
void events_ask(struct view *v, uint32_t entity, int64_t id, struct str cursor, const struct ask *ask);
void events_add(struct events *e, struct answer *a);
bool events_wants_more(const struct events *e);
struct str events_next(const struct events *e);
const struct body_event *events_current(const struct events *e); /* the row; NULL when there is none */
void events_enter(struct events *e, struct app *a);              /* opens the difference of the row */

#endif
