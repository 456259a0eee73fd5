#include "server/front/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/limits.h"

enum { FAILED = 126, TEXT = 320, SAFE = 10, VARIABLES = LAUNCH_ENV + 8 };

/* Both ends of everything, ours first. -1: not open. */
struct ends {
    int in[2], out[2], err[2], line[2];
};

static void
close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0) {
            close(pair[i]);
        }
    }
}

static void
close_ends(struct ends *e)
{
    int saved = errno;
    close_pair(e->in);
    close_pair(e->out);
    close_pair(e->err);
    close_pair(e->line);
    errno = saved;
}

static bool
ours_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* `ours` is 0 when we write, 1 when we read: the pipe's end for us; stored as pair[0]. */
static bool
open_pipe(int pair[2], bool we_write)
{
    int p[2];
    if (pipe2(p, O_CLOEXEC) != 0) {
        return false;
    }
    pair[0] = we_write ? p[1] : p[0];
    pair[1] = we_write ? p[0] : p[1];
    return ours_nonblocking(pair[0]);
}

static bool
open_terminal(struct ends *e, const struct launch *l)
{
    char name[64];
    struct winsize size = {.ws_col = (unsigned short)l->columns, .ws_row = (unsigned short)l->rows};
    e->out[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (e->out[0] < 0 || grantpt(e->out[0]) != 0 || unlockpt(e->out[0]) != 0 ||
        ptsname_r(e->out[0], name, sizeof name) != 0) {
        return false;
    }
    e->out[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return e->out[1] >= 0 && ioctl(e->out[0], TIOCSWINSZ, &size) == 0 && ours_nonblocking(e->out[0]);
}

static bool
open_ends(struct ends *e, const struct launch *l)
{
    *e = (struct ends){
        {-1, -1},
        {-1, -1},
        {-1, -1},
        {-1, -1}
    };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->line) != 0 || !ours_nonblocking(e->line[0])) {
        return false;
    }
    if (l->pty) {
        return open_terminal(e, l);
    }
    return open_pipe(e->in, true) && open_pipe(e->out, false) && open_pipe(e->err, false);
}

/* ---- in the child: only async-signal-safe calls and what was prepared ---- */

static void
limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit r = {.rlim_cur = most, .rlim_max = most};
    (void)setrlimit(what, &r);
}

/* It shows and asks; it has no business writing files, starting much or growing without end. */
static void
confine(void)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 64);
#ifndef __SANITIZE_ADDRESS__ /* which reserves more address space than any limit would allow */
    limit(RLIMIT_AS, 1024u * 1024u * 1024u);
#endif
    signal(SIGXFSZ, SIG_IGN); /* a write fails then, instead of ending it */
    umask(077);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGHUP);
}

static void
default_signals(void)
{
    sigset_t none;
    for (int s = 1; s < NSIG; s++) {
        (void)signal(s, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool
place_descriptors(const struct ends *e, const struct launch *l)
{
    /* first out of the way of 0 … 3, then to their places */
    int in = fcntl(l->pty ? e->out[1] : e->in[1], F_DUPFD, SAFE), out = fcntl(e->out[1], F_DUPFD, SAFE);
    int err = fcntl(l->pty ? e->out[1] : e->err[1], F_DUPFD, SAFE), line = fcntl(e->line[1], F_DUPFD, SAFE);
    if (in < 0 || out < 0 || err < 0 || line < 0) {
        return false;
    }
    return dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(err, 2) >= 0 && dup2(line, LAUNCH_LINE) >= 0 &&
           close_range(LAUNCH_LINE + 1, ~0u, 0) == 0;
}

static void
child(const struct ends *e, const struct launch *l, char *const *argv, char *const *envp, pid_t parent)
{
    setsid();
    if (!place_descriptors(e, l) || (l->pty && ioctl(0, TIOCSCTTY, 0) != 0) || chdir("/") != 0) {
        _exit(FAILED);
    }
    default_signals();
    confine();
    if (getppid() != parent) {
        _exit(FAILED);
    }
    execve(l->program, argv, envp);
    _exit(FAILED);
}

/* ---- before it ---- */

struct words {
    char *argv[LIMIT_EXEC_WORDS + 4];
    char *envp[VARIABLES + 1];
    char text[8][TEXT];
};

static bool
has_language(const struct launch *l)
{
    for (size_t i = 0; i < LAUNCH_ENV && l->env[i] != NULL; i++) {
        if (strncmp(l->env[i], "LANG=", 5) == 0 || strncmp(l->env[i], "LC_ALL=", 7) == 0 ||
            strncmp(l->env[i], "LC_CTYPE=", 9) == 0) {
            return true;
        }
    }
    return false;
}

static void
set_words(struct words *w, const struct launch *l)
{
    static char flag[] = "--link-fd", number[] = "3", language[] = "LANG=C.UTF-8";
    size_t n = 0, t = 0;
    snprintf(w->text[t], TEXT, "%s", l->program);
    w->argv[n++] = w->text[t++];
    w->argv[n++] = flag;
    w->argv[n++] = number;
    for (size_t i = 0; i < l->nwords && i < LIMIT_EXEC_WORDS; i++) {
        w->argv[n++] = (char *)(uintptr_t)l->words[i].p;
    }
    w->argv[n] = NULL;
    n = 0;
    for (size_t i = 0; i < LAUNCH_ENV && l->env[i] != NULL; i++) {
        w->envp[n++] = (char *)(uintptr_t)l->env[i];
    }
    if (!has_language(l)) {
        w->envp[n++] = language;
    }
    snprintf(w->text[t], TEXT, "BIMA_LOGIN=%s", l->login);
    w->envp[n++] = w->text[t++];
    snprintf(w->text[t], TEXT, "SSH_CONNECTION=%s", l->address);
    w->envp[n++] = w->text[t++];
    snprintf(w->text[t], TEXT, "BIMA_LINE_MS=%u", l->line_ms);
    w->envp[n++] = w->text[t++];
    if (l->pty) {
        snprintf(w->text[t], TEXT, "TERM=%s", l->term);
        w->envp[n++] = w->text[t++];
    }
    w->envp[n] = NULL;
}

bool
launch(struct launch *l)
{
    struct ends e;
    struct words w;
    if (!open_ends(&e, l)) {
        close_ends(&e);
        return false;
    }
    set_words(&w, l);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        child(&e, l, w.argv, w.envp, parent);
    }
    if (pid < 0) {
        close_ends(&e);
        return false;
    }
    l->pid = pid;
    l->in = e.in[0];
    l->out = e.out[0];
    l->err = e.err[0];
    l->line = e.line[0];
    e.in[0] = e.out[0] = e.err[0] = e.line[0] = -1;
    close_ends(&e);
    return true;
}
