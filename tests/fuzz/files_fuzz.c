#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/link/cache.h"
#include "client/link/journal.h"
#include "client/link/layout.h"
#include "client/screen/draft.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "tests/fuzz/catalog.h"
#include "tests/fuzz/fuzz.h"

/*
 * What the client finds of itself when it starts again, and what a disk or somebody made of it: a draft, a
 * kept description, chosen columns. The first byte says which file, and whether its first line is made right,
 * so that what is behind it is read too.
 */
enum { DRAFT, SCHEMA, COLUMNS, KINDS, RIGHT = 4, HEX = 2 * CRYPT_HASH };
#define HASH "0123456789abcdef0123456789abcdef"
#define WHO "amina@simba.co.tz@localhost:7022"

static const char *
the_dir(void)
{
    static char dir[] = "/tmp/bima-fuzz-XXXXXX";
    static bool made;
    made = made || mkdtemp(dir) != NULL;
    ASSERT(made);
    return dir;
}

static void
put_file(const char *name, struct str bytes, bool right)
{
    char path[256], head[HEX + 2];
    unsigned char hash[CRYPT_HASH];
    snprintf(path, sizeof path, "%s/%s", the_dir(), name);
    FILE *out = fopen(path, "w");
    ASSERT(out && chmod(path, 0600) == 0);
    crypt_hash(bytes, hash);
    (void)crypt_hex(hash, sizeof hash, head);
    if (right)
        ASSERT(fprintf(out, "%s\n", head) == HEX + 1);
    ASSERT(fwrite(bytes.p, 1, bytes.n, out) == bytes.n && fclose(out) == 0);
}

/* What is a draft is the same draft when it is written again; the request in it is read as a request. */
static void
check_draft(struct arena *a, struct str bytes)
{
    struct draft *d = arena_new(a, struct draft, 2);
    struct buf b, c;
    if (!draft_decode(bytes, &d[0]))
        return;
    ASSERT(d[0].nitems <= FORM_ITEMS && (d[0].idem.n == 0 || d[0].idem.n == IDEM_BYTES));
    buf_init(&b, a, 4096);
    buf_init(&c, a, 4096);
    draft_encode(&b, &d[0]);
    ASSERT(draft_decode(buf_str(&b), &d[1]));
    draft_encode(&c, &d[1]);
    ASSERT(str_eq(buf_str(&b), buf_str(&c)));
    struct params p;
    struct rbuf r;
    rbuf_init(&r, d[0].request);
    (void)!params_decode(a, &r, &p, NULL);
}

static void
find_draft(struct arena *a, struct str bytes, bool right)
{
    char who[33], name[128];
    struct journal_list *l = arena_new(a, struct journal_list, 1);
    journal_hash(str_from(WHO), who);
    snprintf(name, sizeof name, "draft-%s-0000000000000000-0123456789abcdef", who);
    put_file(name, bytes, right);
    struct journal *j = journal_open(the_dir(), str_from(WHO));
    ASSERT(j);
    journal_list(j, a, l);
    ASSERT(l->n + l->nbad == 1);
    for (size_t i = 0; i < l->n; i++)
        check_draft(a, l->entries[i].bytes);
    journal_close(j);
}

static void
find_schema(struct arena *a, struct str bytes, bool right)
{
    struct str raw = STR_NONE, hash = STR_NONE;
    struct schema s;
    struct rbuf r;
    put_file("schema-" HASH, bytes, right);
    if (cache_load(a, the_dir(), STR(HASH), &raw)) {
        rbuf_init(&r, raw);
        (void)!schema_decode(a, &r, &s, NULL);
    }
    char name[64];
    unsigned char who[CRYPT_HASH];
    crypt_hash(str_from(WHO), who);
    (void)snprintf(name, sizeof name, "last-");
    (void)crypt_hex(who, 16, name + strlen(name));
    put_file(name, bytes, false);
    if (cache_recall(a, the_dir(), str_from(WHO), &hash))
        ASSERT(hash.n == 32);
}

static void
find_columns(struct str bytes)
{
    static struct layout l;
    uint32_t tags[LAYOUT_COLUMNS], again[LAYOUT_COLUMNS];
    const struct schema *s = the_schema();
    put_file("columns", bytes, false);
    layout_open(&l, the_dir());
    for (size_t i = 0; i < s->nentities; i++) {
        const struct schema_entity *e = &s->entities[i];
        for (size_t v = 0; v < e->nviews; v++) {
            size_t n = layout_columns(&l, e, e->views[v].name, tags);
            ASSERT(n <= LAYOUT_COLUMNS);
            if (n == 0 || !layout_keep(&l, e, e->views[v].name, tags, n))
                continue;
            layout_open(&l, the_dir());
            ASSERT(layout_columns(&l, e, e->views[v].name, again) == n);
            ASSERT(memcmp(tags, again, n * sizeof *tags) == 0);
        }
    }
}

void
fuzz_one(struct arena *a, struct str data)
{
    if (!data.n)
        return;
    const bool right = data.p[0] & RIGHT;
    const struct str bytes = str_slice(data, 1, data.n);
    switch ((unsigned char)data.p[0] % RIGHT % KINDS) {
    case DRAFT:
        find_draft(a, bytes, right);
        break;
    case SCHEMA:
        find_schema(a, bytes, right);
        break;
    default:
        find_columns(bytes);
    }
}
