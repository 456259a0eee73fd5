#include "server/front/client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/front/channel.h"
#include "server/front/launch.h"
#include "server/front/session.h"
#include "server/log.h"

enum { READ = 8 * 1024, ASK_MS = 3000 };

/* ---- its line to the service ---- */

static void
line_wake(struct rpc *r)
{
    struct client *k = r->carrier;
    if (k->channel != NULL) {
        session_touch(k->channel->session);
    }
}

static void
line_gone(struct client *k)
{
    loop_close(&k->front->loop, &k->line);
    rpc_close(&k->rpc);
}

static void
line_send(struct client *k)
{
    struct str s;
    while (k->line.fd >= 0 && (s = outq_front(&k->rpc.out)).n > 0) {
        ssize_t n = send(k->line.fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) {
            line_gone(k);
            return;
        }
        outq_sent(&k->rpc.out, (size_t)n);
    }
}

static void
line_ready(struct watch *w, uint32_t events)
{
    struct client *k = WATCH_OWNER(w, struct client, line);
    unsigned char piece[READ];
    size_t room = rpc_room(&k->rpc);
    line_wake(&k->rpc);
    if (room == 0 && (events & EPOLLHUP) != 0) {
        line_gone(k);
        return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || room == 0) {
        return;
    }
    ssize_t n = recv(w->fd, piece, room < sizeof piece ? room : sizeof piece, MSG_DONTWAIT);
    if (n > 0) {
        bytes_add(&k->rpc.in, piece, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        line_gone(k);
    }
}

static void
line_run(struct client *k)
{
    if (k->line.fd < 0) {
        return;
    }
    rpc_run(&k->rpc);
    line_send(k);
    if (k->line.fd >= 0 && k->rpc.broken && outq_waiting(&k->rpc.out) == 0) {
        line_gone(k);
    }
    if (k->line.fd >= 0) {
        uint32_t in = rpc_room(&k->rpc) > 0 ? EPOLLIN : 0u,
                 out = outq_waiting(&k->rpc.out) > 0 ? EPOLLOUT : 0u;
        loop_arm(&k->front->loop, &k->line, in | out);
    }
}

/* ---- its input and output ---- */

static void
take_output(struct client *k, struct watch *w, struct bytes *into)
{
    unsigned char piece[READ];
    while (w->fd >= 0 && (k->hung || bytes_waiting(into) < CHANNEL_OUT)) {
        ssize_t n = read(w->fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) { /* EIO: nobody has the terminal open any more */
            loop_close(&k->front->loop, w);
            return;
        }
        bytes_add(into, piece, (size_t)n);
    }
}

static void
give_input(struct client *k)
{
    struct watch *w = k->pty ? &k->out : &k->in;
    struct bytes *b = &k->channel->in;
    while (w->fd >= 0 && bytes_waiting(b) > 0) {
        struct str s = bytes_view(b);
        ssize_t n = write(w->fd, s.p, s.n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            break;
        }
        if (n <= 0) {
            bytes_done(b);
            break;
        }
        bytes_take(b, (size_t)n);
    }
    if (w->fd < 0) {
        bytes_done(b);
    }
    if (!k->pty && k->channel->eof && !k->channel->declined && bytes_waiting(b) == 0) {
        loop_close(&k->front->loop, &k->in);
    }
}

static void
pipe_ready(struct client *k)
{
    if (k->channel != NULL) {
        session_touch(k->channel->session);
    }
}

static void
in_ready(struct watch *w, uint32_t events)
{
    struct client *k = WATCH_OWNER(w, struct client, in);
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        loop_close(&k->front->loop, w);
    }
    pipe_ready(k);
}

static void
out_ready(struct watch *w, uint32_t events)
{
    struct client *k = WATCH_OWNER(w, struct client, out);
    k->hung |= (events & EPOLLHUP) != 0;
    pipe_ready(k);
}

static void
err_ready(struct watch *w, uint32_t events)
{
    struct client *k = WATCH_OWNER(w, struct client, err);
    k->hung |= (events & EPOLLHUP) != 0;
    pipe_ready(k);
}

static void
arm(struct client *k)
{
    struct channel *c = k->channel;
    struct loop *l = &k->front->loop;
    uint32_t input = bytes_waiting(&c->in) > 0 ? EPOLLOUT : 0u;
    uint32_t more_out = bytes_waiting(&c->out) < CHANNEL_OUT ? EPOLLIN : 0u;
    if (k->pty) {
        loop_arm(l, &k->out, more_out | input);
        return;
    }
    loop_arm(l, &k->in, input);
    loop_arm(l, &k->out, more_out);
    loop_arm(l, &k->err, bytes_waiting(&c->err) < CHANNEL_OUT ? EPOLLIN : 0u);
}

bool
client_run(struct client *k)
{
    struct channel *c = k->channel;
    bool exited = k->exited; /* asked before the last read: what it wrote before it ended is all there then */
    line_run(k);
    give_input(k);
    take_output(k, &k->out, &c->out);
    take_output(k, &k->err, &c->err);
    arm(k);
    if (!exited) {
        return false;
    }
    return bytes_waiting(&c->out) < CHANNEL_OUT && bytes_waiting(&c->err) < CHANNEL_OUT;
}

/* ---- life ---- */

static bool
watch_all(struct client *k, const struct launch *l)
{
    struct loop *loop = &k->front->loop;
    k->in.fd = k->out.fd = k->err.fd = k->line.fd = -1;
    bool ok = loop_add(loop, &k->out, l->out, out_ready, EPOLLIN) &&
              loop_add(loop, &k->line, l->line, line_ready, EPOLLIN);
    if (!k->pty) {
        ok = ok && loop_add(loop, &k->in, l->in, in_ready, 0) &&
             loop_add(loop, &k->err, l->err, err_ready, EPOLLIN);
    }
    return ok;
}

struct client *
client_start(struct channel *c, const struct str *words, size_t nwords)
{
    struct front *f = c->session->front;
    struct launch l = {.program = f->settings->client_program,
                       .login = c->session->login,
                       .pty = c->pty,
                       .columns = c->columns,
                       .rows = c->rows,
                       .term = c->term,
                       .address = c->session->address,
                       .line_ms = session_line_ms(c->session),
                       .words = words,
                       .nwords = nwords};
    for (unsigned i = 0; i < c->nenv; i++) {
        l.env[i] = c->env[i];
    }
    if (!launch(&l)) {
        char text[LOG_TEXT];
        log_error("client.start", "error=%s", log_text(strerror(errno), text));
        return NULL;
    }
    struct client *k = front_new(sizeof *k);
    k->front = f;
    k->channel = c;
    k->pid = l.pid;
    k->pty = c->pty;
    ASSERT(watch_all(k, &l));
    rpc_open(&k->rpc, c->session, false);
    k->rpc.wake = line_wake;
    k->rpc.carrier = k;
    k->next = f->clients;
    k->link = &f->clients;
    if (k->next != NULL) {
        k->next->link = &k->next;
    }
    f->clients = k;
    f->nclients++;
    return k;
}

void
client_resize(struct client *k, unsigned columns, unsigned rows)
{
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    if (k->pty && k->out.fd >= 0) {
        (void)ioctl(k->out.fd, TIOCSWINSZ, &size);
    }
}

static void
forget(struct client *k)
{
    *k->link = k->next;
    if (k->next != NULL) {
        k->next->link = k->link;
    }
    k->front->nclients--;
    free(k);
}

void
client_hang_up(struct client *k)
{
    if (!k->exited && k->kill_at == 0) {
        kill(k->pid, SIGHUP);
        k->kill_at = k->front->now + ASK_MS;
    }
}

void
client_abandon(struct client *k)
{
    struct loop *l = &k->front->loop;
    struct channel *c = k->channel;
    if (k->exited) {
        c->status = WIFEXITED(k->status) ? WEXITSTATUS(k->status) : 0;
        c->signal = WIFSIGNALED(k->status) ? WTERMSIG(k->status) : 0;
    } else {
        client_hang_up(k);
    }
    line_gone(k);
    loop_close(l, &k->in);
    loop_close(l, &k->out);
    loop_close(l, &k->err);
    k->channel = NULL;
    if (k->exited) {
        forget(k);
    }
}

void
client_reap(struct front *f)
{
    for (struct client *k = f->clients, *next; k != NULL; k = next) {
        next = k->next;
        if (k->exited || waitpid(k->pid, &k->status, WNOHANG) != k->pid) {
            continue;
        }
        k->exited = true;
        if (k->channel != NULL) {
            session_touch(k->channel->session);
        } else {
            forget(k);
        }
    }
}

void
client_sweep(struct front *f)
{
    for (struct client *k = f->clients; k != NULL; k = k->next) {
        if (k->kill_at != 0 && !k->exited && f->now >= k->kill_at) {
            kill(k->pid, SIGKILL);
        }
    }
}
