#include <time.h>

#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/worker/audit.h"
#include "server/worker/call.h"
#include "server/worker/idempotency.h"
#include "server/worker/permit.h"

/*
 * A request that changes something. Its transaction begins with the first thing it asks, in the same round
 * trip, with the person as he was known: what the database says of him then is looked at before anything
 * else, and when he is another by now (another role, branch, day …) all of it is done again. So is the key of
 * the request: one that was done before is not done again. It ends with the last thing it asks.
 */
enum { TRIES = 4 };

struct opening {
    struct worker *w;
    struct call *c;
    struct idem *idem;
    const struct pg_rows *known; /* NULL: the person is not known yet */
    bool looked;                 /* the database has said who he is */
    bool changed;                /* and he is not as he was known */
    bool found;                  /* the request was done before */
    enum rc code;
    struct str stored;
};

static enum rc
judge_person(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct opening *o = about;
    const struct identity *who = &o->c->job->who;
    o->looked = true;
    if (rows->nrows != 1) {
        known_drop(o->w, who);
        return err_set(reterr, RC_UNAUTHENTICATED, NULL, "your session has ended; sign in again");
    }
    op_context_of_session(rows, &ctx->who);
    if (o->known && known_same(o->known, rows))
        return RC_OK;
    o->changed = o->known != NULL;
    o->known = known_keep(o->w, who, rows);
    return o->changed ? RC_CANCELLED : RC_OK;
}

static enum rc
judge_time(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    (void)about;
    (void)reterr;
    ctx->now = pg_cell(rows, 0, 1)->stamp;
    ctx->has_now = true;
    return RC_OK;
}

static enum rc
judge_key(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    struct opening *o = about;
    (void)ctx;
    bool found = false;
    enum rc rc = idem_found(o->idem, rows, &found, &o->code, &o->stored, reterr);
    o->found = rc == RC_OK && found;
    return o->found ? RC_CANCELLED : rc;
}

static void
ask_opening(struct opening *o)
{
    struct op_ctx *ctx = &o->c->ctx;
    struct pg_stmt begin[TX_OPENING], key[IDEM_STMTS];
    tx_begin_later(&o->c->tx, ctx->arena, begin);
    idem_opening(o->idem, key);
    op_ask(ctx, begin[TX_BEGIN].sql, NULL, 0, NULL);
    op_ask_judged(ctx, begin[TX_PREAMBLE].sql, begin[TX_PREAMBLE].params, begin[TX_PREAMBLE].nparams,
                  judge_person, o);
    op_ask_judged(ctx, key[IDEM_LOCK].sql, key[IDEM_LOCK].params, key[IDEM_LOCK].nparams, judge_time, o);
    op_ask_judged(ctx, key[IDEM_LOOKUP].sql, key[IDEM_LOOKUP].params, key[IDEM_LOOKUP].nparams, judge_key, o);
}

/* What was refused before the database was asked is believed only of who he is now. */
static enum rc
look_at_last(struct opening *o, enum rc refused)
{
    struct err err;
    if (o->looked || refused == RC_RETRY || !o->c->ctx.nasked)
        return refused;
    o->c->ctx.nasked = TX_OPENING + IDEM_STMTS; /* what else waits is asked for nobody any more */
    enum rc rc = op_settle(&o->c->ctx, &err);
    if (rc != RC_UNAUTHENTICATED && rc != RC_RETRY)
        return refused;
    o->c->err = err;
    return rc;
}

static enum rc
do_it(struct opening *o)
{
    struct call *c = o->c;
    enum rc rc = o->known ? RC_OK : op_settle(&c->ctx, &c->err);
    if (rc == RC_OK)
        rc = op_context_read(o->known, &c->ctx.who, &c->err);
    if (rc == RC_OK)
        rc = permit_request(&c->ctx.who, c->method, &c->params, &c->err);
    return rc == RC_OK ? call_handle(c) : rc;
}

static enum rc
commit(struct call *c, struct idem *idem)
{
    size_t n;
    op_show_ask(&c->ctx, &c->body);
    const struct pg_stmt store = idem_store(idem, RC_OK, kept_write(c)), *last = audit_changes(c, &store, &n);
    enum rc rc = op_commit(&c->ctx, last, n, &c->err);
    if (rc != RC_OK && c->params.nsteps)
        op_tell_step(&c->ctx, &c->err);
    return rc == RC_OK ? op_show_take(&c->ctx, &c->body, &c->err) : rc;
}

/* With the transaction over: it is shown like any record. */
static enum rc
replay(struct opening *o)
{
    struct call *c = o->c;
    tx_rollback(&c->tx, c->ctx.arena);
    call_begin_again(c);
    enum rc rc = op_context_read(o->known, &c->ctx.who, &c->err);
    if (rc == RC_OK)
        rc = kept_read(c, o->stored);
    c->meta.replayed = true;
    return rc == RC_OK ? o->code : rc;
}

/* *ret_changed: he was not who he was known for; nothing was done. */
static enum rc
try_once(struct worker *w, struct call *c, struct idem *idem, bool *ret_changed)
{
    struct opening o = {.w = w, .c = c, .idem = idem, .known = known_find(w, &c->job->who)};
    call_begin_again(c);
    ask_opening(&o);
    enum rc rc = do_it(&o);
    if (rc == RC_OK)
        rc = commit(c, idem);
    else
        rc = look_at_last(&o, rc);
    *ret_changed = o.changed;
    if (o.found && !o.changed)
        return replay(&o);
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

enum rc
write_run(struct worker *w, struct call *c)
{
    struct idem idem;
    enum rc rc = RC_OK;
    idem_init(&idem, &c->job->who, c->request.idem, c->method->number, c->request.params_raw);
    for (c->tries = 1; c->tries <= TRIES; c->tries++) {
        bool changed;
        rc = try_once(w, c, &idem, &changed);
        if (changed)
            continue;
        /* a lost line is tried once more: the key tells whether the lost try was done after all */
        if (rc == RC_OK || !(tx_again(&c->err) || (rc == RC_RETRY && c->tries == 1)))
            return rc;
        step_back(c->tries);
    }
    return rc == RC_CANCELLED ? err_set(&c->err, RC_RETRY, NULL, "%s", rc_text(RC_RETRY)) : rc;
}

enum rc
write_trial(struct call *c)
{
    call_begin_again(c);
    enum rc rc = tx_begin(&c->tx, c->ctx.arena, NULL, 0, NULL, &c->err);
    if (rc == RC_OK)
        rc = op_context_read(&c->tx.entered, &c->ctx.who, &c->err);
    if (rc == RC_OK)
        rc = permit_request(&c->ctx.who, c->method, &c->params, &c->err);
    if (rc == RC_OK)
        rc = call_handle(c);
    if (rc == RC_OK) {
        rc = op_finish(&c->ctx, &c->body, &c->err);
        if (rc != RC_OK && c->params.nsteps)
            op_tell_step(&c->ctx, &c->err);
    }
    tx_rollback(&c->tx, c->ctx.arena);
    return rc;
}
