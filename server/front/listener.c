#include "server/front/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum { ACCEPTS = 32, NOTSENT_LOWAT = 16 * 1024, USER_TIMEOUT_MS = 90 * 1000, KEEPALIVE_S = 60 };

static void
set(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof value);
}

/* libssh sets none of these. The low-water mark keeps replies from standing behind megabytes in the kernel.
 */
static void
tune(int fd)
{
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOTSENT_LOWAT);
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_S);
}

/* Text of the address without the port; IPv4 as people write it even on a dual socket. */
static void
address_text(const struct sockaddr_storage *from, char out[SESSION_ADDRESS])
{
    out[0] = '\0';
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)from;
        (void)inet_ntop(AF_INET, &four->sin_addr, out, SESSION_ADDRESS);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)from;
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
            (void)inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], out, SESSION_ADDRESS);
        } else {
            (void)inet_ntop(AF_INET6, &six->sin6_addr, out, SESSION_ADDRESS);
        }
    }
}

/* One household of addresses: an IPv4 address, or a /64 of IPv6. */
static uint64_t
source_of(const struct sockaddr_storage *from)
{
    unsigned char hash[CRYPT_HASH];
    unsigned char key[16] = {0};
    if (from->ss_family == AF_INET) {
        memcpy(key, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
        memcpy(key, IN6_IS_ADDR_V4MAPPED(six) ? six->s6_addr + 12 : six->s6_addr,
               IN6_IS_ADDR_V4MAPPED(six) ? 4 : 8);
    }
    uint64_t source;
    crypt_hash((struct str){(const char *)key, sizeof key}, hash);
    memcpy(&source, hash, sizeof source);
    return source;
}

static bool
admitted(const struct front *f, uint64_t source)
{
    const struct config *s = f->settings;
    size_t same = 0;
    if (f->nopen + f->nhalf_open >= s->max_sessions || f->nhalf_open >= s->max_half_open) {
        return false;
    }
    for (const struct session *o = f->half_open; o != NULL; o = o->next) {
        same += o->source == source;
    }
    return same < s->max_half_open_per_source;
}

/* False: nobody is waiting any more. */
static bool
accept_one(struct front *f, int listener)
{
    struct sockaddr_storage from;
    socklen_t n = sizeof from;
    char address[SESSION_ADDRESS];
    memset(&from, 0, sizeof from);
    int fd = accept4(listener, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return errno == EINTR || errno == ECONNABORTED;
    }
    uint64_t source = source_of(&from);
    if (!admitted(f, source)) {
        STAT_ADD(f->stats, turned_away, 1);
        close(fd);
        return true;
    }
    STAT_ADD(f->stats, accepted, 1);
    tune(fd);
    address_text(&from, address);
    session_accept(f, fd, address, source);
    return true;
}

static void
on_ready(struct watch *w, uint32_t events)
{
    (void)events;
    size_t i = 0;
    struct front *f = w->owner;
    while (i < ACCEPTS && accept_one(f, w->fd)) {
        i++;
    }
}

void
listener_open(struct front *f)
{
    for (size_t i = 0; i < FRONT_LISTENERS; i++) {
        f->listeners[i].fd = -1;
    }
    for (size_t i = 0; i < f->config->nlisteners; i++) {
        ASSERT(loop_add(&f->loop, &f->listeners[i], f->config->listeners[i], on_ready, EPOLLIN));
        f->listeners[i].owner = f;
    }
}

void
listener_close(struct front *f)
{
    for (size_t i = 0; i < FRONT_LISTENERS; i++) {
        loop_close(&f->loop, &f->listeners[i]);
    }
}
