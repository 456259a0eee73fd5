/* The main job against a real database: quoted, issued, paid to the cent, verified, covered, certified. */
#include <criterion/criterion.h>

#include "common/certificate/certificate.h"
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

TestSuite(sale, .init = open_desk, .fini = close_desk);

static const char *
amount_of(const char *column)
{
    return desk_words(
        &desk, str_printf(&desk.arena, "select (%s)::text from app.term where tenant_id = $t", column).p);
}

static int64_t
count_in_force(void)
{
    return desk_number(&desk, "select count(*) from app.cover where tenant_id = $t and in_force");
}

Test(sale, is_quoted_by_the_rate_book_issued_paid_verified_and_covered)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "t 337-dse");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    cr_expect_str_eq(policy, "KK/2026/000001");
    cr_expect_str_eq(amount_of("premium"), "52500000");
    cr_expect_str_eq(amount_of("tax"), "9450000");
    cr_expect_str_eq(amount_of("total"), "61950000");
    cr_expect_str_eq(amount_of("end_date"), "2027-02-28");
    const char *receipt = desk_receipt(&desk, policy, "619,500");
    cr_expect_str_eq(receipt, "R/KK/2026/000001");
    cr_expect_str_eq(desk_state(&desk, policy, 1), "awaiting payment");
    cr_expect_eq(count_in_force(), 0, "recorded money starts no cover");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", receipt, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
    cr_expect_eq(count_in_force(), 1);
    cr_expect_eq(desk_number(&desk, "select state from app.policy where tenant_id = $t"), 4);
}

Test(sale, makes_a_certificate_that_prints_and_verifies)
{
    struct certificate_facts got;
    desk_sell(&desk, "T 337 DSE");
    static const char *const formats[] = {"text", "pdf", ""};
    for (size_t i = 0; i < COUNTOF(formats); i++) {
        cr_assert_eq(desk_print(&desk, AMINA, "C/KK/2026/000001", formats[i]), RC_OK, "%s %s", desk.err.text,
                     desk.err.log);
        cr_assert_eq(
            certificate_verify(&desk.arena, desk.body.file.bytes, desk.signer.public_key, &got, NULL), RC_OK);
        cr_expect(str_eq_c(got.number, "C/KK/2026/000001"));
        cr_expect(str_eq_c(got.plate, "T 337 DSE"));
        cr_expect(str_eq_c(got.holder, "Salma Ibrahim"));
        cr_expect(str_eq_c(got.company, "Simba Insurance"));
        cr_expect(str_eq_c(got.vehicle_class, "Car"));
    }
    cr_expect(str_eq_c(desk.body.file.name, "certificate-C-KK-2026-000001.pdf"));
    cr_expect_eq(desk_print(&desk, AMINA, "C/KK/2026/000001", "docx"), RC_BAD_PARAMS);
}

Test(sale, a_receipt_a_cent_short_or_over_is_refused_naming_both_amounts)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    const char *of = str_printf(&desk.arena, "policy=%s", policy).p;
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=619499.99", "method=cash")), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "amount");
    cr_expect_not_null(strstr(desk.err.text, "619,499.99"), "%s", desk.err.text);
    cr_expect_not_null(strstr(desk.err.text, "619,500"), "%s", desk.err.text);
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=619500.01", "method=cash")), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "619,500.01"), "%s", desk.err.text);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.receipt where tenant_id = $t"), 0);
    desk_receipt(&desk, policy, "619,500");
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=619500", "method=cash")), RC_REFUSED,
                 "the same money is not taken twice");
}

Test(sale, money_is_not_taken_for_a_quote_or_for_nothing)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    const char *of = str_printf(&desk.arena, "policy=%s", policy).p;
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=1", "method=cash")), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "nothing is outstanding"), "%s", desk.err.text);
    desk_vehicle(&desk, desk_customer(&desk, "Juma Said", "0713 345 678"), "T338DSE");
    cr_assert_eq(desk_act(&desk, AMINA, "policy quote", NULL,
                          F("vehicle=T338DSE", "product=comprehensive", "sum_insured=1m")),
                 RC_OK);
    of = str_printf(&desk.arena, "policy=%s", desk_text(&desk, "number")).p;
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=41300", "method=cash")), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "only quoted"), "%s", desk.err.text);
}

Test(sale, above_the_set_amount_somebody_else_verifies)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *receipt = desk_receipt(&desk, desk_issue(&desk, "T337DSE", NONE), "619,500");
    cr_expect_eq(desk_act(&desk, AMINA, "receipt verify", receipt, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "somebody else"), "%s", desk.err.text);
    cr_expect_eq(count_in_force(), 0);
    desk_run(&desk, "update app.tenant set four_eyes_minor = 61950000 where id = $t");
    cr_expect_eq(desk_act(&desk, AMINA, "receipt verify", receipt, NONE), RC_OK, "%s", desk.err.text);
}

Test(sale, of_a_second_policy_on_an_insured_vehicle_is_refused_naming_the_first)
{
    const char *policy = desk_sell(&desk, "T337DSE");
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL, F("vehicle=T337DSE", "product=third_party")),
                 RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "vehicle");
    cr_expect_not_null(strstr(desk.err.text, policy), "%s", desk.err.text);
    cr_expect_not_null(strstr(desk.err.text, "2027-02-28"), "%s", desk.err.text);
    cr_expect_eq(desk.err.nrefs, 1);
    cr_expect_eq(desk.err.refs[0].entity, ENTITY_POLICY);
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL,
                          F("vehicle=T337DSE", "product=third_party", "start=2027-03-01")),
                 RC_OK, "the day after is free: %s", desk.err.text);
}

Test(sale, of_two_waiting_policies_only_one_becomes_active)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *first = desk_issue(&desk, "T337DSE", NONE), *second = desk_issue(&desk, "T337DSE", NONE);
    const char *one = desk_receipt(&desk, first, "619500"), *two = desk_receipt(&desk, second, "619500");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", two, NONE), RC_OK);
    cr_expect_eq(desk_act(&desk, JUMA, "receipt verify", one, NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, second), "%s", desk.err.text);
    cr_expect_eq(count_in_force(), 1);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.receipt where tenant_id = $t and state = 2"), 1,
                 "the refused verification left nothing behind");
    desk.reason = "the customer takes the money back";
    cr_expect_eq(desk_act(&desk, JUMA, "receipt reject", one, NONE), RC_OK, "%s", desk.err.text);
    desk.reason = "sold twice";
    cr_expect_eq(desk_act(&desk, AMINA, "policy void", first, NONE), RC_OK, "%s", desk.err.text);
}

Test(sale, paid_later_moves_to_the_day_of_payment)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *receipt = desk_receipt(&desk, desk_issue(&desk, "T337DSE", NONE), "619500");
    desk_set_today(&desk, "2026-03-04");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", receipt, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(amount_of("start_date"), "2026-03-04");
    cr_expect_str_eq(amount_of("end_date"), "2027-03-03");
    cr_expect_str_eq(desk_words(&desk, "select to_date::text from app.certificate where tenant_id = $t"),
                     "2027-03-03");
}

Test(sale, in_parts_is_held_as_deposits_until_all_is_paid)
{
    desk_run(&desk, "update app.tenant set collect_in_parts = true where id = $t");
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    const char *part = desk_receipt(&desk, policy, "400,000");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", part, NONE), RC_OK, "%s", desk.err.text);
    cr_expect(desk_has_issue(&desk, ISSUE_WARN, ""), "a deposit is told");
    cr_expect_str_eq(desk_state(&desk, policy, 1), "awaiting payment");
    cr_expect_eq(count_in_force(), 0);
    part = desk_receipt(&desk, policy, "219,500");
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", part, NONE), RC_OK, "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
}

Test(sale, over_payment_is_held_as_credit_where_the_company_allows_it)
{
    desk_run(&desk, "update app.tenant set over_payment_credit = true where id = $t");
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    cr_assert_eq(desk_act(&desk, JUMA, "receipt verify", desk_receipt(&desk, policy, "620,000"), NONE), RC_OK,
                 "%s", desk.err.text);
    cr_expect_str_eq(desk_state(&desk, policy, 1), "active");
    cr_expect_str_eq(amount_of("paid - total"), "50000");
}

Test(sale, what_is_not_paid_in_cash_needs_its_reference_and_warns_when_it_was_seen_before)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    desk_vehicle(&desk, desk_customer(&desk, "Juma Said", "0713 345 678"), "T338DSE");
    const char *one = str_printf(&desk.arena, "policy=%s", desk_issue(&desk, "T337DSE", NONE)).p;
    const char *two = str_printf(&desk.arena, "policy=%s", desk_issue(&desk, "T338DSE", NONE)).p;
    cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(one, "amount=619500", "method=mobile")), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "reference");
    cr_assert_eq(
        desk_add(&desk, AMINA, "receipt", F(one, "amount=619500", "method=mobile", "reference=QX12 AB")),
        RC_OK, "%s", desk.err.text);
    cr_expect_eq(
        desk_add(&desk, AMINA, "receipt", F(two, "amount=619500", "method=mobile", "reference=qx12ab")),
        RC_CONFIRM, "%s", desk.err.text);
    desk.reason = "one transfer for two cars";
    cr_expect_eq(
        desk_add(&desk, AMINA, "receipt", F(two, "amount=619500", "method=mobile", "reference=qx12ab")),
        RC_OK, "%s", desk.err.text);
}

Test(sale, a_product_without_a_price_or_a_sum_is_refused_by_name)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL, F("vehicle=T337DSE", "product=comprehensive")),
                 RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "sum_insured");
    desk_run(&desk, "update app.rate set to_date = '2026-01-31' where tenant_id = $t");
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL, F("vehicle=T337DSE", "product=third_party")),
                 RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "product");
    cr_expect_eq(desk_act(&desk, AMINA, "policy quote", NULL,
                          F("vehicle=T337DSE", "product=third_party", "start=2026-02-28")),
                 RC_BAD_PARAMS);
    cr_expect_str_eq(desk.err.field, "start");
}

Test(sale, numbers_have_no_gaps_though_requests_fail)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    const char *policy = desk_issue(&desk, "T337DSE", NONE);
    const char *of = str_printf(&desk.arena, "policy=%s", policy).p;
    for (int i = 0; i < 5; i++) {
        cr_expect_eq(desk_add(&desk, AMINA, "receipt", F(of, "amount=619499", "method=cash")), RC_REFUSED);
        const char *receipt = desk_receipt(&desk, policy, "619500");
        desk.reason = "counted wrong";
        cr_assert_eq(desk_act(&desk, JUMA, "receipt reject", receipt, NONE), RC_OK, "%s", desk.err.text);
    }
    cr_expect_eq(desk_number(&desk, "select count(*) from app.receipt where tenant_id = $t"), 5);
    cr_expect_eq(desk_number(&desk, "select max(serial) from app.receipt where tenant_id = $t"), 5);
}
