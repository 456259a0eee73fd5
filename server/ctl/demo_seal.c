#include "server/ctl/demo_seal.h"

#include "server/catalog/customer.h"
#include "server/personal/keyring.h"
#include "server/rule/entry/idnum.h"
#include "server/rule/entry/name.h"

enum rc
demo_keys_open(struct keyring *keys, struct admin *db, struct arena *a, int32_t tenant, struct demo_keys *ret,
               struct err *reterr)
{
    static const uint32_t marks = GENERATION_MARKS;
    uint32_t generation;
    struct secret *const all[] = {&ret->run, &ret->wrap, &ret->marks};
    for (size_t i = 0; i < COUNTOF(all); i++) {
        secret_new(all[i], SEAL_KEY);
        all[i]->n = SEAL_KEY;
    }
    crypt_random(ret->run.p, SEAL_KEY);
    enum rc rc = tenant_key_admin(keys, db, a, tenant, NULL, ret->wrap.p, &ret->generation, reterr);
    return rc ? rc : tenant_key_admin(keys, db, a, tenant, &marks, ret->marks.p, &generation, reterr);
}

void
demo_keys_close(struct demo_keys *k)
{
    secret_free(&k->run);
    secret_free(&k->wrap);
    secret_free(&k->marks);
}

static struct str
mark(struct arena *a, const struct demo_story *s, const char *what, struct str text)
{
    char out[SEAL_BLIND + 1];
    return str_dup(a, str_from(seal_blind(s->company->keys->marks.p, what, text, out)));
}

struct str
demo_mark_number(struct arena *a, const struct demo_story *s)
{
    struct str code = STR_NONE;
    if (s->person.paper == DEMO_NO_PAPER)
        return STR_NONE;
    ASSERT(idnum_key(a, str_from(s->person.id_number), &code, NULL) == RC_OK);
    return mark(a, s, MARK_CODE, code);
}

struct str
demo_mark_birth(struct arena *a, const struct demo_story *s)
{
    return s->person.company
               ? STR_NONE
               : mark(a, s, MARK_BIRTH, name_birth(a, str_from(s->person.name), s->person.birth));
}

/* The key, and a nonce for the one thing each key seals. */
static void
derive(const struct demo_story *s, const char *what, unsigned char out[SEAL_KEY])
{
    seal_derive(s->company->keys->run.p, what, s->id, out);
}

struct str
demo_seal_key(struct arena *a, const struct demo_story *s)
{
    const struct demo_keys *k = s->company->keys;
    const struct seal_about about = {SEAL_PERSON_KEY, s->company->tenant, ENTITY_CUSTOMER, s->id};
    unsigned char key[SEAL_KEY], nonce[SEAL_KEY];
    derive(s, "person", key);
    derive(s, "wrapping", nonce);
    struct str wrapped = seal_close_with(a, k->wrap.p, k->generation, &about, nonce,
                                         (struct str){(const char *)key, sizeof key});
    crypt_wipe(key, sizeof key);
    return wrapped;
}

static void
put_text(struct customer *c, uint32_t tag, const char *text)
{
    const struct value v = VALUE_TEXT(str_from(text));
    if (text && *text)
        field_put(entity_field(&customer_entity, tag), c, &v);
}

struct str
demo_seal_person(struct arena *a, const struct demo_story *s)
{
    const struct demo_person *p = &s->person;
    const struct seal_about about = {SEAL_PERSON, s->company->tenant, ENTITY_CUSTOMER, s->id};
    struct customer c = {0};
    unsigned char key[SEAL_KEY], nonce[SEAL_KEY];
    put_text(&c, CUSTOMER_NAME, p->name);
    put_text(&c, CUSTOMER_PHONE, p->phone);
    put_text(&c, CUSTOMER_EMAIL, p->email);
    put_text(&c, CUSTOMER_ID_NUMBER, p->paper == DEMO_NO_PAPER ? NULL : p->id_number);
    put_text(&c, CUSTOMER_ADDRESS, p->address);
    put_text(&c, CUSTOMER_CITY, s->city);
    if (!p->company) {
        ROW_SET(&c, CUSTOMER_BIRTH_DATE, birth_date, p->birth);
        ROW_SET(&c, CUSTOMER_GENDER, gender, p->woman ? GENDER_FEMALE : GENDER_MALE);
    }
    derive(s, "person", key);
    derive(s, "sealing", nonce);
    struct str sealed = seal_close_with(a, key, 0, &about, nonce, personal_document(a, &customer_entity, &c));
    crypt_wipe(key, sizeof key);
    return sealed;
}
