#include "server/front/mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/front/control.h"
#include "server/front/report.h"
#include "server/front/state.h"
#include "server/log.h"

_Static_assert((int)LANES == (int)STAT_LANES, "a lane without its place in the stats");

enum { READ = 64 * 1024, STUCK_MS = 20 * 1000, JOB_OVERHEAD = 4096 };

/* One user's waiting tasks. Exists only while there are any. */
struct user_queue {
    struct user_queue *next;
    uint64_t user;
    struct task *head, *tail;
    size_t n;
};

static void dispatch(struct front *f);

/* ---- tasks ---- */

static void
task_unlink(struct task *t)
{
    if (t->mine != NULL) {
        *t->mine = t->mine_next;
        if (t->mine_next != NULL) {
            t->mine_next->mine = t->mine;
        }
        t->mine = NULL;
        t->owner = NULL;
    }
}

static void
task_free(struct task *t)
{
    task_unlink(t);
    if (t->secret) {
        crypt_wipe(t->bytes, t->n);
    }
    free(t->bytes);
    free(t);
}

/* Tells the owner, if there still is one, and frees the task. */
static void
task_answer(struct task *t, const struct answer *an)
{
    struct task_owner *o = t->owner;
    task_unlink(t);
    if (o != NULL) {
        o->answered(o, t, an);
    }
    task_free(t);
}

static void
task_fail(struct task *t, enum rc code)
{
    struct answer an = {.id = t->id, .code = code};
    task_answer(t, &an);
}

/* ---- queues ---- */

static struct user_queue *
lane_user(struct lane_queue *l, uint64_t user)
{
    for (struct user_queue *u = l->head; u != NULL; u = u->next) {
        if (u->user == user) {
            return u;
        }
    }
    struct user_queue *u = front_new(sizeof *u);
    u->user = user;
    if (l->tail != NULL) {
        l->tail->next = u;
    } else {
        l->head = u;
    }
    l->tail = u;
    return u;
}

static bool
lane_put(struct lane_queue *l, struct task *t, size_t most_per_user)
{
    struct user_queue *u = lane_user(l, t->user);
    if (u->n >= most_per_user) {
        return false; /* it has tasks, so it is not left behind empty */
    }
    t->next = NULL;
    if (u->tail != NULL) {
        u->tail->next = t;
    } else {
        u->head = t;
    }
    u->tail = t;
    u->n++;
    l->n++;
    return true;
}

static void
lane_drop_user(struct lane_queue *l, struct user_queue *u)
{
    struct user_queue **at = &l->head, *before = NULL;
    while (*at != u) {
        before = *at;
        at = &(*at)->next;
    }
    *at = u->next;
    if (l->tail == u) {
        l->tail = before;
    }
    free(u);
}

static struct task *
lane_pop(struct lane_queue *l)
{
    struct user_queue *u = l->head;
    if (u == NULL) {
        return NULL;
    }
    struct task *t = u->head;
    u->head = t->next;
    u->n--;
    l->n--;
    if (u->n == 0) {
        lane_drop_user(l, u);
    } else if (l->tail != u) { /* to the end: the next user's turn */
        l->head = u->next;
        u->next = NULL;
        l->tail->next = u;
        l->tail = u;
    }
    return t;
}

/* Takes one waiting task out, wherever it stands. */
static void
lane_remove(struct lane_queue *l, struct task *t)
{
    struct user_queue *u = lane_user(l, t->user);
    struct task **at = &u->head, *before = NULL;
    while (*at != t) {
        before = *at;
        at = &(*at)->next;
    }
    *at = t->next;
    if (u->tail == t) {
        u->tail = before;
    }
    u->n--;
    l->n--;
    if (u->n == 0) {
        lane_drop_user(l, u);
    }
}

/* ---- workers ---- */

static struct task *
worker_release(struct worker *w)
{
    struct task *t = w->task;
    if (t != NULL) {
        struct mailbox *m = &w->front->mailbox;
        w->task = NULL;
        m->running--;
        m->auth_running -= t->lane == LANE_AUTH;
    }
    return t;
}

static void
worker_lost(struct worker *w, const char *why)
{
    struct front *f = w->front;
    log_warn("worker.lost", "slot=%u why=%s busy=%d", w->slot, why, w->task != NULL);
    loop_close(&f->loop, &w->watch);
    bytes_done(&w->in);
    struct task *t = worker_release(w);
    if (t != NULL) {
        STAT_ADD(f->stats, retries, 1);
        task_fail(t, RC_RETRY);
    }
}

/* False: the line is broken. */
static bool
worker_send(struct worker *w)
{
    struct task *t = w->task;
    while (t->sent < t->n) {
        ssize_t n = send(w->watch.fd, t->bytes + t->sent, t->n - t->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            loop_arm(&w->front->loop, &w->watch, EPOLLIN | EPOLLOUT);
            return true;
        }
        if (n <= 0) {
            return false;
        }
        t->sent += (size_t)n;
    }
    loop_arm(&w->front->loop, &w->watch, EPOLLIN);
    return true;
}

/* False: what came is no answer to the task it has. */
static bool
worker_answers(struct worker *w)
{
    for (;;) {
        bool whole;
        struct str body;
        size_t took;
        struct answer an;
        if (ipc_next(bytes_view(&w->in), &whole, &body, &took, NULL) != RC_OK) {
            return false;
        }
        if (!whole) {
            return true;
        }
        if (answer_read(body, &an, NULL) != RC_OK || w->task == NULL || an.id != w->task->id) {
            return false;
        }
        w->stuck = false;
        struct task *t = worker_release(w);
        latency_note(&w->front->stats->lanes[t->lane].total, stats_now_us() - t->posted_us);
        if (t->owner == NULL && t->lane == LANE_AUTH && an.code == RC_OK && an.who.session != 0) {
            report_gone(w->front, &an.who); /* who went away while he was let in: nobody has that session */
        }
        task_answer(t, &an);
        bytes_take(&w->in, took);
    }
}

static void
worker_ready(struct watch *watch, uint32_t events)
{
    struct worker *w = WATCH_OWNER(watch, struct worker, watch);
    static unsigned char piece[READ];
    if ((events & EPOLLOUT) != 0 && w->task != NULL && !worker_send(w)) {
        worker_lost(w, "send");
        return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
        return;
    }
    ssize_t n = recv(watch->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        worker_lost(w, "closed");
        return;
    }
    bytes_add(&w->in, piece, (size_t)n);
    if (!worker_answers(w)) {
        worker_lost(w, "answer");
        return;
    }
    dispatch(w->front);
}

/* ---- handing out ---- */

static struct task *
next_task(struct mailbox *m, const struct worker *w)
{
    if (w->kind != SLOT_WORK) {
        return lane_pop(&m->lanes[w->kind == SLOT_BULK ? LANE_BULK : LANE_PLATFORM]);
    }
    size_t most_auth = m->nworkers > 1 ? m->nworkers / 2 : 1;
    bool may_auth = m->lanes[LANE_AUTH].n > 0 && m->auth_running < most_auth;
    bool auth = may_auth && (m->auth_turn || m->lanes[LANE_WORK].n == 0);
    m->auth_turn = !auth;
    return lane_pop(&m->lanes[auth ? LANE_AUTH : LANE_WORK]);
}

static void
dispatch(struct front *f)
{
    struct mailbox *m = &f->mailbox;
    for (size_t i = 0; i < m->nslots; i++) {
        struct worker *w = &m->workers[i];
        if (w->watch.fd < 0 || w->task != NULL) {
            continue;
        }
        struct task *t = next_task(m, w);
        if (t == NULL) {
            continue;
        }
        t->running = true;
        latency_note(&f->stats->lanes[t->lane].wait, stats_now_us() - t->posted_us);
        w->task = t;
        m->running++;
        m->auth_running += t->lane == LANE_AUTH;
        if (!worker_send(w)) {
            worker_lost(w, "send");
        }
    }
}

void
mailbox_open(struct front *f)
{
    struct mailbox *m = &f->mailbox;
    m->nworkers = f->settings->workers;
    m->nslots = front_slots(f->settings);
    for (size_t i = 0; i < m->nslots; i++) {
        m->workers[i] = (struct worker){
            .watch.fd = -1, .front = f, .slot = (unsigned)i, .kind = front_slot(f->settings, i)};
        if (f->config->workers[i] >= 0) {
            mailbox_worker(f, (unsigned)i, f->config->workers[i]);
        }
    }
}

void
mailbox_worker(struct front *f, unsigned slot, int fd)
{
    if (slot >= f->mailbox.nslots) {
        close(fd);
        return;
    }
    struct worker *w = &f->mailbox.workers[slot];
    if (w->watch.fd >= 0) {
        worker_lost(w, "replaced");
    }
    w->stuck = false;
    ASSERT(loop_add(&f->loop, &w->watch, fd, worker_ready, EPOLLIN));
    dispatch(f);
}

static void
encode(struct front *f, struct task *t, const struct job *job)
{
    struct buf b;
    /* room for all of it at once: a growing buffer would leave pieces of a password behind */
    buf_init(&b, &f->scratch, job->payload.n + job->login.n + job->client.n + job->address.n + JOB_OVERHEAD);
    job_put(&b, job);
    t->bytes = front_new(b.n);
    t->n = b.n;
    memcpy(t->bytes, b.p, b.n);
    if (t->secret) {
        crypt_wipe(b.p, b.n);
    }
    arena_reset(&f->scratch);
}

bool
mailbox_post(struct front *f, struct task_owner *o, enum lane lane, uint64_t user, uint64_t request,
             struct job *job)
{
    struct mailbox *m = &f->mailbox;
    if (mailbox_waiting(m) >= f->settings->queue) {
        STAT_ADD(f->stats, busy, 1);
        return false;
    }
    uint32_t most_ms = f->settings->request_seconds * 1000u;
    if (job->deadline_ms == 0 || job->deadline_ms > most_ms) {
        job->deadline_ms = most_ms;
    }
    job->id = ++m->last_id;
    struct task *t = front_new(sizeof *t);
    *t = (struct task){.id = job->id, .owner = o, .request = request, .user = user, .lane = lane};
    t->due = f->now + job->deadline_ms;
    t->posted_us = job->posted_us = stats_now_us();
    t->secret = job_is_secret(job->kind);
    if (!lane_put(&m->lanes[lane], t, f->settings->queue_per_user)) {
        STAT_ADD(f->stats, busy, 1);
        free(t);
        return false;
    }
    encode(f, t, job);
    t->mine_next = o->tasks;
    t->mine = &o->tasks;
    if (o->tasks != NULL) {
        o->tasks->mine = &t->mine_next;
    }
    o->tasks = t;
    dispatch(f);
    return true;
}

bool
mailbox_cancel(struct front *f, struct task_owner *o, uint64_t request)
{
    for (struct task *t = o->tasks; t != NULL; t = t->mine_next) {
        if (t->request == request && !t->running) {
            STAT_ADD(f->stats, cancels, 1);
            lane_remove(&f->mailbox.lanes[t->lane], t);
            task_free(t);
            return true;
        }
    }
    return false;
}

void
mailbox_forget(struct front *f, struct task_owner *o)
{
    while (o->tasks != NULL) {
        struct task *t = o->tasks;
        task_unlink(t);
        if (!t->running) {
            lane_remove(&f->mailbox.lanes[t->lane], t);
            task_free(t);
        }
    }
}

/* A waiting task past its time, wherever it stands: clients name times of their own. */
static struct task *
lane_overdue(const struct lane_queue *l, uint64_t now)
{
    for (const struct user_queue *u = l->head; u != NULL; u = u->next) {
        for (struct task *t = u->head; t != NULL; t = t->next) {
            if (t->due <= now) {
                return t;
            }
        }
    }
    return NULL;
}

static void
sweep_lane(struct front *f, struct lane_queue *l)
{
    struct task *t;
    while ((t = lane_overdue(l, f->now)) != NULL) {
        lane_remove(l, t);
        STAT_ADD(f->stats, deadlines, 1);
        task_fail(t, RC_DEADLINE);
    }
}

void
mailbox_sweep(struct front *f)
{
    struct mailbox *m = &f->mailbox;
    for (int i = 0; i < LANES; i++) {
        sweep_lane(f, &m->lanes[i]);
    }
    for (size_t i = 0; i < m->nslots; i++) {
        struct worker *w = &m->workers[i];
        if (w->task != NULL && !w->stuck && w->task->due + STUCK_MS <= f->now) {
            struct control c = {.kind = CONTROL_STUCK, .slot = w->slot};
            w->stuck = control_send(f->control.fd, &c, -1);
        }
    }
    mailbox_count(f);
}

void
mailbox_count(const struct front *f)
{
    const struct mailbox *m = &f->mailbox;
    size_t open = 0, idle = 0;
    for (size_t i = 0; i < m->nworkers; i++) {
        const struct worker *w = &m->workers[i];
        open += w->watch.fd >= 0 && !w->stuck;
        idle += w->watch.fd >= 0 && w->task == NULL;
    }
    STAT_SET(f->stats, workers_open, open);
    STAT_SET(f->stats, workers_idle, idle);
    for (int i = 0; i < LANES; i++) {
        STAT_SET(f->stats, lanes[i].waiting, m->lanes[i].n);
    }
    STAT_SET(f->stats, queue, mailbox_waiting(m));
    STAT_SET(f->stats, running, m->running);
}

size_t
mailbox_waiting(const struct mailbox *m)
{
    size_t n = 0;
    for (int i = 0; i < LANES; i++) {
        n += m->lanes[i].n;
    }
    return n;
}

void
mailbox_close(struct front *f)
{
    struct mailbox *m = &f->mailbox;
    for (int i = 0; i < LANES; i++) {
        struct task *t;
        while ((t = lane_pop(&m->lanes[i])) != NULL) {
            task_free(t);
        }
    }
    for (size_t i = 0; i < m->nslots; i++) {
        struct worker *w = &m->workers[i];
        struct task *t = worker_release(w);
        if (t != NULL) {
            task_free(t);
        }
        loop_close(&f->loop, &w->watch);
        bytes_done(&w->in);
    }
}
