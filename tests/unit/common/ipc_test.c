#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "server/ipc/ipc.h"

static struct arena a;

static void
start(void)
{
    arena_init(&a, 16 * 1024 * 1024, NULL, NULL);
}

static void
stop(void)
{
    arena_done(&a);
}

TestSuite(ipc, .init = start, .fini = stop);

static const struct job sample = {
    .id = 7,
    .kind = JOB_WIRE,
    .who = {.tenant = 3, .user = 4711, .session = INT64_MIN},
    .login = {"am\xFFina@simba.co.tz",           18},
    .address = {"10.0.0.7",           8             },
    .client = {"OpenSSH_9.2",           11},
    .payload = {"\x85\x00\x00",           3            },
    .deadline_ms = 5000,
};

static struct str
put_job(void)
{
    struct buf b;
    buf_init(&b, &a, 16);
    job_put(&b, &sample);
    return buf_str(&b);
}

Test(ipc, a_job_comes_back_whole_even_with_bytes_that_are_no_text)
{
    struct str bytes = put_job(), body = STR_NONE;
    bool whole = false;
    size_t took = 0;
    struct job j;
    cr_assert_eq(ipc_next(bytes, &whole, &body, &took, NULL), RC_OK);
    cr_assert(whole && took == bytes.n);
    cr_assert_eq(job_read(body, &j, NULL), RC_OK);
    cr_assert(j.id == sample.id && j.kind == sample.kind && j.deadline_ms == sample.deadline_ms);
    cr_assert(j.who.tenant == 3 && j.who.user == 4711 && j.who.session == INT64_MIN);
    cr_assert(str_eq(j.login, sample.login) && str_eq(j.address, sample.address));
    cr_assert(str_eq(j.client, sample.client) && str_eq(j.payload, sample.payload));
}

Test(ipc, an_answer_comes_back_whole)
{
    struct answer an =
                      {
                          .id = 9, .code = RC_UNAUTHENTICATED, .who = {1, 2, 3},
                                  .payload = STR("reply")
    },
                  got;
    struct buf b;
    buf_init(&b, &a, 16);
    answer_put(&b, &an);
    cr_assert_eq(answer_read(str_slice(buf_str(&b), IPC_HEADER, b.n), &got, NULL), RC_OK);
    cr_assert(got.id == 9 && got.code == RC_UNAUTHENTICATED && str_eq(got.payload, an.payload));
    cr_assert(got.who.tenant == 1 && got.who.user == 2 && got.who.session == 3);
}

Test(ipc, an_answer_says_what_its_line_may_be_told)
{
    struct answer an =
                      {
                          .id = 9, .audience = {AUDIENCE_BRANCH, 11, 12, SEES_RECEIPTS}
    },
                  got;
    struct buf b;
    buf_init(&b, &a, 16);
    answer_put(&b, &an);
    cr_assert_eq(answer_read(str_slice(buf_str(&b), IPC_HEADER, b.n), &got, NULL), RC_OK);
    cr_assert(got.audience.part == AUDIENCE_BRANCH && got.audience.id == 11);
    cr_assert(got.audience.branch == 12 && got.audience.sees == SEES_RECEIPTS);
}

Test(ipc, a_notice_comes_back_whole_or_is_refused)
{
    const struct notice n = {-1, NOTICE_USER, 4711, SEES_POLICIES, true, STR("wire"), STR("json")};
    struct notice got;
    struct buf b;
    buf_init(&b, &a, 16);
    notice_put(&b, &n);
    cr_assert_eq(notice_read(buf_str(&b), &got, NULL), RC_OK);
    cr_assert(got.tenant == -1 && got.to == NOTICE_USER && got.id == 4711 && got.sees == SEES_POLICIES);
    cr_assert(got.ends && str_eq(got.wire, n.wire) && str_eq(got.json, n.json));
    for (size_t i = 0; i < b.n; i++)
        cr_assert_eq(notice_read((struct str){(const char *)b.p, i}, &got, NULL), RC_BAD_FRAME);
    struct notice wrong = n;
    wrong.to = (enum notice_to)(NOTICE_USER + 1);
    buf_init(&b, &a, 16);
    notice_put(&b, &wrong);
    cr_assert_eq(notice_read(buf_str(&b), &got, NULL), RC_BAD_FRAME);
}

Test(ipc, waits_for_the_rest_and_leaves_what_follows)
{
    struct str one = put_job();
    struct buf b;
    buf_init(&b, &a, 16);
    buf_add_str(&b, one);
    buf_add_str(&b, one);
    for (size_t n = 0; n < 2 * one.n; n++) {
        bool whole = false;
        struct str body = STR_NONE;
        size_t took = 0;
        cr_assert_eq(ipc_next((struct str){(const char *)b.p, n}, &whole, &body, &took, NULL), RC_OK);
        cr_assert_eq(whole, n >= one.n);
        cr_assert_eq(took, whole ? one.n : 0);
    }
}

Test(ipc, every_truncation_and_every_other_kind_is_refused)
{
    struct str bytes = put_job();
    struct str body = str_slice(bytes, IPC_HEADER, bytes.n);
    struct job j;
    struct answer an;
    for (size_t n = 0; n < body.n; n++)
        cr_assert_eq(job_read((struct str){body.p, n}, &j, NULL), RC_BAD_FRAME);
    cr_assert_eq(answer_read(body, &an, NULL), RC_BAD_FRAME);
    struct job wrong = sample;
    struct buf b;
    wrong.kind = (enum job_kind)(JOB_SESSIONS + 1);
    buf_init(&b, &a, 16);
    job_put(&b, &wrong);
    cr_assert_eq(job_read(str_slice(buf_str(&b), IPC_HEADER, b.n), &j, NULL), RC_BAD_FRAME);
}

Test(ipc, a_length_that_can_not_be_is_refused_at_once)
{
    bool whole = false;
    struct str body = STR_NONE;
    size_t took = 0;
    cr_assert_eq(ipc_next(STR("\0\0\0\0"), &whole, &body, &took, NULL), RC_BAD_FRAME);
    cr_assert_eq(ipc_next(STR("\x01\0\x20\0"), &whole, &body, &took, NULL), RC_BAD_FRAME);
    cr_assert_eq(ipc_next(STR("\0\0\x20\0"), &whole, &body, &took, NULL), RC_OK);
    cr_assert_not(whole);
}
