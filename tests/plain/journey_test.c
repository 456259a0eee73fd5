#include <criterion/criterion.h>
#include <string.h>

#include "tests/plain/harness.h"

/* New business: vehicle, customer, policy, payment; one line an answer. */
#define VEHICLE "T 999 XYZ\ncar\nNissan Note\n2012\n"
#define CUSTOMER "ind\n0655 010 203\nRehema Ally\n\n"
#define POLICY "compr\n15m\n\n\n"
#define PAYMENT "\n\n"

Test(journey, new_business_from_plate_to_certificate)
{
    int status;
    const char *said =
        talk_script("new business\n" VEHICLE CUSTOMER POLICY PAYMENT "\n1\n1\n\nquit\n", &status);
    expect_transcript(said, "new_business");
    cr_assert_eq(status, 0);
}

Test(journey, a_known_plate_brings_vehicle_and_owner)
{
    int status;
    const char *said = talk_script("new business t337dse\n" POLICY PAYMENT "\nquit\n", &status);
    expect_transcript(said, "new_business_known");
    cr_assert_eq(status, 0);
}

Test(journey, another_plate_asks_for_everything_again)
{
    int status;
    const char *said =
        talk_script("new business t337dse\n> plate\n" VEHICLE CUSTOMER POLICY "-\n\n\nquit\n", &status);
    expect_transcript(said, "new_business_another");
    cr_assert_eq(status, 0);
}

Test(journey, a_phone_that_is_known_brings_the_customer)
{
    int status;
    const char *said = talk_script("sell\n" VEHICLE "ind\n0712345678\n" POLICY PAYMENT "\nquit\n", &status);
    expect_transcript(said, "new_business_phone");
    cr_assert_eq(status, 0);
}

Test(journey, a_look_alike_of_the_customer_can_be_gone_on_with)
{
    struct talk *t = talk_start(&(struct talk_options){.pipes = false});
    talk_see(t, "Home: ");
    talk_do(t, "sell\n" VEHICLE "ind", "Phone (required): ");
    talk_server(t)->fail_next = RC_NOT_FOUND; /* as if its phone were kept in another spelling */
    talk_do(t, "0712345678", "Note: Phone: also the phone of Salma Ibrahim.");
    talk_do(t, "Salma I.", "ID number: ");
    talk_do(t, "> product", "Product (required): ");
    talk_do(t, "compr\n15m", "To pay: 619,500");
    talk_see(t, "Starts [2026-03-02]: ");
    talk_do(t, "!", "2 Go on with Salma Ibrahim\n3 Save it all the same, with a reason\n");
    talk_see(t, "What now? Number: ");
    talk_do(t, "2", "On record: Customer Salma Ibrahim");
    talk_see(t, ": ");
    talk_do(t, "!", "Saved.");
    talk_see(t, "Holder Salma Ibrahim");
    talk_see(t, "What next?");
    talk_do(t, "quit", "quit");
    cr_assert_eq(talk_end(t), 0);
    cr_assert_eq(talk_server(t)->saves, 1);
    talk_stop(t);
}

Test(journey, a_refused_step_is_asked_again_where_it_is_wrong)
{
    int status;
    const char *said = talk_script("sell\n" VEHICLE CUSTOMER POLICY "100\n!\n619500\n!\n\nquit\n", &status);
    expect_transcript(said, "new_business_short");
    cr_assert_eq(status, 0);
}

Test(journey, a_vehicle_that_is_covered_is_told_before_the_save)
{
    int status;
    const char *said = talk_script("sell t812bqa\ncompr\n15m\n!\n..\nyes\nquit\n", &status);
    expect_transcript(said, "new_business_covered");
    cr_assert_eq(status, 65);
}

Test(journey, several_renewals_are_heard_before_they_are_done)
{
    int status;
    const char *said = talk_script("policies\n9 1,2\nno\n9 1,3\nyes\n9 1-3\n\nback\nquit\n", &status);
    expect_transcript(said, "renewals");
    cr_assert_eq(status, 0);
}

Test(journey, a_renewal_from_the_alerts_of_home)
{
    int status;
    const char *said = talk_script("9 3\n6\n!\nalerts\nit\n7\n\n\n\n\n\nquit\n", &status);
    expect_transcript(said, "renewal");
    cr_assert_eq(status, 0);
}
