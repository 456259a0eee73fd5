#include <inttypes.h>

#include "common/base/arena.h"
#include "common/wire/body.h"
#include "common/wire/cbor.h"
#include "server/personal/keyring.h"

/* ------------------------------------------------------------------ the document */

static bool
is_personal(const struct field *f)
{
    return (f->flags & SCHEMA_PERSONAL) != 0;
}

struct str
personal_document(struct arena *a, const struct entity *e, const void *row)
{
    const struct field *fields[64] = {NULL};
    size_t n = 0;
    struct buf b;
    for (size_t i = 0; i < e->nfields; i++)
        if (is_personal(&e->fields[i]) && row_has(row, e->fields[i].tag)) {
            fields[e->fields[i].tag] = &e->fields[i];
            n++;
        }
    buf_init(&b, a, 512);
    wbuf_map(&b, n);
    for (size_t tag = 0; tag < COUNTOF(fields); tag++) {
        if (!fields[tag])
            continue;
        const struct value v = field_get(fields[tag], row);
        wbuf_uint(&b, tag);
        value_encode(&b, &v);
    }
    return buf_str(&b);
}

bool
personal_fill(const struct entity *e, struct str document, uint32_t flags, void *row)
{
    struct rbuf r;
    int64_t last = -1;
    for (size_t i = 0; i < e->nfields; i++)
        if ((e->fields[i].flags & flags) == flags)
            row_drop(row, e->fields[i].tag);
    rbuf_init(&r, document);
    for (size_t n = rbuf_map(&r); n > 0 && !r.bad; n--) {
        const struct field *f = entity_field(e, (uint32_t)rbuf_key(&r, &last));
        if (!f || !is_personal(f) || (f->flags & flags) != flags) {
            rbuf_skip(&r);
            continue;
        }
        const struct value v = value_decode(&r, f->type);
        if (!r.bad)
            field_put(f, row, &v);
    }
    rbuf_leave(&r);
    return rbuf_done(&r);
}

struct value
personal_value(const struct field *f, struct str document)
{
    struct rbuf r;
    int64_t last = -1;
    rbuf_init(&r, document);
    for (size_t n = rbuf_map(&r); n > 0 && !r.bad; n--) {
        if (rbuf_key(&r, &last) == f->tag)
            return value_decode(&r, f->type);
        rbuf_skip(&r);
    }
    return VALUE_NULL;
}

/* ------------------------------------------------------------------ keys */

static struct seal_about
about(const struct personal_at *at, enum seal_purpose purpose)
{
    return (struct seal_about){purpose, at->tenant, at->entity->number, at->id};
}

enum rc
personal_new_key(const struct personal_at *at, struct str *ret_wrapped, struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    const struct seal_about of = about(at, SEAL_PERSON_KEY);
    crypt_random(key, sizeof key);
    enum rc rc = personal_seal(at->keys, at->pg, at->a, &of, (struct str){(const char *)key, sizeof key},
                               ret_wrapped, reterr);
    crypt_wipe(key, sizeof key);
    return rc;
}

static enum rc
unwrap(const struct personal_at *at, struct str wrapped, unsigned char out[SEAL_KEY], struct err *reterr)
{
    const struct seal_about of = about(at, SEAL_PERSON_KEY);
    const unsigned char *key;
    uint32_t generation;
    size_t n = 0;
    if (!seal_generation(wrapped, &generation))
        return err_log(reterr, RC_INTERNAL, "the key of %s %" PRId64 " of company %" PRId32 " is damaged",
                       at->entity->name, at->id, at->tenant);
    enum rc rc = tenant_key(at->keys, at->pg, at->a, at->tenant, &generation, &key, &generation, reterr);
    if (rc == RC_OK && !(seal_open_into(key, &of, wrapped, out, SEAL_KEY, &n) && n == SEAL_KEY))
        rc = err_log(reterr, RC_INTERNAL,
                     "the key of %s %" PRId64 " of company %" PRId32
                     " does not open: it was changed in the database",
                     at->entity->name, at->id, at->tenant);
    return rc;
}

enum rc
personal_close(const struct personal_at *at, struct str wrapped, struct str document, struct str *ret_sealed,
               struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    const struct seal_about of = about(at, SEAL_PERSON);
    enum rc rc = unwrap(at, wrapped, key, reterr);
    if (rc == RC_OK)
        *ret_sealed = seal_close(at->a, key, 0, &of, document);
    crypt_wipe(key, sizeof key);
    return rc;
}

enum rc
personal_open(const struct personal_at *at, struct str wrapped, struct str sealed, struct str *ret_document,
              struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    const struct seal_about of = about(at, SEAL_PERSON);
    enum rc rc = unwrap(at, wrapped, key, reterr);
    if (rc == RC_OK && !seal_open(at->a, key, &of, sealed, ret_document))
        rc = err_log(reterr, RC_INTERNAL,
                     "the personal data of %s %" PRId64 " of company %" PRId32
                     " does not open: it was changed in the database",
                     at->entity->name, at->id, at->tenant);
    crypt_wipe(key, sizeof key);
    return rc;
}
