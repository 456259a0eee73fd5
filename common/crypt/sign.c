#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypt/crypt.h"

_Static_assert(CRYPT_SIGN_SEED == crypto_sign_SEEDBYTES, "size of an Ed25519 seed");
_Static_assert(CRYPT_SIGN_PUBLIC == crypto_sign_PUBLICKEYBYTES, "size of an Ed25519 public key");
_Static_assert(CRYPT_SIGNATURE == crypto_sign_BYTES, "size of an Ed25519 signature");

/* The file holds the seed in hex and a newline. */
enum { HEX = 2 * CRYPT_SIGN_SEED, FILE_BYTES = HEX + 1 };

static enum rc
file_error(const char *what, const char *path, struct err *reterr)
{
    return err_log(reterr, RC_INTERNAL, "could not %s the signing seed %s: %s", what, path, strerror(errno));
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

/* Writes a new seed beside `path` and links it into place: two starters at once agree on one seed. */
static enum rc
seed_make(const char *path, struct err *reterr)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof(temporary))
        return err_log(reterr, RC_INTERNAL, "the path of the signing seed is too long");
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return file_error("make", temporary, reterr);
    struct secret text CLEANUP(secret_free) = {0};
    secret_new(&text, FILE_BYTES);
    unsigned char seed[CRYPT_SIGN_SEED];
    crypt_random(seed, sizeof(seed));
    crypt_hex(seed, sizeof(seed), (char *)text.p);
    crypt_wipe(seed, sizeof(seed));
    text.p[HEX] = '\n';
    bool good = write_all(fd, text.p, FILE_BYTES);
    good = close(fd) == 0 && good;
    good = good && (link(temporary, path) == 0 || errno == EEXIST);
    enum rc rc = good ? RC_OK : file_error("write", path, reterr);
    unlink(temporary);
    return rc;
}

static enum rc
seed_read(int fd, const char *path, struct secret *seed, struct err *reterr)
{
    struct stat st;
    if (fstat(fd, &st))
        return file_error("look at", path, reterr);
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
        return err_log(reterr, RC_INTERNAL,
                       "the signing seed %s must be a file that only its owner may read (0600)", path);
    struct secret text CLEANUP(secret_free) = {0};
    secret_new(&text, FILE_BYTES + 1);
    size_t n = read_some(fd, text.p, FILE_BYTES + 1);
    if (n == FILE_BYTES && text.p[HEX] == '\n')
        n = HEX;
    seed->n = CRYPT_SIGN_SEED;
    if (!crypt_unhex((struct str){(const char *)text.p, n}, seed->p, CRYPT_SIGN_SEED))
        return err_log(reterr, RC_INTERNAL, "the signing seed %s must be %d hex digits", path, HEX);
    return RC_OK;
}

enum rc
signer_load(struct signer *s, const char *path, bool make, struct err *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT && make) {
        enum rc rc = seed_make(path, reterr);
        if (rc)
            return rc;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd < 0)
        return file_error("open", path, reterr);
    struct secret seed CLEANUP(secret_free) = {0};
    secret_new(&seed, CRYPT_SIGN_SEED);
    enum rc rc = seed_read(fd, path, &seed, reterr);
    close(fd);
    if (rc)
        return rc;
    secret_new(&s->key, crypto_sign_SECRETKEYBYTES);
    s->key.n = crypto_sign_SECRETKEYBYTES;
    crypto_sign_seed_keypair(s->public_key, s->key.p, seed.p);
    return RC_OK;
}

void
signer_done(struct signer *s)
{
    secret_free(&s->key);
}

void
signer_sign(const struct signer *s, struct str data, unsigned char out[CRYPT_SIGNATURE])
{
    crypto_sign_detached(out, NULL, (const unsigned char *)data.p, data.n, s->key.p);
}

bool
signature_valid(const unsigned char public_key[CRYPT_SIGN_PUBLIC], struct str data,
                const unsigned char signature[CRYPT_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)data.p, data.n, public_key) == 0;
}
