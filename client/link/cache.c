#include "client/link/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

enum { HEX = 2 * CRYPT_HASH, PATH = 1024 };

static bool
is_hash(struct str hash)
{
    unsigned char bytes[16];
    return hash.n == 32 && crypt_unhex(hash, bytes, sizeof(bytes));
}

static void
digest(struct str raw, char hex[HEX + 1])
{
    unsigned char hash[CRYPT_HASH];
    crypt_hash(raw, hash);
    (void)crypt_hex(hash, sizeof(hash), hex);
}

static bool
make_path(char path[PATH], const char *dir, const char *kind, struct str name)
{
    int n = snprintf(path, PATH, "%s/%s-%.*s", dir, kind, STR_ARG(name));
    return n > 0 && n < PATH - 8;
}

/* mkdir -p; the last part private. */
static void
make_dir(const char *dir)
{
    char part[PATH];
    for (size_t i = 1; dir[i] != '\0' && i < PATH - 1; i++) {
        if (dir[i] != '/')
            continue;
        (void)snprintf(part, sizeof(part), "%.*s", (int)i, dir);
        (void)mkdir(part, 0700);
    }
    (void)mkdir(dir, 0700);
}

static bool
write_all(int fd, struct str s)
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

static void
replace(const char *dir, const char *path, struct str head, struct str rest)
{
    char aside[PATH];
    make_dir(dir);
    (void)snprintf(aside, sizeof(aside), "%s/.XXXXXX", dir);
    int fd = mkstemp(aside); /* 0600 */
    if (fd < 0)
        return;
    bool ok = write_all(fd, head) && write_all(fd, rest);
    ok = close(fd) == 0 && ok;
    if (!ok || rename(aside, path) != 0)
        (void)unlink(aside);
}

static bool
read_file(struct arena *a, const char *path, size_t max, struct str *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
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

void
cache_store(const char *dir, struct str hash, struct str raw)
{
    char path[PATH], head[HEX + 2];
    if (!is_hash(hash) || !make_path(path, dir, "schema", hash))
        return;
    digest(raw, head);
    head[HEX] = '\n';
    replace(dir, path, (struct str){head, HEX + 1}, raw);
}

bool
cache_load(struct arena *a, const char *dir, struct str hash, struct str *ret_raw)
{
    char path[PATH], want[HEX + 1];
    struct str all;
    if (!is_hash(hash) || !make_path(path, dir, "schema", hash))
        return false;
    if (!read_file(a, path, LIMIT_INFLATED + HEX + 1, &all))
        return false;
    struct str raw = str_slice(all, HEX + 1, all.n);
    digest(raw, want);
    if (all.n <= HEX + 1 || all.p[HEX] != '\n' ||
        !str_eq((struct str){all.p, HEX}, (struct str){want, HEX})) {
        (void)unlink(path);
        return false;
    }
    *ret_raw = raw;
    return true;
}

/* The name of the file must not tell whom one signs in as. */
static bool
last_path(char path[PATH], const char *dir, struct str who)
{
    char hex[HEX + 1];
    digest(who, hex);
    return make_path(path, dir, "last", (struct str){hex, 32});
}

void
cache_remember(const char *dir, struct str who, struct str hash)
{
    char path[PATH];
    if (is_hash(hash) && last_path(path, dir, who))
        replace(dir, path, hash, STR("\n"));
}

bool
cache_recall(struct arena *a, const char *dir, struct str who, struct str *ret_hash)
{
    char path[PATH];
    struct str text;
    if (!last_path(path, dir, who) || !read_file(a, path, 64, &text))
        return false;
    text = str_trim(text);
    if (!is_hash(text))
        return false;
    *ret_hash = text;
    return true;
}
