#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "common/crypt/key_file.h"
#include "common/crypt/seal.h"
#include "common/crypt/totp.h"
#include "tests/fuzz/fuzz.h"

/* Keys, codes and sealed values as they come from people, files and rows: nothing opens that was not closed.
 */

static const unsigned char the_key[SEAL_KEY] = {1, 2, 3};
static const struct seal_about about = {SEAL_PERSON, 2, 1, 77};

/* A sealed value with some of its bytes changed opens when that changed nothing. */
static void
check_sealed(struct arena *a, struct str data)
{
    static const unsigned char nonce[SEAL_NONCE] = {9};
    struct str closed = seal_close_with(a, the_key, 3, &about, nonce, STR("19870203-12345-00001-23")), opened;
    char *p = arena_alloc(a, closed.n);
    memcpy(p, closed.p, closed.n);
    for (size_t i = 0; i + 1 < data.n; i += 2)
        p[(unsigned char)data.p[i] % closed.n] = data.p[i + 1];
    struct str changed = {p, closed.n};
    ASSERT(seal_open(a, the_key, &about, changed, &opened) == str_eq(changed, closed));
    uint32_t generation;
    unsigned char out[64];
    size_t n = 0;
    ASSERT(!seal_open(a, the_key, &about, data, &opened));
    (void)seal_generation(data, &generation);
    if (seal_open_into(the_key, &about, changed, out, sizeof out, &n))
        ASSERT(n <= sizeof out);
}

static void
check_texts(struct arena *a, struct str data)
{
    unsigned char secret[TOTP_SECRET] = {4}, hash[CODE_HASH], bytes[16];
    struct str plain = STR_NONE, again = STR_NONE;
    int64_t step = 0;
    (void)code_hash(data, hash);
    (void)totp_matches(secret, data, 1772000000, &step);
    (void)crypt_unhex(data, bytes, sizeof bytes);
    for (int url = 0; url < 2; url++)
        if (crypt_unbase64(a, data, url, &plain, NULL) == RC_OK) {
            struct str text = url ? crypt_base64url(a, plain) : crypt_base64(a, plain);
            ASSERT(crypt_unbase64(a, text, url, &again, NULL) == RC_OK && str_eq(plain, again));
        }
}

/* What is read of a file of keys is written and read as the same. */
static void
check_file(struct str data)
{
    static char path[] = "/tmp/bima-fuzz-XXXXXX";
    static int fd = -1;
    struct key_file f = {0};
    if (fd < 0)
        fd = mkstemp(path);
    ASSERT(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data.p, data.n, 0) == (ssize_t)data.n);
    if (key_file_load(&f, "key", path, false, NULL))
        return;
    ASSERT(f.n > 0 && f.n <= KEY_FILE_KEYS);
    key_file_done(&f);
}

void
fuzz_one(struct arena *a, struct str data)
{
    check_sealed(a, data);
    check_texts(a, data);
    check_file(data);
}
