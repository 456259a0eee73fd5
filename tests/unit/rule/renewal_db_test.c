/* Renewal cases: they open and close by themselves, people follow them up, and nobody renews twice. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk.h"

enum { CLIENTS = 12, TRIES = 20 };

static struct desk desk;
static const char *policy;

static void
open_desk(void)
{
    desk_open(&desk, "2026-03-01");
    policy = desk_sell(&desk, "T337DSE");
    desk_set_today(&desk, "2027-02-20");
}

static void
close_desk(void)
{
    desk_close(&desk);
}

TestSuite(renewal, .init = open_desk, .fini = close_desk, .timeout = 120);

/* "renewed unpaid, open": all cases of the company by the day they end. */
static const char *
cases(void)
{
    return desk_words(&desk,
                      "select coalesce(string_agg((array['open', 'contacted', 'promised', 'renewed', 'lost',"
                      " 'discontinued'])[state] || case when unpaid then ' unpaid' else '' end, ', '"
                      " order by due_date), '') from app.renewal where tenant_id = $t");
}

static const char *
case_key(int seq)
{
    return str_printf(&desk.arena, "%s#%d", policy, seq).p;
}

static enum rc
act(enum desk_user who, const char *action, const char *const *fields)
{
    return desk_act(&desk, who, str_printf(&desk.arena, "renewal %s", action).p, case_key(1), fields);
}

static void
must(enum rc rc)
{
    cr_assert_eq(rc, RC_OK, "%s %s", desk.err.text, desk.err.log);
}

static void
pay(void)
{
    must(desk_act(&desk, JUMA, "receipt verify", desk_receipt(&desk, policy, "619500"), NONE));
}

Test(renewal, a_case_opens_by_itself_when_a_term_starts_and_belongs_to_who_sold_it)
{
    cr_expect_str_eq(cases(), "open");
    cr_expect_str_eq(
        desk_words(&desk, "select r.due_date || ' ' || u.login from app.renewal r join app.user_account u"
                          " on u.id = r.assigned_to and u.tenant_id = r.tenant_id where r.tenant_id = $t"),
        "2027-02-28 amina");
    desk_vehicle(&desk, desk_customer(&desk, "Juma Mkwawa", "0713 000 111"), "T900AAA");
    desk_issue(&desk, "T900AAA", NONE);
    cr_expect_str_eq(cases(), "open", "what is not paid yet has nothing to renew");
}

Test(renewal, renewing_the_policy_closes_the_case_and_paying_opens_the_next)
{
    must(desk_act(&desk, AMINA, "policy renew", policy, NONE));
    cr_expect_str_eq(cases(), "renewed unpaid");
    pay();
    cr_expect_str_eq(cases(), "renewed, open");
    cr_expect_eq(desk_number(&desk,
                             "select count(*) from app.renewal r join app.term t on t.id = r.renewed_term_id"
                             " and t.tenant_id = r.tenant_id and t.seq = 2 where r.tenant_id = $t"),
                 1);
}

Test(renewal, renewing_from_the_case_renews_the_policy_once)
{
    must(act(AMINA, "renew", NONE));
    cr_expect_str_eq(cases(), "renewed unpaid");
    cr_expect_str_eq(desk_state(&desk, policy, 2), "awaiting payment");
    cr_expect_eq(act(AMINA, "renew", NONE), RC_REFUSED);
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.term where tenant_id = $t"), 2);
}

Test(renewal, what_is_refused_to_the_policy_is_refused_to_the_case_with_the_same_words)
{
    desk_set_today(&desk, "2026-06-01");
    cr_expect_eq(desk_act(&desk, AMINA, "policy renew", policy, NONE), RC_REFUSED);
    const char *said = str_dup(&desk.arena, str_from(desk.err.text)).p;
    cr_expect_eq(act(AMINA, "renew", NONE), RC_REFUSED);
    cr_expect_str_eq(desk.err.text, said);
    cr_expect_str_eq(cases(), "open");
}

Test(renewal, a_renewal_that_is_voided_opens_the_case_where_it_stood)
{
    must(act(AMINA, "promise", F("on=2027-02-25", "note=pays on Thursday")));
    must(act(AMINA, "renew", NONE));
    cr_expect_str_eq(cases(), "renewed unpaid");
    desk.reason = "changed his mind";
    must(desk_act(&desk, AMINA, "policy void", policy, NONE));
    cr_expect_str_eq(cases(), "promised");
    must(act(AMINA, "renew", NONE));
    pay();
    cr_expect_str_eq(cases(), "renewed, open");
}

Test(renewal, a_policy_that_is_cancelled_discontinues_its_case_with_the_reason)
{
    desk.reason = "vehicle burnt out";
    must(desk_act(&desk, NEEMA, "policy cancel", policy, NONE));
    cr_expect_str_eq(cases(), "discontinued");
    cr_expect_str_eq(desk_words(&desk, "select reason from app.renewal where tenant_id = $t"),
                     "vehicle burnt out");
}

Test(renewal, a_case_is_followed_up_from_open_to_lost_and_taken_up_again)
{
    must(act(AMINA, "contact", F("again_on=2027-02-22", "note=call after lunch")));
    cr_expect_str_eq(cases(), "contacted");
    must(act(AMINA, "promise", F("on=2027-02-26")));
    cr_expect_str_eq(cases(), "promised");
    cr_expect_str_eq(desk_words(&desk,
                                "select contact_on || ' ' || promised_on || ' ' || note from app.renewal"
                                " where tenant_id = $t"),
                     "2027-02-26 2027-02-26 call after lunch");
    must(act(AMINA, "contact", F("again_on=2027-02-27")));
    cr_expect_str_eq(cases(), "contacted", "a promise that is taken back");
    cr_expect_eq(act(AMINA, "lose", NONE), RC_BAD_PARAMS, "not without saying why");
    must(act(AMINA, "lose", F("outcome=competitor", "note=half the price")));
    cr_expect_str_eq(cases(), "lost");
    cr_expect_eq(act(AMINA, "contact", NONE), RC_REFUSED);
    must(act(AMINA, "reopen", NONE));
    cr_expect_str_eq(cases(), "open");
    cr_expect_eq(act(AMINA, "discontinue", NONE), RC_BAD_PARAMS, "not without a reason");
    desk.reason = "too many losses";
    must(act(NEEMA, "discontinue", NONE));
    cr_expect_str_eq(cases(), "discontinued");
    cr_expect_eq(
        desk_number(&desk, "select count(*) from app.history where tenant_id = $t and tbl = 'renewal'"), 7,
        "every step is kept");
}

Test(renewal, who_was_lost_comes_back_and_the_case_is_renewed_after_all)
{
    must(act(AMINA, "lose", F("outcome=price")));
    must(act(AMINA, "renew", NONE));
    cr_expect_str_eq(cases(), "renewed unpaid");
    cr_expect_eq(
        desk_number(&desk, "select count(*) from app.renewal where tenant_id = $t and outcome is null"), 1);
}

Test(renewal, a_case_of_a_term_that_was_followed_by_another_renews_nothing)
{
    must(act(AMINA, "lose", F("outcome=price")));
    must(desk_act(&desk, AMINA, "policy renew", policy, NONE));
    pay();
    desk_run(&desk, "set session_replication_role = replica");
    desk_run(&desk,
             "update app.renewal set state = 5, outcome = 1, renewed_term_id = null where tenant_id = $t"
             " and due_date = '2027-02-28'");
    desk_run(&desk, "set session_replication_role = origin");
    cr_expect_eq(act(AMINA, "renew", NONE), RC_REFUSED);
    cr_expect_not_null(strstr(desk.err.text, "2028-02-29"), "%s", desk.err.text);
}

Test(renewal, days_to_come_back_lie_ahead_and_are_named)
{
    cr_expect_eq(act(AMINA, "contact", F("again_on=2027-02-19")), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "again_on");
    cr_expect_eq(act(AMINA, "promise", F("on=2029-01-01")), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "on");
    int64_t id = desk_number(&desk, "select id from app.renewal where tenant_id = $t");
    cr_expect_eq(desk_set(&desk, AMINA, "renewal", id, F("contact_on=2027-02-19")), RC_REFUSED);
    must(desk_set(&desk, AMINA, "renewal", id, F("contact_on=2027-02-21", "assigned_to=neema")));
    desk_run(&desk, "update app.user_account set is_active = false where tenant_id = $t and login = 'juma'");
    cr_expect_eq(desk_set(&desk, AMINA, "renewal", id, F("assigned_to=juma")), RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "assigned_to");
}

/* ------------------------------------------------------------------ many at once */

/* In a process of its own, by the case or by the policy: 0 done, 1 refused, 2 anything else. */
static int
renew_alone(int i)
{
    desk.pg = pg_new(getenv("BIMA_TEST_DB"), "bima_worker");
    enum rc rc = RC_RETRY;
    for (int n = 0; n < TRIES && rc == RC_RETRY; n++)
        rc = i % 2 ? act(AMINA, "renew", NONE) : desk_act(&desk, NEEMA, "policy renew", policy, NONE);
    pg_free(desk.pg);
    return rc == RC_OK ? 0 : rc == RC_REFUSED ? 1 : 2;
}

Test(renewal, of_many_who_renew_at_once_by_case_and_by_policy_one_does)
{
    int done = 0, refused = 0;
    for (int i = 0; i < CLIENTS; i++)
        if (fork() == 0)
            _exit(renew_alone(i));
    for (int i = 0; i < CLIENTS; i++) {
        int status = 0;
        cr_assert_gt(wait(&status), 0);
        done += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        refused += WIFEXITED(status) && WEXITSTATUS(status) == 1;
    }
    cr_expect_eq(done, 1);
    cr_expect_eq(refused, CLIENTS - 1);
    cr_expect_str_eq(cases(), "renewed unpaid");
    cr_expect_eq(desk_number(&desk, "select count(*) from app.term where tenant_id = $t"), 2);
}

/* ------------------------------------------------------------------ against the database itself */

/* As a worker that lies: what it says of the company's only case. "": it was let. */
static const char *
attack(const char *set)
{
    struct pg *pg = pg_new(getenv("BIMA_TEST_DB"), "bima_worker");
    struct pg_rows rows[2];
    const struct pg_stmt stmts[] = {
        {str_printf(&desk.arena,
         "select set_config('app.tenant_id', '%d', true), set_config('app.scope', '', true)", desk.tenant)
             .p,
         NULL,                                                                                                      0},
        {str_printf(&desk.arena, "update app.renewal set %s",                                 set).p,         NULL, 0},
    };
    struct err err = {0};
    enum rc rc = pg_run(pg, &desk.arena, stmts, 2, rows, &err);
    pg_free(pg);
    return rc == RC_OK ? "" : str_dup(&desk.arena, str_from(err.log[0] ? err.log : err.text)).p;
}

Test(renewal, no_worker_can_say_that_a_case_was_renewed_or_move_it_to_another_term)
{
    static const char *const lies[] = {
        "state = 4, closed_at = now()",
        "renewed_term_id = term_id",
        "unpaid = true",
        "term_id = term_id",
        "due_date = due_date + 1",
        "state = 5, closed_at = now()",
        "state = 6, closed_at = now()",
        "state = 3",
        "state = 2, closed_at = now()",
    };
    for (size_t i = 0; i < COUNTOF(lies); i++)
        cr_expect_str_neq(attack(lies[i]), "", "%s", lies[i]);
    must(act(AMINA, "renew", NONE));
    cr_expect_str_neq(attack("state = 1, closed_at = null"), "", "while its renewal stands");
    cr_expect_str_eq(cases(), "renewed unpaid");
}
