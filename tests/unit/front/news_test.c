#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/wire/event.h"
#include "common/wire/frame.h"
#include "common/wire/message.h"
#include "server/front/rpc.h"
#include "server/front/session.h"
#include "server/front/state.h"

/* Who of a front's sessions is told what: the audiences are what the workers said, the events what the jobs
   process sends. */
enum { MOST = 10000, SIMBA = 3, TWIGA = 4 };

static struct front front;
static struct session *sessions;
static struct rpc *rpcs;
static size_t woken;
static int jobs;

static void
wake(struct rpc *r)
{
    (void)r;
    woken++;
}

static void
start(void)
{
    int pair[2];
    memset(&front, 0, sizeof front);
    arena_init(&front.scratch, SIZE_MAX, NULL, NULL);
    sessions = calloc(MOST, sizeof *sessions);
    rpcs = calloc(MOST, sizeof *rpcs);
    cr_assert(loop_open(&front.loop) && sessions && rpcs);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    news_open(&front, pair[1]);
    jobs = pair[0];
    woken = 0;
}

static void
stop(void)
{
    for (size_t i = 0; i < MOST; i++) {
        if (rpcs[i].front) {
            rpc_close(&rpcs[i]);
        }
    }
    news_close(&front);
    close(jobs);
    close(front.loop.fd);
    arena_done(&front.scratch);
    free(sessions);
    free(rpcs);
}

TestSuite(news, .init = start, .fini = stop);

static struct rpc *
line(size_t i, int32_t tenant, int64_t user)
{
    struct rpc *r = &rpcs[i];
    sessions[i].front = &front;
    sessions[i].who = (struct identity){tenant, user, (int64_t)i + 1};
    r->front = &front;
    r->session = &sessions[i];
    r->wake = wake;
    return r;
}

static struct rpc *
subscriber(size_t i, int32_t tenant, struct audience audience)
{
    struct rpc *r = line(i, tenant, 100 + (int64_t)i);
    news_ask(r, 7);
    news_answer(r, 7, &audience);
    return r;
}

static const struct audience whole = {
    .part = AUDIENCE_WHOLE, .branch = 11, .sees = SEES_POLICIES | SEES_RECEIPTS};

static void
send_packet(struct str packet)
{
    cr_assert_eq(send(jobs, packet.p, packet.n, 0), (ssize_t)packet.n);
    front.news.watch.ready(&front.news.watch, EPOLLIN);
}

static void
tell(struct notice n)
{
    struct arena a;
    struct buf message, packet;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&message, &a, 64);
    buf_init(&packet, &a, 64);
    event_encode(&message, &(struct wire_event){.topic = STR(EVENT_HOME), .seq = 41, .kind = HOME_COUNTER});
    n.wire = buf_str(&message);
    n.json = STR("{\"event\":\"home\"}");
    notice_put(&packet, &n);
    send_packet(buf_str(&packet));
    arena_done(&a);
}

/* The kind of the event that waits for this line; 0: none. Takes it. */
static uint32_t
heard(struct rpc *r)
{
    struct str out = outq_front(&r->out);
    struct message m;
    uint32_t kind = 0;
    if (out.n > FRAME_HEADER && message_decode(str_slice(out, FRAME_HEADER, out.n), &m, NULL) == RC_OK &&
        m.kind == MESSAGE_EVENT) {
        kind = m.event.kind;
    }
    outq_sent(&r->out, out.n);
    return kind;
}

Test(news, what_is_of_one_company_reaches_nobody_of_another)
{
    struct rpc *simba = subscriber(0, SIMBA, whole);
    struct rpc *twiga = subscriber(1, TWIGA, whole);
    struct rpc *neighbour = subscriber(2, SIMBA + NEWS_BUCKETS, whole); /* in the same bucket */
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    cr_expect_eq(heard(simba), HOME_COUNTER);
    cr_expect_eq(heard(twiga), 0);
    cr_expect_eq(heard(neighbour), 0);
}

Test(news, numbers_go_to_who_sees_the_whole_company_and_may_read_what_they_count)
{
    struct rpc *all = subscriber(0, SIMBA, whole);
    struct rpc *counts =
        subscriber(1, SIMBA, (struct audience){.part = AUDIENCE_WHOLE, .sees = SEES_RECEIPTS});
    struct rpc *branch = subscriber(2, SIMBA, (struct audience){AUDIENCE_BRANCH, 11, 11, SEES_POLICIES});
    struct rpc *customer = subscriber(3, SIMBA, (struct audience){AUDIENCE_CUSTOMER, 11, 11, SEES_POLICIES});
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_WHOLE, .sees = SEES_POLICIES});
    cr_expect_eq(heard(all), HOME_COUNTER);
    cr_expect_eq(heard(counts), 0);
    cr_expect_eq(heard(branch), 0);
    cr_expect_eq(heard(customer), 0);
}

Test(news, a_part_of_the_company_hears_of_itself)
{
    struct rpc *house = subscriber(0, SIMBA, whole);
    struct rpc *branch = subscriber(1, SIMBA, (struct audience){AUDIENCE_BRANCH, 11, 11, SEES_POLICIES});
    struct rpc *customer = subscriber(2, SIMBA, (struct audience){AUDIENCE_CUSTOMER, 11, 0, SEES_POLICIES});
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_HOUSE, .id = 11});
    cr_expect(heard(house) && !heard(branch) && !heard(customer));
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_HOUSE, .id = 12});
    cr_expect(!heard(house) && !heard(branch) && !heard(customer));
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_BRANCH, .id = 11});
    cr_expect(!heard(house) && heard(branch) && !heard(customer));
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_CUSTOMER, .id = 11});
    cr_expect(!heard(house) && !heard(branch) && heard(customer));
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_USER, .id = 101});
    cr_expect(!heard(house) && heard(branch) && !heard(customer));
}

Test(news, what_happens_while_the_worker_still_answers_is_said_behind_its_answer)
{
    struct rpc *r = line(0, SIMBA, 100);
    news_ask(r, 7);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_WHOLE});
    cr_expect_eq(heard(r), 0, "nobody knows yet who he is");
    news_answer(r, 7, &whole);
    cr_expect_eq(heard(r), HOME_CHANGED);
    struct rpc *refused = line(1, SIMBA, 101);
    news_ask(refused, 8);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_WHOLE});
    news_answer(refused, 8, &(struct audience){.part = AUDIENCE_NOBODY});
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    cr_expect_eq(heard(refused), 0);
}

Test(news, an_answer_to_an_earlier_question_says_nothing_about_the_last_one)
{
    struct rpc *r = line(0, SIMBA, 100);
    news_ask(r, 7);
    news_ask(r, 9);
    news_answer(r, 7, &whole);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_WHOLE});
    cr_expect_eq(heard(r), 0);
    cr_expect_eq(front.news.n, 1);
}

Test(news, when_rights_change_the_subscription_is_over)
{
    struct rpc *r = subscriber(0, SIMBA, whole);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_USER, .id = 100, .ends = true});
    cr_expect_eq(heard(r), HOME_COUNTER, "told to ask anew");
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    cr_expect_eq(heard(r), 0);
    cr_expect_eq(front.news.n, 0);
}

Test(news, who_cancels_or_is_told_to_go_hears_nothing_more)
{
    struct rpc *cancels = subscriber(0, SIMBA, whole), *gone = subscriber(1, SIMBA, whole);
    cr_expect_not(news_cancel(cancels, 8));
    cr_expect(news_cancel(cancels, 7));
    rpc_dismiss(gone, STR("Your session was ended."));
    (void)heard(gone);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    cr_expect_eq(heard(cancels), 0);
    cr_expect_eq(heard(gone), 0);
}

Test(news, a_line_that_takes_nothing_is_told_once_to_ask_anew)
{
    struct rpc *r = subscriber(0, SIMBA, whole);
    for (int i = 0; i < 1000; i++) {
        tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    }
    cr_expect_lt(outq_waiting(&r->out), 1200);
    while (outq_waiting(&r->out) > 0) {
        (void)heard(r);
    }
    rpc_run(r);
    cr_expect_eq(heard(r), HOME_CHANGED);
    rpc_run(r);
    cr_expect_eq(heard(r), 0);
}

Test(news, a_front_that_could_not_be_told_has_everybody_ask_anew)
{
    struct rpc *simba = subscriber(0, SIMBA, whole), *twiga = subscriber(1, TWIGA, whole);
    tell((struct notice){.tenant = -1, .to = NOTICE_ALL});
    cr_expect(heard(simba) && heard(twiga));
}

Test(news, a_packet_that_is_none_of_ours_is_dropped)
{
    struct rpc *r = subscriber(0, SIMBA, whole);
    send_packet(STR("rubbish"));
    cr_expect_eq(heard(r), 0);
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_ALL});
    cr_expect_eq(heard(r), HOME_COUNTER);
}

Test(news, ten_thousand_are_told_in_a_moment)
{
    for (size_t i = 0; i < MOST; i++) {
        (void)subscriber(i, SIMBA, whole);
    }
    uint64_t from = loop_now();
    tell((struct notice){.tenant = SIMBA, .to = NOTICE_WHOLE, .sees = SEES_POLICIES});
    uint64_t took = loop_now() - from;
    fprintf(stderr, "%d sessions told in %llu ms\n", MOST, (unsigned long long)took);
    cr_expect_eq(woken, MOST);
    cr_expect_lt(took, 500);
    from = loop_now();
    for (int i = 0; i < 1000; i++) {
        tell((struct notice){.tenant = TWIGA, .to = NOTICE_WHOLE});
    }
    cr_expect_lt(loop_now() - from, 500, "others cost nothing");
    cr_expect_eq(woken, MOST);
}
