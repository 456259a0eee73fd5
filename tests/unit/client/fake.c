#include "fake.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/base/buf.h"
#include "common/wire/cbor.h"
#include "common/wire/frame.h"
#include "sample.h"

void
fake_init(struct fake *f)
{
    *f = (struct fake){
        .fd = -1, .cut_out = FAKE_NEVER, .cut_in = FAKE_NEVER, .send_schema = true, .ids_rise = true};
    arena_init(&f->arena, 16 << 20, NULL, NULL);
}

void
fake_hang_up(struct fake *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
    queue_clear(&f->in);
    queue_clear(&f->out);
}

void
fake_done(struct fake *f)
{
    fake_hang_up(f);
    queue_done(&f->in);
    queue_done(&f->out);
    arena_done(&f->arena);
}

enum rc
fake_dial(void *fake, struct credentials *cred, struct transport **ret, struct err *reterr)
{
    struct fake *f = fake;
    int pair[2];
    (void)cred;
    f->dials++;
    if (f->refuse_dial)
        return err_set(reterr, RC_UNAVAILABLE, "host", "nobody there");
    fake_hang_up(f);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cr_assert_eq(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    f->fd = pair[0];
    f->sent = f->received = 0;
    f->last_wire_id = 0;
    return fd_transport(pair[1], ret, reterr);
}

void
fake_say(struct fake *f, const struct buf *message)
{
    struct buf out;
    buf_init(&out, &f->arena, message->n + 16);
    frame_put(&out, buf_str(message), false);
    queue_add(&f->out, out.p, out.n);
}

static void
reply(struct fake *f, uint64_t id, enum rc code, const struct body *body)
{
    struct buf raw, message;
    buf_init(&raw, &f->arena, 1024);
    body_encode(&raw, body);
    struct reply r = {.id = id, .code = code, .body_raw = buf_str(&raw)};
    buf_init(&message, &f->arena, raw.n + 64);
    reply_encode(&message, &r);
    fake_say(f, &message);
}

static void
answer_hello(struct fake *f, const struct hello *h)
{
    struct schema schema = *sample_schema();
    struct body body = {
        .present = 1u << BODY_HELLO | 1u << BODY_ME,
        .hello = {.version = 1,           .server = STR("fake"),     .schema_hash = schema.hash},
        .me = { .user = 5, .login = STR("amina"), .name = STR("Amina Juma"),    .locale = sample_locale},
    };
    f->hellos++;
    (void)snprintf(f->last_hash, sizeof(f->last_hash), "%.*s", STR_ARG(h->schema_hash));
    if (f->send_schema) {
        body.present |= 1u << BODY_SCHEMA;
        body.schema = &schema;
    }
    if (!f->never_hello && !(f->late_hello && f->requests == 0))
        reply(f, 0, RC_OK, &body);
}

/* The effect of a write, once for each key. */
static int64_t
write_once(struct fake *f, struct str idem)
{
    cr_assert_eq(idem.n, IDEM_BYTES, "a write came without its key");
    for (size_t i = 0; i < f->nwrites; i++)
        if (memcmp(f->writes[i].idem, idem.p, IDEM_BYTES) == 0)
            return f->writes[i].id;
    cr_assert_lt(f->nwrites, FAKE_WRITES);
    struct fake_write *w = &f->writes[f->nwrites++];
    memcpy(w->idem, idem.p, IDEM_BYTES);
    w->id = (int64_t)f->nwrites;
    return w->id;
}

static void
answer_request(struct fake *f, const struct request *q)
{
    struct body body = {.present = 1u << BODY_RECORD};
    f->requests++;
    f->ids_rise = f->ids_rise && q->id > f->last_wire_id;
    f->last_wire_id = q->id;
    if (f->silent)
        return;
    if (f->retries > 0) {
        struct body again = {
            .present = 1u << BODY_ERROR, .error = {.symbol = STR("RETRY"), .retryable = true}
        };
        f->retries--;
        reply(f, q->id, RC_RETRY, &again);
        return;
    }
    body.record =
        (struct body_record){.entity = SAMPLE_VEHICLE, .id = 77, .version = 1, .label = STR("T 337 DSE")};
    if (q->method.number == METHOD_ADD)
        body.record.id = write_once(f, q->idem);
    if (q->method.number == METHOD_HISTORY) {
        body = (struct body){
            .present = 1u << BODY_ERROR,
            .error = {.symbol = STR("NOT_FOUND"), .message = STR("no such vehicle"), .field = STR("key")}
        };
        reply(f, q->id, RC_NOT_FOUND, &body);
        return;
    }
    reply(f, q->id, RC_OK, &body);
}

static void
answer_message(struct fake *f, const struct message *m)
{
    struct buf b;
    switch (m->kind) {
    case MESSAGE_HELLO:
        answer_hello(f, &m->hello);
        return;
    case MESSAGE_REQUEST:
        answer_request(f, &m->request);
        if (f->late_hello && f->requests == 1)
            answer_hello(f, &(struct hello){0});
        return;
    case MESSAGE_PING:
        f->pings++;
        buf_init(&b, &f->arena, 16);
        ping_encode(&b, MESSAGE_PONG, m->token);
        fake_say(f, &b);
        return;
    default:
        return;
    }
}

static void
answer_all(struct fake *f)
{
    for (;;) {
        bool whole = false;
        uint8_t flags = 0;
        struct str payload, bytes;
        size_t took = 0;
        struct message m;
        cr_assert_eq(frame_next(queue_bytes(&f->in), &whole, &flags, &payload, &took, NULL), RC_OK);
        if (!whole)
            return;
        cr_assert_eq(frame_open(&f->arena, flags, payload, &bytes, NULL), RC_OK);
        cr_assert_eq(message_decode(bytes, &m, NULL), RC_OK);
        answer_message(f, &m);
        queue_take(&f->in, took);
    }
}

/* What may still move before the scripted cut; true when the cut is reached. */
static bool
cut_at(int64_t *cut, int64_t done)
{
    if (*cut == FAKE_NEVER || done < *cut)
        return false;
    *cut = FAKE_NEVER;
    return true;
}

static size_t
allowed(int64_t cut, int64_t done, size_t n)
{
    return cut != FAKE_NEVER && (int64_t)n > cut - done ? (size_t)(cut - done) : n;
}

static void
pump_in(struct fake *f)
{
    while (f->fd >= 0) {
        size_t n = allowed(f->cut_in, f->received, 4096);
        ssize_t got = n > 0 ? recv(f->fd, queue_room(&f->in, n), n, 0) : -1;
        if (got > 0) {
            queue_grew(&f->in, (size_t)got);
            f->received += got;
        }
        if (got == 0 || cut_at(&f->cut_in, f->received)) {
            fake_hang_up(f);
            return;
        }
        if (got < 0)
            return;
        answer_all(f);
    }
}

static void
pump_out(struct fake *f)
{
    while (f->fd >= 0) {
        struct str out = queue_bytes(&f->out);
        size_t n = allowed(f->cut_out, f->sent, out.n);
        ssize_t put = n > 0 ? send(f->fd, out.p, n, MSG_NOSIGNAL) : 0;
        if (put > 0) {
            queue_take(&f->out, (size_t)put);
            f->sent += put;
        }
        if (cut_at(&f->cut_out, f->sent))
            fake_hang_up(f);
        if (put <= 0)
            return;
    }
}

void
fake_pump(struct fake *f)
{
    pump_in(f);
    pump_out(f);
}
