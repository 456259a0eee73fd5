#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/plain/harness.h"

static struct talk *
at_home(void)
{
    struct talk *t = talk_start(&(struct talk_options){.pipes = false});
    talk_see(t, "Home: ");
    return t;
}

static void
leave(struct talk *t)
{
    talk_do(t, "quit", "quit");
    cr_assert_eq(talk_end(t), 0);
    talk_stop(t);
}

Test(forms, signs_explain_go_back_and_show_all)
{
    int status;
    expect_transcript(talk_script("new customer\n?\n2\n??\n?\n<\n\nSalma\n<\n.\n-\nHamisi Juma\n0700 111 "
                                  "222\n> born\n?\n14/2/90\n>city\n"
                                  "Ilala\nSome note\n.\n!\nit\nquit\n",
                                  &status),
                      "signs");
    cr_assert_eq(status, 0);
}

Test(forms, what_must_be_there_is_asked_until_it_is)
{
    struct talk *t = at_home();
    talk_do(t, "new customer", "Kind [individual]: ");
    talk_do(t, "", "Name (required): ");
    talk_do(t, "", "Name is required");
    talk_do(t, "!", "Not saved yet: Name is required.");
    talk_do(t, "Hamisi", "Phone (required): ");
    talk_do(t, "!", "Phone is required.");
    talk_do(t, "0700 111 222", "ID number: ");
    talk_do(t, "!", "Saved: Customer Hamisi.");
    cr_assert_eq(talk_server(t)->saves, 1);
    leave(t);
}

Test(forms, a_wrong_value_is_asked_again_and_the_right_one_is_said_back)
{
    struct talk *t = at_home();
    talk_do(t, "new receipt", "Policy (required): ");
    talk_do(t, "zzz", "nothing is called zzz");
    talk_see(t, "Policy (required): ");
    talk_do(t, "kk26001902", "Policy: KK/26/001902");
    talk_do(t, "lots", "Amount must be an amount");
    talk_see(t, "Amount (required): ");
    talk_do(t, "61k", "Amount: 61,000");
    talk_do(t, "bitcoin", "Method must be one of cash or mobile.");
    talk_see(t, "Method [cash]: ");
    talk_do(t, "mob", "Method: mobile money");
    talk_do(t, "..", "This is not saved. Drop it? yes or no: ");
    talk_do(t, "no", "Reference: ");
    talk_do(t, "..", "Drop it?");
    talk_do(t, "yes", "Left. Nothing was saved.");
    leave(t);
}

Test(forms, a_refusal_names_the_field_and_asks_it_again)
{
    struct talk *t = at_home();
    talk_do(t, "new customer", "Kind [individual]: ");
    talk_do(t, "", "Name (required): ");
    talk_do(t, "Hamisi", "Phone (required): ");
    talk_do(t, "12", "ID number: ");
    talk_server(t)->fail_next = RC_REFUSED;
    talk_server(t)->fail_field = "phone";
    talk_server(t)->fail_text = "phone must have nine digits";
    talk_do(t, "!", "Not done. Phone must have nine digits.");
    talk_see(t, "Phone [12]: ");
    talk_do(t, "0700 111 222", "ID number: ");
    talk_do(t, "!", "Saved: Customer Hamisi.");
    leave(t);
}

Test(forms, a_look_alike_is_a_choice)
{
    struct talk *t = at_home();
    talk_do(t, "new customer", "Kind [individual]: ");
    talk_do(t, "", "Name (required): ");
    talk_do(t, "Somebody", "Phone (required): ");
    talk_do(t, "0712 345 678", "Note: Phone: also the phone of Salma Ibrahim. Customer Salma Ibrahim.");
    talk_do(t, "!", "1 Look at Salma Ibrahim");
    talk_see(t, "What now? Number: ");
    talk_do(t, "1", "Customer Salma Ibrahim: ");
    talk_do(t, "", "2 Save it all the same, with a reason");
    talk_do(t, "2", "Why is it another one? Kept in the history: ");
    talk_do(t, "her brother", "Saved: Customer Somebody.");
    cr_assert_eq(talk_server(t)->saves, 1);
    leave(t);
}

Test(forms, going_back_from_a_look_alike_keeps_what_was_typed)
{
    struct talk *t = at_home();
    talk_do(t, "new customer", "Kind [individual]: ");
    talk_do(t, "", "Name (required): ");
    talk_do(t, "Somebody", "Phone (required): ");
    talk_do(t, "0712 345 678", "ID number: ");
    talk_do(t, "!", "What now? Number: ");
    talk_do(t, "", "Phone [0712 345 678]: ");
    talk_do(t, "0700 999 999", "ID number: ");
    talk_do(t, "!", "Saved: Customer Somebody.");
    leave(t);
}

Test(forms, a_conflict_is_settled_field_by_field)
{
    struct talk *t = at_home();
    talk_do(t, "salma", "Customer Salma Ibrahim: ");
    talk_do(t, "change phone", "Phone [0712 345 678]: ");
    talk_do(t, "0700 000 001", "ID number: ");
    talk_do(t, "> city", "City [Kariakoo]: ");
    talk_do(t, "Ilala", "Note: ");
    struct fake_record *r = fake_find(talk_server(t), FAKE_CUSTOMER, STR("0712 345 678"));
    r->values[3] = VALUE_TEXT(STR("0700 000 002"));
    r->values[6] = VALUE_TEXT(STR("Temeke"));
    r->version++;
    talk_do(t, "!", "Someone else changed this record");
    talk_see(t, "1 yours, 0700 000 001\n2 theirs, 0700 000 002\n");
    talk_do(t, "1", "2 theirs, Temeke");
    talk_do(t, "2", "Saved: Customer Salma Ibrahim.");
    cr_assert(str_eq_c(r->values[3].text, "0700 000 001"));
    cr_assert(str_eq_c(r->values[6].text, "Temeke"));
    leave(t);
}

Test(forms, an_action_with_a_reason_asks_for_it)
{
    struct talk *t = at_home();
    talk_do(t, "kk26001902", "Policy KK/26/001902: ");
    talk_do(t, "cancel", "Reason (required): ");
    talk_do(t, "sold the car", "Save? Enter or ! saves, < goes back: ");
    talk_do(t, "", "Cancel: Policy KK/26/001902, expired.");
    leave(t);
}

Test(forms, one_option_runs_on_many_rows)
{
    struct talk *t = at_home();
    talk_do(t, "policies", "Policies: ");
    talk_do(t, "4 2,3,1", "Cancel: Policy KK/26/001902.");
    talk_do(t, "sold", "Save? ");
    talk_do(t, "!", "Cancel: Policy KK/26/001902, expired");
    talk_see(t, "Cancel: Policy KK/26/001977.");
    talk_do(t, "..", "Stopped at row 3; the rows after it are as they were.");
    cr_assert_eq(talk_server(t)->saves, 1);
    talk_do(t, "9 7", "rows are from 1 to 3");
    leave(t);
}

Test(forms, given_values_stand_in_the_brackets)
{
    struct talk *t = at_home();
    talk_do(t, "customer add name='Al Hilal' phone='0700 5' kind=comp", "Kind [company]: ");
    talk_do(t, "!", "Saved: Customer Al Hilal.");
    talk_do(t, "customer set 07005 city=Ilala", "Kind [company]: ");
    talk_do(t, "!", "Saved: Customer Al Hilal.");
    leave(t);
}

Test(forms, ditto_takes_the_field_of_the_last_record)
{
    struct talk *t = at_home();
    talk_do(t, "customer add name=A phone=0700111 city=Ilala", "Kind [individual]: ");
    talk_do(t, "!", "Saved: Customer A.");
    talk_do(t, "customer add name=B phone=0700222", "Kind [individual]: ");
    talk_do(t, "> city", "City: ");
    talk_do(t, "\"", "City: Ilala");
    talk_do(t, "!", "Saved: Customer B.");
    leave(t);
}

Test(forms, ctrl_c_leaves_one_level_and_never_loses_a_form_unasked)
{
    struct talk *t = at_home();
    talk_do(t, "new customer", "Kind [individual]: ");
    talk_do(t, "", "Name (required): ");
    talk_do(t, "Somebody", "Phone (required): ");
    talk_break(t);
    talk_see(t, "Drop it? yes or no: ");
    talk_do(t, "no", "Phone (required): ");
    talk_break(t);
    talk_see(t, "Drop it? yes or no: ");
    talk_do(t, "yes", "Home: ");
    talk_break(t);
    talk_see(t, "quit leaves.");
    leave(t);
}

Test(forms, a_save_given_up_is_sent_again_under_the_same_key)
{
    struct talk *t = at_home();
    unsigned char first[IDEM_BYTES];
    talk_do(t, "policy renew KK/26/001902", "Months [12]: ");
    talk_server(t)->hold = true;
    size_t before = talk_server(t)->saves;
    talk_type(t, "!");
    while (talk_server(t)->saves == before)
        talk_turn(t);
    memcpy(first, talk_server(t)->idem, sizeof first);
    talk_break(t);
    talk_see(t, "Enter sends it again, once at most; < goes back: ");
    talk_server(t)->hold = false;
    talk_server(t)->nheld = 0;
    talk_do(t, "", "Renew: Policy KK/26/001902, awaiting payment");
    cr_assert(memcmp(first, talk_server(t)->idem, sizeof first) == 0);
    leave(t);
}

Test(forms, lines_typed_ahead_are_dropped_when_something_unexpected_comes)
{
    struct talk *t = at_home();
    talk_do(t, "new customer\n\nHamisi\n0700 111", "ID number: ");
    talk_do(t, "> born", "Born: ");
    talk_do(t, "31/2\nIlala\nA note\n!", "3 lines typed ahead were dropped.");
    talk_see(t, "Born: ");
    cr_assert_eq(talk_server(t)->saves, 0);
    talk_do(t, "..", "Drop it?");
    talk_do(t, "yes", "Home: ");
    leave(t);
}

Test(forms, an_input_that_ends_saves_nothing)
{
    int status;
    const char *said = talk_script("new customer\n\nHamisi\n", &status);
    cr_assert(strstr(said, "The input ended before this was saved. Nothing was saved."), "%s", said);
    cr_assert_eq(status, 64);
}

Test(forms, a_script_ends_with_the_status_of_what_it_tried_last)
{
    int status;
    talk_script("customer show 0799999999\nquit\n", &status);
    cr_assert_eq(status, 66);
    talk_script("nonsense nowhere\ncustomers\nquit\n", &status);
    cr_assert_eq(status, 0);
    talk_script("policy dance\nquit\n", &status);
    cr_assert_eq(status, 64);
}

Test(people, an_account_is_set_up_step_by_step)
{
    struct talk *t = talk_start(&(struct talk_options){.as = "limited"});
    talk_see(t, "Choose a password that only you know.");
    talk_see(t, "New password (required): ");
    talk_do(t, "correct horse", "New password once more: ");
    talk_do(t, "correct mare", "The two are not the same.");
    talk_see(t, "New password (required): ");
    talk_do(t, "correct horse", "New password once more: ");
    talk_do(t, "correct horse", "Save? Enter or ! saves, < goes back: ");
    talk_do(t, "", "(a picture to scan is left out)");
    talk_see(t, "Take this into an authenticator");
    talk_see(t, "Code (required): ");
    talk_do(t, "111111", "Save?");
    talk_do(t, "", "the code is wrong");
    talk_see(t, "Code [111111]: ");
    talk_do(t, "123456", "Save?");
    talk_do(t, "", "AAAA-BBBB-CCCC");
    talk_see(t, "Your account is set up.");
    talk_see(t, "Home: ");
    cr_assert(!talk_has(t, "correct"), "a password was shown:\n%s", talk_said(t));
    leave(t);
}

Test(people, a_step_that_is_left_can_be_gone_on_with)
{
    struct talk *t = talk_start(&(struct talk_options){.as = "limited"});
    talk_see(t, "New password (required): ");
    talk_do(t, "..", "Enter goes on, quit leaves: ");
    talk_do(t, "", "New password (required): ");
    talk_do(t, "..", "Enter goes on, quit leaves: ");
    talk_type(t, "quit");
    cr_assert_eq(talk_end(t), 0);
    talk_stop(t);
}

Test(people, a_company_asks_to_join)
{
    struct talk *t = talk_start(&(struct talk_options){.as = "register"});
    talk_see(t, "Here a company asks to work with this service");
    talk_see(t, "Company (required): ");
    talk_stop(t);
}

Test(people, the_platform_has_a_home_of_its_own)
{
    struct talk *t = talk_start(&(struct talk_options){.as = "super"});
    talk_see(t, "Home. Platform");
    talk_see(t, "1 Requests: 1");
    talk_see(t, "Home: ");
    cr_assert(!talk_has(t, "Running out"), "%s", talk_said(t));
    talk_do(t, "companies", "1 SIMBA; Simba Insurance");
    leave(t);
}

Test(people, a_session_that_is_over_ends_with_its_reason)
{
    struct talk *t = at_home();
    fake_goaway(talk_server(t), "Your account was disabled.");
    talk_do(t, "customers", "Your account was disabled.");
    cr_assert_eq(talk_end_unasked(t), 77);
    talk_stop(t);
}

Test(people, a_line_that_breaks_ends_with_its_status)
{
    struct talk *t = at_home();
    talk_cut(t);
    talk_do(t, "customers", "Not done. ");
    cr_assert_eq(talk_end_unasked(t), 69);
    talk_stop(t);
}
