#include "common/wire/message.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz.h"

/* A message off the line, with what is inside it. */

static void
encode(struct buf *b, const struct message *m)
{
    switch (m->kind) {
    case MESSAGE_REQUEST:
        request_encode(b, &m->request);
        break;
    case MESSAGE_REPLY:
        reply_encode(b, &m->reply);
        break;
    case MESSAGE_CANCEL:
        cancel_encode(b, m->cancel_id);
        break;
    case MESSAGE_PING:
    case MESSAGE_PONG:
        ping_encode(b, m->kind, m->token);
        break;
    case MESSAGE_GOAWAY:
        goaway_encode(b, m->goaway.reason, m->goaway.after_ms);
        break;
    case MESSAGE_HELLO:
        hello_encode(b, &m->hello);
        break;
    case MESSAGE_EVENT:
        event_encode(b, &m->event);
        break;
    }
}

/* What home is told: it is what it is however often it is written. */
static void
check_event(struct arena *a, const struct wire_event *e)
{
    struct home_event h, again;
    if (!home_event_decode(e, &h))
        return;
    struct buf b, c;
    buf_init(&b, a, 64);
    buf_init(&c, a, 64);
    home_event_encode(&b, &h);
    ASSERT(home_event_decode(&(struct wire_event){e->topic, e->seq, e->kind, buf_str(&b)}, &again));
    home_event_encode(&c, &again);
    ASSERT(str_eq(buf_str(&b), buf_str(&c)));
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct message m, again;
    if (message_decode(data, &m, NULL))
        return;
    if (m.kind == MESSAGE_EVENT)
        check_event(a, &m.event);
    if (m.kind == MESSAGE_REQUEST)
        check_params(a, m.request.params_raw);
    if (m.kind == MESSAGE_REPLY)
        check_body(a, m.reply.body_raw);
    struct buf first, second;
    buf_init(&first, a, 256);
    encode(&first, &m);
    ASSERT(message_decode(buf_str(&first), &again, NULL) == RC_OK && again.kind == m.kind);
    buf_init(&second, a, 256);
    encode(&second, &again);
    ASSERT(str_eq(buf_str(&first), buf_str(&second)));
}
