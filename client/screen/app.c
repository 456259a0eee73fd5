#include "client/screen/app.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/screen/draft.h"
#include "client/screen/offers.h"
#include "client/text.h"
#include "client/tui/term.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"

struct app *
app_of(struct view *v)
{
    return v->tui->ctx;
}

const struct schema *
app_schema(struct app *a)
{
    return link_schema(a->link);
}

const struct locale_info *
app_locale(struct app *a)
{
    return link_locale(a->link);
}

struct params
params_entity(uint32_t entity)
{
    return (struct params){.present = 1u << PARAM_ENTITY, .entity = {.number = entity}};
}

struct params
params_record(uint32_t entity, int64_t id)
{
    struct params p = params_entity(entity);
    p.present |= 1u << PARAM_ID;
    p.id = id;
    return p;
}

void
app_new_idem(unsigned char idem[IDEM_BYTES])
{
    crypt_random(idem, IDEM_BYTES);
}

/* ---- calls ---- */

static void
call_done(struct app_call *c)
{
    if (c->barrier)
        tui_unbarrier(&c->app->tui);
    arena_done(&c->arena);
    c->used = false;
}

static bool
body_of(struct arena *a, const struct page_kept *k, struct body *ret)
{
    struct rbuf r;
    struct err err = {.code = RC_OK};
    rbuf_init(&r, str_dup(a, (struct str){(const char *)k->bytes, k->n}));
    return body_decode(a, &r, ret, &err) == RC_OK;
}

/* Keeps a page that came, or puts in the one that is still so. */
static enum rc
remembered(struct app_call *c, const struct link_reply *r, struct body *body)
{
    struct pages *p = &c->app->pages;
    const struct page_kept *k = NULL;
    if (c->page[0] && r->code == RC_OK)
        pages_keep(p, c->page, r->raw);
    else if (c->page[0] && r->code == RC_NOT_MODIFIED)
        k = pages_find(p, c->page);
    return k && body_of(&c->arena, k, body) ? RC_OK : r->code;
}

/* As it was last time, before anything is known of now. */
static void
answer_early(struct view *v, const struct ask *ask, const struct page_kept *k)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    struct body *body = arena_new(&arena, struct body, 1);
    struct answer a = {.tag = ask->tag, .code = RC_OK, .body = body, .arena = &arena};
    if (v->ops->answer && body_of(&arena, k, body))
        v->ops->answer(v, &a);
    arena_done(&arena);
}

static void
on_reply(void *ctx, const struct link_reply *r)
{
    struct app_call *c = ctx;
    struct tui *t = &c->app->tui;
    struct view *v = view_by_serial(t, c->view);
    /* a view may keep the answer: its head must live in the arena like the rest */
    struct body *body = arena_new(&c->arena, struct body, 1);
    *body = *r->body;
    enum rc code = remembered(c, r, body);
    struct answer a = {.tag = c->tag, .code = code, .body = body, .err = r->err, .arena = &c->arena};
    if (v && v->ops->answer)
        v->ops->answer(v, &a);
    if (v && c->barrier && !c->may_fail && r->code != RC_OK && r->code != RC_NOT_MODIFIED)
        tui_flush(t);
    tui_touch(t);
    if (c->own && r->code == RC_OK)
        preferences_renew(c->app);
    call_done(c);
}

static void
on_event(void *ctx, const struct wire_event *e)
{
    struct app *a = ctx;
    for (int i = 0; i < a->tui.depth; i++)
        if (a->tui.stack[i]->ops->event)
            a->tui.stack[i]->ops->event(a->tui.stack[i], e);
}

static struct app_call *
free_call(struct app *a)
{
    for (size_t i = 0; i < APP_CALLS; i++)
        if (!a->calls[i].used)
            return &a->calls[i];
    return NULL;
}

/* Of a record of which each person, or the company, has one: who one is may be another then. */
static bool
is_own(struct app *a, const struct method_info *m, const struct params *p)
{
    const struct schema *s = app_schema(a);
    const struct schema_entity *e = s && p ? schema_entity(s, p->entity.number) : NULL;
    return m && (m->flags & METHOD_WRITES) && e && e->single;
}

bool
app_ask(struct view *v, const struct ask *ask)
{
    struct app *a = app_of(v);
    struct app_call *c = free_call(a);
    if (!c) {
        tui_say(&a->tui, ROLE_WARN, "%s", _("Too much is under way; wait a moment."));
        return false;
    }
    const struct method_info *m = method_by_number((uint64_t)ask->method);
    *c = (struct app_call){.app = a,
                           .used = true,
                           .barrier = ask->barrier,
                           .may_fail = ask->may_fail,
                           .writes = m && (m->flags & METHOD_WRITES),
                           .own = is_own(a, m, ask->params),
                           .view = v->serial,
                           .tag = ask->tag};
    arena_init(&c->arena, SIZE_MAX, NULL, NULL);
    if (ask->barrier)
        tui_barrier(&a->tui);
    struct params with_hash;
    const struct page_kept *kept = NULL;
    if (ask->remember) {
        pages_key(ask->params, c->page);
        kept = pages_find(&a->pages, c->page);
    }
    if (kept) {
        with_hash = *ask->params;
        with_hash.present |= 1u << PARAM_HASH;
        with_hash.hash = str_from(kept->hash);
    }
    c->id = link_call(a->link, &(struct link_call){.method = ask->method,
                                                   .params = kept ? &with_hash : ask->params,
                                                   .idem = ask->idem,
                                                   .arena = &c->arena,
                                                   .fn = on_reply,
                                                   .ctx = c});
    if (kept && ask->early)
        answer_early(v, ask, kept);
    return true;
}

void
app_say_error(struct view *v, const struct answer *a)
{
    tui_say(v->tui, ROLE_BAD, "%s", a->err && a->err->text[0] ? a->err->text : rc_text(a->code));
}

static void
cancel(void *ctx)
{
    struct app *a = ctx;
    bool wrote = false;
    if (a->holding) {
        tui_quit(&a->tui, 0);
        return;
    }
    for (size_t i = 0; i < APP_CALLS; i++) {
        struct app_call *c = &a->calls[i];
        if (!c->used || !c->barrier)
            continue;
        wrote |= c->writes;
        link_cancel(a->link, c->id);
        call_done(c);
    }
    a->tui.barriers = 0;
    tui_say(&a->tui, ROLE_WARN, "%s",
            wrote
                ? _("Given up waiting. It may have been saved all the same: look before you enter it again.")
                : _("Given up waiting."));
}

/* ---- the host of the loop ---- */

static int
host_fd(void *ctx)
{
    struct app *a = ctx;
    return a->link ? link_fd(a->link) : -1;
}

static short
host_events(void *ctx)
{
    struct app *a = ctx;
    return a->link ? link_events(a->link) : 0;
}

static int
host_timeout(void *ctx)
{
    struct app *a = ctx;
    return a->link ? link_timeout(a->link) : -1;
}

static bool
host_busy(void *ctx)
{
    struct app *a = ctx;
    for (size_t i = 0; i < APP_CALLS; i++)
        if (a->calls[i].used)
            return true;
    return a->link && link_state(a->link) == LINK_CONNECTING;
}

static bool
asks_person(enum link_state s)
{
    return s == LINK_ASK_HOST_KEY || s == LINK_ASK_PASSWORD || s == LINK_ASK_PASSPHRASE ||
           s == LINK_ASK_CODE || s == LINK_OFFLINE;
}

static struct view *
signin_view(struct app *a)
{
    for (int i = 0; i < a->tui.depth; i++)
        if (signin_is(a->tui.stack[i]))
            return a->tui.stack[i];
    return NULL;
}

/* What is typed before the line stands is for what comes then: a password, or home. */
static void
hold_keys(struct app *a, bool hold)
{
    if (hold == a->holding)
        return;
    a->holding = hold;
    if (hold)
        tui_barrier(&a->tui);
    else
        tui_unbarrier(&a->tui);
}

static bool
setup_stands(struct app *a)
{
    for (int i = 0; i < a->tui.depth; i++)
        if (setup_is(a->tui.stack[i]))
            return true;
    return false;
}

/* The company's, the platform's own, or the theme's. */
static const char *
accent(struct app *a, char text[16])
{
    const struct body_me *me = link_me(a->link);
    snprintf(text, 16, "%.*s", STR_ARG(me->colour));
    return !text[0] && me->platform ? "magenta" : text;
}

void
app_begin(struct app *a)
{
    const struct body_me *me = link_me(a->link);
    drafts_begin(a);
    while (a->tui.depth > 0)
        view_pop(view_top(&a->tui));
    if (str_eq_c(me->login, LINK_REGISTER) && me->platform)
        join_open(a);
    else if (me->todo.n)
        setup_open(a);
    else
        home_open(a);
}

/* The service started us and ends the session: nobody can sign in here again, and it says itself why. */
static bool
sent_away(struct app *a, enum link_state now)
{
    return now == LINK_OFFLINE && a->config->spawned && a->was_online &&
           link_error(a->link)->code == RC_UNAUTHENTICATED;
}

/* Somebody else has signed in, or nobody is any more. */
static void
forget_pages(struct app *a, int64_t now)
{
    if (a->pages_of != now)
        pages_clear(&a->pages);
    a->pages_of = now;
}

static void
follow_state(struct app *a, enum link_state now)
{
    char text[16];
    struct view *asking = signin_view(a);
    if (now == LINK_ONLINE) {
        if (asking)
            view_pop(asking);
        preferences_take(a);
        theme_accent(accent(a, text));
        forget_pages(a, link_me(a->link)->user);
        drafts_begin(a);
        if (a->tui.depth == 0)
            app_begin(a);
        else if (link_me(a->link)->todo.n && !setup_stands(a))
            setup_open(a);
        else if (a->was_online && a->seen != LINK_ONLINE) {
            on_event(a, NULL);
            tui_say(&a->tui, ROLE_GOOD, "%s", _("Online again. Nothing you typed is lost."));
        }
        a->was_online = true;
    } else if (sent_away(a, now)) {
        tui_quit(&a->tui, rc_exit(link_error(a->link)->code));
    } else if (!asking && (asks_person(now) || !a->was_online)) {
        signin_open(a);
    } else if (a->was_online && a->seen == LINK_ONLINE && now == LINK_WAITING) {
        tui_say(&a->tui, ROLE_WARN, "%s",
                _("The line to the service broke. Trying again; you can go on typing."));
    }
    hold_keys(a, now == LINK_CONNECTING && !a->was_online);
    a->seen = now;
    tui_touch(&a->tui);
}

static void
host_pump(void *ctx)
{
    struct app *a = ctx;
    if (!a->link)
        return;
    link_listen(a->link, on_event, a);
    enum link_state now = link_pump(a->link);
    if (now != a->seen)
        follow_state(a, now);
}

static const char *
state_word(enum link_state s)
{
    switch (s) {
    case LINK_ONLINE:
        return _("online");
    case LINK_CONNECTING:
        return _("connecting");
    case LINK_WAITING:
        return _("offline, trying again");
    case LINK_OFFLINE:
        return _("offline");
    default:
        return _("sign in");
    }
}

static void
host_bar(void *ctx, char *left, char *right, size_t size)
{
    struct app *a = ctx;
    const struct body_me *me = a->link ? link_me(a->link) : NULL;
    if (me && str_eq_c(me->login, LINK_REGISTER))
        return; /* nobody's screens but one form */
    if (me && me->platform)
        snprintf(left, size, "%s", _("PLATFORM, no company"));
    else if (me && me->company.n)
        snprintf(left, size, "%.*s%s%.*s", STR_ARG(me->brand.n ? me->brand : me->company),
                 me->branch.n ? " › " : "", STR_ARG(me->branch));
    if (!a->link)
        return;
    if (me && me->login.n)
        snprintf(right, size, "%.*s · %s", STR_ARG(me->login), state_word(link_state(a->link)));
    else
        snprintf(right, size, "%s", state_word(link_state(a->link)));
}

/* Asks the views above home, from the top, whether they may go; the first that asks something stops it. */
void
app_home(struct app *a)
{
    while (a->tui.depth > 1) {
        struct view *top = view_top(&a->tui);
        int depth = a->tui.depth;
        if (top->ops->may_leave && !top->ops->may_leave(top)) {
            if (a->tui.depth >= depth)
                return;
            continue;
        }
        view_pop(top);
    }
}

static void
host_home(void *ctx)
{
    app_home(ctx);
}

static void
host_leave(void *ctx)
{
    struct app *a = ctx;
    tui_say(&a->tui, ROLE_DIM, "%s", _("This is home. To sign out: F2, then \"sign out\"."));
}

static void
host_lock(void *ctx)
{
    lock_open(ctx);
}

/* Nobody signed in: nothing to hide. Started by the service: no shell to go to. */
static bool
host_may(void *ctx, enum cmd c)
{
    struct app *a = ctx;
    if (c == CMD_LOCK)
        return a->was_online && !str_eq_c(link_me(a->link)->login, LINK_REGISTER);
    return c != CMD_SUSPEND || (!a->config->spawned && term_may_suspend());
}

static const struct tui_host host = {
    .fd = host_fd,
    .events = host_events,
    .timeout_ms = host_timeout,
    .pump = host_pump,
    .busy = host_busy,
    .cancel = cancel,
    .offers = app_offers,
    .run = app_run,
    .home = host_home,
    .leave = host_leave,
    .lock = host_lock,
    .may = host_may,
    .bar = host_bar,
};

enum rc
app_connect(struct app *a, struct err *reterr)
{
    const struct client_config *c = a->config;
    struct link_options o = {
        .host = a->host,
        .port = c->port,
        .login = a->login,
        .key_path = c->key_path,
        .known_hosts = c->known_hosts,
        .cache_dir = c->cache_dir,
        .fd = -1,
        .client = "bima " BIMA_VERSION " tui",
        .locale = c->language ? c->language : "en",
        .patient = true,
        .personal = true,
    };
    return link_open(&o, &a->link, reterr);
}

static int
run(struct link *link, const struct client_config *config)
{
    struct app *a = calloc(1, sizeof *a);
    ASSERT(a);
    a->config = config;
    a->link = link;
    layout_open(&a->layout, config->state_dir);
    tui_init(&a->tui, &host, a);
    struct err err = {.code = RC_OK};
    if (term_open(theme_by_name(config->theme), &a->tui.decoder, &err) != RC_OK) {
        fprintf(stderr, "bima: %s\n", err.text);
        return rc_exit(err.code);
    }
    snprintf(a->host, sizeof a->host, "%s", config->host ? config->host : "");
    snprintf(a->login, sizeof a->login, "%s", config->login ? config->login : "");
    signin_open(a);
    int status = tui_run(&a->tui);
    term_close();
    tui_done(&a->tui);
    journal_close(a->journal);
    pages_clear(&a->pages);
    link_close(a->link);
    for (size_t i = 0; i < APP_CALLS; i++)
        if (a->calls[i].used)
            arena_done(&a->calls[i].arena);
    free(a);
    return status;
}

/* The person's own keys; none where the service started the program. */
static enum rc
take_keys(const struct client_config *config, struct err *reterr)
{
    char path[PATH_MAX];
    if (!config->config_dir)
        return RC_OK;
    (void)snprintf(path, sizeof path, "%s/keys", config->config_dir);
    return cmd_remap_file(path, reterr);
}

int
tui_main(struct link *link, const struct client_config *config)
{
    struct err err = {.code = RC_OK};
    if (take_keys(config, &err) != RC_OK) {
        link_close(link);
        fprintf(stderr, "bima: %s\n", err.text);
        return rc_exit(err.code);
    }
    int status = term_supervise();
    if (status >= 0) {
        link_close(link);
        return status;
    }
    return run(link, config);
}
