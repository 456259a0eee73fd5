#include <time.h>

#include "common/base/limits.h"
#include "server/log.h"
#include "server/op/parts.h"
#include "server/worker/call.h"

int64_t
call_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct str
call_body(struct arena *a, const struct body *body)
{
    struct buf b;
    buf_init(&b, a, 1024);
    body_encode(&b, body);
    return buf_str(&b);
}

enum rc
call_put_schema(struct worker *w, struct call *c, struct str known_hash)
{
    const struct described *d = worker_describe(w, &c->ctx.who.rights);
    c->body.present &= ~(1u << BODY_SCHEMA);
    if (str_eq(known_hash, d->schema.hash))
        return RC_NOT_MODIFIED;
    c->body.schema = arena_new(c->ctx.arena, struct schema, 1);
    *c->body.schema = d->schema;
    c->body.schema_raw = d->raw;
    c->body.present |= 1u << BODY_SCHEMA;
    return RC_OK;
}

void
call_put_error(struct call *c, enum rc code)
{
    uint32_t keep = code == RC_CONFLICT ? c->body.present & (1u << BODY_RECORD) : 0;
    c->err.code = code;
    op_issues_close(&c->ctx);
    c->body.error = body_error_of(c->ctx.arena, &c->err);
    c->body.error.issues = c->ctx.issues;
    c->body.error.nissues = c->ctx.nissues;
    c->body.error.trace = str_from(c->id);
    c->body.present = keep | 1u << BODY_ERROR;
}

/* To the database. */
static unsigned long long
trips_of(const struct worker *w, const struct call *c)
{
    return pg_tally(w->pg).trips - c->trips;
}

/* From the front's hands until now; what waited there counts. */
static void
note_request(struct worker *w, struct call *c, enum rc code)
{
    struct page *page = w->config->page;
    uint64_t took_us = c->meta.server_us;
    uint64_t wait_us = c->job->posted_us && (uint64_t)c->started > c->job->posted_us
                           ? (uint64_t)c->started - c->job->posted_us
                           : 0;
    unsigned method = c->method ? (unsigned)c->method->number : 0;
    bool slow = w->config->slow_ms && wait_us + took_us > (uint64_t)w->config->slow_ms * 1000;
    if (page && method < PAGE_METHODS && (unsigned)code < PAGE_CODES)
        PAGE_ADD(page, requests[method][code], 1);
    if (!slow)
        return;
    c->meta.trace = str_from(c->id); /* so that who waited for it can say which it was */
    if (page)
        PAGE_ADD(page, slow, 1);
    log_warn("request.slow", "req=%s method=%s code=%s wait_us=%llu worker_us=%llu rows=%llu trips=%llu",
             c->id, c->method ? c->method->name : "none", rc_symbol(code), (unsigned long long)wait_us,
             (unsigned long long)took_us, (unsigned long long)(pg_tally(w->pg).rows - c->rows),
             trips_of(w, c));
}

void
call_log(struct worker *w, struct call *c, enum rc code)
{
    char cause[LOG_TEXT];
    bool internal = code == RC_INTERNAL || code == RC_RETRY || code == RC_BUSY || code == RC_DEADLINE;
    if (c->ctx.unreadable)
        log_error("personal.unreadable", "req=%s cause=%s", c->id, log_text(c->ctx.unreadable->log, cause));
    c->meta.server_us = (uint32_t)(call_now() - c->started);
    note_request(w, c, code);
    usage_request(&w->usage, c->job->who.tenant, code, c->meta.server_us);
    if (code == RC_INTERNAL)
        usage_failed(&w->usage, c->job->who.tenant, &c->err, c->id, c->method ? c->method->name : "none");
    log_event(
        code == RC_INTERNAL ? LOG_ERROR_
        : internal          ? LOG_WARN_
                            : LOG_INFO_,
        "request",
        "req=%s session=%08x tenant=%d user=%lld method=%s code=%s us=%u arena=%zu tries=%d trips=%llu%s%s",
        c->id, session_label(c->job->who.session), c->job->who.tenant, (long long)c->job->who.user,
        c->method ? c->method->name : "none", rc_symbol(code), c->meta.server_us, w->arena.used, c->tries,
        trips_of(w, c), internal ? " cause=" : "", internal ? log_text(c->err.log, cause) : "");
}

struct str
call_reply(struct worker *w, struct call *c, uint64_t id, enum rc code)
{
    struct buf b;
    struct reply r = {.id = id, .code = code, .body_raw = call_body(&w->arena, &c->body), .meta = c->meta};
    if (r.body_raw.n > LIMIT_INFLATED / 2) {
        (void)err_set(&c->err, RC_TOO_LARGE, NULL, "the answer is too large: ask for less");
        call_put_error(c, RC_TOO_LARGE);
        r.code = RC_TOO_LARGE;
        r.body_raw = call_body(&w->arena, &c->body);
    }
    buf_init(&b, &w->arena, r.body_raw.n + 64);
    reply_encode(&b, &r);
    return buf_str(&b);
}
