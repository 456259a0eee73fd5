#ifndef CTL_DEMO_SEAL_H
#define CTL_DEMO_SEAL_H

#include "server/ctl/demo_story.h"
#include "server/personal/personal.h"
#include "server/store/admin.h"

/*
 * What the demo keeps of persons, sealed as the service seals it. Keys of persons and nonces follow from a
 * secret of this run, so that the pass that writes records and the one that writes their history say the
 * same.
 */
struct demo_keys {
    struct secret run;         /* the secret of this run */
    struct secret wrap, marks; /* of the company */
    uint32_t generation;       /* of `wrap` */
};

/* Makes the company's keys in the open transaction. Fails: RC_INTERNAL. */
enum rc demo_keys_open(struct keyring *keys, struct admin *db, struct arena *a, int32_t tenant,
                       struct demo_keys *ret, struct err *reterr) NODISCARD;
void demo_keys_close(struct demo_keys *k);

/* The mark of an identity number (fold_code) and of name and birth date. In `a`. */
struct str demo_mark_number(struct arena *a, const struct demo_story *s);
struct str demo_mark_birth(struct arena *a, const struct demo_story *s);
/* The person's key, wrapped, and every personal field of the customer under it. In `a`. */
struct str demo_seal_key(struct arena *a, const struct demo_story *s);
struct str demo_seal_person(struct arena *a, const struct demo_story *s);

#endif
