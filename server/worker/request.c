#include <string.h>

#include "common/base/lang.h"
#include "common/base/utf8.h"
#include "common/wire/cbor.h"
#include "server/worker/call.h"

enum { PEER_TEXT = 80, REASON_TEXT = 400 };

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

void
call_init(struct worker *w, struct call *c, const struct job *job)
{
    unsigned char random[REQUEST_ID / 2];
    memset(c, 0, sizeof *c);
    lang_use("en"); /* until the context says who asks */
    crypt_random(random, sizeof random);
    crypt_hex(random, sizeof random, c->id);
    c->job = job;
    const struct str address = printable(&w->arena, job->address), client = printable(&w->arena, job->client);
    c->started = call_now();
    c->rows = pg_tally(w->pg).rows;
    c->trips = pg_tally(w->pg).trips;
    c->tx = (struct tx){
        .pg = w->pg,
        .who =
            {
                  .tenant = job->who.tenant,
                  .user = job->who.user,
                  .session = job->who.session,
                  .has_today = w->config->has_today,
                  .today = w->config->today,
                  .request_id = str_from(c->id),
                  .address = address,
                  .client = client,
                  },
    };
    c->ctx = (struct op_ctx){
        .arena = &w->arena,
        .ids = &w->ids,
        .tx = &c->tx,
        .request_id = str_from(c->id),
        .address = address,
        .client = client,
        .signer = w->has_signer ? &w->signer : NULL,
        .keys = w->keys,
    };
}

/* The action a request names; NULL when there is none such. */
static const struct action *
action_of(const struct params *p)
{
    const struct entity *e =
        p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
    if (!e)
        return NULL;
    return p->action.name.n ? entity_action_named(e, p->action.name) : entity_action(e, p->action.number);
}

/* The word of the action, for history: known before the transaction opens, because the preamble carries it.
 */
static struct str
action_word(const struct call *c)
{
    const struct action *a = c->method->number == METHOD_ACT ? action_of(&c->params) : NULL;
    return str_from(a ? a->name : NULL);
}

bool
call_is_secret(const struct params *p)
{
    const struct action *a = action_of(p);
    return a && (a->flags & AF_SECRET);
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

enum rc
call_read(struct call *c)
{
    const struct request *r = &c->request;
    c->method = r->method.name.n ? method_by_name(r->method.name) : method_by_number(r->method.number);
    if (!c->method)
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
