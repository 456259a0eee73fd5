/* Calls and their replies: one list in the order of calling, sent, sent again, answered once. */
#include "client/link/private.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"

static unsigned char *
copy_bytes(struct str s)
{
    if (s.n == 0)
        return NULL;
    unsigned char *p = malloc(s.n);
    ASSERT(p != NULL);
    memcpy(p, s.p, s.n);
    return p;
}

static void
slot_free(struct slot *s)
{
    free(s->params);
    free(s->early);
    free(s);
}

/* A write without a key of the caller's gets one here, before anything can go wrong with it. */
static void
give_key(struct slot *s, const unsigned char *idem)
{
    const struct method_info *m = method_by_number(s->method);
    s->has_idem = m != NULL && (m->flags & METHOD_WRITES) != 0;
    if (idem != NULL)
        memcpy(s->idem, idem, IDEM_BYTES);
    else if (s->has_idem)
        crypt_random(s->idem, IDEM_BYTES);
}

uint64_t
link_call(struct link *l, const struct link_call *call)
{
    static const struct params none;
    struct slot *s = calloc(1, sizeof(*s));
    ASSERT(s != NULL);
    struct buf b;
    buf_init(&b, &l->encoding, 256);
    params_encode(&b, call->params != NULL ? call->params : &none);
    s->params = copy_bytes(buf_str(&b));
    s->nparams = b.n;
    arena_reset(&l->encoding);
    s->method = call->method;
    give_key(s, call->idem);
    s->arena = call->arena;
    s->fn = call->fn;
    s->ctx = call->ctx;
    s->id = ++l->next_id;
    struct slot **end = &l->slots;
    while (*end != NULL)
        end = &(*end)->next;
    *end = s;
    if (l->greeted)
        calls_send(l);
    return s->id;
}

void
link_put(struct link *l, const struct buf *message)
{
    struct buf out;
    buf_init(&out, &l->encoding, message->n + FRAME_HEADER);
    frame_put(&out, buf_str(message), l->dial.may_deflate && l->greeted);
    queue_add(&l->out, out.p, out.n);
    arena_reset(&l->encoding);
}

static void
send_slot(struct link *l, struct slot *s)
{
    s->wire_id = ++l->next_wire_id;
    s->sent_ms = now_ms();
    struct request r = {
        .id = s->wire_id,
        .method = {.number = s->method},
        .params_raw = { (const char *)s->params,         s->nparams},
        .idem = s->has_idem ? (struct str){ (const char *)s->idem,         IDEM_BYTES}
          : STR_NONE,
    };
    struct buf b;
    buf_init(&b, &l->encoding, s->nparams + 64);
    request_encode(&b, &r);
    link_put(l, &b);
}

void
calls_send(struct link *l)
{
    size_t in_flight = 0;
    for (const struct slot *s = l->slots; s != NULL; s = s->next)
        in_flight += s->wire_id != 0;
    int64_t now = now_ms();
    for (struct slot *s = l->slots; s != NULL && in_flight < LIMIT_INFLIGHT; s = s->next) {
        if (s->wire_id != 0 || s->not_before_ms > now || l->leave_ms != 0)
            continue;
        send_slot(l, s);
        in_flight++;
    }
}

void
calls_unsend(struct link *l)
{
    for (struct slot *s = l->slots; s != NULL; s = s->next) {
        s->wire_id = 0;
        free(s->early);
        s->early = NULL;
    }
}

void
link_cancel(struct link *l, uint64_t id)
{
    for (struct slot **at = &l->slots; *at != NULL; at = &(*at)->next) {
        struct slot *s = *at;
        if (s->id != id)
            continue;
        *at = s->next;
        if (s->wire_id != 0 && l->greeted) {
            struct buf b;
            buf_init(&b, &l->encoding, 16);
            cancel_encode(&b, s->wire_id);
            link_put(l, &b);
        }
        slot_free(s);
        return;
    }
}

void
link_listen(struct link *l, link_event_fn *fn, void *ctx)
{
    l->event_fn = fn;
    l->event_ctx = ctx;
}

void
link_unsubscribe(struct link *l)
{
    struct buf b;
    if (l->subscribed == 0 || !l->greeted)
        return;
    buf_init(&b, &l->encoding, 16);
    cancel_encode(&b, l->subscribed);
    l->subscribed = 0;
    link_put(l, &b);
    l->kick = true;
}

/* Takes the slot out before calling: the callback may call and cancel as it likes. */
static void
answer(struct slot **at, struct link_reply *reply)
{
    struct slot *s = *at;
    *at = s->next;
    reply->id = s->id;
    if (s->fn != NULL)
        s->fn(s->ctx, reply);
    slot_free(s);
}

void
calls_fail(struct link *l, const struct err *why)
{
    static const struct body empty;
    uint64_t newest = l->next_id; /* calls made from inside the callbacks wait for the next round */
    while (l->slots != NULL && l->slots->id <= newest) {
        struct link_reply reply = {.code = why->code, .body = &empty, .err = why};
        answer(&l->slots, &reply);
    }
}

void
calls_done(struct link *l)
{
    while (l->slots != NULL) {
        struct slot *s = l->slots;
        l->slots = s->next;
        slot_free(s);
    }
}

static bool
is_passing(enum rc code)
{
    return code == RC_RETRY || code == RC_BUSY || code == RC_SHUTTING_DOWN;
}

/* Growing pauses with half of it by chance, so that a crowd does not come back as one. */
static void
pause_slot(struct slot *s, const struct reply_meta *meta)
{
    uint32_t chance;
    crypt_random(&chance, sizeof(chance));
    int64_t pause_ms = INT64_C(100) << s->tries;
    pause_ms = pause_ms / 2 + chance % (uint32_t)pause_ms;
    if (pause_ms < meta->retry_after_ms)
        pause_ms = meta->retry_after_ms < 5000 ? meta->retry_after_ms : 5000;
    s->not_before_ms = now_ms() + pause_ms;
    s->wire_id = 0;
    s->tries++;
}

/* The body moves to the caller's arena first: its texts are borrowed from the bytes. */
static enum rc
open_body(struct arena *a, struct str raw, struct body *ret, struct err *reterr)
{
    struct rbuf r;
    rbuf_init(&r, str_dup(a, raw));
    return body_decode(a, &r, ret, reterr);
}

/* Of a slow answer the service says what its log calls it. */
static void
note_slow(struct link *l, const struct reply_meta *meta)
{
    if (meta->trace.n == 0 || meta->trace.n >= sizeof l->slow)
        return;
    for (size_t i = 0; i < meta->trace.n; i++)
        if (meta->trace.p[i] <= ' ' || meta->trace.p[i] > '~')
            return;
    memcpy(l->slow, meta->trace.p, meta->trace.n);
    l->slow[meta->trace.n] = '\0';
    l->slow_us = meta->server_us;
}

static struct slot **
slot_of(struct link *l, uint64_t wire_id)
{
    struct slot **at = &l->slots;
    while (*at != NULL && (*at)->wire_id != wire_id)
        at = &(*at)->next;
    return at;
}

/* The service works on several requests of a line at once, so that one may overtake the greeting. What it
   says can't be shown before: the currency, the time zone, the language come with that. */
void
calls_reply_early(struct link *l, const struct reply *wire)
{
    struct slot *s = *slot_of(l, wire->id);
    if (s == NULL || s->early != NULL)
        return;
    s->early = malloc(sizeof(*s->early) + wire->body_raw.n);
    ASSERT(s->early != NULL);
    *s->early = *wire;
    s->early->meta.trace = STR_NONE;
    s->early->body_raw.p = memcpy(s->early + 1, wire->body_raw.p, wire->body_raw.n);
    note_slow(l, &wire->meta);
}

void
calls_give_early(struct link *l)
{
    for (struct slot *s = l->slots; s != NULL;) {
        struct reply *early = s->early;
        s->early = NULL;
        if (early != NULL)
            calls_reply(l, early);
        free(early);
        s = early != NULL ? l->slots : s->next; /* who was told may have called and cancelled */
    }
}

void
calls_reply(struct link *l, const struct reply *wire)
{
    note_slow(l, &wire->meta);
    struct slot **at = slot_of(l, wire->id), *s = *at;
    if (s == NULL)
        return; /* cancelled meanwhile */
    if (is_passing(wire->code) && s->tries + 1 < CALL_TRIES) {
        pause_slot(s, &wire->meta);
        return;
    }
    if (s->method == METHOD_SUBSCRIBE && wire->code == RC_OK)
        l->subscribed = wire->id;
    struct body body = {0};
    struct err err = {0};
    struct link_reply reply = {
        .code = wire->code, .raw = wire->body_raw, .body = &body, .err = &err, .meta = wire->meta};
    if (open_body(s->arena != NULL ? s->arena : &l->decoding, wire->body_raw, &body, &err) != RC_OK) {
        reply.code = RC_BAD_FRAME;
        body = (struct body){0};
    } else if (wire->code != RC_OK && wire->code != RC_NOT_MODIFIED) {
        body_error_to(&body.error, wire->code, &err);
    }
    answer(at, &reply);
}

size_t
calls_open(const struct link *l)
{
    size_t n = 0;
    for (const struct slot *s = l->slots; s != NULL; s = s->next)
        n++;
    return n;
}

int64_t
calls_oldest_ms(const struct link *l)
{
    int64_t oldest = 0;
    for (const struct slot *s = l->slots; s != NULL; s = s->next)
        if (s->wire_id != 0 && (oldest == 0 || s->sent_ms < oldest))
            oldest = s->sent_ms;
    return oldest;
}

int64_t
calls_due_ms(const struct link *l)
{
    int64_t due = 0;
    for (const struct slot *s = l->slots; s != NULL; s = s->next)
        if (s->wire_id == 0 && s->not_before_ms != 0 && (due == 0 || s->not_before_ms < due))
            due = s->not_before_ms;
    return due;
}
