#include <string.h>
#include <time.h>

#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/wire/cbor.h"
#include "common/wire/method.h"
#include "common/wire/twin.h"
#include "server/log.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/worker/idempotency.h"
#include "server/worker/permit.h"
#include "server/worker/state.h"

/*
 * The life of a request: decode, permit, idempotency, run, commit, encode, log. All generic: an operation
 * sees a decoded request and fills an answer. Nothing here knows an entity.
 */
enum { TRIES = 4, REQUEST_ID = 12, PEER_TEXT = 80, REASON_TEXT = 400 };

/* One request on its way. */
struct call {
    const struct job *job;
    const struct method_info *method;
    struct params params;
    struct request request;
    struct tx tx;
    struct op_ctx ctx;
    struct body body;
    struct err err;
    struct reply_meta meta;
    int64_t started; /* microseconds, monotonic */
    char id[REQUEST_ID + 1];
    int tries;
};

static op_fn op_describe; /* below: it needs the worker, found through the call */

static const struct {
    enum method number;
    op_fn *run;
} handlers[] = {
    {METHOD_DESCRIBE, op_describe},
    {METHOD_ME,       op_me      },
    {METHOD_HOME,     op_home    },
    {METHOD_FIND,     op_find    },
    {METHOD_LIST,     op_list    },
    {METHOD_GET,      op_get     },
    {METHOD_CHECK,    op_check   },
    {METHOD_ADD,      op_add     },
    {METHOD_SET,      op_set     },
    {METHOD_ACT,      op_act     },
    {METHOD_HISTORY,  op_history },
    {METHOD_AS_OF,    op_as_of   },
    {METHOD_PRINT,    op_print   },
    {METHOD_BATCH,    op_batch   },
    {METHOD_STATUS,   op_status  },
    {METHOD_TRIAL,    op_batch   },
};

/* describe asks nothing of the database: dispatch puts the schema in once it knows the role. */
static enum rc
op_describe(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)ctx;
    (void)p;
    (void)reterr;
    ret->present |= 1u << BODY_SCHEMA;
    return RC_OK;
}

static op_fn *
handler(enum method number)
{
    for (size_t i = 0; i < COUNTOF(handlers); i++)
        if (handlers[i].number == number)
            return handlers[i].run;
    return NULL;
}

static int64_t
microseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ------------------------------------------------------------------ starting */

/* What a peer says of itself, as the database may keep it. */
static struct str
printable(struct arena *a, struct str s)
{
    size_t n = s.n < PEER_TEXT ? s.n : PEER_TEXT;
    char *p = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)(s.p[i] > ' ' && s.p[i] < 0x7f ? s.p[i] : s.p[i] == ' ' ? ' ' : '?');
    return (struct str){p, n};
}

static void
call_init(struct worker *w, struct call *c, const struct job *job)
{
    unsigned char random[REQUEST_ID / 2];
    memset(c, 0, sizeof *c);
    crypt_random(random, sizeof random);
    crypt_hex(random, sizeof random, c->id);
    c->job = job;
    const struct str address = printable(&w->arena, job->address), client = printable(&w->arena, job->client);
    c->started = microseconds();
    c->tx = (struct tx){
        .pg = w->pg,
        .who =
            {
                  .tenant = job->who.tenant,
                  .user = job->who.user,
                  .has_today = w->config->has_today,
                  .today = w->config->today,
                  .request_id = str_from(c->id),
                  .address = address,
                  .client = client,
                  },
    };
    c->ctx = (struct op_ctx){
        .arena = &w->arena,
        .tx = &c->tx,
        .request_id = str_from(c->id),
        .address = address,
        .client = client,
        .signer = w->has_signer ? &w->signer : NULL,
    };
}

/* The word of the action, for history: known before the transaction opens, because the preamble carries it.
 */
static struct str
action_word(const struct call *c)
{
    if (c->method->number != METHOD_ACT)
        return STR_NONE;
    const struct params *p = &c->params;
    const struct entity *e =
        p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
    if (!e)
        return STR_NONE;
    const struct action *a =
        p->action.name.n ? entity_action_named(e, p->action.name) : entity_action(e, p->action.number);
    return str_from(a ? a->name : NULL);
}

/* The texts of a request that are no field's value: the fields' own are checked where they are read. */
static enum rc
check_texts(const struct params *p, struct err *reterr)
{
    if (p->reason.n > REASON_TEXT)
        return err_set(reterr, RC_BAD_PARAMS, "reason", "the reason is too long: %d bytes at most",
                       REASON_TEXT);
    if (utf8_has_control(p->reason))
        return err_set(reterr, RC_BAD_PARAMS, "reason", "the reason has a character that can't be printed");
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < p->nsteps; i++)
        rc = check_texts(&p->steps[i].params, reterr);
    return rc;
}

static enum rc
read_request(struct call *c)
{
    const struct request *r = &c->request;
    c->method = r->method.name.n ? method_by_name(r->method.name) : method_by_number(r->method.number);
    if (!c->method || !handler(c->method->number))
        return err_set(&c->err, RC_UNKNOWN_METHOD, "method", "there is no method \"%.*s\"",
                       STR_ARG(r->method.name));
    struct rbuf params;
    rbuf_init(&params, r->params_raw);
    enum rc rc = params_decode(c->ctx.arena, &params, &c->params, &c->err);
    if (rc == RC_OK)
        rc = method_check_params(c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = check_texts(&c->params, &c->err);
    if (rc != RC_OK)
        return rc;
    if ((c->method->flags & METHOD_WRITES) && r->idem.n != IDEM_BYTES)
        return err_set(&c->err, RC_BAD_PARAMS, "idem", "a change must carry an idempotency key of %d bytes",
                       IDEM_BYTES);
    c->ctx.reason = c->tx.who.reason = c->params.reason;
    c->ctx.action = c->tx.who.action = action_word(c);
    return RC_OK;
}

/* ------------------------------------------------------------------ reading */

/* Runs the preamble alone: who is this now? */
static enum rc
look_who(struct worker *w, struct call *c, const struct pg_rows **ret)
{
    enum rc rc = tx_run(&c->tx, c->ctx.arena, NULL, 0, NULL, &c->err);
    if (rc == RC_OK)
        *ret = known_keep(w, &c->job->who, &c->tx.entered);
    else if (rc == RC_UNAUTHENTICATED)
        known_drop(w, &c->job->who);
    return rc;
}

static enum rc
run_handler(struct call *c)
{
    return handler(c->method->number)(&c->ctx, &c->params, &c->body, &c->err);
}

static void
forget_findings(struct call *c)
{
    memset(&c->body, 0, sizeof c->body);
    c->ctx.issues = NULL;
    c->ctx.nissues = 0;
    c->ctx.loaded = NULL;
    c->ctx.made = NULL;
    c->ctx.nmade = 0;
}

/* What asked nothing of the database has not seen the context: it is looked at now. */
static enum rc
confirm_who(struct call *c, enum rc so_far)
{
    struct err e;
    if (c->tx.entered.nrows)
        return so_far;
    enum rc rc = tx_run(&c->tx, c->ctx.arena, NULL, 0, NULL, &e);
    if (rc == RC_OK)
        return so_far;
    c->err = e;
    return rc;
}

/* One go. *ret_settled false: the context had changed meanwhile, the answer is not to be used. */
static enum rc
try_read(struct worker *w, struct call *c, bool *ret_settled)
{
    const struct pg_rows *known = known_find(w, &c->job->who);
    enum rc rc = known ? RC_OK : look_who(w, c, &known);
    *ret_settled = true;
    if (rc == RC_OK)
        rc = op_context_read(known, &c->ctx.who, &c->err);
    if (rc != RC_OK)
        return rc;
    forget_findings(c);
    c->tx.entered.nrows = 0;
    rc = permit_request(c->ctx.who.role, c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = run_handler(c);
    if (rc != RC_RETRY && rc != RC_UNAUTHENTICATED)
        rc = confirm_who(c, rc);
    if (rc == RC_UNAUTHENTICATED)
        known_drop(w, &c->job->who);
    if (rc == RC_RETRY || rc == RC_UNAUTHENTICATED || known_same(known, &c->tx.entered))
        return rc;
    (void)known_keep(w, &c->job->who, &c->tx.entered);
    *ret_settled = false;
    return RC_OK;
}

/*
 * A read runs with the context it knew; every statement brings the context as it is now. When they differ
 * (another role, branch, day …) the answer is thrown away and made again. So a read costs one round trip and
 * is never wrong. A lost line is tried once more on a new one.
 */
static enum rc
run_read(struct worker *w, struct call *c)
{
    for (c->tries = 1; c->tries <= TRIES; c->tries++) {
        bool settled;
        enum rc rc = try_read(w, c, &settled);
        if (settled && (rc != RC_RETRY || c->tries > 1))
            return rc;
    }
    return err_set(&c->err, RC_RETRY, NULL, "%s", rc_text(RC_RETRY));
}

/* ------------------------------------------------------------------ writing */

static struct str
encode_body(struct arena *a, const struct body *body)
{
    struct buf b;
    buf_init(&b, a, 1024);
    body_encode(&b, body);
    return buf_str(&b);
}

static enum rc
replay(struct call *c, enum rc code, struct str stored)
{
    struct rbuf r;
    rbuf_init(&r, stored);
    c->meta.replayed = true;
    enum rc rc = body_decode(c->ctx.arena, &r, &c->body, &c->err);
    return rc == RC_OK ? code : rc;
}

static enum rc
try_write(struct call *c, struct idem *idem)
{
    struct pg_stmt opening[IDEM_STMTS];
    struct pg_rows rows[IDEM_STMTS];
    bool found = false;
    enum rc code = RC_OK;
    struct str stored;
    idem_opening(idem, opening);
    forget_findings(c);
    enum rc rc = tx_begin(&c->tx, c->ctx.arena, opening, IDEM_STMTS, rows, &c->err);
    if (rc == RC_OK)
        rc = op_context_read(&c->tx.entered, &c->ctx.who, &c->err);
    if (rc == RC_OK)
        rc = permit_request(c->ctx.who.role, c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = idem_found(idem, &rows[IDEM_LOOKUP], &found, &code, &stored, &c->err);
    if (rc == RC_OK)
        rc = found ? replay(c, code, stored) : run_handler(c);
    if (rc == RC_OK && !found) {
        const struct pg_stmt store = idem_store(idem, RC_OK, encode_body(c->ctx.arena, &c->body));
        rc = tx_commit(&c->tx, c->ctx.arena, &store, 1, &c->err);
    }
    tx_rollback(&c->tx, c->ctx.arena);
    return rc;
}

/* Does everything and takes it back: what it would cost or what would refuse it. */
static enum rc
run_trial(struct call *c)
{
    forget_findings(c);
    enum rc rc = tx_begin(&c->tx, c->ctx.arena, NULL, 0, NULL, &c->err);
    if (rc == RC_OK)
        rc = op_context_read(&c->tx.entered, &c->ctx.who, &c->err);
    if (rc == RC_OK)
        rc = permit_request(c->ctx.who.role, c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = run_handler(c);
    tx_rollback(&c->tx, c->ctx.arena);
    return rc;
}

/* A few milliseconds, different for each: those who met in a deadlock should not meet again. */
static void
step_back(int tries)
{
    unsigned char r;
    crypt_random(&r, sizeof r);
    const struct timespec t = {0, (long)(1 + r % 8) * 1000000L * tries};
    (void)nanosleep(&t, NULL);
}

static enum rc
run_write(struct call *c)
{
    struct idem idem;
    enum rc rc = RC_OK;
    idem_init(&idem, &c->job->who, c->request.idem, c->method->number, c->request.params_raw);
    for (c->tries = 1; c->tries <= TRIES; c->tries++) {
        rc = try_write(c, &idem);
        /* a lost line is tried once more: the key tells whether the lost try was done after all */
        if (rc == RC_OK || !(tx_again(&c->err) || (rc == RC_RETRY && c->tries == 1)))
            break;
        step_back(c->tries);
    }
    return rc;
}

/* ------------------------------------------------------------------ answering */

static enum rc
put_schema(struct worker *w, struct call *c, struct str known_hash)
{
    const struct described *d = worker_describe(w, c->ctx.who.role);
    c->body.present &= ~(1u << BODY_SCHEMA);
    if (str_eq(known_hash, d->schema.hash))
        return RC_NOT_MODIFIED;
    c->body.schema = arena_new(c->ctx.arena, struct schema, 1);
    *c->body.schema = d->schema;
    c->body.schema_raw = d->raw;
    c->body.present |= 1u << BODY_SCHEMA;
    return RC_OK;
}

static void
put_error(struct call *c, enum rc code)
{
    uint32_t keep = c->body.present & (1u << BODY_RECORD);
    c->err.code = code;
    c->body.error = body_error_of(c->ctx.arena, &c->err);
    c->body.error.issues = c->ctx.issues;
    c->body.error.nissues = c->ctx.nissues;
    c->body.error.trace = str_from(c->id);
    c->body.present = keep | 1u << BODY_ERROR;
}

static void
log_call(struct worker *w, struct call *c, enum rc code)
{
    char cause[LOG_TEXT];
    bool internal = code == RC_INTERNAL || code == RC_RETRY || code == RC_BUSY || code == RC_DEADLINE;
    c->meta.server_us = (uint32_t)(microseconds() - c->started);
    log_event(code == RC_INTERNAL ? LOG_ERROR_
              : internal          ? LOG_WARN_
                                  : LOG_INFO_,
              "request",
              "req=%s session=%llx tenant=%d user=%lld method=%s code=%s us=%u arena=%zu tries=%d%s%s", c->id,
              (unsigned long long)c->job->who.session, c->job->who.tenant, (long long)c->job->who.user,
              c->method ? c->method->name : "none", rc_symbol(code), c->meta.server_us, w->arena.used,
              c->tries, internal ? " cause=" : "", internal ? log_text(c->err.log, cause) : "");
}

static enum rc
run_request(struct worker *w, struct call *c)
{
    enum rc rc = read_request(c);
    if (rc == RC_OK && c->method->number == METHOD_TRIAL)
        rc = run_trial(c);
    else if (rc == RC_OK)
        rc = (c->method->flags & METHOD_WRITES) ? run_write(c) : run_read(w, c);
    if (rc == RC_OK && c->method->number == METHOD_DESCRIBE)
        rc = put_schema(w, c, c->params.hash);
    if (rc != RC_OK && rc != RC_NOT_MODIFIED)
        put_error(c, rc);
    log_call(w, c, rc);
    return rc;
}

/* hello: who one is and what there is, in one answer. */
static enum rc
run_hello(struct worker *w, struct call *c, const struct hello *h)
{
    const struct pg_rows *known;
    c->method = method_by_number(METHOD_ME);
    enum rc rc = look_who(w, c, &known);
    if (rc == RC_OK)
        rc = op_context_read(known, &c->ctx.who, &c->err);
    if (rc == RC_OK && h->version == 0)
        rc = err_set(&c->err, RC_BAD_PARAMS, "versions", "this service speaks version %d of the protocol",
                     PROTOCOL_VERSION);
    if (rc != RC_OK) {
        put_error(c, rc);
        log_call(w, c, rc);
        return rc;
    }
    c->body.hello = (struct body_hello){h->version, STR("bimad " BIMA_VERSION),
                                        worker_describe(w, c->ctx.who.role)->schema.hash};
    c->body.me = op_me_of(&c->ctx);
    (void)put_schema(w, c, h->schema_hash);
    c->body.present |= 1u << BODY_HELLO | 1u << BODY_ME;
    log_call(w, c, RC_OK);
    return RC_OK;
}

static struct str
encode_reply(struct worker *w, struct call *c, uint64_t id, enum rc code)
{
    struct buf b;
    struct reply r = {.id = id, .code = code, .body_raw = encode_body(&w->arena, &c->body), .meta = c->meta};
    if (r.body_raw.n > LIMIT_INFLATED / 2) {
        (void)err_set(&c->err, RC_TOO_LARGE, NULL, "the answer is too large: ask for less");
        put_error(c, RC_TOO_LARGE);
        r.code = RC_TOO_LARGE;
        r.body_raw = encode_body(&w->arena, &c->body);
    }
    buf_init(&b, &w->arena, r.body_raw.n + 64);
    reply_encode(&b, &r);
    return buf_str(&b);
}

static enum rc
run_message(struct worker *w, struct call *c, const struct message *m, uint64_t *ret_id)
{
    if (m->kind == MESSAGE_HELLO) {
        *ret_id = 0;
        return run_hello(w, c, &m->hello);
    }
    if (m->kind == MESSAGE_REQUEST) {
        *ret_id = m->request.id;
        c->request = m->request;
        return run_request(w, c);
    }
    enum rc rc = err_set(&c->err, RC_BAD_FRAME, NULL, "a request or a hello is expected");
    put_error(c, rc);
    return rc;
}

struct str
dispatch_wire(struct worker *w, const struct job *job)
{
    struct call *c = arena_new(&w->arena, struct call, 1);
    struct message m;
    uint64_t id = 0;
    call_init(w, c, job);
    enum rc rc = message_decode(job->payload, &m, &c->err);
    if (rc == RC_OK)
        rc = run_message(w, c, &m, &id);
    else
        put_error(c, rc);
    return encode_reply(w, c, id, rc);
}

struct str
dispatch_json(struct worker *w, const struct job *job)
{
    struct call *c = arena_new(&w->arena, struct call, 1);
    struct message m;
    uint64_t id = 0;
    struct buf out;
    call_init(w, c, job);
    enum rc rc = twin_read(&w->arena, job->payload, &m, &id, &c->err);
    if (rc == RC_OK)
        rc = run_message(w, c, &m, &id);
    else
        put_error(c, rc);
    const struct locale_info locale = op_locale(&c->ctx);
    buf_init(&out, &w->arena, 4096);
    twin_write(&out, &worker_describe(w, c->ctx.who.role)->schema, &locale, id, rc, &c->body, &c->meta);
    return buf_str(&out);
}

struct str
dispatch_failure(struct worker *w, const struct job *job, enum rc code)
{
    struct call *c = arena_new(&w->arena, struct call, 1);
    struct message m;
    struct err ignored;
    uint64_t id = 0;
    call_init(w, c, job);
    (void)err_set(&c->err, code, NULL, "%s", rc_text(code));
    put_error(c, code);
    log_call(w, c, code);
    if (job->kind == JOB_WIRE) {
        if (message_decode(job->payload, &m, &ignored) == RC_OK && m.kind == MESSAGE_REQUEST)
            id = m.request.id;
        return encode_reply(w, c, id, code);
    }
    struct buf out;
    const struct locale_info locale = {0};
    if (twin_read(&w->arena, job->payload, &m, &id, &ignored) == RC_OK && m.kind == MESSAGE_REQUEST)
        id = m.request.id;
    buf_init(&out, &w->arena, 1024);
    twin_write(&out, &worker_describe(w, ROLE_VIEWER)->schema, &locale, id, code, &c->body, &c->meta);
    return buf_str(&out);
}
