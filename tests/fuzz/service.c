#include "tests/fuzz/service.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/wire/cbor.h"
#include "common/wire/frame.h"
#include "tests/tui/fake_server.h"

enum { PIECE = 4096 };

static struct {
    struct str lies;
    int client, fake; /* our ends: to the client, to the honest service */
    struct buf in;
    size_t taken;
    bool pumping;
    struct fake_server server; /* everything here lives in its arena */
} now;

static int
pair(int *ret_theirs)
{
    int p[2];
    ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == 0);
    ASSERT(fcntl(p[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(p[1], F_SETFL, O_NONBLOCK) == 0);
    *ret_theirs = p[1];
    return p[0];
}

int
service_start(struct str lies)
{
    int client, server;
    now.lies = lies;
    now.client = pair(&client);
    now.fake = pair(&server);
    now.taken = 0;
    fake_start(&now.server, server, NULL);
    buf_init(&now.in, &now.server.arena, PIECE);
    return client;
}

static void
send_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* gone, or it does not read what it is told */
        s = str_slice(s, (size_t)n, s.n);
    }
}

static void
lie(uint64_t id, struct str told)
{
    enum { AS_ANSWER, AS_FAILURE, AS_MESSAGE, AS_EVENT, WAYS };
    struct buf m, frame;
    const unsigned way = (unsigned char)told.p[0] % WAYS, kind = (unsigned char)told.p[0] / WAYS;
    const struct str body = str_slice(told, 1, told.n);
    struct reply r = {.id = id, .code = RC_OK, .body_raw = body};
    buf_init(&m, &now.server.arena, body.n + 64);
    buf_init(&frame, &now.server.arena, body.n + 128);
    if (way == AS_MESSAGE)
        buf_add_str(&m, body);
    else if (way == AS_EVENT)
        event_encode(&m, &(struct wire_event){STR(EVENT_HOME), 1, kind, body});
    else if (way == AS_FAILURE)
        r.code = RC_REFUSED;
    if (way == AS_ANSWER || way == AS_FAILURE)
        reply_encode(&m, &r);
    if (frame_put(&frame, buf_str(&m), false))
        send_all(now.client, buf_str(&frame));
}

/* ---- what the honest service, made for tests that ask what makes sense, can be asked ---- */

enum { VALUES = COUNTOF(((struct fake_record *)NULL)->values), FULL = FAKE_RECORDS - 40 };
#define LARGEST INT64_C(1000000000000000)

static bool
has_record(int64_t id)
{
    bool found = id == 0;
    for (size_t i = 0; i < now.server.nrecords && !found; i++)
        found = now.server.records[i].id == id;
    return found;
}

static bool
fits(const struct schema_field *fields, size_t n, const struct param_field *given, size_t step)
{
    const struct value *v = &given->value;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].tag != given->field.number)
            continue;
        if (v->type == VT_TEXT && v->text.n && memchr(v->text.p, '$', v->text.n))
            return v->text.n == 2 && v->text.p[1] >= '0' && (size_t)(v->text.p[1] - '0') < step;
        if (v->type == VT_TEXT)
            return fields[i].type == VT_TEXT || fields[i].type == VT_REF;
        if (v->type == VT_INT && fields[i].type == VT_REF)
            return has_record(v->i);
        return v->type == VT_NULL ||
               (v->type == VT_INT && fields[i].type != VT_TEXT && v->i >= 0 && v->i < LARGEST);
    }
    return false;
}

static bool
can_answer(const struct params *p, size_t step)
{
    const struct schema_entity *e = schema_entity(&now.server.schema, p->entity.number);
    const struct schema_action *act = e && p->action.number ? schema_action(e, p->action.number) : NULL;
    bool good = (!p->entity.number || e) && (!p->action.number || act) && has_record(p->id);
    for (size_t i = 0; e && i < p->nfields && good; i++)
        good = act ? fits(act->fields, act->nfields, &p->fields[i], step)
                   : fits(e->fields, e->nfields, &p->fields[i], step);
    for (size_t i = 0; i < p->nfilters && good; i++)
        good = p->filters[i].field.number < VALUES;
    for (size_t i = 0; i < p->ncolumns && good; i++)
        good = p->columns[i].number < VALUES;
    if (good && p->key.n && p->key.p[0] == '$')
        good = p->key.n == 2 && p->key.p[1] >= '0' && (size_t)(p->key.p[1] - '0') < step;
    for (size_t i = 0; i < p->nsteps && good; i++)
        good = step == 0 && can_answer(&p->steps[i].params, i);
    return good && now.server.nrecords < FULL;
}

static bool
can_ask(const struct request *r)
{
    struct params p = {0};
    struct rbuf in;
    rbuf_init(&in, r->params_raw);
    return method_by_number(r->method.number) &&
           (!r->params_raw.n || params_decode(&now.server.arena, &in, &p, NULL) == RC_OK) &&
           can_answer(&p, 0);
}

/* A lie in place of the answer to a request; what else the client says goes to the honest service. */
static void
take(struct str frame, struct str payload)
{
    struct message m;
    struct str told = STR_NONE;
    const bool asks = message_decode(payload, &m, NULL) == RC_OK && m.kind == MESSAGE_REQUEST;
    if (asks && now.lies.n)
        told = str_split(&now.lies, (char)LIE_END);
    if (asks && !told.n && !can_ask(&m.request))
        told = STR("\001"); /* a failure that says nothing */
    if (told.n)
        lie(m.request.id, told);
    else
        send_all(now.fake, frame);
}

static bool
from_client(void)
{
    char bytes[PIECE];
    ssize_t n = recv(now.client, bytes, sizeof bytes, 0);
    if (n <= 0)
        return false;
    buf_add(&now.in, bytes, (size_t)n);
    for (;;) {
        struct str rest = str_slice(buf_str(&now.in), now.taken, now.in.n), payload, message;
        bool whole = false;
        uint8_t flags = 0;
        size_t took = 0;
        if (frame_next(rest, &whole, &flags, &payload, &took, NULL) || !whole)
            return true;
        now.taken += took;
        if (frame_open(&now.server.arena, flags, payload, &message, NULL) == RC_OK)
            take(str_slice(rest, 0, took), message);
    }
}

static bool
from_fake(void)
{
    char bytes[PIECE];
    ssize_t n = recv(now.fake, bytes, sizeof bytes, 0);
    if (n <= 0)
        return false;
    send_all(now.client, (struct str){bytes, (size_t)n});
    return true;
}

bool
service_pump(void)
{
    bool did = false;
    if (!now.pumping) { /* the honest one waits for room in its line by the same call */
        now.pumping = true;
        did = from_client();
        (void)fake_pump(&now.server);
        now.pumping = false;
    }
    while (from_fake())
        did = true;
    return did;
}

void
service_cut(void)
{
    if (now.client >= 0)
        close(now.client);
    now.client = -1;
}

void
service_stop(void)
{
    service_cut();
    close(now.fake);
    fake_stop(&now.server);
}
