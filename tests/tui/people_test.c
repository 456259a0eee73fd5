#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <string.h>

#include "tests/tui/harness.h"

/* Who is signed in: what a person is shown, sets up, and is told when the session ends. */
static struct screen *
screen_as(const char *as)
{
    return screen_start(&(struct screen_options){.rows = 24, .cols = 80, .as = as});
}

static void
screen_of_is(const char *as, const char *keys, const char *name)
{
    struct screen *s = screen_as(as);
    screen_type(s, keys);
    expect_golden(s, name);
    screen_stop(s);
}

/* ---- only what may be done ---- */

Test(may, a_viewer_is_offered_nothing_that_changes)
{
    struct screen *s = screen_as("viewer");
    EXPECT_NO_TEXT(s, "New business");
    screen_type(s, F2 "new");
    EXPECT_NO_TEXT(s, "New customer");
    EXPECT_NO_TEXT(s, "New business");
    screen_type(s, ESC "="
                       "customers" ENTER);
    EXPECT_NO_TEXT(s, "F6");
    EXPECT_NO_TEXT(s, "2=Change");
    EXPECT_NO_TEXT(s, "7=New");
    screen_type(s, "2" ENTER);
    EXPECT_TEXT(s, "There is no option 2 here.");
    screen_type(s, F3 "001902" ENTER);
    EXPECT_NO_TEXT(s, "9=Renew");
    EXPECT_NO_TEXT(s, "F6");
    screen_type(s, "9");
    EXPECT_TEXT(s, "Not used here");
    screen_stop(s);
}

Test(may, new_business_by_its_key_is_refused_to_who_may_not_sell)
{
    struct screen *s = screen_as("viewer");
    screen_type(s, F6);
    EXPECT_TEXT(s, "New business is not open to you.");
    screen_stop(s);
}

Test(may, a_manager_sees_users_audit_and_the_own_account)
{
    struct screen *s = screen_as("manager");
    screen_type(s, F2 "my acc");
    EXPECT_TEXT(s, "My account");
    EXPECT_TEXT(s, "My account: Change password");
    screen_type(s, ESC "=" F2 "users");
    EXPECT_TEXT(s, "Users");
    screen_stop(s);
}

Test(may, a_limited_session_sees_no_lists)
{
    struct screen *s = screen_as("limited");
    screen_type(s, F12 F2);
    EXPECT_NO_TEXT(s, "Customers");
    EXPECT_NO_TEXT(s, "New business");
    EXPECT_TEXT(s, "My account");
    screen_stop(s);
}

/* ---- the own account ---- */

Test(account, is_one_record_with_its_actions)
{
    screen_of_is("manager", "my account" ENTER, "account");
}

Test(account, a_new_password_is_typed_twice_and_never_shown)
{
    screen_of_is("manager",
                 "my account" ENTER "4"
                 "old secret" ENTER "correct horse" ENTER "correct",
                 "account_password");
}

Test(account, two_different_passwords_are_not_sent)
{
    struct screen *s = screen_as("manager");
    screen_type(s, "my account" ENTER "4" ENTER "correct horse" ENTER "correct house" ENTER);
    EXPECT_TEXT(s, "The two are not the same.");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_type(s, "correct horse" ENTER "correct horse" ENTER);
    cr_assert_eq(screen_server(s)->saves, 1);
    EXPECT_TEXT(s, "Change password");
    screen_stop(s);
}

Test(account, what_the_service_refuses_stands_on_the_field)
{
    struct screen *s = screen_as("manager");
    screen_type(s, "my account" ENTER "4" ENTER "short" ENTER "short" ENTER);
    EXPECT_TEXT(s, "at least 10 characters");
    screen_stop(s);
}

/* ---- what is shown once ---- */

Test(files, a_token_is_shown_and_gone_when_left)
{
    struct screen *s = screen_as("manager");
    screen_type(s, "users" ENTER "8" ENTER);
    EXPECT_TEXT(s, "KXTR-9F2M-PPQ7");
    screen_type(s, F12);
    EXPECT_NO_TEXT(s, "KXTR");
    EXPECT_TEXT(s, "Juma Hamisi");
    screen_type(s, F2 "kxtr");
    EXPECT_TEXT(s, "no command has these words");
    screen_stop(s);
}

Test(files, a_code_to_scan_is_whole_at_80_by_24)
{
    screen_of_is("manager", "my account" ENTER "6", "factor");
}

Test(files, a_code_that_does_not_fit_says_so)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 18, .cols = 80, .as = "manager"});
    screen_type(s, "my account" ENTER "6");
    EXPECT_TEXT(s, "make the window larger");
    screen_stop(s);
}

/* ---- setting up ---- */

Test(setup, goes_step_by_step_and_ends_at_home)
{
    struct screen *s = screen_as("limited");
    EXPECT_TEXT(s, "New password");
    EXPECT_NO_TEXT(s, "Present password");
    screen_type(s, "correct horse" ENTER "correct horse" ENTER);
    EXPECT_TEXT(s, "Take this into an authenticator");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "Confirm factor");
    screen_type(s, "111111" ENTER);
    EXPECT_TEXT(s, "the code is wrong");
    screen_type(s, "123456" ENTER);
    EXPECT_TEXT(s, "AAAA-BBBB-CCCC");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "find or do");
    EXPECT_TEXT(s, "Your account is set up.");
    screen_type(s, "customers" ENTER);
    EXPECT_TEXT(s, "Salma Ibrahim");
    screen_stop(s);
}

Test(setup, says_what_is_to_do_when_a_step_is_left)
{
    screen_of_is("limited", F12, "setup");
}

Test(setup, another_code_to_scan_can_be_had)
{
    struct screen *s = screen_as("limited");
    screen_type(s, "correct horse" ENTER "correct horse" ENTER);
    screen_type(s, ENTER F12);
    EXPECT_TEXT(s, "n makes a new QR code");
    screen_type(s, "n");
    EXPECT_TEXT(s, "Take this into an authenticator");
    screen_stop(s);
}

/* ---- the end of a session ---- */

Test(session, a_sentence_of_the_service_stands_over_the_form_that_is_open)
{
    struct screen *s = screen_start(&(struct screen_options){.env = "BIMA_TEST_STATE=/nonexistent"});
    screen_type(s, "new customer" ENTER ENTER "Rehema");
    fake_goaway(screen_server(s), "Simba Insurance is suspended: ask the people who run the service.");
    screen_cut(s);
    expect_golden(s, "session_over");
    screen_stop(s);
}

Test(session, a_program_the_service_started_asks_nobody_to_sign_in_when_it_is_sent_away)
{
    struct screen *s = screen_home();
    fake_goaway(screen_server(s), "Simba Insurance is suspended: ask the people who run the service.");
    cr_assert_eq(screen_wait_end(s), rc_exit(RC_UNAUTHENTICATED));
    EXPECT_NO_TEXT(s, "sign in");
    screen_stop(s);
}

/* ---- the platform ---- */

Test(platform, home_is_not_a_companys)
{
    struct screen *s = screen_as("super");
    expect_golden(s, "platform_home");
    screen_stop(s);
}

static void
platform_is_told(int rows, int cols)
{
    static const char *const walk[] = {"companies" ENTER,
                                       ENTER,
                                       F3 "company requests" ENTER,
                                       ENTER,
                                       F12 F12 "audit" ENTER,
                                       F2,
                                       F12 F1,
                                       F12 F3 "my account" ENTER};
    struct screen *s = screen_start(&(struct screen_options){.rows = rows, .cols = cols, .as = "super"});
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        screen_type(s, walk[i]);
        cr_assert(strstr(screen_line(s, 0), "PLATFORM"), "step %zu:\n%s", i, screen_text(s));
    }
    screen_stop(s);
}

Test(platform, says_so_on_every_screen)
{
    platform_is_told(24, 80);
}
Test(platform, says_so_on_the_smallest_screen)
{
    platform_is_told(10, 40);
}

Test(platform, finds_nothing_of_companies)
{
    struct screen *s = screen_as("super");
    size_t before = screen_server(s)->requests;
    screen_type(s, "t337dse" ENTER);
    EXPECT_TEXT(s, "There is no t337dse here.");
    cr_assert_eq(screen_server(s)->requests, before);
    screen_stop(s);
}

Test(platform, a_request_is_rejected_with_a_reason)
{
    struct screen *s = screen_as("super");
    screen_type(s, "1" ENTER);
    EXPECT_TEXT(s, "Ndovu Cover");
    screen_type(s, "4" ENTER);
    EXPECT_TEXT(s, "Reason");
    screen_stop(s);
}

Test(platform, a_regulator_asks_without_a_record)
{
    struct screen *s = screen_as("regulator");
    expect_golden(s, "regulator_home");
    screen_type(s, F2 "insured" ENTER "t 337 dse" ENTER ENTER);
    expect_golden(s, "regulator_answer");
    screen_type(s, RIGHT);
    EXPECT_TEXT(s, "C/KK/26/000001");
    screen_type(s, LEFT);
    EXPECT_TEXT(s, "SIMBA  Simba Insurance");
    screen_type(s, F12 "compliance" ENTER F4);
    EXPECT_TEXT(s, "Was it insured?");
    screen_stop(s);
}

/* ---- audit ---- */

Test(audit, is_filtered_by_what_is_picked)
{
    struct screen *s = screen_as("manager");
    screen_type(s, "audit" ENTER F4 "kind" ENTER ENTER "ref" ENTER);
    EXPECT_TEXT(s, "policy cancel");
    EXPECT_NO_TEXT(s, "customer add");
    expect_golden(s, "audit_refusals");
    screen_stop(s);
}

Test(audit, is_filtered_by_days)
{
    struct screen *s = screen_as("manager");
    screen_type(s, "audit" ENTER "/at=2026-02-21" ENTER);
    EXPECT_TEXT(s, "policy cancel");
    EXPECT_NO_TEXT(s, "sign in ");
    EXPECT_NO_TEXT(s, "customer add");
    screen_type(s, "\025/at<=2026-02-21" ENTER);
    EXPECT_TEXT(s, "policy cancel");
    EXPECT_NO_TEXT(s, "customer add");
    screen_stop(s);
}

/* ---- registration ---- */

Test(join, is_one_form_and_nothing_else)
{
    struct screen *s = screen_as("register");
    expect_golden(s, "join_form");
    screen_type(s, "Ndovu Cover" ENTER "0712 000 000" ENTER "ndovu.co.tz" ENTER);
    expect_golden(s, "join_sent");
    screen_send(s, ENTER, strlen(ENTER));
    cr_assert_eq(screen_wait_end(s), 0);
    screen_stop(s);
}

/* ---- looks ---- */

Test(brand, the_companys_name_and_colour_stand_in_the_title)
{
    struct screen *s = screen_as("manager");
    cr_assert(strstr(screen_line(s, 0), "SIMBA › Kariakoo"), "%s", screen_text(s));
    size_t n;
    const char *raw = screen_raw(s, &n);
    cr_assert(memmem(raw, n, "\033[48;5;22m", 10), "the bar is green");
    screen_stop(s);
}
