#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/cbor.h"
#include "common/wire/method.h"
#include "tests/wire/fixture.h"

TestSuite(golden, .init = fixture_start, .fini = fixture_stop);

Test(golden, every_message_is_written_as_its_file_says)
{
    size_t n = 0;
    const struct golden *g = fixture_goldens(&n);
    for (size_t i = 0; i < n; i++) {
        if (!g[i].encode)
            continue;
        struct buf b;
        buf_init(&b, &fixture_arena, 64);
        g[i].encode(&b);
        struct str golden = fixture_golden(g[i].name), got = buf_str(&b);
        size_t at = 0;
        while (at < got.n && at < golden.n && got.p[at] == golden.p[at])
            at++;
        cr_expect(str_eq(got, golden), "%s differs from byte %zu on (%zu and %zu bytes)", g[i].name, at,
                  got.n, golden.n);
    }
}

/* Decodes all there is in a message. */
static enum rc
decode_whole(struct str bytes)
{
    struct message m;
    struct body *body = arena_new(&fixture_arena, struct body, 1);
    struct params p;
    struct rbuf r;
    enum rc rc = message_decode(bytes, &m, NULL);
    if (rc || m.kind > MESSAGE_REPLY)
        return rc;
    if (m.kind == MESSAGE_REPLY) {
        rbuf_init(&r, m.reply.body_raw);
        return body_decode(&fixture_arena, &r, body, NULL);
    }
    rbuf_init(&r, m.request.params_raw);
    return params_decode(&fixture_arena, &r, &p, NULL);
}

Test(golden, every_message_is_read)
{
    size_t n = 0;
    const struct golden *g = fixture_goldens(&n);
    for (size_t i = 0; i < n; i++)
        cr_expect_eq(decode_whole(fixture_golden(g[i].name)), RC_OK, "%s", g[i].name);
}

Test(golden, every_truncation_and_every_byte_too_many_is_refused)
{
    size_t n = 0;
    const struct golden *g = fixture_goldens(&n);
    for (size_t i = 0; i < n; i++) {
        struct str golden = fixture_golden(g[i].name);
        for (size_t cut = 0; cut < golden.n; cut++) {
            /* A copy of its own, so that one byte read too far is seen. */
            struct str piece = str_dup(&fixture_arena, (struct str){golden.p, cut});
            struct message m;
            cr_expect_eq(message_decode(piece, &m, NULL), RC_BAD_FRAME, "%s cut to %zu", g[i].name, cut);
        }
        struct message m;
        struct str longer = str_printf(&fixture_arena, "%*s", (int)golden.n + 1, "");
        char *p = arena_alloc(&fixture_arena, longer.n);
        memcpy(p, golden.p, golden.n);
        cr_expect_eq(message_decode((struct str){p, longer.n}, &m, NULL), RC_BAD_FRAME, "%s", g[i].name);
    }
}

Test(golden, any_flipped_bit_is_refused_or_read_without_harm)
{
    size_t n = 0;
    const struct golden *g = fixture_goldens(&n);
    for (size_t i = 0; i < n; i++) {
        struct str golden = fixture_golden(g[i].name);
        char *p = malloc(golden.n);
        memcpy(p, golden.p, golden.n);
        for (size_t bit = 0; bit < 8 * golden.n; bit++) {
            arena_reset(&fixture_arena);
            p[bit / 8] = (char)((unsigned char)p[bit / 8] ^ 1u << bit % 8);
            enum rc rc = decode_whole((struct str){p, golden.n});
            cr_assert(rc == RC_OK || rc == RC_BAD_FRAME || rc == RC_BAD_PARAMS || rc == RC_TOO_LARGE);
            p[bit / 8] = (char)((unsigned char)p[bit / 8] ^ 1u << bit % 8);
        }
        free(p);
    }
}
