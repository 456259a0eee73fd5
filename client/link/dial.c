#include "client/link/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/link/transport.h"
#include "client/text.h"

enum { ADDRESS_MS = 10000 };

enum rc
dialler_start(struct dialler *d, const char *host, int port, struct err *reterr)
{
    char service[8];
    (void)snprintf(service, sizeof(service), "%u", (unsigned)port & 0xffffu);
    (void)snprintf(d->host, sizeof(d->host), "%s", host);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
    int rc = getaddrinfo(host, service, &hints, &d->all);
    if (rc != 0)
        return err_set(reterr, RC_UNAVAILABLE, "host", _("%s has no address (%s)"), host, gai_strerror(rc));
    d->next = d->all;
    d->fd = -1;
    return RC_OK;
}

/* None of these is fatal: they only make a bad line hurt less. TCP_USER_TIMEOUT stands in <linux/tcp.h>'s
 * numbers. */
static void
tune(int fd)
{
    int on = 1;
    unsigned user_timeout_ms = 30000;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, 18 /* TCP_USER_TIMEOUT */, &user_timeout_ms, sizeof(user_timeout_ms));
}

/* Starts on the next address. Returns errno of what failed, EINPROGRESS, or 0. */
static int
try_next(struct dialler *d)
{
    struct addrinfo *ai = d->next;
    d->next = ai->ai_next;
    d->fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
    if (d->fd < 0)
        return errno;
    tune(d->fd);
    d->deadline_ms = now_ms() + ADDRESS_MS;
    return connect(d->fd, ai->ai_addr, ai->ai_addrlen) == 0 ? 0 : errno;
}

/* State of the connect under way: as try_next. */
static int
look(const struct dialler *d)
{
    struct pollfd p = {.fd = d->fd, .events = POLLOUT};
    if (poll(&p, 1, 0) == 0)
        return now_ms() >= d->deadline_ms ? ETIMEDOUT : EINPROGRESS;
    int error = 0;
    socklen_t n = sizeof(error);
    (void)getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &n);
    return error;
}

enum rc
dialler_step(struct dialler *d, bool *ret_done, struct err *reterr)
{
    int state = d->fd >= 0 ? look(d) : try_next(d);
    while (state != 0 && state != EINPROGRESS) {
        if (d->fd >= 0)
            (void)close(d->fd);
        d->fd = -1;
        if (d->next == NULL)
            return err_set(reterr, RC_UNAVAILABLE, "host", _("could not reach %s: %s"), d->host,
                           strerror(state));
        state = try_next(d);
    }
    *ret_done = state == 0;
    return RC_OK;
}

void
dialler_done(struct dialler *d)
{
    if (d->all != NULL)
        freeaddrinfo(d->all);
    if (d->all != NULL && d->fd >= 0)
        (void)close(d->fd);
    d->all = d->next = NULL;
    d->fd = -1;
}
