/* Beginning and end of a link; which transport it uses. */
#include "client/link/private.h"
#include "client/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/limits.h"

static char *
copy_text(const char *s)
{
    if (s == NULL)
        return NULL;
    char *copy = strdup(s);
    ASSERT(copy != NULL);
    return copy;
}

static enum rc
given_dial(void *ctx, struct credentials *cred, struct transport **ret, struct err *reterr)
{
    struct link *l = ctx;
    int fd = l->given_fd;
    (void)cred;
    l->given_fd = -1;
    if (fd < 0)
        return err_set(reterr, RC_UNAVAILABLE, NULL, _("the line to the service was closed"));
    return fd_transport(fd, ret, reterr);
}

static struct link *
link_new(const struct link_options *o)
{
    struct link *l = calloc(1, sizeof(*l));
    ASSERT(l != NULL);
    l->given_fd = -1;
    l->target.host = copy_text(o->host);
    l->target.port = o->port != 0 ? o->port : LINK_PORT;
    l->target.login = copy_text(o->login);
    l->target.key_path = copy_text(o->key_path);
    l->target.known_hosts = copy_text(o->known_hosts);
    l->client = copy_text(o->client);
    l->locale = copy_text(o->locale);
    l->cache_dir = copy_text(o->cache_dir);
    l->patient = o->patient;
    l->personal = o->personal;
    l->ask = o->ask;
    l->ask_ctx = o->ask_ctx;
    secret_new(&l->cred.password, LIMIT_PASSWORD);
    secret_new(&l->cred.passphrase, LIMIT_PASSWORD);
    secret_new(&l->cred.code, LIMIT_PASSWORD);
    secret_set(&l->cred.password, o->password.p, o->password.n);
    l->cred.password_fixed = o->password.n > 0;
    arena_init(&l->encoding, SCRATCH_CAP, NULL, NULL);
    arena_init(&l->decoding, SCRATCH_CAP, NULL, NULL);
    arena_init(&l->me_arena, 1 << 20, NULL, NULL);
    return l;
}

static void
start(struct link *l)
{
    l->state = LINK_CONNECTING;
    l->state_ms = now_ms();
    l->kick = true;
    greet_cached(l);
}

enum rc
link_open_with(const struct link_options *o, const struct link_dial *dial, struct link **ret,
               struct err *reterr)
{
    (void)reterr;
    struct link *l = link_new(o);
    l->dial = *dial;
    start(l);
    *ret = l;
    return RC_OK;
}

enum rc
link_open(const struct link_options *o, struct link **ret, struct err *reterr)
{
    if (o->fd < 0 && (o->host == NULL || o->host[0] == '\0'))
        return err_set(reterr, RC_USAGE, "host",
                       _("name the host of the service: bima HOST …, BIMA_HOST, or \"host =\" in the "
                         "configuration file"));
    if (o->fd < 0 && (o->login == NULL || o->login[0] == '\0'))
        return err_set(
            reterr, RC_USAGE, "login",
            _("name the login: -l NAME@COMPANY, BIMA_LOGIN, or \"login =\" in the configuration file"));
    struct link *l = link_new(o);
    l->given_fd = o->fd;
    if (o->fd >= 0)
        l->dial = (struct link_dial){.dial = given_dial, .ctx = l};
    else
        l->dial = (struct link_dial){.dial = ssh_dial, .ctx = &l->target, .again = true, .may_deflate = true};
    start(l);
    *ret = l;
    return RC_OK;
}

static void
free_text(const char *s)
{
    free((void *)(uintptr_t)s); /* ours, const only for those who read it */
}

bool
link_has_password(const struct link *l)
{
    return l->cred.password.n > 0;
}

/* In the same time whatever differs. */
bool
link_password_is(const struct link *l, struct str typed)
{
    const struct secret *own = &l->cred.password;
    unsigned differ = own->n != typed.n || own->n == 0;
    for (size_t i = 0; i < typed.n && i < own->n; i++)
        differ |= (unsigned)own->p[i] ^ (unsigned char)typed.p[i];
    return differ == 0;
}

void
link_close(struct link *l)
{
    if (l == NULL)
        return;
    if (l->line != NULL)
        l->line->ops->close(l->line);
    if (l->given_fd >= 0)
        (void)close(l->given_fd);
    calls_done(l);
    greet_done(l);
    queue_done(&l->in);
    queue_done(&l->out);
    recall_done(&l->recall);
    secret_free(&l->cred.password);
    secret_free(&l->cred.passphrase);
    secret_free(&l->cred.code);
    arena_done(&l->encoding);
    arena_done(&l->decoding);
    arena_done(&l->me_arena);
    free_text(l->target.host);
    free_text(l->target.login);
    free_text(l->target.key_path);
    free_text(l->target.known_hosts);
    free(l->client);
    free(l->locale);
    free(l->cache_dir);
    free(l);
}
