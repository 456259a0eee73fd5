#include "client/link/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"

void
file_make_dir(const char *dir)
{
    char part[FILE_PATH];
    for (size_t i = 1; dir[i] != '\0' && i < FILE_PATH - 1; i++) {
        if (dir[i] != '/')
            continue;
        (void)snprintf(part, sizeof(part), "%.*s", (int)i, dir);
        (void)mkdir(part, 0700);
    }
    (void)mkdir(dir, 0700);
}

bool
file_write(int fd, struct str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s.p += n;
        s.n -= (size_t)n;
    }
    return true;
}

/* The name itself is on the disk only when its directory is. */
static void
sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd); /* some file systems can't: then it is as good as it gets */
    (void)close(fd);
}

static bool
replace(const char *dir, const char *path, struct str head, struct str rest, bool firmly)
{
    char aside[FILE_PATH];
    file_make_dir(dir);
    (void)snprintf(aside, sizeof(aside), "%s/.XXXXXX", dir);
    int fd = mkstemp(aside); /* 0600 */
    if (fd < 0)
        return false;
    bool ok = file_write(fd, head) && file_write(fd, rest) && (!firmly || fsync(fd) == 0);
    ok = close(fd) == 0 && ok;
    if (!ok || rename(aside, path) != 0) {
        (void)unlink(aside);
        return false;
    }
    if (firmly)
        sync_dir(dir);
    return true;
}

bool
file_replace(const char *dir, const char *path, struct str head, struct str rest)
{
    return replace(dir, path, head, rest, false);
}

bool
file_replace_firmly(const char *dir, const char *path, struct str head, struct str rest)
{
    return replace(dir, path, head, rest, true);
}

bool
file_read(struct arena *a, const char *path, size_t max, struct str *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    struct stat st;
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size <= max;
    char *p = ok ? arena_alloc(a, (size_t)st.st_size) : NULL;
    size_t n = 0;
    while (ok && n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
        ok = got > 0;
        n += ok ? (size_t)got : 0;
    }
    (void)close(fd);
    if (ok)
        *ret = (struct str){p, n};
    return ok;
}
