#include "server/personal/keyring.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"

static const char what[] = "master key";

enum rc
keyring_open(const char *path, bool make, struct keyring **ret, struct err *reterr)
{
    struct keyring *k = calloc(1, sizeof *k);
    ASSERT(k);
    if ((size_t)snprintf(k->path, sizeof k->path, "%s", path) >= sizeof k->path) {
        free(k);
        return err_log(reterr, RC_INTERNAL, "the path of the master key is too long");
    }
    enum rc rc = key_file_load(&k->master, what, path, make, reterr);
    if (rc != RC_OK) {
        free(k);
        return rc;
    }
    secret_new(&k->keys, (size_t)(KEYRING_SLOTS + 1) * SEAL_KEY);
    *ret = k;
    return RC_OK;
}

void
keyring_close(struct keyring **k)
{
    if (!*k)
        return;
    key_file_done(&(*k)->master);
    secret_free(&(*k)->keys);
    free(*k);
    *k = NULL;
}

static unsigned char *
key_at(const struct keyring *k, size_t slot)
{
    return k->keys.p + slot * SEAL_KEY;
}

const unsigned char *
keyring_find(struct keyring *k, int32_t tenant, uint32_t generation)
{
    for (size_t i = 0; i < KEYRING_SLOTS; i++) {
        struct keyring_slot *s = &k->slots[i];
        if (!s->used || s->tenant != tenant || s->generation != generation)
            continue;
        s->used = ++k->uses;
        return key_at(k, i);
    }
    return NULL;
}

const unsigned char *
keyring_keep(struct keyring *k, int32_t tenant, uint32_t generation, const unsigned char *key)
{
    size_t oldest = 0;
    for (size_t i = 1; i < KEYRING_SLOTS; i++)
        if (k->slots[i].used < k->slots[oldest].used)
            oldest = i;
    k->slots[oldest] = (struct keyring_slot){tenant, generation, ++k->uses};
    return memcpy(key_at(k, oldest), key, SEAL_KEY);
}

static struct seal_about
about(int32_t tenant, uint32_t generation)
{
    return (struct seal_about){SEAL_TENANT_KEY, tenant, 0, generation};
}

static bool
try_all(const struct keyring *k, int32_t tenant, uint32_t generation, struct str wrapped, unsigned char *out)
{
    const struct seal_about of = about(tenant, generation);
    size_t n = 0;
    for (size_t i = 0; i < k->master.n; i++)
        if (seal_open_into(k->master.keys[i].p, &of, wrapped, out, SEAL_KEY, &n) && n == SEAL_KEY)
            return true;
    return false;
}

enum rc
keyring_unwrap(struct keyring *k, int32_t tenant, uint32_t generation, struct str wrapped,
               unsigned char out[SEAL_KEY], struct err *reterr)
{
    struct key_file again = {0};
    if (try_all(k, tenant, generation, wrapped, out))
        return RC_OK;
    /* It may have been replaced while we run. */
    enum rc rc = key_file_load(&again, what, k->path, false, reterr);
    if (rc != RC_OK)
        return rc;
    key_file_done(&k->master);
    k->master = again;
    if (try_all(k, tenant, generation, wrapped, out))
        return RC_OK;
    return err_log(
        reterr, RC_INTERNAL,
        "the master key %s does not open key %u of company %d: it is not the one this database was made with",
        k->path, generation, tenant);
}

struct str
keyring_wrap(struct keyring *k, struct arena *a, int32_t tenant, uint32_t generation,
             const unsigned char key[SEAL_KEY], char name[SEAL_KEY_NAME + 1])
{
    const struct seal_about of = about(tenant, generation);
    seal_key_name(k->master.keys[0].p, name);
    return seal_close(a, k->master.keys[0].p, 0, &of, (struct str){(const char *)key, SEAL_KEY});
}
