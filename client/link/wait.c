/* The link for those who have nothing else to do meanwhile: the command line. */
#include "client/link/private.h"
#include "client/text.h"

#include <poll.h>
#include <stddef.h>

struct waiting {
    bool done;
    struct body body;
    struct err err;
    enum rc code;
};

static void
note_reply(void *ctx, const struct link_reply *reply)
{
    struct waiting *w = ctx;
    w->done = true;
    w->code = reply->code;
    w->body = *reply->body;
    if (reply->err != NULL)
        w->err = *reply->err;
}

/* One turn: sleeps until something can be done, then does it. False when a person is asked and nobody
 * listens. */
static bool
turn(struct link *l, struct err *reterr)
{
    struct pollfd p = {.fd = link_fd(l), .events = link_events(l)};
    (void)poll(&p, 1, link_timeout(l));
    (void)link_pump(l);
    const struct link_question *q = link_question(l);
    if (q == NULL)
        return true;
    if (q->kind == LINK_ASK_HOST_KEY)
        (void)err_set(reterr, RC_UNAUTHENTICATED, "host",
                      _("%s is not known (its key is %s) and there is nobody to ask"), q->host,
                      q->fingerprint);
    else if (q->kind == LINK_ASK_CODE)
        (void)err_set(reterr, RC_UNAUTHENTICATED, "code", _("a code is needed and there is nobody to ask"));
    else
        (void)err_set(reterr, RC_UNAUTHENTICATED, "password",
                      _("a password is needed and there is nobody to ask"));
    return false;
}

enum rc
link_wait_online(struct link *l, struct err *reterr)
{
    struct err why = {0};
    while (l->state != LINK_ONLINE && l->state != LINK_OFFLINE) {
        if (turn(l, &why))
            continue;
        link_lost(l, &why);
    }
    if (l->state == LINK_ONLINE)
        return RC_OK;
    if (reterr != NULL)
        *reterr = l->error;
    return l->error.code;
}

enum rc
link_request(struct link *l, const struct link_call *call, struct body *ret, struct err *reterr)
{
    struct waiting w = {0};
    struct err why = {0};
    struct link_call mine = *call;
    ASSERT(call->arena != NULL);
    mine.fn = note_reply;
    mine.ctx = &w;
    (void)link_call(l, &mine);
    while (!w.done)
        if (!turn(l, &why))
            link_lost(l, &why); /* answers the call */
    *ret = w.body;
    if (w.code != RC_OK && w.code != RC_NOT_MODIFIED && reterr != NULL)
        *reterr = w.err;
    return w.code;
}
