#include <inttypes.h>

#include "common/base/arena.h"
#include "server/personal/keyring.h"

static struct value
bytes(struct str s)
{
    return (struct value){.type = VT_BYTES, .text = s};
}

enum { K_GENERATION, K_WRAPPED, K_FRESH };

static struct pg_stmt
key_stmt(struct arena *a, int32_t tenant, struct value generation)
{
    struct value *params = arena_new(a, struct value, 2);
    params[0] = VALUE_INT(tenant);
    params[1] = generation;
    return (struct pg_stmt){"select generation, wrapped, fresh from app.tenant_key($1::int, $2::int)", params,
                            2};
}

/* Reads a key, or the newest one; *ret_wrapped empty when there is none. */
static enum rc
read_key(struct pg *pg, struct arena *a, int32_t tenant, const uint32_t *generation, uint32_t *ret_generation,
         struct str *ret_wrapped, bool *ret_fresh, struct err *reterr)
{
    const struct pg_stmt stmt = key_stmt(a, tenant, generation ? VALUE_INT(*generation) : VALUE_NULL);
    struct pg_rows rows;
    enum rc rc = pg_run(pg, a, &stmt, 1, &rows, reterr);
    *ret_wrapped = STR_NONE;
    if (rc != RC_OK || !rows.nrows)
        return rc;
    *ret_generation = (uint32_t)pg_cell(&rows, 0, K_GENERATION)->i;
    *ret_wrapped = pg_cell(&rows, 0, K_WRAPPED)->text;
    *ret_fresh = pg_cell(&rows, 0, K_FRESH)->yes;
    return RC_OK;
}

/* Both first keys of a company; whose come first count. */
static enum rc
make_keys(struct keyring *k, struct pg *pg, struct arena *a, int32_t tenant, struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    char name[SEAL_KEY_NAME + 1];
    enum rc rc = RC_OK;
    for (uint32_t g = GENERATION_MARKS; rc == RC_OK && g <= GENERATION_FIRST; g++) {
        crypt_random(key, sizeof key);
        const struct value params[] = {VALUE_INT(tenant), VALUE_INT(g),
                                       bytes(keyring_wrap(k, a, tenant, g, key, name)),
                                       VALUE_TEXT(str_dup(a, str_from(name)))};
        const struct pg_stmt stmt = {"select app.add_tenant_key($1::int, $2::int, $3, $4)", params, 4};
        rc = pg_run(pg, a, &stmt, 1, NULL, reterr);
    }
    crypt_wipe(key, sizeof key);
    return rc;
}

enum rc
tenant_key(struct keyring *k, struct pg *pg, struct arena *a, int32_t tenant, const uint32_t *generation,
           const unsigned char **ret_key, uint32_t *ret_generation, struct err *reterr)
{
    if (!k)
        return err_log(reterr, RC_INTERNAL, "this process was given no master key");
    if (generation && (*ret_key = keyring_find(k, tenant, *generation))) {
        *ret_generation = *generation;
        return RC_OK;
    }
    if (!generation && k->newest_of == tenant && (*ret_key = keyring_find(k, tenant, k->newest))) {
        *ret_generation = k->newest;
        return RC_OK;
    }
    struct str wrapped;
    bool fresh = false;
    enum rc rc = read_key(pg, a, tenant, generation, ret_generation, &wrapped, &fresh, reterr);
    if (rc == RC_OK && !wrapped.n) {
        rc = make_keys(k, pg, a, tenant, reterr);
        if (rc == RC_OK)
            rc = read_key(pg, a, tenant, generation, ret_generation, &wrapped, &fresh, reterr);
    }
    if (rc == RC_OK && !wrapped.n)
        return err_log(reterr, RC_INTERNAL, "company %" PRId32 " has no key %" PRIu32, tenant,
                       generation ? *generation : GENERATION_FIRST);
    if (rc == RC_OK && !generation && !fresh) {
        k->newest_of = tenant;
        k->newest = *ret_generation;
    }
    if (rc != RC_OK || (*ret_key = keyring_find(k, tenant, *ret_generation)))
        return rc;
    /* one place more than there are slots: for a key that is not remembered */
    unsigned char *out = k->keys.p + (size_t)KEYRING_SLOTS * SEAL_KEY;
    rc = keyring_unwrap(k, tenant, *ret_generation, wrapped, out, reterr);
    if (rc == RC_OK)
        *ret_key = fresh ? out : keyring_keep(k, tenant, *ret_generation, out);
    return rc;
}

/* ------------------------------------------------------------------ for the other folders */

struct pg_stmt
personal_ask_newest(struct arena *a, int32_t tenant)
{
    return key_stmt(a, tenant, VALUE_NULL);
}

void
personal_take_newest(struct keyring *k, int32_t tenant, const struct pg_rows *rows)
{
    if (!rows->nrows || pg_cell(rows, 0, K_FRESH)->yes)
        return;
    k->newest_of = tenant;
    k->newest = (uint32_t)pg_cell(rows, 0, K_GENERATION)->i;
}

void
personal_look_again(struct keyring *k)
{
    if (k)
        k->newest_of = 0;
}

enum rc
personal_seal(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about,
              struct str plain, struct str *ret, struct err *reterr)
{
    const unsigned char *key;
    uint32_t generation;
    enum rc rc = tenant_key(k, pg, a, about->tenant, NULL, &key, &generation, reterr);
    if (rc == RC_OK)
        *ret = seal_close(a, key, generation, about, plain);
    return rc;
}

/* The key something was sealed with. */
static enum rc
key_of(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about, struct str sealed,
       const unsigned char **ret_key, struct err *reterr)
{
    uint32_t generation;
    if (!seal_generation(sealed, &generation))
        return err_log(reterr, RC_INTERNAL, "what should be sealed is not");
    return tenant_key(k, pg, a, about->tenant, &generation, ret_key, &generation, reterr);
}

static enum rc
does_not_open(const struct seal_about *about, struct err *reterr)
{
    return err_log(reterr, RC_INTERNAL,
                   "purpose %d, entity %u, record %" PRId64 " of company %" PRId32
                   " does not open: it was changed, or belongs elsewhere",
                   (int)about->purpose, about->entity, about->record, about->tenant);
}

enum rc
personal_unseal(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about,
                struct str sealed, struct str *ret, struct err *reterr)
{
    const unsigned char *key;
    enum rc rc = key_of(k, pg, a, about, sealed, &key, reterr);
    if (rc == RC_OK && !seal_open(a, key, about, sealed, ret))
        return does_not_open(about, reterr);
    return rc;
}

enum rc
personal_unseal_secret(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about,
                       struct str sealed, struct secret *ret, struct err *reterr)
{
    const unsigned char *key;
    size_t n = 0;
    enum rc rc = key_of(k, pg, a, about, sealed, &key, reterr);
    if (rc == RC_OK && !seal_open_into(key, about, sealed, ret->p, ret->cap, &n))
        return does_not_open(about, reterr);
    if (rc == RC_OK) {
        ret->n = n;
        ret->p[n] = '\0';
    }
    return rc;
}

enum rc
personal_mark(struct keyring *k, struct pg *pg, struct arena *a, int32_t tenant, const char *what,
              struct str text, struct str *ret, struct err *reterr)
{
    static const uint32_t marks = GENERATION_MARKS;
    const unsigned char *key;
    uint32_t generation;
    char mark[SEAL_BLIND + 1];
    enum rc rc = tenant_key(k, pg, a, tenant, &marks, &key, &generation, reterr);
    if (rc == RC_OK)
        *ret = str_dup(a, str_from(seal_blind(key, what, text, mark)));
    return rc;
}
