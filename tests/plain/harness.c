#define _GNU_SOURCE
#include "tests/plain/harness.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

enum { SAID_MAX = 1 << 20, PATIENCE_MS = 20000, EOT = 4, ETX = 3 };

struct talk {
    pid_t pid;
    int in, out; /* the terminal is both */
    bool pipes, server_gone, out_gone, ended;
    int status;
    struct fake_server server;
    char *said;
    size_t n, seen; /* seen: up to here was waited for */
};

/* ---- the child ---- */

static void
run_client(const struct talk_options *o, int line)
{
    char *const env[] = {(char *)(uintptr_t) "TERM=dumb", (char *)(uintptr_t) "LANG=C.UTF-8",
                         (char *)(uintptr_t) "HOME=/nonexistent", (char *)(uintptr_t)o->env, NULL};
    if (line != 3)
        dup2(line, 3);
    else
        fcntl(line, F_SETFD, 0);
    execle(BIMA_PLAIN_CLIENT, "bima", o->local ? "local" : "spawned", NULL, env);
    _exit(98);
}

static void
start_on_pipes(struct talk *t, const struct talk_options *o, int line)
{
    int in[2], out[2];
    cr_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    t->pid = fork();
    if (t->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(out[1], 2);
        run_client(o, line);
    }
    close(in[0]);
    close(out[1]);
    t->in = in[1];
    t->out = out[0];
}

static void
start_on_terminal(struct talk *t, const struct talk_options *o, int line)
{
    struct winsize w = {.ws_row = 24, .ws_col = (unsigned short)(o->columns ? o->columns : 80)};
    int slave;
    cr_assert(openpty(&t->out, &slave, NULL, NULL, &w) == 0);
    fcntl(t->out, F_SETFD, FD_CLOEXEC);
    t->pid = fork();
    if (t->pid == 0) {
        login_tty(slave);
        run_client(o, line);
    }
    close(slave);
    t->in = t->out;
}

struct talk *
talk_start(const struct talk_options *o)
{
    struct talk *t = calloc(1, sizeof *t);
    int pair[2];
    cr_assert(t && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    t->pipes = o->pipes;
    t->said = calloc(1, SAID_MAX);
    if (o->pipes)
        start_on_pipes(t, o, pair[1]);
    else
        start_on_terminal(t, o, pair[1]);
    cr_assert(t->pid > 0 && t->said);
    close(pair[1]);
    fcntl(t->out, F_SETFL, O_NONBLOCK);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    fake_start(&t->server, pair[0], o->as);
    return t;
}

static void
reap(struct talk *t)
{
    int status = 0;
    while (!t->ended && waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!t->ended)
        t->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    t->ended = true;
}

void
talk_stop(struct talk *t)
{
    if (!t->ended)
        kill(t->pid, SIGKILL);
    reap(t);
    close(t->out);
    if (t->in != t->out && t->in >= 0)
        close(t->in);
    fake_stop(&t->server);
    free(t->said);
    free(t);
}

struct fake_server *
talk_server(struct talk *t)
{
    return &t->server;
}

/* ---- turning ---- */

static void
take_said(struct talk *t)
{
    char bytes[4096];
    ssize_t n = read(t->out, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        t->out_gone = true;
    for (ssize_t i = 0; i < n; i++)
        if (bytes[i] != '\r') {
            cr_assert(t->n + 1 < SAID_MAX);
            t->said[t->n++] = bytes[i];
        }
    t->said[t->n] = 0;
}

static int64_t
now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
turn(struct talk *t, int64_t until, const char *what)
{
    struct pollfd fds[] = {
        {t->out_gone ? -1 : t->out,          POLLIN, 0},
        {t->server_gone ? -1 : t->server.fd, POLLIN, 0}
    };
    int64_t left = until - now_ms();
    cr_assert(left > 0, "%s; said so far:\n%s", what, t->said);
    if (poll(fds, 2, (int)left) <= 0)
        return;
    if (fds[0].revents)
        take_said(t);
    if (fds[1].revents && !fake_pump(&t->server))
        t->server_gone = true;
}

/* ---- what tests do ---- */

static void
type_bytes(struct talk *t, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t k = write(t->in, bytes, n);
        if (k < 0 && errno == EAGAIN) {
            turn(t, now_ms() + PATIENCE_MS, "it takes nothing more");
            continue;
        }
        cr_assert(k > 0, "it is gone; said:\n%s", t->said);
        bytes += k;
        n -= (size_t)k;
    }
}

void
talk_type(struct talk *t, const char *line)
{
    type_bytes(t, line, strlen(line));
    type_bytes(t, "\n", 1);
}

void
talk_break(struct talk *t)
{
    type_bytes(t, (const char[]){ETX}, 1);
}

void
talk_turn(struct talk *t)
{
    turn(t, now_ms() + PATIENCE_MS, "nothing comes");
}

void
talk_see(struct talk *t, const char *text)
{
    char what[400];
    snprintf(what, sizeof what, "never said \"%s\"", text);
    int64_t until = now_ms() + PATIENCE_MS;
    const char *at;
    while ((at = strstr(t->said + t->seen, text)) == NULL) {
        cr_assert(!t->out_gone, "%s; said:\n%s", what, t->said);
        turn(t, until, what);
    }
    t->seen = (size_t)(at - t->said) + strlen(text);
}

void
talk_do(struct talk *t, const char *line, const char *then)
{
    talk_type(t, line);
    talk_see(t, then);
}

int
talk_end_unasked(struct talk *t)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (!t->out_gone)
        turn(t, until, "it does not end");
    reap(t);
    return t->status;
}

int
talk_end(struct talk *t)
{
    if (!t->pipes) {
        type_bytes(t, (const char[]){EOT}, 1);
    } else {
        close(t->in);
        t->in = -1;
    }
    return talk_end_unasked(t);
}

void
talk_cut(struct talk *t)
{
    close(t->server.fd);
    t->server.fd = -1;
    t->server_gone = true;
}

const char *
talk_said(struct talk *t)
{
    return t->said;
}

bool
talk_has(struct talk *t, const char *text)
{
    return strstr(t->said, text) != NULL;
}

const char *
talk_script(const char *script, int *ret_status)
{
    static char said[1 << 18];
    struct talk *t = talk_start(&(struct talk_options){.pipes = true});
    type_bytes(t, script, strlen(script));
    *ret_status = talk_end(t);
    const char *asked = strstr(t->said, "Home: ");
    snprintf(said, sizeof said, "%s", script[0] && asked ? asked : t->said);
    talk_stop(t);
    return said;
}

void
expect_transcript(const char *said, const char *name)
{
    char path[512];
    static char want[65536];
    snprintf(path, sizeof path, "%s/%s.txt", BIMA_PLAIN_GOLDEN, name);
    const char *mode = getenv("BIMA_GOLDEN");
    bool writes = mode && !strcmp(mode, "write");
    FILE *f = fopen(path, writes ? "w" : "r");
    cr_assert(f, "no %s: run with BIMA_GOLDEN=write once and read what it wrote", path);
    if (writes) {
        fputs(said, f);
    } else {
        want[fread(want, 1, sizeof want - 1, f)] = 0;
        cr_assert_str_eq(said, want, "differs from %s:\n%s", path, said);
    }
    fclose(f);
}
