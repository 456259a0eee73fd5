#ifndef FRONT_TURNS_H
#define FRONT_TURNS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Who is run next. In each turn of the loop those who work come first, all of them; then a few of those who
 * arrive, whose keys cost many times a request: a storm of them is hardly felt by those at work. Within
 * each kind first come, first served. Whoever is put in again while a turn runs has the next one.
 */
struct turn {
    struct turn *next;
    bool waits; /* is in one of the two */
    bool left;  /* for good */
};

struct turn_queue {
    struct turn *head, **end; /* end: where the next is put; not set while it is empty */
    size_t n;
};

/* All zero: nobody waits. */
struct turns {
    struct turn_queue working, arriving;
    size_t working_left, arriving_left; /* of this turn */
};

/* Puts it at the end of its kind; who waits already, or has left, is not put in again. */
void turns_put(struct turns *t, struct turn *who, bool works);
/* Takes it out, whichever kind it is of, and keeps it out. */
void turns_leave(struct turns *t, struct turn *who);
bool turns_any(const struct turns *t);

/* Begins a turn, in which so many may arrive; then whom to run, until it gives NULL. Between the calls others
 * may be put in and may leave. */
void turns_begin(struct turns *t, size_t arrivals);
struct turn *turns_next(struct turns *t);

#endif
