#include <poll.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "client/plain/private.h"
#include "common/crypt/crypt.h"

/* Asking the service and waiting for it. */

const struct schema *
plain_schema(const struct plain *p)
{
    return link_schema(p->link);
}

const struct locale_info *
plain_locale(const struct plain *p)
{
    return link_locale(p->link);
}

struct params
params_of_entity(uint32_t entity)
{
    return (struct params){.present = 1u << PARAM_ENTITY, .entity = {.number = entity}};
}

struct params
params_of_record(uint32_t entity, int64_t id)
{
    struct params params = params_of_entity(entity);
    params.present |= 1u << PARAM_ID;
    params.id = id;
    return params;
}

struct waiting {
    bool done;
    enum rc code;
    struct body body;
    struct err err;
};

static void
take_reply(void *ctx, const struct link_reply *reply)
{
    struct waiting *w = ctx;
    w->done = true;
    w->code = reply->code;
    w->body = *reply->body;
    if (reply->err != NULL)
        w->err = *reply->err;
}

static void
tell_change(struct plain *p, enum link_state before, enum link_state now)
{
    if (before == LINK_ONLINE && now == LINK_WAITING)
        say(p, "%s", _("The line to the service broke. Trying again; nothing you typed is lost."));
    (void)fflush(stdout);
}

/* One step of waiting. False on Ctrl-C. */
static bool
turn(struct plain *p)
{
    struct signalfd_siginfo info;
    const struct link_question *q = link_question(p->link);
    enum link_state before = link_state(p->link);
    if (q != NULL) {
        (void)fflush(stdout);
        ask_for_link(&p->by, p->link, q);
    }
    struct pollfd fds[] = {
        {.fd = link_fd(p->link), .events = link_events(p->link)},
        {.fd = p->io.signals,    .events = POLLIN              },
    };
    (void)poll(fds, COUNTOF(fds), link_timeout(p->link));
    if (fds[1].revents != 0 && read(p->io.signals, &info, sizeof(info)) > 0)
        return false;
    tell_change(p, before, link_pump(p->link));
    return true;
}

/* The line is down and nobody tries any more: may it be tried once more? */
static bool
try_again(struct plain *p)
{
    struct str answer = STR_NONE;
    const struct err *err = link_error(p->link);
    if (link_state(p->link) != LINK_OFFLINE)
        return false;
    say_error(p, NULL, err, NULL);
    p->over = true;
    if (p->config->spawned || !p->io.tty_in)
        return false;
    struct str prompt = str_from(err->code == RC_UNAUTHENTICATED ? _("Enter signs in again, q leaves: ")
                                                                 : _("Enter tries again, q leaves: "));
    if (hear(p, &p->life, prompt, &answer) != HEARD_LINE || answer.n > 0)
        return false;
    p->over = false;
    link_retry_now(p->link);
    return true;
}

bool
plain_connect(struct plain *p)
{
    do {
        enum link_state now = link_state(p->link);
        while (now != LINK_ONLINE && now != LINK_OFFLINE) {
            if (!turn(p)) {
                p->failed = RC_CANCELLED;
                return false;
            }
            now = link_state(p->link);
        }
        if (now == LINK_ONLINE)
            return true;
    } while (try_again(p));
    return false;
}

static void
wait_for(struct plain *p, struct waiting *w, uint64_t id)
{
    while (!w->done) {
        if (turn(p))
            continue;
        link_cancel(p->link, id);
        w->done = true;
        w->code = err_set(&w->err, RC_CANCELLED, NULL, "%s", _("given up waiting"));
    }
}

enum rc
plain_call(struct plain *p, const struct wish *r, struct body *ret, struct err *reterr)
{
    const struct method_info *m = method_by_number(r->method);
    bool writes = m != NULL && (m->flags & METHOD_WRITES) != 0;
    unsigned char own[IDEM_BYTES];
    const unsigned char *idem = r->idem != NULL ? r->idem : own;
    struct waiting w;
    crypt_random(own, sizeof(own));
    do {
        w = (struct waiting){0};
        struct link_call call = {.method = r->method,
                                 .params = r->params,
                                 .idem = writes ? idem : NULL,
                                 .arena = r->arena,
                                 .fn = take_reply,
                                 .ctx = &w};
        wait_for(p, &w, link_call(p->link, &call));
    } while (w.code != RC_OK && try_again(p));
    p->failed = w.code;
    *ret = w.body;
    if (w.code != RC_OK && reterr != NULL)
        *reterr = w.err;
    return w.code;
}
