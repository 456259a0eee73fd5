#include "client/link/link.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/base/buf.h"
#include "common/base/limits.h"
#include "fake.h"
#include "sample.h"

static struct fake fake;
static struct link *l;
static struct arena kept;

struct told {
    int times;
    enum rc code;
    int64_t record;
    char text[320], field[48];
};

static void
tell(void *ctx, const struct link_reply *reply)
{
    struct told *t = ctx;
    t->times++;
    t->code = reply->code;
    t->record = body_has(reply->body, BODY_RECORD) ? reply->body->record.id : 0;
    (void)snprintf(t->text, sizeof(t->text), "%s", reply->err != NULL ? reply->err->text : "");
    (void)snprintf(t->field, sizeof(t->field), "%s", reply->err != NULL ? reply->err->field : "");
}

static void
open_line(const struct link_options *extra)
{
    struct link_options o = *extra;
    struct link_dial dial = {.dial = fake_dial, .ctx = &fake, .again = true, .may_deflate = true};
    o.client = "test";
    cr_assert_eq(link_open_with(&o, &dial, &l, NULL), RC_OK);
}

static void
set_up(void)
{
    cr_assert_eq(crypt_start(NULL), RC_OK);
    fake_init(&fake);
    arena_init(&kept, 16 << 20, NULL, NULL);
    l = NULL;
}

static void
tear_down(void)
{
    link_close(l);
    fake_done(&fake);
    arena_done(&kept);
}

TestSuite(link, .init = set_up, .fini = tear_down, .timeout = 60);

/* One exchange in both directions; pauses between attempts are skipped so that tests wait for nothing. */
static void
turn(void)
{
    (void)link_pump(l);
    fake_pump(&fake);
    if (link_state(l) == LINK_WAITING)
        link_retry_now(l);
}

static void
until_online(void)
{
    for (int i = 0; i < 1000 && link_state(l) != LINK_ONLINE; i++)
        turn();
    cr_assert_eq(link_state(l), LINK_ONLINE);
}

static void
until_told(const struct told *t, int times)
{
    for (int i = 0; i < 100000 && t->times < times; i++)
        turn();
    cr_assert_eq(t->times, times);
}

static uint64_t
call(enum method method, struct told *t, const unsigned char *idem)
{
    static struct params params;
    params = (struct params){.present = 1u << PARAM_ENTITY, .entity = {.number = SAMPLE_VEHICLE}};
    return link_call(
        l, &(struct link_call){.method = method, .params = &params, .idem = idem, .fn = tell, .ctx = t});
}

Test(link, hello_and_the_first_calls_leave_together)
{
    struct told t = {0};
    open_line(&(struct link_options){.patient = true});
    (void)call(METHOD_GET, &t, NULL);
    (void)link_pump(l); /* dials and says everything at once */
    fake_pump(&fake);
    cr_expect_eq(fake.hellos, 1);
    cr_expect_eq(fake.requests, 1);
    cr_expect_eq(fake.pings, 1);
    (void)link_pump(l);
    cr_expect_eq(link_state(l), LINK_ONLINE);
    cr_expect_eq(t.times, 1);
    cr_expect_eq(t.record, 77);
    cr_expect(str_eq_c(link_me(l)->login, "amina"));
    cr_expect_eq(link_schema(l)->nentities, sample_schema()->nentities);
    cr_expect_eq(link_locale(l)->offset_minutes, 180);
}

static void
tell_currency(void *ctx, const struct link_reply *reply)
{
    struct told *t = ctx;
    t->times++;
    t->code = reply->code;
    t->record = reply->body->record.id;
    cr_assert_not_null(link_me(l));
    cr_expect_eq(link_locale(l)->offset_minutes, 180);
}

Test(link, an_answer_that_overtakes_the_greeting_waits_for_it)
{
    struct told first = {0}, second = {0};
    fake.late_hello = true;
    open_line(&(struct link_options){.patient = true});
    (void)link_call(l, &(struct link_call){.method = METHOD_GET, .fn = tell_currency, .ctx = &first});
    (void)link_call(l, &(struct link_call){.method = METHOD_GET, .fn = tell_currency, .ctx = &second});
    until_told(&second, 1);
    cr_expect_eq(first.times, 1);
    cr_expect_eq(first.record, 77);
    cr_expect_eq(first.code, RC_OK);
}

Test(link, an_error_is_told_with_its_sentence_and_field)
{
    struct told t = {0};
    open_line(&(struct link_options){.patient = true});
    (void)call(METHOD_HISTORY, &t, NULL);
    until_told(&t, 1);
    cr_expect_eq(t.code, RC_NOT_FOUND);
    cr_expect_str_eq(t.text, "no such vehicle");
    cr_expect_str_eq(t.field, "key");
}

/* How many bytes a write's exchange takes in one direction, line kept whole. */
static int64_t
measure(bool out)
{
    struct told t = {0};
    open_line(&(struct link_options){.patient = false});
    until_online();
    (void)call(METHOD_ADD, &t, NULL);
    until_told(&t, 1);
    int64_t n = out ? fake.sent : fake.received;
    link_close(l);
    l = NULL;
    fake_done(&fake);
    fake_init(&fake);
    return n;
}

Test(link, a_line_cut_after_every_byte_of_a_writes_reply_writes_once)
{
    int64_t all = measure(true);
    for (int64_t cut = 1; cut <= all; cut++) {
        struct told t = {0};
        fake.cut_out = cut;
        open_line(&(struct link_options){.patient = true});
        (void)call(METHOD_ADD, &t, NULL);
        until_told(&t, 1);
        cr_expect_eq(t.code, RC_OK, "cut after %lld", (long long)cut);
        cr_expect_eq(fake.nwrites, 1, "cut after %lld: %zu effects", (long long)cut, fake.nwrites);
        cr_expect_eq(t.record, 1);
        cr_expect(fake.ids_rise);
        link_close(l);
        l = NULL;
        fake_done(&fake);
        fake_init(&fake);
    }
}

Test(link, a_line_cut_after_every_byte_of_a_write_writes_once)
{
    int64_t all = measure(false);
    for (int64_t cut = 1; cut <= all; cut++) {
        struct told t = {0};
        fake.cut_in = cut;
        open_line(&(struct link_options){.patient = true});
        (void)call(METHOD_ADD, &t, NULL);
        until_told(&t, 1);
        cr_expect_eq(t.code, RC_OK, "cut after %lld", (long long)cut);
        cr_expect_eq(fake.nwrites, 1, "cut after %lld: %zu effects", (long long)cut, fake.nwrites);
        link_close(l);
        l = NULL;
        fake_done(&fake);
        fake_init(&fake);
    }
}

Test(link, several_writes_over_a_line_that_breaks_again_and_again_happen_once_each)
{
    struct told t[8] = {0};
    open_line(&(struct link_options){.patient = true});
    until_online();
    for (size_t i = 0; i < COUNTOF(t); i++)
        (void)call(METHOD_ADD, &t[i], NULL);
    for (int round = 0; round < 40; round++) {
        fake.cut_out = fake.sent + round;
        turn();
    }
    for (size_t i = 0; i < COUNTOF(t); i++)
        until_told(&t[i], 1);
    cr_expect_eq(fake.nwrites, COUNTOF(t));
    cr_expect(fake.ids_rise);
}

Test(link, the_callers_own_key_is_sent)
{
    struct told t = {0};
    unsigned char idem[IDEM_BYTES] = "0123456789abcde";
    open_line(&(struct link_options){.patient = true});
    (void)call(METHOD_ADD, &t, idem);
    (void)call(METHOD_ADD, &t, idem);
    until_told(&t, 2);
    cr_expect_eq(fake.nwrites, 1);
    cr_expect_eq(memcmp(fake.writes[0].idem, idem, IDEM_BYTES), 0);
}

Test(link, what_is_answered_with_try_again_is_tried_again_unheard)
{
    struct told t = {0};
    fake.retries = 2;
    open_line(&(struct link_options){.patient = true});
    (void)call(METHOD_ADD, &t, NULL);
    for (turn(); t.times == 0; turn()) {
        struct pollfd p = {.fd = link_fd(l), .events = link_events(l)};
        (void)poll(&p, 1, link_timeout(l)); /* the pause is the thing under test */
    }
    cr_expect_eq(t.times, 1);
    cr_expect_eq(t.code, RC_OK);
    cr_expect_eq(fake.requests, 3);
    cr_expect_eq(fake.nwrites, 1);
}

Test(link, a_cancelled_call_is_not_told)
{
    struct told t = {0}, other = {0};
    open_line(&(struct link_options){.patient = true});
    until_online();
    fake.silent = true;
    uint64_t id = call(METHOD_GET, &t, NULL);
    turn();
    link_cancel(l, id);
    link_cancel(l, 999);
    fake.silent = false;
    (void)call(METHOD_GET, &other, NULL);
    until_told(&other, 1);
    cr_expect_eq(t.times, 0);
}

struct chain {
    int left;
};

static void
call_again(void *ctx, const struct link_reply *reply)
{
    struct chain *c = ctx;
    cr_assert_eq(reply->code, RC_OK);
    if (--c->left > 0)
        (void)link_call(l, &(struct link_call){.method = METHOD_ME, .fn = call_again, .ctx = c});
}

Test(link, a_callback_may_call)
{
    struct chain c = {5};
    open_line(&(struct link_options){.patient = true});
    (void)link_call(l, &(struct link_call){.method = METHOD_ME, .fn = call_again, .ctx = &c});
    for (int i = 0; i < 1000 && c.left > 0; i++)
        turn();
    cr_expect_eq(c.left, 0);
}

Test(link, no_more_than_the_agreed_number_of_requests_is_under_way)
{
    static struct told t[100];
    open_line(&(struct link_options){.patient = true});
    until_online();
    fake.silent = true;
    for (size_t i = 0; i < COUNTOF(t); i++)
        (void)call(METHOD_GET, &t[i], NULL);
    for (int i = 0; i < 50; i++)
        turn();
    cr_expect_eq(fake.requests, LIMIT_INFLIGHT);
    fake.silent = false;
    fake_hang_up(&fake);
    for (size_t i = 0; i < COUNTOF(t); i++)
        until_told(&t[i], 1);
}

Test(link, the_reply_lives_in_the_callers_arena)
{
    struct told other = {0};
    open_line(&(struct link_options){.patient = true});
    until_online();
    struct params p = {.present = 1u << PARAM_ENTITY, .entity = {.number = SAMPLE_VEHICLE}};
    (void)link_call(l, &(struct link_call){
                           .method = METHOD_GET, .params = &p, .arena = &kept, .fn = tell, .ctx = &other});
    until_told(&other, 1);
    cr_expect_gt(kept.used, 0);
}

Test(link, a_first_connection_that_fails_is_final_for_the_impatient)
{
    struct told t = {0};
    fake.refuse_dial = true;
    open_line(&(struct link_options){.patient = false});
    (void)call(METHOD_GET, &t, NULL);
    (void)link_pump(l);
    cr_expect_eq(link_state(l), LINK_OFFLINE);
    cr_expect_eq(t.times, 1);
    cr_expect_eq(t.code, RC_UNAVAILABLE);
    cr_expect_eq(fake.dials, 1);
    (void)call(METHOD_GET, &t, NULL);
    cr_expect_eq(link_timeout(l), 0);
    (void)link_pump(l);
    cr_expect_eq(t.times, 2);
}

Test(link, the_patient_wait_and_try_again_with_pauses)
{
    struct link_status s;
    fake.refuse_dial = true;
    open_line(&(struct link_options){.patient = true});
    (void)link_pump(l);
    cr_expect_eq(link_state(l), LINK_WAITING);
    link_status(l, &s);
    cr_expect_gt(s.retry_in_ms, 0);
    cr_expect_leq(link_timeout(l), 600);
    (void)link_pump(l);
    cr_expect_eq(fake.dials, 1, "not before the pause is over");
    link_retry_now(l);
    fake.refuse_dial = false;
    until_online();
}

Test(link, nonsense_from_the_service_ends_the_line)
{
    struct told t = {0};
    open_line(&(struct link_options){.patient = true});
    until_online();
    (void)call(METHOD_GET, &t, NULL);
    fake.silent = true;
    turn();
    queue_add(&fake.out, "\xff\xff\xff\xff garbage", 12);
    fake_pump(&fake);
    (void)link_pump(l);
    cr_expect_eq(link_state(l), LINK_OFFLINE);
    cr_expect_eq(t.code, RC_BAD_FRAME);
}

Test(link, a_goaway_moves_to_a_new_line_without_losing_a_call)
{
    struct told first = {0}, second = {0};
    struct buf b;
    open_line(&(struct link_options){.patient = true});
    until_online();
    fake.silent = true;
    (void)call(METHOD_ADD, &first, NULL);
    turn();
    buf_init(&b, &fake.arena, 64);
    goaway_encode(&b, STR(GOAWAY_STOPPING), 0);
    fake_say(&fake, &b);
    fake.silent = false;
    (void)call(METHOD_ADD, &second, NULL);
    until_told(&first, 1);
    until_told(&second, 1);
    cr_expect_eq(fake.dials, 2);
    cr_expect_eq(fake.nwrites, 2);
}

Test(link, a_goaway_about_the_person_ends_the_session_with_its_sentence)
{
    struct told t = {0};
    struct buf b;
    open_line(&(struct link_options){.patient = true});
    until_online();
    fake.silent = true;
    (void)call(METHOD_ADD, &t, NULL);
    turn();
    buf_init(&b, &fake.arena, 64);
    goaway_encode(&b, STR("Your account was switched off."), 0);
    fake_say(&fake, &b);
    until_told(&t, 1);
    cr_expect_eq(link_state(l), LINK_OFFLINE);
    cr_expect_eq(t.code, RC_UNAUTHENTICATED);
    cr_expect_str_eq(link_error(l)->text, "Your account was switched off.");
    cr_expect_eq(fake.dials, 1, "it does not come back by itself");
    link_retry_now(l);
    until_online();
    cr_expect_eq(fake.dials, 2);
}

Test(link, a_ping_measures_the_way)
{
    struct link_status s;
    open_line(&(struct link_options){.patient = true});
    until_online();
    turn();
    turn();
    link_status(l, &s);
    cr_expect_gt(s.rtt_us, 0);
    cr_expect_eq(s.unanswered, 0);
    cr_expect_gt(s.bytes_in, 0);
}

Test(link, a_known_description_is_not_sent_again)
{
    char top[] = "/tmp/bima-link-XXXXXX";
    char path[96];
    cr_assert_not_null(mkdtemp(top));
    open_line(&(struct link_options){.patient = true, .cache_dir = top, .host = "h", .login = "amina"});
    cr_expect_null(link_schema(l));
    until_online();
    cr_expect_str_eq(fake.last_hash, "");
    link_close(l);
    fake.send_schema = false;
    open_line(&(struct link_options){.patient = true, .cache_dir = top, .host = "h", .login = "amina"});
    cr_expect_not_null(link_schema(l), "before the line stands");
    until_online();
    cr_expect_str_eq(fake.last_hash, "0123456789abcdef0123456789abcdef");
    cr_expect_eq(link_schema(l)->nentities, sample_schema()->nentities);
    (void)snprintf(path, sizeof(path), "%s/schema-%s", top, fake.last_hash);
    (void)unlink(path);
}

Test(link, a_service_that_does_not_describe_itself_is_refused)
{
    fake.send_schema = false;
    open_line(&(struct link_options){.patient = true});
    for (int i = 0; i < 10; i++)
        turn();
    cr_expect_eq(link_state(l), LINK_OFFLINE);
    cr_expect_eq(link_error(l)->code, RC_BAD_FRAME);
}

Test(link, a_given_descriptor_that_ends_is_final)
{
    int pair[2];
    struct err err = {0};
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct link_options o = {.fd = pair[1], .client = "test"};
    cr_assert_eq(link_open(&o, &l, NULL), RC_OK);
    (void)close(pair[0]);
    cr_expect_eq(link_wait_online(l, &err), RC_UNAVAILABLE);
    cr_expect_eq(link_state(l), LINK_OFFLINE);
}

Test(link, neither_host_nor_descriptor_is_refused)
{
    struct err err = {0};
    cr_expect_eq(link_open(&(struct link_options){.fd = -1, .login = "a@b"}, &l, &err), RC_USAGE);
    cr_expect_str_eq(err.field, "host");
    cr_expect_eq(link_open(&(struct link_options){.fd = -1, .host = "h"}, &l, &err), RC_USAGE);
    cr_expect_str_eq(err.field, "login");
}
