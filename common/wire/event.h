#ifndef WIRE_EVENT_H
#define WIRE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/value/date.h"

/*
 * What is told to a session that subscribed, without being asked: [2, topic, seq, kind, body]. Numbers are
 * what they are now, never differences: one that is lost is made good by the next.
 */
struct wire_event {
    struct str topic; /* EVENT_HOME */
    uint64_t seq;     /* rises within a company */
    uint32_t kind;
    struct str body_raw; /* encoded map; empty: an empty map */
};

#define EVENT_HOME "home"

/* Kinds of the topic home, and what their bodies hold. Numbers are never reused. */
enum home_event_kind {
    HOME_COUNTER = 1, /* a counter, named by the list it opens */
    HOME_CHANGED = 2, /* something: ask again */
    HOME_FIGURE = 3,  /* one of today's figures, by its place */
    HOME_ALERTS = 4,  /* alerts due on that day or later came, went or moved */
    HOME_SPARK = 5,   /* the row of numbers */
};

enum { HOME_SPARK_MOST = 31 };

struct home_event {
    enum home_event_kind kind;
    uint32_t entity, view;      /* COUNTER */
    int64_t today, week, month; /* COUNTER */
    uint32_t place;             /* FIGURE: 0 first */
    int64_t count, minor;       /* FIGURE */
    date_t day;                 /* ALERTS */
    int64_t spark[HOME_SPARK_MOST];
    size_t nspark;
};

/* The whole message. */
void event_encode(struct buf *b, const struct wire_event *e);
/* The body alone. */
void home_event_encode(struct buf *b, const struct home_event *e);
/* Of an event whose topic is EVENT_HOME. False: a kind, or a form of one, that this program does not know;
   it is passed over. */
bool home_event_decode(const struct wire_event *e, struct home_event *ret);

#endif
