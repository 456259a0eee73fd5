#ifndef PERSONAL_KEYRING_H
#define PERSONAL_KEYRING_H

#include "common/crypt/key_file.h"
#include "server/personal/personal.h"
#include "server/store/admin.h"

/* The keys of a process, for the files of this folder and for bimactl's keys. */

enum {
    KEYRING_SLOTS = 256
}; /* tenant keys kept: more companies at work at once than one worker meets in a minute */
enum { GENERATION_MARKS = 0, GENERATION_FIRST = 1 };

struct keyring_slot {
    int32_t tenant;
    uint32_t generation;
    uint64_t used; /* count of the last use; 0: free */
};

struct keyring {
    char path[4096];
    struct key_file master;
    struct secret keys; /* KEYRING_SLOTS keys, one after the other */
    struct keyring_slot slots[KEYRING_SLOTS];
    uint64_t uses;
    int32_t newest_of; /* the company whose newest key was asked for in this transaction; 0: none */
    uint32_t newest;
};

/* NULL when it is not known. */
const unsigned char *keyring_find(struct keyring *k, int32_t tenant, uint32_t generation);
/* Keeps a key of SEAL_KEY bytes; the one that was used least recently makes room. */
const unsigned char *keyring_keep(struct keyring *k, int32_t tenant, uint32_t generation,
                                  const unsigned char *key);
/*
 * Opens a wrapped tenant key into `out`, with any master key of the file; the file is read again when none
 * fits. Fails: RC_INTERNAL, saying in err.log which key of whom.
 */
enum rc keyring_unwrap(struct keyring *k, int32_t tenant, uint32_t generation, struct str wrapped,
                       unsigned char out[SEAL_KEY], struct err *reterr) NODISCARD;
/* Wraps a tenant key with the master key in use; its name goes to `name`. In `a`. */
struct str keyring_wrap(struct keyring *k, struct arena *a, int32_t tenant, uint32_t generation,
                        const unsigned char key[SEAL_KEY], char name[SEAL_KEY_NAME + 1]);

/* A key of a company from the database, opened; the newest when `generation` is NULL, made when there is
 *none. ret_key is good until the next call that takes a key. Fails: RC_INTERNAL, as pg_run. */
enum rc tenant_key(struct keyring *k, struct pg *pg, struct arena *a, int32_t tenant,
                   const uint32_t *generation, const unsigned char **ret_key, uint32_t *ret_generation,
                   struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ as who administers the database */

/* The same over the operator's connection; `out` holds the key. Nothing is remembered. */
enum rc tenant_key_admin(struct keyring *k, struct admin *db, struct arena *a, int32_t tenant,
                         const uint32_t *generation, unsigned char out[SEAL_KEY], uint32_t *ret_generation,
                         struct err *reterr) NODISCARD;
/* Adds a key to a company. Fails: RC_DUPLICATE. */
enum rc tenant_key_add(struct keyring *k, struct admin *db, struct arena *a, int32_t tenant,
                       uint32_t generation, const unsigned char key[SEAL_KEY], struct err *reterr) NODISCARD;
/* bytea as the operator's connection reads and writes it: "\x0a1f". In `a`. */
struct str admin_bytes(struct arena *a, struct str text);
const char *admin_hex(struct arena *a, struct str bytes);
const char *admin_number(struct arena *a, int64_t n);

#endif
