#include "server/audit/line.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

/* Any bytes as an exported audit: read line by line and walked as a chain, as bimactl does with a file. */

static void
found(void *ctx, const struct finding *f)
{
    char text[FINDING_TEXT];
    int64_t *n = ctx;
    (*n)++;
    ASSERT(strlen(finding_text(f, text)) < FINDING_TEXT);
}

/* What is read as a head is written as the bytes that were read. */
static void
check_head(struct arena *a, const struct line_head *h, struct str line)
{
    struct buf b;
    buf_init(&b, a, 512);
    line_put_head(&b, h);
    struct line_head again;
    ASSERT(line_read_head(str_trim(buf_str(&b)), &again, NULL) == RC_OK);
    ASSERT(again.tenant == h->tenant && again.stream == h->stream && again.after == h->after && line.n > 0);
}

void
fuzz_one(struct arena *a, struct str data)
{
    static const unsigned char key[CRYPT_SIGN_PUBLIC] = {1};
    struct check *c = arena_new(a, struct check, 1);
    struct line_head head = {.tenant = 2, .stream = STREAM_AUDIT};
    struct check_link link;
    int64_t n = 0, links = 0;
    check_init(c, key, found, &n);
    while (data.n) {
        struct str line = str_split(&data, '\n');
        if (line_read_head(line, &head, NULL) == RC_OK) {
            check_head(a, &head, line);
            check_piece(c, head.tenant, head.stream, head.after, head.hash);
        } else if (line_read(line, &head, &link, NULL) == RC_OK) {
            links++;
            check_link(c, &link);
        }
    }
    check_end(c);
    ASSERT(c->findings == n && c->links == links);
}
