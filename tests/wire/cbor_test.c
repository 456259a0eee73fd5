#include <criterion/criterion.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/wire/cbor.h"
#include "tests/wire/fixture.h"

TestSuite(cbor, .init = fixture_start, .fini = fixture_stop);

static struct rbuf
reader(const char *hex)
{
    struct rbuf r;
    rbuf_init(&r, fixture_hex(hex));
    return r;
}

Test(cbor, integers_of_every_size_come_back)
{
    static const int64_t numbers[] = {
        0,  1,   23,  24,   255,  256,    65535,  65536,       4294967295,  4294967296, INT64_MAX,
        -1, -24, -25, -256, -257, -65536, -65537, -4294967296, -4294967297, INT64_MIN};
    struct buf b;
    struct rbuf r;
    buf_init(&b, &fixture_arena, 16);
    for (size_t i = 0; i < COUNTOF(numbers); i++)
        wbuf_int(&b, numbers[i]);
    wbuf_uint(&b, UINT64_MAX);
    rbuf_init(&r, buf_str(&b));
    for (size_t i = 0; i < COUNTOF(numbers); i++)
        cr_expect_eq(rbuf_int(&r), numbers[i]);
    cr_expect_eq(rbuf_uint(&r), UINT64_MAX);
    cr_assert(rbuf_done(&r));
}

Test(cbor, integers_that_are_not_in_their_shortest_form_are_refused)
{
    static const char *const longer[] = {"1800",
                                         "1817",
                                         "190000",
                                         "1900ff",
                                         "1a00000000",
                                         "1a0000ffff",
                                         "1b0000000000000000",
                                         "1b00000000ffffffff",
                                         "3817",
                                         "3900ff",
                                         "5817",
                                         "7900ff",
                                         "9817",
                                         "b800",
                                         "1c",
                                         "1d",
                                         "1e"};
    for (size_t i = 0; i < COUNTOF(longer); i++) {
        struct rbuf r = reader(longer[i]);
        rbuf_skip(&r);
        cr_expect(r.bad, "%s", longer[i]);
    }
}

Test(cbor, indefinite_lengths_tags_floats_and_other_simple_values_are_refused)
{
    static const char *const others[] = {
        "1f",     "5f4100ff",   "7f6161ff",           "9f00ff", "bf0000ff", "ff", "c000", "d82a00",
        "f93c00", "fa3f800000", "fb3ff0000000000000", "f7",     "e0",       "f3", "f814", "f8ff"};
    for (size_t i = 0; i < COUNTOF(others); i++) {
        struct rbuf r = reader(others[i]);
        cr_expect_eq(rbuf_peek(&r), others[i][0] == '5'   ? CBOR_BYTES
                                    : others[i][0] == '7' ? CBOR_TEXT
                                    : others[i][0] == '9' ? CBOR_ARRAY
                                    : others[i][0] == 'b' ? CBOR_MAP
                                    : others[i][0] == '1' ? CBOR_UINT
                                                          : CBOR_BAD);
        rbuf_skip(&r);
        cr_expect(r.bad, "%s", others[i]);
    }
}

Test(cbor, integers_that_do_not_fit_are_refused)
{
    struct rbuf r = reader("1b8000000000000000");
    cr_expect_eq(rbuf_int(&r), 0);
    cr_expect(r.bad);
    r = reader("3b8000000000000000");
    cr_expect_eq(rbuf_int(&r), 0);
    cr_expect(r.bad);
    r = reader("20");
    cr_expect_eq(rbuf_uint(&r), 0);
    cr_expect(r.bad);
}

Test(cbor, text_that_is_no_utf8_is_refused_and_bytes_are_not)
{
    struct rbuf r = reader("62c328");
    cr_expect_eq(rbuf_text(&r).n, 0);
    cr_expect(r.bad);
    r = reader("42c328");
    cr_expect_eq(rbuf_bytes(&r).n, 2);
    cr_expect(rbuf_done(&r));
}

Test(cbor, a_header_larger_than_what_is_left_is_refused_at_once)
{
    static const char *const headers[] = {"4161"
                                          "62",
                                          "6261",
                                          "83"
                                          "0000",
                                          "a1"
                                          "00",
                                          "9bffffffffffffffff",
                                          "bb7fffffffffffffff",
                                          "5bffffffffffffffff",
                                          "7affffffff61",
                                          "9affffffff00"};
    for (size_t i = 0; i < COUNTOF(headers); i++) {
        struct rbuf r = reader(headers[i]);
        if (i == 0)
            rbuf_skip(&r);
        rbuf_skip(&r);
        cr_expect(r.bad, "%s", headers[i]);
    }
    struct rbuf r = reader("9b0000000100000000");
    cr_expect_eq(rbuf_array(&r), 0);
    cr_expect(r.bad);
}

Test(cbor, sixteen_levels_are_read_and_seventeen_refused)
{
    for (int levels = LIMIT_DEPTH; levels <= LIMIT_DEPTH + 1; levels++) {
        struct buf b;
        struct rbuf r;
        buf_init(&b, &fixture_arena, 64);
        for (int i = 0; i < levels; i++)
            wbuf_array(&b, 1);
        wbuf_uint(&b, 0);
        rbuf_init(&r, buf_str(&b));
        rbuf_skip(&r);
        cr_expect_eq(r.bad, levels > LIMIT_DEPTH);
        rbuf_init(&r, buf_str(&b));
        for (int i = 0; i < levels; i++)
            (void)rbuf_array(&r);
        cr_expect_eq(r.bad, levels > LIMIT_DEPTH);
    }
}

Test(cbor, keys_of_a_map_rise_and_come_once)
{
    static const struct {
        const char *hex;
        bool good;
    } rows[] = {
        {"a201000200",             true },
        {"a201000100",             false},
        {"a202000100",             false},
        {"a100"
         "00",            true },
        {"a12000",                 false},
        {"a1616100",               false},
        {"a11bffffffffffffffff00", false}
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct rbuf r = reader(rows[i].hex);
        int64_t last = -1;
        size_t pairs = rbuf_map(&r);
        for (size_t k = 0; k < pairs; k++) {
            (void)rbuf_key(&r, &last);
            (void)rbuf_uint(&r);
        }
        cr_expect_eq(!r.bad, rows[i].good, "%s", rows[i].hex);
    }
}

Test(cbor, an_error_sticks_and_everything_after_it_reads_as_nothing)
{
    struct rbuf r = reader("6161"
                           "05"
                           "f5");
    (void)rbuf_uint(&r);
    cr_expect(r.bad);
    cr_expect_eq(rbuf_text(&r).n, 0);
    cr_expect_eq(rbuf_uint(&r), 0);
    cr_expect_eq(rbuf_int(&r), 0);
    cr_expect_not(rbuf_bool(&r));
    cr_expect_eq(rbuf_array(&r), 0);
    cr_expect_eq(rbuf_map(&r), 0);
    cr_expect_eq(rbuf_raw(&r).n, 0);
    cr_expect_eq(rbuf_peek(&r), CBOR_BAD);
    cr_expect_not(rbuf_done(&r));
}

Test(cbor, raw_gives_the_bytes_of_one_whole_item)
{
    struct rbuf r = reader("8201a10203"
                           "f6");
    cr_expect(str_eq(rbuf_raw(&r), fixture_hex("8201a10203")));
    cr_expect_eq(rbuf_peek(&r), CBOR_NULL);
    rbuf_null(&r);
    cr_expect_eq(rbuf_peek(&r), CBOR_END);
    cr_expect(rbuf_done(&r));
}

Test(cbor, nothing_at_all_is_no_item)
{
    struct rbuf r;
    rbuf_init(&r, STR_NONE);
    cr_expect_eq(rbuf_peek(&r), CBOR_END);
    rbuf_skip(&r);
    cr_expect(r.bad);
}
