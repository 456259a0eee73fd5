#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/front/bytes.h"
#include "server/front/outq.h"

static struct str
taken(struct outq *q, size_t n, char *out)
{
    struct str s = outq_front(q);
    n = n < s.n ? n : s.n;
    memcpy(out, s.p, n);
    outq_sent(q, n);
    return (struct str){out, n};
}

Test(bytes, gives_back_in_order_what_was_put_in_pieces)
{
    struct bytes b = {0};
    char expected[4000];
    size_t put = 0, took = 0;
    for (size_t i = 0; i < sizeof expected; i++) {
        expected[i] = (char)('a' + i % 23);
    }
    while (took < sizeof expected) {
        size_t n = put + 37 < sizeof expected ? 37 : sizeof expected - put;
        bytes_add(&b, expected + put, n);
        put += n;
        size_t take = bytes_waiting(&b) < 29 ? bytes_waiting(&b) : 29;
        cr_assert(memcmp(bytes_view(&b).p, expected + took, take) == 0);
        bytes_take(&b, take);
        took += take;
    }
    cr_assert_eq(bytes_waiting(&b), 0);
    bytes_done(&b);
}

Test(bytes, keeps_no_large_block_once_it_is_empty)
{
    struct bytes b = {0};
    static char large[100000];
    bytes_add(&b, large, sizeof large);
    bytes_take(&b, sizeof large);
    cr_assert_eq(b.cap, 0);
}

Test(outq, sends_control_before_replies_and_replies_before_events)
{
    struct outq q = {0};
    char out[64];
    cr_assert(outq_put(&q, OUT_EVENT, STR("event ")));
    cr_assert(outq_put(&q, OUT_REPLY, STR("reply ")));
    cr_assert(outq_put(&q, OUT_CONTROL, STR("pong ")));
    cr_assert(outq_put(&q, OUT_REPLY, STR("second ")));
    struct str s = taken(&q, sizeof out, out);
    cr_assert(str_eq_c(s, "pong reply second event "), "%.*s", STR_ARG(s));
    cr_assert_eq(outq_waiting(&q), 0);
    outq_done(&q);
}

Test(outq, never_splits_a_message_with_one_that_came_later)
{
    struct outq q = {0};
    char out[64];
    cr_assert(outq_put(&q, OUT_REPLY, STR("a long reply ")));
    cr_assert(str_eq_c(taken(&q, 6, out), "a long"));
    cr_assert(outq_put(&q, OUT_CONTROL, STR("pong ")));
    cr_assert(str_eq_c(taken(&q, 7, out), " reply "));
    cr_assert(str_eq_c(taken(&q, sizeof out, out), "pong "));
    outq_done(&q);
}

Test(outq, refuses_a_message_when_its_class_is_full_and_keeps_the_others)
{
    struct outq q = {0};
    static char large[60 * 1024];
    cr_assert(outq_put(&q, OUT_CONTROL, (struct str){large, sizeof large}));
    cr_assert_not(outq_put(&q, OUT_CONTROL, (struct str){large, sizeof large}));
    cr_assert(outq_put(&q, OUT_REPLY, (struct str){large, sizeof large}));
    cr_assert_eq(outq_waiting(&q), 2 * sizeof large);
    outq_done(&q);
}
