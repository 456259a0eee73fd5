/* What waits is asked in one round trip with what can't, and told as if it had been asked at once. */
#include <criterion/criterion.h>

#include "server/catalog/customer.h"
#include "server/catalog/policy.h"
#include "server/catalog/receipt.h"
#include "server/catalog/term.h"

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

TestSuite(ask, .init = open_desk, .fini = close_desk, .timeout = 120);

static uint64_t
trips(const struct op_ctx *ctx)
{
    return pg_tally(ctx->tx->pg).trips;
}

static enum rc
ask_three(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct pg_rows one, two, three;
    const uint64_t before = trips(ctx);
    (void)p, (void)ret;
    op_ask(ctx, "select $1::bigint", &VALUE_INT(1), 1, &one);
    op_ask(ctx, "select $1::bigint", &VALUE_INT(2), 1, &two);
    cr_expect_eq(trips(ctx), before);
    enum rc rc = op_query(ctx, "three", "select $1::bigint", &VALUE_INT(3), 1, &three, reterr);
    cr_expect_eq(trips(ctx), before + 1);
    cr_expect_eq(pg_cell(&one, 0, 0)->i, 1);
    cr_expect_eq(pg_cell(&two, 0, 0)->i, 2);
    cr_expect_eq(pg_cell(&three, 0, 0)->i, 3);
    return rc ? rc : op_settle(ctx, reterr);
}

Test(ask, what_waits_goes_with_what_can_not)
{
    cr_assert_eq(desk_inside(&desk, AMINA, ask_three), RC_OK, "%s %s", desk.err.text, desk.err.log);
}

static enum rc
refuse_seven(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr)
{
    (void)ctx, (void)about;
    return pg_cell(rows, 0, 0)->i == 7 ? err_set(reterr, RC_REFUSED, "number", "not seven") : RC_OK;
}

static enum rc
refused_by_its_judge(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p, (void)ret;
    ctx->step = 1;
    op_ask_judged(ctx, "select $1::bigint", &VALUE_INT(7), 1, refuse_seven, NULL);
    ctx->step = 2;
    enum rc rc = op_query(ctx, "one", "select 1", NULL, 0, NULL, reterr);
    cr_expect_eq(ctx->step, 1, "the step that asked");
    return rc;
}

Test(ask, what_is_refused_is_the_error_of_what_was_asked_with_it)
{
    cr_assert_eq(desk_inside(&desk, AMINA, refused_by_its_judge), RC_REFUSED);
    cr_expect_str_eq(desk.err.text, "not seven");
}

static enum rc
refused_by_both(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p, (void)ret;
    ctx->step = 1;
    op_ask_judged(ctx, "select $1::bigint", &VALUE_INT(7), 1, refuse_seven, NULL);
    ctx->step = 2;
    op_ask(ctx, "select app.refuse('a_rule', 'policy', 'the words of the database')", NULL, 0, NULL);
    return op_settle(ctx, reterr);
}

Test(ask, the_rule_says_it_before_the_database_does)
{
    cr_assert_eq(desk_inside(&desk, AMINA, refused_by_both), RC_REFUSED);
    cr_expect_str_eq(desk.err.text, "not seven");
}

static enum rc
refused_by_the_database(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p, (void)ret;
    op_ask_judged(ctx, "select $1::bigint", &VALUE_INT(6), 1, refuse_seven, NULL);
    ctx->step = 1;
    op_ask(ctx, "select 1 / $1::bigint", &VALUE_INT(0), 1, NULL);
    ctx->step = 2;
    enum rc rc = op_query(ctx, "one", "select 1", NULL, 0, NULL, reterr);
    cr_expect_eq(ctx->step, 1, "the step whose statement failed");
    return rc;
}

Test(ask, what_the_database_refuses_is_told_of_who_asked_it)
{
    cr_expect_neq(desk_inside(&desk, AMINA, refused_by_the_database), RC_OK);
}

static enum rc
hold(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct customer c = {0}, again;
    (void)p, (void)ret;
    ROW_SET(&c, CUSTOMER_KIND, kind, CUSTOMER_INDIVIDUAL);
    ROW_SET(&c, CUSTOMER_NAME, name, STR("Salma Ibrahim"));
    ROW_SET(&c, CUSTOMER_PHONE, phone, STR("0712 345 678"));
    ROW_SET(&c, CUSTOMER_PHONE_KEY, phone_key, STR("255712345678"));
    ROW_SET(&c, CUSTOMER_BRANCH, branch, ctx->who.branch);
    enum rc rc = op_insert(ctx, ENTITY_CUSTOMER, &c, reterr);
    cr_assert_eq(rc, RC_OK);
    const uint64_t before = trips(ctx);
    rc = op_load(ctx, ENTITY_CUSTOMER, c.row.id, OP_LOCK, &again, reterr);
    cr_assert_eq(rc, RC_OK, "%s %s", reterr->text, reterr->log);
    cr_expect_eq(trips(ctx), before + 1, "written, and read back with it");
    cr_expect_eq(again.row.version, 1);
    cr_expect(str_eq_c(again.name, "Salma Ibrahim"));
    again.name = STR("Salma Ali");
    rc = op_update(ctx, ENTITY_CUSTOMER, &again, reterr);
    if (!rc)
        rc = op_load(ctx, ENTITY_CUSTOMER, c.row.id, OP_READ, &again, reterr);
    cr_expect_eq(again.row.version, 2);
    if (!rc)
        rc = op_load(ctx, ENTITY_CUSTOMER, c.row.id, OP_READ, &again, reterr);
    cr_expect_eq(trips(ctx), before + 2, "held, it is not read again");
    return rc;
}

Test(ask, a_record_that_is_held_is_not_read_again)
{
    /* the company's keys are made, then known */
    (void)desk_customer(&desk, "Rehema Said", "0713 100 200");
    (void)desk_customer(&desk, "Juma Bakari", "0713 100 201");
    cr_assert_eq(desk_inside(&desk, AMINA, hold), RC_OK, "%s %s", desk.err.text, desk.err.log);
    cr_expect_eq(desk_number(&desk,
                             "select count(*) from app.customer where tenant_id = $t and name = 'Salma "
                             "Ali' and version = 2"),
                 1);
}

static enum rc
follow(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct pg_rows rows;
    struct policy policy;
    struct term term;
    struct receipt receipt;
    (void)p, (void)ret;
    enum rc rc = op_query(ctx, "ids", "select r.policy_id, r.term_id, r.id from app.receipt r", NULL, 0,
                          &rows, reterr);
    cr_assert_eq(rc, RC_OK);
    cr_assert_eq(op_load(ctx, ENTITY_POLICY, pg_cell(&rows, 0, 0)->i, OP_LOCK, &policy, reterr), RC_OK);
    cr_assert_eq(op_load(ctx, ENTITY_TERM, pg_cell(&rows, 0, 1)->i, OP_LOCK, &term, reterr), RC_OK);
    cr_assert_eq(op_load(ctx, ENTITY_RECEIPT, pg_cell(&rows, 0, 2)->i, OP_LOCK, &receipt, reterr), RC_OK);
    cr_expect_eq(term.paid.minor, 0);
    cr_expect_eq(policy.state, TERM_AWAITING_PAYMENT);
    ROW_SET(&receipt, RECEIPT_STATE, state, RECEIPT_REJECTED);
    ROW_SET(&receipt, RECEIPT_REASON, reason, STR("a test"));
    cr_assert_eq(op_update(ctx, ENTITY_RECEIPT, &receipt, reterr), RC_OK);
    ROW_SET(&term, TERM_STATE, state, TERM_VOID);
    ROW_SET(&term, TERM_REASON, reason, STR("a test"));
    cr_assert_eq(op_update(ctx, ENTITY_TERM, &term, reterr), RC_OK);
    cr_assert_eq(op_load(ctx, ENTITY_POLICY, policy.row.id, OP_LOCK, &policy, reterr), RC_OK);
    cr_expect_eq(policy.state, TERM_VOID, "what the database changed along with it is read");
    return op_settle(ctx, reterr);
}

Test(ask, what_follows_a_record_that_is_written_is_read_again)
{
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    desk_receipt(&desk, desk_issue(&desk, "T337DSE", NONE), "619500");
    cr_assert_eq(desk_inside(&desk, JUMA, follow), RC_OK, "%s %s", desk.err.text, desk.err.log);
}
