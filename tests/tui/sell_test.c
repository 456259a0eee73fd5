#include <criterion/criterion.h>
#include <string.h>

#include "tests/tui/harness.h"

Test(sell, opens_with_what_was_typed_at_home)
{
    struct screen *s = screen_home();
    screen_type(s, "t999xyz" F6);
    expect_golden(s, "sell_empty");
    screen_stop(s);
}

/* Vehicle, customer, policy, payment: every field typed, Enter after each. */
#define VEHICLE "T 999 XYZ" ENTER "car" ENTER "Nissan Note" ENTER "2012" ENTER
#define CUSTOMER "0655 010 203" ENTER "Rehema Ally" ENTER ENTER
#define POLICY "compr" ENTER "15m" ENTER

Test(sell, prices_as_soon_as_all_is_there)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    expect_golden(s, "sell_priced");
    screen_stop(s);
}

Test(sell, saves_once_and_shows_what_came_of_it)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY ENTER);
    expect_golden(s, "sold");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(sell, a_known_plate_fills_in_vehicle_and_owner)
{
    struct screen *s = screen_home();
    screen_type(s, F6 "t337dse" ENTER);
    expect_golden(s, "sell_known");
    screen_stop(s);
}

Test(sell, a_known_phone_fills_in_the_customer)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "0712345678" ENTER);
    EXPECT_TEXT(s, "Customer, on record");
    EXPECT_TEXT(s, "Salma Ibrahim");
    screen_type(s, POLICY ENTER);
    EXPECT_TEXT(s, "waiting for verification");
    screen_stop(s);
}

Test(sell, another_plate_opens_the_fields_again)
{
    struct screen *s = screen_home();
    screen_type(s, F6 "t337dse" ENTER);
    screen_type(s, BACKTAB "T 999 XYZ" ENTER);
    EXPECT_NO_TEXT(s, "Vehicle, on record");
    EXPECT_NO_TEXT(s, "Toyota Corolla");
    screen_stop(s);
}

Test(sell, a_vehicle_that_is_covered_is_refused_while_typing)
{
    struct screen *s = screen_home();
    screen_type(s, F6 "T 812 BQA" ENTER);
    screen_type(s, POLICY);
    EXPECT_TEXT(s, "!! already covered by KK/26/001902");
    screen_type(s, F10);
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
}

Test(sell, without_an_amount_it_is_issued_and_waits_for_payment)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_type(s, "\025" F10);
    EXPECT_TEXT(s, "waiting for payment");
    screen_stop(s);
}

Test(sell, a_wrong_amount_goes_to_its_field_and_nothing_is_saved)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_type(s, "619,499" F10);
    EXPECT_TEXT(s, "619,500 is outstanding");
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert_eq(strncmp(screen_line(s, row), "> Amount", 8), 0);
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_type(s, "619500" F10);
    EXPECT_TEXT(s, "waiting for verification");
    screen_stop(s);
}

Test(sell, everything_typed_in_one_burst_is_one_business)
{
    static const char keys[] = F6 VEHICLE CUSTOMER POLICY ENTER "6";
    struct screen *s = screen_home();
    screen_send(s, keys, sizeof keys - 1);
    screen_idle(s);
    EXPECT_TEXT(s, "Done: the cover is in force");
    EXPECT_TEXT(s, "C/KK/26/000001");
    cr_assert_eq(screen_server(s)->saves, 2);
    screen_stop(s);
}

Test(sell, a_save_given_up_and_tried_again_has_the_same_key)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_server(s)->hold = true;
    screen_send(s, F10, strlen(F10));
    screen_waiting(s);
    unsigned char first[IDEM_BYTES];
    memcpy(first, screen_server(s)->idem, IDEM_BYTES);
    screen_type(s, "\003");
    EXPECT_TEXT(s, "It may have been saved all the same");
    screen_server(s)->nheld = 0;
    screen_server(s)->hold = false;
    screen_type(s, F10);
    cr_assert_eq(memcmp(first, screen_server(s)->idem, IDEM_BYTES), 0);
    screen_stop(s);
}

Test(sell, leaving_asks_first)
{
    struct screen *s = screen_home();
    screen_type(s, F6 "T 999 XYZ" ENTER F3);
    EXPECT_TEXT(s, "not saved yet");
    screen_stop(s);
}

/* ---- what is known is offered, and replaces nothing that was typed ---- */

Test(sell, a_phone_where_the_plate_is_asked_finds_the_customer_and_her_vehicle)
{
    struct screen *s = screen_home();
    screen_type(s, "0712345678" F6);
    EXPECT_TEXT(s, "Customer, on record");
    EXPECT_TEXT(s, "Salma Ibrahim");
    EXPECT_TEXT(s, "T 337 DSE is theirs. Ctrl-T takes it.");
    cr_assert_eq(strncmp(screen_line(s, 2), "> Plate", 7), 0);
    screen_type(s, "\024");
    EXPECT_TEXT(s, "Vehicle, on record");
    EXPECT_TEXT(s, "Toyota Corolla");
    screen_type(s, POLICY ENTER);
    EXPECT_TEXT(s, "waiting for verification");
    screen_stop(s);
}

Test(sell, a_known_phone_is_offered_beside_a_name_that_was_typed_and_one_key_takes_it)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "\t"
                              "S. Ibrahim" UP "0712345678" ENTER);
    EXPECT_TEXT(s, "Salma Ibrahim is on record. Ctrl-T takes it.");
    EXPECT_TEXT(s, "S. Ibrahim");
    EXPECT_NO_TEXT(s, "Customer, on record");
    screen_type(s, "\024");
    EXPECT_TEXT(s, "Customer, on record");
    EXPECT_NO_TEXT(s, "S. Ibrahim");
    screen_type(s, POLICY ENTER);
    EXPECT_TEXT(s, "Salma Ibrahim");
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(sell, what_is_offered_stands_in_a_list_too)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "\t"
                              "S. Ibrahim" UP "0712345678" ENTER UP F4);
    expect_golden(s, "sell_offered");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "Customer, on record");
    screen_stop(s);
}

Test(sell, what_was_taken_is_given_back_by_the_same_key)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "0712345678" ENTER);
    EXPECT_TEXT(s, "Customer, on record");
    screen_type(s, BACKTAB "\024");
    EXPECT_NO_TEXT(s, "Customer, on record");
    EXPECT_TEXT(s, "also the phone of Salma Ibrahim. Ctrl-T takes it.");
    screen_stop(s);
}

Test(sell, another_customer_of_the_same_phone_is_saved_with_a_reason_and_no_box)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "0712345678" ENTER);
    screen_type(s, BACKTAB "\024");
    EXPECT_TEXT(s, "Why another");
    screen_type(s, ENTER "Neema Ibrahim" ENTER ENTER);
    screen_type(s, "her sister" ENTER POLICY ENTER);
    EXPECT_TEXT(s, "Neema Ibrahim");
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(sell, a_save_that_has_to_be_confirmed_goes_on_where_the_reason_is_asked)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE "\t"
                              "Neema Ibrahim" UP "0712345678" ENTER);
    screen_type(s, ENTER ENTER POLICY);
    screen_type(s, F10);
    EXPECT_TEXT(s, "> Why another");
    EXPECT_TEXT(s, "also the phone of Salma Ibrahim");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_type(s, "her sister" F10);
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

/* ---- which fields are asked ---- */

Test(sell, every_field_is_shown_when_it_is_wanted)
{
    struct screen *s = screen_home();
    screen_type(s, F6);
    EXPECT_NO_TEXT(s, "City");
    screen_type(s, F11);
    EXPECT_TEXT(s, "City");
    EXPECT_TEXT(s, "Born");
    screen_type(s, F11);
    EXPECT_NO_TEXT(s, "City");
    screen_stop(s);
}

Test(sell, a_company_has_no_day_of_birth)
{
    struct screen *s = screen_home();
    screen_type(s, F6 F11 VEHICLE BACKTAB "\t");
    EXPECT_TEXT(s, "Born");
    screen_type(s, BACKTAB "company\t");
    EXPECT_NO_TEXT(s, "Born");
    screen_stop(s);
}

Test(sell, a_reference_is_asked_of_what_is_not_paid_in_cash)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    EXPECT_NO_TEXT(s, "Reference");
    screen_type(s, "\t"
                   "mobile" ENTER);
    EXPECT_TEXT(s, "> Reference");
    screen_stop(s);
}

/* ---- the price ---- */

Test(sell, the_price_follows_what_is_typed_without_moving_the_focus)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER "compr" ENTER "15m");
    EXPECT_TEXT(s, "619,500");
    EXPECT_TEXT(s, "> Sum insured . . 15m");
    screen_type(s, "\02520m");
    EXPECT_TEXT(s, "826,000");
    EXPECT_TEXT(s, "> Sum insured . . 20m");
    screen_stop(s);
}

Test(sell, an_amount_typed_by_hand_is_not_replaced_by_a_new_price)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY "600000" UP UP UP "20m" ENTER);
    EXPECT_TEXT(s, "826,000");
    EXPECT_TEXT(s, "600,000");
    screen_stop(s);
}

Test(sell, the_product_sold_last_is_sold_again)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY ENTER);
    EXPECT_TEXT(s, "waiting for verification");
    screen_type(s, F6);
    EXPECT_TEXT(s, "comprehensive");
    screen_stop(s);
}

Test(sell, the_certificate_is_shown_when_the_receipt_is_verified)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY ENTER "6");
    EXPECT_TEXT(s, "CERTIFICATE OF INSURANCE");
    expect_golden(s, "sold_covered");
    screen_stop(s);
}

Test(sell, a_vehicle_is_insured_from_its_record)
{
    struct screen *s = screen_home();
    screen_type(s, "t337dse" ENTER F6);
    EXPECT_TEXT(s, "Vehicle, on record");
    EXPECT_TEXT(s, "Customer, on record");
    EXPECT_TEXT(s, "> Product");
    screen_type(s, POLICY ENTER);
    EXPECT_TEXT(s, "waiting for verification");
    screen_stop(s);
}

/* ---- fleets ---- */

Test(sell, a_fleet_is_one_vehicle_after_the_other)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_type(s, "\022");
    EXPECT_TEXT(s, "Vehicle 2 of a fleet, after T 999 XYZ 15,000,000");
    screen_type(s, "t337dse" ENTER);
    EXPECT_TEXT(s, "Toyota Corolla");
    EXPECT_TEXT(s, "Rehema Ally");
    EXPECT_TEXT(s, "1,239,000");
    expect_golden(s, "sell_fleet");
    screen_type(s, F10);
    EXPECT_TEXT(s, "waiting for verification");
    EXPECT_TEXT(s, "1,239,000");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(sell, a_vehicle_is_taken_off_the_fleet_again)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_type(s, "\022t337dse" ENTER);
    EXPECT_TEXT(s, "1,239,000");
    screen_type(s, F2 "take T 999" ENTER);
    EXPECT_NO_TEXT(s, "of a fleet");
    EXPECT_TEXT(s, "619,500");
    screen_stop(s);
}

Test(sell, a_fleet_wants_the_whole_vehicle_before_the_next)
{
    struct screen *s = screen_home();
    screen_type(s, F6 "t999xyz" ENTER "\022");
    EXPECT_TEXT(s, "Type is needed before the next vehicle.");
    EXPECT_NO_TEXT(s, "of a fleet");
    screen_stop(s);
}
