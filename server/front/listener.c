#include "server/front/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/address.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum {
    ACCEPTS = 32,
    NOTSENT_LOWAT = 16 * 1024,
    USER_TIMEOUT_MS = 90 * 1000,
    KEEPALIVE_S = 60,
    TRUSTED_MORE = 3
};

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

static size_t
half_open_of(const struct front *f, const struct origin *o)
{
    size_t same = 0;
    for (const struct session *s = f->half_open; s != NULL; s = s->next) {
        same += s->origin.source == o->source;
    }
    return same;
}

/* Before any cryptography is done for it. */
static bool
admitted(struct front *f, const struct origin *o)
{
    const struct config *s = f->settings;
    enum abuse_verdict verdict = abuse_connects(&f->abuse, o, s->connects_per_minute, f->now);
    bool trusted = abuse_trusted(&f->abuse, o, f->now);
    uint32_t chance;
    crypt_random(&chance, sizeof chance);
    if (verdict == ABUSE_BARRED) {
        STAT_ADD(f->stats, barred, 1);
    } else if (verdict == ABUSE_TOO_FAST) {
        STAT_ADD(f->stats, too_fast, 1);
    } else if (abuse_drops_early(trusted, f->nhalf_open, s->max_half_open, chance)) {
        STAT_ADD(f->stats, dropped_early, 1);
    } else {
        size_t most = (size_t)s->max_half_open_per_source * (trusted ? TRUSTED_MORE : 1u);
        return f->nopen + f->nhalf_open < s->max_sessions && half_open_of(f, o) < most;
    }
    return false;
}

/* False: nobody is waiting any more. */
static bool
accept_one(struct front *f, int listener)
{
    struct sockaddr_storage from;
    struct address address;
    socklen_t n = sizeof from;
    memset(&from, 0, sizeof from);
    int fd = accept4(listener, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return errno == EINTR || errno == ECONNABORTED;
    }
    struct origin origin = {0};
    bool known = address_of(&from, &address);
    if (known) {
        origin = abuse_origin(&f->abuse, &address, f->offices, f->noffices);
    }
    if (!known || !admitted(f, &origin)) {
        STAT_ADD(f->stats, turned_away, 1);
        close(fd);
        return true;
    }
    STAT_ADD(f->stats, accepted, 1);
    tune(fd);
    session_accept(f, fd, &address, origin);
    return true;
}

/* Too many at once would keep the loop from those who work: the rest waits in the kernel until the next
 * sweep. */
static void
pause_all(struct front *f)
{
    f->paused = true;
    for (size_t i = 0; i < f->config->nlisteners; i++) {
        loop_arm(&f->loop, &f->listeners[i], 0);
    }
}

void
listener_sweep(struct front *f)
{
    if (f->paused) {
        f->paused = false;
        for (size_t i = 0; i < f->config->nlisteners; i++) {
            loop_arm(&f->loop, &f->listeners[i], EPOLLIN);
        }
    }
}

static void
on_ready(struct watch *w, uint32_t events)
{
    (void)events;
    struct front *f = w->owner;
    uint32_t per_second = f->settings->handshakes_per_second;
    struct rate rate = {.burst = per_second, .per_hour = per_second * 3600};
    for (size_t i = 0; i < ACCEPTS; i++) {
        if (!bucket_take(&f->abuse.handshakes, &rate, f->now)) {
            pause_all(f);
            return;
        }
        if (!accept_one(f, w->fd)) {
            bucket_give_back(&f->abuse.handshakes, 1);
            return;
        }
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
