#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/str.h"
#include "server/master.h"

enum { BACKLOG = 4096, HOST = 256, PORT = 16, CONTROL_BACKLOG = 16 };

/* "host:port", "[v6]:port", "*:port" */
static bool
split_address(struct str text, char host[HOST], char port[PORT])
{
    const char *colon = memrchr(text.p, ':', text.n);
    if (colon == NULL) {
        return false;
    }
    struct str h = {text.p, (size_t)(colon - text.p)}, p = {colon + 1, (size_t)(text.p + text.n - colon - 1)};
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']') {
        h = str_slice(h, 1, h.n - 1);
    }
    if (h.n == 0 || h.n >= HOST || p.n == 0 || p.n >= PORT) {
        return false;
    }
    snprintf(host, HOST, "%.*s", STR_ARG(h));
    snprintf(port, PORT, "%.*s", STR_ARG(p));
    return true;
}

static int
open_one(const struct addrinfo *a)
{
    int on = 1, fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static enum rc
open_address(struct str text, int *fds, size_t most, size_t *count, struct err *reterr)
{
    char host[HOST], port[PORT];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found;
    if (!split_address(text, host, port)) {
        return err_set(reterr, RC_BAD_PARAMS, "listen", "listen: \"%.*s\" is not of the form host:port",
                       STR_ARG(text));
    }
    int rc = getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, port, &hints, &found);
    if (rc != 0) {
        return err_set(reterr, RC_BAD_PARAMS, "listen", "listen: %s: %s", host, gai_strerror(rc));
    }
    enum rc result = RC_OK;
    for (const struct addrinfo *a = found; a != NULL && result == RC_OK; a = a->ai_next) {
        int fd = *count < most ? open_one(a) : -1;
        if (fd >= 0) {
            fds[(*count)++] = fd;
        } else {
            result = err_set(reterr, RC_INTERNAL, "listen", "could not listen on %.*s: %s", STR_ARG(text),
                             *count < most ? strerror(errno) : "too many addresses");
        }
    }
    freeaddrinfo(found);
    return result;
}

enum rc
listen_open(const char *text, int *fds, size_t most, size_t *ret_count, struct err *reterr)
{
    struct str rest = str_from(text);
    size_t count = 0;
    while ((rest = str_trim(rest)).n > 0) {
        struct str one = str_split(&rest, ' ');
        enum rc rc = open_address(one, fds, most, &count, reterr);
        if (rc != RC_OK) {
            return rc;
        }
    }
    if (count == 0) {
        return err_set(reterr, RC_BAD_PARAMS, "listen",
                       "listen: name at least one address, such as 127.0.0.1:7022");
    }
    *ret_count = count;
    return RC_OK;
}

enum rc
listen_control(const char *dir, int *ret, struct err *reterr)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int n = snprintf(at.sun_path, sizeof at.sun_path, "%s/control.sock", dir);
    if (n < 0 || (size_t)n >= sizeof at.sun_path) {
        return err_set(reterr, RC_BAD_PARAMS, "run_dir", "run_dir is too long for a socket's name");
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)unlink(at.sun_path); /* left by a service that was killed */
    mode_t before = umask(0117);
    int rc = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&at, sizeof at);
    umask(before);
    if (rc != 0 || listen(fd, CONTROL_BACKLOG) != 0) {
        return err_set(reterr, RC_INTERNAL, NULL, "could not make %s: %s", at.sun_path, strerror(errno));
    }
    *ret = fd;
    return RC_OK;
}
