#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/crypt/crypt.h"
#include "common/wire/frame.h"
#include "tests/wire/fixture.h"

TestSuite(frame, .init = fixture_start, .fini = fixture_stop);

static struct str
framed(struct str message, bool may_deflate)
{
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    cr_assert(frame_put(&b, message, may_deflate));
    return buf_str(&b);
}

/* The message in the one frame that is all of `in`. */
static struct str
opened(struct str in)
{
    bool whole = false;
    uint8_t flags = 0xFF;
    struct str payload = STR_NONE, message = STR_NONE;
    size_t took = 0;
    cr_assert_eq(frame_next(in, &whole, &flags, &payload, &took, NULL), RC_OK);
    cr_assert(whole && took == in.n);
    cr_assert_eq(frame_open(&fixture_arena, flags, payload, &message, NULL), RC_OK);
    return message;
}

static struct str
repeated(size_t n, char c)
{
    char *p = arena_alloc(&fixture_arena, n);
    memset(p, c, n);
    return (struct str){p, n};
}

Test(frame, messages_of_any_length_come_back_deflated_or_not)
{
    static const size_t lengths[] = {1, 2, 47, 48, 49, 100, 1000, 5000, 65536, LIMIT_FRAME};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct str s = repeated(lengths[i], 'x');
        cr_expect(str_eq(opened(framed(s, false)), s));
        cr_expect(str_eq(opened(framed(s, true)), s));
    }
}

Test(frame, deflates_only_when_it_gets_smaller)
{
    unsigned char noise[500];
    cr_assert_eq(crypt_start(NULL), RC_OK);
    crypt_random(noise, sizeof(noise));
    struct str random = {(const char *)noise, sizeof(noise)};
    struct str f = framed(random, true);
    cr_expect_eq(f.n, FRAME_HEADER + random.n);
    cr_expect_eq(f.p[3], 0);
    f = framed(STR("comprehensive third_party sum_insured start_date end_date"), true);
    cr_expect_eq(f.p[3], FRAME_DEFLATE);
    cr_expect_lt(f.n, 30);
}

Test(frame, the_golden_stream_reads_as_a_ping_and_home)
{
    struct str in = fixture_golden("frames");
    const char *const names[] = {"ping", NULL, "reply_home"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        bool whole = false;
        uint8_t flags = 0;
        struct str payload = STR_NONE, message = STR_NONE;
        size_t took = 0;
        cr_assert_eq(frame_next(in, &whole, &flags, &payload, &took, NULL), RC_OK);
        cr_assert(whole);
        cr_assert_eq(frame_open(&fixture_arena, flags, payload, &message, NULL), RC_OK);
        cr_assert(str_eq(message, names[i] ? fixture_golden(names[i]) : STR_NONE));
        in = str_slice(in, took, in.n);
    }
    cr_assert_eq(in.n, 0);
}

Test(frame, waits_for_every_missing_byte)
{
    struct str f = framed(STR("a message"), false);
    for (size_t n = 0; n < f.n; n++) {
        bool whole = true;
        uint8_t flags = 0;
        struct str payload = STR_NONE;
        size_t took = 99;
        cr_assert_eq(frame_next((struct str){f.p, n}, &whole, &flags, &payload, &took, NULL), RC_OK);
        cr_assert_not(whole);
        cr_assert_eq(took, 0);
    }
}

Test(frame, a_filler_is_a_frame_with_nothing_in_it)
{
    bool whole = false;
    uint8_t flags = 7;
    struct str payload = STR("x");
    size_t took = 0;
    cr_assert_eq(frame_next(fixture_hex("00000000 00000100 07"), &whole, &flags, &payload, &took, NULL),
                 RC_OK);
    cr_assert(whole && took == FRAME_HEADER && payload.n == 0 && flags == 0);
}

static enum rc
next(struct str in)
{
    bool whole = false;
    uint8_t flags = 0;
    struct str payload = STR_NONE;
    size_t took = 0;
    return frame_next(in, &whole, &flags, &payload, &took, NULL);
}

Test(frame, unknown_flags_and_lengths_past_the_limit_close_the_line)
{
    cr_assert_eq(next(fixture_hex("00000102 00")), RC_BAD_FRAME);
    cr_assert_eq(next(fixture_hex("00000180 00")), RC_BAD_FRAME);
    cr_assert_eq(next(fixture_hex("00000001")), RC_BAD_FRAME);
    cr_assert_eq(next(fixture_hex("04000100")), RC_TOO_LARGE);
    cr_assert_eq(next(fixture_hex("ffffff00")), RC_TOO_LARGE);
    cr_assert_eq(next(fixture_hex("04000000")), RC_OK);
}

static enum rc
open_deflated(struct str payload)
{
    struct str message = STR("kept");
    enum rc rc = frame_open(&fixture_arena, FRAME_DEFLATE, payload, &message, NULL);
    cr_assert(rc == RC_OK || str_eq(message, STR("kept")));
    return rc;
}

/* A deflated payload that says `size` where its own is another. */
static struct str
claiming(struct str message, uint32_t size)
{
    struct str f = framed(message, true);
    cr_assert_eq(f.p[3], FRAME_DEFLATE);
    char *p = arena_alloc(&fixture_arena, f.n - FRAME_HEADER);
    memcpy(p, f.p + FRAME_HEADER, f.n - FRAME_HEADER);
    for (int i = 0; i < 4; i++)
        p[i] = (char)(size >> (24 - 8 * i) & 0xFF);
    return (struct str){p, f.n - FRAME_HEADER};
}

Test(frame, the_inflated_length_must_be_the_true_one_and_within_the_limit)
{
    struct str s = repeated(1000, 'y');
    cr_assert_eq(open_deflated(claiming(s, 1000)), RC_OK);
    cr_assert_eq(open_deflated(claiming(s, 999)), RC_BAD_FRAME);
    cr_assert_eq(open_deflated(claiming(s, 1001)), RC_BAD_FRAME);
    cr_assert_eq(open_deflated(claiming(s, 0)), RC_BAD_FRAME);
    cr_assert_eq(open_deflated(claiming(s, LIMIT_INFLATED + 1)), RC_TOO_LARGE);
    cr_assert_eq(open_deflated(claiming(s, UINT32_MAX)), RC_TOO_LARGE);
}

Test(frame, a_small_frame_can_not_cost_more_than_the_limit)
{
    /* As much as a message may have, in about a thousand bytes. */
    struct str most = repeated(LIMIT_INFLATED, 'z');
    struct str f = framed(most, true);
    cr_assert_lt(f.n, 2048);
    cr_assert(str_eq(opened(f), most));
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    cr_assert_not(frame_put(&b, repeated(LIMIT_INFLATED + 1, 'z'), true));
    cr_assert_not(frame_put(&b, repeated(LIMIT_FRAME + 1, 'z'), false));
    cr_assert_not(frame_put(&b, STR_NONE, false));
    cr_assert_eq(b.n, 0);
}

Test(frame, damaged_and_truncated_deflate_data_is_refused)
{
    struct str s = STR("comprehensive third_party sum_insured start_date end_date and something new 12345");
    struct str good = claiming(s, (uint32_t)s.n);
    for (size_t n = 0; n < good.n; n++)
        cr_expect_neq(open_deflated(str_dup(&fixture_arena, (struct str){good.p, n})), RC_OK);
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    buf_add_str(&b, good);
    buf_add_char(&b, 'x');
    cr_expect_eq(open_deflated(buf_str(&b)), RC_BAD_FRAME);
    cr_expect_eq(open_deflated(fixture_hex("00000010 ffffffff")), RC_BAD_FRAME);
}

Test(frame, frames_follow_each_other_in_one_buffer)
{
    struct buf b;
    buf_init(&b, &fixture_arena, 16);
    cr_assert(frame_put(&b, STR("one"), false));
    cr_assert(frame_put(&b, repeated(300, 'q'), true));
    bool whole = false;
    uint8_t flags = 0;
    struct str payload = STR_NONE;
    size_t took = 0;
    cr_assert_eq(frame_next(buf_str(&b), &whole, &flags, &payload, &took, NULL), RC_OK);
    cr_assert(str_eq(payload, STR("one")));
    cr_assert(str_eq(opened(str_slice(buf_str(&b), took, b.n)), repeated(300, 'q')));
}

/* ---- what is remembered ---- */

static struct str
recalled(struct str message, struct recall *memory)
{
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    cr_assert(frame_put_recalling(&b, message, memory));
    return buf_str(&b);
}

static enum rc
open_recalled(struct str f, struct recall *memory, struct str *ret)
{
    bool whole = false;
    uint8_t flags = 0;
    struct str payload = STR_NONE;
    size_t took = 0;
    cr_assert_eq(frame_next(f, &whole, &flags, &payload, &took, NULL), RC_OK);
    return frame_open_recalling(&fixture_arena, flags, payload, memory, ret, NULL);
}

static struct str
noise(size_t n)
{
    char *p = arena_alloc(&fixture_arena, n);
    cr_assert_eq(crypt_start(NULL), RC_OK);
    crypt_random(p, n);
    return (struct str){p, n};
}

/* Half of it noise, so that only memory can make it small, and half of it words. */
static struct str
half_noise(size_t n)
{
    char *p = arena_alloc(&fixture_arena, n);
    memset(p, 'w', n / 2);
    memcpy(p + n / 2, noise(n - n / 2).p, n - n / 2);
    return (struct str){p, n};
}

Test(frame, what_was_said_before_costs_next_to_nothing_when_it_is_said_again)
{
    struct recall here = {0}, there = {0};
    struct str page = half_noise(3000), got = STR_NONE;
    struct str first = recalled(page, &here);
    cr_assert_gt(first.n, 1000);
    cr_assert_eq(open_recalled(first, &there, &got), RC_OK);
    struct str again = recalled(page, &here);
    cr_assert_lt(again.n, 60);
    cr_assert_eq(open_recalled(again, &there, &got), RC_OK);
    cr_assert(str_eq(got, page));
    recall_done(&here);
    recall_done(&there);
}

Test(frame, both_ends_remember_the_same_however_much_is_said)
{
    static const size_t lengths[] = {1,    47,   48,           900,  5000, RECALL_MOST, RECALL_MOST + 1,
                                     3000, 8192, LIMIT_RECALL, 4000, 12,   64,          2000};
    struct recall here = {0}, there = {0};
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < COUNTOF(lengths); i++) {
            struct str said = i % 3 ? half_noise(lengths[i]) : noise(lengths[i]), got = STR_NONE;
            cr_assert_eq(open_recalled(recalled(said, &here), &there, &got), RC_OK);
            cr_assert(str_eq(got, said));
            cr_assert(str_eq(recall_view(&here), recall_view(&there)));
            cr_assert_leq(here.n, LIMIT_RECALL);
        }
    recall_done(&here);
    recall_done(&there);
}

Test(frame, who_remembers_nothing_refuses_what_points_back)
{
    struct recall here = {0};
    struct str page = repeated(3000, 'p'), got = STR("kept");
    struct str f = recalled(page, &here);
    cr_assert_eq(f.p[3], FRAME_DEFLATE | FRAME_RECALL);
    cr_assert_eq(open_recalled(f, NULL, &got), RC_BAD_FRAME);
    cr_assert(str_eq(got, STR("kept")));
    recall_done(&here);
}
