#include "server/front/rpc.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "common/wire/frame.h"
#include "common/wire/message.h"
#include "common/wire/method.h"
#include "common/wire/twin.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum { FIRST = 1024, OUT_PAUSE = 256 * 1024, GOAWAY_SPREAD_MS = 5000 };

/* ---- out ---- */

static void
put(struct rpc *r, enum outq_class class, struct str bytes)
{
    if (!outq_put(&r->out, class, bytes)) {
        r->broken = true; /* it asks and does not read */
    }
    r->wake(r);
}

/* Message in a frame, or line with its newline; false when it is larger than a frame may be. Uses the scratch
   arena and leaves it to the caller to reset. */
static bool
put_framed(struct rpc *r, enum outq_class class, struct str message)
{
    struct buf b;
    buf_init(&b, &r->front->scratch, message.n + FRAME_HEADER + 1);
    if (r->json) {
        buf_add_str(&b, message);
        buf_add_char(&b, '\n');
    } else {
        /* replies leave in the order they are put; what overtakes them must not be pointed back to */
        bool whole = r->recalls && class == OUT_REPLY ? frame_put_recalling(&b, message, &r->recall)
                                                      : frame_put(&b, message, r->deflate);
        if (!whole)
            return false;
    }
    put(r, class, buf_str(&b));
    return true;
}

static void
put_error(struct rpc *r, uint64_t id, const struct err *err)
{
    struct arena *a = &r->front->scratch;
    struct body body = {.present = 1u << BODY_ERROR, .error = body_error_of(a, err)};
    struct reply_meta meta = {.retry_after_ms = rc_retryable(err->code) ? 500 : 0};
    struct buf b, inner;
    buf_init(&b, a, FIRST);
    if (r->json) {
        struct schema none = {0};
        struct locale_info plain = {.exponent = 2};
        twin_write(&b, &none, &plain, id, err->code, &body, &meta);
    } else {
        buf_init(&inner, a, FIRST);
        body_encode(&inner, &body);
        struct reply reply = {.id = id, .code = err->code, .body_raw = buf_str(&inner), .meta = meta};
        reply_encode(&b, &reply);
    }
    (void)put_framed(r, OUT_CONTROL, buf_str(&b));
    arena_reset(a);
}

static void
put_code(struct rpc *r, uint64_t id, enum rc code)
{
    struct err err;
    memset(&err, 0, sizeof err);
    (void)err_set(&err, code, NULL, "%s", rc_text(code));
    put_error(r, id, &err);
}

/* The line can't go on: says why and ends it. */
static void
break_off(struct rpc *r, const struct err *err)
{
    put_error(r, 0, err);
    r->broken = true;
}

static void
break_with(struct rpc *r, const char *text)
{
    struct err err;
    memset(&err, 0, sizeof err);
    (void)err_set(&err, RC_BAD_FRAME, NULL, "%s", text);
    break_off(r, &err);
}

/* The sentence of a reply, borrowed from it or from the scratch arena; the usual one when there is none to
 * find. */
static struct str
sentence_of(struct rpc *r, struct str reply)
{
    struct message m;
    struct body body;
    if (!r->json && reply.n > 0 && message_decode(reply, &m, NULL) == RC_OK && m.kind == MESSAGE_REPLY) {
        struct rbuf in;
        rbuf_init(&in, m.reply.body_raw);
        if (body_decode(&r->front->scratch, &in, &body, NULL) == RC_OK && body_has(&body, BODY_ERROR)) {
            return body.error.message;
        }
    }
    return STR("Your session is over; sign in again.");
}

/* A worker let the request in no more: the session has ended in the meantime. */
static void
dismissed_by(struct rpc *r, struct str reply)
{
    char text[SESSION_FAREWELL];
    struct str sentence = sentence_of(r, reply);
    size_t n = sentence.n < sizeof text ? sentence.n : sizeof text;
    memcpy(text, sentence.p, n);
    arena_reset(&r->front->scratch);
    session_dismiss(r->session, "no longer let in", (struct str){text, n});
}

static void
answered(struct task_owner *o, struct task *t, const struct answer *an)
{
    struct rpc *r = (struct rpc *)(void *)o;
    r->inflight--;
    bool whole = (an->code == RC_OK || an->code == RC_UNAUTHENTICATED) && an->payload.n > 0;
    if (!whole) {
        put_code(r, t->request, an->code == RC_OK ? RC_INTERNAL : an->code);
    } else {
        bool fits = put_framed(r, OUT_REPLY, an->payload);
        arena_reset(&r->front->scratch);
        if (!fits)
            put_code(r, t->request, RC_TOO_LARGE);
    }
    news_answer(r, t->request, &an->audience);
    if (an->code == RC_UNAUTHENTICATED) {
        dismissed_by(r, an->payload);
    }
}

/* ---- in ---- */

static void
remember_client(struct rpc *r, struct str name)
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < sizeof r->client - 1; i++) {
        if (name.p[i] >= 0x20 && name.p[i] < 0x7f) {
            r->client[n++] = name.p[i];
        }
    }
    r->client[n] = '\0';
}

static void
post(struct rpc *r, enum job_kind kind, struct str payload, const struct request *q)
{
    const struct method_info *m = NULL;
    uint64_t id = q == NULL ? 0 : q->id;
    if (q != NULL) {
        m = q->method.name.n > 0 ? method_by_name(q->method.name) : method_by_number(q->method.number);
    }
    if (r->gone_away) {
        put_code(r, id, r->session->dismissed != NULL ? RC_UNAUTHENTICATED : RC_SHUTTING_DOWN);
        return;
    }
    struct session *s = r->session;
    bool bulk = m != NULL && (m->flags & METHOD_BULK) != 0;
    enum lane lane = s->who.tenant == 0 ? LANE_PLATFORM : bulk ? LANE_BULK : LANE_WORK;
    struct job job = {.kind = kind,
                      .who = s->who,
                      .login = str_from(s->login),
                      .address = str_from(s->address),
                      .client = str_from(r->client),
                      .payload = payload,
                      .deadline_ms = q == NULL ? 0 : q->deadline_ms};
    r->inflight++; /* the answer may come before mailbox_post returns, when the worker is lost */
    STAT_ADD(r->front->stats, requests, 1);
    if (m != NULL &&
        m->number == METHOD_SUBSCRIBE) { /* programs do it by themselves: nobody is at the keys for it */
        news_ask(r, id);
    } else {
        s->active = true;
        r->active = r->front->now;
    }
    /* all registrations are one user: each waits in a queue of its own */
    uint64_t whose = (uint64_t)(s->who.tenant == 0 ? s->who.session : s->who.user);
    if (!mailbox_post(r->front, &r->tasks, lane, whose, id, &job)) {
        r->inflight--;
        (void)news_cancel(r, id);
        put_code(r, id, RC_BUSY);
    }
}

static void
take_cancel(struct rpc *r, uint64_t id)
{
    (void)news_cancel(r, id);
    if (mailbox_cancel(r->front, &r->tasks, id)) {
        r->inflight--;
        put_code(r, id, RC_CANCELLED);
    }
}

static void
take_ping(struct rpc *r, uint64_t token)
{
    struct buf b;
    buf_init(&b, &r->front->scratch, FIRST);
    ping_encode(&b, MESSAGE_PONG, token);
    (void)put_framed(r, OUT_CONTROL, buf_str(&b));
    arena_reset(&r->front->scratch);
}

static void
take_hello(struct rpc *r, const struct hello *h, enum job_kind kind, struct str payload)
{
    if (r->greeted) {
        break_with(r, "hello was said before");
        return;
    }
    if (h->version == 0) {
        break_with(r, "no common version of the protocol; this service speaks version 1");
        return;
    }
    r->greeted = true;
    r->deflate = !r->json && (h->caps & CAP_DEFLATE) != 0;
    r->recalls = r->deflate && (h->caps & CAP_RECALL) != 0;
    if (h->client.n > 0) {
        remember_client(r, h->client);
    }
    post(r, kind, payload, NULL);
}

static void
take_request(struct rpc *r, const struct request *q, enum job_kind kind, struct str payload)
{
    if (!r->json && q->id <= r->last_id) { /* scripts number as they like */
        break_with(r, "the number of a request must be higher than the one before");
        return;
    }
    r->last_id = q->id;
    post(r, kind, payload, q);
}

static void
take_message(struct rpc *r, const struct message *m, enum job_kind kind, struct str payload)
{
    if (!r->json && !r->greeted && m->kind != MESSAGE_HELLO) {
        break_with(r, "the first message must be hello");
        return;
    }
    switch (m->kind) {
    case MESSAGE_HELLO:
        take_hello(r, &m->hello, kind, payload);
        return;
    case MESSAGE_REQUEST:
        take_request(r, &m->request, kind, payload);
        return;
    case MESSAGE_CANCEL:
        take_cancel(r, m->cancel_id);
        return;
    case MESSAGE_PING:
        take_ping(r, m->token);
        return;
    case MESSAGE_PONG:
        return;
    case MESSAGE_REPLY:
    case MESSAGE_EVENT:
    case MESSAGE_GOAWAY:
        break;
    }
    break_with(r, "only a service sends this kind of message");
}

/* The message may have been inflated into the scratch arena, which replies use too: it is copied out first.
 */
static void
take_frame(struct rpc *r, uint8_t flags, struct str payload)
{
    struct arena *a = &r->front->scratch;
    struct str opened;
    struct message m;
    struct err err;
    struct bytes copy = {0};
    memset(&err, 0, sizeof err);
    if (frame_open(a, flags, payload, &opened, &err) != RC_OK) {
        break_off(r, &err);
        return;
    }
    bytes_add(&copy, opened.p, opened.n);
    arena_reset(a);
    if (message_decode(bytes_view(&copy), &m, &err) != RC_OK) {
        break_off(r, &err);
    } else {
        take_message(r, &m, JOB_WIRE, bytes_view(&copy));
    }
    bytes_done(&copy);
}

/* True when there was a whole frame. */
static bool
next_frame(struct rpc *r)
{
    bool whole;
    uint8_t flags;
    struct str payload;
    size_t took;
    struct err err;
    memset(&err, 0, sizeof err);
    if (frame_next(bytes_view(&r->in), &whole, &flags, &payload, &took, &err) != RC_OK) {
        break_off(r, &err);
        return false;
    }
    if (!whole) {
        return false;
    }
    if (payload.n > 0) {
        take_frame(r, flags, payload);
    }
    bytes_take(&r->in, took);
    return true;
}

static void
take_line(struct rpc *r, struct str line)
{
    struct arena *a = &r->front->scratch;
    struct message m;
    struct err err;
    uint64_t id = 0;
    memset(&err, 0, sizeof err);
    if (twin_read(a, line, &m, &id, &err) != RC_OK) {
        put_error(r, id, &err);
        return;
    }
    /* what the message borrowed from the arena is gone after the reset; numbers and the method are kept */
    struct message kept = {.kind = m.kind};
    if (m.kind == MESSAGE_REQUEST) {
        const struct method_info *info = m.request.method.name.n > 0
                                             ? method_by_name(m.request.method.name)
                                             : method_by_number(m.request.method.number);
        kept.request = (struct request){.id = m.request.id, .deadline_ms = m.request.deadline_ms};
        kept.request.method.number = info == NULL ? 0 : (uint32_t)info->number;
    } else if (m.kind == MESSAGE_HELLO) {
        remember_client(r, m.hello.client);
        kept.hello.version = m.hello.version;
    } else if (m.kind == MESSAGE_CANCEL) {
        kept.cancel_id = m.cancel_id;
    }
    arena_reset(a);
    take_message(r, &kept, JOB_JSON, line);
}

static bool
next_line(struct rpc *r)
{
    struct str in = bytes_view(&r->in);
    const char *end = in.n == 0 ? NULL : memchr(in.p, '\n', in.n);
    if (end == NULL && in.n > LIMIT_JSON_LINE) {
        break_with(r, "the line is too long");
        return false;
    }
    if (end == NULL && (!r->ended || in.n == 0)) {
        return false;
    }
    size_t n = end == NULL ? in.n : (size_t)(end - in.p);
    struct str line = str_trim((struct str){in.p, n});
    if (line.n > 0) {
        take_line(r, line);
    }
    bytes_take(&r->in, end == NULL ? n : n + 1);
    return true;
}

/* ---- life ---- */

void
rpc_open(struct rpc *r, struct session *s, bool json)
{
    *r = (struct rpc){.session = s, .front = s->front, .json = json, .active = s->front->now};
    r->tasks.answered = answered;
    session_software(s, r->client);
}

size_t
rpc_room(const struct rpc *r)
{
    size_t used = bytes_waiting(&r->in);
    return used >= RPC_IN ? 0 : RPC_IN - used;
}

void
rpc_run(struct rpc *r)
{
    while (!r->broken && r->inflight < LIMIT_INFLIGHT && outq_waiting(&r->out) < OUT_PAUSE) {
        if (!(r->json ? next_line(r) : next_frame(r))) {
            break;
        }
    }
    if (r->broken) {
        bytes_done(&r->in);
    }
    news_resume(r);
}

bool
rpc_quiet(const struct rpc *r)
{
    return r->inflight == 0 && outq_waiting(&r->out) == 0;
}

static void
put_goaway(struct rpc *r, struct str reason, uint32_t after_ms)
{
    struct buf b;
    buf_init(&b, &r->front->scratch, FIRST);
    goaway_encode(&b, reason, after_ms);
    (void)put_framed(r, OUT_CONTROL, buf_str(&b));
    arena_reset(&r->front->scratch);
}

void
rpc_goaway(struct rpc *r)
{
    if (r->front == NULL || r->gone_away) {
        return;
    }
    r->gone_away = true;
    news_leave(r);
    if (r->json || !r->greeted) {
        return;
    }
    uint32_t wait; /* spread out, or all come back in the same second */
    crypt_random(&wait, sizeof wait);
    put_goaway(r, str_from(GOAWAY_STOPPING), wait % GOAWAY_SPREAD_MS);
}

void
rpc_dismiss(struct rpc *r, struct str sentence)
{
    struct err err;
    if (r->front == NULL || r->gone_away) {
        return;
    }
    r->gone_away = true;
    news_leave(r);
    if (r->json) {
        memset(&err, 0, sizeof err);
        (void)err_set(&err, RC_UNAUTHENTICATED, NULL, "%.*s", STR_ARG(sentence));
        put_error(r, 0, &err);
    } else if (r->greeted) {
        put_goaway(r, sentence, 0);
    }
}

void
rpc_close(struct rpc *r)
{
    if (r->front == NULL) {
        return;
    }
    mailbox_forget(r->front, &r->tasks);
    news_leave(r);
    bytes_done(&r->in);
    outq_done(&r->out);
    recall_done(&r->recall);
    r->front = NULL;
}
