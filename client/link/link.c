/* Life and state of the line. See link.h for what it promises, private.h for what is where. */
#include "client/link/private.h"
#include "client/text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/limits.h"

enum { READ_STEP = 16384, PAUSE_FIRST_MS = 500, PAUSE_MOST_MS = 30000 };

static int64_t
now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 + 1000;
}

int64_t
now_ms(void)
{
    return now_us() / 1000;
}

void
link_set_state(struct link *l, enum link_state state)
{
    if (l->state == state)
        return;
    l->state = state;
    l->state_ms = now_ms();
}

/* --- losing the line and finding it again --- */

static void
drop_line(struct link *l)
{
    if (l->line != NULL)
        l->line->ops->close(l->line);
    l->line = NULL;
    queue_clear(&l->in);
    queue_clear(&l->out);
    recall_done(&l->recall);
    calls_unsend(l);
    l->greeted = l->asked = false;
    l->subscribed = 0;
    l->ping_ms = l->leave_ms = l->hello_ms = 0;
}

/* Full jitter over a growing span: a hundred counters that lost one line do not come back in one moment. */
static int64_t
pause_ms(int attempts)
{
    int64_t most = PAUSE_FIRST_MS;
    for (int i = 0; i < attempts && most < PAUSE_MOST_MS; i++)
        most *= 2;
    uint32_t chance;
    crypt_random(&chance, sizeof(chance));
    return 50 + chance % (most < PAUSE_MOST_MS ? most : PAUSE_MOST_MS);
}

static bool
is_final(struct link *l, const struct err *why, bool at_once)
{
    if (why->code != RC_UNAVAILABLE || !l->dial.again)
        return true;
    if (l->patient || at_once)
        return false;
    if (!l->was_online)
        return true;
    if (l->give_up_ms == 0)
        l->give_up_ms = now_ms() + LINK_RETRY_MS;
    return now_ms() >= l->give_up_ms;
}

void
link_lost(struct link *l, const struct err *why)
{
    bool at_once = l->line != NULL && l->line->at_once;
    drop_line(l);
    l->error = *why;
    if (is_final(l, why, at_once)) {
        link_set_state(l, LINK_OFFLINE);
        calls_fail(l, &l->error);
        return;
    }
    l->retry_ms = now_ms() + (at_once ? 0 : pause_ms(l->attempts++));
    link_set_state(l, at_once ? LINK_CONNECTING : LINK_WAITING);
}

static void
lost_because(struct link *l, enum rc code, const char *text)
{
    struct err err = {0};
    (void)err_set(&err, code, NULL, "%s", text);
    link_lost(l, &err);
}

/* --- what comes in --- */

/* A service that stops takes us back soon. Any other reason is about this person's session: it is over, the
   sentence is for the person, who may sign in again. */
static void
hear_goaway(struct link *l, const struct message *m)
{
    struct err err = {0};
    if (m->goaway.reason.n == 0 || str_eq_c(m->goaway.reason, GOAWAY_STOPPING)) {
        l->leave_ms = now_ms() + m->goaway.after_ms;
        return;
    }
    (void)err_set(&err, RC_UNAUTHENTICATED, NULL, "%.*s", STR_ARG(m->goaway.reason));
    link_lost(l, &err);
}

static void
hear(struct link *l, const struct message *m)
{
    struct buf b;
    switch (m->kind) {
    case MESSAGE_REPLY:
        if (m->reply.id == 0)
            greet_reply(l, &m->reply);
        else if (l->me == NULL)
            calls_reply_early(l, &m->reply);
        else
            calls_reply(l, &m->reply);
        break;
    case MESSAGE_PING:
        buf_init(&b, &l->encoding, 16);
        ping_encode(&b, MESSAGE_PONG, m->token);
        link_put(l, &b);
        break;
    case MESSAGE_PONG:
        if (l->ping_ms != 0 && m->token == l->token) {
            l->rtt_us = (uint32_t)(now_us() - l->ping_us);
            l->ping_ms = 0;
        }
        break;
    case MESSAGE_GOAWAY:
        hear_goaway(l, m);
        break;
    case MESSAGE_EVENT:
        if (l->event_fn != NULL)
            l->event_fn(l->event_ctx, &m->event);
        break;
    case MESSAGE_REQUEST:
    case MESSAGE_CANCEL:
    case MESSAGE_HELLO:
        break; /* not for a client, or newer than this one */
    }
}

/* The first whole message received, if any. Fails when what came is no message. */
static enum rc
hear_next(struct link *l, bool *ret_heard, struct err *reterr)
{
    uint8_t flags = 0;
    size_t took = 0;
    struct str payload, bytes;
    struct message m;
    enum rc rc = frame_next(queue_bytes(&l->in), ret_heard, &flags, &payload, &took, reterr);
    if (rc != RC_OK || !*ret_heard)
        return rc;
    if (payload.n > 0) {
        rc = frame_open_recalling(&l->decoding, flags, payload, &l->recall, &bytes, reterr);
        if (rc == RC_OK)
            rc = message_decode(bytes, &m, reterr);
        if (rc == RC_OK)
            hear(l, &m);
        arena_reset(&l->decoding);
    }
    if (rc == RC_OK && l->line != NULL) /* a refused hello drops the line and what came on it */
        queue_take(&l->in, took);
    return rc;
}

static void
hear_all(struct link *l)
{
    struct err err = {0};
    bool heard = true;
    while (heard && l->line != NULL) {
        heard = false;
        if (hear_next(l, &heard, &err) != RC_OK) {
            lost_because(l, RC_BAD_FRAME, _("the service said something that is not well formed"));
            return;
        }
    }
}

static void
receive(struct link *l)
{
    struct err err = {0};
    while (l->line != NULL) {
        ssize_t n = l->line->ops->read(l->line, queue_room(&l->in, READ_STEP), READ_STEP, &err);
        if (n > 0) {
            queue_grew(&l->in, (size_t)n);
            l->bytes_in += (uint64_t)n;
            l->heard_ms = now_ms();
        }
        hear_all(l);
        if (n < 0 && l->line != NULL)
            link_lost(l, &err);
        if (n <= 0)
            return;
    }
}

/* --- what goes out --- */

static void
flush(struct link *l)
{
    struct err err = {0};
    while (l->line != NULL && queue_bytes(&l->out).n > 0) {
        struct str out = queue_bytes(&l->out);
        ssize_t n = l->line->ops->write(l->line, out.p, out.n, &err);
        if (n < 0)
            link_lost(l, &err);
        if (n <= 0)
            return;
        l->bytes_out += (uint64_t)n;
        queue_take(&l->out, (size_t)n);
    }
}

static void
ping(struct link *l)
{
    struct buf b;
    buf_init(&b, &l->encoding, 16);
    ping_encode(&b, MESSAGE_PING, ++l->token);
    link_put(l, &b);
    l->ping_ms = now_ms();
    l->ping_us = now_us();
}

/* When to ask whether the line lives. */
static int64_t
ping_due(const struct link *l)
{
    int64_t due = l->heard_ms + IDLE_PING_MS;
    int64_t oldest = calls_oldest_ms(l);
    int64_t since = oldest > l->heard_ms ? oldest : l->heard_ms;
    return oldest != 0 && since + WAITING_PING_MS < due ? since + WAITING_PING_MS : due;
}

static int64_t
dead_at(const struct link *l)
{
    return (l->ping_ms > l->heard_ms ? l->ping_ms : l->heard_ms) + DEAD_MS;
}

static void
keep_alive(struct link *l)
{
    int64_t now = now_ms();
    if (l->line == NULL)
        return;
    if (l->leave_ms != 0 && (calls_oldest_ms(l) == 0 || now >= l->leave_ms))
        lost_because(l, RC_UNAVAILABLE, _("the service is restarting"));
    else if (l->state != LINK_ONLINE && now >= l->hello_ms + HELLO_MS)
        lost_because(l, RC_UNAVAILABLE, _("the service does not answer"));
    else if (l->ping_ms != 0 && now >= dead_at(l))
        lost_because(l, RC_UNAVAILABLE, _("the line to the service is silent"));
    else if (l->ping_ms == 0 && now >= ping_due(l))
        ping(l);
}

/* --- the pump --- */

static bool
dial(struct link *l)
{
    struct err err = {0};
    link_set_state(l, LINK_CONNECTING);
    if (l->dial.dial(l->dial.ctx, &l->cred, &l->line, &err) == RC_OK)
        return true;
    link_lost(l, &err);
    return false;
}

/* True when the answer is there already. */
static bool
ask_person(struct link *l)
{
    link_set_state(l, l->line->question.kind);
    if (!l->asked && l->ask != NULL) {
        l->asked = true;
        l->ask(l->ask_ctx, l, &l->line->question);
    }
    return l->line->question.kind == 0;
}

static void
converse(struct link *l)
{
    if (!l->greeted) {
        greet_send(l);
        if (l->patient)
            ping(l);
    }
    calls_send(l);
    flush(l);
    receive(l);
    keep_alive(l);
    if (l->line != NULL)
        calls_send(l);
    flush(l);
}

static void
pump_line(struct link *l)
{
    struct err err = {0};
    for (;;) {
        switch (l->line->ops->step(l->line, &err)) {
        case TRANSPORT_BUSY:
            link_set_state(l, LINK_CONNECTING);
            return;
        case TRANSPORT_ASK:
            if (!ask_person(l))
                return;
            break;
        case TRANSPORT_READY:
            converse(l);
            return;
        case TRANSPORT_LOST:
            link_lost(l, &err);
            return;
        }
    }
}

enum link_state
link_pump(struct link *l)
{
    ASSERT(!l->pumping);
    l->pumping = true;
    l->kick = false;
    if (l->state == LINK_OFFLINE)
        calls_fail(l, &l->error);
    else if (l->line != NULL || (now_ms() >= l->retry_ms && dial(l)))
        pump_line(l);
    l->pumping = false;
    return l->state;
}

int
link_fd(const struct link *l)
{
    return l->line != NULL ? l->line->ops->fd(l->line) : -1;
}

short
link_events(const struct link *l)
{
    return l->line != NULL ? l->line->ops->events(l->line, queue_bytes(&l->out).n > 0) : 0;
}

/* The earlier of two moments, 0 being none. */
static int64_t
earlier(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

static int64_t
next_moment(const struct link *l)
{
    if (l->line == NULL)
        return l->retry_ms;
    int64_t at = l->line->ops->deadline(l->line);
    if (!l->greeted)
        return at;
    at = earlier(at, l->state != LINK_ONLINE ? l->hello_ms + HELLO_MS : 0);
    at = earlier(at, l->ping_ms != 0 ? dead_at(l) : ping_due(l));
    return earlier(earlier(at, l->leave_ms), calls_due_ms(l));
}

int
link_timeout(const struct link *l)
{
    if (l->kick || (l->state == LINK_OFFLINE && l->slots != NULL))
        return 0;
    if (l->state == LINK_OFFLINE || link_question(l) != NULL)
        return -1;
    int64_t at = next_moment(l), now = now_ms();
    if (at == 0)
        return -1;
    return at > now ? (int)(at - now < 3600000 ? at - now : 3600000) : 0;
}

/* --- questions and what is known --- */

enum link_state
link_state(const struct link *l)
{
    return l->state;
}

const struct link_question *
link_question(const struct link *l)
{
    return l->line != NULL && l->line->question.kind != 0 ? &l->line->question : NULL;
}

static void
answered(struct link *l)
{
    l->asked = false;
    l->kick = true;
    link_set_state(l, LINK_CONNECTING);
}

void
link_answer_host_key(struct link *l, bool trust)
{
    if (link_question(l) == NULL)
        return;
    l->line->ops->answer_host_key(l->line, trust);
    answered(l);
}

void
link_answer_secret(struct link *l, struct str secret)
{
    if (link_question(l) == NULL)
        return;
    l->line->ops->answer_secret(l->line, secret);
    answered(l);
}

const struct err *
link_error(const struct link *l)
{
    return &l->error;
}

void
link_retry_now(struct link *l)
{
    if (l->state != LINK_OFFLINE && l->state != LINK_WAITING)
        return;
    if (l->error.code == RC_UNAUTHENTICATED) {
        secret_set(&l->cred.password, "", 0);
        secret_set(&l->cred.passphrase, "", 0);
        secret_set(&l->cred.code, "", 0);
        l->cred.password_fixed = false;
        l->cred.attempt = 0;
    }
    l->retry_ms = now_ms();
    l->give_up_ms = 0;
    l->kick = true;
    link_set_state(l, LINK_CONNECTING);
}

void
link_keep_password(struct link *l, struct str password)
{
    if (l->cred.password.n > 0) /* else a key opens the line */
        secret_set(&l->cred.password, password.p, password.n);
}

void
link_status(const struct link *l, struct link_status *ret)
{
    int64_t now = now_ms(), oldest = earlier(calls_oldest_ms(l), l->ping_ms);
    *ret = (struct link_status){
        .state = l->state,
        .rtt_us = l->rtt_us,
        .since_ms = now - l->state_ms,
        .silent_ms = oldest != 0 ? now - oldest : 0,
        .retry_in_ms = l->state == LINK_WAITING && l->retry_ms > now ? l->retry_ms - now : 0,
        .unanswered = calls_open(l),
        .bytes_in = l->bytes_in,
        .bytes_out = l->bytes_out,
        .slow_us = l->slow_us,
    };
    memcpy(ret->slow, l->slow, sizeof ret->slow);
}

const struct schema *
link_schema(const struct link *l)
{
    return l->eras != NULL ? &l->eras->schema : NULL;
}

const struct body_me *
link_me(const struct link *l)
{
    return l->me;
}

const struct locale_info *
link_locale(const struct link *l)
{
    static const struct locale_info unknown;
    return l->me != NULL ? &l->me->locale : &unknown;
}
