#include "common/wire/cbor.h"
#include "server/op/ops.h"
#include "server/worker/call.h"

/*
 * Answers as they are kept for the same request sent again: which records it answered with, not what stood in
 * them; who asks again is shown them as they are then, as far as he may see them now. What is shown once is
 * not kept. Answers that an earlier version kept hold their records, sealed where something of them is
 * sealed.
 */

static struct body
kept_of(const struct body *b, const struct params *p)
{
    struct body kept = *b;
    kept.record = (struct body_record){.entity = b->record.entity, .id = b->record.id};
    if (call_is_secret(p))
        kept.present &= ~(1u << BODY_FILE);
    return kept;
}

struct str
kept_write(struct call *c)
{
    struct body kept = kept_of(&c->body, &c->params);
    kept.results = arena_new(c->ctx.arena, struct body, kept.nresults + 1);
    for (size_t i = 0; i < kept.nresults; i++)
        kept.results[i] =
            kept_of(&c->body.results[i], i < c->params.nsteps ? &c->params.steps[i].params : &c->params);
    return call_body(c->ctx.arena, &kept);
}

static enum rc
open_kept(struct call *c, struct str stored)
{
    struct rbuf r;
    uint32_t generation;
    const struct seal_about of = {SEAL_REPLY, c->ctx.who.tenant, 0, c->ctx.who.user};
    enum rc rc = RC_OK;
    /* a body begins with the head of a map, which nothing sealed does */
    if (seal_generation(stored, &generation))
        rc = personal_unseal(c->ctx.keys, c->tx.pg, c->ctx.arena, &of, stored, &stored, &c->err);
    if (rc != RC_OK)
        return rc;
    rbuf_init(&r, stored);
    return body_decode(c->ctx.arena, &r, &c->body, &c->err);
}

/* A record he may not see any more stays what it is called by. */
static enum rc
show_kept(struct call *c, struct body *b)
{
    struct err err;
    enum rc rc = RC_OK;
    if (body_has(b, BODY_RECORD) && !b->record.version)
        rc = op_show_take(&c->ctx, b, &err);
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        return RC_OK;
    c->err = err;
    return rc;
}

enum rc
kept_read(struct call *c, struct str stored)
{
    enum rc rc = open_kept(c, stored);
    if (rc != RC_OK)
        return rc;
    struct body *b = &c->body;
    for (size_t i = 0; rc == RC_OK && body_has(b, BODY_RESULTS) && i < b->nresults; i++)
        rc = show_kept(c, &b->results[i]);
    return rc == RC_OK && !body_has(b, BODY_RESULTS) ? show_kept(c, b) : rc;
}
