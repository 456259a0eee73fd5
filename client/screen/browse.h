#ifndef SCREEN_BROWSE_H
#define SCREEN_BROWSE_H

#include "client/screen/app.h"
#include "client/screen/rows.h"

/* The list of an entity. Shared by browse.c (keys, asking, paint) and browse_prompt.c (what F4 offers). */
enum { PURPOSE_FIELD = 1, PURPOSE_RECORD = 2, PURPOSE_VALUE = 3 };
enum place { IN_ROWS, IN_POSITION, IN_FILTER };

struct browse {
    struct rows rows;
    uint32_t entity, view, sort;
    uint32_t asked_field; /* whose values are being picked from */
    int width;            /* of the terminal the columns were asked for */
    bool desc, asked_more, running, stale;
    enum place place;
    struct field position, filter;
};

void browse_load(struct view *v, bool barrier);
void browse_enter_line(struct browse *d, enum place place);
void browse_prompt(struct view *v);
/* What was picked: a field or an action (PURPOSE_FIELD), then one of the field's values (PURPOSE_VALUE). */
void browse_take_field(struct view *v, const struct outcome *o);
void browse_take_value(struct view *v, int64_t number);

#endif
