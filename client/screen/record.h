#ifndef SCREEN_RECORD_H
#define SCREEN_RECORD_H

#include "client/screen/app.h"
#include "client/screen/events.h"
#include "client/screen/rows.h"

/* One record. Shared by record.c (moving), record_do.c (what can be done) and record_paint.c (how it looks).
 */
struct record {
    uint32_t entity;
    int64_t id;
    const struct schema_entity *e;
    struct kept kept;
    const struct body_record *record;
    size_t tab; /* 0 details, then the tabs, then history */
    size_t at;  /* field on the details */
    int top;
    struct rows rows;
    struct events events;
    bool asked_more, running;
};

/* Tabs: 0 the details, then the related lists, then the history. */
size_t record_ntabs(const struct record *d);
bool record_on_history(const struct record *d);
const struct schema_tab *record_related(const struct record *d); /* NULL on details and history */
void record_reload(struct view *v);                              /* it and the tab one looks at */

/* record_do.c: the words of its offers, run, collected, picked from; what comes back from boxes. */
enum record_do { DO_CHANGE = 1, DO_ADD, DO_ACTION, DO_AS_OF, DO_AS_THEN, DO_AS_BEFORE, DO_SELL };
void record_do(struct view *v, uint32_t code, int64_t arg);
void record_offers(struct view *v, struct offers *o);
void record_prompt(struct view *v);
void record_outcome(struct view *v, const struct outcome *o);
bool record_option(struct view *v, uint32_t digit); /* false: there is no such option */
void record_add(struct view *v, const struct schema_tab *t);

void record_paint(struct view *v, const struct area *a);

#endif
