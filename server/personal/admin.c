#include <inttypes.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "server/personal/keyring.h"

struct str
admin_bytes(struct arena *a, struct str text)
{
    if (text.n < 2)
        return STR_NONE;
    size_t n = (text.n - 2) / 2;
    unsigned char *out = arena_alloc(a, n + 1);
    return crypt_unhex(str_slice(text, 2, text.n), out, n) ? (struct str){(const char *)out, n} : STR_NONE;
}

const char *
admin_hex(struct arena *a, struct str bytes)
{
    char *out = arena_alloc(a, 2 * bytes.n + 3);
    out[0] = '\\';
    out[1] = 'x';
    crypt_hex((const unsigned char *)bytes.p, bytes.n, out + 2);
    return out;
}

const char *
admin_number(struct arena *a, int64_t n)
{
    return str_printf(a, "%" PRId64, n).p;
}

enum rc
tenant_key_add(struct keyring *k, struct admin *db, struct arena *a, int32_t tenant, uint32_t generation,
               const unsigned char key[SEAL_KEY], struct err *reterr)
{
    char name[SEAL_KEY_NAME + 1];
    struct str wrapped = keyring_wrap(k, a, tenant, generation, key, name);
    const char *params[] = {admin_number(a, tenant), admin_number(a, generation), admin_hex(a, wrapped),
                            name};
    return admin_run(db, a,
                     "insert into app.tenant_key (tenant_id, generation, wrapped, master)"
                     " values ($1::int, $2::int, $3::bytea, $4)",
                     params, COUNTOF(params), NULL, reterr);
}

static enum rc
find(struct admin *db, struct arena *a, int32_t tenant, const uint32_t *generation, struct admin_rows *ret,
     struct err *reterr)
{
    const char *params[] = {admin_number(a, tenant), generation ? admin_number(a, *generation) : NULL};
    return admin_run(
        db, a,
        "select generation, wrapped from app.tenant_key where tenant_id = $1::int and (generation = $2::int"
        " or ($2 is null and generation > 0 and retired_at is null)) order by generation desc limit 1",
        params, COUNTOF(params), ret, reterr);
}

static enum rc
make_both(struct keyring *k, struct admin *db, struct arena *a, int32_t tenant, struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    enum rc rc = RC_OK;
    for (uint32_t g = GENERATION_MARKS; rc == RC_OK && g <= GENERATION_FIRST; g++) {
        crypt_random(key, sizeof key);
        rc = tenant_key_add(k, db, a, tenant, g, key, reterr);
    }
    crypt_wipe(key, sizeof key);
    return rc;
}

enum rc
tenant_key_admin(struct keyring *k, struct admin *db, struct arena *a, int32_t tenant,
                 const uint32_t *generation, unsigned char out[SEAL_KEY], uint32_t *ret_generation,
                 struct err *reterr)
{
    struct admin_rows rows;
    enum rc rc = find(db, a, tenant, generation, &rows, reterr);
    if (rc == RC_OK && !rows.nrows) {
        rc = make_both(k, db, a, tenant, reterr);
        if (rc == RC_OK)
            rc = find(db, a, tenant, generation, &rows, reterr);
    }
    if (rc == RC_OK && !rows.nrows)
        return err_log(reterr, RC_INTERNAL, "company %" PRId32 " has no key", tenant);
    if (rc != RC_OK)
        return rc;
    *ret_generation = (uint32_t)strtoul(rows.cells[0].p, NULL, 10);
    return keyring_unwrap(k, tenant, *ret_generation, admin_bytes(a, rows.cells[1]), out, reterr);
}
