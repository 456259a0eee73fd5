#include "tests/fuzz/check.h"

#include <jansson.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/body.h"
#include "common/wire/cbor.h"
#include "common/wire/method.h"
#include "common/wire/twin.h"

static const struct locale_info locale = {.exponent = 2, .offset_minutes = 180, .today = {9556}};

static bool
params_again(struct arena *a, struct str encoded, struct params *ret)
{
    struct rbuf r;
    rbuf_init(&r, encoded);
    return params_decode(a, &r, ret, NULL) == RC_OK;
}

void
check_params(struct arena *a, struct str encoded)
{
    struct params p, q;
    if (!params_again(a, encoded, &p))
        return;
    struct buf first, second;
    buf_init(&first, a, 64);
    params_encode(&first, &p);
    ASSERT(params_again(a, buf_str(&first), &q));
    buf_init(&second, a, 64);
    params_encode(&second, &q);
    ASSERT(str_eq(buf_str(&first), buf_str(&second)));
    size_t n = 0;
    const struct method_info *m = method_table(&n);
    for (size_t i = 0; i < n; i++)
        (void)!method_check_params(&m[i], &p, NULL);
}

static bool
body_again(struct arena *a, struct str encoded, struct body *ret)
{
    struct rbuf r;
    rbuf_init(&r, encoded);
    return body_decode(a, &r, ret, NULL) == RC_OK;
}

static void
check_json(struct arena *a, const struct body *body)
{
    struct buf b;
    buf_init(&b, a, 1024);
    twin_body(&b, body->schema, &locale, body);
    buf_add_char(&b, '\0');
    /* A name with a NUL in it makes a key that JSON allows and jansson does not. */
    if (strstr((const char *)b.p, "\\u0000"))
        return;
    json_t *j = json_loadb((const char *)b.p, b.n - 1, 0, NULL);
    ASSERT(json_is_object(j));
    json_decref(j);
}

/* What a person would read of a record, and what typing that again gives. */
static void
check_texts(struct arena *a, const struct body *body)
{
    const struct body_record *rec = &body->record;
    const struct schema_entity *e = body->schema ? schema_entity(body->schema, rec->entity) : NULL;
    for (size_t i = 0; i < rec->nfields; i++) {
        const struct schema_field *f = e ? schema_field(e, rec->fields[i].tag) : NULL;
        struct str text = value_text(a, f, &rec->fields[i].value, &locale);
        struct value typed;
        if (f)
            (void)!value_read(a, f, text, &locale, &typed, NULL);
    }
}

void
check_body(struct arena *a, struct str encoded)
{
    struct body *bodies = arena_new(a, struct body, 2);
    if (!body_again(a, encoded, &bodies[0]))
        return;
    bodies[0].schema_raw = STR_NONE;
    struct buf first, second;
    buf_init(&first, a, 256);
    body_encode(&first, &bodies[0]);
    ASSERT(body_again(a, buf_str(&first), &bodies[1]));
    bodies[1].schema_raw = STR_NONE;
    buf_init(&second, a, 256);
    body_encode(&second, &bodies[1]);
    ASSERT(str_eq(buf_str(&first), buf_str(&second)));
    check_json(a, &bodies[0]);
    check_texts(a, &bodies[0]);
}
