#include "client/screen/pages.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"

void
pages_key(const struct params *p, char key[BODY_HASH + 1])
{
    struct arena a;
    struct buf b;
    struct params asked = *p;
    asked.present &= ~(1u << PARAM_HASH);
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 256);
    params_encode(&b, &asked);
    body_hash(buf_str(&b), key);
    arena_done(&a);
}

static void
drop(struct page_kept *k)
{
    if (k->bytes)
        crypt_wipe(k->bytes, k->n);
    free(k->bytes);
    *k = (struct page_kept){.used = 0};
}

static struct page_kept *
find(struct pages *p, const char *key)
{
    for (size_t i = 0; i < PAGES_KEPT; i++)
        if (p->kept[i].used && !strcmp(p->kept[i].key, key))
            return &p->kept[i];
    return NULL;
}

const struct page_kept *
pages_find(struct pages *p, const char *key)
{
    struct page_kept *k = find(p, key);
    if (k)
        k->used = ++p->uses;
    return k;
}

static struct page_kept *
oldest(struct pages *p)
{
    struct page_kept *ret = &p->kept[0];
    for (size_t i = 1; i < PAGES_KEPT; i++)
        if (p->kept[i].used < ret->used)
            ret = &p->kept[i];
    return ret;
}

void
pages_keep(struct pages *p, const char *key, struct str bytes)
{
    struct page_kept *k = find(p, key);
    if (!k)
        k = oldest(p);
    drop(k);
    if (bytes.n == 0 || bytes.n > PAGES_BYTES)
        return;
    k->bytes = malloc(bytes.n);
    ASSERT(k->bytes);
    memcpy(k->bytes, bytes.p, bytes.n);
    k->n = bytes.n;
    k->used = ++p->uses;
    memcpy(k->key, key, sizeof k->key);
    body_hash(bytes, k->hash);
}

void
pages_clear(struct pages *p)
{
    for (size_t i = 0; i < PAGES_KEPT; i++)
        drop(&p->kept[i]);
}
