#include "server/front/news.h"

#include <errno.h>
#include <sys/socket.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/event.h"
#include "common/wire/frame.h"
#include "server/front/rpc.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum {
    MOST_A_TURN = 256,
    EVENT_ROOM = 64,
    WAITING_MOST = 1024 /* bytes of events, on a line that is slow */
};

/* An event ready to leave, in both spellings. */
struct spelled {
    struct str wire, json;
};

/* ---- who subscribed ---- */

static struct rpc **
bucket(struct news *w, int32_t tenant)
{
    return &w->buckets[(uint32_t)tenant % NEWS_BUCKETS];
}

void
news_leave(struct rpc *r)
{
    struct subscription *s = &r->news;
    if (s->link == NULL) {
        return;
    }
    *s->link = s->next;
    if (s->next != NULL) {
        s->next->news.link = s->link;
    }
    *s = (struct subscription){0};
    r->front->news.n--;
}

void
news_ask(struct rpc *r, uint64_t request)
{
    news_leave(r);
    struct news *w = &r->front->news;
    struct rpc **head = bucket(w, r->session->who.tenant);
    r->news = (struct subscription){.next = *head, .link = head, .request = request, .waiting = true};
    if (*head != NULL) {
        (*head)->news.link = &r->news.next;
    }
    *head = r;
    w->n++;
}

void
news_answer(struct rpc *r, uint64_t request, const struct audience *audience)
{
    struct subscription *s = &r->news;
    if (s->link == NULL || s->request != request || !s->waiting) {
        return;
    }
    if (audience->part == AUDIENCE_NOBODY) {
        news_leave(r);
        return;
    }
    s->waiting = false;
    s->audience = *audience;
    news_resume(r);
}

bool
news_cancel(struct rpc *r, uint64_t request)
{
    bool mine = r->news.link != NULL && r->news.request == request;
    if (mine) {
        news_leave(r);
    }
    return mine;
}

/* ---- telling ---- */

/* Frames both spellings into the scratch arena. */
static struct spelled
spell(struct front *f, struct str message, struct str line)
{
    struct buf wire, json;
    buf_init(&wire, &f->scratch, message.n + FRAME_HEADER);
    buf_init(&json, &f->scratch, line.n + 1);
    if (message.n > 0 && !frame_put(&wire, message, false)) {
        wire.n = 0;
    }
    if (line.n > 0) {
        buf_add_str(&json, line);
        buf_add_char(&json, '\n');
    }
    return (struct spelled){buf_str(&wire), buf_str(&json)};
}

static struct spelled
spell_changed(struct front *f)
{
    struct buf b;
    buf_init(&b, &f->scratch, EVENT_ROOM);
    event_encode(&b, &(struct wire_event){.topic = STR(EVENT_HOME), .kind = HOME_CHANGED});
    return spell(f, buf_str(&b), STR("{\"event\":\"home\",\"seq\":0,\"kind\":\"changed\",\"body\":{}}"));
}

static void
put(struct rpc *r, const struct spelled *what)
{
    struct str bytes = r->json ? what->json : what->wire;
    if (bytes.n > 0 && !outq_put(&r->out, OUT_EVENT, bytes)) {
        r->broken = true; /* it reads nothing */
    }
    r->wake(r);
}

void
news_resume(struct rpc *r)
{
    struct subscription *s = &r->news;
    if (s->link == NULL || s->waiting || !s->missed || outq_waiting(&r->out) > 0) {
        return;
    }
    s->missed = false;
    struct spelled changed = spell_changed(r->front);
    put(r, &changed);
    arena_reset(&r->front->scratch);
}

/* The company has been looked at. */
static bool
concerns(const struct rpc *r, const struct notice *n)
{
    const struct audience *a = &r->news.audience;
    switch (n->to) {
    case NOTICE_ALL:
        return true;
    case NOTICE_WHOLE:
        return a->part == AUDIENCE_WHOLE && (a->sees & n->sees) == n->sees;
    case NOTICE_HOUSE:
        return a->part == AUDIENCE_WHOLE && a->branch == n->id && (a->sees & n->sees) == n->sees;
    case NOTICE_BRANCH:
        return a->part == AUDIENCE_BRANCH && a->id == n->id;
    case NOTICE_CUSTOMER:
        return a->part == AUDIENCE_CUSTOMER && a->id == n->id;
    case NOTICE_USER:
        return r->session->who.user == n->id;
    }
    return false;
}

/* Who is not known yet hears that there was something, and nothing of it. A line that has not taken what it
   was sent hears it once, when it has. */
static void
tell(struct rpc *r, const struct notice *n, const struct spelled *what)
{
    if (r->gone_away || r->broken || r->session->ending != NULL) {
        return;
    }
    if (r->news.waiting) {
        r->news.missed = true;
        return;
    }
    if (!concerns(r, n)) {
        return;
    }
    if (r->out.bytes[OUT_EVENT] > WAITING_MOST && !n->ends) {
        r->news.missed = true;
    } else {
        put(r, what);
    }
    if (n->ends) {
        news_leave(r);
    }
}

static void
tell_bucket(struct rpc *first, const struct notice *n, const struct spelled *what, bool everybody)
{
    for (struct rpc *r = first, *next; r != NULL; r = next) {
        next = r->news.next;
        if (everybody || r->session->who.tenant == n->tenant) {
            tell(r, n, what);
        }
    }
}

/* `tenant` -1: the jobs process could not tell us everything. */
static void
pass_on(struct front *f, const struct notice *n)
{
    bool everybody = n->tenant < 0;
    if (f->news.n == 0) {
        return;
    }
    struct spelled what = spell(f, n->wire, n->json);
    for (size_t i = 0; everybody && i < NEWS_BUCKETS; i++) {
        tell_bucket(f->news.buckets[i], n, &what, true);
    }
    if (!everybody) {
        tell_bucket(*bucket(&f->news, n->tenant), n, &what, false);
    }
    arena_reset(&f->scratch);
}

static void
on_notice(struct watch *w, uint32_t events)
{
    (void)events;
    struct front *f = WATCH_OWNER(w, struct front, news.watch);
    char packet[NOTICE_MAX];
    struct notice n;
    for (int i = 0; i < MOST_A_TURN; i++) {
        ssize_t got = recv(w->fd, packet, sizeof packet, MSG_DONTWAIT);
        if (got <= 0) {
            if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
                loop_close(&f->loop, w); /* the master is ending */
            }
            return;
        }
        if (notice_read((struct str){packet, (size_t)got}, &n, NULL) == RC_OK) {
            pass_on(f, &n);
        } else {
            log_error("front.news", "error=\"a notice is not well formed\"");
        }
    }
}

void
news_open(struct front *f, int fd)
{
    f->news.watch.fd = -1;
    if (fd > 0 && !loop_add(&f->loop, &f->news.watch, fd, on_notice, EPOLLIN)) {
        log_error("front.news", "errno=%d", errno);
    }
}

void
news_close(struct front *f)
{
    loop_close(&f->loop, &f->news.watch);
}
