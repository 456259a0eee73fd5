/* Hello and what the service tells with it: the description (kept by hash between runs) and who one is. */
#include "client/link/private.h"
#include "client/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { ERA_CAP = 64 << 20, WHO = 400 };

static struct str
who_of(const struct link *l, char out[WHO])
{
    int n = snprintf(out, WHO, "%s@%s:%d", l->target.login != NULL ? l->target.login : "",
                     l->target.host != NULL ? l->target.host : "", l->target.port);
    return (struct str){out, n < WHO ? (size_t)n : WHO - 1};
}

static struct era *
era_new(struct str hash, struct str raw, struct err *reterr)
{
    struct era *era = calloc(1, sizeof(*era));
    ASSERT(era != NULL);
    arena_init(&era->arena, ERA_CAP, NULL, NULL);
    struct rbuf r;
    rbuf_init(&r, str_dup(&era->arena, raw));
    if (schema_decode(&era->arena, &r, &era->schema, reterr) != RC_OK) {
        arena_done(&era->arena);
        free(era);
        return NULL;
    }
    era->schema.hash = str_dup(&era->arena, hash);
    return era;
}

static void
era_push(struct link *l, struct era *era)
{
    era->next = l->eras;
    l->eras = era;
}

void
greet_cached(struct link *l)
{
    char text[WHO];
    struct str hash, raw;
    if (l->cache_dir == NULL)
        return;
    if (cache_recall(&l->decoding, l->cache_dir, who_of(l, text), &hash) &&
        cache_load(&l->decoding, l->cache_dir, hash, &raw)) {
        struct era *era = era_new(hash, raw, NULL);
        if (era != NULL)
            era_push(l, era);
    }
    arena_reset(&l->decoding);
}

void
greet_done(struct link *l)
{
    while (l->eras != NULL) {
        struct era *era = l->eras;
        l->eras = era->next;
        arena_done(&era->arena);
        free(era);
    }
}

void
greet_send(struct link *l)
{
    struct hello hello = {
        .version = PROTOCOL_VERSION,
        .caps = l->dial.may_deflate ? CAP_DEFLATE | CAP_RECALL : 0,
        .client = str_from(l->client),
        .schema_hash = l->eras != NULL ? l->eras->schema.hash : STR_NONE,
        .locale = str_from(l->locale),
    };
    struct buf b;
    buf_init(&b, &l->encoding, 128);
    hello_encode(&b, &hello);
    link_put(l, &b);
    l->greeted = true;
    l->hello_ms = l->heard_ms = now_ms();
}

static enum rc
take_schema(struct link *l, const struct body *body, struct err *reterr)
{
    char text[WHO];
    struct str hash = body->hello.schema_hash;
    if (body_has(body, BODY_SCHEMA)) {
        struct era *era = era_new(hash, body->schema_raw, reterr);
        if (era == NULL)
            return RC_BAD_FRAME;
        era_push(l, era);
        if (l->cache_dir != NULL) {
            cache_store(l->cache_dir, hash, body->schema_raw);
            cache_remember(l->cache_dir, who_of(l, text), hash);
        }
    }
    if (l->eras == NULL || !str_eq(l->eras->schema.hash, hash))
        return err_set(reterr, RC_BAD_FRAME, NULL, _("the service did not describe itself"));
    return RC_OK;
}

static void
take_me(struct link *l, const struct body_me *me)
{
    struct arena *a = &l->me_arena;
    arena_reset(a);
    struct body_me *mine = arena_new(a, struct body_me, 1);
    *mine = *me;
    struct str *texts[] = {&mine->login,   &mine->name,     &mine->role,     &mine->branch,
                           &mine->company, &mine->currency, &mine->timezone, &mine->language,
                           &mine->brand,   &mine->colour,   &mine->todo};
    for (size_t i = 0; i < COUNTOF(texts); i++)
        *texts[i] = str_dup(a, *texts[i]);
    if (l->personal) {
        mine->locale.dates = me->screens.dates;
        mine->locale.amounts = me->screens.amounts;
    }
    l->me = mine;
    if (mine->language.n)
        lang_use(mine->language.p); /* what was shown before signing in was a guess */
}

void
link_renew(struct link *l, const struct body *body)
{
    struct arena a;
    arena_init(&a, SCRATCH_CAP, NULL, NULL);
    if (body_has(body, BODY_SCHEMA)) {
        struct str hash = schema_hash(&a, body->schema);
        struct era *era = era_new(hash, body->schema_raw, NULL);
        if (era != NULL)
            era_push(l, era);
    }
    arena_done(&a);
    if (body_has(body, BODY_ME))
        take_me(l, &body->me);
}

static enum rc
read_hello(struct link *l, const struct reply *reply, struct err *reterr)
{
    struct rbuf r;
    struct body body = {0};
    rbuf_init(&r, reply->body_raw);
    enum rc rc = body_decode(&l->decoding, &r, &body, reterr);
    if (rc != RC_OK)
        return rc;
    if (reply->code != RC_OK) {
        body_error_to(&body.error, reply->code, reterr);
        return reply->code;
    }
    if (!body_has(&body, BODY_HELLO) || !body_has(&body, BODY_ME))
        return err_set(reterr, RC_BAD_FRAME, NULL, _("the service's greeting is not complete"));
    rc = take_schema(l, &body, reterr);
    if (rc == RC_OK)
        take_me(l, &body.me);
    return rc;
}

void
greet_reply(struct link *l, const struct reply *reply)
{
    struct err err = {0};
    if (read_hello(l, reply, &err) == RC_OK) {
        l->attempts = 0;
        l->give_up_ms = 0;
        l->was_online = true;
        link_set_state(l, LINK_ONLINE);
        calls_give_early(l);
        return;
    }
    if (rc_retryable(err.code))
        err.code = RC_UNAVAILABLE; /* the next attempt may find it better */
    link_lost(l, &err);
}
