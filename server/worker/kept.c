#include "common/wire/cbor.h"
#include "server/worker/call.h"

/*
 * Answers as they are kept for the same request sent again: without what is shown once, and sealed with the
 * company's key where they hold records of which something is sealed.
 */

static bool
holds_sealed(const struct body *b)
{
    const struct entity *e = body_has(b, BODY_RECORD) ? entity_by_number(b->record.entity) : NULL;
    bool holds = e && e->sealed_document;
    for (size_t i = 0; !holds && body_has(b, BODY_RESULTS) && i < b->nresults; i++)
        holds = holds_sealed(&b->results[i]);
    return holds;
}

static struct seal_about
about(const struct call *c)
{
    return (struct seal_about){SEAL_REPLY, c->ctx.who.tenant, 0, c->ctx.who.user};
}

enum rc
kept_write(struct call *c, struct str *ret)
{
    struct body kept = c->body;
    if (call_is_secret(&c->params))
        kept.present &= ~(1u << BODY_FILE);
    kept.results = arena_new(c->ctx.arena, struct body, kept.nresults + 1);
    for (size_t i = 0; i < kept.nresults; i++) {
        kept.results[i] = c->body.results[i];
        if (i < c->params.nsteps && call_is_secret(&c->params.steps[i].params))
            kept.results[i].present &= ~(1u << BODY_FILE);
    }
    *ret = call_body(c->ctx.arena, &kept);
    if (!holds_sealed(&kept))
        return RC_OK;
    const struct seal_about of = about(c);
    return personal_seal(c->ctx.keys, c->tx.pg, c->ctx.arena, &of, *ret, ret, &c->err);
}

enum rc
kept_read(struct call *c, struct str stored)
{
    struct rbuf r;
    uint32_t generation;
    const struct seal_about of = about(c);
    enum rc rc = RC_OK;
    /* a body begins with the head of a map, which nothing sealed does */
    if (seal_generation(stored, &generation))
        rc = personal_unseal(c->ctx.keys, c->tx.pg, c->ctx.arena, &of, stored, &stored, &c->err);
    if (rc != RC_OK)
        return rc;
    rbuf_init(&r, stored);
    return body_decode(c->ctx.arena, &r, &c->body, &c->err);
}
