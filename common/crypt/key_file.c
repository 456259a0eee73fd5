#include "common/crypt/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX = 2 * KEY_FILE_KEY, LINE = HEX + 1, FILE_MAX = KEY_FILE_KEYS * LINE };

static enum rc
failed(const char *verb, const char *what, const char *path, struct err *reterr)
{
    return err_log(reterr, RC_INTERNAL, "could not %s the %s %s: %s", verb, what, path, strerror(errno));
}

static bool
write_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n) {
        ssize_t wrote = write(fd, p, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        p += wrote;
        n -= (size_t)wrote;
    }
    return fsync(fd) == 0;
}

static size_t
read_some(int fd, void *bytes, size_t n)
{
    char *p = bytes;
    size_t got = 0;
    while (got < n) {
        ssize_t now = read(fd, p + got, n - got);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            break;
        got += (size_t)now;
    }
    return got;
}

/* Writes the keys into a new file beside `path`, of the owner of the one that is there; its name goes to
 * `out`. */
static enum rc
write_beside(const struct key_file *f, const char *what, const char *path, char *out, size_t cap,
             struct err *reterr)
{
    int n = snprintf(out, cap, "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= cap)
        return err_log(reterr, RC_INTERNAL, "the path of the %s is too long", what);
    int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed("make", what, out, reterr);
    struct secret text CLEANUP(secret_free) = {0};
    secret_new(&text, FILE_MAX);
    for (size_t i = 0; i < f->n; i++) {
        crypt_hex(f->keys[i].p, KEY_FILE_KEY, (char *)text.p + i * LINE);
        text.p[i * LINE + HEX] = '\n';
    }
    struct stat st;
    bool good = write_all(fd, text.p, f->n * LINE);
    if (good && stat(path, &st) == 0 && st.st_uid != geteuid())
        good = fchown(fd, st.st_uid, st.st_gid) == 0;
    good = close(fd) == 0 && good;
    if (good)
        return RC_OK;
    enum rc rc = failed("write", what, path, reterr);
    (void)unlink(out);
    return rc;
}

static enum rc
make_new(const char *what, const char *path, struct err *reterr)
{
    char beside[4096];
    struct key_file f = {.n = 1};
    secret_new(&f.keys[0], KEY_FILE_KEY);
    f.keys[0].n = KEY_FILE_KEY;
    crypt_random(f.keys[0].p, KEY_FILE_KEY);
    enum rc rc = write_beside(&f, what, path, beside, sizeof beside, reterr);
    key_file_done(&f);
    if (rc != RC_OK)
        return rc;
    if (link(beside, path) != 0 && errno != EEXIST)
        rc = failed("write", what, path, reterr);
    (void)unlink(beside);
    return rc;
}

/* "HEX\n", the last newline may be missing. */
static bool
read_lines(struct key_file *f, const unsigned char *p, size_t n)
{
    size_t at = 0;
    while (at < n) {
        bool whole = f->n < KEY_FILE_KEYS && n - at >= HEX && (n - at == HEX || p[at + HEX] == '\n');
        if (!whole)
            return false;
        struct secret *key = &f->keys[f->n++];
        secret_new(key, KEY_FILE_KEY);
        key->n = KEY_FILE_KEY;
        if (!crypt_unhex((struct str){(const char *)p + at, HEX}, key->p, KEY_FILE_KEY))
            return false;
        at += n - at == HEX ? HEX : LINE;
    }
    return f->n > 0;
}

static enum rc
read_keys(struct key_file *f, int fd, const char *what, const char *path, struct err *reterr)
{
    struct stat st;
    if (fstat(fd, &st))
        return failed("look at", what, path, reterr);
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
        return err_log(reterr, RC_INTERNAL, "the %s %s must be a file that only its owner may read (0600)",
                       what, path);
    struct secret text CLEANUP(secret_free) = {0};
    secret_new(&text, FILE_MAX + 1);
    if (!read_lines(f, text.p, read_some(fd, text.p, FILE_MAX + 1)))
        return err_log(reterr, RC_INTERNAL, "the %s %s must be %d hex digits", what, path, HEX);
    return RC_OK;
}

enum rc
key_file_load(struct key_file *ret, const char *what, const char *path, bool make, struct err *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT && make) {
        enum rc rc = make_new(what, path, reterr);
        if (rc != RC_OK)
            return rc;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd < 0)
        return failed("open", what, path, reterr);
    struct key_file f = {0};
    enum rc rc = read_keys(&f, fd, what, path, reterr);
    (void)close(fd);
    if (rc == RC_OK)
        *ret = f;
    else
        key_file_done(&f);
    return rc;
}

enum rc
key_file_save(const struct key_file *f, const char *what, const char *path, struct err *reterr)
{
    char beside[4096];
    enum rc rc = write_beside(f, what, path, beside, sizeof beside, reterr);
    if (rc != RC_OK)
        return rc;
    if (rename(beside, path) == 0)
        return RC_OK;
    rc = failed("write", what, path, reterr);
    (void)unlink(beside);
    return rc;
}

void
key_file_done(struct key_file *f)
{
    for (size_t i = 0; i < KEY_FILE_KEYS; i++)
        secret_free(&f->keys[i]);
    f->n = 0;
}
