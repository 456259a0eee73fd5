#ifndef SCREEN_OBJECTION_H
#define SCREEN_OBJECTION_H

#include "client/screen/app.h"

/*
 * What the service says to a save that looks like something already there. A hard duplicate can only be
 * looked at (or used instead); a soft one may be saved with a reason.
 */
struct objection {
    struct kept kept;
    enum rc code;
    const struct body_error *error;
    uint32_t entity; /* the record it looks like */
    int64_t id;
    struct str label;
    bool may_use;
};
enum objection_choice { OBJECTION_STAY, OBJECTION_OPEN, OBJECTION_USE, OBJECTION_REASON };

/* Keeps the answer, puts its issues beside the fields of `f`. */
void objection_take(struct objection *o, struct form *f, struct answer *a);
void objection_drop(struct objection *o);
/* The box. `use`: label of the answer that takes the existing record instead; NULL: not offered. */
void objection_ask(struct tui *t, struct objection *o, uint32_t purpose, const char *use);
enum objection_choice objection_choice(const struct objection *o, int answer);
void objection_reason(struct tui *t, uint32_t purpose);

#endif
