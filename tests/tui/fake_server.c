#include "tests/tui/fake_server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/wire/cbor.h"
#include "common/wire/frame.h"

void
fake_start(struct fake_server *s, int fd, const char *as)
{
    memset(s, 0, sizeof *s);
    s->fd = fd;
    s->as = as;
    arena_init(&s->arena, SIZE_MAX, NULL, NULL);
    buf_init(&s->in, &s->arena, 65536);
    fake_schema(s);
    fake_data(s);
}

void
fake_stop(struct fake_server *s)
{
    if (s->fd >= 0)
        close(s->fd);
    arena_done(&s->arena);
}

static void
write_all(int fd, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {fd, POLLOUT, 0};
            poll(&p, 1, 1000);
            continue;
        }
        if (n <= 0)
            return;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
}

static void
send_message(struct fake_server *s, struct str message, bool may_hold)
{
    struct buf frame;
    buf_init(&frame, &s->arena, message.n + 16);
    frame_put(&frame, message, false);
    if (may_hold && s->hold && s->nheld < FAKE_HELD)
        s->held[s->nheld++] = buf_str(&frame);
    else
        write_all(s->fd, buf_str(&frame));
}

void
fake_release(struct fake_server *s)
{
    s->hold = false;
    for (size_t i = 0; i < s->nheld; i++)
        write_all(s->fd, s->held[i]);
    s->nheld = 0;
}

void
fake_goaway(struct fake_server *s, const char *reason)
{
    struct buf b;
    buf_init(&b, &s->arena, 128);
    goaway_encode(&b, str_from(reason), 0);
    send_message(s, buf_str(&b), false);
}

void
fake_tell(struct fake_server *s, const struct home_event *e)
{
    struct buf body, b;
    buf_init(&body, &s->arena, 128);
    buf_init(&b, &s->arena, 128);
    home_event_encode(&body, e);
    event_encode(&b, &(struct wire_event){STR(EVENT_HOME), 1, e->kind, buf_str(&body)});
    send_message(s, buf_str(&b), false);
}

static void
send_reply(struct fake_server *s, uint64_t id, enum rc code, const struct body *body, bool may_hold)
{
    struct buf b, m;
    buf_init(&b, &s->arena, 4096);
    body_encode(&b, body);
    struct reply r = {.id = id, .code = code, .body_raw = buf_str(&b)};
    buf_init(&m, &s->arena, b.n + 64);
    reply_encode(&m, &r);
    send_message(s, buf_str(&m), may_hold);
}

static void
greet(struct fake_server *s)
{
    struct body body = {.present = 1u << BODY_HELLO | 1u << BODY_ME | 1u << BODY_SCHEMA};
    body.hello = (struct body_hello){.version = 1, .server = STR("fake"), .schema_hash = s->schema.hash};
    body.schema = &s->schema;
    body.me = fake_me(s);
    send_reply(s, 0, RC_OK, &body, false);
}

static void
answer(struct fake_server *s, const struct request *r)
{
    struct err err = {.code = RC_OK};
    struct params p = {.present = 0};
    struct body body = {.present = 0};
    struct rbuf in;
    rbuf_init(&in, r->params_raw);
    enum rc rc = r->params_raw.n ? params_decode(&s->arena, &in, &p, &err) : RC_OK;
    s->requests++;
    if (r->idem.n == IDEM_BYTES)
        memcpy(s->idem, r->idem.p, IDEM_BYTES);
    if (s->fail_next != RC_OK) {
        rc = err_set(&err, s->fail_next, s->fail_field, "%s", s->fail_text ? s->fail_text : "it failed");
        s->fail_next = RC_OK;
    } else if (rc == RC_OK) {
        rc = fake_answer(s, (enum method)r->method.number, &p, &s->arena, &body, &err);
    }
    if (rc != RC_OK) {
        struct body_issue *issues = body.issues;
        size_t n = body.nissues;
        body.present = (body.present & 1u << BODY_RECORD) | 1u << BODY_ERROR;
        err.code = rc;
        body.error = body_error_of(&s->arena, &err);
        body.error.issues = issues;
        body.error.nissues = n;
    }
    send_reply(s, r->id, rc, &body, true);
}

static void
take_message(struct fake_server *s, struct str payload)
{
    struct message m;
    struct err err;
    if (message_decode(payload, &m, &err) != RC_OK)
        return;
    if (m.kind == MESSAGE_HELLO) {
        greet(s);
    } else if (m.kind == MESSAGE_REQUEST) {
        answer(s, &m.request);
    } else if (m.kind == MESSAGE_CANCEL) {
        s->cancels++;
    } else if (m.kind == MESSAGE_PING) {
        struct buf b;
        buf_init(&b, &s->arena, 32);
        ping_encode(&b, MESSAGE_PONG, m.token);
        send_message(s, buf_str(&b), false);
    }
}

bool
fake_pump(struct fake_server *s)
{
    char bytes[4096];
    ssize_t n = read(s->fd, bytes, sizeof bytes);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    buf_add(&s->in, bytes, (size_t)n);
    for (;;) {
        struct str rest = str_slice(buf_str(&s->in), s->taken, s->in.n), payload, message;
        bool whole = false;
        uint8_t flags = 0;
        size_t took = 0;
        struct err err;
        if (frame_next(rest, &whole, &flags, &payload, &took, &err) != RC_OK || !whole)
            return true;
        s->taken += took;
        if (frame_open(&s->arena, flags, payload, &message, &err) == RC_OK && message.n)
            take_message(s, str_dup(&s->arena, message));
    }
}
