#include <string.h>

#include "common/wire/method.h"
#include "common/wire/twin.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/worker/audit.h"
#include "server/worker/call.h"
#include "server/worker/permit.h"

/*
 * The life of a request: decode, permit, idempotency, run, audit, commit, encode, log. All generic: an
 * operation sees a decoded request and fills an answer. Nothing here knows an entity.
 */
enum { TRIES = 4 };

static op_fn op_describe; /* below: it needs the worker, found through the call */

static const struct {
    enum method number;
    op_fn *run;
} handlers[] = {
    {METHOD_DESCRIBE,  op_describe},
    {METHOD_ME,        op_me      },
    {METHOD_HOME,      op_home    },
    {METHOD_FIND,      op_find    },
    {METHOD_LIST,      op_list    },
    {METHOD_GET,       op_get     },
    {METHOD_CHECK,     op_check   },
    {METHOD_ADD,       op_add     },
    {METHOD_SET,       op_set     },
    {METHOD_ACT,       op_act     },
    {METHOD_HISTORY,   op_history },
    {METHOD_AS_OF,     op_as_of   },
    {METHOD_EXPORT,    op_export  },
    {METHOD_PRINT,     op_print   },
    {METHOD_BATCH,     op_batch   },
    {METHOD_STATUS,    op_status  },
    {METHOD_TRIAL,     op_batch   },
    {METHOD_SUBSCRIBE, op_home    },
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

enum rc
call_handle(struct call *c)
{
    op_fn *run = handler(c->method->number);
    if (!run)
        return err_log(&c->err, RC_INTERNAL, "method %s has no handler", c->method->name);
    enum rc rc = run(&c->ctx, &c->params, &c->body, &c->err);
    if (rc != RC_OK && c->params.nsteps)
        op_tell_step(&c->ctx, &c->err);
    return rc;
}

void
call_begin_again(struct call *c)
{
    memset(&c->body, 0, sizeof c->body);
    c->ctx.unreadable = NULL;
    c->ctx.issues = NULL;
    c->ctx.nissues = 0;
    c->ctx.seeks = c->ctx.has_now = false;
    c->ctx.ahead.sql = NULL;
    c->ctx.connection = 0;
    c->ctx.loaded = NULL;
    c->ctx.asked = NULL;
    c->ctx.nasked = c->ctx.asked_room = c->ctx.step = 0;
    personal_look_again(c->ctx.keys);
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
    call_begin_again(c);
    c->tx.entered.nrows = 0;
    rc = permit_request(&c->ctx.who, c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = call_handle(c);
    if (rc == RC_OK)
        rc = op_settle(&c->ctx, &c->err);
    if (rc != RC_RETRY && rc != RC_UNAUTHENTICATED)
        rc = confirm_who(c, rc);
    if (rc == RC_UNAUTHENTICATED)
        known_drop(w, &c->job->who);
    /* a database that fails says nothing of the context: what was known stays */
    if (rc == RC_RETRY || rc == RC_UNAUTHENTICATED || !c->tx.entered.nrows ||
        known_same(known, &c->tx.entered))
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

/* ------------------------------------------------------------------ answering */

/* What who subscribed may be told: the front knows no rights. */
static struct audience
audience_of(const struct op_context *who)
{
    const struct rights *r = &who->rights;
    struct audience a = {.part = AUDIENCE_WHOLE, .branch = who->branch.id};
    if (r->platform) /* of the companies' changes the platform hears nothing */
        a = (struct audience){.part = AUDIENCE_NOBODY};
    else if (who->customer)
        a = (struct audience){.part = AUDIENCE_CUSTOMER, .id = who->customer};
    else if (who->branch_only)
        a = (struct audience){.part = AUDIENCE_BRANCH, .id = who->branch.id};
    if (rights_may(r, entity_by_number(ENTITY_POLICY), "read"))
        a.sees |= SEES_POLICIES;
    if (rights_may(r, entity_by_number(ENTITY_RECEIPT), "read"))
        a.sees |= SEES_RECEIPTS;
    return a;
}

static enum rc
run_request(struct worker *w, struct call *c)
{
    enum rc rc = call_read(c);
    if (rc == RC_OK && c->method->number == METHOD_TRIAL)
        rc = write_trial(c);
    else if (rc == RC_OK)
        rc = (c->method->flags & METHOD_WRITES) ? write_run(w, c) : run_read(w, c);
    if (rc == RC_OK && c->method->number == METHOD_SUBSCRIBE)
        w->audience = audience_of(&c->ctx.who);
    if (rc == RC_OK && c->method->number == METHOD_DESCRIBE)
        rc = call_put_schema(w, c, c->params.hash);
    rc = audit_request(w, c, rc);
    if (rc == RC_OK)
        rc = call_thin(c);
    if (rc != RC_OK && rc != RC_NOT_MODIFIED)
        call_put_error(c, rc);
    call_log(w, c, rc);
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
    if (rc == RC_OK)
        rc = op_read_screens(&c->ctx, &c->err);
    if (rc == RC_OK && h->version == 0)
        rc = err_set(&c->err, RC_BAD_PARAMS, "versions", "this service speaks version %d of the protocol",
                     PROTOCOL_VERSION);
    if (rc != RC_OK) {
        rc = audit_request(w, c, rc);
        call_put_error(c, rc);
        call_log(w, c, rc);
        return rc;
    }
    c->body.hello = (struct body_hello){h->version, STR("bimad " BIMA_VERSION),
                                        worker_describe(w, &c->ctx.who.rights)->schema.hash};
    c->body.me = op_me_of(&c->ctx);
    (void)call_put_schema(w, c, h->schema_hash);
    c->body.present |= 1u << BODY_HELLO | 1u << BODY_ME;
    call_log(w, c, RC_OK);
    return RC_OK;
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
    call_put_error(c, rc);
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
        call_put_error(c, rc);
    w->signed_out = rc == RC_UNAUTHENTICATED;
    return call_reply(w, c, id, rc);
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
        call_put_error(c, rc);
    w->signed_out = rc == RC_UNAUTHENTICATED;
    const struct locale_info locale = op_locale(&c->ctx);
    buf_init(&out, &w->arena, 4096);
    twin_write(&out, &worker_describe(w, &c->ctx.who.rights)->schema, &locale, id, rc, &c->body, &c->meta);
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
    call_put_error(c, code);
    call_log(w, c, code);
    if (job->kind == JOB_WIRE) {
        if (message_decode(job->payload, &m, &ignored) == RC_OK && m.kind == MESSAGE_REQUEST)
            id = m.request.id;
        return call_reply(w, c, id, code);
    }
    struct buf out;
    const struct locale_info locale = {0};
    if (twin_read(&w->arena, job->payload, &m, &id, &ignored) == RC_OK && m.kind == MESSAGE_REQUEST)
        id = m.request.id;
    buf_init(&out, &w->arena, 1024);
    twin_write(&out, &worker_describe(w, &(struct rights){0})->schema, &locale, id, code, &c->body, &c->meta);
    return buf_str(&out);
}
