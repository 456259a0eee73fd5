#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "server/audit/heads.h"
#include "server/audit/line.h"

/* A chain of ten links with checkpoints at 5 and 10, and what is found when somebody was at it. */
enum { LINKS = 10, FINDINGS = 32 };

static struct signer signer;
static struct check_link links[LINKS];
static struct finding found[FINDINGS];
static size_t nfound;

static void
keep(void *ctx, const struct finding *f)
{
    (void)ctx;
    cr_assert_lt(nfound, FINDINGS);
    found[nfound++] = *f;
}

static void
make_key(struct signer *s)
{
    struct err err = {0};
    char path[] = "/tmp/bima_chain_XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    (void)unlink(path);
    cr_assert_eq(signer_load(s, path, true, &err), RC_OK, "%s", err.log);
    (void)unlink(path);
}

static void
sign(struct check_link *l, const struct signer *s)
{
    l->has_checkpoint = true;
    l->checkpoint = (struct checkpoint){
        .tenant = l->link.tenant, .stream = l->link.stream, .seq = l->link.seq, .at = 1000};
    memcpy(l->checkpoint.hash, l->hash, CRYPT_HASH);
    checkpoint_sign(s, &l->checkpoint);
}

/* Hashes from place `from` on, as whoever can write to the tables would make them. */
static void
rehash(size_t from)
{
    static const unsigned char none[CRYPT_HASH];
    for (size_t i = from; i < LINKS; i++)
        chain_hash(i ? links[i - 1].hash : none, &links[i].link, links[i].hash);
}

static void
setup(void)
{
    struct err err = {0};
    cr_assert_eq(crypt_start(&err), RC_OK);
    make_key(&signer);
    nfound = 0;
    memset(links, 0, sizeof links);
    for (size_t i = 0; i < LINKS; i++) {
        links[i].link = (struct chain_link){
            .tenant = 2, .stream = STREAM_AUDIT, .seq = (int64_t)i + 1, .row = 100 + (int64_t)i};
        crypt_sha256((struct str){(const char *)&links[i].link.row, 8}, links[i].link.digest);
        links[i].there = true;
        links[i].at = 1000;
    }
    rehash(0);
    sign(&links[4], &signer);
    sign(&links[9], &signer);
}

/* The checkpoint of that link, signed so many seconds after 1970. */
static void
sign_at(size_t i, int64_t seconds)
{
    links[i].checkpoint.at = seconds * 1000000;
    checkpoint_sign(&signer, &links[i].checkpoint);
}

static int64_t
verify(size_t n)
{
    static struct check c; /* large */
    check_init(&c, signer.public_key, keep, NULL);
    for (size_t i = 0; i < n; i++)
        if (links[i].link.seq)
            check_link(&c, &links[i]);
    check_end(&c);
    return c.findings;
}

static void
expect(size_t i, enum finding_kind kind, int64_t seq, int64_t other)
{
    char text[FINDING_TEXT];
    cr_assert_lt(i, nfound);
    cr_expect_eq(found[i].kind, kind, "%s", finding_text(&found[i], text));
    cr_expect_eq(found[i].seq, seq, "%s", finding_text(&found[i], text));
    cr_expect_eq(found[i].other, other, "%s", finding_text(&found[i], text));
}

TestSuite(chain, .init = setup);

Test(chain, a_link_is_hashed_as_anybody_else_would)
{
    struct chain_link l = {.tenant = 2, .stream = 1, .seq = 1, .row = 7};
    unsigned char hash[CRYPT_HASH] = {0};
    char hex[2 * CRYPT_HASH + 1];
    crypt_sha256(STR("[2, 7]"), l.digest);
    chain_hash(hash, &l, hash);
    cr_assert_str_eq(crypt_hex(hash, CRYPT_HASH, hex),
                     "056d0d5e3bddc7ab403b687b4beaa25fcbfce0379fd7a12a09564112013d1f91");
}

Test(chain, an_untouched_chain_has_nothing_to_find)
{
    cr_assert_eq(verify(LINKS), 0);
}

Test(chain, an_altered_row_is_named_alone)
{
    links[6].link.digest[0] ^= 1;
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_ALTERED, 7, 0);
    cr_assert_eq(found[0].row, 106);
}

Test(chain, a_missing_row_is_named_alone)
{
    links[6].there = false;
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_MISSING, 7, 0);
}

Test(chain, places_taken_out_are_a_gap)
{
    links[5].link.seq = links[6].link.seq = 0;
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_GAP, 6, 7);
}

Test(chain, two_rows_that_changed_places_are_both_named)
{
    struct chain_link first = links[2].link;
    links[2].link = links[7].link;
    links[7].link = first;
    links[2].link.seq = 3;
    links[7].link.seq = 8;
    cr_assert_eq(verify(LINKS), 2);
    expect(0, FOUND_MOVED, 3, 8);
    expect(1, FOUND_MOVED, 8, 3);
}

Test(chain, neighbours_that_changed_places_are_named)
{
    struct chain_link first = links[2].link;
    links[2].link = links[3].link;
    links[3].link = first;
    links[2].link.seq = 3;
    links[3].link.seq = 4;
    cr_assert_eq(verify(LINKS), 2);
    expect(0, FOUND_MOVED, 3, 4);
    expect(1, FOUND_MOVED, 4, 3);
}

Test(chain, a_chain_hashed_anew_is_not_the_one_that_was_signed)
{
    links[6].link.digest[0] ^= 1;
    rehash(6);
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_REWRITTEN, 10, 6);
}

Test(chain, a_signature_of_another_key_is_forged)
{
    struct signer other;
    make_key(&other);
    links[6].link.digest[0] ^= 1;
    rehash(6);
    sign(&links[9], &other);
    cr_assert_eq(verify(LINKS), 2);
    expect(0, FOUND_FORGED, 10, 0);
    expect(1, FOUND_UNSIGNED, 10, 6);
    signer_done(&other);
}

Test(chain, a_signature_of_another_place_is_forged)
{
    links[9].checkpoint = links[4].checkpoint;
    links[9].checkpoint.seq = 10;
    cr_assert_eq(verify(LINKS), 2);
    expect(0, FOUND_FORGED, 10, 0);
}

Test(chain, an_end_without_a_checkpoint_is_unsigned)
{
    cr_assert_eq(verify(8), 1);
    expect(0, FOUND_UNSIGNED, 8, 6);
}

Test(chain, an_entry_much_older_than_the_checkpoint_before_it_is_backdated)
{
    sign_at(4, 90000);
    sign_at(9, 90000);
    for (size_t i = 0; i < LINKS; i++)
        links[i].at = i == 6 ? 1000 : links[4].checkpoint.at;
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_BACKDATED, 7, 0);
}

Test(chain, entries_after_the_clock_was_set_back_are_not_backdated_and_one_older_than_that_is)
{
    sign_at(4, 90000);
    sign_at(9, 10000);
    for (size_t i = 0; i < LINKS; i++)
        links[i].at = i < 5 ? links[4].checkpoint.at : links[9].checkpoint.at;
    cr_assert_eq(verify(LINKS), 0);
    links[6].at = 1000;
    cr_assert_eq(verify(LINKS), 1);
    expect(0, FOUND_BACKDATED, 7, 0);
}

Test(chain, an_entry_dated_back_that_no_checkpoint_covers_is_named)
{
    sign_at(4, 90000);
    for (size_t i = 0; i < LINKS; i++)
        links[i].at = i < 5 ? links[4].checkpoint.at : 1000;
    cr_assert_eq(verify(6), 2);
    expect(0, FOUND_BACKDATED, 6, 0);
    expect(1, FOUND_UNSIGNED, 6, 6);
}

Test(chain, a_link_of_another_company_begins_another_chain)
{
    for (size_t i = 5; i < LINKS; i++) {
        links[i].link.tenant = 3;
        links[i].link.seq -= 5;
    }
    static const unsigned char none[CRYPT_HASH];
    for (size_t i = 5; i < LINKS; i++)
        chain_hash(i > 5 ? links[i - 1].hash : none, &links[i].link, links[i].hash);
    sign(&links[9], &signer);
    cr_assert_eq(verify(LINKS), 0);
}

/* ------------------------------------------------------------------ lines */

Test(chain, a_line_is_read_as_it_was_written)
{
    struct err err = {0};
    struct arena a;
    struct buf b;
    struct line_head head = {.company = STR("SI"), .tenant = 2, .stream = 1, .after = 4, .has_key = true},
                     back;
    struct check_link link;
    memcpy(head.hash, links[3].hash, CRYPT_HASH);
    memcpy(head.public_key, signer.public_key, CRYPT_SIGN_PUBLIC);
    arena_init(&a, 1 << 20, NULL, NULL);
    buf_init(&b, &a, 64);
    line_put_head(&b, &head);
    cr_assert_eq(line_read_head(str_trim(buf_str(&b)), &back, &err), RC_OK, "%s", err.text);
    cr_assert(str_eq_c(back.company, "SI") && back.tenant == 2 && back.stream == 1 && back.after == 4 &&
              back.has_key);
    cr_assert_arr_eq(back.hash, head.hash, CRYPT_HASH);
    char hash[2 * CRYPT_HASH + 1], signature[2 * CRYPT_SIGNATURE + 1];
    struct str line = str_printf(
        &a,
        "{\"seq\":5,\"row\":9,\"hash\":\"%s\",\"at\":1000,\"signature\":\"%s\",\"text\":[2, 9, 77, \"x\"]}",
        crypt_hex(links[4].hash, CRYPT_HASH, hash),
        crypt_hex(links[4].checkpoint.signature, CRYPT_SIGNATURE, signature));
    cr_assert_eq(line_read(line, &back, &link, &err), RC_OK, "%s", err.text);
    cr_assert(link.link.seq == 5 && link.link.row == 9 && link.at == 77 && link.has_checkpoint &&
              link.checkpoint.at == 1000);
    unsigned char digest[CRYPT_HASH];
    crypt_sha256(STR("[2, 9, 77, \"x\"]"), digest);
    cr_assert_arr_eq(link.link.digest, digest, CRYPT_HASH);
    cr_assert(checkpoint_valid(signer.public_key, &link.checkpoint));
    arena_done(&a);
}

Test(chain, a_line_that_is_something_else_is_refused)
{
    static const char *const bad[] = {"",
                                      "{}",
                                      "{\"seq\":",
                                      "{\"seq\":1,\"row\":2,\"hash\":\"00\",\"text\":[]}",
                                      "{\"seq\":99999999999999999999,\"row\":2",
                                      "{\"seq\":1,\"row\":-2"};
    struct line_head head = {.tenant = 2, .stream = 1};
    struct check_link link;
    struct err err;
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        cr_expect_eq(line_read(str_from(bad[i]), &head, &link, &err), RC_BAD_PARAMS, "%s", bad[i]);
        cr_expect_eq(line_read_head(str_from(bad[i]), &head, &err), RC_BAD_PARAMS, "%s", bad[i]);
    }
}

/* ------------------------------------------------------------------ heads */

Test(chain, heads_are_read_as_they_were_written)
{
    struct err err = {0};
    char path[] = "/tmp/bima_heads_XXXXXX";
    struct heads h = {0}, back = {0};
    struct head row = {.tenant = 2, .stream = 1, .seq = 10};
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    memcpy(row.hash, links[9].hash, CRYPT_HASH);
    heads_add(&h, &row);
    row.lost = true;
    row.seq = 30;
    heads_add(&h, &row);
    cr_assert_eq(heads_write(path, &h, &err), RC_OK, "%s", err.log);
    cr_assert_eq(heads_read(path, &back, &err), RC_OK, "%s", err.log);
    cr_assert_eq(back.n, 2);
    const struct head *found_head = heads_find(&back, 2, 1);
    cr_assert(found_head && found_head->seq == 10 &&
              memcmp(found_head->hash, links[9].hash, CRYPT_HASH) == 0);
    cr_assert(back.rows[1].lost && back.rows[1].seq == 30);
    cr_assert_null(heads_find(&back, 3, 1));
    heads_done(&back);
    FILE *out = fopen(path, "a");
    (void)fputs("head 2 1 x\n", out);
    (void)fclose(out);
    cr_assert_eq(heads_read(path, &back, &err), RC_INTERNAL);
    (void)unlink(path);
    cr_assert_eq(heads_read(path, &back, &err), RC_OK);
    cr_assert_eq(back.n, 0);
    heads_done(&h);
}
