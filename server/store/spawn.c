#include "server/store/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_CANT = 127, WORDS = 400 };

enum rc
run_as_find(const char *user, const char *home, struct run_as *ret, struct err *reterr)
{
    bool root = geteuid() == 0;
    if (root && (!user || !*user))
        return err_log(reterr, RC_INTERNAL,
                       "started as root: PostgreSQL needs an unprivileged user to run as");
    const struct passwd *pw = user && *user ? getpwnam(user) : getpwuid(geteuid());
    if (!pw)
        return err_log(reterr, RC_INTERNAL, "no user \"%s\" on this machine", user ? user : "(ourselves)");
    if (pw->pw_uid == 0 || (!root && pw->pw_uid != geteuid()))
        return err_log(reterr, RC_INTERNAL, "PostgreSQL can't run as \"%s\" from here", pw->pw_name);
    struct run_as as = {.uid = pw->pw_uid, .gid = pw->pw_gid, .change = root};
    (void)snprintf(as.name, sizeof as.name, "%s", pw->pw_name);
    if (snprintf(as.home, sizeof as.home, "%s", home) >= (int)sizeof as.home)
        return err_log(reterr, RC_INTERNAL, "path too long: %s", home);
    *ret = as;
    return RC_OK;
}

/* In the child: from here on there is no way back to the privileges we had. */
static bool
become(const struct run_as *as)
{
    if (!as->change)
        return true;
    return initgroups(as->name, as->gid) == 0 && setresgid(as->gid, as->gid, as->gid) == 0 &&
           setresuid(as->uid, as->uid, as->uid) == 0;
}

static void
forget_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig < NSIG; sig++)
        (void)signal(sig, SIG_DFL); /* SIGKILL and SIGSTOP refuse, rightly */
}

static NORETURN void
child_exec(const struct run_as *as, char *const argv[], int out, pid_t parent)
{
    char home[sizeof as->home + 8];
    char path[] = "PATH=/usr/bin:/bin", lang[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
    (void)snprintf(home, sizeof home, "HOME=%s", as->home);
    char *env[] = {path, lang, zone, home, NULL};
    forget_signals();
    int null = open("/dev/null", O_RDONLY);
    /* The death signal is set after the change of user, which would clear it; a parent that died before is
     * seen. */
    if (null < 0 || dup2(null, 0) < 0 || dup2(out < 0 ? 2 : out, 1) < 0 || dup2(1, 2) < 0 || setsid() < 0 ||
        !become(as) || prctl(PR_SET_PDEATHSIG, SIGINT) < 0 || getppid() != parent || chdir(as->home) < 0)
        _exit(EXIT_CANT);
    (void)close_range(3, ~0U, 0);
    (void)execve(argv[0], argv, env);
    _exit(EXIT_CANT);
}

enum rc
spawn(const struct run_as *as, char *const argv[], int out, pid_t *ret, struct err *reterr)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return err_log(reterr, RC_INTERNAL, "fork: %s", strerror(errno));
    if (pid == 0)
        child_exec(as, argv, out, parent);
    *ret = pid;
    return RC_OK;
}

static int
wait_status(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return status;
}

/* Keeps the first bytes in `text` and the last in `tail`: a program's reason is at its end. */
static void
drain(int fd, char *text, size_t cap, char tail[WORDS + 1])
{
    char piece[WORDS];
    size_t have = 0;
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        size_t got = (size_t)n;
        size_t keep = have + got < cap ? got : (cap > have ? cap - have - 1 : 0);
        if (keep > 0) {
            memcpy(text + have, piece, keep);
            have += keep;
            text[have] = '\0';
        }
        size_t old = strlen(tail);
        size_t drop = old + got > WORDS ? old + got - WORDS : 0;
        memmove(tail, tail + drop, old - drop);
        memcpy(tail + old - drop, piece, got);
        tail[old - drop + got] = '\0';
    }
}

enum rc
spawn_wait(const struct run_as *as, char *const argv[], char *text, size_t cap, struct err *reterr)
{
    char tail[WORDS + 1] = "";
    int fds[2];
    pid_t pid = 0;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_log(reterr, RC_INTERNAL, "pipe: %s", strerror(errno));
    if (text && cap > 0)
        text[0] = '\0';
    enum rc rc = spawn(as, argv, fds[1], &pid, reterr);
    (void)close(fds[1]);
    if (rc == RC_OK)
        drain(fds[0], text, text ? cap : 0, tail);
    (void)close(fds[0]);
    if (rc != RC_OK)
        return rc;
    int status = wait_status(pid);
    if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_log(reterr, RC_INTERNAL, "%s failed: %s", argv[0], tail);
    return RC_OK;
}

enum rc
spawn_call(const struct run_as *as, bool (*fn)(void *ctx), void *ctx, const char *what, struct err *reterr)
{
    pid_t pid = fork();
    if (pid < 0)
        return err_log(reterr, RC_INTERNAL, "fork: %s", strerror(errno));
    if (pid == 0)
        _exit(become(as) && fn(ctx) ? 0 : EXIT_CANT);
    int status = wait_status(pid);
    if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_log(reterr, RC_INTERNAL, "could not %s as user %s", what, as->name);
    return RC_OK;
}
