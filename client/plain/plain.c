#include "client/plain/private.h"

#include <stdlib.h>
#include <string.h>

/* From the first question to the last. */

/* "bima --plain" without a host or login: they are asked for. */
static bool
ask_where(struct plain *p)
{
    struct link_options *o = &p->options;
    struct str typed = STR_NONE;
    if (o->fd >= 0)
        return true;
    if (o->host == NULL && hear(p, &p->life, str_from(_("Host: ")), &typed) == HEARD_LINE && typed.n > 0)
        o->host = str_dup(&p->life, typed).p;
    if (o->host != NULL && o->login == NULL &&
        hear(p, &p->life, str_from(_("Login, as name@company-domain: ")), &typed) == HEARD_LINE &&
        typed.n > 0)
        o->login = str_dup(&p->life, typed).p;
    if (o->host == NULL || o->login == NULL)
        p->failed = RC_USAGE;
    return o->host != NULL && o->login != NULL;
}

static void
run(struct plain *p)
{
    struct err err = {0};
    if (!ask_where(p))
        return;
    if (link_open(&p->options, &p->link, &err) != RC_OK) {
        say_error(p, NULL, &err, NULL);
        return;
    }
    if (!plain_connect(p))
        return;
    if (plain_joins(p))
        plain_join(p);
    else if (plain_setup(p) == GO_ON)
        (void)plain_home(p);
}

int
plain_main(const struct client_config *config, const struct link_options *options, bool trust)
{
    struct plain *p = calloc(1, sizeof(*p));
    ASSERT(p != NULL);
    p->config = config;
    p->options = *options;
    p->options.ask = NULL; /* questions wait until a request does: nothing breaks into a field */
    p->by = (struct ask_by){.trust = trust, .code_file = config->code_file};
    arena_init(&p->life, SIZE_MAX, NULL, NULL);
    layout_open(&p->layout, config->state_dir);
    io_open(&p->io);
    p->options.patient = p->io.tty_in;
    run(p);
    int code = p->failed == RC_OK ? 0 : rc_exit(p->failed);
    link_close(p->link);
    io_close(&p->io);
    arena_done(&p->life);
    free(p);
    return code;
}
