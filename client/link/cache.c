#include "client/link/cache.h"

#include <stdio.h>
#include <unistd.h>

#include "client/link/file.h"
#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

enum { HEX = 2 * CRYPT_HASH };

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
make_path(char path[FILE_PATH], const char *dir, const char *kind, struct str name)
{
    int n = snprintf(path, FILE_PATH, "%s/%s-%.*s", dir, kind, STR_ARG(name));
    return n > 0 && n < FILE_PATH - 8;
}

void
cache_store(const char *dir, struct str hash, struct str raw)
{
    char path[FILE_PATH], head[HEX + 2];
    if (!is_hash(hash) || !make_path(path, dir, "schema", hash))
        return;
    digest(raw, head);
    head[HEX] = '\n';
    (void)file_replace(dir, path, (struct str){head, HEX + 1}, raw);
}

bool
cache_load(struct arena *a, const char *dir, struct str hash, struct str *ret_raw)
{
    char path[FILE_PATH], want[HEX + 1];
    struct str all;
    if (!is_hash(hash) || !make_path(path, dir, "schema", hash))
        return false;
    if (!file_read(a, path, LIMIT_INFLATED + HEX + 1, &all))
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
last_path(char path[FILE_PATH], const char *dir, struct str who)
{
    char hex[HEX + 1];
    digest(who, hex);
    return make_path(path, dir, "last", (struct str){hex, 32});
}

void
cache_remember(const char *dir, struct str who, struct str hash)
{
    char path[FILE_PATH];
    if (is_hash(hash) && last_path(path, dir, who))
        (void)file_replace(dir, path, hash, STR("\n"));
}

bool
cache_recall(struct arena *a, const char *dir, struct str who, struct str *ret_hash)
{
    char path[FILE_PATH];
    struct str text;
    if (!last_path(path, dir, who) || !file_read(a, path, 64, &text))
        return false;
    text = str_trim(text);
    if (!is_hash(text))
        return false;
    *ret_hash = text;
    return true;
}
