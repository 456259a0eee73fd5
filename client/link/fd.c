/* A stream socket that is signed in already: the service starts the client with one, and tests use a pair. */
#include "client/link/transport.h"
#include "client/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fd_line {
    struct transport base;
    int fd;
};

static struct fd_line *
line_of(struct transport *t)
{
    return (struct fd_line *)t;
}

static enum transport_rc
fd_step(struct transport *t, struct err *reterr)
{
    (void)t;
    (void)reterr;
    return TRANSPORT_READY;
}

static void
fd_answer_host_key(struct transport *t, bool trust)
{
    (void)t;
    (void)trust;
}

static void
fd_answer_secret(struct transport *t, struct str secret)
{
    (void)t;
    (void)secret;
}

static ssize_t
moved(ssize_t n, struct err *reterr)
{
    if (n > 0)
        return n;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    (void)err_set(reterr, RC_UNAVAILABLE, NULL, _("the line to the service was closed"));
    return -1;
}

static ssize_t
fd_read(struct transport *t, void *p, size_t n, struct err *reterr)
{
    return moved(recv(line_of(t)->fd, p, n, 0), reterr);
}

static ssize_t
fd_write(struct transport *t, const void *p, size_t n, struct err *reterr)
{
    return moved(send(line_of(t)->fd, p, n, MSG_NOSIGNAL), reterr);
}

static int
fd_fd(const struct transport *t)
{
    return ((const struct fd_line *)t)->fd;
}

static short
fd_events(const struct transport *t, bool has_output)
{
    (void)t;
    return has_output ? POLLIN | POLLOUT : POLLIN;
}

static int64_t
fd_deadline(const struct transport *t)
{
    (void)t;
    return 0;
}

static void
fd_close(struct transport *t)
{
    (void)close(line_of(t)->fd);
    free(t);
}

static const struct transport_ops fd_ops = {
    .step = fd_step,
    .answer_host_key = fd_answer_host_key,
    .answer_secret = fd_answer_secret,
    .read = fd_read,
    .write = fd_write,
    .fd = fd_fd,
    .events = fd_events,
    .deadline = fd_deadline,
    .close = fd_close,
};

enum rc
fd_transport(int fd, struct transport **ret, struct err *reterr)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        enum rc rc = err_set(reterr, RC_USAGE, "link-fd", _("descriptor %d is not an open socket"), fd);
        (void)close(fd);
        return rc;
    }
    struct fd_line *line = calloc(1, sizeof(*line));
    ASSERT(line != NULL);
    line->base.ops = &fd_ops;
    line->fd = fd;
    *ret = &line->base;
    return RC_OK;
}
