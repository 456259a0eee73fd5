#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server/ctl/ctl.h"
#include "server/personal/keyring.h"

/* bimactl keys: the keys of personal data, and putting new ones in their place while the service runs. */

enum { BATCH = 500 };

struct rotation {
    struct ctl *ctl;
    struct keyring *keys;
    struct admin *db;
    struct arena a; /* of one batch */
};

static enum rc
open_rotation(struct ctl *ctl, struct rotation *ret, struct err *reterr)
{
    char path[CONFIG_PATH];
    ctl_master_key(ctl, path);
    *ret = (struct rotation){.ctl = ctl};
    enum rc rc = keyring_open(path, false, &ret->keys, reterr);
    if (rc == RC_OK)
        rc = ctl_database_ready(ctl, &ret->db, reterr);
    arena_init(&ret->a, (size_t)256 * 1024 * 1024, NULL, NULL);
    return rc;
}

static void
close_rotation(struct rotation *r)
{
    keyring_close(&r->keys);
    admin_close(&r->db);
    arena_done(&r->a);
}

static int64_t
number(struct str text)
{
    return text.p ? strtoll(text.p, NULL, 10) : 0;
}

/* ------------------------------------------------------------------ the master key */

/* The new key stands first and the old one behind it: whichever the database has, the file opens. */
static enum rc
put_new_first(struct rotation *r, struct err *reterr)
{
    struct key_file *f = &r->keys->master;
    if (f->n == KEY_FILE_KEYS)
        return RC_OK; /* one that was interrupted: the first is the new one already */
    f->keys[1] = f->keys[0];
    secret_new(&f->keys[0], KEY_FILE_KEY);
    f->keys[0].n = KEY_FILE_KEY;
    crypt_random(f->keys[0].p, KEY_FILE_KEY);
    f->n = KEY_FILE_KEYS;
    return key_file_save(f, "master key", r->keys->path, reterr);
}

static enum rc
drop_old(struct rotation *r, struct err *reterr)
{
    struct key_file *f = &r->keys->master;
    secret_free(&f->keys[1]);
    f->n = 1;
    return key_file_save(f, "master key", r->keys->path, reterr);
}

static enum rc
wrap_again(struct rotation *r, const struct str *cells, struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    char name[SEAL_KEY_NAME + 1];
    const int32_t tenant = (int32_t)number(cells[0]);
    const uint32_t generation = (uint32_t)number(cells[1]);
    enum rc rc = keyring_unwrap(r->keys, tenant, generation, admin_bytes(&r->a, cells[2]), key, reterr);
    if (rc != RC_OK)
        return rc;
    struct str wrapped = keyring_wrap(r->keys, &r->a, tenant, generation, key, name);
    crypt_wipe(key, sizeof key);
    const char *params[] = {admin_number(&r->a, tenant), admin_number(&r->a, generation),
                            admin_hex(&r->a, wrapped), name};
    return admin_run(r->db, &r->a,
                     "update app.tenant_key set wrapped = $3::bytea, master = $4 where tenant_id = $1::int"
                     " and generation = $2::int",
                     params, COUNTOF(params), NULL, reterr);
}

static enum rc
rotate_master(struct rotation *r, struct err *reterr)
{
    struct admin_rows rows = {0};
    enum rc rc = put_new_first(r, reterr);
    /* nobody adds a key wrapped with the old one in between */
    if (rc == RC_OK)
        rc = admin_script(r->db, "begin; lock table app.tenant_key in exclusive mode", reterr);
    if (rc == RC_OK)
        rc =
            admin_run(r->db, &r->a, "select tenant_id, generation, wrapped from app.tenant_key order by 1, 2",
                      NULL, 0, &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++)
        rc = wrap_again(r, &rows.cells[i * rows.ncols], reterr);
    if (rc == RC_OK)
        rc = admin_script(r->db, "commit", reterr);
    if (rc == RC_OK)
        rc = drop_old(r, reterr);
    if (rc == RC_OK)
        (void)printf("wrapped=%zu\n", rows.nrows);
    return rc;
}

/* ------------------------------------------------------------------ a company's key */

struct turn {
    struct rotation *r;
    int32_t tenant;
    uint32_t newest;
    unsigned char key[SEAL_KEY]; /* the newest */
    uint32_t old_generation;     /* of `old`; 0: none */
    unsigned char old[SEAL_KEY];
    int64_t count;
};

static enum rc
find_company(struct turn *t, const char *code, struct err *reterr)
{
    const char *params[] = {code};
    struct admin_rows rows;
    enum rc rc = admin_run(t->r->db, &t->r->a, "select id from app.tenant where code = upper($1)", params, 1,
                           &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return err_set(reterr, RC_NOT_FOUND, NULL, "there is no company with the code %s", code);
    if (rc == RC_OK)
        t->tenant = (int32_t)number(rows.cells[0]);
    return rc;
}

/* A new generation, unless one that was begun before still waits for keys to be wrapped with it. */
static enum rc
begin_generation(struct turn *t, struct err *reterr)
{
    struct rotation *r = t->r;
    struct admin_rows rows;
    const char *params[] = {admin_number(&r->a, t->tenant)};
    enum rc rc = tenant_key_admin(r->keys, r->db, &r->a, t->tenant, NULL, t->key, &t->newest, reterr);
    if (rc == RC_OK)
        rc = admin_run(r->db, &r->a,
                       "select count(*) from app.tenant_key where tenant_id = $1::int and generation > 0"
                       " and retired_at is null",
                       params, 1, &rows, reterr);
    if (rc != RC_OK || number(rows.cells[0]) > 1)
        return rc;
    crypt_random(t->key, sizeof t->key);
    t->newest++;
    return tenant_key_add(r->keys, r->db, &r->a, t->tenant, t->newest, t->key, reterr);
}

/* cells: id, customer, generation, wrapped */
static enum rc
wrap_person(struct turn *t, const struct str *cells, struct err *reterr)
{
    struct rotation *r = t->r;
    const struct seal_about about = {SEAL_PERSON_KEY, t->tenant, ENTITY_CUSTOMER, number(cells[1])};
    unsigned char key[SEAL_KEY];
    uint32_t generation = (uint32_t)number(cells[2]);
    size_t n = 0;
    enum rc rc = RC_OK;
    if (t->old_generation != generation)
        rc = tenant_key_admin(r->keys, r->db, &r->a, t->tenant, &generation, t->old, &t->old_generation,
                              reterr);
    if (rc == RC_OK &&
        !(seal_open_into(t->old, &about, admin_bytes(&r->a, cells[3]), key, sizeof key, &n) && n == SEAL_KEY))
        return err_log(reterr, RC_INTERNAL,
                       "the key of customer %.*s of company %" PRId32
                       " does not open: it was changed in the database",
                       STR_ARG(cells[1]), t->tenant);
    if (rc != RC_OK)
        return rc;
    struct str wrapped =
        seal_close(&r->a, t->key, t->newest, &about, (struct str){(const char *)key, sizeof key});
    crypt_wipe(key, sizeof key);
    const char *params[] = {admin_number(&r->a, t->tenant), str_dup(&r->a, cells[0]).p,
                            admin_number(&r->a, t->newest), admin_hex(&r->a, wrapped)};
    return admin_run(
        r->db, &r->a,
        "update app.person_key set generation = $3::int, wrapped = $4::bytea where tenant_id = $1::int"
        " and id = $2::bigint",
        params, COUNTOF(params), NULL, reterr);
}

/* In a transaction of its own. *ret_n: how many there were. */
static enum rc
wrap_batch(struct turn *t, size_t *ret_n, struct err *reterr)
{
    struct rotation *r = t->r;
    struct admin_rows rows = {0};
    const char *params[] = {admin_number(&r->a, t->tenant), admin_number(&r->a, t->newest),
                            admin_number(&r->a, BATCH)};
    enum rc rc = admin_script(
        r->db, "begin; set local app.action = 'rewrap'; set local app.actor = 'bimactl'", reterr);
    if (rc == RC_OK)
        rc = admin_run(
            r->db, &r->a,
            "select id, customer_id, generation, wrapped from app.person_key where tenant_id = $1::int"
            " and generation < $2::int and wrapped is not null order by generation, id limit $3::int"
            " for no key update",
            params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++)
        rc = wrap_person(t, &rows.cells[i * rows.ncols], reterr);
    if (rc == RC_OK)
        rc = admin_script(r->db, "commit", reterr);
    *ret_n = rows.nrows;
    t->count += rc == RC_OK ? (int64_t)rows.nrows : 0;
    arena_reset(&r->a);
    return rc;
}

/* Secrets of authenticators stand under the company's key itself. */
static enum rc
seal_factors(struct turn *t, struct err *reterr)
{
    struct rotation *r = t->r;
    struct secret secret CLEANUP(secret_free) = {0};
    struct admin_rows rows = {0};
    const char *params[] = {admin_number(&r->a, t->tenant)};
    secret_new(&secret, 256);
    enum rc rc = admin_script(
        r->db, "begin; set local app.action = 'rewrap'; set local app.actor = 'bimactl'", reterr);
    if (rc == RC_OK)
        rc = admin_run(
            r->db, &r->a,
            "select id, user_id, secret from app.user_factor where tenant_id = $1::int and dropped_at is null"
            " for no key update",
            params, 1, &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++) {
        const struct str *cells = &rows.cells[i * rows.ncols];
        const struct seal_about about = {SEAL_FACTOR, t->tenant, ENTITY_USER, number(cells[1])};
        struct str sealed = admin_bytes(&r->a, cells[2]);
        uint32_t generation = 0;
        if (!seal_generation(sealed, &generation) || generation == t->newest)
            continue;
        rc = tenant_key_admin(r->keys, r->db, &r->a, t->tenant, &generation, t->old, &t->old_generation,
                              reterr);
        if (rc == RC_OK && !seal_open_into(t->old, &about, sealed, secret.p, secret.cap, &secret.n))
            rc = err_log(reterr, RC_INTERNAL,
                         "the authenticator of user %.*s of company %" PRId32 " does not open",
                         STR_ARG(cells[1]), t->tenant);
        if (rc != RC_OK)
            break;
        sealed = seal_close(&r->a, t->key, t->newest, &about, (struct str){(const char *)secret.p, secret.n});
        const char *change[] = {params[0], str_dup(&r->a, cells[0]).p, admin_hex(&r->a, sealed)};
        rc = admin_run(
            r->db, &r->a,
            "update app.user_factor set secret = $3::bytea where tenant_id = $1::int and id = $2::bigint",
            change, 3, NULL, reterr);
    }
    return rc ? rc : admin_script(r->db, "commit", reterr);
}

/* Locking the older keys waits for whoever is wrapping with one right now; afterwards nobody can any more. */
static enum rc
retire(struct turn *t, bool *ret_done, struct err *reterr)
{
    struct rotation *r = t->r;
    struct admin_rows rows = {0};
    const char *params[] = {admin_number(&r->a, t->tenant), admin_number(&r->a, t->newest)};
    enum rc rc = admin_script(r->db, "begin", reterr);
    if (rc == RC_OK)
        rc = admin_run(r->db, &r->a,
                       "select from app.tenant_key where tenant_id = $1::int and generation between 1 and "
                       "$2::int - 1 for update",
                       params, 2, NULL, reterr);
    if (rc == RC_OK)
        rc = admin_run(
            r->db, &r->a,
            "update app.tenant_key set retired_at = now() where tenant_id = $1::int and generation between 1 "
            "and"
            " $2::int - 1 and retired_at is null and not exists (select from app.person_key where tenant_id ="
            " $1::int and generation < $2::int and wrapped is not null) returning 1",
            params, 2, &rows, reterr);
    if (rc == RC_OK)
        rc = admin_script(r->db, "commit", reterr);
    *ret_done = rows.nrows > 0;
    return rc;
}

static enum rc
rotate_company(struct rotation *r, const char *code, struct err *reterr)
{
    struct turn t = {.r = r};
    bool done = false;
    enum rc rc = find_company(&t, code, reterr);
    if (rc == RC_OK)
        rc = begin_generation(&t, reterr);
    while (rc == RC_OK && !done) {
        size_t n = 1;
        while (rc == RC_OK && n > 0)
            rc = wrap_batch(&t, &n, reterr);
        if (rc == RC_OK)
            rc = seal_factors(&t, reterr);
        if (rc == RC_OK)
            rc = retire(&t, &done, reterr);
    }
    crypt_wipe(t.key, sizeof t.key);
    crypt_wipe(t.old, sizeof t.old);
    if (rc == RC_OK)
        (void)printf("generation=%" PRIu32 "\nwrapped=%" PRId64 "\n", t.newest, t.count);
    return rc;
}

/* ------------------------------------------------------------------ commands */

static enum rc
rotate(struct ctl *ctl, struct err *reterr)
{
    const char *company = NULL;
    const struct ctl_option options[] = {
        {"--company", &company},
    };
    struct rotation r;
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc == RC_OK && ctl->argc != 0)
        rc = err_set(reterr, RC_USAGE, NULL, "takes no words, only options");
    if (rc != RC_OK)
        return rc;
    rc = open_rotation(ctl, &r, reterr);
    if (rc == RC_OK)
        rc = ctl_note(r.db, "0", company ? "keys rotate company" : "keys rotate", NULL, NULL, reterr);
    if (rc == RC_OK)
        rc = company ? rotate_company(&r, company, reterr) : rotate_master(&r, reterr);
    close_rotation(&r);
    return rc;
}

static enum rc
print_companies(struct rotation *r, struct err *reterr)
{
    struct admin_rows rows;
    enum rc rc = admin_run(
        r->db, &r->a,
        "select t.code, max(k.generation), count(*) filter (where k.generation > 0 and k.retired_at is "
        "null), min(k.master),"
        " (select count(*) from app.person_key p where p.tenant_id = t.id and p.wrapped is not null),"
        " (select count(*) from app.person_key p where p.tenant_id = t.id and p.legal_hold),"
        " (select count(*) from app.person_key p where p.tenant_id = t.id and p.wrapped is null)"
        " from app.tenant t join app.tenant_key k on k.tenant_id = t.id group by t.id, t.code order by "
        "t.code",
        NULL, 0, &rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < rows.nrows; i++) {
        const struct str *c = &rows.cells[i * rows.ncols];
        (void)printf(
            "company=%.*s generation=%.*s rotating=%s master=%.*s persons=%.*s held=%.*s forgotten=%.*s\n",
            STR_ARG(c[0]), STR_ARG(c[1]), number(c[2]) > 1 ? "yes" : "no", STR_ARG(c[3]), STR_ARG(c[4]),
            STR_ARG(c[5]), STR_ARG(c[6]));
    }
    return rc;
}

static enum rc
status(struct ctl *ctl, struct err *reterr)
{
    struct rotation r;
    char name[SEAL_KEY_NAME + 1];
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    enum rc rc = open_rotation(ctl, &r, reterr);
    if (rc == RC_OK) {
        (void)printf("master=%s\nrotating=%s\n", seal_key_name(r.keys->master.keys[0].p, name),
                     r.keys->master.n > 1 ? "yes" : "no");
        rc = print_companies(&r, reterr);
    }
    close_rotation(&r);
    return rc;
}

const struct ctl_command ctl_keys_rotate = {"keys rotate", "[--company CODE]",
                                            "put a new master key in place, or a new key of one company, "
                                            "while the service runs; goes on where it was interrupted",
                                            rotate};
const struct ctl_command ctl_keys_status = {"keys status", "", "which keys protect personal data, and whose",
                                            status};
