/*
 * Preloaded by contrib/valgrind. The master starts its processes as /proc/self/exe, which under valgrind is
 * valgrind: then the program named by BIMA_SELF is started instead. And it ends who seems to hang: under
 * valgrind everybody does.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int
execv(const char *path, char *const argv[])
{
    const char *self = getenv("BIMA_SELF");
    return execve(self != NULL && strcmp(path, "/proc/self/exe") == 0 ? self : path, argv, environ);
}

int
kill(pid_t pid, int sig)
{
    return sig == SIGABRT || sig == SIGKILL ? 0 : (int)syscall(SYS_kill, pid, sig);
}
