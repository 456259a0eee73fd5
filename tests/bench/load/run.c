#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "tests/bench/load/load.h"

enum {
    EVENTS = 256,
    SWEEP_MS = 50,
    OPEN_MS = 600 * 1000,
    REQUEST = 256 * 1024,
    STORM_A_TURN = 16,
    QUIET_US = 1200 * 1000,
    DRAIN_US = 60 * 1000 * 1000
};

struct run;

struct session {
    struct run *run;
    const struct user *user;
    struct link *link;
    int fd; /* as it stands in the epoll set; -1: not there */
    uint32_t armed;
    uint64_t began; /* of the sign-in or the request under way, microseconds */
    size_t asked;   /* on this line */
    bool is_idle, online, asking;
    uint64_t told; /* the round it was last told something in */
};

struct run {
    const struct load_options *o;
    struct load_result *ret;
    struct session *sessions;
    size_t n, opened, online;
    struct arena request;
    uint64_t turn;
    uint64_t answered_at;
    uint64_t round, told,
        told_at; /* of those who subscribed: how many were told in this round, and when the last */
    int poll;
    bool measuring, failed;
};

static uint64_t
now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void
say_failure(struct run *r, const struct err *e)
{
    if (!r->ret->failures++)
        snprintf(r->ret->failure, sizeof r->ret->failure, "%s %s", rc_symbol(e ? e->code : RC_INTERNAL),
                 e ? e->text : "");
}

static void
trust(void *ctx, struct link *l, const struct link_question *q)
{
    (void)ctx;
    if (q->kind == LINK_ASK_HOST_KEY)
        link_answer_host_key(l, true);
    else
        link_answer_secret(l, STR_NONE);
}

/* ---- one session ---- */

static void
session_open(struct run *r, struct session *s)
{
    struct err e = {0};
    const struct link_options o = {
        .host = r->o->host,
        .port = r->o->port,
        .login = s->user->login,
        .key_path = s->user->key_path,
        .password = s->user->password,
        .known_hosts = r->o->known_hosts,
        .cache_dir = r->o->cache_dir,
        .fd = -1,
        .client = "bench_load",
        .locale = "en",
        .ask = trust,
    };
    s->began = now_us();
    s->fd = -1;
    s->armed = 0;
    s->online = false;
    s->asked = 0;
    if (link_open(&o, &s->link, &e) != RC_OK) {
        say_failure(r, &e);
        r->failed = true;
    }
}

/* Its descriptor changes when the link opens its line anew. */
static void
session_watch(struct run *r, struct session *s)
{
    const int fd = link_fd(s->link);
    const short wanted = link_events(s->link);
    const uint32_t events =
        (wanted & POLLIN ? (uint32_t)EPOLLIN : 0u) | (wanted & POLLOUT ? (uint32_t)EPOLLOUT : 0u);
    struct epoll_event e = {.events = events, .data.ptr = s};
    if (fd == s->fd && events == s->armed)
        return;
    if (fd >= 0 && epoll_ctl(r->poll, fd == s->fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e) != 0 &&
        errno == EEXIST)
        (void)epoll_ctl(r->poll, EPOLL_CTL_MOD, fd, &e);
    s->fd = fd;
    s->armed = events;
}

static void session_ask(struct session *s);

static bool
enough(const struct run *r)
{
    return r->o->requests && r->ret->latency.n + r->ret->failures >= r->o->requests;
}

static bool
tired(const struct session *s)
{
    return s->run->o->per_line && s->asked >= s->run->o->per_line;
}

static void
answered(void *ctx, const struct link_reply *reply)
{
    struct session *s = ctx;
    struct run *r = s->run;
    s->asking = false;
    s->asked++;
    r->answered_at = now_us();
    if (reply->code != RC_OK)
        say_failure(r, reply->err);
    else
        histogram_add(&r->ret->latency, r->answered_at - s->began);
    r->ret->done += reply->code == RC_OK && r->measuring;
    if (r->measuring && !r->o->subscribe && !tired(s) && !enough(r))
        session_ask(s);
}

/* ---- who is told ---- */

static void
hear(void *ctx, const struct wire_event *e)
{
    struct session *s = ctx;
    struct run *r = s->run;
    (void)e;
    if (!r->measuring || s->told == r->round)
        return;
    s->told = r->round;
    if (++r->told == r->o->idle) {
        r->told_at = now_us();
        /* the answer may come behind what is told of it */
        histogram_add(&r->ret->told, r->sessions[0].asking ? 0 : r->told_at - r->answered_at);
    }
}

static void
subscribed(void *ctx, const struct link_reply *reply)
{
    struct session *s = ctx;
    s->asking = false;
    if (reply->code != RC_OK)
        say_failure(s->run, reply->err);
}

static void
session_subscribe(struct session *s)
{
    const struct link_call call = {.method = METHOD_SUBSCRIBE, .fn = subscribed, .ctx = s};
    s->asking = true;
    link_listen(s->link, hear, s);
    (void)link_call(s->link, &call);
}

static void
session_ask(struct session *s)
{
    struct run *r = s->run;
    struct link_call call;
    arena_reset(&r->request);
    work_call(r->o->work, &r->request, s->user, r->turn++, &call);
    call.fn = answered;
    call.ctx = s;
    s->asking = true;
    s->began = now_us();
    (void)link_call(s->link, &call);
}

static void
session_pump(struct run *r, struct session *s)
{
    enum link_state state = link_pump(s->link);
    if (state == LINK_OFFLINE && !s->online) {
        say_failure(r, link_error(s->link));
        r->failed = true;
    } else if (state == LINK_ONLINE && !s->online) {
        s->online = true;
        r->online++;
        histogram_add(&r->ret->sign_in, now_us() - s->began);
        if (s->is_idle && r->o->subscribe)
            session_subscribe(s);
    }
    session_watch(r, s);
}

/* ---- all of them ---- */

static void
turn(struct run *r, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(r->poll, events, EVENTS, timeout_ms);
    for (int i = 0; i < n; i++) {
        struct session *s = events[i].data.ptr;
        if (s->link)
            session_pump(r, s);
    }
}

/* Those whose clocks ran out: a sweep costs little beside the requests. */
static void
sweep(struct run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct session *s = &r->sessions[i];
        if (s->link && (s->fd < 0 || link_timeout(s->link) == 0))
            session_pump(r, s);
    }
}

static bool
open_all(struct run *r)
{
    const uint64_t end = now_us() + (uint64_t)OPEN_MS * 1000;
    const size_t wanted = r->n - r->o->storm;
    while (r->online < wanted && !r->failed && now_us() < end) {
        while (r->opened < wanted && r->opened - r->online < r->o->opening) {
            struct session *s = &r->sessions[r->opened++];
            session_open(r, s);
            if (s->link)
                session_pump(r, s);
        }
        turn(r, SWEEP_MS / 10);
        sweep(r);
    }
    fprintf(stderr, "bench_load: %zu online\n", r->online);
    return r->online == wanted;
}

/* The next round, when all were told and what came late has come. */
static void
next_round(struct run *r)
{
    struct session *s = &r->sessions[0];
    if (s->asking || (r->round && (r->told < r->o->idle || now_us() - r->told_at < QUIET_US)))
        return;
    r->round++;
    r->told = 0;
    session_ask(s);
    session_pump(r, s);
}

/* As fast as one process can open them and still look after those that are open. */
static void
storm_on(struct run *r)
{
    for (size_t i = 0; i < STORM_A_TURN && r->opened < r->n; i++) {
        struct session *s = &r->sessions[r->opened++];
        session_open(r, s);
        if (s->link)
            session_pump(r, s);
    }
}

/* Lines that carried what one may carry are closed and opened anew; on new ones it goes on. */
static void
renew_lines(struct run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct session *s = &r->sessions[i];
        if (s->is_idle || s->asking || !s->online || enough(r))
            continue;
        if (tired(s)) {
            link_close(s->link);
            s->link = NULL;
            r->online--;
            session_open(r, s);
        } else {
            session_ask(s);
        }
        if (s->link)
            session_pump(r, s);
    }
}

static void
ask_for(struct run *r, uint64_t until)
{
    uint64_t swept = 0;
    const uint64_t began = now_us(), last = began + (uint64_t)OPEN_MS * 1000;
    r->measuring = true;
    for (size_t i = 0; i < r->n && !r->o->subscribe; i++)
        if (!r->sessions[i].is_idle) {
            session_ask(&r->sessions[i]);
            session_pump(r, &r->sessions[i]);
        }
    /* a storm lasts until it is over; who is signing in comes to an end of that */
    while (!r->failed && now_us() < last && (r->online < r->n || (now_us() < until && !enough(r)))) {
        storm_on(r);
        turn(r, r->opened < r->n ? 0 : SWEEP_MS);
        if (r->o->per_line)
            renew_lines(r);
        if (r->o->storm && r->online == r->n && !(r->ret->storm_seconds > 0)) {
            r->ret->storm_seconds = (double)(now_us() - began) / 1e6;
            until = now_us();
        }
        if (now_us() - swept > SWEEP_MS * 1000) {
            swept = now_us();
            sweep(r);
            if (r->o->subscribe)
                next_round(r);
        }
    }
    r->measuring = false;
}

/* The slowest are those that are not answered yet: leaving them out would flatter. */
static void
drain(struct run *r)
{
    const uint64_t end = now_us() + DRAIN_US;
    uint64_t swept = 0;
    do {
        r->ret->unanswered = 0;
        for (size_t i = 0; i < r->n; i++)
            r->ret->unanswered += r->sessions[i].asking;
        if (!r->ret->unanswered)
            return;
        turn(r, SWEEP_MS);
        if (now_us() - swept > SWEEP_MS * 1000) {
            swept = now_us();
            sweep(r);
        }
    } while (!r->failed && now_us() < end);
}

/* Every session that stands is closed and opened again. */
static void
sign_in_for(struct run *r, uint64_t until)
{
    memset(&r->ret->sign_in, 0, sizeof r->ret->sign_in);
    while (now_us() < until && !r->failed) {
        for (size_t i = 0; i < r->n; i++) {
            struct session *s = &r->sessions[i];
            if (s->is_idle || !s->online)
                continue;
            link_close(s->link);
            s->link = NULL;
            r->online--;
            session_open(r, s);
            if (s->link)
                session_pump(r, s);
        }
        turn(r, 1);
        sweep(r);
    }
    r->ret->latency = r->ret->sign_in;
    r->ret->done = r->ret->latency.n;
}

static void
count_bytes(const struct run *r, uint64_t *ret_up, uint64_t *ret_down)
{
    *ret_up = *ret_down = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct link_status s;
        if (!r->sessions[i].link)
            continue;
        link_status(r->sessions[i].link, &s);
        *ret_up += s.bytes_out;
        *ret_down += s.bytes_in;
    }
}

static void
measure(struct run *r)
{
    uint64_t up, down;
    count_bytes(r, &up, &down);
    const uint64_t began = now_us(),
                   until = r->o->requests ? UINT64_MAX : began + (uint64_t)r->o->seconds * 1000000;
    if (work_is_sign_in(r->o->work))
        sign_in_for(r, until);
    else
        ask_for(r, until);
    r->ret->seconds = (double)(now_us() - began) / 1e6;
    if (!work_is_sign_in(r->o->work))
        drain(r);
    count_bytes(r, &r->ret->up, &r->ret->down);
    r->ret->up -= up < r->ret->up ? up : r->ret->up;
    r->ret->down -= down < r->ret->down ? down : r->ret->down;
}

bool
load_run(const struct load_options *o, const struct people *p, struct load_result *ret)
{
    struct run r = {.o = o, .ret = ret, .n = o->sessions + o->idle + o->storm, .turn = o->first_turn};
    memset(ret, 0, sizeof *ret);
    r.poll = epoll_create1(EPOLL_CLOEXEC);
    r.sessions = calloc(r.n, sizeof *r.sessions);
    if (r.poll < 0 || !r.sessions)
        return false;
    arena_init(&r.request, REQUEST, NULL, NULL);
    for (size_t i = 0; i < r.n; i++)
        r.sessions[i] = (struct session){
            .run = &r, .user = &p->users[i % p->nusers], .fd = -1, .is_idle = i >= o->sessions};
    bool good = open_all(&r);
    if (good)
        measure(&r);
    for (size_t i = 0; i < r.n; i++)
        link_close(r.sessions[i].link);
    arena_done(&r.request);
    free(r.sessions);
    return good;
}
