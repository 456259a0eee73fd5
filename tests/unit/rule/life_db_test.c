/* What follows a sale: renewals, expiry by the company's day, reversals, cancellations, transfers. */
#include <criterion/criterion.h>

#include "server/job/job.h"

#include "desk.h"

static struct desk desk;

static void
open_desk(void)
{
    desk_open(&desk, "2026-03-01");
}

static void
close_desk(void)
{
    desk_close(&desk);
}

TestSuite(life, .init = open_desk, .fini = close_desk);

static const char *
term_days(int seq)
{
    return desk_words(&desk,
                      str_printf(&desk.arena,
                                 "select start_date || ' ' || end_date from app.term where tenant_id = $t"
                                 " and seq = %d",
                                 seq)
                          .p);
}

static const char *
cover_days(void)
{
    return desk_words(&desk,
                      "select coalesce(string_agg(from_date || ' ' || to_date, ', ' order by from_date), '')"
                      " from app.cover where tenant_id = $t and in_force");
}

static void
pay(const char *policy)
{
    const char *receipt = desk_receipt(&desk, policy, "619500");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", receipt, NONE), RC_OK, "%s", desk.err.text);
}

/* One round of the expiry job on a given day, as the service. */
static int64_t
expire_on(const char *day)
{
    struct jobs_config config = {.has_today = day != NULL};
    struct job_round round = {.arena = &desk.arena, .config = &config};
    int64_t n = 0;
    if (day)
        cr_assert_eq(date_parse(str_from(day), "day", &config.today, NULL), RC_OK);
    round.pg = pg_new(getenv("BIMA_TEST_DB"), "bima_jobs");
    enum rc rc = job_expire(&round, desk.tenant, &n, &desk.err);
    pg_free(round.pg);
    cr_assert_eq(rc, RC_OK, "%s %s", desk.err.text, desk.err.log);
    return n;
}

Test(life, an_early_renewal_appends_a_term_that_starts_the_day_after)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-01-15");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_text(&desk, "number"), policy, "the number stays");
    cr_expect_str_eq(desk_state(&desk, policy, 2), "awaiting payment");
    cr_expect_str_eq(term_days(2), "2027-03-01 2028-02-29");
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active", "the running term runs on");
    pay(policy);
    cr_expect_str_eq(desk_state(&desk, policy, 2), "active");
    cr_expect_str_eq(cover_days(), "2026-03-01 2027-02-28, 2027-03-01 2028-02-29");
    cr_expect_eq(
        desk_number(&desk, "select count(*) from app.certificate where tenant_id = $t and state = 1"), 2);
}

Test(life, one_key_press_too_many_renews_once)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-02-01");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK);
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "619,500"), "%s", desk.err.text);
    pay(policy);
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED,
                 "a year ahead is too early");
    cr_expect_eq(desk_number(&desk, "select count(*) from app.term where tenant_id = $t"), 2);
}

Test(life, a_renewal_too_early_is_refused_with_the_day_it_opens)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "2026-12-30"), "%s", desk.err.text);
}

Test(life, a_late_renewal_starts_on_the_day_of_payment)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    cr_expect_eq(expire_on("2027-03-10"), 1);
    desk_set_today(&desk, "2027-03-10");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(term_days(2), "2027-03-10 2028-03-09");
    desk_set_today(&desk, "2027-03-15");
    pay(policy);
    cr_expect_str_eq(term_days(2), "2027-03-15 2028-03-14");
    cr_expect_str_eq(cover_days(), "2026-03-01 2027-02-28, 2027-03-15 2028-03-14");
    cr_expect_str_eq(desk_state(&desk, policy, 1), "expired");
    cr_expect_eq(desk_number(&desk, "select state from app.policy where tenant_id = $t"), 4);
}

Test(life, from_29_february_a_renewal_goes_on_from_1_march)
{
    desk_set_today(&desk, "2028-02-29");
    const char *policy = desk_sell(&desk, "T337DSE");
    cr_expect_str_eq(term_days(1), "2028-02-29 2029-02-28");
    desk_set_today(&desk, "2029-02-28");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(term_days(2), "2029-03-01 2030-02-28");
}

Test(life, a_renewal_takes_another_length_and_sum_when_told)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-02-01");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, F("months=6", "sum_insured=10m")), RC_OK,
                 "%s", desk.err.text);
    cr_expect_str_eq(term_days(2), "2027-03-01 2027-08-31");
    cr_expect_eq(desk_number(&desk, "select total from app.term where tenant_id = $t and seq = 2"), 20650000);
}

Test(life, the_last_day_is_still_covered_and_the_next_is_not)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    cr_expect_eq(expire_on("2027-02-28"), 0);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
    cr_expect_eq(expire_on("2027-03-01"), 1);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "expired");
    cr_expect_str_eq(desk_words(&desk,
                                "select actor from app.history where tenant_id = $t and action = 'expire'"
                                " and tbl = 'term'"),
                     "service");
    cr_expect_eq(expire_on("2027-03-02"), 0, "once");
}

/* Clocks on Kiritimati are 26 hours ahead of Etc/GMT+12: at any instant the two have different days. */
Test(life, a_term_expires_by_its_own_companys_day)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_run(&desk, "set session_replication_role = replica");
    desk_run(&desk, "update app.term set end_date = (now() at time zone 'Etc/GMT+12')::date,"
                    " start_date = (now() at time zone 'Etc/GMT+12')::date - 10 where tenant_id = $t");
    desk_run(&desk, "update app.cover c set from_date = t.start_date, to_date = t.end_date from app.term t"
                    " where t.id = c.term_id and t.tenant_id = c.tenant_id and c.tenant_id = $t");
    desk_run(&desk, "set session_replication_role = origin");
    desk_run(&desk, "update app.tenant set timezone = 'Etc/GMT+12' where id = $t");
    cr_expect_eq(expire_on(NULL), 0, "there it is still the last day");
    desk_run(&desk, "update app.tenant set timezone = 'Pacific/Kiritimati' where id = $t");
    cr_expect_eq(expire_on(NULL), 1, "here the next day has come");
    cr_expect_str_eq(desk_state(&desk, policy, 1), "expired");
}

Test(life, what_is_suspended_or_unpaid_never_expires)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T338DSE");
    const char *unpaid = desk_issue(&desk, "T338DSE", NONE);
    desk_run(&desk, "update app.customer set phone_key = '255700000001' where tenant_id = $t");
    const char *policy = desk_sell(&desk, "T337DSE");
    desk.reason = "the cheque bounced";
    cr_assert_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_OK, "%s",
                 desk.err.text);
    cr_expect_eq(expire_on("2031-01-01"), 0);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "suspended");
    cr_expect_str_eq(desk_state(&desk, unpaid, 1), "awaiting payment");
}

Test(life, a_reversed_receipt_suspends_and_a_new_payment_reinstates)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2026-04-01");
    cr_expect_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_BAD_PARAMS,
                 "a reason is needed");
    desk.reason = "the cheque bounced";
    cr_assert_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_OK, "%s",
                 desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "suspended");
    cr_expect_str_eq(cover_days(), "");
    cr_expect_eq(desk_number(&desk, "select state from app.certificate where tenant_id = $t"), 2);
    cr_expect_eq(desk_number(&desk, "select paid from app.term where tenant_id = $t"), 0);
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
    desk_set_today(&desk, "2026-04-08");
    pay(policy);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
    cr_expect_str_eq(term_days(1), "2026-03-01 2027-02-28", "the days that were paid for stay");
    cr_expect_str_eq(cover_days(), "2026-04-08 2027-02-28", "nothing is covered after the fact");
    cr_expect_eq(
        desk_number(&desk, "select count(*) from app.certificate where tenant_id = $t and state = 1"), 1);
}

Test(life, a_suspended_term_does_not_come_back_over_another_policy)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk.reason = "the cheque bounced";
    cr_assert_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_OK);
    const char *other = desk_issue(&desk, "T337DSE", NONE);
    pay(other);
    const char *receipt = desk_receipt(&desk, policy, "619500");
    cr_expect_eq(desk_act(&desk, JUMA, "receipt verify", receipt, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, other), "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "suspended");
}

Test(life, a_suspended_term_whose_days_are_over_takes_no_money)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk.reason = "the cheque bounced";
    cr_assert_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_OK);
    desk_set_today(&desk, "2027-03-01");
    cr_expect_eq(desk_add(&desk, AMINA, "receipt",
                          F(str_printf(&desk.arena, "policy=%s", policy).p, "amount=619500", "method=cash")),
                 RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "2027-02-28"), "%s", desk.err.text);
}

Test(life, a_receipt_of_a_term_that_ran_to_its_end_is_not_reversed)
{
    desk_sell(&desk, "T337DSE");
    cr_assert_eq(expire_on("2027-03-01"), 1);
    desk.reason = "too late";
    cr_expect_eq(desk_act(&desk, NEEMA, "receipt reverse", "R/KK/2026/000001", NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "2027-02-28"), "%s", desk.err.text);
}

Test(life, cancelling_cuts_the_cover_today_and_frees_the_vehicle_tomorrow)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2026-06-15");
    cr_expect_eq(desk_act(&desk, NEEMA, "policy cancel", policy, NONE), RC_BAD_PARAMS, "a reason is needed");
    desk.reason = "the car was sold";
    cr_assert_eq(desk_act(&desk, NEEMA, "policy cancel", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "cancelled");
    cr_expect_str_eq(cover_days(), "2026-03-01 2026-06-15");
    cr_expect_eq(desk_number(&desk, "select state from app.certificate where tenant_id = $t"), 2);
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL, F("vehicle=T337DSE", "product=third_party")),
                 RC_REFUSED, "today is still covered");
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL,
                          F("vehicle=T337DSE", "product=third_party", "start=2026-06-16")),
                 RC_OK, "%s", desk.err.text);
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
}

Test(life, cancelling_drops_a_paid_renewal_that_has_not_begun_too)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-02-01");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK);
    pay(policy);
    desk.reason = "the car was sold";
    cr_assert_eq(desk_act(&desk, NEEMA, "policy cancel", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "cancelled");
    cr_expect_str_eq(desk_state(&desk, policy, 2), "cancelled");
    cr_expect_str_eq(cover_days(), "2026-03-01 2027-02-01");
}

Test(life, an_unpaid_renewal_is_voided_with_the_policy_left_running)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-02-01");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK);
    desk.reason = "the customer changed their mind";
    cr_assert_eq(desk_act(&desk, AMINA, "policy void", policy, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
    cr_expect_str_eq(desk_state(&desk, policy, 2), "void");
    cr_assert_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_OK, "and can be renewed again: %s",
                 desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 3), "awaiting payment");
}

Test(life, a_policy_with_money_waiting_is_not_voided)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    const char *receipt = desk_receipt(&desk, policy, "619500");
    desk.reason = "entered in error";
    cr_expect_eq(desk_act(&desk, AMINA, "policy void", policy, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "waits for verification"), "%s", desk.err.text);
    desk.reason = "no money came";
    cr_assert_eq(desk_act(&desk, JUMA, "receipt reject", receipt, NONE), RC_OK);
    desk.reason = "entered in error";
    cr_expect_eq(desk_act(&desk, AMINA, "policy void", policy, NONE), RC_OK, "%s", desk.err.text);
}

Test(life, a_transfer_ends_one_ownership_and_starts_the_next)
{
    int64_t salma = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    int64_t juma = desk_customer(&desk, "Juma Said", "0713 345 678");
    desk_vehicle(&desk, salma, "T337DSE");
    desk_set_today(&desk, "2026-05-01");
    const char *to_juma = str_printf(&desk.arena, "to=#%lld", (long long)juma).p;
    const char *to_salma = str_printf(&desk.arena, "to=#%lld", (long long)salma).p;
    cr_assert_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE", F(to_juma)), RC_OK, "%s",
                 desk.err.text);
    cr_expect_eq(desk_number(&desk, "select owner_id from app.vehicle where tenant_id = $t"), juma);
    cr_expect_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE", F(to_juma)), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "to");
    cr_expect_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE", F(to_salma, "date=2026-04-30")),
                 RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "date");
    cr_expect_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE", F(to_salma, "date=2026-05-02")),
                 RC_REFUSED);
    cr_expect_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE", F(to_salma)), RC_OK,
                 "the same day: %s", desk.err.text);
    cr_expect_eq(desk_number(&desk, "select owner_id from app.vehicle where tenant_id = $t"), salma);
}

Test(life, a_transfer_of_an_insured_vehicle_tells_of_its_policy)
{
    desk_sell(&desk, "T337DSE");
    int64_t juma = desk_customer(&desk, "Juma Said", "0713 345 678");
    cr_assert_eq(desk_act(&desk, AMINA, "vehicle transfer", "T337DSE",
                          F(str_printf(&desk.arena, "to=#%lld", (long long)juma).p)),
                 RC_OK, "%s", desk.err.text);
    cr_expect(desk_has_issue(&desk, ISSUE_WARN, ""));
}

Test(life, old_answers_are_forgotten_after_a_week)
{
    struct jobs_config config = {0};
    struct job_round round = {.arena = &desk.arena, .config = &config};
    int64_t n = -1;
    desk_run(&desk,
             "insert into app.idempotency (tenant_id, user_id, key, hash, code, reply, created_at)"
             " select $t, 1, decode(md5(d::text), 'hex'), '\\x00', 0, '\\x00', now() - d * interval '1 day'"
             " from generate_series(0, 9) as d");
    round.pg = pg_new(getenv("BIMA_TEST_DB"), "bima_jobs");
    cr_assert_eq(job_forget(&round, &n, &desk.err), RC_OK, "%s", desk.err.log);
    pg_free(round.pg);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.idempotency where tenant_id = $t"), 7);
}
