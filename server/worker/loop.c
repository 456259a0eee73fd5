#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "server/account/account.h"
#include "server/log.h"
#include "server/worker/audit.h"
#include "server/worker/state.h"

/* bytes; descriptions of the catalog, one per role */
#define PROCESS_MEMORY ((size_t)8 * 1024 * 1024)

/* The state of this process. */
static struct {
    struct worker worker;
    jmp_buf full;                   /* where a request that outgrew its arena goes */
    volatile sig_atomic_t stopping; /* SIGTERM came */
    unsigned char *in;              /* the job being read */
    size_t in_cap;
    struct job job; /* here rather than on the stack: they must survive longjmp */
    struct answer answer;
} self;

static void
on_stop(int sig)
{
    (void)sig;
    self.stopping = 1;
}

static void
on_full(void *ctx)
{
    (void)ctx;
    longjmp(self.full, 1);
}

/* ------------------------------------------------------------------ bytes */

/* False: the other end closed, or we are asked to stop while nothing of a job has come yet. */
static bool
read_whole(int fd, unsigned char *p, size_t n, bool may_stop)
{
    size_t got = 0;
    while (got < n) {
        if (self.stopping && may_stop && got == 0)
            return false;
        ssize_t r = read(fd, p + got, n - got);
        if (r == 0 || (r < 0 && errno != EINTR))
            return false;
        if (r > 0)
            got += (size_t)r;
    }
    return true;
}

static bool
write_whole(int fd, struct str s)
{
    size_t sent = 0;
    while (sent < s.n) {
        ssize_t w = send(fd, s.p + sent, s.n - sent, MSG_NOSIGNAL);
        if (w < 0 && errno != EINTR)
            return false;
        if (w > 0)
            sent += (size_t)w;
    }
    return true;
}

/* One job's body. False at the end of the work, or when the front sends what is no job. */
static bool
read_job(int fd, struct job *ret)
{
    unsigned char head[IPC_HEADER];
    if (!read_whole(fd, head, sizeof head, true))
        return false;
    size_t n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (n > IPC_MAX)
        return false;
    if (n > self.in_cap) {
        unsigned char *p = realloc(self.in, n);
        ASSERT(p != NULL);
        self.in = p;
        self.in_cap = n;
    }
    struct err e;
    if (!read_whole(fd, self.in, n, false))
        return false;
    if (job_read((struct str){(const char *)self.in, n}, ret, &e) == RC_OK)
        return true;
    log_error("worker.job", "cause=malformed");
    return false;
}

/* ------------------------------------------------------------------ jobs */

static void
answer_auth(struct worker *w, const struct job *job, struct answer *ret)
{
    struct err e;
    char cause[LOG_TEXT];
    const struct account_door door = {&w->arena, w->pg, w->keys};
    ret->code = account_answer(&door, job, ret, &e);
    if (ret->code != RC_OK && ret->code != RC_UNAUTHENTICATED)
        log_warn("worker.auth", "code=%s cause=%s", rc_symbol(ret->code), log_text(e.log, cause));
    else if (ret->code == RC_OK && ret->more == SIGN_IN_DONE && ret->who.session && job->kind != JOB_SESSIONS)
        usage_sign_in(&w->usage, ret->who.tenant);
}

static void
answer_job(struct worker *w, const struct job *job, struct answer *ret)
{
    w->audience = (struct audience){.part = AUDIENCE_NOBODY};
    switch (job->kind) {
    case JOB_AUTH_PASSWORD:
    case JOB_AUTH_KEY:
    case JOB_AUTH_SIGNED:
    case JOB_AUTH_CODE:
    case JOB_AUTH_OPEN:
    case JOB_SESSIONS:
        answer_auth(w, job, ret);
        return;
    case JOB_WIRE:
        ret->payload = dispatch_wire(w, job);
        break;
    case JOB_JSON:
        ret->payload = dispatch_json(w, job);
        break;
    }
    ret->audience = w->audience;
    if (w->signed_out) { /* the front ends the session when it has passed the reply on */
        w->signed_out = false;
        ret->code = RC_UNAUTHENTICATED;
    }
}

/* A request that outgrew its memory was left where it stood: the connection with it. */
static void
answer_outgrown(struct worker *w, const struct job *job, struct answer *ret)
{
    pg_drop(w->pg);
    arena_reset(&w->arena);
    *ret = (struct answer){.id = job->id, .who = job->who};
    if (job->kind == JOB_WIRE || job->kind == JOB_JSON)
        ret->payload = dispatch_failure(w, job, RC_TOO_LARGE);
    else
        ret->code = RC_RETRY;
}

/* Tells the database what was counted, when it is time; an idle worker waits for the front or for that
 * moment. */
static void
tell_usage(struct worker *w)
{
    struct usage *u = &w->usage;
    if (!usage_wait(u, call_now()))
        return;
    struct pollfd p = {.fd = w->config->fd, .events = POLLIN};
    while (!self.stopping && !usage_due(u, call_now()) && poll(&p, 1, usage_wait(u, call_now())) == 0)
        continue;
    if (usage_due(u, call_now()))
        usage_tell(u, w->pg, &w->arena, call_now());
    arena_reset(&w->arena);
}

/* What the connection did since the page was told last. */
static void
note_connection(struct worker *w)
{
    struct page *page = w->config->page;
    const struct pg_tally now = pg_tally(w->pg);
    if (!page || w->config->place >= PAGE_PROCESSES)
        return;
    PAGE_SET(page, processes[w->config->place].database, now.open);
    PAGE_ADD(page, connects, now.connects - w->told.connects);
    PAGE_ADD(page, trips, now.trips - w->told.trips);
    PAGE_ADD(page, rows, now.rows - w->told.rows);
    w->told = now;
}

static bool
serve_one(struct worker *w)
{
    audit_wait(w);
    tell_usage(w);
    note_connection(w);
    if (!read_job(w->config->fd, &self.job))
        return false;
    self.answer = (struct answer){.id = self.job.id, .who = self.job.who};
    if (setjmp(self.full) == 0)
        answer_job(w, &self.job, &self.answer);
    else
        answer_outgrown(w, &self.job, &self.answer);
    struct buf b;
    buf_init(&b, &w->arena, self.answer.payload.n + 256);
    answer_put(&b, &self.answer);
    bool ok = write_whole(w->config->fd, buf_str(&b));
    if (job_is_secret(self.job.kind))
        crypt_wipe(self.in, self.in_cap);
    arena_reset(&w->arena);
    return ok && !self.stopping;
}

/* ------------------------------------------------------------------ the process */

static void
watch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop}; /* without SA_RESTART: a blocking read must return */
    sigemptyset(&stop.sa_mask);
    (void)sigaction(SIGTERM, &stop, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &ignore, NULL); /* Ctrl-C at a terminal is the master's to handle */
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static bool
start(struct worker *w, const struct worker_config *c)
{
    struct err e;
    char cause[LOG_TEXT];
    w->config = c;
    arena_init(&w->arena, c->arena_bytes ? c->arena_bytes : LIMIT_ARENA_REQUEST, on_full, NULL);
    arena_init(&w->memory, PROCESS_MEMORY, NULL, NULL);
    w->pg = pg_new(c->conninfo, c->role);
    if (c->signing_key && signer_load(&w->signer, c->signing_key, false, &e) != RC_OK) {
        log_error("worker.start", "cause=%s", log_text(e.log, cause));
        return false;
    }
    w->has_signer = c->signing_key != NULL;
    if (c->master_key && keyring_open(c->master_key, false, &w->keys, &e) != RC_OK) {
        log_error("worker.start", "cause=%s", log_text(e.log, cause));
        return false;
    }
    if (pg_ready(w->pg, &e) != RC_OK) /* not fatal: the database may still be starting */
        log_warn("worker.database", "cause=%s", log_text(e.log, cause));
    return true;
}

static void
finish(struct worker *w)
{
    audit_flush(w, true);
    if (usage_wait(&w->usage, call_now()))
        usage_tell(&w->usage, w->pg, &w->arena, call_now());
    pg_free(w->pg);
    if (w->has_signer)
        signer_done(&w->signer);
    keyring_close(&w->keys);
    for (size_t i = 0; i < KNOWN_USERS; i++)
        if (w->known[i].memory.cap)
            arena_done(&w->known[i].memory);
    arena_done(&w->arena);
    arena_done(&w->memory);
    free(self.in);
}

int
worker_main(const struct worker_config *c)
{
    struct worker *w = &self.worker;
    watch_signals();
    bool ok = start(w, c);
    while (ok && serve_one(w))
        continue;
    finish(w);
    return ok ? 0 : 1;
}
