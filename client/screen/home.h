#ifndef SCREEN_HOME_H
#define SCREEN_HOME_H

#include "client/screen/app.h"
#include "client/tui/list.h"

/* Home: one line to find or do anything, what runs out, today's figures, what needs a person. Shared by
   home.c (what it does), home_news.c (where it has its numbers from) and home_paint.c (how it looks). */
enum { HOME_TAG = 1 }; /* of the call for it */
struct home {
    struct field line;
    struct kept kept;
    const struct body_home *home;
    struct list alerts;
    bool in_alerts, running;
    bool stale;       /* something changed that was not told in full: asked for when it is looked at */
    bool untold;      /* the service tells nothing: it is older than this program */
    int64_t asked_ms; /* when it was last asked for; 0 never */
    char asked[FIELD_TEXT];
};

bool home_on_platform(struct view *v); /* above the companies: nothing of theirs is found or sold */
void home_load(struct view *v, bool barrier);
void home_take(struct view *v, struct answer *a); /* its answer */
void home_wake(struct view *v);
void home_event(struct view *v, const struct wire_event *e);
void home_paint(struct view *v, const struct area *a);

#endif
