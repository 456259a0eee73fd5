#include <criterion/criterion.h>

#include "common/wire/cbor.h"
#include "common/wire/frame.h"
#include "common/wire/message.h"
#include "common/wire/method.h"
#include "tests/wire/fixture.h"

TestSuite(message, .init = fixture_start, .fini = fixture_stop);

static struct message
decoded(struct str bytes)
{
    struct message m;
    cr_assert_eq(message_decode(bytes, &m, NULL), RC_OK);
    return m;
}

Test(message, a_request_has_its_method_options_and_whole_parameters)
{
    struct message m = decoded(fixture_golden("request_set"));
    cr_assert_eq(m.kind, MESSAGE_REQUEST);
    cr_assert_eq(m.request.id, 7);
    cr_assert_eq(m.request.method.number, METHOD_SET);
    cr_assert_eq(m.request.idem.n, IDEM_BYTES);
    cr_assert_eq(m.request.deadline_ms, 30000);
    m = decoded(fixture_golden("request_get"));
    cr_assert(str_eq(m.request.method.name, STR("get")));
    cr_assert_eq(m.request.idem.n, 0);
}

Test(message, a_reply_has_its_code_and_meta)
{
    struct message m = decoded(fixture_golden("reply_record"));
    cr_assert_eq(m.kind, MESSAGE_REPLY);
    cr_assert(m.reply.id == 7 && m.reply.code == RC_OK && m.reply.meta.replayed);
    cr_assert_eq(m.reply.meta.server_us, 1834);
    cr_assert(str_eq(m.reply.meta.trace, STR("03c696682703")));
    m = decoded(fixture_golden("reply_error"));
    cr_assert_eq(m.reply.code, RC_CONFIRM);
    cr_assert_eq(m.reply.meta.retry_after_ms, 250);
}

Test(message, the_others_carry_what_they_say)
{
    cr_assert_eq(decoded(fixture_golden("cancel")).cancel_id, 12);
    cr_assert_eq(decoded(fixture_golden("ping")).token, UINT64_C(1) << 32);
    cr_assert_eq(decoded(fixture_golden("pong")).kind, MESSAGE_PONG);
    struct message m = decoded(fixture_golden("goaway"));
    cr_assert(str_eq(m.goaway.reason, STR("the service is stopping")) && m.goaway.after_ms == 5000);
    m = decoded(fixture_golden("hello"));
    cr_assert(m.hello.version == 1 && m.hello.caps == CAP_DEFLATE && m.hello.schema_hash.n == 32);
    cr_assert(str_eq(m.hello.client, STR("bima 0.1.0 tui")) && str_eq(m.hello.locale, STR("sw")));
}

Test(message, an_event_tells_a_counter_as_it_is_now)
{
    struct message m = decoded(fixture_golden("event"));
    struct home_event e;
    cr_assert(m.kind == MESSAGE_EVENT && m.event.seq == 41 && str_eq(m.event.topic, STR("home")));
    cr_assert(home_event_decode(&m.event, &e));
    cr_assert(e.kind == HOME_COUNTER && e.entity == 6 && e.view == 2);
    cr_assert(e.today == 12 && e.week == 83 && e.month == 291);
}

static bool
knows(const char *hex, struct home_event *ret)
{
    struct message m = decoded(fixture_hex(hex));
    return home_event_decode(&m.event, ret);
}

Test(message, an_event_of_a_kind_a_topic_or_a_form_that_is_not_known_is_passed_over)
{
    struct home_event e = {.today = 7};
    cr_expect_not(knows("8502 64686f6d65 01 06 a0", &e));
    cr_expect_not(knows("8502 64686f6d65 01 00 a0", &e));
    cr_expect_not(knows("8502 6872656e6577616c73 01 01 a0", &e));
    cr_expect_not(knows("8502 64686f6d65 01 01 a1 01 6161", &e));
    cr_expect_eq(e.today, 7, "nothing was put");
    cr_expect(knows("8502 64686f6d65 01 01 a2 03 05 1863 f6", &e));
    cr_expect_eq(e.today, 5, "a key of a newer service is passed over");
}

Test(message, what_home_is_told_of_a_counter_fits_60_bytes)
{
    const struct home_event e = {.kind = HOME_COUNTER,
                                 .entity = 63,
                                 .view = 200,
                                 .today = 1000000,
                                 .week = 1000000,
                                 .month = 100000000};
    struct buf body, message;
    buf_init(&body, &fixture_arena, 64);
    buf_init(&message, &fixture_arena, 64);
    home_event_encode(&body, &e);
    event_encode(&message, &(struct wire_event){STR(EVENT_HOME), UINT32_MAX, e.kind, buf_str(&body)});
    cr_assert_leq(FRAME_HEADER + message.n, 60);
}

Test(message, hello_picks_the_version_both_know_or_none)
{
    cr_assert_eq(decoded(fixture_hex("8607 83010203 00 60 60 60")).hello.version, 1);
    cr_assert_eq(decoded(fixture_hex("8607 820203 00 60 60 60")).hello.version, 0);
    cr_assert_eq(decoded(fixture_hex("8607 80 00 60 60 60")).hello.version, 0);
}

Test(message, options_and_meta_of_a_newer_peer_are_passed_over)
{
    cr_assert_eq(decoded(fixture_hex("8500 01 02 a0 a2 0205 18638101")).request.deadline_ms, 5);
    cr_assert_eq(decoded(fixture_hex("8501 01 00 a0 a1 1863f6")).reply.id, 1);
}

static void
refuses(const char *hex)
{
    struct message m = {.kind = MESSAGE_GOAWAY};
    struct err err;
    cr_expect_eq(message_decode(fixture_hex(hex), &m, &err), RC_BAD_FRAME, "%s", hex);
    cr_expect_eq(m.kind, MESSAGE_GOAWAY);
}

Test(message, what_is_not_of_its_form_is_refused)
{
    refuses("");
    refuses("00");
    refuses("80");
    refuses("8108");
    refuses("8203");                                  /* cut short */
    refuses("8303 01 01");                            /* an item too many */
    refuses("8208 01");                               /* an unknown kind */
    refuses("8200 01");                               /* a kind with too few items */
    refuses("8203 00");                               /* cancels nothing */
    refuses("8500 00 02 a0 a0");                      /* request 0 */
    refuses("8500 01 20 a0 a0");                      /* a negative method */
    refuses("8500 01 60 a0 a0");                      /* a method without a name */
    refuses("8500 01 02 80 a0");                      /* parameters that are no map */
    refuses("8500 01 02 a0 80");                      /* options that are no map */
    refuses("8500 01 02 a0 a1 014100");               /* a key of one byte */
    refuses("8500 01 02 a0 a2 0205 0205");            /* an option twice */
    refuses("8500 01 02 a0 a1 021b0000000100000000"); /* a deadline past 32 bits */
    refuses("8500 01 1b0000000100000000 a0 a0");
    refuses("8501 01 00 f6 a0");
    refuses("8306 40 00");
    refuses("8607 01 00 60 60 60");
    refuses("8204 20");
}

Test(message, an_error_code_nobody_knows_reads_as_internal)
{
    cr_assert_eq(decoded(fixture_hex("8501 01 190309 a0 a0")).reply.code, RC_INTERNAL);
}

Test(message, what_is_left_out_goes_as_an_empty_map)
{
    struct buf b;
    struct request r = {.id = 1, .method = {.number = METHOD_ME}};
    buf_init(&b, &fixture_arena, 64);
    request_encode(&b, &r);
    cr_assert(str_eq(buf_str(&b), fixture_golden("request_me")));
}
