#include "common/wire/event.h"

#include "common/base/attr.h"
#include "common/wire/cbor.h"
#include "common/wire/message.h"
#include "common/wire/part.h"

/* Keys of the bodies. */
enum counter_key { COUNTER_ENTITY = 1, COUNTER_VIEW, COUNTER_TODAY, COUNTER_WEEK, COUNTER_MONTH };
enum figure_key { FIGURE_PLACE = 1, FIGURE_COUNT, FIGURE_AMOUNT };
enum { ALERTS_DAY = 1, SPARK_ROW = 1 };

void
event_encode(struct buf *b, const struct wire_event *e)
{
    wbuf_array(b, 5);
    wbuf_uint(b, MESSAGE_EVENT);
    wbuf_text(b, e->topic);
    wbuf_uint(b, e->seq);
    wbuf_uint(b, e->kind);
    if (e->body_raw.n)
        wbuf_raw(b, e->body_raw);
    else
        wbuf_map(b, 0);
}

static void
put_member(struct buf *b, uint64_t key, int64_t value)
{
    wbuf_uint(b, key);
    wbuf_int(b, value);
}

static void
counter_encode(struct buf *b, const struct home_event *e)
{
    wbuf_map(b, COUNTER_MONTH);
    put_member(b, COUNTER_ENTITY, e->entity);
    put_member(b, COUNTER_VIEW, e->view);
    put_member(b, COUNTER_TODAY, e->today);
    put_member(b, COUNTER_WEEK, e->week);
    put_member(b, COUNTER_MONTH, e->month);
}

static void
spark_encode(struct buf *b, const struct home_event *e)
{
    wbuf_map(b, 1);
    wbuf_uint(b, SPARK_ROW);
    wbuf_array(b, e->nspark);
    for (size_t i = 0; i < e->nspark; i++)
        wbuf_int(b, e->spark[i]);
}

void
home_event_encode(struct buf *b, const struct home_event *e)
{
    switch (e->kind) {
    case HOME_COUNTER:
        counter_encode(b, e);
        break;
    case HOME_FIGURE:
        wbuf_map(b, FIGURE_AMOUNT);
        put_member(b, FIGURE_PLACE, e->place);
        put_member(b, FIGURE_COUNT, e->count);
        put_member(b, FIGURE_AMOUNT, e->minor);
        break;
    case HOME_ALERTS:
        wbuf_map(b, 1);
        put_member(b, ALERTS_DAY, e->day.days);
        break;
    case HOME_SPARK:
        spark_encode(b, e);
        break;
    case HOME_CHANGED:
        wbuf_map(b, 0);
        break;
    }
}

/* ---- reading: keys that are not known are passed over ---- */

static void
counter_decode(struct rbuf *r, uint64_t key, struct home_event *e)
{
    switch (key) {
    case COUNTER_ENTITY:
        e->entity = part_u32(r);
        break;
    case COUNTER_VIEW:
        e->view = part_u32(r);
        break;
    case COUNTER_TODAY:
        e->today = rbuf_int(r);
        break;
    case COUNTER_WEEK:
        e->week = rbuf_int(r);
        break;
    case COUNTER_MONTH:
        e->month = rbuf_int(r);
        break;
    default:
        rbuf_skip(r);
    }
}

static void
figure_decode(struct rbuf *r, uint64_t key, struct home_event *e)
{
    switch (key) {
    case FIGURE_PLACE:
        e->place = part_u32(r);
        break;
    case FIGURE_COUNT:
        e->count = rbuf_int(r);
        break;
    case FIGURE_AMOUNT:
        e->minor = rbuf_int(r);
        break;
    default:
        rbuf_skip(r);
    }
}

static void
spark_decode(struct rbuf *r, struct home_event *e)
{
    size_t n = rbuf_array(r);
    if (n > HOME_SPARK_MOST)
        r->bad = true;
    for (size_t i = 0; i < n && !r->bad; i++)
        e->spark[i] = rbuf_int(r);
    e->nspark = r->bad ? 0 : n;
    rbuf_leave(r);
}

static void
member_decode(struct rbuf *r, uint64_t key, struct home_event *e)
{
    if (e->kind == HOME_COUNTER)
        counter_decode(r, key, e);
    else if (e->kind == HOME_FIGURE)
        figure_decode(r, key, e);
    else if (e->kind == HOME_ALERTS && key == ALERTS_DAY)
        e->day.days = part_i32(r);
    else if (e->kind == HOME_SPARK && key == SPARK_ROW)
        spark_decode(r, e);
    else
        rbuf_skip(r);
}

bool
home_event_decode(const struct wire_event *event, struct home_event *ret)
{
    struct home_event e = {.kind = (enum home_event_kind)event->kind};
    struct rbuf r;
    if (!str_eq_c(event->topic, EVENT_HOME) || event->kind < HOME_COUNTER || event->kind > HOME_SPARK)
        return false;
    rbuf_init(&r, event->body_raw);
    size_t pairs = rbuf_map(&r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs && !r.bad; i++) {
        uint64_t key = rbuf_key(&r, &last);
        member_decode(&r, key, &e);
    }
    rbuf_leave(&r);
    if (!rbuf_done(&r))
        return false;
    *ret = e;
    return true;
}
