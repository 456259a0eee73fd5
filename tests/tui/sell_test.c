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
