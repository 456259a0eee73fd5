#ifndef SCREEN_RECORD_H
#define SCREEN_RECORD_H

#include "client/screen/app.h"
#include "client/screen/events.h"
#include "client/screen/rows.h"

/* One record. Shared by record.c (what it does) and record_paint.c (how it looks). */
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
    stamp_t as_of; /* the moment asked for last */
};

/* Tabs: 0 the details, then the related lists, then the history. */
size_t record_ntabs(const struct record *d);
bool record_on_history(const struct record *d);
const struct schema_tab *record_related(const struct record *d); /* NULL on details and history */
void record_paint(struct view *v, const struct area *a);

#endif
