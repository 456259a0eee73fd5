#ifndef PERSONAL_PERSONAL_H
#define PERSONAL_PERSONAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/crypt/seal.h"
#include "server/catalog/entity.h"
#include "server/store/pg.h"

/*
 * Personal data at rest. Three layers of keys:
 *
 *   master key   a file of the service (bimad.conf: master_key); never in the database
 *   tenant key   app.tenant_key, sealed with the master key. Generation 0 makes the marks of blind indexes;
 * 1, 2 … seal what belongs to the company and wrap the keys of its persons person key   app.person_key,
 * sealed with a tenant key. Destroying it forgets the person
 *
 * A keyring is what a process knows: the master key, and tenant keys it has opened, in guarded memory. A key
 * it does not know yet, after a rotation, is read when it is met.
 */
struct keyring;

/* Fails: RC_INTERNAL as key_file_load; `make` makes the file when there is none. */
enum rc keyring_open(const char *path, bool make, struct keyring **ret, struct err *reterr) NODISCARD;
void keyring_close(struct keyring **k); /* NULL-safe, for CLEANUP */

/* ------------------------------------------------------------------ what belongs to a company */

/*
 * Seals with the newest key of about->tenant (0: the platform), makes its keys when it has none. Needs no
 * transaction and no preamble; inside a transaction what it makes is part of it. `k` NULL fails like a
 * missing key. Fails: RC_INTERNAL, the cause in err.log: no master key, or one that does not open the
 * company's key; as pg_run.
 */
enum rc personal_seal(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about,
                      struct str plain, struct str *ret, struct err *reterr) NODISCARD;
/* Fails: RC_INTERNAL also for what was changed or sealed for another place. `ret` lives in `a`. */
enum rc personal_unseal(struct keyring *k, struct pg *pg, struct arena *a, const struct seal_about *about,
                        struct str sealed, struct str *ret, struct err *reterr) NODISCARD;
/* The same for secrets, which have no place in an arena: `ret` must have been made, and is set. */
enum rc personal_unseal_secret(struct keyring *k, struct pg *pg, struct arena *a,
                               const struct seal_about *about, struct str sealed, struct secret *ret,
                               struct err *reterr) NODISCARD;

/* The mark by which a text is found that stands nowhere in plain; `what` names the kind of text. In `a`. */
#define MARK_CODE "code"   /* an identity number as fold_code writes it */
#define MARK_BIRTH "birth" /* name and birth date: name_birth */
enum rc personal_mark(struct keyring *k, struct pg *pg, struct arena *a, int32_t tenant, const char *what,
                      struct str text, struct str *ret, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ what belongs to a person */

/* Whose record, and what its keys are reached with. */
struct personal_at {
    struct keyring *keys;
    struct pg *pg;
    struct arena *a;
    int32_t tenant;
    const struct entity *entity; /* with a sealed document */
    int64_t id;
};

/* The personal fields of a record as one document: a CBOR map from tag to value, ascending. In `a`. */
struct str personal_document(struct arena *a, const struct entity *e, const void *row);
/* Puts fields of a document into a record: those with all of `flags`; what the document does not have becomes
   NULL. False: this is no such document. Texts are borrowed from it. */
bool personal_fill(const struct entity *e, struct str document, uint32_t flags, void *row);
/* One value of a document; VT_NULL when it has none. */
struct value personal_value(const struct field *f, struct str document);

/*
 * Which key of a company is the newest is asked once in a transaction. personal_ask_newest makes the statement
 * for who can ask it along with others, personal_take_newest takes its answer; personal_look_again forgets it
 * when another transaction begins.
 */
struct pg_stmt personal_ask_newest(struct arena *a, int32_t tenant);
void personal_take_newest(struct keyring *k, int32_t tenant, const struct pg_rows *rows);
void personal_look_again(struct keyring *k); /* NULL-safe */

/* A new key of a person, wrapped with the company's newest key. Fails: as personal_seal. */
enum rc personal_new_key(const struct personal_at *at, struct str *ret_wrapped, struct err *reterr) NODISCARD;
/* Fails: as personal_unseal. */
enum rc personal_close(const struct personal_at *at, struct str wrapped, struct str document,
                       struct str *ret_sealed, struct err *reterr) NODISCARD;
enum rc personal_open(const struct personal_at *at, struct str wrapped, struct str sealed,
                      struct str *ret_document, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ before anybody works */

/*
 * Looks, as who administers the database, whether the master key in `path` is the one its keys were wrapped
 * with, and seals what an older version left in plain: records, their history, the words they are found by.
 * Can be interrupted and goes on where it was. The file is made when there is none and nothing was ever
 * wrapped. Nothing is done, and no file is needed, where there is nothing to open or to seal. Fails:
 * RC_INTERNAL, saying in err.log that the master key is another one; RC_UNAVAILABLE no connection.
 */
enum rc personal_prepare(const char *conninfo, const char *path, int64_t *ret_sealed,
                         struct err *reterr) NODISCARD;

#endif
