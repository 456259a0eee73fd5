#include "common/wire/message.h"

#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/wire/cbor.h"

enum request_option { OPTION_IDEM = 1, OPTION_DEADLINE = 2 };
enum meta_key { META_REPLAYED = 1, META_SERVER_US = 2, META_RETRY_AFTER = 3, META_TRACE = 4 };

/* An empty map stands for what was left out. */
static void
raw_map(struct buf *b, struct str encoded)
{
    if (encoded.n)
        wbuf_raw(b, encoded);
    else
        wbuf_map(b, 0);
}

static struct str
read_raw_map(struct rbuf *r)
{
    if (rbuf_peek(r) != CBOR_MAP)
        r->bad = true;
    return rbuf_raw(r);
}

static uint32_t
read_u32(struct rbuf *r)
{
    uint64_t n = rbuf_uint(r);
    if (n > UINT32_MAX)
        r->bad = true;
    return (uint32_t)n;
}

void
request_encode(struct buf *b, const struct request *r)
{
    wbuf_array(b, 5);
    wbuf_uint(b, MESSAGE_REQUEST);
    wbuf_uint(b, r->id);
    if (r->method.name.n)
        wbuf_text(b, r->method.name);
    else
        wbuf_uint(b, r->method.number);
    raw_map(b, r->params_raw);
    wbuf_map(b, (size_t)(r->idem.n > 0) + (size_t)(r->deadline_ms > 0));
    if (r->idem.n) {
        wbuf_uint(b, OPTION_IDEM);
        wbuf_bytes(b, r->idem);
    }
    if (r->deadline_ms) {
        wbuf_uint(b, OPTION_DEADLINE);
        wbuf_uint(b, r->deadline_ms);
    }
}

static void
request_decode(struct rbuf *r, struct request *ret)
{
    ret->id = rbuf_uint(r);
    if (ret->id == 0)
        r->bad = true;
    if (rbuf_peek(r) == CBOR_TEXT) {
        ret->method.name = rbuf_text(r);
        if (ret->method.name.n == 0)
            r->bad = true;
    } else {
        ret->method.number = read_u32(r);
    }
    ret->params_raw = read_raw_map(r);
    size_t pairs = rbuf_map(r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs && !r->bad; i++) {
        switch (rbuf_key(r, &last)) {
        case OPTION_IDEM:
            ret->idem = rbuf_bytes(r);
            if (ret->idem.n != IDEM_BYTES)
                r->bad = true;
            break;
        case OPTION_DEADLINE:
            ret->deadline_ms = read_u32(r);
            break;
        default:
            rbuf_skip(r);
        }
    }
    rbuf_leave(r);
}

void
reply_encode(struct buf *b, const struct reply *r)
{
    const struct reply_meta *m = &r->meta;
    wbuf_array(b, 5);
    wbuf_uint(b, MESSAGE_REPLY);
    wbuf_uint(b, r->id);
    wbuf_uint(b, (uint64_t)r->code);
    raw_map(b, r->body_raw);
    wbuf_map(b, (size_t)m->replayed + (size_t)(m->server_us > 0) + (size_t)(m->retry_after_ms > 0) +
                    (size_t)(m->trace.n > 0));
    if (m->replayed) {
        wbuf_uint(b, META_REPLAYED);
        wbuf_bool(b, true);
    }
    if (m->server_us) {
        wbuf_uint(b, META_SERVER_US);
        wbuf_uint(b, m->server_us);
    }
    if (m->retry_after_ms) {
        wbuf_uint(b, META_RETRY_AFTER);
        wbuf_uint(b, m->retry_after_ms);
    }
    if (m->trace.n) {
        wbuf_uint(b, META_TRACE);
        wbuf_text(b, m->trace);
    }
}

static void
reply_decode(struct rbuf *r, struct reply *ret)
{
    ret->id = rbuf_uint(r);
    ret->code = rc_from_wire(rbuf_uint(r));
    ret->body_raw = read_raw_map(r);
    size_t pairs = rbuf_map(r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs && !r->bad; i++) {
        switch (rbuf_key(r, &last)) {
        case META_REPLAYED:
            ret->meta.replayed = rbuf_bool(r);
            break;
        case META_SERVER_US:
            ret->meta.server_us = read_u32(r);
            break;
        case META_RETRY_AFTER:
            ret->meta.retry_after_ms = read_u32(r);
            break;
        case META_TRACE:
            ret->meta.trace = rbuf_text(r);
            break;
        default:
            rbuf_skip(r);
        }
    }
    rbuf_leave(r);
}

static void
event_decode(struct rbuf *r, struct wire_event *ret)
{
    ret->topic = rbuf_text(r);
    ret->seq = rbuf_uint(r);
    uint64_t kind = rbuf_uint(r);
    ret->kind = kind < UINT32_MAX ? (uint32_t)kind : UINT32_MAX; /* one that nobody knows */
    ret->body_raw = read_raw_map(r);
}

void
hello_encode(struct buf *b, const struct hello *h)
{
    wbuf_array(b, 6);
    wbuf_uint(b, MESSAGE_HELLO);
    wbuf_array(b, h->version ? 1 : 0);
    if (h->version)
        wbuf_uint(b, h->version);
    wbuf_uint(b, h->caps);
    wbuf_text(b, h->client);
    wbuf_text(b, h->schema_hash);
    wbuf_text(b, h->locale);
}

static void
hello_decode(struct rbuf *r, struct hello *ret)
{
    size_t versions = rbuf_array(r);
    for (size_t i = 0; i < versions && !r->bad; i++) {
        if (rbuf_uint(r) == PROTOCOL_VERSION)
            ret->version = PROTOCOL_VERSION;
    }
    rbuf_leave(r);
    ret->caps = read_u32(r);
    ret->client = rbuf_text(r);
    ret->schema_hash = rbuf_text(r);
    ret->locale = rbuf_text(r);
}

void
cancel_encode(struct buf *b, uint64_t id)
{
    wbuf_array(b, 2);
    wbuf_uint(b, MESSAGE_CANCEL);
    wbuf_uint(b, id);
}

static void
cancel_decode(struct rbuf *r, struct message *ret)
{
    ret->cancel_id = rbuf_uint(r);
    if (ret->cancel_id == 0)
        r->bad = true;
}

void
ping_encode(struct buf *b, enum message_kind ping_or_pong, uint64_t token)
{
    wbuf_array(b, 2);
    wbuf_uint(b, ping_or_pong);
    wbuf_uint(b, token);
}

static void
ping_decode(struct rbuf *r, struct message *ret)
{
    ret->token = rbuf_uint(r);
}

void
goaway_encode(struct buf *b, struct str reason, uint32_t after_ms)
{
    wbuf_array(b, 3);
    wbuf_uint(b, MESSAGE_GOAWAY);
    wbuf_text(b, reason);
    wbuf_uint(b, after_ms);
}

static void
goaway_decode(struct rbuf *r, struct message *ret)
{
    ret->goaway.reason = rbuf_text(r);
    ret->goaway.after_ms = read_u32(r);
}

static void
part_decode(struct rbuf *r, struct message *m)
{
    switch (m->kind) {
    case MESSAGE_REQUEST:
        request_decode(r, &m->request);
        break;
    case MESSAGE_REPLY:
        reply_decode(r, &m->reply);
        break;
    case MESSAGE_EVENT:
        event_decode(r, &m->event);
        break;
    case MESSAGE_CANCEL:
        cancel_decode(r, m);
        break;
    case MESSAGE_PING:
    case MESSAGE_PONG:
        ping_decode(r, m);
        break;
    case MESSAGE_GOAWAY:
        goaway_decode(r, m);
        break;
    case MESSAGE_HELLO:
        hello_decode(r, &m->hello);
        break;
    }
}

enum rc
message_decode(struct str bytes, struct message *ret, struct err *reterr)
{
    static const unsigned char items_of[] = {
        [MESSAGE_REQUEST] = 5, [MESSAGE_REPLY] = 5, [MESSAGE_EVENT] = 5,  [MESSAGE_CANCEL] = 2,
        [MESSAGE_PING] = 2,    [MESSAGE_PONG] = 2,  [MESSAGE_GOAWAY] = 3, [MESSAGE_HELLO] = 6,
    };
    struct rbuf r;
    rbuf_init(&r, bytes);
    size_t items = rbuf_array(&r);
    uint64_t kind = rbuf_uint(&r);
    struct message m = {0};
    if (!r.bad && kind < COUNTOF(items_of) && items == items_of[kind]) {
        m.kind = (enum message_kind)kind;
        part_decode(&r, &m);
        rbuf_leave(&r);
        if (rbuf_done(&r)) {
            *ret = m;
            return RC_OK;
        }
    }
    return err_set(reterr, RC_BAD_FRAME, NULL, "%s", rc_text(RC_BAD_FRAME));
}
