#ifndef TUI_JOURNEY_SCRIPT_H
#define TUI_JOURNEY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A journey as a text, walked on the screen and in plain mode:
 *
 *     # What it is.
 *     keys 1 of 5        counted keys that are no data, and how many there may be
 *     screen
 *     type t337dse       data
 *     key Enter F10 9    keys that are no data, by their names or as they are
 *     see Toyota         after all of that: the screen has this text
 *     unseen Type        … and not this one
 *     plain
 *     type t337dse       a line
 *     see Toyota         said after what was seen before
 *
 * The count may only fall: one that is another than the file says is told, so that growth is a decision.
 */
enum step_kind { STEP_TYPE, STEP_KEY, STEP_SEE, STEP_UNSEEN };
enum { JOURNEY_STEPS = 120, JOURNEY_TEXT = 120, JOURNEYS = 40 };

struct journey_step {
    enum step_kind kind;
    char text[JOURNEY_TEXT];
};
struct journey {
    char name[64];
    int keys, budget;
    struct journey_step screen[JOURNEY_STEPS], plain[JOURNEY_STEPS];
    size_t nscreen, nplain;
};

/* All of the folder, by name. False: `ret_wrong` says which line of which file can't be read. */
bool journeys_read(const char *folder, struct journey *ret, size_t *ret_n, char ret_wrong[200]);
int journey_count(const struct journey *j);
/* What a terminal sends for a key of a script; false: it has no such key. */
bool journey_key(const char *term, const char *name, char out[32]);

#endif
